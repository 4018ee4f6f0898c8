/**
 * The readers' base keys, in a file that only its owner may read. A key is on disk before a reader gets it, so that
 * no power failure leaves a reader with a key that nobody knows.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { KEY_BYTES } from '../osdp/command.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** Readers of one bridge, at most: as many as there may be on all its lines. */
const MAX_KEYS = 2_048;

const keyFile = z.strictObject({
  readers: z
    .record(
      identifier,
      z.strictObject({
        key: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
        /** The reader has proved that it knows it. */
        installed: z.boolean(),
      }),
    )
    .refine((readers) => Object.keys(readers).length <= MAX_KEYS, `at most ${MAX_KEYS} readers`),
});
type KeyFile = z.infer<typeof keyFile>;

export interface ReaderKey {
  key: Uint8Array;
  isInstalled: boolean;
}

export class KeyStore {
  private readonly file: string;
  private content: KeyFile;

  /** @throws Error with one line, without any key: not readable, others may read it, not understood */
  constructor(file: string) {
    this.file = file;
    this.content = readKeys(file);
  }

  get(node: string): ReaderKey | undefined {
    const entry = Object.hasOwn(this.content.readers, node) ? this.content.readers[node] : undefined;
    return entry && { key: Uint8Array.from(Buffer.from(entry.key, 'hex')), isInstalled: entry.installed };
  }

  /** A fresh key for a reader that has none: on disk when this returns. */
  create(node: string): ReaderKey {
    this.put(node, { key: randomBytes(KEY_BYTES).toString('hex'), installed: false });
    const made = this.get(node);
    if (made === undefined) throw new Error(`${this.file}: no key for "${node}" after it was written`);
    return made;
  }

  /** The reader has proved that it knows its key. */
  confirm(node: string): void {
    const entry = this.content.readers[node];
    if (entry !== undefined && !entry.installed) this.put(node, { ...entry, installed: true });
  }

  /** Beside what is in the file by now: several lines of one bridge may share it. */
  private put(node: string, entry: KeyFile['readers'][string]): void {
    const content = { readers: { ...readKeys(this.file).readers, [node]: entry } };
    writeKeys(this.file, content);
    this.content = content;
  }
}

function readKeys(file: string): KeyFile {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return { readers: {} };
  if ((status.mode & OTHERS) !== 0)
    throw new Error(`${file}: others may read the readers' keys; run chmod 600 on it`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's own words would quote from the file.
    throw new Error(`${file}: is no JSON`);
  }
  const parsed = keyFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}

/** Whole or not at all, whenever the power goes. */
function writeKeys(file: string, content: KeyFile): void {
  const temporary = `${file}.${process.pid}.new`;
  const descriptor = openSync(temporary, 'w', OWNER_ONLY);
  try {
    writeSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
