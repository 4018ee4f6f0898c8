/** How well incidents find the attack in a labelled corpus of alerts. Pure. */
import type { Alert } from './alert-corpus.ts';

/** So many incidents of the highest priority are looked at. */
const TOP = 3;

export interface Ranked {
  readonly priority: number;
  readonly detections: readonly string[];
}

export interface TopIncident {
  readonly priority: number;
  readonly detections: number;
  /** How many of them are attack alerts. */
  readonly attack: number;
  readonly steps: readonly string[];
}

export interface AlertScore {
  /** Kinds of attack step that appear in the top incidents, of all. */
  readonly found: number;
  readonly of: number;
  readonly missing: readonly string[];
  /** Part of the alerts of the top incidents that are attack alerts. */
  readonly purity: number;
  readonly top: readonly TopIncident[];
  /** No incident without any attack alert stands above one with some, among the top. */
  readonly isOrdered: boolean;
  /** Detections that are in no incident or in several: must be 0. */
  readonly misplaced: number;
  readonly incidents: number;
}

/** @param incidents in the order they came out */
export function scoreOf(alerts: readonly Alert[], incidents: readonly Ranked[]): AlertScore {
  const stepOf = new Map(alerts.map(({ id, step }) => [id, step]));
  const all = new Set(alerts.flatMap(({ step }) => step ?? []));
  const top = incidents.slice(0, TOP).map(({ priority, detections }): TopIncident => {
    const steps = detections.flatMap((id) => stepOf.get(id) ?? []);
    return { priority, detections: detections.length, attack: steps.length, steps: [...new Set(steps)] };
  });
  const found = new Set(top.flatMap(({ steps }) => steps));
  const held = top.reduce((sum, { detections }) => sum + detections, 0);
  const attack = top.reduce((sum, one) => sum + one.attack, 0);
  const places = new Map<string, number>();
  for (const { detections } of incidents)
    for (const id of detections) places.set(id, (places.get(id) ?? 0) + 1);
  const isReal = top.map(({ steps }) => steps.length > 0);
  return {
    found: found.size,
    of: all.size,
    missing: [...all].filter((step) => !found.has(step)).sort(),
    purity: held === 0 ? 0 : attack / held,
    top,
    isOrdered: isReal.every((real, index) => !real || isReal.slice(0, index).every(Boolean)),
    misplaced: alerts.filter(({ id }) => places.get(id) !== 1).length,
    incidents: incidents.length,
  };
}
