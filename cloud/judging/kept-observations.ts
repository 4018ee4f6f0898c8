import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Store } from '../store/store.ts';
import { Turns } from './turns.ts';

/** Observations read back at a time after a start. */
export const READ_BACK = 200_000;
/** Of them, read together. */
const READ_AT_ONCE = 2_000;
const FIRST_WIDTH_MS = 3_600_000;

/** The newest of some kinds from a time on, the oldest first; read bit by bit, so that nobody waits for it. */
export async function newestKept(
  store: Pick<Store, 'observations'>,
  kinds: readonly ObservationKind[],
  from: number,
  now: number,
  most = READ_BACK,
): Promise<Observation[]> {
  const turns = new Turns();
  const newestFirst: Observation[] = [];
  const read = (since: number, to: number, limit: number) =>
    store.observations({ kinds, from: since, to, limit });
  // Clocks that are ahead.
  newestFirst.push(...read(now + 1, Number.MAX_SAFE_INTEGER, most));
  let width = FIRST_WIDTH_MS;
  for (let to = now; to >= from && newestFirst.length < most; ) {
    const since = Math.max(from, to - width + 1);
    const left = most - newestFirst.length;
    const isSmallest = since === to;
    const page = read(since, to, isSmallest ? left : READ_AT_ONCE);
    if (turns.isOver) await turns.next();
    if (page.length === READ_AT_ONCE && !isSmallest) {
      // There may be more in that time: a shorter one.
      width = Math.max(1, Math.floor(width / 4));
      continue;
    }
    for (const one of page.slice(0, left)) newestFirst.push(one);
    to = since - 1;
    if (page.length < READ_AT_ONCE / 4) width *= 4;
  }
  return newestFirst.reverse();
}
