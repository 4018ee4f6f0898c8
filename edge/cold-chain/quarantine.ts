/** Goods that were out of band stay set apart until a responsible person decides, with a reason and a name. */
import type { Excursion } from './excursion.ts';
import type { Happening } from './journal.ts';

export type Decision = 'release' | 'discard';

export interface Decided {
  decision: Decision;
  at: number;
  by: string;
  /** Registered person. */
  identity?: string;
  reason: string;
  /** The observation that carries it in the gateway's log. */
  record: string;
}

/** Goods set apart for one excursion, named after its beginning. */
export interface QuarantineCase {
  startedAt: number;
  quarantinedAt: number;
  side: 'above' | 'below';
  /** As far as was known when they were set apart. */
  peakCelsius: number;
  /** Oldest first; the last one is in force. */
  decisions: Decided[];
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Cases from what happened to one fridge, sorted by time. */
export function casesOf(happenings: readonly Happening[]): QuarantineCase[] {
  const cases = new Map<number, QuarantineCase>();
  for (const { kind, at, facts, by, identity, id } of happenings) {
    const startedAt = number(facts?.startedAt);
    if (startedAt === undefined) continue;
    if (kind === 'goods.quarantined' && !cases.has(startedAt))
      cases.set(startedAt, {
        startedAt,
        quarantinedAt: at,
        side: facts?.side === 'below' ? 'below' : 'above',
        peakCelsius: number(facts?.peakCelsius) ?? Number.NaN,
        decisions: [],
      });
    if (kind !== 'goods.released' && kind !== 'goods.discarded') continue;
    cases.get(startedAt)?.decisions.push({
      decision: kind === 'goods.released' ? 'release' : 'discard',
      at,
      by: by ?? '',
      ...(identity !== undefined && { identity }),
      reason: typeof facts?.reason === 'string' ? facts.reason : '',
      record: id,
    });
  }
  return [...cases.values()].sort((a, b) => a.startedAt - b.startedAt);
}

/** A late reading may tell that an excursion began earlier: the case that was opened within it is its own. */
export const caseOf = (
  { startedAt, recoveredAt }: Pick<Excursion, 'startedAt' | 'recoveredAt'>,
  cases: readonly QuarantineCase[],
): QuarantineCase | undefined =>
  cases.find(
    (one) => one.startedAt >= startedAt && one.startedAt <= (recoveredAt ?? Number.POSITIVE_INFINITY),
  );

/** Why this can't be decided now, in words for the person; undefined: it can. */
export function objection(of: QuarantineCase, decision: Decision, isRunning: boolean): string | undefined {
  const last = of.decisions.at(-1);
  if (last?.decision === 'discard') return 'These goods were discarded already.';
  if (last?.decision === decision) return 'These goods were released already.';
  if (decision === 'release' && isRunning)
    return 'The fridge is still out of its band. Goods can be released once it has recovered.';
  return undefined;
}
