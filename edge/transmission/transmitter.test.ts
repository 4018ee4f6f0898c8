import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { manualClock, systemClock } from '../../devices/model/clock.ts';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import {
  type Station,
  type StationOptions,
  startStation,
} from '../../simulators/devices/monitoring-station/station.ts';
import { MAX_WAITING } from './event-queue.ts';
import { ReceiverLine } from './receiver-line.ts';
import { transmissionSettings } from './settings.ts';
import { Transmitter } from './transmitter.ts';

const key = randomBytes(32);
const patient = { timeout: 20_000, interval: 20 };

const detection = (rule: string, id: string, more: Partial<Detection> = {}): Detection => ({
  id,
  at: 1_790_000_000_000,
  rule,
  severity: 'high' as Severity,
  source: 'rules:shop',
  assets: ['back-door'],
  identities: [],
  observables: {},
  summary: 'Back door forced.',
  facts: {},
  evidence: [],
  count: 1,
  ...more,
});
const armed = (identity: string): Observation => ({
  id: 'g/e/1',
  kind: 'alarm.armed',
  site: 'shop',
  asset: 'panel',
  source: 'gateway:g',
  observedAt: 1_790_000_000_000,
  receivedAt: 1_790_000_000_000,
  clock: 'set',
  subjects: { identity },
});

async function station(options: StationOptions = {}): Promise<Station> {
  const started = await startStation(options);
  onTestFinished(() => started.close());
  return started;
}

/** A transmitter whose disk is a map, so that it can be started again from it. */
function transmitter(
  ports: readonly number[],
  more: {
    secret?: Uint8Array;
    disk?: Map<string, unknown>;
    format?: 'adm-cid' | 'sia-dcs';
    superviseMs?: number;
    clock?: typeof systemClock;
  } = {},
) {
  const disk = more.disk ?? new Map<string, unknown>();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const settings = transmissionSettings.parse({
    account: '1002',
    ...(more.format === undefined ? {} : { format: more.format }),
    receivers: ports.map((port) => ({ host: '127.0.0.1', port })),
    superviseMs: more.superviseMs ?? 3_600_000,
    answerWithinMs: 300,
    zones: { 'back-door': 7 },
    users: { anna: 3 },
  });
  const lines: [string, boolean][] = [];
  const notUnderstood: string[] = [];
  const made = new Transmitter(
    {
      settings,
      lines: ports.map(
        (port) =>
          new ReceiverLine({ host: '127.0.0.1', port, key: more.secret, answerWithinMs: 300 }, stop.signal),
      ),
      clock: more.clock ?? systemClock,
      kept: new Map(disk),
      keep: (name, value) => disk.set(name, structuredClone(value)),
      forget: (name) => disk.delete(name),
      onLine: (line, works) => lines.push([line, works]),
      onNotUnderstood: (data) => notUnderstood.push(data),
    },
    stop.signal,
  );
  made.start();
  return { made, disk, stop: () => stop.abort(), lines, notUnderstood };
}

const told = (of: Station) => of.events.map(({ data }) => data.slice(data.indexOf('|') + 1));

describe('a monitoring station', () => {
  it('is told of alarms and of arming, in order, with the numbers it knows', async () => {
    const there = await station();
    const { made } = transmitter([there.port]);
    made.detected(detection('forced-open', 'd1'));
    made.detected(detection('intrusion', 'd2', { assets: ['nowhere'] }));
    made.detected(detection('low-battery', 'd3', { severity: 'low' }));
    made.observed(armed('anna'));
    await vi.waitFor(
      () => expect(told(there)).toEqual(['1131 01 007', '1130 01 000', '3401 01 003']),
      patient,
    );
    expect(there.events[0]).toMatchObject({ token: 'ADM-CID', sequence: '0001', account: '1002' });
    await vi.waitFor(() => expect(made.status().waiting).toBe(0), patient);
  });

  it('is told in the words of SIA where it wants them, and encrypted', async () => {
    const there = await station({ key });
    const { made } = transmitter([there.port], { secret: key, format: 'sia-dcs' });
    made.detected(detection('duress', 'd1'));
    await vi.waitFor(() => expect(told(there)).toEqual(['Nri01/HA007']), patient);
    expect(there.events[0]?.encrypted).toBe(true);
    expect(there.refused).toEqual([]);
  });

  it('is told when an alarm is over, once', async () => {
    const there = await station();
    const { made } = transmitter([there.port]);
    made.detected(detection('held-open', 'early', { severity: 'medium' }));
    made.settle(() => new Set(['early']));
    made.detected(detection('held-open', 'late', { facts: { follows: 'early' } }));
    made.settle(() => new Set(['late']));
    made.settle(() => new Set());
    made.settle(() => new Set());
    await vi.waitFor(() => expect(told(there)).toEqual(['1426 01 007', '3426 01 007']), patient);
    expect(made.status().waiting).toBe(0);
  });

  it('that has another time is sent its own', async () => {
    const clock = manualClock(1_500_000_000_000);
    const there = await station();
    const { made, lines } = transmitter([there.port], { clock });
    made.detected(detection('tamper', 'd1'));
    await vi.waitFor(() => expect(told(there)).toEqual(['1137 01 007']), patient);
    expect(new Set(there.refused)).toEqual(new Set(['time']));
    expect(lines).toEqual([]);
  });

  it('that does not understand an event does not hold up the next', async () => {
    const there = await station();
    const { made, notUnderstood } = transmitter([there.port]);
    there.manner = 'not-understanding';
    made.detected(detection('tamper', 'd1'));
    await vi.waitFor(() => expect(notUnderstood).toEqual(['1137 01 007']), patient);
    there.manner = 'answers';
    made.detected(detection('forced-open', 'd2'));
    await vi.waitFor(() => expect(told(there)).toEqual(['1131 01 007']), patient);
  });
});

