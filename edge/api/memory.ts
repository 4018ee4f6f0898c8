/** What the page remembers of what was observed: temperatures, and who was last at a door. Made again from the log. */
import { z } from 'zod';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { DurableOutbox } from '../outbox/open.ts';
import { CommandLog } from './command-log.ts';
import type { SiteDoor } from './contract.ts';
import { concernsDay, Day } from './day.ts';
import { Temperatures } from './temperatures.ts';
import { WalkTests } from './walk-test.ts';

/** Doors whose last badge is remembered. */
const MAX_DOORS = 2_000;
/** Records looked through at a start, the newest: a few seconds at most. */
export const MAX_RECALLED_RECORDS = 400_000;
const READ_AT_ONCE = { records: 2_000, bytes: 2 * 1024 * 1024 };

type LastBadge = NonNullable<SiteDoor['lastBadge']>;

const stored = z.object({
  body: z.discriminatedUnion('type', [
    z.object({ type: z.literal('observation'), observation }),
    z.object({ type: z.literal('detection'), detection }),
  ]),
});
const isWanted = (json: string) =>
  json.includes('"temperature.measured"') || json.includes('"access.') || concernsDay(json);

export class PageMemory {
  readonly temperatures = new Temperatures();
  readonly walkTests = new WalkTests();
  readonly commands = new CommandLog();
  readonly day: Day;
  readonly #badges = new Map<string, LastBadge>();
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.day = new Day(registry);
  }

  detected(detection: Detection): void {
    this.day.detected(detection);
  }

  take(seen: Observation): void {
    const { kind, asset, observedAt, value, subjects, facts } = seen;
    this.walkTests.take(seen);
    this.commands.take(seen);
    this.day.take(seen);
    if (kind === 'temperature.measured' && value !== undefined) {
      this.temperatures.add(asset, observedAt, value);
      return;
    }
    if (kind !== 'access.granted' && kind !== 'access.denied') return;
    const person = this.#registry.resolve(subjects ?? {});
    const badge = { who: person?.name ?? '', at: observedAt, granted: kind === 'access.granted' };
    const opens = typeof facts?.opens === 'string' ? facts.opens.split(', ') : [];
    for (const door of opens.filter((id) => id !== '')) {
      if ((this.#badges.get(door)?.at ?? 0) > observedAt) continue;
      if (this.#badges.size < MAX_DOORS || this.#badges.has(door)) this.#badges.set(door, badge);
    }
  }

  lastBadge(door: string): LastBadge | undefined {
    return this.#badges.get(door);
  }

  /** Goes through what earlier lives have written, so far as the log still has it. @param newest this life's first record */
  async recall(outbox: DurableOutbox, newest: number, signal: AbortSignal): Promise<void> {
    for (const lane of ['bulk', 'alarm'] as const) {
      let after = Math.max(0, newest - MAX_RECALLED_RECORDS);
      while (!signal.aborted && after < newest) {
        const records = await outbox.read(lane, after, READ_AT_ONCE);
        const last = records.at(-1)?.sequence;
        if (last === undefined) break;
        for (const { sequence, json } of records) {
          // What this life has written by now was taken when it was observed.
          if (sequence >= newest) break;
          const read = isWanted(json) ? stored.safeParse(JSON.parse(json)) : undefined;
          if (!read?.success) continue;
          const { body } = read.data;
          if (body.type === 'observation') this.take(body.observation);
          else this.detected(body.detection);
        }
        after = last;
      }
    }
  }
}
