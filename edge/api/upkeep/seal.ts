/**
 * A sealed file: one line of JSON that says how, then the content, encrypted with AES-256-GCM (NIST SP 800-38D)
 * under a key that scrypt (RFC 7914) makes of the passphrase. The first line is covered by the tag as well.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

const FORMAT = 'gatehouse-backup';
/** Raised when what is inside changes so that an older gateway would read it wrongly. */
export const BACKUP_VERSION = 1;
/** Shorter ones are guessed. */
export const MIN_PASSPHRASE = 10;
/** Larger is no backup of a gateway's configuration. */
export const MAX_BACKUP_BYTES = 8 * 1024 * 1024;
const MAX_CONTENT_BYTES = 32 * 1024 * 1024;
const MAX_HEADER_BYTES = 1_024;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** 64 MB and a good part of a second for each guess. */
const COST = 2 ** 16;
const MAX_SCRYPT_BYTES = 256 * COST * 8;

const derive = promisify<
  string,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

const header = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number().int().min(1),
  gatehouse: z.string().max(64),
  gateway: z.string().max(256),
  madeAt: z.string().max(64),
  salt: z.string().max(64),
  nonce: z.string().max(64),
});
export type SealHeader = z.infer<typeof header>;
const anyHeader = z.looseObject({ format: z.literal(FORMAT), version: z.number() });

/** Why a sealed file can't be opened, in words for the person who tries. */
export class SealProblem extends Error {
  readonly code: 'not-a-backup' | 'foreign-version' | 'wrong-passphrase';
  constructor(code: SealProblem['code'], message: string) {
    super(message);
    this.name = 'SealProblem';
    this.code = code;
  }
}

const keyOf = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  derive(passphrase.normalize('NFKC'), salt, KEY_BYTES, { N: COST, r: 8, p: 1, maxmem: MAX_SCRYPT_BYTES });

export async function seal(
  content: string,
  passphrase: string,
  about: Pick<SealHeader, 'gatehouse' | 'gateway' | 'madeAt'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const line = `${JSON.stringify({
    format: FORMAT,
    version: BACKUP_VERSION,
    ...about,
    salt: salt.toString('base64url'),
    nonce: nonce.toString('base64url'),
  } satisfies SealHeader)}\n`;
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
  cipher.setAAD(Buffer.from(line));
  const hidden = Buffer.concat([cipher.update(gzipSync(content)), cipher.final()]);
  return Uint8Array.from(Buffer.concat([Buffer.from(line), hidden, cipher.getAuthTag()]));
}

/** @throws SealProblem */
export async function unseal(
  bytes: Uint8Array,
  passphrase: string,
): Promise<{ content: string; about: SealHeader }> {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  const about = end === -1 ? undefined : headerIn(Buffer.from(bytes.subarray(0, end)).toString('utf8'));
  if (about === undefined || bytes.length < end + 1 + TAG_BYTES)
    throw new SealProblem('not-a-backup', 'This file is not a back-up of a gateway.');
  const line = bytes.subarray(0, end + 1);
  const hidden = bytes.subarray(end + 1, bytes.length - TAG_BYTES);
  const key = await keyOf(passphrase, Buffer.from(about.salt, 'base64url'));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(about.nonce, 'base64url'));
    decipher.setAAD(line);
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const packed = Buffer.concat([decipher.update(hidden), decipher.final()]);
    return { content: gunzipSync(packed, { maxOutputLength: MAX_CONTENT_BYTES }).toString('utf8'), about };
  } catch {
    throw new SealProblem(
      'wrong-passphrase',
      'The passphrase is not the right one, or the file was changed.',
    );
  }
}

/** @throws SealProblem for a version that this gateway does not know */
function headerIn(line: string): SealHeader | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const any = anyHeader.safeParse(value);
  if (!any.success) return undefined;
  if (any.data.version !== BACKUP_VERSION)
    throw new SealProblem(
      'foreign-version',
      `This back-up was made by another version of Gatehouse (back-up version ${any.data.version}, this gateway reads ${BACKUP_VERSION}). Restore it on a gateway of that version.`,
    );
  return header.safeParse(value).data;
}