describe('a line', () => {
  it.each(['silent', 'garbage', 'hangs-up'] as const)(
    'whose receiver is %s gives way to the other one, is told of, and comes back',
    async (manner) => {
      const [first, second] = [await station(), await station()];
      const { made, lines } = transmitter([first.port, second.port], { superviseMs: 1_000 });
      first.manner = manner;
      made.detected(detection('forced-open', 'd1'));
      await vi.waitFor(() => expect(told(second)).toEqual(['1131 01 007']), patient);
      const name = `127.0.0.1:${first.port}`;
      await vi.waitFor(() => expect(lines).toEqual([[name, false]]), patient);
      first.manner = 'answers';
      await vi.waitFor(
        () =>
          expect(lines).toEqual([
            [name, false],
            [name, true],
          ]),
        patient,
      );
      made.detected(detection('tamper', 'd2'));
      await vi.waitFor(() => expect(told(first)).toEqual(['1137 01 007']), patient);
    },
  );

  it('without events proves itself', async () => {
    const there = await station({ key });
    const { made, lines } = transmitter([there.port], { secret: key, superviseMs: 1_000 });
    await vi.waitFor(
      () => expect(there.heard.filter(({ token }) => token === 'NULL').length).toBeGreaterThan(1),
      patient,
    );
    expect(there.heard[0]).toMatchObject({ token: 'NULL', sequence: '0000', encrypted: true });
    expect(made.status().lines[0]).toMatchObject({ works: true });
    expect(lines).toEqual([]);
  });

  it('with the wrong key never works, and says so', async () => {
    const there = await station({ key });
    const { made, lines } = transmitter([there.port], { secret: randomBytes(32) });
    made.detected(detection('tamper', 'd1'));
    await vi.waitFor(() => expect(lines).toEqual([[`127.0.0.1:${there.port}`, false]]), patient);
    expect(there.events).toEqual([]);
    expect(made.status().waiting).toBe(1);
  });
});

describe('an event', () => {
  it('waits for a station that is gone, also through a restart, and is told once', async () => {
    const there = await station();
    const port = there.port;
    await there.close();
    const before = transmitter([port]);
    before.made.detected(detection('forced-open', 'd1'));
    before.made.detected(detection('tamper', 'd2'));
    await vi.waitFor(() => expect(before.lines).toEqual([[`127.0.0.1:${port}`, false]]), patient);
    before.stop();
    const again = await station({ port });
    const { made } = transmitter([port], { disk: before.disk });
    await vi.waitFor(() => expect(told(again)).toEqual(['1131 01 007', '1137 01 007']), patient);
    expect(again.events.map(({ sequence }) => sequence)).toEqual(['0001', '0002']);
    await vi.waitFor(() => expect(made.status().waiting).toBe(0), patient);
  });

  it('whose acknowledgement was lost is sent again under the same number', async () => {
    const there = await station();
    there.manner = 'silent';
    const { made } = transmitter([there.port]);
    made.detected(detection('forced-open', 'd1'));
    await vi.waitFor(() => expect(there.heard.length).toBeGreaterThan(1), patient);
    there.manner = 'answers';
    await vi.waitFor(() => expect(made.status().waiting).toBe(0), patient);
    expect(
      new Set(there.heard.filter(({ token }) => token !== 'NULL').map(({ sequence }) => sequence)),
    ).toEqual(new Set(['0001']));
    expect(told(there)).toEqual(['1131 01 007']);
  });

  it('is given up only when very many wait, the oldest first, and counted', async () => {
    const { made, disk } = transmitter([1]);
    for (let index = 0; index < MAX_WAITING + 5; index++) made.detected(detection('tamper', `d${index}`));
    expect(made.status()).toMatchObject({ waiting: MAX_WAITING, givenUp: 5 });
    expect([...disk.keys()].filter((name) => name.includes('/event/'))).toHaveLength(MAX_WAITING);
  });
});
