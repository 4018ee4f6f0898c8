/** The gateway looks after itself: reads its machine's health every minute and tells what has changed. */
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import type { GatewayReport } from '../../devices/wire.ts';
import type { SteadyClock } from '../clock/steady-clock.ts';
import type { DurableOutbox } from '../outbox/open.ts';
import { type HealthState, judgeHealth, type Trouble, troubles } from './judgement.ts';
import { type HealthReading, readHealth, type SystemFolders } from './reading.ts';

/** By the site's clock. */
export const READ_EVERY_MS = 60_000;
/** On a faster day, in real time: the machine is no faster. */
const READ_EVERY_REAL_MS = 5_000;
/** One record with its chain and its place in the log; what waits is told in records, room in bytes. */
const TYPICAL_RECORD_BYTES = 450;
/** What goes on is kept, so that its end is told even after a restart. */
const STATE_KEY = 'health/troubles';
const keptTroubles = z.array(z.enum(troubles)).max(troubles.length);

export interface HealthOptions {
  clock: Clock;
  /** The same clock, where it is one that says how it stands. */
  steady?: SteadyClock | undefined;
  outbox: Pick<DurableOutbox, 'metrics' | 'progress' | 'kept' | 'keep'>;
  maxOutboxBytes: number;
  /** Without a cloud nothing waits for it. */
  hasCloud: boolean;
  folders: SystemFolders;
  tell(kind: ObservationKind, facts: Facts): Promise<void>;
  onTrouble(message: string): void;
}

export class Health {
  readonly #options: HealthOptions;
  #state: HealthState;
  #givenUp: number;
  #latest: HealthReading | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#state = new Set(keptTroubles.safeParse(options.outbox.kept(STATE_KEY).get(STATE_KEY)).data ?? []);
    this.#givenUp = options.outbox.metrics().givenUp;
  }

  /** The newest reading; undefined before the first. */
  get latest(): HealthReading | undefined {
    return this.#latest;
  }

  /** Troubles that go on. */
  get troubles(): Trouble[] {
    return [...this.#state];
  }

  /** Reads from now on, until the signal ends it. */
  start(signal: AbortSignal): void {
    const { clock, onTrouble } = this.#options;
    const everyMs = Math.max(READ_EVERY_MS, READ_EVERY_REAL_MS * clock.rate);
    const read = () => {
      this.look()
        .catch((error: unknown) => onTrouble(`health: ${String(error)}`))
        .finally(() => {
          if (!signal.aborted) cancel = clock.schedule(everyMs, read);
        });
    };
    let cancel = clock.schedule(everyMs, read);
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  /** One look. */
  async look(): Promise<void> {
    const { outbox, maxOutboxBytes, hasCloud, folders, clock, tell } = this.#options;
    const { full, givenUp } = outbox.metrics();
    const waiting = outbox.progress('alarm').waiting + outbox.progress('bulk').waiting;
    const waitingBytes = waiting * TYPICAL_RECORD_BYTES;
    this.#latest = {
      ...(await readHealth(folders)),
      ...(hasCloud && { outbox: { waitingBytes, maxBytes: maxOutboxBytes, isFull: full } }),
    };
    // A demonstration runs on somebody's laptop, which is not the site's gateway: nothing is told of its troubles.
    if (clock.rate !== 1) return;
    const { state, news } = judgeHealth(this.#state, this.#latest);
    this.#state = state;
    if (news.length > 0) outbox.keep(STATE_KEY, [...state]);
    const lost = givenUp - this.#givenUp;
    this.#givenUp = givenUp;
    if (lost > 0) await tell('gateway.records-lost', { records: lost });
    for (const { kind, facts } of news) await tell(kind, facts);
  }

  /** For the gateway's report to the cloud. */
  report(): NonNullable<GatewayReport['health']> {
    const { steady } = this.#options;
    const { disk, celsius, isOnMains, batteryPercent, loadPerProcessor, memory } = this.#latest ?? {};
    const clock = steady?.standing;
    return {
      clock: clock?.quality ?? 'set',
      ...(clock?.quality === 'unset' && { clockOffMs: Math.round(clock.differenceMs) }),
      ...(disk !== undefined && { diskBytes: disk.bytes, diskFreeBytes: disk.freeBytes }),
      ...(memory !== undefined && { memoryBytes: memory.bytes, memoryFreeBytes: memory.freeBytes }),
      ...(celsius !== undefined && { celsius }),
      ...(isOnMains !== undefined && { isOnMains }),
      ...(batteryPercent !== undefined && { batteryPercent }),
      ...(loadPerProcessor !== undefined && { loadPerProcessor }),
      troubles: this.troubles,
    };
  }
}
