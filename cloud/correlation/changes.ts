import type { Incident } from '../../devices/model/incident.ts';
import type { Outline } from './incident.ts';
import type { Told } from './memory.ts';

/** What became of the incidents. */
export interface Changes {
  /** New, or different from what was told before. The most urgent first. */
  readonly changed: Incident[];
  /**
   * Incidents that are no more, each with the one that now holds the detection it was named after; without one
   * where all of its detections were taken back.
   */
  readonly gone: { readonly id: string; readonly into?: string }[];
}

export interface Added extends Changes {
  /** Came again just as they were. */
  readonly duplicates: number;
  /** Ids that came again saying something else; the first word stands. */
  readonly conflicting: string[];
}

/** What left the memory, and how much is still in it. */
export interface Forgotten {
  readonly incidents: number;
  readonly detections: number;
  readonly kept: number;
}

/** Incidents that were told and are none any more, each with the one that now holds its earliest detection. */
export function goneInto(
  told: readonly Told[],
  outlines: readonly Outline[],
): { id: string; into: string }[] {
  if (told.length === 0) return [];
  const ids = new Set(outlines.map(({ id }) => id));
  const missing = told.filter(({ id }) => !ids.has(id));
  const [only] = outlines;
  if (only !== undefined && outlines.length === 1) return missing.map(({ id }) => ({ id, into: only.id }));
  return missing.flatMap(({ id, earliest }) => {
    const into = outlines.find(({ detections }) => detections.includes(earliest));
    return into === undefined ? [] : [{ id, into: into.id }];
  });
}

/** Two that followed on each other, as one. */
export function bothOf(before: Changes, after: Changes): Changes {
  const told = new Set([...after.changed, ...after.gone].map(({ id }) => id));
  const back = new Set(after.changed.map(({ id }) => id));
  return {
    changed: [...before.changed.filter(({ id }) => !told.has(id)), ...after.changed],
    gone: [...before.gone.filter(({ id }) => !back.has(id)), ...after.gone],
  };
}
