/** Messages of an edge node with a fridge behind it, put together field by field from sparkplug_b.proto. */
import type { ProfileSample, Reading } from './profile.ts';
import { messageOf, type ProtobufField } from './protobuf.ts';
import { rebirthRequest } from './sparkplug-payload.ts';

const NOW = 1_700_000_000_000;
const text = (number: number, value: string): ProtobufField => ({
  number,
  type: 'bytes',
  value: new TextEncoder().encode(value),
});
const whole = (number: number, value: number | bigint): ProtobufField => ({
  number,
  type: 'varint',
  value: BigInt(value),
});
const float = (value: number): ProtobufField => ({
  number: 12,
  type: 'fixed32',
  value: new Uint8Array(new Float32Array([value]).buffer),
});
/** PropertySet with `engUnit`, a text (12). */
const unit = (value: string): ProtobufField => ({
  number: 9,
  type: 'bytes',
  value: messageOf([
    text(1, 'engUnit'),
    { number: 2, type: 'bytes', value: messageOf([whole(1, 12), text(8, value)]) },
  ]),
});
const payload = (seq: number | undefined, ...metrics: ProtobufField[][]): Uint8Array =>
  messageOf([
    whole(1, NOW),
    ...metrics.map((fields): ProtobufField => ({ number: 2, type: 'bytes', value: messageOf(fields) })),
    ...(seq === undefined ? [] : [whole(3, seq)]),
  ]);

const node = 'sparkplug:pharmacy/line-1';
const fridge = 'sparkplug:pharmacy/line-1/fridge-1';
const bdSeq = (value: number) => [text(1, 'bdSeq'), whole(4, 8), whole(11, value)];
const nodeBirth = { topic: 'spBv1.0/pharmacy/NBIRTH/line-1', payload: payload(0, bdSeq(7)) };
const fridgeBirth = {
  topic: 'spBv1.0/pharmacy/DBIRTH/line-1/fridge-1',
  payload: payload(
    1,
    [text(1, 'Air/Temperature'), whole(2, 5), whole(4, 9), unit('°F'), float(39.2)],
    [text(1, 'Door open'), whole(2, 6), whole(4, 11), whole(14, 0)],
    [text(1, 'Grid Power'), whole(2, 7), whole(4, 2), unit('W'), whole(10, 120)],
    [text(1, 'Firmware'), whole(2, 8), whole(4, 12), text(15, '2.1')],
  ),
};
const data = (seq: number, ...metrics: ProtobufField[][]) => ({
  topic: 'spBv1.0/pharmacy/DDATA/line-1/fridge-1',
  payload: payload(seq, ...metrics),
});
const online = (value: 'online' | 'offline'): Reading => ({
  type: 'state',
  part: 'online',
  property: 'online',
  value,
});
const ask = { topic: 'spBv1.0/pharmacy/NCMD/line-1', payload: rebirthRequest(NOW) };

export const samples: readonly ProfileSample[] = [
  {
    name: 'a device is born, with all that it measures',
    after: [nodeBirth],
    ...fridgeBirth,
    expect: {
      heard: [
        {
          device: fridge,
          readings: [
            online('online'),
            { type: 'measurement', part: 'Air/Temperature', quantity: 'temperature', value: 4 },
            { type: 'state', part: 'Door open', property: 'contact', value: 'closed' },
            { type: 'measurement', part: 'Grid Power', quantity: 'power', value: 120 },
          ],
        },
      ],
    },
  },
  {
    name: 'data by alias, one of them negative in two’s complement',
    after: [nodeBirth, fridgeBirth],
    ...data(2, [whole(2, 6), whole(14, 1)], [whole(2, 7), whole(10, 0xff_9c)]),
    expect: {
      heard: [
        {
          device: fridge,
          readings: [
            { type: 'state', part: 'Door open', property: 'contact', value: 'open' },
            { type: 'measurement', part: 'Grid Power', quantity: 'power', value: -100 },
          ],
        },
      ],
    },
  },
  {
    name: 'what happened while the node was away, and what it does not know, is no news',
    after: [nodeBirth, fridgeBirth],
    ...data(2, [whole(2, 6), whole(5, 1), whole(14, 1)], [whole(2, 5), whole(7, 1)]),
    expect: { heard: [{ device: fridge, readings: [] }] },
  },
  {
    name: 'the gateway is new here: it asks for the names',
    ...data(9, [whole(2, 6), whole(14, 1)]),
    expect: { refused: 'alias 6: no birth has bound it', ask },
  },
  {
    name: 'a message is missing: what came is taken, and the rest asked for',
    after: [nodeBirth, fridgeBirth],
    ...data(4, [whole(2, 6), whole(14, 1)]),
    expect: {
      heard: [
        {
          device: fridge,
          readings: [{ type: 'state', part: 'Door open', property: 'contact', value: 'open' }],
        },
      ],
      partly: 'seq: a message of this node is missing',
      ask,
    },
  },
  {
    name: 'the last will of the node: it is gone, and its devices with it',
    after: [nodeBirth, fridgeBirth],
    topic: 'spBv1.0/pharmacy/NDEATH/line-1',
    payload: payload(undefined, bdSeq(7)),
    expect: {
      heard: [
        { device: node, readings: [online('offline')] },
        { device: fridge, readings: [online('offline')] },
      ],
    },
  },
  {
    name: 'the will of an earlier connection comes late',
    after: [nodeBirth, fridgeBirth],
    topic: 'spBv1.0/pharmacy/NDEATH/line-1',
    payload: payload(undefined, bdSeq(6)),
    expect: { heard: [] },
  },
  {
    name: 'a device is gone',
    after: [nodeBirth, fridgeBirth],
    topic: 'spBv1.0/pharmacy/DDEATH/line-1/fridge-1',
    payload: payload(2),
    expect: { heard: [{ device: fridge, readings: [online('offline')] }] },
  },
  {
    name: 'bytes that are none of Sparkplug',
    ...nodeBirth,
    payload: new Uint8Array([0x12, 0x7f, 0x00]),
    expect: { refused: 'payload is no Sparkplug B: a field of 127 bytes where 1 are left' },
  },
];
