/**
 * Whether two names seen on the same days stand for one person: for each follower (an account, a vehicle) the
 * leaders (badges) compete, and "none of them" competes as well. A day speaks by who was there and who was not, and
 * by how long after the leader the follower came. Pure; any order of the same sightings gives the same.
 */
import type { First } from './diary.ts';

const MINUTE_MS = 60_000;

/** Upper ends of the spans between leader and follower, minutes; before the first the follower came first. */
const SPANS_MIN = [0, 2, 5, 10, 20, 40, 80, Number.POSITIVE_INFINITY] as const;

export interface PairingRules {
  /** How long after the leader its own follower comes, as shares of the spans above. */
  readonly own: readonly number[];
  /** A follower this long after its leader at most is "together". */
  readonly withinMs: number;
  /** On so many days the leader is not seen though its person is there: a door held for a colleague. */
  readonly missed: number;
  /** Days together, at least; fewer are chance. */
  readonly minTogether: number;
  /** Who could be it before anything was seen: every leader there is, or only those whose names are alike. */
  readonly among: 'all' | 'alike';
}

/** A badge at the door, then a log-in inside. */
export const arrival: PairingRules = {
  own: [0.03, 0.15, 0.25, 0.25, 0.16, 0.08, 0.04, 0.04],
  withinMs: 40 * MINUTE_MS,
  missed: 0.1,
  minTogether: 5,
  among: 'all',
};

/** A badge at the door or the key cabinet, then the vehicle leaves. */
export const departure: PairingRules = {
  own: [0.03, 0.04, 0.1, 0.2, 0.35, 0.18, 0.05, 0.05],
  withinMs: 40 * MINUTE_MS,
  missed: 0.1,
  minTogether: 5,
  among: 'all',
};

/** Two log-ins of one person: either may come first. */
export const sameDay: PairingRules = {
  own: [0.3, 0.18, 0.12, 0.1, 0.1, 0.08, 0.06, 0.06],
  withinMs: 80 * MINUTE_MS,
  missed: 0.3,
  minTogether: 3,
  among: 'alike',
};

/** Shares of days on which the person does not use the follower at all: the one that fits best is taken. */
const IDLE = [0.05, 0.25, 0.6] as const;
/** The follower is used by another: a password told, a workstation left open; the badge was lent. */
const BORROWED = 0.02;
/** Days of colleagues on one rota are alike, so a day is worth less than if days were independent. */
const TEMPER = 0.42;
/** Each day speaks within this, so that no single one decides (natural logarithm). */
const MAX_OF_A_DAY = 3;
/** Before anything was seen: the follower belongs to none of the leaders. */
const NOBODYS = 0.3;
/** Never surer than this. */
const MOST_SURE = 0.995;
/** Leaders compared for one follower, those seen together most often. */
const MAX_CANDIDATES = 64;
/** Observation ids shown for and against. */
const MAX_SHOWN = 5;
/** Spans of the crowd are mixed with this many made-up ones, equally spread: few people say little. */
const SMOOTHING = 8;

export interface Pairing {
  readonly leader: string;
  readonly follower: string;
  /** Chance that they belong together, by comparison with all others. */
  readonly confidence: number;
  /** Lower end (5 %) of the share of the follower's days that the leader explains. */
  readonly atLeast: number;
  readonly together: number;
  /** Days on which the follower was seen. */
  readonly days: number;
  readonly against: {
    /** The follower was seen, the leader was not. */
    readonly withoutLeader: number;
    /** The follower was there before the leader. */
    readonly followerFirst: number;
    /** The leader was seen, the follower was not. */
    readonly withoutFollower: number;
  };
  readonly firstAt: number;
  readonly lastAt: number;
  readonly evidence: readonly string[];
  readonly evidenceAgainst: readonly string[];
  /** The next best explanation. */
  readonly rival: { readonly leader: string; readonly confidence: number } | undefined;
}

type Days = ReadonlyMap<number, First>;
type Named = readonly [name: string, days: Days];

const spanOf = (apartMs: number): number =>
  SPANS_MIN.findIndex((upTo) => apartMs < upTo * MINUTE_MS || upTo === Number.POSITIVE_INFINITY);

interface Came {
  readonly leader: Named;
  readonly at: number;
}

interface Crowd {
  /** Days on which anybody came. */
  readonly days: readonly number[];
  /** How long after anybody a follower comes, as shares of the spans. */
  readonly spans: readonly number[];
  /** Leaders of each day, in the order in which they came. */
  readonly leadersOn: ReadonlyMap<number, readonly Came[]>;
}

