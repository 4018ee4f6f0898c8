/**
 * What belongs together, out of what was recorded. Pure: the order of the observations does not matter. A suggestion
 * says what speaks for it and against it, and what would contradict it.
 */
import { addressKind, addressText } from '../../../devices/model/address.ts';
import { type IdentityLink, type LinkKind, linkId, linkWords } from '../../../devices/model/identity-link.ts';
import type { Observation, ObservationKind } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import { Diary, type First } from './diary.ts';
import { accountLikeness, isNobodys, personLikeness } from './name-likeness.ts';
import {
  arrival,
  departure,
  type Pairing,
  type PairingRules,
  pairings,
  sameDay,
  shareAtLeast,
} from './pairing.ts';
import { SiteDays } from './site-day.ts';

/** From this confidence on a link is used before anybody looked at it (precision is held to it by a test). */
export const USED_FROM = 0.95;
/** Departures are few and drivers leave together: what is said of them is held to more. */
const VEHICLES_USED_FROM = 0.99;

/** Whether a link is sure enough to be used before anybody looked at it. */
export const isSure = ({ kind, confidence }: Pick<Suggestion, 'kind' | 'confidence'>): boolean =>
  confidence >= (kind === 'badge-vehicle' ? VEHICLES_USED_FROM : USED_FROM);

/** Below it nobody is asked. */
export const SUGGESTED_FROM = 0.5;
/** Suggestions shown, the surest first. */
export const MAX_SUGGESTIONS = 1_000;
/** Learned from so many days, the newest. */
export const LEARNED_DAYS = 60;
/** What is read of the store. */
export const learnedKinds = [
  'badge.presented',
  'access.granted',
  'login.succeeded',
  'zone.left',
  'device.online',
  'host.logged',
] as const satisfies readonly ObservationKind[];
/** Systems in which accounts are compared, those with the most names. */
const MAX_SYSTEMS = 16;
/** Days on which an address or a workstation was seen with one, at least. */
const MIN_DAYS = 4;

export interface Suggestion {
  readonly id: string;
  readonly kind: LinkKind;
  readonly a: string;
  readonly b: string;
  readonly confidence: number;
  readonly together: number;
  readonly days: number;
  /** Lower end (5 %) of the share of days that it explains. */
  readonly atLeast: number;
  readonly against: readonly { readonly what: Against; readonly days: number }[];
  readonly firstAt: number;
  readonly lastAt: number;
  /** Observations, the newest first. */
  readonly evidence: readonly string[];
  readonly evidenceAgainst: readonly string[];
  /** The next best of the first end. */
  readonly rival?: { readonly name: string; readonly confidence: number };
  readonly words: string;
}

export type Against = 'without-first' | 'second-first' | 'without-second' | 'with-another' | 'by-another';

/** The link that a suggestion becomes. */
export const linkOfSuggestion = (
  { kind, a, b, confidence, together, days }: Suggestion,
  state: IdentityLink['state'],
): IdentityLink => ({ kind, a, b, state, confidence, together, days });

