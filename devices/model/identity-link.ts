import { z } from 'zod';
import { instant } from './identifiers.ts';

/** What may belong together, the first end before the hyphen. Hosts, vehicles and assets are named by their ids. */
export const linkKind = z.enum([
  'badge-account',
  'account-account',
  'account-host',
  'badge-vehicle',
  'address-asset',
]);
export type LinkKind = z.infer<typeof linkKind>;

/**
 * Two names that belong together by what was seen, not because somebody wrote it down. `accepted`: a person looked at
 * the evidence; `inferred`: the evidence alone, which weighs less.
 */
export const identityLink = z.strictObject({
  kind: linkKind,
  a: z.string().min(1).max(128),
  b: z.string().min(1).max(128),
  state: z.enum(['accepted', 'inferred']),
  /** Chance that it holds. */
  confidence: z.number().min(0).max(1),
  /** Seen together on so many days … */
  together: z.number().int().min(0),
  /** … of so many on which it could have been seen. */
  days: z.number().int().min(0),
  /** Who accepted it, and when; of an inferred one, when it was learned. */
  by: z.string().max(128).optional(),
  at: instant.optional(),
});
export type IdentityLink = z.infer<typeof identityLink>;

/** Names a link: the same two names of the same kind are the same link. */
export const linkId = ({ kind, a, b }: Pick<IdentityLink, 'kind' | 'a' | 'b'>): string =>
  `${kind}:${a.toLowerCase()}>${b.toLowerCase()}`;

const ends: Readonly<Record<LinkKind, (a: string, b: string) => string>> = {
  'badge-account': (a, b) => `badge ${a} and account ${b}`,
  'account-account': (a, b) => `accounts ${a} and ${b}`,
  'account-host': (a, b) => `account ${a} and host ${b}`,
  'badge-vehicle': (a, b) => `badge ${a} and vehicle ${b}`,
  'address-asset': (a, b) => `address ${a} and ${b}`,
};

/** `badge 04a1 and account a.weber: seen together on 14 of 15 days`. */
export const linkWords = ({
  kind,
  a,
  b,
  together,
  days,
}: Pick<IdentityLink, 'kind' | 'a' | 'b' | 'together' | 'days'>): string =>
  `${ends[kind](a, b)}: seen together on ${together} of ${days} days`;