/** Leaders of one day whose spans are counted: a stadium tells no more than a hall. */
const MAX_LEADERS_COUNTED = 64;

function crowdOf(leaders: readonly Named[], followers: readonly Named[]): Crowd {
  const leadersOn = new Map<number, Came[]>();
  for (const leader of leaders)
    for (const [day, { at }] of leader[1]) {
      const list = leadersOn.get(day);
      if (list === undefined) leadersOn.set(day, [{ leader, at }]);
      else list.push({ leader, at });
    }
  for (const list of leadersOn.values())
    list.sort((a, b) => a.at - b.at || (a.leader[0] < b.leader[0] ? -1 : 1));
  const counts = SPANS_MIN.map(() => SMOOTHING / SPANS_MIN.length);
  for (const [, days] of followers)
    for (const [day, { at }] of days) {
      const list = leadersOn.get(day) ?? [];
      // Some of each hour, where there are many.
      const step = Math.ceil(list.length / MAX_LEADERS_COUNTED);
      for (let index = 0; index < list.length; index += step) {
        const span = spanOf(at - (list[index]?.at ?? 0));
        counts[span] = (counts[span] ?? 0) + 1;
      }
    }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    days: [...leadersOn.keys()].sort((a, b) => a - b),
    spans: counts.map((count) => count / total),
    leadersOn,
  };
}

const within = (value: number, from: number, to: number) => Math.min(to, Math.max(from, value));

/** On how many days who was there; those with both by how far apart they came. Followers come on days of leaders. */
function countDays(leader: Days, follower: Days, all: number) {
  const spans = SPANS_MIN.map(() => 0);
  let both = 0;
  for (const [day, { at }] of follower) {
    const first = leader.get(day);
    if (first === undefined) continue;
    both++;
    const span = spanOf(at - first.at);
    spans[span] = (spans[span] ?? 0) + 1;
  }
  const onlyLeader = leader.size - both;
  const onlyFollower = follower.size - both;
  return { spans, onlyLeader, onlyFollower, neither: Math.max(0, all - both - onlyLeader - onlyFollower) };
}

/** How much more likely the days are if the two are one person, natural logarithm. */
function evidenceOf(leader: Days, follower: Days, crowd: Crowd, rules: PairingRules): number {
  const all = crowd.days;
  const leads = within(leader.size / all.length, 0.02, 0.98);
  const follows = within(follower.size / all.length, 0.02, 0.98);
  const counts = countDays(leader, follower, all.length);
  const spansTogether = rules.own.map((own, span) => Math.log(own / (crowd.spans[span] ?? 1)));
  let best = Number.NEGATIVE_INFINITY;
  for (const idle of IDLE) {
    const there = within(Math.max(leads / (1 - rules.missed), follows / (1 - idle)), 0.02, 0.98);
    const both = there * (1 - idle) * (1 - rules.missed);
    const onlyLeader = there * idle * (1 - rules.missed) + (1 - there) * BORROWED;
    const onlyFollower = there * (1 - idle) * rules.missed + (1 - there) * BORROWED;
    const neither = there * idle * rules.missed + (1 - there) * (1 - 2 * BORROWED);
    const speaks = (share: number, byChance: number) =>
      within(Math.log(share / byChance), -MAX_OF_A_DAY, MAX_OF_A_DAY);
    const ofSpans = spansTogether.map((ratio) =>
      within(Math.log(both / (leads * follows)) + ratio, -MAX_OF_A_DAY, MAX_OF_A_DAY),
    );
    const sum =
      ofSpans.reduce((total, of, span) => total + of * (counts.spans[span] ?? 0), 0) +
      counts.onlyLeader * speaks(onlyLeader, leads * (1 - follows)) +
      counts.onlyFollower * speaks(onlyFollower, (1 - leads) * follows) +
      counts.neither * speaks(neither, (1 - leads) * (1 - follows));
    best = Math.max(best, sum);
  }
  return best - Math.log(IDLE.length);
}

/**
 * For each follower the leader that explains it best, where one does.
 * @param prior what the names themselves say, natural logarithm of odds; −∞: never
 */
