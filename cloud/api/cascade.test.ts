import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudRig, eventually, startRig } from '../testing.ts';
import { apiError, incidentList } from './answers.ts';
import { cascadeAnswer, incidentCascade, riskRegister, suggestionList } from './cascade-answers.ts';

const NIGHT = Date.now() - 5 * 3_600_000;
const MINUTE = 60_000;

const graph = {
  horizon: '10 h',
  assets: [
    { id: 'mains', name: 'Mains power' },
    { id: 'fridge', losses: [{ effect: 'warm', once: 10_000 }] },
    { id: 'back-door' },
    { id: 'cabinet', losses: [{ effect: 'intruded', once: 4_000 }] },
  ],
  dependencies: [
    { of: 'fridge', effect: 'warm', on: ['mains'], type: 'cooling', buffer: '90 min' },
    { of: 'cabinet', effect: 'intruded', on: [{ asset: 'back-door', effect: 'intruded' }], probability: 0.5 },
  ],
  services: [{ id: 'sales', perHour: 100, needs: [{ asset: 'cabinet', effect: 'intruded' }] }],
  mitigations: [{ id: 'safe', name: 'A safe', acts: [{ of: 'cabinet', effectiveness: 0.5 }] }],
  threats: [
    { id: 'cut', name: 'a power cut', family: 'outage', assets: ['mains'], perYear: 2, withoutWeakness: 1 },
  ],
};

let rig: CloudRig;
let files: string;
beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'gatehouse-graph-'));
  const file = join(files, 'dependencies.json');
  await writeFile(file, JSON.stringify(graph));
  rig = await startRig({ dependencies: file });
});
afterAll(async () => {
  await rig.stop();
  await rm(files, { recursive: true });
});

test('an incident says what fails next, when, by which way, and what would have helped', async () => {
  const operator = await rig.as('operator');
  await rig.gateway.send(rig.gateway.detection('forced/1', NIGHT));
  const incident = await eventually('an incident', async () => {
    const { items } = await operator.read('/api/incidents', incidentList);
    return items[0]?.id;
  });
  const path = `/api/incidents/${encodeURIComponent(incident)}/cascade`;
  const answer = await operator.read(path, incidentCascade);
  expect(answer).toMatchObject({ incident, since: NIGHT });
  expect(answer.happened.map(({ words }) => words)).toEqual(['Back door is open to an intruder']);
  expect(answer.cascade).toMatchObject({ method: 'exact' });
  expect(answer.cascade.loss.mean).toBe(0.5 * (4_000 + 10 * 100));
  expect(answer.headline).toContain('Cabinet is open to an intruder at once (50 %).');
  expect(answer.headline).toContain('sales loses up to 50 EUR an hour');
  expect(answer.helps).toEqual([{ mitigation: 'safe', name: 'A safe', saves: 1_250 }]);
  expect(await operator.read(path, incidentCascade)).toEqual(answer);
  expect((await operator.get('/api/incidents/nothing/cascade')).status).toBe(404);
});

test('what if is answered, and what is not in the graph is named', async () => {
  const auditor = await rig.as('auditor');
  const ask = async (body: object) => {
    const response = await auditor.send('/api/cascade', body);
    return { status: response.status, body: await response.json() };
  };
  const asked = cascadeAnswer.parse(
    (await ask({ fail: ['mains'], whatIf: ['buffer:fridge=30min'], lastingMs: 100 * MINUTE })).body,
  );
  expect(asked.cascade.effects[0]).toMatchObject({ asset: 'fridge', effect: 'warm', chance: 1 });
  expect(asked.difference?.loss.mean).toBe(-10_000);
  const refused = await ask({ fail: ['mains'], whatIf: ['ups:cabinet=1h'] });
  expect(refused.status).toBe(422);
  expect(apiError.parse(refused.body).error.message).toContain('cabinet needs nothing of type power');
  expect((await ask({ fail: ['moon'] })).status).toBe(422);
  expect((await ask({ fail: [] })).status).toBe(400);
});

test('the risk register is out of the same file', async () => {
  const register = await (await rig.as('auditor')).read('/api/risk', riskRegister);
  expect(register.annual).toBe(20_000);
  expect(register.rows.map(({ id }) => id)).toEqual(['mains/cut']);
});

test('a dependency that the records speak for waits for a person, counts once accepted, and is kept', async () => {
  const supervisor = await rig.as('supervisor');
  const list = () => supervisor.read('/api/dependencies/suggestions', suggestionList);
  const { gateway } = rig;
  const hours = Array.from({ length: 6 }, (_, index) => NIGHT - (index + 1) * 20 * 3_600_000).reverse();
  await gateway.send(
    ...hours.flatMap((at) => [
      gateway.observation({ kind: 'device.offline', asset: 'camera', observedAt: at }),
      gateway.observation({ kind: 'device.offline', asset: 'fridge', observedAt: at + 30_000 }),
      gateway.observation({ kind: 'device.online', asset: 'camera', observedAt: at + 600_000 }),
      gateway.observation({ kind: 'device.online', asset: 'fridge', observedAt: at + 600_000 }),
    ]),
  );
  const suggested = await eventually('a suggestion', async () => (await list()).items[0]);
  expect(suggested).toMatchObject({
    id: 'camera>fridge',
    failures: 6,
    followed: 6,
    delayMs: { p50: 30_000 },
  });
  const follows = async () => {
    const response = await supervisor.send('/api/cascade', { fail: ['camera'] });
    return cascadeAnswer
      .parse(await response.json())
      .cascade.effects.map(({ asset, effect }) => `${asset}:${effect}`);
  };
  expect(await follows()).not.toContain('fridge:down');
  const decide = (id: string, decision: string) =>
    supervisor.send('/api/dependencies/suggestions', { id, decision });
  expect((await decide('fridge>moon', 'accepted')).status).toBe(404);
  expect((await decide('camera>fridge', 'accepted')).status).toBe(200);
  expect(await follows()).toContain('fridge:down');
  await rig.restart();
  const again = await rig.as('supervisor');
  const after = await again.read('/api/dependencies/suggestions', suggestionList);
  expect(after.items).toEqual([]);
  expect(after.decided).toMatchObject([
    { from: 'camera', to: 'fridge', decision: 'accepted', by: 'supervisor' },
  ]);
  await again.send('/api/dependencies/suggestions', { id: 'camera>fridge', decision: 'rejected' });
  const response = await again.send('/api/cascade', { fail: ['camera'] });
  const { cascade } = cascadeAnswer.parse(await response.json());
  expect(cascade.effects.map(({ asset, effect }) => `${asset}:${effect}`)).not.toContain('fridge:down');
});
