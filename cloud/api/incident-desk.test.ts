import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { verifyBundle } from '../evidence/verify-bundle.ts';
import { readCsv } from '../registry/csv.ts';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { incidentList } from './answers.ts';

let rig: CloudRig;
let operator: Person;
let supervisor: Person;
let auditor: Person;
const NOW = Date.now();

const json = async (response: Response): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await response.json());
const queue = (query = '') => operator.read(`/api/incidents?${query}`, incidentList);

beforeAll(async () => {
  rig = await startRig({ serviceLevels: { acknowledgeMs: { high: 60_000 } } });
  [operator, supervisor, auditor] = await Promise.all([
    rig.as('operator'),
    rig.as('supervisor'),
    rig.as('auditor'),
  ]);
  const { gateway } = rig;
  const door = gateway.observation({
    kind: 'door.opened',
    asset: 'back-door',
    observedAt: NOW - 5 * 3_600_000,
    facts: { note: '=cmd()' },
  });
  // Hours apart: each an incident of its own.
  const judged = Array.from({ length: 4 }, (_, index) =>
    gateway.detection(`d-${index}`, NOW - (5 - index) * 3_600_000, {
      rule: index === 3 ? 'held-open' : 'forced-open',
      severity: index === 3 ? 'low' : 'high',
      summary: `Number ${index}`,
    }),
  );
  await gateway.send(door, ...judged);
  await eventually('four incidents', async () => (await queue()).total === 4);
}, 60_000);
afterAll(() => rig.stop());

test('pages by cursor join, filters narrow, and a cursor that is none is refused', async () => {
  const whole = (await queue()).items.map(({ id }) => id);
  const first = await queue('limit=3');
  const second = await queue(`limit=3&after=${first.next}`);
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(whole);
  expect(second.next).toBeUndefined();
  expect((await queue('severity=high')).total).toBe(3);
  expect((await queue('theme=held-open')).items.length).toBe(1);
  expect((await queue('site=online')).total).toBe(0);
  expect((await queue(`olderThanMs=${3.5 * 3_600_000}`)).total).toBe(2);
  expect((await operator.get('/api/incidents?after=x')).status).toBe(400);
  expect(first.items[0]?.openedAt).toBeGreaterThan(0);
  expect(await json(await operator.get('/api/desk'))).toMatchObject({
    serviceLevels: { acknowledgeMs: { high: 60_000 }, warnAt: 0.75 },
  });
});

test('many are changed at once, each by itself; what can’t be is told', async () => {
  const ids = (await queue('severity=high')).items.map(({ id }) => id);
  const done = await json(
    await operator.send('/api/incidents/bulk', { ids: [...ids, 'nobody'], verb: 'acknowledge' }),
  );
  expect((done.done as unknown[]).length).toBe(3);
  expect(done.refused).toEqual([{ id: 'nobody', code: 'not-found', message: 'There is no such incident.' }]);
  const again = await json(await operator.send('/api/incidents/bulk', { ids, verb: 'acknowledge' }));
  expect((again.refused as unknown[]).length).toBe(3);
  expect((await operator.send('/api/incidents/bulk', { ids, verb: 'resolve' })).status).toBe(400);
  expect((await auditor.send('/api/incidents/bulk', { ids, verb: 'acknowledge' })).status).toBe(403);
  expect((await queue('state=acknowledged')).total).toBe(3);
});

test('a view is its owner’s or everybody’s, and is there after a restart', async () => {
  const id = randomUUID();
  const view = { name: 'Night', view: { states: ['open'], severity: 'high' }, shared: false };
  const put = await operator.send(`/api/views/${id}`, view, 'PUT');
  expect(put.status).toBe(200);
  expect((await json(await supervisor.get('/api/views'))).items).toEqual([]);
  await operator.send(`/api/views/${id}`, { ...view, shared: true }, 'PUT');
  expect((await json(await supervisor.get('/api/views'))).items).toMatchObject([{ id, owner: 'operator' }]);
  expect((await auditor.send(`/api/views/${id}`, view, 'PUT')).status).toBe(403);
  expect((await operator.send(`/api/views/${id}`, { ...view, view: { state: 'x' } }, 'PUT')).status).toBe(
    400,
  );
});

