/**
 * A disk that does what disks do when the power goes. What was written and not synchronised may be there or not,
 * sector by sector and in any order; half a sector of it, or nonsense in its place. A sector that was synchronised
 * stays as it is, also where neighbours in the same sector are written anew (SQLite calls that power-safe overwrite;
 * docs/durability.md). New and removed names last when their folder was synchronised; otherwise some of them, the
 * oldest first, as a journal keeps them.
 */
import { dirname } from 'node:path';
import type { BackgroundFile, Disk } from '../../edge/outbox/disk.ts';
import type { Random } from '../random.ts';
import { Killed, type Life } from './life.ts';

export const SECTOR_BYTES = 512;

class Content {
  /** As every process sees it. */
  bytes = Buffer.alloc(0);
  size = 0;
  /** As it surely is after a power cut. */
  durable = Buffer.alloc(0);
  durableSize = 0;
  /** Sectors that differ, perhaps, and that the disk was not yet told to keep. */
  readonly dirty = new Set<number>();

  grow(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(size, this.bytes.length * 2));
    this.bytes.copy(larger);
    this.bytes = larger;
  }

  /** One sector, or what there is of it, lasts as it is now. */
  keep(sector: number): void {
    if (this.durable.length < this.bytes.length) {
      const larger = Buffer.alloc(this.bytes.length);
      this.durable.copy(larger);
      this.durable = larger;
    }
    this.bytes.copy(this.durable, sector * SECTOR_BYTES, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
  }
}

interface NameChange {
  folder: string;
  apply(names: Map<string, Content>): void;
}

const refusal = (code: string, what: string): Error => Object.assign(new Error(`${code}: ${what}`), { code });

/** A crash that waits for the disk: it comes with the n-th call from now that changes anything. */
interface Armed {
  calls: number;
  crash: () => void;
}

export class SimulatedDisk {
  readonly capacityBytes: number;
  /** What others have taken of it. */
  takenBytes = 0;
  /** The n-th synchronisation of a file from now fails; 0: none. */
  failingSync = 0;
  /** It says that all is synchronised, and does nothing: to see whether anybody would notice. */
  lies = false;
  armed: Armed | undefined;
  /** Calls that changed something. */
  calls = 0;
  readonly #random: Random;
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  #pending: NameChange[] = [];
  readonly #folders = new Set<string>();
  #nextFile = 1;

  constructor(capacityBytes: number, random: Random) {
    this.capacityBytes = capacityBytes;
    this.#random = random;
  }

  get usedBytes(): number {
    let used = 0;
    for (const { size } of this.#names.values()) used += size;
    return used;
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.takenBytes - this.usedBytes);
  }

