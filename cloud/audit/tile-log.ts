/**
 * An append-only log on disk, as static files (c2sp.org/tlog-tiles). The order that makes a kill harmless: entries,
 * then hashes, then the checkpoint, each on disk before the next. What lies behind the checkpoint does not count and
 * is written over.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { emptyRoot, isEqual, leafHash, nodeHash, type RangeHash, rootOf, splitOf } from './merkle.ts';
import { type Checkpoint, checkpointText, type NoteSigner, openCheckpoint } from './note.ts';
import {
  bundleOf,
  entriesOf,
  hashesAt,
  hashesOf,
  MAX_LEVEL,
  TILE_WIDTH,
  type TilePlace,
  tilePath,
} from './tiles.ts';

/** Full tiles kept in memory for proofs. */
const MAX_TILES_CACHED = 512;
/** A checkpoint goes into the history when so many more entries are there than at the last one. */
const HISTORY_EVERY = TILE_WIDTH;

/** The log on disk is not the log that was there before. */
export class LogProblem extends Error {
  constructor(folder: string, message: string) {
    super(`the audit trail in ${folder}: ${message}`);
    this.name = 'LogProblem';
  }
}

export interface TileLogOptions {
  folder: string;
  signer: NoteSigner;
  /** Checkpoints that others have kept: the log must begin with each of them. */
  known?: readonly Checkpoint[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Put = (place: TilePlace, bytes: Uint8Array) => void;

/** A new hash at the edge; a tile that is full is put away, and stands as one hash a level higher. */
function addHash(edge: Uint8Array[][], level: number, hash: Uint8Array, size: number, put: Put): void {
  const tile = edge[level] ?? [];
  edge[level] = tile;
  tile.push(hash);
  if (tile.length < TILE_WIDTH) return;
  put({ level, index: hashesAt(level, size) / TILE_WIDTH - 1, width: TILE_WIDTH }, Buffer.concat(tile));
  edge[level] = [];
  if (level < MAX_LEVEL) addHash(edge, level + 1, rootOf(tile), size, put);
}

function rootOfEdge(edge: readonly (readonly Uint8Array[])[]): Uint8Array {
  let carried: Uint8Array | undefined;
  for (const hashes of edge) {
    const all = carried === undefined ? hashes : [...hashes, carried];
    if (all.length > 0) carried = rootOf(all);
  }
  return carried ?? emptyRoot();
}

export class TileLog {
  readonly #folder: string;
  readonly #signer: NoteSigner;
  /** Hashes of each level's last, unfinished tile. */
  #edge: Uint8Array[][] = [];
  /** Entries of the unfinished bundle. */
  #bundle: Uint8Array[] = [];
  #checkpoint: Checkpoint;
  #note = '';
  #historySize = 0;
  #failed: Error | undefined;
  readonly #tiles = new Map<string, Uint8Array[]>();

  private constructor({ folder, signer }: TileLogOptions) {
    this.#folder = folder;
    this.#signer = signer;
    this.#checkpoint = { origin: signer.name, size: 0, root: emptyRoot() };
  }

  /**
   * Opens the log, or begins one where there is none.
   * @throws LogProblem where what lies there is damaged, or does not go on from a checkpoint that is known
   */
  static async open(options: TileLogOptions): Promise<TileLog> {
    const log = new TileLog(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    await log.#restore();
    for (const known of options.known ?? []) await log.#mustExtend(known);
    if (log.#note === '') await log.#publish(log.#checkpoint);
    return log;
  }

  /** The last checkpoint that is on disk. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** The same as a signed note. */
  get note(): string {
    return this.#note;
  }

  /**
   * Adds entries; they are on disk, with a checkpoint that covers them, when it resolves. One call at a time.
   * @throws Error where the disk refuses: nothing more can be added then until the log is opened anew
   */
  async append(entries: readonly Uint8Array[]): Promise<Checkpoint> {
    if (this.#failed !== undefined) throw this.#failed;
    if (entries.length === 0) return this.#checkpoint;
    try {
      return await this.#append(entries);
    } catch (error) {
      // What is in memory is ahead of the disk: only a new start knows what is there.
      this.#failed = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  async #append(entries: readonly Uint8Array[]): Promise<Checkpoint> {
    const before = this.#checkpoint.size;
    const files: { place: TilePlace; bytes: Uint8Array }[] = [];
    const put: Put = (place, bytes) => files.push({ place, bytes });
    // Copies: whoever reads meanwhile sees the log as its checkpoint has it.
    const edge = this.#edge.map((hashes) => [...hashes]);
    let bundle = [...this.#bundle];
    let size = before;
    for (const entry of entries) {
      bundle.push(entry);
      size++;
      if (bundle.length === TILE_WIDTH) {
        put({ level: 'entries', index: size / TILE_WIDTH - 1, width: TILE_WIDTH }, bundleOf(bundle));
        bundle = [];
        // A bundle takes milliseconds; the desk's questions wait no longer than for one.
        await breathe();
      }
      addHash(edge, 0, leafHash(entry), size, put);
    }
    if (bundle.length > 0)
      put({ level: 'entries', index: Math.floor(size / TILE_WIDTH), width: bundle.length }, bundleOf(bundle));
    for (const [level, hashes] of edge.entries())
      if (hashes.length > 0)
        put(
          { level, index: Math.floor(hashesAt(level, size) / TILE_WIDTH), width: hashes.length },
          Buffer.concat(hashes),
        );
    await Promise.all(
      files
        .filter(({ place }) => place.level === 'entries')
        .map((file) => this.#write(file.place, file.bytes)),
    );
    await this.#syncFolders(files.filter(({ place }) => place.level === 'entries'));
    await Promise.all(
      files
        .filter(({ place }) => place.level !== 'entries')
        .map((file) => this.#write(file.place, file.bytes)),
    );
    await this.#syncFolders(files.filter(({ place }) => place.level !== 'entries'));
    await this.#publish({ origin: this.#signer.name, size, root: rootOfEdge(edge) }, () => {
      this.#edge = edge;
      this.#bundle = bundle;
    });
    await this.#dropPartials(before, size);
    return this.#checkpoint;
  }

  async #write(place: TilePlace, bytes: Uint8Array): Promise<void> {
    const file = join(this.#folder, tilePath(place));
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await this.#replace(file, bytes);
  }

  async #replace(file: string, bytes: Uint8Array): Promise<void> {
    const part = `${file}.part`;
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  }

  /** Names are on disk when their folders are, up to the log's own. */
  async #syncFolders(files: readonly { place: TilePlace }[]): Promise<void> {
    const folders = new Set<string>();
    for (const { place } of files)
      for (let path = dirname(tilePath(place)); path !== '.'; path = dirname(path)) folders.add(path);
    await Promise.all([...folders].map((path) => sync(join(this.#folder, path))));
    if (files.length > 0) await sync(this.#folder);
  }

  async #publish(checkpoint: Checkpoint, onDisk: () => void = () => undefined): Promise<void> {
    const note = this.#signer.sign(checkpointText(checkpoint));
    await this.#replace(join(this.#folder, 'checkpoint'), Buffer.from(note));
    await sync(this.#folder);
    this.#checkpoint = checkpoint;
    this.#note = note;
    onDisk();
    if (checkpoint.size - this.#historySize >= HISTORY_EVERY) await this.#remember(note, checkpoint.size);
  }

  async #remember(note: string, size: number): Promise<void> {
    const handle = await open(join(this.#folder, 'checkpoints'), 'a', 0o600);
    try {
      // A kill may have left half a line before it.
      await handle.writeFile(`\n${JSON.stringify(note)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.#historySize = size;
  }

  /** Unfinished tiles that a newer, larger one has taken the place of. */
  async #dropPartials(before: number, size: number): Promise<void> {
    const levels: TilePlace['level'][] = ['entries', ...this.#edge.keys()];
    for (const level of levels) {
      const was = hashesAt(level, before);
      const width = was % TILE_WIDTH;
      if (width === 0 || hashesAt(level, size) === was) continue;
      const path = tilePath({ level, index: Math.floor(was / TILE_WIDTH), width });
      await rm(join(this.#folder, path), { force: true });
    }
  }

  async #restore(): Promise<void> {
    const bytes = await readIfThere(join(this.#folder, 'checkpoint'));
    if (bytes === undefined) return;
    const note = Buffer.from(bytes).toString();
    const opened = openCheckpoint(note, this.#signer);
    if (typeof opened === 'string') throw this.#problem(`its checkpoint is not its own: ${opened}`);
    const { size, root } = opened;
    this.#note = note;
    this.#checkpoint = opened;
    for (let level = 0; level <= MAX_LEVEL && hashesAt(level, size) > 0; level++)
      this.#edge[level] = await this.#lastTile(level, size);
    if (!isEqual(rootOfEdge(this.#edge), root))
      throw this.#problem(`its tiles do not add up to its checkpoint of ${size} entries`);
    const width = size % TILE_WIDTH;
    if (width > 0) {
      const place: TilePlace = { level: 'entries', index: Math.floor(size / TILE_WIDTH), width };
      const entries = entriesOf(await this.#read(place));
      const leaves = this.#edge[0] ?? [];
      const wrong = leaves.findIndex((leaf, at) => {
        const entry = entries?.[at];
        return entry === undefined || !isEqual(leafHash(entry), leaf);
      });
      if (entries === undefined || wrong >= 0)
        throw this.#problem(`entry ${size - width + Math.max(wrong, 0)} is not what its hash says`);
      this.#bundle = [...entries];
    }
    const history = await this.history();
    for (const one of history) {
      const past = openCheckpoint(one, this.#signer);
      if (typeof past !== 'string') this.#historySize = Math.max(this.#historySize, past.size);
    }
  }

  async #lastTile(level: number, size: number): Promise<Uint8Array[]> {
    const count = hashesAt(level, size);
    const width = count % TILE_WIDTH;
    if (width === 0) return [];
    const hashes = hashesOf(await this.#read({ level, index: Math.floor(count / TILE_WIDTH), width }));
    if (hashes?.length !== width) throw this.#problem(`a tile of level ${level} is damaged`);
    return [...hashes];
  }

  async #mustExtend({ size, root, origin }: Checkpoint): Promise<void> {
    if (origin !== this.#signer.name)
      throw this.#problem(`a checkpoint that was kept is of "${origin}", this is "${this.#signer.name}"`);
    if (size > this.#checkpoint.size)
      throw this.#problem(
        `it ends at entry ${this.#checkpoint.size}, and a checkpoint that was kept knows ${size}: it was set back; put the missing part back from a copy`,
      );
    if (!isEqual(await this.rootAt(size), root))
      throw this.#problem(
        `its first ${size} entries are not those of a checkpoint that was kept: it does not go on from there`,
      );
  }

  #problem(message: string): LogProblem {
    return new LogProblem(this.#folder, message);
  }

  async #read(place: TilePlace): Promise<Uint8Array> {
    const path = tilePath(place);
    try {
      return await readFile(join(this.#folder, path));
    } catch (error) {
      throw this.#problem(`${path} can't be read: ${messageOf(error)}`);
    }
  }

  /** A tile or bundle as others may see it; undefined where the checkpoint does not cover it. */
  async tile(place: TilePlace): Promise<Uint8Array | undefined> {
    // While it is read, a larger one may take its place: then once more.
    return (await this.#tile(place)) ?? this.#tile(place);
  }

  async #tile({ level, index, width }: TilePlace): Promise<Uint8Array | undefined> {
    const { size } = this.#checkpoint;
    const there = Math.min(hashesAt(level, size) - index * TILE_WIDTH, TILE_WIDTH);
    if (there < width) return undefined;
    const bytes = await readIfThere(join(this.#folder, tilePath({ level, index, width: there })));
    if (bytes === undefined || there === width) return bytes;
    // Asked for a beginning of what is there: its own file is gone.
    if (level !== 'entries') return bytes.subarray(0, width * 32);
    const entries = entriesOf(bytes);
    return entries === undefined ? undefined : bundleOf(entries.slice(0, width));
  }

  /** Root over the first `size` entries. @throws RangeError */
  async rootAt(size: number): Promise<Uint8Array> {
    if (size > this.#checkpoint.size) throw new RangeError(`there are ${this.#checkpoint.size} entries`);
    return size === 0 ? emptyRoot() : this.range(0, size);
  }

  readonly range: RangeHash = async (from, to) => {
    const width = to - from;
    const depth = Math.log2(width);
    if (!Number.isInteger(depth) || from % width !== 0) {
      const middle = from + splitOf(width);
      return nodeHash(await this.range(from, middle), await this.range(middle, to));
    }
    const level = Math.min(Math.floor(depth / 8), MAX_LEVEL);
    const each = TILE_WIDTH ** level;
    const first = from / each;
    const hashes = await this.#hashes(level, Math.floor(first / TILE_WIDTH));
    const start = first % TILE_WIDTH;
    return rootOf(hashes.slice(start, start + width / each));
  };

  async #hashes(level: number, index: number): Promise<Uint8Array[]> {
    const count = hashesAt(level, this.#checkpoint.size);
    if (index === Math.floor(count / TILE_WIDTH)) return this.#edge[level] ?? [];
    const place: TilePlace = { level, index, width: TILE_WIDTH };
    const path = tilePath(place);
    const cached = this.#tiles.get(path);
    if (cached !== undefined) return cached;
    const hashes = hashesOf(await this.#read(place));
    if (hashes?.length !== TILE_WIDTH) throw this.#problem(`${path} is damaged`);
    if (this.#tiles.size >= MAX_TILES_CACHED) this.#tiles.clear();
    this.#tiles.set(path, hashes);
    return hashes;
  }

  /** Entries in order, from one up to another (the end of the checkpoint unless told). */
  async *entries(from = 0, to = this.#checkpoint.size): AsyncGenerator<Uint8Array> {
    const { size } = this.#checkpoint;
    const end = Math.min(to, size);
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < end; index++) {
      const start = index * TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, size - start);
      // The last bundle may have grown since this began.
      const bytes = await this.tile({ level: 'entries', index, width });
      const entries = bytes === undefined ? undefined : entriesOf(bytes);
      if (entries === undefined) throw this.#problem(`the entries from ${start} on are damaged`);
      for (const [at, entry] of entries.entries()) if (start + at >= from && start + at < end) yield entry;
    }
  }

  /** Earlier checkpoints as signed notes, oldest first; one for each 256 entries or so. */
  async history(): Promise<string[]> {
    const bytes = await readIfThere(join(this.#folder, 'checkpoints'));
    if (bytes === undefined) return [];
    return Buffer.from(bytes)
      .toString()
      .split('\n')
      .flatMap((line) => {
        try {
          const note: unknown = JSON.parse(line);
          return typeof note === 'string' ? [note] : [];
        } catch {
          return [];
        }
      });
  }
}