export function pairings(
  leaders: readonly Named[],
  followers: readonly Named[],
  rules: PairingRules,
  prior: (leader: string, follower: string) => number = () => 0,
): Pairing[] {
  if (leaders.length === 0) return [];
  const crowd = crowdOf(leaders, followers);
  return followers.flatMap(([follower, days]) => {
    const candidates = candidatesOf(days, crowd, rules, (leader) => prior(leader, follower));
    if (candidates.length === 0) return [];
    const weights = candidates.map(([leader, of]) => {
      const rivals = rules.among === 'all' ? leaders.length : candidates.length;
      const byNames = prior(leader, follower) + Math.log((1 - NOBODYS) / rivals);
      return { leader, of, weight: TEMPER * evidenceOf(of, days, crowd, rules) + byNames };
    });
    const most = Math.max(Math.log(NOBODYS), ...weights.map(({ weight }) => weight));
    const total =
      Math.exp(Math.log(NOBODYS) - most) +
      weights.reduce((sum, { weight }) => sum + Math.exp(weight - most), 0);
    const chance = (weight: number) => Math.min(MOST_SURE, Math.exp(weight - most) / total);
    weights.sort((a, b) => b.weight - a.weight || (a.leader < b.leader ? -1 : 1));
    const [best, rival] = weights;
    if (best === undefined) return [];
    return [
      {
        leader: best.leader,
        follower,
        confidence: chance(best.weight),
        ...countsOf(best.of, days, rules),
        rival: rival === undefined ? undefined : { leader: rival.leader, confidence: chance(rival.weight) },
      },
    ];
  });
}

/** Where those begin who came at a moment or later. */
function firstFrom(came: readonly Came[], from: number): number {
  let [low, high] = [0, came.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((came[middle]?.at ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function candidatesOf(
  follower: Days,
  { leadersOn }: Crowd,
  rules: PairingRules,
  prior: (leader: string) => number,
): Named[] {
  const together = new Map<Named, number>();
  for (const [day, { at }] of follower) {
    const came = leadersOn.get(day) ?? [];
    for (let index = firstFrom(came, at - rules.withinMs); index < came.length; index++) {
      const one = came[index];
      if (one === undefined || one.at > at + rules.withinMs) break;
      if (isTogether(at - one.at, rules)) together.set(one.leader, (together.get(one.leader) ?? 0) + 1);
    }
  }
  return [...together]
    .filter(([[name], count]) => count >= rules.minTogether && prior(name) > Number.NEGATIVE_INFINITY)
    .sort(([a, one], [b, other]) => other - one || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_CANDIDATES)
    .map(([leader]) => leader);
}

const isTogether = (apartMs: number, { withinMs, own }: PairingRules): boolean =>
  // Where either may come first, both ways count.
  apartMs <= withinMs && apartMs >= ((own[0] ?? 0) > 0.1 ? -withinMs : 0);

function countsOf(leader: Days, follower: Days, rules: PairingRules) {
  let together = 0;
  let withoutLeader = 0;
  let followerFirst = 0;
  const evidence: string[] = [];
  const evidenceAgainst: string[] = [];
  let firstAt = Number.POSITIVE_INFINITY;
  let lastAt = 0;
  for (const [day, seen] of [...follower].sort(([a], [b]) => b - a)) {
    const lead = leader.get(day);
    if (lead !== undefined && isTogether(seen.at - lead.at, rules)) {
      together++;
      if (evidence.length < 2 * MAX_SHOWN) evidence.push(lead.id, seen.id);
      firstAt = Math.min(firstAt, lead.at);
      lastAt = Math.max(lastAt, lead.at);
    } else {
      if (lead === undefined) withoutLeader++;
      else if (seen.at < lead.at) followerFirst++;
      if (evidenceAgainst.length < MAX_SHOWN) evidenceAgainst.push(seen.id);
    }
  }
  const withoutFollower = [...leader.keys()].filter((day) => !follower.has(day)).length;
  return {
    together,
    days: follower.size,
    atLeast: shareAtLeast(together, follower.size),
    against: { withoutLeader, followerFirst, withoutFollower },
    firstAt: together === 0 ? 0 : firstAt,
    lastAt,
    evidence,
    evidenceAgainst,
  };
}

/** One-sided standard normal quantile of 95 %. */
const Z = 1.644_854;

/** Lower end (5 %) of a Beta(hits + 1, misses + 1) by its moments. */
export function shareAtLeast(hits: number, of: number): number {
  const mean = (hits + 1) / (of + 2);
  return Math.max(0, mean - Z * Math.sqrt((mean * (1 - mean)) / (of + 3)));
}
