/** What of the machine's health is worth telling: the beginning of a trouble and its end, once each. Pure. */
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import type { HealthReading } from './reading.ts';

export const troubles = ['disk', 'outbox', 'temperature', 'power', 'battery', 'load', 'memory'] as const;
export type Trouble = (typeof troubles)[number];

/** Troubles that go on. */
export type HealthState = ReadonlySet<Trouble>;

/** Something to be told. */
export interface HealthNews {
  kind: ObservationKind;
  facts: Facts;
}

interface Standard {
  begins: ObservationKind;
  ends: ObservationKind;
  /** The larger, the worse; undefined: this machine does not tell it, or not now. */
  measure(reading: HealthReading): number | undefined;
  /** It begins at this much, and ends only below `endsBelow`: at the edge nobody is told twice an hour. */
  beginsAt: number;
  endsBelow: number;
  facts(reading: HealthReading): Facts;
}

const percent = (part: number): number => Math.round(part * 1_000) / 10;
const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);

/** Whatever its size, so little room is gone within a day of pictures. */
const LEAST_FREE_BYTES = 256 * 1_048_576;

const usedOf = ({ bytes, freeBytes }: { bytes: number; freeBytes: number }): number => 1 - freeBytes / bytes;

const standards: Record<Trouble, Standard> = {
  disk: {
    begins: 'gateway.disk-low',
    ends: 'gateway.disk-normal',
    measure: ({ disk }) =>
      disk &&
      Math.max(
        usedOf(disk),
        disk.freeBytes < LEAST_FREE_BYTES && disk.bytes > LEAST_FREE_BYTES * 4 ? 0.95 : 0,
      ),
    beginsAt: 0.92,
    endsBelow: 0.88,
    facts: ({ disk }) =>
      disk === undefined
        ? {}
        : { freeMegabytes: megabytes(disk.freeBytes), usedPercent: percent(usedOf(disk)) },
  },
  outbox: {
    begins: 'gateway.outbox-filling',
    ends: 'gateway.outbox-normal',
    measure: ({ outbox }) => outbox && (outbox.isFull ? 1 : outbox.waitingBytes / outbox.maxBytes),
    beginsAt: 0.75,
    endsBelow: 0.5,
    facts: ({ outbox }) =>
      outbox === undefined
        ? {}
        : {
            filledPercent: percent(Math.min(1, outbox.waitingBytes / outbox.maxBytes)),
            isFull: outbox.isFull,
          },
  },
  temperature: {
    begins: 'gateway.hot',
    ends: 'gateway.cooled',
    measure: ({ celsius }) => celsius,
    // Processors of small computers slow down from 80 to 85 °C.
    beginsAt: 80,
    endsBelow: 70,
    facts: ({ celsius }) => (celsius === undefined ? {} : { celsius }),
  },
  power: {
    begins: 'power.failed',
    ends: 'power.restored',
    measure: ({ isOnMains }) => (isOnMains === undefined ? undefined : isOnMains ? 0 : 1),
    beginsAt: 1,
    endsBelow: 1,
    facts: ({ batteryPercent }) => (batteryPercent === undefined ? {} : { batteryPercent }),
  },
  battery: {
    begins: 'battery.low',
    ends: 'battery.normal',
    measure: ({ batteryPercent }) => (batteryPercent === undefined ? undefined : 100 - batteryPercent),
    beginsAt: 80,
    endsBelow: 60,
    facts: ({ batteryPercent }) => (batteryPercent === undefined ? {} : { percent: batteryPercent }),
  },
  load: {
    begins: 'gateway.overloaded',
    ends: 'gateway.load-normal',
    measure: ({ loadPerProcessor }) => loadPerProcessor,
    beginsAt: 4,
    endsBelow: 2,
    facts: ({ loadPerProcessor }) => ({ loadPerProcessor: Math.round(loadPerProcessor * 100) / 100 }),
  },
  memory: {
    begins: 'gateway.memory-low',
    ends: 'gateway.memory-normal',
    measure: ({ memory }) => usedOf(memory),
    beginsAt: 0.95,
    endsBelow: 0.9,
    facts: ({ memory }) => ({
      freeMegabytes: megabytes(memory.freeBytes),
      usedPercent: percent(usedOf(memory)),
    }),
  },
};

/** What one more reading changes. What is not measured any more stays as it was. */
export function judgeHealth(
  state: HealthState,
  reading: HealthReading,
): { state: HealthState; news: HealthNews[] } {
  const next = new Set(state);
  const news: HealthNews[] = [];
  for (const trouble of troubles) {
    const { measure, beginsAt, endsBelow, begins, ends, facts } = standards[trouble];
    const measured = measure(reading);
    if (measured === undefined) continue;
    const goesOn = state.has(trouble);
    if (!goesOn && measured >= beginsAt) {
      next.add(trouble);
      news.push({ kind: begins, facts: facts(reading) });
    } else if (goesOn && measured < endsBelow) {
      next.delete(trouble);
      news.push({ kind: ends, facts: facts(reading) });
    }
  }
  return { state: next, news };
}