  /** The power goes: what is left is what the next process finds. */
  cutPower(): void {
    const random = this.#random;
    const fate = random();
    const kept =
      fate < 0.2 ? 0 : fate < 0.4 ? this.#pending.length : Math.floor(random() * (this.#pending.length + 1));
    for (const change of this.#pending.slice(0, kept)) change.apply(this.#durableNames);
    this.#pending = [];
    const keeps = fate < 0.2 ? 0 : fate < 0.4 ? 1 : random();
    const damages = fate < 0.4 ? 0 : random() * 0.3;
    for (const content of new Set(this.#durableNames.values())) this.#settle(content, keeps, damages);
    this.#names = new Map(this.#durableNames);
  }

  #settle(content: Content, keeps: number, damages: number): void {
    const random = this.#random;
    const sizes = [content.durableSize, content.size];
    for (const sector of content.dirty) {
      if (random() >= keeps) continue;
      const before = Buffer.alloc(SECTOR_BYTES);
      if (sector * SECTOR_BYTES < content.durable.length)
        content.durable.copy(before, 0, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
      content.keep(sector);
      if (random() < damages) damage(content.durable, sector, before, random);
    }
    content.dirty.clear();
    content.durableSize = sizes[random() < 0.5 ? 0 : 1] ?? 0;
    if (content.durable.length < content.durableSize) {
      const larger = Buffer.alloc(content.durableSize);
      content.durable.copy(larger);
      content.durable = larger;
    }
    content.durable.fill(0, content.durableSize);
    content.bytes = Buffer.from(content.durable);
    content.size = content.durableSize;
  }

  /** The disk as one life of a process has it. */
  of(life: Life): Disk {
    const files = new Map<number, { content: Content; path: string }>();
    const fileOf = (file: number): Content => {
      const found = files.get(file);
      if (found === undefined) throw refusal('EBADF', `file ${file}`);
      return found.content;
    };
    /** Before a call changes anything: true where it must end half-way. */
    const isLast = (): boolean => {
      if (!life.isAlive) throw new Killed();
      this.calls++;
      return this.armed !== undefined && --this.armed.calls <= 0;
    };
    const crash = (): never => {
      const { armed } = this;
      this.armed = undefined;
      armed?.crash();
      throw new Killed();
    };
    const open = (path: string): number => {
      if (!life.isAlive) throw new Killed();
      const content = this.#names.get(path);
      if (content === undefined) throw refusal('ENOENT', path);
      files.set(this.#nextFile, { content, path });
      return this.#nextFile++;
    };
    const write = (file: number, pieces: readonly Uint8Array[], position: number): number => {
      const ends = isLast();
      const content = fileOf(file);
      const whole = Buffer.concat(pieces);
      const room = Math.max(0, content.size - position) + this.freeBytes;
      if (room === 0 && whole.length > 0) throw refusal('ENOSPC', 'write');
      const taken = whole.subarray(0, Math.min(whole.length, room));
      const done = ends ? taken.subarray(0, Math.floor(this.#random() * (taken.length + 1))) : taken;
      this.#put(content, done, position);
      if (ends) crash();
      return done.length;
    };
    const sync = (file: number): void => {
      const ends = isLast();
      const content = fileOf(file);
      if (this.lies) {
        if (ends) crash();
        return;
      }
      if (this.failingSync > 0 && --this.failingSync === 0) {
        // As Linux does: what could not be written is forgotten, and the next call says that all is well.
        for (const sector of content.dirty) if (this.#random() < 0.5) content.keep(sector);
        content.dirty.clear();
        if (ends) crash();
        throw refusal('EIO', 'fdatasync');
      }
      for (const sector of content.dirty) {
        if (ends && this.#random() < 0.5) continue;
        content.keep(sector);
        content.dirty.delete(sector);
      }
      if (ends) crash();
      content.durableSize = content.size;
    };
    const change = (one: NameChange): void => {
      const ends = isLast();
      if (!ends || this.#random() < 0.5) {
        one.apply(this.#names);
        this.#pending.push(one);
      }
      if (ends) crash();
    };
    const named = (folder: string): string[] =>
      [...this.#names.keys(), ...this.#folders].filter((path) => path.startsWith(`${folder}/`));
    return {
      write,
      sync,
      read(file, into, offset, position) {
        if (!life.isAlive) throw new Killed();
        const { bytes, size } = fileOf(file);
        return bytes.copy(into, offset, position, Math.min(size, position + into.length - offset));
      },
      size: (file) => fileOf(file).size,
      open,
      create: (path) => {
        if (this.#names.has(path)) throw refusal('EEXIST', path);
        const content = new Content();
        change({ folder: dirname(path), apply: (names) => void names.set(path, content) });
        return open(path);
      },
      close: (file) => void files.delete(file),
      remove: (path) => {
        if (!this.#names.has(path)) throw refusal('ENOENT', path);
        change({ folder: dirname(path), apply: (names) => void names.delete(path) });
      },
      inBackground: async (path): Promise<BackgroundFile> => {
        const file = open(path);
        const later = <Answer>(call: () => Answer): Promise<Answer> =>
          new Promise((resolve, reject) => {
            life.machine.after(0.2 + this.#random() * 20, () => {
              try {
                resolve(call());
              } catch (error) {
                reject(error);
              }
            });
          });
        return {
          write: (bytes, position) => later(() => write(file, [bytes], position)),
          sync: () => later(() => sync(file)),
          close: async () => void files.delete(file),
        };
      },
      makeFolder: (path) => void this.#folders.add(path),
      names: (folder) => [
        ...new Set(named(folder).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')),
      ],
      rename: (from, to) => {
        const content = this.#names.get(from);
        if (content === undefined) throw refusal('ENOENT', from);
        change({
          folder: dirname(from),
          apply(names) {
            names.delete(from);
            names.set(to, content);
          },
        });
      },
      removeFolder: (path) => {
        this.#folders.delete(path);
        for (const name of named(path))
          change({ folder: dirname(path), apply: (names) => void names.delete(name) });
      },
      syncFolder: (path) => {
        const ends = isLast();
        const last = this.#pending.findLastIndex(({ folder }) => folder === path);
        const kept = ends ? Math.floor(this.#random() * (last + 1)) : last + 1;
        for (const one of this.#pending.splice(0, kept)) one.apply(this.#durableNames);
        if (ends) crash();
      },
      free: () => this.freeBytes,
    };
  }

  #put(content: Content, bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    content.grow(end);
    content.bytes.set(bytes, position);
    content.size = Math.max(content.size, end);
    for (let sector = Math.floor(position / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++)
      content.dirty.add(sector);
  }
}

/** The end of what was written to a sector is as it was, or what was written is nonsense; the rest of it stays. */
function damage(bytes: Buffer, sector: number, before: Buffer, random: Random): void {
  const from = Math.floor(random() * SECTOR_BYTES);
  const isTorn = random() < 0.5;
  for (let index = from; index < SECTOR_BYTES; index++) {
    const at = sector * SECTOR_BYTES + index;
    const old = before[index] ?? 0;
    if (at >= bytes.length || bytes[at] === old) continue;
    bytes[at] = isTorn ? old : Math.floor(random() * 256);
  }
}
