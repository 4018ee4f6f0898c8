import { z } from 'zod';

/**
 * How far a time can be trusted: `set`, the wall clock was synchronised; `unset`, the machine had booted
 * without the time; `corrected`, written while unset and mended once the time was known; `foreign`, the
 * time is the one a device or a server stated of itself.
 */
export const clockQuality = z.enum(['set', 'unset', 'corrected', 'foreign']);
export type ClockQuality = z.infer<typeof clockQuality>;

/** The only way to the time. Handed in, so that tests, replays and a faster day use their own. */
export interface Clock {
  /** Wall time in milliseconds since 1970 UTC. */
  now(): number;
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  monotonicMs(): number;
  /** Milliseconds of this clock that pass in one millisecond outside: 1, or more where a day is run faster. */
  readonly rate: number;
  /** How far `now` can be trusted at this moment; absent: `set`. */
  readonly quality?: 'set' | 'unset';
  /** Runs `task` once after `delayMs` of this clock's time; the answer cancels it. Never keeps a process alive. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

function realTimer(delayMs: number, rate: number, task: () => void): () => void {
  const timer = setTimeout(task, Math.min(Math.max(0, delayMs / rate), MAX_TIMEOUT_MS));
  timer.unref();
  return () => clearTimeout(timer);
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  rate: 1,
  schedule: (delayMs, task) => realTimer(delayMs, 1, task),
};

/**
 * A clock that showed `originMs` when the real clock showed `startedAtMs` and has run `rate` times as fast
 * since. Every process of a demonstration is given the same three numbers and so agrees on the time.
 */
export function scaledClock(originMs: number, startedAtMs: number, rate: number): Clock {
  const monotonicOffset = performance.timeOrigin - startedAtMs;
  const elapsed = () => (performance.now() + monotonicOffset) * rate;
  return {
    now: () => Math.round(originMs + elapsed()),
    monotonicMs: elapsed,
    rate,
    schedule: (delayMs, task) => realTimer(delayMs, rate, task),
  };
}

/** A clock that stands still until it is told to move; for tests, replays and simulations. */
export interface ManualClock extends Clock {
  /** Moves on and runs what falls due on the way, in order of time. */
  advance(byMs: number): void;
}

export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  let ticket = 0;
  const due = new Map<number, { atMs: number; task: () => void }>();
  const earliest = (untilMs: number) =>
    [...due].filter(([, entry]) => entry.atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
  return {
    now: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    rate: 1,
    schedule(delayMs, task) {
      const id = ticket++;
      due.set(id, { atMs: nowMs + Math.max(0, delayMs), task });
      return () => due.delete(id);
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let next = earliest(untilMs); next !== undefined; next = earliest(untilMs)) {
        due.delete(next[0]);
        nowMs = Math.max(nowMs, next[1].atMs);
        next[1].task();
      }
      nowMs = untilMs;
    },
  };
}

/**
 * Reads `origin,startedAt,rate` as the variable GATEHOUSE_CLOCK carries it.
 * @throws RangeError when the text is there but is not three numbers with a rate from 0.01 to 1,000.
 */
export function clockFromText(text: string | undefined): Clock {
  if (text === undefined || text === '') return systemClock;
  const [originMs, startedAtMs, rate, ...rest] = text.split(',').map(Number);
  const usable =
    originMs !== undefined &&
    startedAtMs !== undefined &&
    rate !== undefined &&
    rest.length === 0 &&
    Number.isFinite(originMs) &&
    Number.isFinite(startedAtMs) &&
    rate >= 0.01 &&
    rate <= 1_000;
  if (!usable) throw new RangeError(`GATEHOUSE_CLOCK: expected "origin,startedAt,rate", got "${text}"`);
  return scaledClock(originMs, startedAtMs, rate);
}
