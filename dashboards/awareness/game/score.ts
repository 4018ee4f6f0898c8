import type { Item, Part, ScamKind } from './items.ts';

/** How sure one is, as the chance of being right. */
export const certainties = { guess: 0.55, fairly: 0.75, certain: 0.95 } as const;
export type Certainty = keyof typeof certainties;

/** 1: trap or not. 2: and where. 3: and why. 4: and which kind. */
export const depths = [1, 2, 3, 4] as const;
export type Depth = (typeof depths)[number];

const VERDICT_POINTS = 50;
const PLACE_POINTS = 30;
const NEEDLESS_POINTS = 5;
const REASON_POINTS = 20;
const KIND_POINTS = 20;

/**
 * Brier's quadratic rule, moved so that a coin scores 0: whoever says what they really believe scores best in the
 * long run. Certain and wrong costs more than twice what certain and right brings.
 */
export function verdictPoints(isRight: boolean, certainty: Certainty): number {
  const error = isRight ? 1 - certainties[certainty] : certainties[certainty];
  return Math.round(VERDICT_POINTS * (1 - 4 * error * error));
}

/** What was answered to a case; what was not asked for is absent. */
export interface Answer {
  isTrap: boolean;
  certainty: Certainty;
  places?: readonly Part[];
  isReasonRight?: boolean;
  kind?: ScamKind;
}

export interface Outcome {
  isRight: boolean;
  points: number;
  found: number;
  needless: number;
}

/** Which questions follow the verdict: only whoever saw the trap is asked where it is. */
export const asksWhere = (item: Item, saysTrap: boolean, depth: Depth): boolean =>
  depth >= 2 && saysTrap && item.kind !== undefined;
export const asksWhy = (item: Item, saysTrap: boolean, depth: Depth): boolean =>
  depth >= 3 && saysTrap === (item.kind !== undefined);
export const asksWhich = (item: Item, saysTrap: boolean, depth: Depth): boolean =>
  depth >= 4 && saysTrap && item.kind !== undefined;

export function outcomeOf(item: Item, answer: Answer): Outcome {
  const isRight = answer.isTrap === (item.kind !== undefined);
  const places = new Set(answer.places ?? []);
  const found = item.clues.filter((part) => places.has(part)).length;
  const needless = places.size - found;
  const forPlaces =
    answer.places === undefined || item.clues.length === 0
      ? 0
      : Math.max(0, Math.round((PLACE_POINTS * found) / item.clues.length) - NEEDLESS_POINTS * needless);
  const points =
    verdictPoints(isRight, answer.certainty) +
    forPlaces +
    (answer.isReasonRight === true ? REASON_POINTS : 0) +
    (answer.kind !== undefined && answer.kind === item.kind ? KIND_POINTS : 0);
  return { isRight, points, found, needless };
}

/** The most that a case can bring at a depth. */
export const mostPoints = (item: Item, depth: Depth): number => {
  const isTrap = item.kind !== undefined;
  return (
    verdictPoints(true, 'certain') +
    (asksWhere(item, isTrap, depth) ? PLACE_POINTS : 0) +
    (asksWhy(item, isTrap, depth) ? REASON_POINTS : 0) +
    (asksWhich(item, isTrap, depth) ? KIND_POINTS : 0)
  );
};

export interface CalibrationRow {
  certainty: Certainty;
  count: number;
  right: number;
}

/** How often one was right at each certainty, those that were used. */
export function calibration(played: readonly { certainty: Certainty; isRight: boolean }[]): CalibrationRow[] {
  return (['guess', 'fairly', 'certain'] as const).flatMap((certainty) => {
    const of = played.filter((one) => one.certainty === certainty);
    return of.length === 0
      ? []
      : [{ certainty, count: of.length, right: of.filter(({ isRight }) => isRight).length }];
  });
}

/** `over`: certain and wrong; `under`: mostly unsure, and right nearly always; `good`: neither. */
export function calibrationVerdict(rows: readonly CalibrationRow[]): 'good' | 'over' | 'under' {
  const certain = rows.find(({ certainty }) => certainty === 'certain');
  if (certain !== undefined && certain.right < certain.count) return 'over';
  const unsure = rows.find(({ certainty }) => certainty === 'guess');
  return unsure !== undefined && unsure.count >= 3 && unsure.right / unsure.count > 0.8 ? 'under' : 'good';
}
