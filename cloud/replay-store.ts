/** The incidents of a store, worked out anew from its detections: what a running cloud must have come to. */
import type { Incident } from '../devices/model/incident.ts';
import type { Registry } from '../devices/model/registry.ts';
import { Correlator } from './correlation/correlator.ts';
import { habitRules, habitsReachMs } from './correlation/habits.ts';
import { byUrgency, type Outline } from './correlation/incident.ts';
import { CORRELATED_MS } from './detector.ts';
import { RulingBook } from './hands/ruling-book.ts';
import { matches } from './hands/suppressions.ts';
import { isSwitchedOff } from './monitors/nine.ts';
import { joinable, type RecollectedWhole } from './recollection.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * All incidents, or those that have a part in one day; the most urgent first, as the cloud stores them: with what
 * people took apart, joined and keep back now.
 * @param dayMs the day's first moment. What can have a part in its incidents is read, and the habits of the days
 *   before that: the same as a cloud reads that starts seven days later (see Detector.restore).
 * @param weigh last word on how urgent each is (see assets/weighing.ts)
 */
export function replayStore(
  store: RecollectedWhole,
  registry: Registry,
  dayMs?: number,
  weigh: (incident: Incident) => Incident = (incident) => incident,
): Iterable<Incident> {
  const { decisions } = new RulingBook(store.rulings());
  const suppressions = store.suppressions().filter(({ ended }) => ended === undefined);
  const switches = store.switches();
  const correlator = new Correlator(registry, { isOneSet: true, decisions });
  const from = dayMs === undefined ? 0 : Math.max(0, dayMs - CORRELATED_MS);
  if (from > 0)
    correlator.learn(store.detections({ from: Math.max(0, from - habitsReachMs(habitRules)), to: from - 1 }));
  for (const detection of joinable(store, from))
    if (
      !isSwitchedOff(switches, detection) &&
      !suppressions.some((suppression) => matches(suppression, detection, registry))
    )
      correlator.stage(detection);
  correlator.settle();
  return toldOf(correlator, dayMs, weigh);
}

function* toldOf(
  correlator: Correlator,
  dayMs: number | undefined,
  weigh: (incident: Incident) => Incident,
): Generator<Incident> {
  const outlines = correlator
    .outlines()
    .filter(({ first, last }) => dayMs === undefined || (first < dayMs + DAY_MS && last >= dayMs));
  for (const { outline } of weighed(outlines, weigh)) yield weigh(correlator.tell(outline));
}

/** Outlines with what they weigh, the most urgent first. Links say nothing about it, so they need not be in words. */
export function weighed(
  outlines: readonly Outline[],
  weigh: (incident: Incident) => Incident,
): { outline: Outline; priority: number; effect: Incident['effect'] }[] {
  return outlines
    .map((outline) => {
      const { edges: _edges, ...rest } = outline;
      const { priority, effect } = weigh({ ...rest, links: [] });
      return { outline, priority, effect, first: outline.first, id: outline.id };
    })
    .sort(byUrgency);
}
