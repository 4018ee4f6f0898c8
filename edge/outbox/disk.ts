/** What the outbox asks of a disk. The real one stands here; a simulation puts one in its place that loses and refuses. */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import { open } from 'node:fs/promises';

/** A file that is written without holding up the thread. */
export interface BackgroundFile {
  /** Resolves to the bytes written, perhaps fewer than asked. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Files by number, folders and names by path. Each call throws as the one of node:fs that it stands for. */
export interface Disk {
  /** Bytes written, perhaps fewer than asked. */
  write(file: number, pieces: readonly Uint8Array[], position: number): number;
  /** What was written to the file, and its size, last from here on. */
  sync(file: number): void;
  /** Bytes read into `into` from `offset`; 0 at the end of the file. */
  read(file: number, into: Buffer, offset: number, position: number): number;
  size(file: number): number;
  /** An existing file, to read and write. */
  open(path: string): number;
  /** A new one; its name lasts after `syncFolder`. */
  create(path: string): number;
  close(file: number): void;
  remove(path: string): void;
  inBackground(path: string): Promise<BackgroundFile>;
  makeFolder(path: string): void;
  names(folder: string): string[];
  rename(from: string, to: string): void;
  removeFolder(path: string): void;
  /** New, changed and removed names in a folder last from here on. */
  syncFolder(path: string): void;
  /** Bytes that there is still room for. */
  free(folder: string): number;
}

export const realDisk: Disk = {
  write: (file, pieces, position) => writevSync(file, pieces, position),
  sync: (file) => fdatasyncSync(file),
  read: (file, into, offset, position) => readSync(file, into, offset, into.length - offset, position),
  size: (file) => fstatSync(file).size,
  open: (path) => openSync(path, 'r+'),
  create: (path) => openSync(path, 'wx+'),
  close: (file) => closeSync(file),
  remove: (path) => unlinkSync(path),
  async inBackground(path) {
    const handle = await open(path, 'r+');
    return {
      write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  names: (folder) => readdirSync(folder),
  rename: (from, to) => renameSync(from, to),
  removeFolder: (path) => rmSync(path, { recursive: true }),
  syncFolder(path) {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  },
  free(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};
