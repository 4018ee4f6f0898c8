/** What the watch remembers over restarts: what pages and files are, and what is open. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { instant } from '../../devices/model/identifiers.ts';
import { baseline, difference } from './baseline.ts';

/** Findings that are open at a time, for one page or folder; the others are found when there is room. */
export const MAX_OPEN = 200;
/** Announced hashes and windows that are kept. */
export const MAX_ANNOUNCED = 2_000;

const hash = z.string().max(128);

export const openFinding = z.strictObject({
  /** Also the id of its observation. */
  id: z.string().max(256),
  at: instant,
  /** Last fetch that still showed it. */
  lastAt: instant,
  difference,
});
export type OpenFinding = z.infer<typeof openFinding>;

const pageMemory = z.strictObject({
  baseline,
  /** Counts acceptances: the same thing found once more is another finding. */
  revision: z.number().int(),
  failures: z.number().int(),
  unreachableAt: instant.optional(),
  reachedAt: instant.optional(),
  open: z.array(openFinding).max(MAX_OPEN),
});
export type PageMemory = z.infer<typeof pageMemory>;

const hostMemory = z.strictObject({
  fingerprint: hash,
  notAfter: instant,
  issuer: z.string().max(300),
  /** Days before its end that were told. */
  told: z.array(z.number()).max(8),
});

const openFile = z.strictObject({
  id: z.string().max(256),
  at: instant,
  path: z.string().max(8_192),
  change: z.enum(['created', 'updated', 'deleted']),
  hash: z.exactOptional(hash),
  previousHash: z.exactOptional(hash),
});
export type OpenFile = z.infer<typeof openFile>;

const folderMemory = z.strictObject({
  revision: z.number().int(),
  files: z.record(z.string().max(8_192), hash),
  open: z.array(openFile).max(MAX_OPEN),
});
export type FolderMemory = z.infer<typeof folderMemory>;

const memory = z.strictObject({
  version: z.literal(1),
  pages: z.record(z.string(), pageMemory),
  hosts: z.record(z.string(), hostMemory),
  folders: z.record(z.string(), folderMemory),
  /** Content that somebody announced, and when. */
  announced: z.array(z.strictObject({ hash, at: instant })).max(MAX_ANNOUNCED),
  windows: z
    .array(z.strictObject({ from: instant, to: instant, by: z.string().max(128) }))
    .max(MAX_ANNOUNCED),
});
export type Memory = z.infer<typeof memory>;

export const emptyMemory = (): Memory => ({
  version: 1,
  pages: {},
  hosts: {},
  folders: {},
  announced: [],
  windows: [],
});

/** @throws Error that names the file where it is there and can't be read: a lost baseline must not be learned anew */
export function readMemory(file: string): Memory {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyMemory();
    throw error;
  }
  try {
    return memory.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** On disk when it returns, or nothing has changed. */
export function writeMemory(file: string, state: Memory): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(state));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
