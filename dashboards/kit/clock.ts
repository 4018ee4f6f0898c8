/** The clock of the installation: a demonstration runs faster than the world, and every page shows its time. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

export interface ClockReading {
  /** Milliseconds since 1970 UTC. */
  now: number;
  /** Simulated milliseconds in a real one. */
  rate: number;
}

const base = signal({ now: Date.now(), rate: 1, takenAt: performance.now() });
const beat = signal(0);

/** Takes the server's reading; called for every answer and stream event that carries one. */
export function setClock(reading: ClockReading): void {
  base.value = { ...reading, takenAt: performance.now() };
}

/** The installation's time now, renewed every second. */
export const now: ReadonlySignal<number> = computed(() => {
  void beat.value;
  const { now: start, rate, takenAt } = base.value;
  return start + (performance.now() - takenAt) * rate;
});

export const clockRate: ReadonlySignal<number> = computed(() => base.value.rate);

/** Keeps the clock going until the signal aborts. */
export function runClock(until: AbortSignal): void {
  const timer = setInterval(() => {
    beat.value++;
  }, 1_000);
  until.addEventListener('abort', () => clearInterval(timer));
}
