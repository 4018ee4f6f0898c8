/**
 * The audit trail: takes what has changed out of the store, in batches, and writes it into the log. The store keeps a
 * change until the log has it on disk, and every entry names its change: so a kill at any point loses nothing and
 * writes nothing twice.
 */
import { hash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Store } from '../store/store.ts';
import { sha256Of } from './canonical.ts';
import { bodyOf, bytesOf, type Entry, type EntryBody, readEntry } from './entry.ts';
import { type Checkpoint, type NoteSigner, noteSigner, openCheckpoint } from './note.ts';
import { LogProblem, TileLog } from './tile-log.ts';

/** Changes of one batch. */
export const MAX_BATCH = 5_000;
/** Read at a time, before others have their turn: an incident may have hundreds of detections to hash. */
const PAGE = 100;
/** Where the store keeps the last checkpoint, and what the configuration was. */
const CURSOR = 'audit-checkpoint';
const CONFIGURATION_CURSOR = 'audit-configuration';
const WITNESS_WITHIN_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Settings of the audit trail in the cloud's configuration. */
export const auditSettings = z.strictObject({
  /** Without it changes are not written down; what a log holds already stays. */
  enabled: z.boolean().default(true),
  /** Name of the log in its checkpoints, without scheme: whoever keeps them tells logs apart by it. */
  origin: z
    .string()
    .regex(/^[^\s+]{1,200}$/, 'expected a name without blanks and "+"')
    .default('gatehouse.local/audit'),
  /** How often changes are written down, real time. */
  everyMs: z.number().int().min(20).max(600_000).default(1_000),
  /** A file, best on another machine's disk, that each checkpoint is added to; read at the start. */
  checkpointsTo: z.string().min(1).max(4_096).optional(),
  /** Where each checkpoint is posted, as text: somebody who can hold us to it. */
  witness: z.url({ protocol: /^https?$/ }).optional(),
});
export type AuditSettings = z.infer<typeof auditSettings>;

export interface TrailParts {
  store: Store;
  clock: Clock;
  settings: AuditSettings;
  /** The state directory; the log is its folder `audit`, the key `audit-key.pem`. */
  state: string;
  resolve(path: string): string;
  /** Names and files whose content is the configuration. */
  configuration: readonly { name: string; file: string }[];
  onProblem(message: string): void;
}

export interface TrailHealth {
  size: number;
  /** Since the start of the process. */
  written: number;
  lastAt?: number;
  problem?: string;
  witnessProblem?: string;
}

