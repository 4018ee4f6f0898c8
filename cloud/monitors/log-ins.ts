/**
 * One log-in is often told several times: by the access log, by the shop, by the system's log. Counted is what happened,
 * not how many told it; all that told it stay the evidence.
 */
import type { Observation } from '../../devices/model/observation.ts';

/** Clocks and delays of those who tell of the same log-in differ by up to so much. */
export const SAME_LOG_IN_MS = 5_000;

/** What happened once. */
export interface LogIn {
  /** When the first told it. */
  readonly at: number;
  readonly kind: Observation['kind'];
  /** In lower case; undefined where nobody knew it: an access log mostly does not. */
  readonly account: string | undefined;
  /** Everybody who told it, in order of time. */
  readonly told: readonly Observation[];
}

interface Open {
  at: number;
  kind: Observation['kind'];
  account: string | undefined;
  told: Observation[];
  tellers: Set<string>;
}

/** Two servers of one shop write logs of one kind, each of its own log-ins: only another kind tells the same again. */
export const tellerOf = ({ source }: Pick<Observation, 'source'>): string => source.split(':')[0] ?? source;

const accountOf = ({ subjects }: Observation): string | undefined => subjects?.account?.toLowerCase();

/**
 * The log-ins behind what was told of one address at one asset. Nobody tells one log-in twice: each telling belongs to
 * the earliest log-in of its kind and account, within the time, that its teller has not told. Pure, and a function of
 * the set: what counts is when it happened, not when it came.
 * @param observations in order of (observedAt, id)
 * @returns in order of time
 */
export function logInsOf(observations: readonly Observation[]): LogIn[] {
  const alone = tellerOf(observations[0] ?? { source: '' });
  if (observations.every((one) => tellerOf(one) === alone))
    return observations.map((one) => ({
      at: one.observedAt,
      kind: one.kind,
      account: accountOf(one),
      told: [one],
    }));
  const found: Open[] = [];
  let oldest = 0;
  for (const one of observations) {
    const { observedAt: at, kind } = one;
    const [teller, account] = [tellerOf(one), accountOf(one)];
    while ((found[oldest]?.at ?? at) < at - SAME_LOG_IN_MS) oldest++;
    let same: Open | undefined;
    for (let index = oldest; index < found.length && same === undefined; index++) {
      const open = found[index];
      const fits = open?.account === undefined || account === undefined || open.account === account;
      if (open?.kind === kind && fits && !open.tellers.has(teller)) same = open;
    }
    if (same === undefined) found.push({ at, kind, account, told: [one], tellers: new Set([teller]) });
    else {
      same.told.push(one);
      same.tellers.add(teller);
      same.account ??= account;
    }
  }
  return found;
}

/** All that was told of some log-ins, in order of time. */
export const toldOf = (logIns: readonly LogIn[]): Observation[] =>
  logIns.flatMap(({ told }) => told).sort((a, b) => a.observedAt - b.observedAt || (a.id < b.id ? -1 : 1));
