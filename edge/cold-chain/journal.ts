/**
 * The cold chain's own memory on disk: one file a month, appended to and never changed. Each line is
 * `<chain> <JSON>`, chain = SHA-256(chain of the line before, as hex + JSON), so whoever changes a line must change
 * all that follow, and the chain's head is in every signed record. A month that is over is compressed.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rename, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { observationKind } from '../../devices/model/observation.ts';
import { fridgeTerms } from './terms.ts';

/** Records are kept for five years: the month in which a reading turns five is gone when it is over. */
export const RETAINED_MONTHS = 61;
/** Of all files together: five years of a site with fifty fridges. Beyond it the oldest month goes, and that is told. */
export const MAX_JOURNAL_BYTES = 8 * 1024 ** 3;
/** A longer line is none of ours. */
const MAX_LINE_CHARACTERS = 256 * 1024;
const GENESIS = '0'.repeat(64);
const CHAIN_CHARACTERS = 64;

const happening = z.object({
  at: z.number(),
  kind: observationKind,
  asset: z.string(),
  /** The observation's. */
  id: z.string(),
  /** Who did it: name as shown, and the registered person. */
  by: z.string().optional(),
  identity: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
/** Something that happened to a fridge, its door, its power, its goods. */
export type Happening = z.infer<typeof happening>;

const journalEntry = z.discriminatedUnion('t', [
  z.object({ t: z.literal('begin'), month: z.string(), follows: z.string() }),
  z.object({
    t: z.literal('readings'),
    asset: z.string(),
    probe: z.string(),
    /** Correction that is in the values already, °C. */
    offset: z.number().optional(),
    /** Time and value of the first reading, then milliseconds since the one before and value, and so on. */
    list: z.array(z.number()),
  }),
  z.object({ t: z.literal('happened'), ...happening.shape }),
  z.object({ t: z.literal('terms'), asset: z.string(), at: z.number(), terms: fridgeTerms }),
  /** All observations of the log's epoch up to here are in. */
  z.object({ t: z.literal('mark'), epoch: z.string(), sequence: z.number() }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

/** How far the chain has come. */
export interface JournalHead {
  month: string;
  line: number;
  chain: string;
}

/** A line that does not fit its chain or cannot be read: altered, or the disk's doing. */
export interface DamagedLine {
  file: string;
  line: number;
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
const chainAfter = (chain: string, json: string): string =>
  createHash('sha256').update(chain).update(json).digest('hex');

export class Journal {
  readonly #directory: string;
  readonly #maxBytes: number;
  #head: JournalHead;
  #size: number;
  /** Appending and tidying, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, maxBytes: number, head: JournalHead, size: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#head = head;
    this.#size = size;
  }

  /** Opens or makes it. What a pulled plug has left half written at the end is cut off. */
  static async open(directory: string, { maxBytes = MAX_JOURNAL_BYTES } = {}): Promise<Journal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)) {
      // A compression that did not come to its end, or not to the removal of what it was made of.
      if (name.endsWith('.tmp')) rmSync(join(directory, name));
      if (name.endsWith('.log') && existsSync(join(directory, `${name}.gz`))) rmSync(join(directory, name));
    }
    const newest = monthsIn(directory).at(-1);
    if (newest === undefined)
      return new Journal(directory, maxBytes, { month: '', line: 0, chain: GENESIS }, 0);
    const file = join(directory, `${newest}.log`);
    if (!existsSync(file)) {
      const head = await headOf(directory, newest);
      return new Journal(directory, maxBytes, head, 0);
    }
    const bytes = await readFile(file);
    const whole = bytes.lastIndexOf(10) + 1;
    if (whole < bytes.length) await truncate(file, whole);
    const head = await headOf(directory, newest);
    return new Journal(directory, maxBytes, head, whole);
  }

  get head(): JournalHead {
    return { ...this.#head };
  }

  months(): string[] {
    return monthsIn(this.#directory);
  }

  bytes(): number {
    return filesIn(this.#directory).reduce((sum, name) => sum + sizeOf(join(this.#directory, name)), 0);
  }

  /**
   * Resolves once the entries are on disk, in one write.
   * @param opening what a new month's file begins with, so that no month needs another to be understood
   */
  append(
    entries: readonly JournalEntry[],
    now: number,
    opening: () => readonly JournalEntry[] = () => [],
  ): Promise<void> {
    const done = this.#turn.then(() => this.#append(entries, now, opening));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #append(
    entries: readonly JournalEntry[],
    now: number,
    opening: () => readonly JournalEntry[],
  ): Promise<void> {
    if (entries.length === 0) return;
    // A clock that was set back writes on where it was.
    const wanted = monthOf(now);
    const isNew = wanted > this.#head.month;
    const month = isNew ? wanted : this.#head.month;
    let { chain } = this.#head;
    let line = isNew ? 0 : this.#head.line;
    const first: JournalEntry[] = isNew ? [{ t: 'begin', month, follows: chain }, ...opening()] : [];
    let text = '';
    for (const entry of [...first, ...entries]) {
      const json = JSON.stringify(entry);
      chain = chainAfter(chain, json);
      text += `${chain} ${json}\n`;
      line++;
    }
    const file = join(this.#directory, `${month}.log`);
    const handle = await open(file, 'a', 0o600);
    const before = isNew ? 0 : this.#size;
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } catch (error) {
      // Half a write must not stand before the next whole one.
      await handle.truncate(before).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    this.#size = before + Buffer.byteLength(text);
    this.#head = { month, line, chain };
    if (isNew) await syncDirectory(this.#directory);
  }

  /**
   * Compresses months that are over and drops those that are too old, or too many for the disk.
   * @returns the months that were dropped though they were not too old
   */
  tidy(now: number): Promise<string[]> {
    const done = this.#turn.then(() => this.#tidy(now));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #tidy(now: number): Promise<string[]> {
    const date = new Date(now);
    const oldest = monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - RETAINED_MONTHS + 1));
    for (const month of this.months()) {
      if (month >= this.#head.month) continue;
      if (month < oldest) await this.#drop(month);
      else if (existsSync(join(this.#directory, `${month}.log`))) await this.#compress(month);
    }
    const dropped: string[] = [];
    for (const month of this.months()) {
      if (month >= this.#head.month || this.bytes() <= this.#maxBytes) break;
      await this.#drop(month);
      dropped.push(month);
    }
    return dropped;
  }

  async #drop(month: string): Promise<void> {
    for (const name of [`${month}.log`, `${month}.log.gz`])
      await unlink(join(this.#directory, name)).catch(() => undefined);
  }

  async #compress(month: string): Promise<void> {
    const file = join(this.#directory, `${month}.log`);
    await pipeline(
      createReadStream(file),
      createGzip({ level: 6 }),
      createWriteStream(`${file}.gz.tmp`, { mode: 0o600, flush: true }),
    );
    await rename(`${file}.gz.tmp`, `${file}.gz`);
    await syncDirectory(this.#directory);
    await unlink(file);
  }

  /**
   * Entries of the months that touch this stretch of time, as they were written; of one asset where one is named.
   * Lines that do not fit their chain are left out and named.
   */
  async *read(
    from: number,
    to: number,
    onDamage: (line: DamagedLine) => void,
    assets?: ReadonlySet<string>,
  ): AsyncGenerator<JournalEntry> {
    await this.#turn;
    const [first, last] = [monthOf(Math.max(0, from)), monthOf(to)];
    // What a month's first line follows is checked where the month before is read as well.
    let chain: string | undefined;
    for (const month of this.months()) {
      if (month < first || month > last) continue;
      let line = 0;
      for await (const text of linesOf(this.#directory, month)) {
        line++;
        const json = text.slice(CHAIN_CHARACTERS + 1);
        const stated = text.slice(0, CHAIN_CHARACTERS);
        const isWanted = assets === undefined || line === 1 || mentions(json, assets);
        const entry = isWanted ? entryOf(json) : undefined;
        if (line === 1) chain ??= entry?.t === 'begin' ? entry.follows : GENESIS;
        const fits = chainAfter(chain ?? GENESIS, json) === stated;
        chain = stated;
        if (!fits || (isWanted && entry === undefined)) onDamage({ file: `${month}.log`, line });
        else if (entry !== undefined) yield entry;
      }
    }
  }
}

const mentions = (json: string, assets: ReadonlySet<string>): boolean => {
  const [, asset] = /"asset":"([^"]*)"/.exec(json) ?? [];
  return asset === undefined || assets.has(asset);
};

function entryOf(json: string): JournalEntry | undefined {
  try {
    return journalEntry.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

async function headOf(directory: string, month: string): Promise<JournalHead> {
  let line = 0;
  let chain = GENESIS;
  for await (const text of linesOf(directory, month)) {
    line++;
    chain = text.slice(0, CHAIN_CHARACTERS);
  }
  return { month, line, chain };
}

/** Whole lines of a month. */
async function* linesOf(directory: string, month: string): AsyncGenerator<string> {
  const plain = join(directory, `${month}.log`);
  const isPlain = existsSync(plain);
  const file = createReadStream(isPlain ? plain : `${plain}.gz`);
  const stream: Readable = isPlain ? file : file.pipe(createGunzip());
  if (!isPlain) file.on('error', (error) => stream.destroy(error));
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_LINE_CHARACTERS) rest = rest.slice(0, MAX_LINE_CHARACTERS);
  }
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory).filter((name) => /^\d{4}-\d{2}\.log(\.gz)?$/.test(name));

const monthsIn = (directory: string): string[] =>
  [...new Set(filesIn(directory).map((name) => name.slice(0, 7)))].sort();

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** A new name in a directory survives the plug only once the directory itself was written. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
