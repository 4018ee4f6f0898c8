/** Where what moves is: positions thinned, and whether it is where it belongs. Pure but for the newest of each device. */
import { distanceM, type Geofence, type GeographicPoint, outsideByM } from '../../devices/model/geofence.ts';

/** A vehicle that stands is told this often, one that drives after so many metres or so much time. */
export const STANDING_TOLD_MS = 10 * 60_000;
export const DRIVING_TOLD_MS = 30_000;
export const DRIVING_TOLD_M = 100;
/** A receiver in the open errs by some metres; between houses by tens. Nearer to the edge nothing is decided. */
export const MARGIN_M = 30;
/** One stray position is none: so many in a row must say that it has left. */
export const FIXES_TO_LEAVE = 3;
/** Devices whose positions are remembered; the site has some vans. */
const MAX_WHEREABOUTS = 1_000;

interface Whereabouts {
  told?: { at: number; point: GeographicPoint };
  outsideInARow: number;
}

export interface Judged {
  /** The position is worth an observation. */
  tell: boolean;
  /** Undefined: too near to an edge to say, or no area is known. */
  geofence?: 'inside' | 'outside';
}

/** Which areas a point is in, and how far outside of the nearest it is. */
export function placeIn(
  fences: readonly Geofence[],
  point: GeographicPoint,
): { name?: string; outsideM: number } {
  let outsideM = Number.POSITIVE_INFINITY;
  for (const fence of fences) {
    const by = outsideByM(fence, point);
    if (by === 0) return { name: fence.name, outsideM: 0 };
    outsideM = Math.min(outsideM, by);
  }
  return { outsideM };
}

export class AllWhereabouts {
  readonly #known = new Map<string, Whereabouts>();

  judge(
    device: string,
    { accuracyM, ...point }: GeographicPoint & { accuracyM?: number },
    fences: readonly Geofence[],
    at: number,
  ): Judged {
    const known = this.#known.get(device) ?? { outsideInARow: 0 };
    if (!this.#known.has(device) && this.#known.size >= MAX_WHEREABOUTS) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(device, known);
    const tell = isWorthTelling(known.told, point, at);
    if (tell) known.told = { at, point };
    if (fences.length === 0) return { tell };
    const { outsideM } = placeIn(fences, point);
    const isOutside = outsideM > Math.max(MARGIN_M, accuracyM ?? 0);
    known.outsideInARow = isOutside ? known.outsideInARow + 1 : 0;
    if (outsideM === 0) return { tell, geofence: 'inside' };
    return known.outsideInARow >= FIXES_TO_LEAVE ? { tell, geofence: 'outside' } : { tell };
  }
}

function isWorthTelling(told: Whereabouts['told'], point: GeographicPoint, at: number): boolean {
  if (told === undefined) return true;
  const sinceMs = Math.abs(at - told.at);
  if (sinceMs >= STANDING_TOLD_MS) return true;
  const movedM = distanceM(told.point, point);
  return movedM >= DRIVING_TOLD_M || (sinceMs >= DRIVING_TOLD_MS && movedM >= MARGIN_M);
}
