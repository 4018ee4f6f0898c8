import { z } from 'zod';
import { identifier, plainText } from './identifiers.ts';

/** A person (or a courier, a service) with everything that stands for them in the physical and the cyber world. */
export const identity = z.strictObject({
  id: identifier,
  name: plainText,
  kind: z.enum(['staff', 'courier', 'customer', 'contractor', 'service']).default('staff'),
  sites: z.array(identifier).max(256).default([]),
  badges: z.array(z.string().max(64)).max(32).default([]),
  /** Account names as servers write them; `name@host` where a name means different people on different hosts. */
  accounts: z.array(z.string().max(128)).max(64).default([]),
  devices: z.array(z.string().max(128)).max(64).default([]),
  /** Badge opens these assets only; empty: every door of the person's sites. */
  mayOpen: z.array(identifier).max(256).default([]),
  /** Hosts that this person works at and nobody else, vehicles that this person drives and nobody else. */
  hosts: z.array(identifier).max(64).optional(),
  vehicles: z.array(identifier).max(64).optional(),
});
export type Identity = z.infer<typeof identity>;