/** Names that a person needs to see before it is known: those the registry does not join already. */
export class Learning {
  readonly #registry: Registry;
  readonly #days: SiteDays;
  readonly #badges = new Diary();
  readonly #accounts = new Diary();
  readonly #departures = new Diary();
  readonly #systems = new Diary();
  readonly #workstations = new Diary();
  readonly #addresses = new Diary();

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#days = new SiteDays(registry.document.sites);
  }

  /** Sightings for which there was no room. */
  get leftOut(): number {
    return [
      this.#badges,
      this.#accounts,
      this.#departures,
      this.#systems,
      this.#workstations,
      this.#addresses,
    ]
      .map(({ leftOut }) => leftOut)
      .reduce((sum, count) => sum + count, 0);
  }

  note(observation: Observation): void {
    const { kind, site, asset, observedAt: at, id, subjects, facts, observables } = observation;
    const day = this.#days.dayOf(site, at);
    const put = (diary: Diary, name: string, where = site) => diary.note({ name, site: where, at, id }, day);
    switch (kind) {
      case 'badge.presented':
      case 'access.granted':
        if (subjects?.badge !== undefined) put(this.#badges, subjects.badge.toLowerCase());
        break;
      case 'login.succeeded': {
        const account = subjects?.account?.toLowerCase();
        if (account === undefined) break;
        const host = this.#hostOf(observation);
        const known = this.#registry.asset(host);
        put(this.#accounts, account, known?.site ?? site);
        put(
          this.#systems,
          account,
          systemOf(account, known?.kind ?? 'host', known?.site ?? site, facts?.service),
        );
        if (known?.kind === 'host') put(this.#workstations, `${account} ${host}`, known.site);
        break;
      }
      case 'zone.left':
        if (this.#registry.asset(asset)?.kind === 'vehicle') put(this.#departures, asset);
        break;
      default:
        break;
    }
    if (facts?.application === 'dhcp') {
      // A lease names a machine in several ways; one that is known tells whose the others are.
      const names = [facts.name, observables?.ip, observables?.device].flatMap((name) =>
        typeof name === 'string' && addressKind(addressText(name)) !== undefined ? [addressText(name)] : [],
      );
      const holder = names
        .map((name) => this.#registry.assetAt(name) ?? this.#registry.asset(name))
        .find(Boolean);
      for (const name of holder === undefined ? [] : names)
        put(this.#addresses, `${name} ${holder?.id}`, 'leases');
      return;
    }
    // Who says so of itself: a machine in its own log, a device when it comes.
    if (this.#registry.asset(asset) === undefined) return;
    const stated = kind === 'device.online' ? observables?.ip : facts?.host;
    if (typeof stated === 'string' && addressKind(stated) !== undefined)
      put(this.#addresses, `${addressText(stated)} ${asset}`, '');
  }

  /** The surest first. */
  suggestions(): Suggestion[] {
    const found = [
      ...this.#ofBadges(this.#accounts, 'badge-account'),
      ...this.#ofBadges(this.#departures, 'badge-vehicle'),
      ...this.#ofAccounts(),
      ...this.#ofShares(this.#workstations, 'account-host'),
      ...this.#ofShares(this.#addresses, 'address-asset'),
    ].filter(({ confidence }) => confidence >= SUGGESTED_FROM);
    const best = new Map<string, Suggestion>();
    for (const one of found) {
      const other = best.get(one.id);
      if (other === undefined || other.confidence < one.confidence) best.set(one.id, one);
    }
    return [...best.values()]
      .sort((a, b) => b.confidence - a.confidence || b.together - a.together || (a.id < b.id ? -1 : 1))
      .slice(0, MAX_SUGGESTIONS);
  }

  #hostOf({ asset, facts }: Observation): string {
    const named = typeof facts?.host === 'string' ? addressText(facts.host) : undefined;
    if (named === undefined) return asset;
    const known = this.#registry.assetAt(named) ?? this.#registry.asset(named);
    return known?.id ?? named;
  }

  #ofBadges(followers: Diary, kind: 'badge-account' | 'badge-vehicle'): Suggestion[] {
    const rules = kind === 'badge-account' ? arrival : departure;
    return followers.sites.flatMap((site) =>
      pairings(this.#badges.of(site), followers.of(site), rules, (badge, follower) =>
        this.#byNames(badge, follower, kind),
      ).flatMap((pairing) => this.#suggestion(kind, pairing, rules)),
    );
  }

  /** What the names say where a badge's person is written down. */
  #byNames(badge: string, follower: string, kind: 'badge-account' | 'badge-vehicle'): number {
    const person = this.#registry.resolve({ badge });
    if (person === undefined || kind === 'badge-vehicle') return 0;
    switch (personLikeness(person.name, follower)) {
      case 'same':
        return 3;
      case 'likely':
        return 1.5;
      case 'unlike':
        return -1.5;
      default:
        return 0;
    }
  }

  #ofAccounts(): Suggestion[] {
    const systems = this.#systems.sites
      .map((system) => ({ system, names: this.#systems.of(system).filter(([name]) => !isNobodys(name)) }))
      .sort((a, b) => b.names.length - a.names.length || (a.system < b.system ? -1 : 1))
      .slice(0, MAX_SYSTEMS);
    return systems.flatMap(({ names: leaders }, index) =>
      systems.slice(index + 1).flatMap(({ names: followers }) =>
        pairings(leaders, followers, sameDay, byAccountNames).flatMap((pairing) =>
          // One name in two systems is one already.
          pairing.leader === pairing.follower ? [] : this.#suggestion('account-account', pairing, sameDay),
        ),
      ),
    );
  }

  #suggestion(kind: LinkKind, pairing: Pairing, rules: PairingRules): Suggestion[] {
    const { together, atLeast, against, rival } = pairing;
    if (together < rules.minTogether || atLeast < 0.4) return [];
    // The order of an account's two names must not make two links of one.
    const turned = kind === 'account-account' && pairing.follower < pairing.leader;
    const [a, b] = turned ? [pairing.follower, pairing.leader] : [pairing.leader, pairing.follower];
    if (this.#isKnown(kind, a, b)) return [];
    const { confidence, days, firstAt, lastAt, evidence, evidenceAgainst } = pairing;
    return [
      {
        id: linkId({ kind, a, b }),
        kind,
        a,
        b,
        confidence,
        together,
        days,
        atLeast,
        against: present([
          { what: turned ? 'without-second' : 'without-first', days: against.withoutLeader },
          { what: 'second-first', days: against.followerFirst },
          { what: turned ? 'without-first' : 'without-second', days: against.withoutFollower },
        ]),
        firstAt,
        lastAt,
        evidence,
        evidenceAgainst,
        ...(rival === undefined ? {} : { rival: { name: rival.leader, confidence: rival.confidence } }),
        words: linkWords({ kind, a, b, together, days }),
      },
    ];
  }

  /** An account and the host that it alone uses, a name and the asset that alone says it. */
  #ofShares(diary: Diary, kind: 'account-host' | 'address-asset'): Suggestion[] {
    return diary.sites.flatMap((site) => {
      const pairs = diary.of(site).map(([name, days]) => {
        const [a = '', b = ''] = name.split(' ');
        // Of its addresses, those of one kind are compared: a machine has a name, a number and a card at once.
        const sort = kind === 'account-host' ? '' : addressKind(a);
        return { a, b, days, holder: `${b} ${sort}`, label: sort === 'name' ? labelOf(a) : a };
      });
      const daysOf = (keyOf: (pair: (typeof pairs)[number]) => string) => {
        const all = new Map<string, Map<number, Set<string>>>();
        for (const pair of pairs) {
          const known = all.get(keyOf(pair)) ?? new Map<number, Set<string>>();
          for (const day of pair.days.keys()) known.set(day, (known.get(day) ?? new Set()).add(pair.label));
          all.set(keyOf(pair), known);
        }
        return all;
      };
      const [byA, byB] = [daysOf(({ a }) => a), daysOf(({ holder }) => holder)];
      return pairs.flatMap(({ a, b, days, holder }) => {
        const together = days.size;
        const others = byB.get(holder);
        const [ofA, ofB] = [byA.get(a)?.size ?? 0, others?.size ?? 0];
        if (together < MIN_DAYS || this.#isKnown(kind, a, b)) return [];
        // A workstation is somebody's who is alone at it; what gathers the logs of many has none of their names.
        const alone = [...days.keys()].filter((day) => others?.get(day)?.size === 1).length;
        const confidence = Math.min(mostly(together, ofA), mostly(alone, ofB));
        return [shared(kind, a, b, days, confidence, ofA, ofB - alone)];
      });
    });
  }

  #isKnown(kind: LinkKind, a: string, b: string): boolean {
    const registry = this.#registry;
    const account = (name: string) => registry.resolved({ account: name });
    switch (kind) {
      case 'badge-account': {
        const [one, other] = [registry.resolved({ badge: a }), account(b)];
        // Written down: together already, or as two people.
        return one?.by === undefined && other?.by === undefined && one !== undefined && other !== undefined;
      }
      case 'account-account': {
        const [one, other] = [account(a), account(b)];
        return one?.by === undefined && other?.by === undefined && one !== undefined && other !== undefined;
      }
      case 'account-host':
      case 'badge-vehicle': {
        const user = registry.userOf(b);
        return user !== undefined && user.by === undefined;
      }
      case 'address-asset':
        return registry.asset(b)?.addresses?.includes(a) === true;
    }
  }
}

/** In which list of accounts a name stands: a mail address here, a Windows domain there, a server's own users. */
function systemOf(account: string, kind: string, site: string, service: unknown): string {
  const form = account.includes('@') ? 'mail' : account.includes('\\') ? account.replace(/\\.*$/s, '') : '';
  return `${form} ${typeof service === 'string' ? service : kind} ${site}`;
}

function shared(
  kind: 'account-host' | 'address-asset',
  a: string,
  b: string,
  days: ReadonlyMap<number, First>,
  confidence: number,
  ofA: number,
  byAnother: number,
): Suggestion {
  const seen = [...days].sort(([one], [other]) => other - one).map(([, first]) => first);
  const together = days.size;
  return {
    id: linkId({ kind, a, b }),
    kind,
    a,
    b,
    confidence,
    together,
    days: ofA,
    atLeast: shareAtLeast(together, ofA),
    against: present([
      { what: 'with-another', days: ofA - together },
      { what: 'by-another', days: kind === 'account-host' ? byAnother : 0 },
    ]),
    firstAt: seen.at(-1)?.at ?? 0,
    lastAt: seen[0]?.at ?? 0,
    evidence: seen.slice(0, 10).map(({ id }) => id),
    evidenceAgainst: [],
    words: linkWords({ kind, a, b, together, days: ofA }),
  };
}

/** A machine calls itself `pos-1` here and `pos-1.lan` there. */
const labelOf = (name: string): string => name.split('.')[0] ?? '';

const present = (list: { what: Against; days: number }[]) => list.filter(({ days }) => days > 0);

function byAccountNames(one: string, other: string): number {
  switch (accountLikeness(one, other)) {
    case 'same':
      return 3;
    case 'likely':
      return 2;
    default:
      return Number.NEGATIVE_INFINITY;
  }
}

/** Chance that more than two thirds of the days are this one's: normal approximation of the Beta. */
function mostly(hits: number, of: number): number {
  const mean = (hits + 1) / (of + 2);
  const deviation = Math.sqrt((mean * (1 - mean)) / (of + 3));
  return Math.min(0.995, normal((mean - 2 / 3) / deviation));
}

/** Cumulative standard normal (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const poly =
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
}
