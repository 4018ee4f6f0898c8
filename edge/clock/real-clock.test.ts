/** A gateway as a process of its own whose machine really has no clock: libfaketime sets it, from outside, as it runs. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { type UplinkRecord, uplinkRecord } from '../../devices/wire.ts';
import { openOutbox } from '../outbox/open.ts';
import { signingKeyIn } from '../signing-key.ts';
import { configuredFolder, Devices, startGateway } from '../testing/gateway-process.ts';
import { COMPARED_EVERY_MS } from './steady-clock.ts';

/** Debian's package libfaketime, on the machines it is built for. */
const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
const YEAR_S = 365.25 * 86_400;
const DAY_MS = 86_400_000;

/** Everything that the lives so far have recorded, in order. */
async function recorded(folder: string): Promise<UplinkRecord[]> {
  const outbox = await openOutbox({
    directory: join(folder, 'state', 'outbox'),
    gateway: 'gateway-1',
    signingKey: signingKeyIn(join(folder, 'state')),
    clock: systemClock,
    onFatal: (error) => {
      throw error;
    },
  });
  const limit = { records: 1_000, bytes: 4_000_000 };
  const read = await Promise.all([outbox.read('alarm', 0, limit), outbox.read('bulk', 0, limit)]);
  await outbox.close();
  return read
    .flat()
    .map(({ json }) => uplinkRecord.parse(JSON.parse(json)))
    .sort((a, b) => a.sequence - b.sequence);
}

it.skipIf(library === undefined)(
  'boots in 1970 and is set three days on: nothing has been held open for 56 years',
  async () => {
    const folder = await configuredFolder((text) =>
      text.replace('rules:', 'rules:\n  - { rule: gateway-trouble }'),
    );
    const first = await startGateway(folder);
    await (await Devices.connect(first)).door('front', 'closed');
    await expect
      .poll(async () => (await first.page()).devices.some(({ device }) => device.endsWith('1')))
      .toBe(true);
    await first.stop();
    const before = Date.now();

    const machine = join(folder, 'machine-clock');
    const set = (offsetS: number) => writeFileSync(machine, `${offsetS >= 0 ? '+' : ''}${offsetS}\n`);
    set(-56 * YEAR_S);
    const second = await startGateway(folder, {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: machine,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    const unset = await second.page();
    expect(unset.clock.now).toBeLessThan(Date.now() + 60_000);
    expect(unset.clock.now).toBeGreaterThan(before - 60_000);
    const metric = async () =>
      /^gatehouse_clock_set (\d)$/m.exec(await (await fetch(`${second.url}/metrics`)).text())?.[1];
    const trouble = async () => (await second.page()).alarms.find(({ rule }) => rule === 'gateway-trouble');
    expect(await metric()).toBe('0');
    expect(await trouble()).toMatchObject({
      active: true,
      summary: expect.stringContaining('does not know the time'),
    });
    await (await Devices.connect(second)).door('front', 'open');
    set((3 * DAY_MS) / 1_000);
    const shown = async () => (await second.page()).clock.now - Date.now();
    await expect
      .poll(shown, { timeout: 4 * COMPARED_EVERY_MS, interval: 250 })
      .toBeGreaterThan(3 * DAY_MS - 60_000);
    expect(await metric()).toBe('1');
    expect(await trouble()).toMatchObject({ active: false });
    const held = async () => (await second.page()).alarms.filter(({ rule }) => rule === 'held-open');
    await expect.poll(held, { timeout: 20_000 }).toHaveLength(1);
    const [alarm] = await held();
    expect(Math.abs((alarm?.at ?? 0) - Date.now() - 3 * DAY_MS)).toBeLessThan(60_000);
    expect(alarm?.summary).not.toMatch(/hours|days/);
    expect(await second.stop()).toBe(0);

    const records = await recorded(folder);
    const boots = [...new Set(records.map(({ boot }) => boot))];
    expect(boots).toHaveLength(2);
    const life = records.filter(({ boot }) => boot === boots[1]);
    const sinceBoot = life.map(({ bootMs }) => bootMs ?? -1);
    expect(sinceBoot).toEqual(sinceBoot.toSorted((a, b) => a - b));
    expect(Math.min(...sinceBoot)).toBeGreaterThanOrEqual(0);
    const seen = life.flatMap(({ body }) => (body.type === 'observation' ? [body.observation] : []));
    const clockSet = seen.find(({ kind }) => kind === 'clock.set');
    expect(clockSet?.facts).toMatchObject({ boot: boots[1], fromSequence: life[0]?.sequence });
    expect(Math.abs(Number(clockSet?.facts?.correctionMs) - 3 * DAY_MS)).toBeLessThan(120_000);
    for (const { observedAt, clock } of seen.slice(0, seen.indexOf(clockSet ?? seen[0] ?? never())))
      expect([clock, observedAt < before + DAY_MS]).toEqual(['unset', true]);
    expect(seen.find(({ kind }) => kind === 'door.opened')?.clock).toBe('unset');
  },
  120_000,
);

function never(): never {
  throw new Error('nothing was seen');
}
