/** Whose address something was at a time: written down, by a lease, or as it was learned. */
import { z } from 'zod';
import { address, addressText } from './address.ts';
import type { Asset } from './asset.ts';
import { identifier, instant, plainText } from './identifiers.ts';
import type { IdentityLink } from './identity-link.ts';

/** Leases kept; the oldest go first. */
export const MAX_LEASES = 20_000;

/** An address that was somebody's for a time (DHCP, RFC 2131). */
export const addressLease = z
  .strictObject({
    address,
    /** Whose; without it somebody's whom the registry does not know. */
    asset: identifier.optional(),
    from: instant,
    /** The first moment at which it is no longer. */
    until: instant,
    /** Chance that the machine that got it is that asset: by its card it is sure, by the name it gives itself less so. */
    confidence: z.number().min(0).max(1).default(1),
    /** Which source said so. */
    source: plainText.max(256).optional(),
  })
  .refine(({ from, until }) => from < until, { path: ['until'], message: 'must be after from' });
export type AddressLease = z.infer<typeof addressLease>;

/** Whose an address was, and how that is known. */
export interface Holder {
  readonly asset: Asset;
  /** Written down with the asset; by a lease; by what was seen on many days. */
  readonly how: 'given' | 'lease' | 'learned';
  /** From when on it was so, as far as that is known. */
  readonly since?: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * Who held an address at a moment. What is written down counts first, then a lease of that moment, then what was
 * learned. A lease to somebody unknown says that it was none of those who had it on other days.
 */
export function addressBookOf(document: {
  readonly assets: readonly Asset[];
  readonly links?: readonly IdentityLink[] | undefined;
  readonly leases?: readonly AddressLease[] | undefined;
}): (address: string, at: number) => Holder | undefined {
  const assets = new Map(document.assets.map((one) => [one.id, one]));
  const given = new Map<string, Holder>();
  for (const asset of document.assets)
    for (const text of asset.addresses ?? []) given.set(text, { asset, how: 'given', confidence: 1 });
  const learned = new Map<string, Holder>();
  for (const { kind, a, b, at, confidence, state } of document.links ?? []) {
    const asset = kind === 'address-asset' ? assets.get(b) : undefined;
    const name = addressText(a);
    if (asset === undefined || learned.has(name)) continue;
    learned.set(name, {
      asset,
      how: 'learned',
      confidence: state === 'accepted' ? 1 : confidence,
      ...(at === undefined ? {} : { since: at }),
    });
  }
  const leases = Map.groupBy(document.leases ?? [], (one) => one.address);
  for (const list of leases.values()) list.sort((a, b) => a.from - b.from);
  return (text, at) => {
    const name = addressText(text);
    const written = given.get(name);
    if (written !== undefined) return written;
    const lease = leases.get(name)?.findLast(({ from, until }) => from <= at && at < until);
    if (lease === undefined) return learned.get(name);
    const asset = lease.asset === undefined ? undefined : assets.get(lease.asset);
    if (asset === undefined) return undefined;
    return { asset, how: 'lease', since: lease.from, confidence: lease.confidence };
  };
}
