import { expect, test } from 'vitest';
import { sourceFormats } from './catalog.ts';
import { ocsfClassOf, ocsfEventOf } from './ocsf.ts';
import { ocsfIn } from './ocsf-in.ts';
import { rigRegistry } from './rig.ts';
import { stamp } from './stamp.ts';

const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 0);
const place = { name: 'a', format: 'f', asset: 'web-shop', site: 'online' };
/** Kinds that OCSF has a class for: what comes out goes in again as the same. */
const returning = new Set([
  'login.failed',
  'login.succeeded',
  'account.changed',
  'account.elevated',
  'web.requested',
  'network.connected',
  'domain.resolved',
  'process.started',
  'network.alerted',
]);

const samples = sourceFormats.flatMap((format) =>
  format.samples.flatMap(({ name, settings, timeZone, topic, input }) => {
    const result = format.reader(settings ?? {}, { timeZone: timeZone ?? 'UTC' })(input, receivedAt, topic);
    const reported = 'reported' in result ? result.reported : [];
    return reported.map((one) => ({
      name: `${format.name}: ${name}`,
      observation: stamp(one, 'cloud-a/e/1', receivedAt, place, rigRegistry).observation,
    }));
  }),
);

test('an event of OCSF says when, what, whence and who, and type is class and activity', () => {
  expect(samples.length).toBeGreaterThan(60);
  for (const { name, observation } of samples) {
    const event = ocsfEventOf(observation);
    const found = ocsfClassOf(observation);
    expect(event, name).toMatchObject({
      time: observation.observedAt,
      type_uid: (found?.classUid ?? Number.NaN) * 100 + (found?.activityId ?? Number.NaN),
      category_uid: Math.floor((found?.classUid ?? Number.NaN) / 1_000),
      metadata: { uid: observation.id, version: '1.3.0' },
    });
  }
});

test('what is written as OCSF is read again as the same: kind, time, whence, who', () => {
  const read = ocsfIn.reader({}, { timeZone: 'UTC' });
  let count = 0;
  for (const { name, observation } of samples) {
    if (!returning.has(observation.kind)) continue;
    const result = read(JSON.stringify(ocsfEventOf(observation)), receivedAt);
    expect('reported' in result, name).toBe(true);
    const [again] = 'reported' in result ? result.reported : [];
    expect(again?.kind, name).toBe(observation.kind);
    expect(again?.observedAt, name).toBe(observation.observedAt);
    expect(again?.subjects?.account, name).toBe(observation.subjects?.account);
    for (const key of ['ip', 'destination-ip', 'host'] as const)
      expect(again?.observables?.[key], `${name} ${key}`).toBe(observation.observables?.[key]);
    if (observation.kind === 'domain.resolved')
      expect(again?.observables?.domain, name).toBe(observation.observables?.domain);
    if (observation.kind === 'account.changed') expect(again?.facts?.change).toBe(observation.facts?.change);
    count++;
  }
  expect(count).toBeGreaterThan(30);
});

test('what is physical has no class', () => {
  expect(ocsfClassOf({ kind: 'door.opened' })).toBeUndefined();
});
