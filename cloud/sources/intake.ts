/** The one way in for all transports: read, stamp, store; what can't be read is quarantined and counted. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { recordId } from '../../devices/wire.ts';
import type { Store } from '../store/store.ts';
import { textOf } from './plain-text.ts';
import type { SourceReader, SourceResult } from './source.ts';
import { recorderOf, type SourcePlace, stamp } from './stamp.ts';
import { TokenBucket } from './token-bucket.ts';

/** Of one input, at most: numbers of inputs from sockets are so far apart. */
export const MAX_REPORTED_PER_INPUT = 64;
/** Inputs that are stored together, at most. */
export const MAX_BATCH_INPUTS = 500;
/** Of what is refused, so much is kept. */
const MAX_QUARANTINED_BYTES = 4_096;
/** A source that speaks another language must not fill the quarantine: beyond this it is only counted. */
const QUARANTINED_PER_SECOND = 50;
const QUARANTINED_BURST = 1_000;
/** So long after inputs were given up, health tells of it. */
const TELL_DROPS_MS = 60_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

/** One line, datagram or document as it came. */
export interface Input {
  raw: Uint8Array;
  receivedAt: number;
  epoch: string;
  /** Numbers of the reports in it start here. */
  sequence: number;
  /** Who sent it: an address, a file. */
  peer: string;
  /** What the transport was told of it: see SourceReader. */
  topic?: string;
}

/** What became of some inputs. `records` are stored. */
export interface Tally {
  records: number;
  ignored: number;
  refused: number;
  /** Why the first one was refused. */
  because?: string;
}

export interface SourceHealth {
  name: string;
  title: string;
  asset: string;
  /** When something was last stored. */
  lastAt?: number;
  /** Stored since the start of the process. */
  records: number;
  /** Could not be read; kept in quarantine. */
  refused: number;
  /** Well-formed, nothing for us. */
  ignored: number;
  /** Given up unread: over quota, or more than could be kept waiting. */
  dropped: number;
  /** Why nothing comes in, where that is known. */
  problem?: string;
}

export interface IntakeOptions {
  place: SourcePlace;
  title: string;
  read: SourceReader;
  /** Crosses out what must not be kept of what is put aside. */
  masked?: ((text: string) => string) | undefined;
  maxBytes: number;
  quota: { perSecond: number; burst: number };
  registry: Registry;
  clock: Clock;
  store: Pick<Store, 'quarantine'>;
  /** Resolves once both are stored. */
  commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
}

export class Intake {
  readonly maxBytes: number;
  readonly quota: TokenBucket;
  readonly clock: Clock;
  readonly #options: IntakeOptions;
  readonly #quarantineQuota = new TokenBucket(QUARANTINED_PER_SECOND, QUARANTINED_BURST);
  readonly #counts = { records: 0, refused: 0, ignored: 0, dropped: 0 };
  /** By who has it: the transport's and the store's troubles end apart. */
  readonly #problems = new Map<'transport' | 'store', string>();
  #lastAt: number | undefined;
  #drops: { at: number; because: string } | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.maxBytes = options.maxBytes;
    this.clock = options.clock;
    this.quota = new TokenBucket(options.quota.perSecond, options.quota.burst);
  }

  get name(): string {
    return this.#options.place.name;
  }

  /** Reads and stores; resolves once stored. @throws what `commit` throws; nothing is then counted but refusals. */
  async take(inputs: readonly Input[]): Promise<Tally> {
    const { observations, detections, tally } = this.#read(inputs);
    await this.#commit(observations, detections);
    return this.#count(tally);
  }

  /** The same, again and again until it is stored. @throws the signal's reason where that ends it. */
  async takeUntilStored(inputs: readonly Input[], signal: AbortSignal): Promise<Tally> {
    const { observations, detections, tally } = this.#read(inputs);
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      try {
        await this.#commit(observations, detections);
        this.#problems.delete('store');
        return this.#count(tally);
      } catch (error) {
        this.#problems.set('store', `cannot store: ${messageOf(error)}`);
        signal.throwIfAborted();
        await wait(delayMs, undefined, { signal });
      }
    }
  }

  /** Puts aside what can't be taken. */
  refuse(raw: Uint8Array, peer: string, reason: string): void {
    this.#counts.refused++;
    this.note(raw, peer, reason);
  }

  /** Leaves a note in quarantine without counting a refusal. */
  note(raw: Uint8Array, peer: string, reason: string): void {
    if (!this.#quarantineQuota.tryTake(1)) return;
    const { masked } = this.#options;
    const kept = raw.subarray(0, MAX_QUARANTINED_BYTES);
    this.#options.store.quarantine({
      at: this.clock.now(),
      wall: `source ${this.name}`,
      peer,
      reason,
      // A copy: the bytes are a piece of a buffer that is used again.
      raw: masked === undefined ? Uint8Array.from(kept) : Buffer.from(masked(textOf(kept))),
    });
  }

  /** Gives up what can't be asked to wait; health tells of it for a while. */
  drop(count: number, because: string): void {
    this.#counts.dropped += count;
    this.#drops = { at: this.clock.now(), because };
  }

  /** What keeps the transport from its work; undefined: nothing any more. */
  trouble(problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete('transport');
    else this.#problems.set('transport', problem);
  }

  health(): SourceHealth {
    const { place, title } = this.#options;
    const { at, because } = this.#drops ?? { at: Number.NEGATIVE_INFINITY, because: '' };
    const isDropping = this.clock.now() - at < TELL_DROPS_MS;
    const problem = [
      ...this.#problems.values(),
      ...(isDropping ? [`inputs are given up: ${because}`] : []),
    ].join('; ');
    return {
      name: place.name,
      title,
      asset: place.asset,
      ...(this.#lastAt === undefined ? {} : { lastAt: this.#lastAt }),
      ...this.#counts,
      ...(problem === '' ? {} : { problem }),
    };
  }

  #read(inputs: readonly Input[]) {
    const { place, registry, read } = this.#options;
    const recorder = recorderOf(place.name);
    const observations: Observation[] = [];
    const detections: Detection[] = [];
    const tally: Tally = { records: 0, ignored: 0, refused: 0 };
    for (const { raw, receivedAt, epoch, sequence, peer, topic } of inputs) {
      const result: SourceResult =
        raw.length > this.maxBytes
          ? { refused: `${raw.length} bytes, longer than ${this.maxBytes}` }
          : read(textOf(raw), receivedAt, topic);
      if ('refused' in result) {
        tally.refused++;
        tally.because ??= result.refused;
        this.refuse(raw, peer, result.refused);
      } else if ('ignored' in result) tally.ignored++;
      else {
        result.reported.slice(0, MAX_REPORTED_PER_INPUT).forEach((reported, index) => {
          const id = recordId(recorder, epoch, sequence + index);
          const { observation, detection } = stamp(reported, id, receivedAt, place, registry);
          observations.push(observation);
          if (detection !== undefined) detections.push(detection);
        });
      }
    }
    tally.records = observations.length;
    return { observations, detections, tally };
  }

  async #commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void> {
    if (observations.length > 0) await this.#options.commit(observations, detections);
  }

  #count(tally: Tally): Tally {
    this.#counts.records += tally.records;
    this.#counts.ignored += tally.ignored;
    if (tally.records > 0) this.#lastAt = this.clock.now();
    return tally;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