test('who is at an incident is told to the others through the stream, and leaves', async () => {
  const [one] = (await queue()).items;
  const ending = new AbortController();
  const stream = await supervisor.stream(ending.signal);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  await operator.send(`/api/incidents/${one?.id}/presence`, { activity: 'writing' });
  let told = '';
  while (!told.includes('event: presence')) told += (await reader?.read())?.value ?? '';
  expect(told).toContain('"name":"operator","activity":"writing"');
  ending.abort();
  const left = await operator.send(`/api/incidents/${one?.id}/presence`, { activity: 'gone' });
  expect(await json(left)).toEqual({ incident: one?.id, people: [] });
});

test('a shift is handed over with what is open, and the next one confirms it', async () => {
  expect((await operator.send('/api/shifts/hand-over', { note: 'x' })).status).toBe(409);
  await operator.send('/api/shifts/start', {});
  expect((await operator.send('/api/shifts/start', {})).status).toBe(409);
  const over = await json(
    await operator.send('/api/shifts/hand-over', { note: 'The back door sticks.', to: 'supervisor' }),
  );
  const [waiting] = over.waiting as { id: string; handOver: { open: { total: number } } }[];
  expect(waiting?.handOver.open.total).toBe(4);
  expect((await operator.send(`/api/shifts/${waiting?.id}/confirm`, {})).status).toBe(409);
  const confirmed = await json(await supervisor.send(`/api/shifts/${waiting?.id}/confirm`, {}));
  expect(confirmed).toMatchObject({ waiting: [], past: [{ handOver: { confirmed: { by: 'supervisor' } } }] });
});

test('what was like it before is told with what came of it', async () => {
  const [last, before] = (await queue('theme=forced')).items.toSorted((a, b) => b.first - a.first);
  await operator.send(`/api/incidents/${before?.id}/false-alarm`, { text: 'The wind' });
  const similar = await json(await operator.get(`/api/incidents/${last?.id}/similar`));
  expect(similar.items).toContainEqual(
    expect.objectContaining({
      because: expect.arrayContaining(['the same Back door']),
      outcome: expect.objectContaining({ state: 'false-alarm', text: 'The wind' }),
    }),
  );
});

test('everything that was seen is searched, exported without formulas, and what is wrong is pointed at', async () => {
  const found = await json(await operator.get('/api/hunt?query=kind%3Adoor.opened'));
  expect(found).toMatchObject({ total: 1, rows: [{ assetName: 'Back door', siteName: 'Linden Pharmacy' }] });
  expect(await json(await operator.get('/api/hunt?query=rule%3Aforced-open'))).toMatchObject({ total: 3 });
  const wrong = await operator.get('/api/hunt?query=kind%3Adoor.opend');
  expect(wrong.status).toBe(422);
  expect(await json(wrong)).toMatchObject({
    column: 1,
    suggestions: ['kind:door.opened', 'kind:door.closed'],
  });
  const csv = await (await operator.get('/api/hunt/export?query=kind%3Adoor.opened')).text();
  expect(csv).not.toMatch(/(^|,)=/m);
  expect(readCsv(csv)[1]?.cells[8]).toContain('note==cmd()');
  expect(
    (
      await operator.send(
        `/api/hunts/${randomUUID()}`,
        { name: 'w', query: 'kind:door', shared: true, watch: { severity: 'high' } },
        'PUT',
      )
    ).status,
  ).toBe(403);
});

test('what is watched for becomes a detection when it comes', async () => {
  const id = randomUUID();
  const watch = {
    name: 'Night door',
    query: 'kind:door.opened asset:back-door',
    shared: true,
    watch: { severity: 'medium' },
  };
  expect((await supervisor.send(`/api/hunts/${id}`, watch, 'PUT')).status).toBe(200);
  await rig.gateway.send(
    rig.gateway.observation({ kind: 'door.opened', asset: 'back-door', observedAt: Date.now() + 1_000 }),
  );
  await eventually('a detection of the watch', async () => {
    const found = await json(await operator.get('/api/hunt?query=rule%3A%22watch%3ANight%20door%22'));
    return Number(found.total ?? 0) > 0;
  });
});

test('the evidence of an incident is one file that proves itself', async () => {
  const [one] = (await queue()).items;
  expect((await operator.get(`/api/incidents/${one?.id}/bundle`)).status).toBe(403);
  const answer = await supervisor.get(`/api/incidents/${one?.id}/bundle`);
  const verdict = await verifyBundle(new Uint8Array(await answer.arrayBuffer()));
  expect(['verified', 'synchronising']).toContain(verdict.state);
});
