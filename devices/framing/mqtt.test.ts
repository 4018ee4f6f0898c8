import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import {
  MAX_REFUSED_BYTES,
  MAX_REMAINING_LENGTH,
  MAX_REMAINING_LENGTH_BEFORE_ADMISSION,
  MqttFramer,
  type MqttRefusal,
} from './mqtt.ts';

interface Outcome {
  packets: string[];
  refusal: MqttRefusal | undefined;
}

/** Pushes the chunks into a fresh framer and copies what comes out. */
function frame(chunks: readonly Uint8Array[], options: { admitted?: boolean } = {}): Outcome {
  const framer = new MqttFramer();
  if (options.admitted !== false) framer.admit();
  const packets: string[] = [];
  let refusal: MqttRefusal | undefined;
  for (const chunk of chunks) {
    refusal = framer.push(chunk, (bytes, start, body, end) => {
      expect(start).toBeLessThan(body);
      expect(body).toBeLessThanOrEqual(end);
      packets.push(Buffer.from(bytes.subarray(start, end)).toString('hex'));
      return true;
    });
  }
  return { packets, refusal };
}

/** Cuts bytes at the given places, each taken modulo the length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const field = (text: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
};
const packet = (first: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.of(first, ...length), body]);
};
const connect = generate({
  cmd: 'connect',
  clientId: 'door-1',
  username: 'door',
  password: Buffer.from('x'),
});
const connectWith = (flags: number, level: number, name: string, ...payload: Buffer[]): Buffer =>
  packet(0x10, field(name), Buffer.of(level, flags, 0, 30), ...payload);
const afterConnect = (bytes: Uint8Array): Outcome => frame([connect, bytes]);
const publish = (topic: string | Uint8Array) => packet(0x30, field(topic), Buffer.from('x'));

describe('good packets', () => {
  const level = fc.stringMatching(/^[a-zA-Z0-9 _.é☃😀-]{0,8}$/u);
  const topic = fc
    .array(level, { minLength: 1, maxLength: 6 })
    .map((levels) => levels.join('/'))
    .filter((text) => text !== '');
  const filter = fc
    .array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 6 })
    .chain((levels) => fc.boolean().map((hash) => [...levels, ...(hash ? ['#'] : [])].join('/')))
    .filter((text) => text !== '');
  const packetId = fc.integer({ min: 1, max: 65_535 });
  const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
  const good = fc.oneof(
    fc
      .record({
        topic,
        payload: fc.uint8Array({ maxLength: 300 }),
        qos,
        retain: fc.boolean(),
        dup: fc.boolean(),
        messageId: packetId,
      })
      .map((message) =>
        generate({
          cmd: 'publish',
          ...message,
          payload: Buffer.from(message.payload),
          dup: message.dup && message.qos > 0,
        }),
      ),
    fc
      .record({
        subscriptions: fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 9 }),
        messageId: packetId,
      })
      .map((body) => generate({ cmd: 'subscribe', ...body })),
    fc
      .record({ unsubscriptions: fc.array(filter, { minLength: 1, maxLength: 9 }), messageId: packetId })
      .map((body) => generate({ cmd: 'unsubscribe', ...body })),
    fc
      .record({
        cmd: fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const),
        messageId: packetId,
      })
      .map((body) => generate(body)),
    fc.constantFrom('pingreq' as const, 'disconnect' as const).map((cmd) => generate({ cmd })),
  );
  const opening = fc
    .record({
      clientId: fc.stringMatching(/^[a-zA-Z0-9/é😀-]{1,10}$/u),
      version: fc.constantFrom(3 as const, 4 as const),
      clean: fc.boolean(),
      keepalive: fc.integer({ min: 0, max: 65_535 }),
      username: fc.option(fc.stringMatching(/^[a-zé☃]{1,20}$/), { nil: undefined }),
      will: fc.option(
        fc.record({ topic, payload: fc.string({ maxLength: 20 }), qos, retain: fc.boolean() }),
        { nil: undefined },
      ),
    })
    .map(({ version, username, will, ...body }) =>
      generate({
        cmd: 'connect',
        protocolVersion: version,
        protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
        ...body,
        ...(username === undefined ? {} : { username, password: Buffer.from('secret') }),
        ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
      }),
    );
  const stream = fc
    .tuple(opening, fc.array(good, { maxLength: 12 }))
    .map(([first, rest]) => [first, ...rest]);

  it('all come through as they were, whatever the chunks', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(5_000), { maxLength: 12 }), (packets, places) => {
        const { packets: out, refusal } = frame(cut(Buffer.concat(packets), places));
        expect(refusal).toBeUndefined();
        expect(out).toEqual(packets.map((bytes) => Buffer.from(bytes).toString('hex')));
      }),
      { numRuns: 500 },
    );
  });

  it('come through byte by byte too', () => {
    fc.assert(
      fc.property(stream, (packets) => {
        const bytes = Buffer.concat(packets);
        const { packets: out, refusal } = frame(cut(bytes, [...bytes.keys()]));
        expect(refusal).toBeUndefined();
        expect(out).toHaveLength(packets.length);
      }),
      { numRuns: 50 },
    );
  });

  it('damaged in one place never crash it, and every chunking says the same', () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.tuple(fc.nat(5_000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(5_000), { maxLength: 12 }),
        (packets, changes, places) => {
          const bytes = Buffer.concat(packets);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(frame(cut(bytes, places))).toEqual(frame([bytes]));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('any bytes', () => {
  it('never throw, and every chunking says the same', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.array(fc.nat(300), { maxLength: 9 }),
        (noise, afterConnecting, places) => {
          const bytes = afterConnecting ? Buffer.concat([connect, noise]) : noise;
          expect(frame(cut(bytes, places))).toEqual(frame([bytes]));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('lengths', () => {
  it('refuses a CONNECT above the bound at its header, with nothing held', () => {
    const framer = new MqttFramer();
    const refusal = framer.push(hex('10 81 80 04'), () => true);
    expect(refusal?.reason).toBe(`remaining length above ${MAX_REMAINING_LENGTH_BEFORE_ADMISSION} bytes`);
    expect(framer.heldBytes).toBe(0);
  });

  it('keeps the small bound until the peer is admitted, then takes the larger one', () => {
    const large = packet(0x30, field('a'), Buffer.alloc(100_000));
    expect(frame([connect, large], { admitted: false }).refusal?.reason).toContain('above 65536');
    expect(frame([connect, large]).packets).toHaveLength(2);
    const tooLarge = packet(0x30, field('a'), Buffer.alloc(MAX_REMAINING_LENGTH));
    expect(frame([connect, tooLarge]).refusal?.reason).toContain(`above ${MAX_REMAINING_LENGTH}`);
  });

  it('holds what stands behind a packet that the taker stopped at', () => {
    const framer = new MqttFramer();
    const seen: number[] = [];
    const large = packet(0x30, field('a'), Buffer.alloc(70_000));
    const all = Buffer.concat([connect, hex('c0 00'), large]);
    expect(framer.push(all, (bytes, start) => seen.push(bytes[start] ?? 0) > 9)).toBeUndefined();
    expect(seen).toEqual([0x10]);
    framer.admit();
    expect(
      framer.push(new Uint8Array(0), (bytes, start) => seen.push(bytes[start] ?? 0) > 0),
    ).toBeUndefined();
    expect(seen).toEqual([0x10, 0xc0, 0x30]);
    expect(framer.heldBytes).toBe(0);
  });

  it('grows with what arrives, not with what is announced', () => {
    const framer = new MqttFramer();
    framer.push(hex('10 ff ff 03 00 04'), () => true);
    expect(framer.heldBytes).toBe(6);
  });

  it('refuses a length of five bytes', () => {
    expect(afterConnect(hex('c0 80 80 80 80 00')).refusal?.reason).toBe(
      'remaining length of more than 4 bytes',
    );
  });

  it('says where the refused packet stood and keeps a bounded part of it', () => {
    const bad = packet(0x30, field('a#'), Buffer.alloc(5_000));
    const { packets, refusal } = frame([Buffer.concat([connect, hex('c0 00'), bad])]);
    expect(packets).toHaveLength(2);
    expect(refusal?.at).toBe(connect.length + 2);
    expect(refusal?.bytes).toHaveLength(MAX_REFUSED_BYTES);
  });

  it('keeps no password of a refused CONNECT', () => {
    const { refusal } = frame([
      connectWith(0xc2, 5, 'MQTT', Buffer.of(0), field('door-1'), field('door'), field('hunter2')),
    ]);
    const kept = Buffer.from(refusal?.bytes ?? []).toString('latin1');
    expect(kept).toContain('MQTT');
    expect(kept).not.toContain('door');
    expect(kept).not.toContain('hunter2');
  });

  it('stays refused', () => {
    const framer = new MqttFramer();
    const refusal = framer.push(hex('c0 00'), () => true);
    expect(framer.push(connect, () => expect.fail('handed on'))).toBe(refusal);
  });
});

describe('refused by the specification', () => {
  const cases: [name: string, outcome: () => Outcome, reason: string][] = [
    ['anything before CONNECT', () => frame([hex('c0 00')]), 'first packet is not CONNECT'],
    ['a second CONNECT', () => afterConnect(connect), 'second CONNECT'],
    ['CONNACK from a client', () => afterConnect(hex('20 02 00 00')), 'packet that only a server sends'],
    ['SUBACK from a client', () => afterConnect(hex('90 03 00 01 00')), 'packet that only a server sends'],
    ['UNSUBACK from a client', () => afterConnect(hex('b0 02 00 01')), 'packet that only a server sends'],
    ['PINGRESP from a client', () => afterConnect(hex('d0 00')), 'packet that only a server sends'],
    ['type 0', () => afterConnect(hex('00 00')), 'reserved packet type'],
    ['type 15 (AUTH)', () => afterConnect(hex('f0 00')), 'reserved packet type'],
    ['flags on PINGREQ', () => afterConnect(hex('c1 00')), 'reserved flags set'],
    ['flags missing on SUBSCRIBE', () => afterConnect(hex('80 06 00 01 00 01 61 00')), 'reserved flags set'],
    ['flags missing on PUBREL', () => afterConnect(hex('60 02 00 01')), 'reserved flags set'],
    ['QoS 3', () => afterConnect(hex('36 05 00 01 61 00 01')), 'QoS 3'],
    ['DUP with QoS 0', () => afterConnect(hex('38 03 00 01 61')), 'DUP with QoS 0'],
    ['packet id 0 in PUBLISH', () => afterConnect(hex('32 05 00 01 61 00 00')), 'packet id 0'],
    ['packet id 0 in PUBACK', () => afterConnect(hex('40 02 00 00')), 'packet id 0'],
    ['packet id 0 in SUBSCRIBE', () => afterConnect(hex('82 06 00 00 00 01 61 00')), 'packet id 0'],
    ['a short PUBACK', () => afterConnect(hex('40 01 00')), 'acknowledgement not 2 bytes long'],
    ['a long PUBACK', () => afterConnect(hex('40 03 00 01 00')), 'acknowledgement not 2 bytes long'],
    [
      'a PUBLISH without its packet id',
      () => afterConnect(hex('32 04 00 01 61 00')),
      'packet shorter than its fields',
    ],
    [
      'a topic longer than the packet',
      () => afterConnect(hex('30 03 00 05 61')),
      'packet shorter than its fields',
    ],
    ['an empty topic', () => afterConnect(publish('')), 'topic: empty'],
    ['a wildcard in a topic', () => afterConnect(publish('a/+')), 'topic: wildcard'],
    ['U+0000 in a topic', () => afterConnect(publish('a\u0000b')), 'topic: control character'],
    ['U+0001 in a topic', () => afterConnect(publish('a\u0001b')), 'topic: control character'],
    ['U+007F in a topic', () => afterConnect(publish('a\u007fb')), 'topic: control character'],
    ['U+0085 in a topic', () => afterConnect(publish('a\u0085b')), 'topic: control character'],
    ['U+FDD0 in a topic', () => afterConnect(publish('a\ufdd0b')), 'topic: non-character'],
    ['U+FFFF in a topic', () => afterConnect(publish('a\uffffb')), 'topic: non-character'],
    ['U+1FFFE in a topic', () => afterConnect(publish('a\u{1fffe}b')), 'topic: non-character'],
    ['a surrogate in a topic', () => afterConnect(publish(hex('61 ed a0 80'))), 'topic: surrogate'],
    ['an overlong form in a topic', () => afterConnect(publish(hex('c0 af'))), 'topic: not UTF-8'],
    ['a cut character in a topic', () => afterConnect(publish(hex('61 e2 98'))), 'topic: not UTF-8'],
    ['a character above U+10FFFF', () => afterConnect(publish(hex('f4 90 80 80'))), 'topic: not UTF-8'],
    ['too many levels', () => afterConnect(publish('/'.repeat(40))), 'topic: too many levels'],
    ['too long a topic', () => afterConnect(publish('a'.repeat(1_025))), 'topic: too long'],
    [
      '# not last',
      () => afterConnect(packet(0x82, hex('00 01'), field('#/a'), hex('00'))),
      'filter: misplaced wildcard',
    ],
    [
      '# within a level',
      () => afterConnect(packet(0x82, hex('00 01'), field('a#'), hex('00'))),
      'filter: misplaced wildcard',
    ],
    [
      '+ within a level',
      () => afterConnect(packet(0x82, hex('00 01'), field('a+/b'), hex('00'))),
      'filter: misplaced wildcard',
    ],
    [
      '+ with something behind',
      () => afterConnect(packet(0xa2, hex('00 01'), field('+a'))),
      'filter: misplaced wildcard',
    ],
    ['SUBSCRIBE without a filter', () => afterConnect(hex('82 02 00 01')), 'no filter'],
    ['UNSUBSCRIBE without a filter', () => afterConnect(hex('a2 02 00 01')), 'no filter'],
    [
      'a filter without its QoS',
      () => afterConnect(packet(0x82, hex('00 01'), field('a'))),
      'packet shorter than its fields',
    ],
    [
      'a subscription with QoS 3',
      () => afterConnect(packet(0x82, hex('00 01'), field('a'), hex('03'))),
      'subscription QoS above 2 or reserved bits set',
    ],
    [
      'reserved bits of a subscription',
      () => afterConnect(packet(0x82, hex('00 01'), field('a'), hex('41'))),
      'subscription QoS above 2 or reserved bits set',
    ],
    [
      'too many filters',
      () => afterConnect(packet(0xa2, hex('00 01'), ...Array.from({ length: 513 }, () => field('a')))),
      'more than 512 filters',
    ],
    ['bytes behind PINGREQ', () => afterConnect(hex('c0 01 00')), 'bytes behind the last field'],
    ['bytes behind DISCONNECT', () => afterConnect(hex('e0 01 00')), 'bytes behind the last field'],
    [
      'bytes behind CONNECT',
      () => frame([connectWith(2, 4, 'MQTT', field('a'), hex('00') as Buffer)]),
      'bytes behind the last field',
    ],
    ['an unknown protocol', () => frame([connectWith(2, 4, 'MQXX', field('a'))]), 'unknown protocol name'],
    [
      "a level that is not its name's",
      () => frame([connectWith(2, 4, 'MQIsdp', field('a'))]),
      'protocol level 4',
    ],
    [
      "a bridge's private level",
      () => frame([connectWith(2, 0x84, 'MQTT', field('a'))]),
      'protocol level 132',
    ],
    [
      'MQTT 5',
      () => frame([connectWith(2, 5, 'MQTT', Buffer.of(0), field('a'))]),
      'MQTT 5 is not spoken here',
    ],
    [
      'the reserved CONNECT flag',
      () => frame([connectWith(3, 4, 'MQTT', field('a'))]),
      'reserved CONNECT flag set',
    ],
    [
      'will QoS 3',
      () => frame([connectWith(0x1e, 4, 'MQTT', field('a'), field('t'), field('p'))]),
      'will QoS 3',
    ],
    [
      'will QoS without a will',
      () => frame([connectWith(0x0a, 4, 'MQTT', field('a'))]),
      'will QoS without a will',
    ],
    [
      'will retain without a will',
      () => frame([connectWith(0x22, 4, 'MQTT', field('a'))]),
      'will retain without a will',
    ],
    [
      'a password without a user name',
      () => frame([connectWith(0x42, 4, 'MQTT', field('a'), field('p'))]),
      'password without a user name',
    ],
    [
      'a user name that is missing',
      () => frame([connectWith(0x82, 4, 'MQTT', field('a'))]),
      'packet shorter than its fields',
    ],
    [
      'a will that is cut',
      () => frame([connectWith(0x06, 4, 'MQTT', field('a'), field('t'))]),
      'packet shorter than its fields',
    ],
    [
      'U+0000 in a client id',
      () => frame([connectWith(2, 4, 'MQTT', field('a\u0000'))]),
      'client id: control character',
    ],
    [
      'a control character in a user name',
      () => frame([connectWith(0x82, 4, 'MQTT', field('a'), field('\u0007'))]),
      'user name: control character',
    ],
    [
      'a wildcard in a will topic',
      () => frame([connectWith(0x06, 4, 'MQTT', field('a'), field('#'), field(''))]),
      'will topic: wildcard',
    ],
    [
      'an empty client id without clean session',
      () => frame([connectWith(0, 4, 'MQTT', field(''))]),
      'client id: empty without clean session',
    ],
    [
      'an empty client id in MQTT 3.1',
      () => frame([connectWith(2, 3, 'MQIsdp', field(''))]),
      'client id: not 1 to 23 characters (MQTT 3.1)',
    ],
    [
      '24 characters in MQTT 3.1',
      () => frame([connectWith(2, 3, 'MQIsdp', field('x'.repeat(24)))]),
      'client id: not 1 to 23 characters (MQTT 3.1)',
    ],
  ];
  it.each(cases)('%s', (_name, outcome, reason) => {
    const { refusal } = outcome();
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.bytes.length).toBeGreaterThan(0);
  });

  it('has a CONNACK for an unspoken version and a rejected client id, and no other', () => {
    const answers = cases.map(([name, outcome]) => [name, outcome().refusal?.answer?.[3]] as const);
    expect(answers.filter(([, code]) => code === 1).map(([name]) => name)).toEqual([
      "a level that is not its name's",
      "a bridge's private level",
      'MQTT 5',
    ]);
    expect(answers.filter(([, code]) => code === 2)).toHaveLength(3);
    expect(answers.filter(([, code]) => code !== undefined)).toHaveLength(6);
  });
});

describe('taken although unusual', () => {
  it.each([
    ['a zero-length client id with clean session', connectWith(2, 4, 'MQTT', field(''))],
    ['a byte-order mark in a client id', connectWith(2, 4, 'MQTT', field('\ufeffa'))],
    ['an empty password', connectWith(0xc2, 4, 'MQTT', field('a'), field('u'), field(''))],
    ['23 characters of several bytes in MQTT 3.1', connectWith(2, 3, 'MQIsdp', field('é'.repeat(23)))],
  ])('%s', (_name, bytes) => {
    expect(frame([bytes]).packets).toHaveLength(1);
  });

  it('a length padded with zeros', () => {
    expect(afterConnect(hex('c0 80 00')).packets).toHaveLength(2);
  });

  it('empty levels and a lone slash', () => {
    expect(afterConnect(publish('/')).refusal).toBeUndefined();
    expect(afterConnect(packet(0x82, hex('00 01'), field('/+//#'), hex('01'))).refusal).toBeUndefined();
  });
});
