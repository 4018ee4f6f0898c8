/** Who is behind a badge, an account, a vehicle: by what is written down first, then by what was learned. */
import { MAX_IDENTIFIER_LENGTH } from './identifiers.ts';
import type { Identity } from './identity.ts';
import type { IdentityLink } from './identity-link.ts';
import type { Subjects } from './observation.ts';

export interface Resolved {
  readonly person: Identity;
  /** The learned link by which the name belongs to the person. */
  readonly by?: IdentityLink;
}

/** Who uses something alone, and by which link, where that was learned. */
export type User = Resolved;

/** More names than this are no person: something shared glued them together. */
export const MAX_NAMES_OF_ONE = 12;

interface Resolver {
  resolved(subjects: Subjects, host?: string): Resolved | undefined;
  userOf(assetId: string): User | undefined;
  /** People that nobody has written down: a badge and its accounts. */
  readonly made: readonly Identity[];
}

interface Group {
  names: Set<string>;
  person: Identity | undefined;
}

const byTrust = (one: IdentityLink, other: IdentityLink): number =>
  Number(other.state === 'accepted') - Number(one.state === 'accepted') ||
  other.confidence - one.confidence ||
  (one.a + one.b < other.a + other.b ? -1 : 1);

/** Learned links never bring two people together that are written down as two. */
export function resolverOf(document: {
  readonly identities: readonly Identity[];
  readonly links?: readonly IdentityLink[] | undefined;
}): Resolver {
  const found = new Map<string, Resolved>();
  const groups = new Map<string, Group>();
  for (const person of document.identities) {
    const badges = person.badges.map((badge) => `badge:${badge.toLowerCase()}`);
    const accounts = person.accounts.map((account) => `account:${account.toLowerCase()}`);
    const group: Group = { names: new Set([...badges, ...accounts]), person };
    for (const name of group.names) {
      found.set(name, { person });
      groups.set(name, group);
    }
  }
  const links = [...(document.links ?? [])].sort(byTrust);
  const joins: { a: string; b: string; link: IdentityLink }[] = [];
  const groupOf = (name: string): Group => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const made: Group = { names: new Set([name]), person: undefined };
    groups.set(name, made);
    return made;
  };
  for (const link of links) {
    if (link.kind !== 'badge-account' && link.kind !== 'account-account') continue;
    const a = `${link.kind === 'badge-account' ? 'badge' : 'account'}:${link.a.toLowerCase()}`;
    const b = `account:${link.b.toLowerCase()}`;
    const [one, other] = [groupOf(a), groupOf(b)];
    if (one === other || (one.person !== undefined && other.person !== undefined)) continue;
    const learned = one.names.size + other.names.size;
    if (learned > Math.max(MAX_NAMES_OF_ONE, (one.person ?? other.person)?.badges.length ?? 0)) continue;
    const [into, from] = one.person !== undefined ? [one, other] : [other, one];
    for (const name of from.names) {
      into.names.add(name);
      groups.set(name, into);
    }
    joins.push({ a, b, link });
  }
  const made: Identity[] = [];
  for (const group of new Set(groups.values())) {
    if (group.names.size < 2 || [...group.names].every((name) => found.has(name))) continue;
    const person = group.person ?? personOf([...group.names].sort());
    if (group.person === undefined) {
      made.push(person);
      const [root = ''] = [...group.names].filter((name) => name.startsWith('badge:')).sort();
      found.set(root === '' ? ([...group.names].sort()[0] ?? '') : root, { person });
    }
  }
  // Outwards from what is known, so that each name has the link that ties it to the rest.
  for (let grew = true; grew; ) {
    grew = false;
    for (const { a, b, link } of joins) {
      const [one, other] = [found.get(a), found.get(b)];
      if ((one === undefined) === (other === undefined)) continue;
      const known = one ?? other;
      if (known === undefined) continue;
      found.set(one === undefined ? a : b, { person: known.person, by: weaker(known.by, link) });
      grew = true;
    }
  }
  const resolved = ({ badge, account }: Subjects, host?: string): Resolved | undefined => {
    if (badge !== undefined) return found.get(`badge:${badge.toLowerCase()}`);
    if (account === undefined) return undefined;
    const name = account.toLowerCase();
    const there = host === undefined ? undefined : found.get(`account:${name}@${host.toLowerCase()}`);
    return there ?? found.get(`account:${name}`);
  };
  const users = new Map<string, User | undefined>();
  const uses = (asset: string, user: User) =>
    // Two who say so are two users, and then it tells nothing of either.
    users.set(asset, users.has(asset) && users.get(asset)?.person !== user.person ? undefined : user);
  for (const person of document.identities)
    for (const asset of [...(person.hosts ?? []), ...(person.vehicles ?? [])]) uses(asset, { person });
  for (const link of links) {
    if (link.kind !== 'account-host' && link.kind !== 'badge-vehicle') continue;
    const holder = resolved(link.kind === 'badge-vehicle' ? { badge: link.a } : { account: link.a });
    if (holder !== undefined && users.get(link.b)?.by === undefined && !users.has(link.b))
      uses(link.b, { person: holder.person, by: weaker(holder.by, link) });
  }
  return { resolved, userOf: (asset) => users.get(asset), made };
}

/** Of a chain of links the weakest is the one to name. */
function weaker(one: IdentityLink | undefined, other: IdentityLink): IdentityLink {
  return one === undefined || byTrust(one, other) <= 0 ? other : one;
}

function personOf(names: readonly string[]): Identity {
  const of = (type: string) =>
    names.filter((name) => name.startsWith(`${type}:`)).map((name) => name.slice(type.length + 1));
  const [badges, accounts] = [of('badge'), of('account')];
  const [first = '', what] = badges[0] === undefined ? [accounts[0], 'account'] : [badges[0], 'badge'];
  const id = `holder-of-${what}-${first.replace(/[^a-z0-9._-]/g, '-')}`.slice(0, MAX_IDENTIFIER_LENGTH);
  return {
    id,
    name: `the holder of ${what} ${first}`,
    kind: 'staff',
    sites: [],
    badges: badges.slice(0, 32),
    accounts,
    devices: [],
    mayOpen: [],
  };
}
