/**
 * What was judged, written down so that a start need not judge it anew: lines of JSON, the first of which says what it
 * rests on, the last how many there are and their SHA-256. A file that is not whole is as good as none; the one before
 * it is replaced only once all of the new one is on disk.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type SavedPart, savedPart } from '../correlation/saved.ts';
import { Turns } from './turns.ts';

/** Raised whenever the lines mean something else than before. */
export const SNAPSHOT_VERSION = 1;
/** A larger one is not written, and not read: a million detections are about half of it. */
export const MAX_SNAPSHOT_BYTES = 256 * 2 ** 20;
/** Lines are put together to pieces of about this many bytes. */
const PIECE_BYTES = 2 ** 20;
const NEW_LINE = 10;

const header = z.strictObject({
  snapshot: z.literal('judging'),
  version: z.int(),
  /** Of all that the result depends on beside the detections. */
  basis: z.string(),
  /** Of the store: what was put since is not in it. */
  position: z.int(),
});
const footer = z.strictObject({ lines: z.int(), sha256: z.string() });

export interface Snapshot {
  readonly position: number;
  /** In their order; @throws Error when one of them is none */
  parts(): AsyncGenerator<SavedPart>;
}

/** Why there is none to go on with; a reason for people, and whether it is as it should be at a first start. */
export interface NoSnapshot {
  readonly reason: string;
  readonly isMissing: boolean;
}

/**
 * All lines of one, in memory: nothing may change while the parts are read, and a disk may be slow.
 * @throws RangeError when it is too large to be kept
 */
export async function written(
  rests: { basis: string; position: number },
  parts: Iterable<SavedPart>,
): Promise<Buffer[]> {
  const turns = new Turns();
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  let [piece, lines, bytes] = ['', 0, 0];
  const add = (line: unknown) => {
    piece += `${JSON.stringify(line)}\n`;
    lines++;
  };
  const cut = () => {
    const made = Buffer.from(piece);
    piece = '';
    bytes += made.length;
    if (bytes > MAX_SNAPSHOT_BYTES)
      throw new RangeError(`it would be larger than ${MAX_SNAPSHOT_BYTES / 2 ** 20} MB`);
    hash.update(made);
    pieces.push(made);
  };
  add({ snapshot: 'judging', version: SNAPSHOT_VERSION, ...rests } satisfies z.infer<typeof header>);
  for (const part of parts) {
    add(part);
    if (piece.length >= PIECE_BYTES) cut();
    if (turns.isOver) await turns.next();
  }
  cut();
  pieces.push(Buffer.from(`${JSON.stringify({ lines, sha256: hash.digest('hex') })}\n`));
  return pieces;
}

/** On disk when the promise resolves; until then the one before stands. */
export async function putSnapshot(file: string, pieces: readonly Buffer[]): Promise<void> {
  const beside = `${file}.new`;
  await withHandle(beside, 'w', async (handle) => {
    for (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  });
  await rename(beside, file);
  await withHandle(dirname(file), 'r', (handle) => handle.sync());
}

async function withHandle(path: string, flags: string, use: (handle: FileHandle) => Promise<void>) {
  const handle = await open(path, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

/** The whole of a file, checked; or why there is none. */
export async function readSnapshot(file: string, basis: string): Promise<Snapshot | NoSnapshot> {
  const no = (reason: string): NoSnapshot => ({ reason, isMissing: false });
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > MAX_SNAPSHOT_BYTES + PIECE_BYTES) return no(`it has ${size} bytes, which is too many`);
    bytes = await readFile(file);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { reason: 'there is none', isMissing } : no(textOf(error));
  }
  const end = bytes.lastIndexOf(NEW_LINE, -2) + 1;
  const said = parsed(footer, bytes.subarray(end));
  if (said === undefined) return no('it is torn: its last line is missing');
  if ((await hashOf(bytes.subarray(0, end))) !== said.sha256)
    return no('it is not what was written: its hash differs');
  const first = bytes.indexOf(NEW_LINE) + 1;
  const rests = parsed(header, bytes.subarray(0, first));
  if (rests === undefined) return no('its first line says nothing');
  if (rests.version !== SNAPSHOT_VERSION)
    return no(`it is of version ${rests.version}, this is ${SNAPSHOT_VERSION}`);
  if (rests.basis !== basis)
    return no(
      'the registry, the dependencies, the rules or what people decided are others than those it was made with',
    );
  return {
    position: rests.position,
    async *parts() {
      const turns = new Turns();
      for (let from = first; from < end; ) {
        const to = bytes.indexOf(NEW_LINE, from);
        yield savedPart.parse(JSON.parse(bytes.toString('utf8', from, to)));
        from = to + 1;
        if (turns.isOver) await turns.next();
      }
    },
  };
}

async function hashOf(bytes: Buffer): Promise<string> {
  const turns = new Turns();
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    hash.update(bytes.subarray(from, from + PIECE_BYTES));
    if (turns.isOver) await turns.next();
  }
  return hash.digest('hex');
}

function parsed<Value>(schema: z.ZodType<Value>, bytes: Buffer): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
