/** Secrets at rest: encrypted with a key that lies elsewhere, where the machine has such a place. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export type SealingKind = 'tpm' | 'pkcs11' | 'key-file';

/** Keeps one key of 32 bytes in its own way. */
export interface KeyKeeper {
  readonly kind: SealingKind;
  /** Makes the key where there is none. @throws Error that says what is missing */
  key(): Promise<Buffer>;
  /** Forgets the key: whatever was sealed with it is gone. */
  wipe(): Promise<void>;
}

const MAGIC = Buffer.from('GHS1');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM; the name is bound in, so that one secret can't be put in another's place. */
export class Sealer {
  readonly kind: SealingKind;
  readonly #key: Buffer;

  constructor(kind: SealingKind, key: Buffer) {
    if (key.length !== 32) throw new RangeError('a sealing key has 32 bytes');
    this.kind = kind;
    this.#key = key;
  }

  static async open(keeper: KeyKeeper): Promise<Sealer> {
    return new Sealer(keeper.kind, await keeper.key());
  }

  seal(name: string, secret: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(name));
    const body = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([MAGIC, nonce, cipher.getAuthTag(), body]);
  }

  /** @throws Error where it was sealed elsewhere, for another name, or altered */
  unseal(name: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const start = MAGIC.length + NONCE_BYTES + TAG_BYTES;
    if (bytes.length < start || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
      throw new Error(`${name}: this is nothing that was sealed`);
    const nonce = bytes.subarray(MAGIC.length, MAGIC.length + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce);
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(MAGIC.length + NONCE_BYTES, start));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
    } catch {
      throw new Error(`${name}: it was sealed on another machine, or altered`);
    }
  }
}

export const isSealed = (bytes: Uint8Array): boolean =>
  bytes.length > MAGIC.length && Buffer.from(bytes.subarray(0, MAGIC.length)).equals(MAGIC);
