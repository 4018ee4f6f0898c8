import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { severity } from '../../devices/model/detection.ts';
import { facts } from '../../devices/model/observation.ts';

/** Sets on disk, whatever their size: each is looked at when the gateway starts. */
export const MAX_SETS = 5_000;
/** Pictures of one set: a minute before and after at one a second. */
export const MAX_PICTURES_PER_SET = 128;

const keptPicture = z.strictObject({
  file: z.string().regex(/^\d{3}\.jpg$/),
  takenAt: z.number(),
  bytes: z.number().int().min(0),
  /** Of the file, hex: shows that it is the one that was kept. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type KeptPicture = z.infer<typeof keptPicture>;

const evidenceSet = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  detection: z.string(),
  rule: z.string(),
  severity,
  summary: z.string(),
  /** Absent in sets that were kept before facts were. */
  facts: facts.optional(),
  assets: z.array(z.string()).max(64).optional(),
  at: z.number(),
  camera: z.string(),
  pictures: z.array(keptPicture).max(MAX_PICTURES_PER_SET),
});
/** What one camera saw before and after one detection. */
export type EvidenceSet = z.infer<typeof evidenceSet>;

export interface EvidenceStoreOptions {
  directory: string;
  keepMs: number;
  maxBytes: number;
  clock: Clock;
  onTrouble(message: string): void;
}

const ABOUT = 'set.json';

/** One name for a detection and a camera: the same detection again is the same set. */
export const setId = (detection: string, camera: string): string =>
  createHash('sha256')
    .update(JSON.stringify([detection, camera]))
    .digest('hex')
    .slice(0, 32);

const bytesOf = ({ pictures }: EvidenceSet): number => pictures.reduce((sum, { bytes }) => sum + bytes, 0);

/** Pictures for detections, each set a folder; kept for a time and within a size, the oldest go first. */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions;
  /** Oldest first. */
  readonly #sets = new Map<string, EvidenceSet>();
  #bytes = 0;
  /** Work on one set after the other: a folder is not removed while it is being written. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Takes up what is on disk; what can't be read is removed and said. */
  constructor(options: EvidenceStoreOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const found: EvidenceSet[] = [];
    for (const name of readdirSync(options.directory)) {
      const set = this.#readAbout(name);
      if (set !== undefined && set.id === name) found.push(set);
      else {
        options.onTrouble(`evidence ${name} can't be read and was removed`);
        rmSync(join(options.directory, name), { recursive: true, force: true });
      }
    }
    for (const set of found.toSorted((one, other) => one.at - other.at)) this.#take(set);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#sets.size;
  }

  /** Adds pictures to a set, which begins with the first. What could not be written is said and left out. */
  add(
    about: Omit<EvidenceSet, 'id' | 'pictures'>,
    pictures: readonly { takenAt: number; jpeg: Uint8Array }[],
  ): Promise<EvidenceSet | undefined> {
    return this.#inTurn(async () => {
      const id = setId(about.detection, about.camera);
      const before = this.#sets.get(id);
      if (pictures.length === 0) return before;
      const folder = join(this.#options.directory, id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const kept: KeptPicture[] = [...(before?.pictures ?? [])];
      for (const { takenAt, jpeg } of pictures.slice(0, MAX_PICTURES_PER_SET - kept.length)) {
        const file = `${String(kept.length).padStart(3, '0')}.jpg`;
        await writeDurably(join(folder, file), jpeg);
        const sha256 = createHash('sha256').update(jpeg).digest('hex');
        kept.push({ file, takenAt, bytes: jpeg.length, sha256 });
      }
      const set: EvidenceSet = { ...about, id, pictures: kept };
      await writeDurably(join(folder, `${ABOUT}.new`), Buffer.from(JSON.stringify(set)));
      await rename(join(folder, `${ABOUT}.new`), join(folder, ABOUT));
      this.#take(set);
      await this.#prune();
      return this.#sets.get(id);
    });
  }

  /** Newest first. */
  list(
    wanted: { detection?: string | undefined; camera?: string | undefined },
    limit: number,
  ): EvidenceSet[] {
    const { detection, camera } = wanted;
    return [...this.#sets.values()]
      .filter((set) => detection === undefined || set.detection === detection)
      .filter((set) => camera === undefined || set.camera === camera)
      .toSorted((one, other) => other.at - one.at)
      .slice(0, limit);
  }

  /** A picture as it was kept; undefined where there is none, or where the file is not the one that was kept. */
  async read(id: string, file: string): Promise<Uint8Array | undefined> {
    const known = this.#sets.get(id)?.pictures.find((picture) => picture.file === file);
    if (known === undefined) return undefined;
    const bytes = await readFile(join(this.#options.directory, id, file)).catch(() => undefined);
    if (bytes === undefined) return undefined;
    if (createHash('sha256').update(bytes).digest('hex') === known.sha256) return bytes;
    this.#options.onTrouble(`evidence ${id}/${file} is not what was kept`);
    return undefined;
  }

  /** Removes what is too old or too much. */
  prune(): Promise<void> {
    return this.#inTurn(() => this.#prune()).then(() => {});
  }

  async #prune(): Promise<void> {
    const { keepMs, maxBytes, clock, directory } = this.#options;
    const oldest = clock.now() - keepMs;
    for (const set of [...this.#sets.values()].toSorted((one, other) => one.at - other.at)) {
      if (set.at >= oldest && this.#bytes <= maxBytes && this.#sets.size <= MAX_SETS) return;
      this.#sets.delete(set.id);
      this.#bytes -= bytesOf(set);
      await rm(join(directory, set.id), { recursive: true, force: true });
    }
  }

  #take(set: EvidenceSet): void {
    const before = this.#sets.get(set.id);
    this.#bytes += bytesOf(set) - (before === undefined ? 0 : bytesOf(before));
    this.#sets.set(set.id, set);
  }

  #readAbout(name: string): EvidenceSet | undefined {
    try {
      const text = readFileSync(join(this.#options.directory, name, ABOUT), 'utf8');
      return evidenceSet.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    const done = this.#turn.then(work).catch((error: unknown) => {
      this.#options.onTrouble(`evidence: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    this.#turn = done;
    return done;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
