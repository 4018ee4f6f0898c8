import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coveredBytes, type Frame, MAC_BYTES, readFrame, securityBlock, writeFrame } from './frame.ts';
import {
  DEFAULT_BASE_KEY,
  initialMac,
  macOf,
  openReply,
  panelCryptogram,
  readerCryptogram,
  type Session,
  sealCommand,
  sessionKeys,
} from './secure-channel.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/[ -]/g, ''), 'hex'));
const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');

describe('the handshake of the standard’s Annex E', () => {
  const panelRandom = bytes('b0b1b2b3b4b5b6b7');
  const readerRandom = bytes('a0a1a2a3a4a5a6a7');
  const keys = sessionKeys(DEFAULT_BASE_KEY, panelRandom);

  test('gives its session keys', () => {
    expect(hex(keys.mac1)).toBe('5e86c676603bdee2d8beafe178637332');
    expect(hex(keys.mac2)).toBe('6fda86e857777e81132035758239172e');
    expect(hex(keys.encryption)).toBe('bf8dc2a8329acb8c67c6d0cd9a451682');
  });
  test('gives its cryptograms and the first MAC', () => {
    const proof = panelCryptogram(keys, panelRandom, readerRandom);
    expect(hex(readerCryptogram(keys, panelRandom, readerRandom))).toBe('fde5d2f428ec16312471ea3c02bd7796');
    expect(hex(proof)).toBe('26d3356e07762d262801fc8e6665a891');
    expect(hex(initialMac(keys, proof))).toBe('b2a30057eb98ba2229ec1f875662b524');
  });
});

const zero = new Uint8Array(16);
const zeroSession: Session = {
  keys: { encryption: zero, mac1: zero, mac2: zero },
  commandMac: zero,
  replyMac: zero,
};

describe('a command over a session', () => {
  // Made by another panel, with all keys zero.
  test.each([
    [
      'talk at 9600 baud',
      0x6e,
      '01 80 25 00 00',
      '53 00 1e 00 0e 02 17 6e ac a3 c2 ff e4 d9 e5 99 cd 77 1b 8e f3 d1 3f 23 fa ab 63 4e 08 95',
    ],
    [
      'what can you do',
      0x62,
      '00',
      '53 00 1e 00 0e 02 17 62 d1 4e b7 ad 98 2c c5 f9 aa 25 31 8a 7e ae d6 26 0f 6a 2a a7 38 70',
    ],
    [
      'a new key, in two blocks',
      0x75,
      '01 10 00 01 02 03 04 05 06 07 00 01 02 03 04 05 06 07',
      '53 00 2e 00 0e 02 17 75 f0 dd ec 9a 0e d8 ce 4c 80 ba f5 d5 5c 18 43 6f 91 89 fd 66 c9 f2 23 dc 04 14 86 d8 33 57 df 98 6c 1d 4b c2 b2 f2',
    ],
  ])('is as another panel writes it: %s', (_name, id, data, expected) => {
    const { frame } = sealCommand(zeroSession, {
      address: 0,
      sequence: 2,
      check: 'crc',
      id,
      data: bytes(data),
    });
    expect(hex(writeFrame(frame))).toBe(hex(bytes(expected)));
  });

  test('without data has a MAC and is not encrypted', () => {
    const { frame, session } = sealCommand(zeroSession, {
      address: 1,
      sequence: 1,
      check: 'crc',
      id: 0x60,
      data: new Uint8Array(),
    });
    expect(frame.security?.type).toBe(securityBlock.commandMac);
    expect(frame.mac).toEqual(session.commandMac.slice(0, 4));
  });
});

/** What a reader at the other end would answer. */
function reply(session: Session, id: number, plain: Uint8Array, type: number): Uint8Array {
  // A command is sealed with the reply's MAC, a reply with the command's: the same work the other way round.
  const mirrored = sealCommand(
    { ...session, replyMac: session.commandMac, commandMac: session.replyMac },
    { address: 1, sequence: 1, check: 'crc', id, data: plain },
  );
  const frame: Omit<Frame, 'mac'> = {
    address: 1,
    isReply: true,
    sequence: 1,
    check: 'crc',
    security: { type, data: new Uint8Array() },
    id,
    data: type === securityBlock.replyEncrypted ? mirrored.frame.data : plain,
  };
  const mac = macOf(session.keys, session.commandMac, coveredBytes(frame));
  return writeFrame({ ...frame, mac: mac.slice(0, MAC_BYTES) });
}

function received(of: Uint8Array) {
  const read = readFrame(of);
  if ('refused' in read) throw new Error(read.refused);
  return read;
}

describe('a reply over a session', () => {
  const session: Session = {
    keys: sessionKeys(bytes('000102030405060708090a0b0c0d0e0f'), bytes('1122334455667788')),
    commandMac: bytes('0f0e0d0c0b0a09080706050403020100'),
    replyMac: bytes('00112233445566778899aabbccddeeff'),
  };

  test.each([
    ['encrypted', securityBlock.replyEncrypted],
    ['with a MAC alone', securityBlock.replyMac],
    ['in clear under the panel’s own block, as some readers do', securityBlock.commandMac],
  ])('is opened: %s', (_name, type) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (data) => {
        const opened = openReply(session, received(reply(session, 0x50, data, type)));
        expect(opened).toMatchObject({ data });
        expect('session' in opened && opened.session.replyMac).not.toEqual(session.replyMac);
      }),
    );
  });

  test('made with another key, or repeated from before, is refused', () => {
    const card = bytes('00 01 1a 00 bd 5e 20 40');
    const foreign = { ...session, keys: sessionKeys(DEFAULT_BASE_KEY, bytes('1122334455667788')) };
    expect(
      openReply(session, received(reply(foreign, 0x50, card, securityBlock.replyEncrypted))),
    ).toHaveProperty('refused');
    const earlier = received(reply(session, 0x50, card, securityBlock.replyEncrypted));
    const { session: later } = sealCommand(session, {
      address: 1,
      sequence: 2,
      check: 'crc',
      id: 0x60,
      data: new Uint8Array(),
    });
    expect(openReply(later, earlier)).toEqual({ refused: 'its MAC is wrong' });
  });

  test('with any bit turned and its CRC mended is refused', () => {
    const card = reply(session, 0x50, bytes('00 01 1a 00 bd 5e 20 40'), securityBlock.replyEncrypted);
    const body = received(card).frame;
    fc.assert(
      fc.property(fc.nat(body.data.length * 8 - 1), (bit) => {
        const data = body.data.slice();
        data[bit >> 3] = (data[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openReply(session, received(writeFrame({ ...body, data })))).toEqual({
          refused: 'its MAC is wrong',
        });
      }),
    );
  });

  test('in clear is never taken for one over the session', () => {
    const plain = writeFrame({
      address: 1,
      isReply: true,
      sequence: 1,
      check: 'crc',
      id: 0x50,
      data: bytes('00 01 1a 00 bd 5e 20 40'),
    });
    expect(openReply(session, received(plain))).toEqual({ refused: 'not sent over the secure channel' });
  });
});
