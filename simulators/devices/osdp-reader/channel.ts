/** The reader's end of the secure channel. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Known to everybody; works until a key of its own is installed. */
export const INSTALLATION_KEY = Buffer.from('0123456789:;<=>?', 'latin1');

const cbc = (key: Buffer, vector: Buffer, clear: Buffer): Buffer => {
  const cipher = createCipheriv('aes-128-cbc', key, vector);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
};
const NOTHING = Buffer.alloc(16);
/** One block alone: CBC with a vector of zeros is ECB. */
const single = (key: Buffer, block: Buffer): Buffer => cbc(key, NOTHING, block);

const filled = (bytes: Buffer, always: boolean): Buffer => {
  if (!always && bytes.length > 0 && bytes.length % 16 === 0) return bytes;
  const room = 16 - (bytes.length % 16);
  return Buffer.concat([bytes, Buffer.from([0x80]), Buffer.alloc(room - 1)]);
};

export class ReaderChannel {
  readonly readerRandom = randomBytes(8);
  readonly #encryption: Buffer;
  readonly #mac1: Buffer;
  readonly #mac2: Buffer;
  readonly #panelRandom: Buffer;
  #panelMac: Buffer = NOTHING;
  #ownMac: Buffer = NOTHING;
  /** The panel has proved that it knows the key. */
  isOpen = false;

  constructor(key: Buffer, panelRandom: Buffer) {
    const derived = (head: string) =>
      single(key, Buffer.concat([Buffer.from(head, 'hex'), panelRandom.subarray(0, 6), Buffer.alloc(8)]));
    this.#encryption = derived('0182');
    this.#mac1 = derived('0101');
    this.#mac2 = derived('0102');
    this.#panelRandom = panelRandom;
  }

  /** Proof that this reader knows the key. */
  get proof(): Buffer {
    return single(this.#encryption, Buffer.concat([this.#panelRandom, this.readerRandom]));
  }

  /** Looks at the panel's proof; with a good one the channel is open, and the first MAC is given. */
  open(panelProof: Buffer): Buffer | undefined {
    const expected = single(this.#encryption, Buffer.concat([this.readerRandom, this.#panelRandom]));
    if (!expected.equals(panelProof)) return undefined;
    this.isOpen = true;
    this.#ownMac = single(this.#mac2, single(this.#mac1, panelProof));
    return this.#ownMac;
  }

  /** What a command says, or nothing where its MAC is wrong. */
  listen(covered: Buffer, mac: Buffer, body: Buffer, isEncrypted: boolean): Buffer | undefined {
    const whole = this.#mac(this.#ownMac, covered);
    if (!whole.subarray(0, 4).equals(mac)) return undefined;
    const vector = Buffer.from(this.#ownMac.map((byte) => byte ^ 0xff));
    this.#panelMac = whole;
    if (!isEncrypted || body.length === 0) return body;
    if (body.length % 16 !== 0) return undefined;
    const decipher = createDecipheriv('aes-128-cbc', this.#encryption, vector);
    decipher.setAutoPadding(false);
    const clear = Buffer.concat([decipher.update(body), decipher.final()]);
    const end = clear.lastIndexOf(0x80);
    return end < 0 ? undefined : clear.subarray(0, end);
  }

  hide(body: Buffer): Buffer {
    const vector = Buffer.from(this.#panelMac.map((byte) => byte ^ 0xff));
    return cbc(this.#encryption, vector, filled(body, true));
  }

  /** MAC of an answer; the chain goes on from it. */
  sign(head: Buffer): Buffer {
    this.#ownMac = this.#mac(this.#panelMac, head);
    return this.#ownMac.subarray(0, 4);
  }

  #mac(previous: Buffer, bytes: Buffer): Buffer {
    const blocks = filled(bytes, false);
    const last = blocks.subarray(-16);
    const before = blocks.subarray(0, -16);
    const vector = before.length === 0 ? previous : cbc(this.#mac1, previous, before).subarray(-16);
    return cbc(this.#mac2, vector, last);
  }
}
