/**
 * A gateway of outbox and uplink only, as a process that can be killed. Settings as JSON in the first argument. It
 * prints each record's lane and id once it is on disk, and how much waits.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../../devices/model/clock.ts';
import { openOutbox } from './open.ts';
import { print, testObservation } from './testing.ts';
import { createUplink } from './uplink.ts';

const settings = z
  .strictObject({
    directory: z.string(),
    keyFile: z.string(),
    token: z.string(),
    mqttUrl: z.string().optional(),
    httpsUrl: z.string().optional(),
    /** Writers, each waiting until its record is on disk; 0: only send. */
    writers: z.number(),
    maxBytes: z.number().default(256 * 1024 * 1024),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'));
const ending = new AbortController();
const outbox = await openOutbox({
  directory: settings.directory,
  gateway: 'gw-1',
  signingKey: createPrivateKey(readFileSync(settings.keyFile)),
  clock: systemClock,
  maxBytes: settings.maxBytes,
  segmentBytes: 1024 * 1024,
  retainMs: 0,
  onFatal: (error) => {
    print(`fatal ${error.message}`);
    process.exit(70);
  },
});
const { mqttUrl, httpsUrl } = settings;
createUplink(
  {
    gateway: 'gw-1',
    token: settings.token,
    ...(mqttUrl === undefined ? {} : { mqttUrl }),
    ...(httpsUrl === undefined ? {} : { httpsUrl }),
    times: { firstMs: 50, mostMs: 500, httpsAfterMs: 1_000, mqttAgainMs: 1_000, receiptMs: 2_000 },
  },
  { outbox, clock: systemClock, onCommand: ({ id }) => print(`command ${id}`) },
  ending.signal,
);
setInterval(() => {
  const waiting = outbox.progress('alarm').waiting + outbox.progress('bulk').waiting;
  print(`waiting ${waiting + outbox.metrics().stagedRecords}`);
}, 50);
process.on('SIGTERM', () => process.exit(0));
print('ready');
const writer = async (number: number) => {
  for (let count = 0; ; count++) {
    const lane = number % 10 === 0 ? 'alarm' : 'bulk';
    const id = outbox.stage(lane, Date.now(), (name) =>
      testObservation(name, Date.now(), 'x'.repeat(count % 300)),
    );
    await outbox.committed();
    print(`${lane} ${id}`);
    await sleep(1);
  }
};
await Promise.all(Array.from({ length: settings.writers }, (_, number) => writer(number)));
