/** When this device last heard the gateway: so that a page opened without it can say since when. */
import { shaped } from '../../kit/request.ts';

export interface LastHeard {
  /** By the site's clock, ms. */
  at: number;
  /** By this device's own clock, ms. */
  here: number;
  site: string;
  timeZone: string;
}

const KEY = 'gatehouse.site.heard';
/** Written down this often at most. */
const EVERY_MS = 5_000;
const isLastHeard = shaped<LastHeard>({ at: 'number', here: 'number', site: 'string', timeZone: 'string' });
let writtenAt = Number.NEGATIVE_INFINITY;

export function rememberHeard(heard: Omit<LastHeard, 'here'>): void {
  if (performance.now() - writtenAt < EVERY_MS) return;
  writtenAt = performance.now();
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...heard, here: Date.now() }));
  } catch {
    // Storage may be forbidden; then nobody can say since when.
  }
}

export function lastHeard(): LastHeard | undefined {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return isLastHeard(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
