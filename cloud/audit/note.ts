/** Signed notes (c2sp.org/signed-note) and checkpoints of a log (c2sp.org/tlog-checkpoint), signed with Ed25519. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { HASH_BYTES } from './merkle.ts';

const ED25519 = 1;
const SIGNATURE_BYTES = 64;
/** Longest note that is read. */
export const MAX_NOTE_LENGTH = 16_384;
/** What stands before the 32 bytes of an Ed25519 key as SubjectPublicKeyInfo (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Whose notes these are, and how they are checked: `name+key id+base64(type ‖ key)`. */
export interface NoteKey {
  name: string;
  /** First four bytes of SHA-256(name ‖ LF ‖ type ‖ key), hex. */
  id: string;
  key: KeyObject;
  /** The line that outsiders keep. */
  text: string;
}

export interface NoteSigner extends NoteKey {
  sign(text: string): string;
}

function noteKey(name: string, raw: Uint8Array): NoteKey {
  const typed = Buffer.concat([Uint8Array.of(ED25519), raw]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  return { name, id, key, text: `${name}+${id}+${typed.toString('base64')}` };
}

const isName = (name: string): boolean => /^[^\s+]{1,256}$/.test(name);

/** Reads `name+id+key`; undefined where it is none. */
export function noteKeyFrom(text: string): NoteKey | undefined {
  const [name, id, base64, ...rest] = text.trim().split('+');
  // Base64 itself may hold "+".
  const encoded = [base64, ...rest].join('+');
  if (name === undefined || id === undefined || !isName(name)) return undefined;
  const typed = Buffer.from(encoded, 'base64');
  if (typed.length !== 33 || typed[0] !== ED25519 || typed.toString('base64') !== encoded) return undefined;
  const key = noteKey(name, typed.subarray(1));
  return key.id === id ? key : undefined;
}

/**
 * The key in a file, made where there is none. Only its owner can read it.
 * @throws Error where the file holds something else
 */
export function noteSigner(name: string, file: string): NoteSigner {
  if (!isName(name)) throw new RangeError(`"${name}" can't name a log: no blanks, no "+"`);
  if (!existsSync(file)) makeKey(file);
  const own = createPrivateKey(readFileSync(file));
  if (own.asymmetricKeyType !== 'ed25519') throw new Error(`${file}: expected an Ed25519 key`);
  const der = createPublicKey(own).export({ format: 'der', type: 'spki' });
  const known = noteKey(name, der.subarray(SPKI.length));
  return {
    ...known,
    sign(text) {
      const signature = Buffer.concat([Buffer.from(known.id, 'hex'), sign(null, Buffer.from(text), own)]);
      return `${text}\n— ${name} ${signature.toString('base64')}\n`;
    },
  };
}

/** A new Ed25519 key in a file (PKCS #8, PEM), 0600; whole, or not there. */
export function makeKey(file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const part = `${file}.part`;
  const handle = openSync(part, 'w', 0o600);
  writeSync(handle, String(privateKey.export({ format: 'pem', type: 'pkcs8' })));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** The text of a note that this key signed, with its last line feed; undefined where it did not. */
export function openNote(note: string, by: NoteKey): string | undefined {
  if (note.length > MAX_NOTE_LENGTH) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const found = /^— (\S+) (\S+)$/.exec(line);
    if (found === null) return undefined;
    const bytes = Buffer.from(found[2] ?? '', 'base64');
    if (bytes.toString('base64') !== found[2]) return undefined;
    if (found[1] !== by.name || bytes.subarray(0, 4).toString('hex') !== by.id) continue;
    if (bytes.length !== 4 + SIGNATURE_BYTES) return undefined;
    return verify(null, Buffer.from(text), by.key, bytes.subarray(4)) ? text : undefined;
  }
  return undefined;
}

/** What a log says of itself: so many entries, this root. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** Reads the body of a checkpoint; undefined where it is none. Lines behind the third are extensions. */
export function checkpointFrom(text: string): Checkpoint | undefined {
  const [origin, digits, base64] = text.split('\n');
  if (origin === undefined || origin === '' || !/^(0|[1-9]\d{0,15})$/.test(digits ?? '')) return undefined;
  const root = Buffer.from(base64 ?? '', 'base64');
  if (root.length !== HASH_BYTES || root.toString('base64') !== base64) return undefined;
  return { origin, size: Number(digits), root };
}

/** A checkpoint that this key signed, or why it is none. */
export function openCheckpoint(note: string, by: NoteKey): Checkpoint | string {
  const text = openNote(note, by);
  if (text === undefined) return `it is not signed by ${by.name} with the key ${by.id}`;
  const checkpoint = checkpointFrom(text);
  if (checkpoint === undefined) return 'it is no checkpoint';
  return checkpoint.origin === by.name ? checkpoint : `it speaks of "${checkpoint.origin}"`;
}
