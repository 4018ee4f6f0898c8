import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { SimulatedReader } from '../../simulators/devices/osdp-reader/reader.ts';
import { OsdpLine } from './line.ts';
import { OFFLINE_MS, type ReaderEvent, type ReaderSettings } from './reader-state.ts';

const key = Uint8Array.from({ length: 16 }, (_, index) => index * 3);
const settings = (address: number): ReaderSettings => ({
  address,
  check: 'crc',
  security: 'required',
  baseKey: key,
  isInstalled: true,
});

let line: OsdpLine | undefined;
afterEach(() => line?.end());

/** A line of simulated readers in this very process, on a clock that can be pushed on. */
function stand(...addresses: number[]) {
  const readers = addresses.map(
    (address) => new SimulatedReader({ address, key: Buffer.from(key), now: () => 0 }),
  );
  const events: { reader: number; event: ReaderEvent }[] = [];
  let pushedMs = 0;
  const made = new OsdpLine(addresses.map(settings), {
    baudRate: 115_200,
    nowMs: () => performance.now() + pushedMs,
    onEvent: (reader, event) => events.push({ reader, event }),
  });
  line = made;
  made.begin((bytes) => {
    for (const reader of readers)
      for (const answer of reader.hear(bytes)) setImmediate(() => made.hear(answer));
  });
  const types = (reader = 0) =>
    events.flatMap((entry) =>
      entry.reader === reader && entry.event.type !== 'said' ? [entry.event.type] : [],
    );
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; !isSo(); tries++) {
      if (tries > 2_000) throw new Error('waited in vain');
      await pause(5);
    }
  };
  return { readers, events, types, until, line: made, push: (ms: number) => (pushedMs += ms) };
}

test('a line speaks by itself, one reader at a time', async () => {
  const { readers, until, types, events } = stand(1, 7);
  await until(() => types(0).includes('online') && types(1).includes('online'));
  readers[1]?.present('04a1b2c3');
  await until(() =>
    events.some(({ reader, event }) => reader === 1 && event.type === 'said' && event.reply.kind === 'card'),
  );
  expect(
    events.some(({ reader, event }) => reader === 0 && event.type === 'said' && event.reply.kind === 'card'),
  ).toBe(false);
});

test('a process that stood still calls nobody silent', async () => {
  const { until, types, readers, push, events } = stand(1);
  await until(() => types().includes('online'));
  for (const stoodStillMs of [OFFLINE_MS + 1_000, 3 * OFFLINE_MS]) {
    push(stoodStillMs);
    // The first answer after it gets lost, too.
    const [reader] = readers;
    if (reader !== undefined) reader.faults.loseReplies = 1;
    readers[0]?.present('04a1b2c3');
    const before = events.length;
    await until(() =>
      events.slice(before).some(({ event }) => event.type === 'said' && event.reply.kind === 'card'),
    );
  }
  expect(types()).toEqual(['online']);
});

test('the end of a port is the end of all its readers, and a new one their beginning', async () => {
  const { until, types, line: made, readers } = stand(1, 7);
  await until(() => types(0).includes('online') && types(1).includes('online'));
  made.end();
  expect([types(0), types(1)]).toEqual([
    ['online', 'offline'],
    ['online', 'offline'],
  ]);
  made.begin((bytes) => {
    for (const reader of readers)
      for (const answer of reader.hear(bytes)) setImmediate(() => made.hear(answer));
  });
  await until(() => types(0).at(-1) === 'online' && types(1).at(-1) === 'online');
});
