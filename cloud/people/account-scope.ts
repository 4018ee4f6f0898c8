import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';

/** Tenants or sites that one account may be given. */
export const MAX_SCOPE_ENTRIES = 1_000;

const names = z.array(identifier).min(1).max(MAX_SCOPE_ENTRIES);

/** What an account may see: everything, the sites of some tenants, or some sites. */
export const accountScope = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('all') }),
  z.strictObject({ of: z.literal('tenants'), tenants: names }),
  z.strictObject({ of: z.literal('sites'), sites: names }),
]);
export type AccountScope = z.infer<typeof accountScope>;

export const EVERYTHING: AccountScope = { of: 'all' };
