import type { Observation } from '../../devices/model/observation.ts';
import type { Carried, Course } from './monitor.ts';

/** A run of observations in which no pause is longer than the gap that was asked for. */
export interface Episode {
  /** Those still in memory; empty where the whole episode was carried. */
  observations: readonly Observation[];
  /** Id of the very first, carried or not: the episode's name. */
  firstId: string;
  firstAt: number;
  lastAt: number;
  count: number;
}

/**
 * Splits a course at every pause longer than `gapMs`. The result depends on the set of observations alone, so
 * it is the same for every order of arrival; a fixed grid of windows would split an attack in two.
 */
export function episodesOf(course: Course, gapMs: number): Episode[] {
  const episodes: Episode[] = [];
  let current: Observation[] = [];
  let carried: Carried | undefined = course.carried;
  let lastAt = carried?.lastAt;
  const close = () => {
    const first = current[0];
    const last = current.at(-1);
    const firstId = carried?.firstId ?? first?.id;
    if (firstId === undefined) return;
    episodes.push({
      observations: current,
      firstId,
      firstAt: carried?.firstAt ?? first?.observedAt ?? 0,
      lastAt: last?.observedAt ?? carried?.lastAt ?? 0,
      count: current.length + (carried?.count ?? 0),
    });
    current = [];
    carried = undefined;
  };
  for (const observation of course.observations) {
    if (lastAt !== undefined && observation.observedAt - lastAt > gapMs) close();
    current.push(observation);
    lastAt = observation.observedAt;
  }
  close();
  return episodes;
}

/** Ids of the newest and the oldest observations of an episode, `most` at most, oldest first. */
export function evidenceOf(observations: readonly Observation[], most: number): string[] {
  if (observations.length <= most) return observations.map(({ id }) => id);
  const head = Math.ceil(most / 2);
  return [...observations.slice(0, head), ...observations.slice(head - most)].map(({ id }) => id);
}