export class Trail {
  readonly log: TileLog;
  readonly signer: NoteSigner;
  readonly #parts: TrailParts;
  #taken: number;
  #written = 0;
  #lastAt: number | undefined;
  #problem: string | undefined;
  #witnessProblem: string | undefined;
  #witnessed = -1;
  #witnessing = false;
  #isPaused = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(parts: TrailParts, log: TileLog, signer: NoteSigner, taken: number) {
    this.#parts = parts;
    this.log = log;
    this.signer = signer;
    this.#taken = taken;
  }

  /**
   * Opens the log of a state directory and makes sure that it is the one that was there before.
   * @throws LogProblem where it was altered, set back or taken away
   */
  static async open(parts: TrailParts): Promise<Trail> {
    const { state, settings, store, clock } = parts;
    const folder = join(state, 'audit');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const keyFile = join(state, 'audit-key.pem');
    const kept = store.cursor(CURSOR);
    if (kept !== undefined && !existsSync(keyFile))
      throw new LogProblem(folder, `its key ${keyFile} is gone, and there is a log; put it back from a copy`);
    const signer = noteSigner(settings.origin, keyFile);
    writeFileSync(join(folder, 'key'), `${signer.text}\n`, { mode: 0o600 });
    const log = await TileLog.open({ folder, signer, known: knownCheckpoints(parts, signer, kept) });
    const { size } = log.checkpoint;
    let last: Entry | undefined;
    for await (const bytes of log.entries(Math.max(0, size - 1))) {
      const read = readEntry(bytes);
      if (typeof read === 'string') throw new LogProblem(folder, `its last entry: ${read}`);
      last = read;
    }
    const trail = new Trail(parts, log, signer, last?.change ?? 0);
    const storeChange = store.lastChange();
    if (trail.#taken > storeChange) {
      const trailChange = trail.#taken;
      trail.#taken = 0;
      await trail.#write([
        { change: 0, body: { type: 'store-set-back', at: clock.now(), storeChange, trailChange } },
      ]);
    }
    await trail.#noteConfiguration();
    return trail;
  }

  /** Writes down what changes, until the signal; `settled` then takes the rest. */
  start(signal: AbortSignal): void {
    let delayMs = this.#parts.settings.everyMs;
    let timer: NodeJS.Timeout;
    const next = () => {
      timer = setTimeout(async () => {
        const isFine = await this.drain().then(
          () => true,
          () => false,
        );
        delayMs = isFine
          ? this.#parts.settings.everyMs
          : Math.min(Math.max(delayMs * 2, FIRST_RETRY_MS), LONGEST_RETRY_MS);
        if (!signal.aborted) next();
      }, delayMs);
      timer.unref();
    };
    next();
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Writes down everything that has changed so far. @throws Error where the disk refuses; it is told as well */
  drain(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    // The one under way may have looked before the last change.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.drain();
      });
    return this.#next;
  }

  #run(): Promise<void> {
    this.#running = this.#drain()
      .then(() => {
        this.#problem = undefined;
      })
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (this.#problem === undefined) this.#parts.onProblem(message);
        this.#problem = message;
        throw error;
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** While it pauses nothing is written down, and what changes is not kept for later. What came before is written first. */
  async pause(isPaused: boolean): Promise<void> {
    await this.drain();
    this.#isPaused = isPaused;
  }

  get health(): TrailHealth {
    return {
      size: this.log.checkpoint.size,
      written: this.#written,
      ...(this.#lastAt === undefined ? {} : { lastAt: this.#lastAt }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#witnessProblem === undefined ? {} : { witnessProblem: this.#witnessProblem }),
    };
  }

  async #drain(): Promise<void> {
    const { store } = this.#parts;
    if (this.#isPaused) {
      await store.takeChanges(store.lastChange());
      return;
    }
    for (;;) {
      const fresh: { change: number; body: EntryBody }[] = [];
      let last = 0;
      let isAll = false;
      while (!isAll && fresh.length < MAX_BATCH) {
        const changes = store.changes(PAGE, last);
        // Others were written down before a kill kept the store from hearing of it.
        for (const change of changes)
          if (change.number > this.#taken)
            fresh.push({ change: change.number, body: bodyOf(change, (id) => store.detection(id)) });
        last = changes.at(-1)?.number ?? last;
        isAll = changes.length < PAGE;
        await breathe();
      }
      if (fresh.length > 0) await this.#write(fresh);
      if (last > 0) await store.takeChanges(last);
      if (isAll) break;
    }
    this.#askWitness();
  }

  async #write(bodies: readonly { change: number; body: EntryBody }[]): Promise<void> {
    const { clock, store, settings, resolve } = this.#parts;
    const start = this.log.checkpoint.size;
    const writtenAt = clock.now();
    const entries: Uint8Array[] = [];
    for (const [at, { change, body }] of bodies.entries()) {
      entries.push(bytesOf({ version: 1, number: start + at, change, writtenAt, body }));
      if (at % PAGE === PAGE - 1) await breathe();
    }
    const checkpoint = await this.log.append(entries);
    this.#taken = bodies.at(-1)?.change ?? this.#taken;
    this.#written += entries.length;
    this.#lastAt = writtenAt;
    // Only now, so that what was kept is never ahead of the log.
    await store.putCursor(CURSOR, this.log.note);
    if (settings.checkpointsTo !== undefined && checkpoint.size > 0)
      appendFileSync(resolve(settings.checkpointsTo), `${JSON.stringify(this.log.note)}\n`, { mode: 0o600 });
  }

  async #noteConfiguration(): Promise<void> {
    const { store, configuration, clock } = this.#parts;
    const files = Object.fromEntries(
      configuration.map(({ name, file }) => [name, hash('sha256', readFileSync(file), 'hex')]),
    );
    const now = sha256Of(files);
    if (store.cursor(CONFIGURATION_CURSOR) === now) return;
    await this.#write([{ change: this.#taken, body: { type: 'configuration', at: clock.now(), files } }]);
    await store.putCursor(CONFIGURATION_CURSOR, now);
  }

  /** One at a time, the newest only; a witness that does not answer keeps nobody waiting. */
  #askWitness(): void {
    const { witness } = this.#parts.settings;
    const { size } = this.log.checkpoint;
    if (witness === undefined || this.#witnessing || size === this.#witnessed) return;
    this.#witnessing = true;
    fetch(witness, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: this.log.note,
      redirect: 'error',
      signal: AbortSignal.timeout(WITNESS_WITHIN_MS),
    })
      .then(async (response) => {
        await response.body?.cancel();
        if (!response.ok) throw new Error(`it answered ${response.status}`);
        this.#witnessed = size;
        this.#witnessProblem = undefined;
      })
      .catch((error: unknown) => {
        this.#witnessProblem = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        this.#witnessing = false;
      });
  }
}

/** Checkpoints that the store and the file for outsiders have kept. @throws LogProblem */
function knownCheckpoints(
  { settings, resolve, state }: TrailParts,
  signer: NoteSigner,
  kept: string | undefined,
): Checkpoint[] {
  const notes: { from: string; note: string }[] = [];
  if (kept !== undefined) notes.push({ from: 'the store', note: kept });
  const file = settings.checkpointsTo === undefined ? undefined : resolve(settings.checkpointsTo);
  if (file !== undefined && existsSync(file)) {
    // The last whole line; a kill may have left half of one.
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const read = z.string().safeParse(jsonOf(line));
        return read.success ? [read.data] : [];
      });
    const note = lines.at(-1);
    if (note !== undefined) notes.push({ from: file, note });
  }
  return notes.map(({ from, note }) => {
    const opened = openCheckpoint(note, signer);
    if (typeof opened === 'string')
      throw new LogProblem(join(state, 'audit'), `the checkpoint that ${from} kept: ${opened}`);
    return opened;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where no trail is kept: what waits for it must not fill the store. */
export function discardChanges(store: Store, everyMs: number, signal: AbortSignal): void {
  const timer = setInterval(() => {
    void store.takeChanges(store.lastChange()).catch(() => undefined);
  }, everyMs);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
