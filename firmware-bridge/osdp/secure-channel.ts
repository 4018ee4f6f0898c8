/**
 * OSDP's secure channel (Annex D): AES-128 session keys from a base key and the panel's random number, a MAC on
 * every frame that is chained to the other side's last one, and encryption of the data. Pure: a session is a
 * value, and every frame that goes over it makes the next one.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { KEY_BYTES } from './command.ts';
import { coveredBytes, type Frame, MAC_BYTES, type ReceivedFrame, securityBlock } from './frame.ts';

/** For installation only: everybody knows it. */
export const DEFAULT_BASE_KEY: Uint8Array = Uint8Array.from(
  { length: KEY_BYTES },
  (_, index) => 0x30 + index,
);

const BLOCK_BYTES = 16;
const PADDING = 0x80;
/** Bytes of the panel's random number that go into the session keys. */
const RANDOM_IN_KEYS = 6;

export interface SessionKeys {
  encryption: Uint8Array;
  mac1: Uint8Array;
  mac2: Uint8Array;
}

export interface Session {
  keys: SessionKeys;
  /** Last MAC of the panel, whole. */
  commandMac: Uint8Array;
  /** Last MAC of the reader, whole. */
  replyMac: Uint8Array;
}

function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(block), cipher.final()]));
}

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** Keys of one session (D.4.1). */
export function sessionKeys(baseKey: Uint8Array, panelRandom: Uint8Array): SessionKeys {
  const derive = (first: number, second: number) => {
    const block = new Uint8Array(BLOCK_BYTES);
    block.set([first, second]);
    block.set(panelRandom.subarray(0, RANDOM_IN_KEYS), 2);
    return encryptBlock(baseKey, block);
  };
  return { encryption: derive(0x01, 0x82), mac1: derive(0x01, 0x01), mac2: derive(0x01, 0x02) };
}

/** By which the reader proves that it knows the base key (D.4.3). */
export const readerCryptogram = (
  { encryption }: SessionKeys,
  panelRandom: Uint8Array,
  readerRandom: Uint8Array,
): Uint8Array => encryptBlock(encryption, joined(panelRandom, readerRandom));

/** By which the panel proves it (D.4.4). */
export const panelCryptogram = (
  { encryption }: SessionKeys,
  panelRandom: Uint8Array,
  readerRandom: Uint8Array,
): Uint8Array => encryptBlock(encryption, joined(readerRandom, panelRandom));

/** The MAC from which the chain begins (D.4.5). */
export const initialMac = ({ mac1, mac2 }: SessionKeys, cryptogram: Uint8Array): Uint8Array =>
  encryptBlock(mac2, encryptBlock(mac1, cryptogram));

/** In a time that does not tell how much of it was right. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** CBC over all blocks with the first MAC key, the last one with the second (D.5). `previous` is the other side's MAC. */
export function macOf({ mac1, mac2 }: SessionKeys, previous: Uint8Array, bytes: Uint8Array): Uint8Array {
  const padded = bytes.length % BLOCK_BYTES === 0 && bytes.length > 0 ? bytes : pad(bytes);
  let chain = previous;
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) {
    const isLast = at + BLOCK_BYTES >= padded.length;
    const block = padded.subarray(at, at + BLOCK_BYTES).map((byte, index) => byte ^ (chain[index] ?? 0));
    chain = encryptBlock(isLast ? mac2 : mac1, block);
  }
  return chain;
}

/** 80, then 00 up to a whole block; a whole block more where there is no room. */
function pad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(bytes.length / BLOCK_BYTES) + 1) * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = PADDING;
  return padded;
}

const inverted = (mac: Uint8Array): Uint8Array => mac.map((byte) => ~byte & 0xff);

function encrypt(key: Uint8Array, previous: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-cbc', key, inverted(previous)).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(pad(data)), cipher.final()]));
}

function decrypt(key: Uint8Array, previous: Uint8Array, data: Uint8Array): Uint8Array | undefined {
  if (data.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv('aes-128-cbc', key, inverted(previous)).setAutoPadding(false);
  const plain = Uint8Array.from(Buffer.concat([decipher.update(data), decipher.final()]));
  const end = plain.findLastIndex((byte) => byte !== 0);
  return plain[end] === PADDING ? plain.slice(0, end) : undefined;
}

type PlainFrame = Omit<Frame, 'security' | 'mac' | 'isReply'>;

/** A command over the session: data encrypted where there is any (SCS_17), otherwise with a MAC alone (SCS_15). */
export function sealCommand(session: Session, plain: PlainFrame): { frame: Frame; session: Session } {
  const { keys, replyMac } = session;
  const isEmpty = plain.data.length === 0;
  const frame: Omit<Frame, 'mac'> = {
    ...plain,
    isReply: false,
    security: {
      type: isEmpty ? securityBlock.commandMac : securityBlock.commandEncrypted,
      data: new Uint8Array(),
    },
    data: isEmpty ? plain.data : encrypt(keys.encryption, replyMac, plain.data),
  };
  const mac = macOf(keys, replyMac, coveredBytes(frame));
  return { frame: { ...frame, mac: mac.slice(0, MAC_BYTES) }, session: { ...session, commandMac: mac } };
}

/**
 * A reply over the session, with its data in clear. Some readers mark a reply with the panel's own block (SCS_15)
 * and leave its data in clear: with a good MAC it is taken.
 */
export function openReply(
  session: Session,
  { frame, covered }: ReceivedFrame,
): { data: Uint8Array; session: Session } | { refused: string } {
  const { keys, commandMac } = session;
  const type = frame.security?.type;
  const isEncrypted = type === securityBlock.replyEncrypted;
  if (!isEncrypted && type !== securityBlock.replyMac && type !== securityBlock.commandMac)
    return { refused: 'not sent over the secure channel' };
  const mac = macOf(keys, commandMac, covered);
  if (frame.mac === undefined || !isSame(frame.mac, mac.slice(0, MAC_BYTES)))
    return { refused: 'its MAC is wrong' };
  const isEmpty = frame.data.length === 0;
  const data = isEncrypted && !isEmpty ? decrypt(keys.encryption, commandMac, frame.data) : frame.data;
  return data === undefined
    ? { refused: 'its padding is wrong' }
    : { data, session: { ...session, replyMac: mac } };
}
