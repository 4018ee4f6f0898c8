/** How a detection named somebody, and what the name rests on where nobody wrote it down. */
import { type IdentityLink, linkId, linkWords } from '../../devices/model/identity-link.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Resolved } from '../../devices/model/resolution.ts';

/** By a badge, by an account, in the list of identities, or by itself. */
export type PlainVia = 'badge' | 'account' | 'identity' | 'itself';

/**
 * How something was named. `learned-…`: the name is the person's by a learned link, which follows the colon; `use`:
 * not named at all, but it happened to the host or vehicle that this person alone uses.
 */
export type Via = PlainVia | `learned-${PlainVia | 'use'}-${IdentityLink['state']}:${string}`;

/** What a link is worth that a person has looked at, or nobody. */
const TRUST: Readonly<Record<IdentityLink['state'], number>> = { accepted: 1, inferred: 0.8 };
/** Whoever uses a host or vehicle need not be who does something to it. */
const OF_USE = 0.75;

const learned = /^learned-(badge|account|identity|itself|use)-(accepted|inferred):(.*)$/s;

export function viaOfResolved(how: PlainVia, { by }: Resolved): Via {
  return by === undefined ? how : `learned-${how}-${by.state}:${linkId(by)}`;
}

export function viaOfUse({ by, person }: Resolved): Via {
  return by === undefined ? `learned-use-accepted:${person.id}` : `learned-use-${by.state}:${linkId(by)}`;
}

/** A name through which somebody was named, whatever it rests on. */
export function howNamed(via: Via | undefined): PlainVia | 'use' | undefined {
  switch (via) {
    case undefined:
    case 'badge':
    case 'account':
    case 'identity':
    case 'itself':
      return via;
    default: {
      const how = learned.exec(via)?.[1];
      return how === 'badge' || how === 'account' || how === 'identity' || how === 'use' ? how : 'itself';
    }
  }
}

const ranks: Readonly<Record<PlainVia | 'use', number>> = {
  badge: 7,
  account: 5,
  identity: 3,
  use: 1,
  itself: 0,
};

/** Which of two ways to name one person says more about how somebody acted; what is written down before what was learned. */
export function strengthOf(via: Via | undefined): number {
  switch (via) {
    case undefined:
      return 0;
    case 'badge':
    case 'account':
    case 'identity':
    case 'itself':
      return ranks[via];
    default: {
      const how = howNamed(via) ?? 'itself';
      return how === 'use' ? ranks.use : Math.max(0, ranks[how] - 1);
    }
  }
}

/** A factor on what a shared person weighs. The same name twice is the same whoever it belongs to. */
export function trustIn(a: Via | undefined, b: Via | undefined): number {
  if (a === b && howNamed(a) !== 'use') return 1;
  return Math.min(trustOf(a), trustOf(b));
}

function trustOf(via: Via | undefined): number {
  if (via === undefined || !via.startsWith('learned-')) return 1;
  const [, how, state] = learned.exec(via) ?? [];
  return TRUST[state === 'accepted' ? 'accepted' : 'inferred'] * (how === 'use' ? OF_USE : 1);
}

/** The likest other way to name the same: a badge weighs more beside an account than beside a badge. */
export function across(via: Via): Via {
  const how = howNamed(via);
  return how === 'badge' ? 'account' : how === 'account' ? 'badge' : how === 'use' ? 'badge' : via;
}

/** What two namings rest on, where it was learned: `badge 04a1 and account a.weber: seen together on 14 of 15 days`. */
export function learnedReasons(a: Via | undefined, b: Via | undefined, registry: Registry): string[] {
  if (a === b && howNamed(a) !== 'use') return [];
  const ids = [a, b].flatMap((via) => {
    const found = via === undefined ? null : learned.exec(via);
    return found?.[3] === undefined ? [] : [found[3]];
  });
  return [...new Set(ids)].flatMap((id) => {
    const link = registry.document.links?.find((one) => linkId(one) === id);
    if (link === undefined) return [];
    return [`${linkWords(link)}${link.state === 'inferred' ? ', not confirmed' : ''}`];
  });
}
