import { afterAll, beforeAll, expect, test } from 'vitest';
import { asset } from '../../devices/model/asset.ts';
import { type CloudRig, eventually, startRig } from '../testing.ts';
import { apiError, incidentList } from './answers.ts';
import { assetMap, comparisonList, riskDecisions, usedAnswer } from './asset-answers.ts';
import { riskRegister } from './cascade-answers.ts';

const NOW = Date.now() - 3_600_000;
let rig: CloudRig;
beforeAll(async () => {
  rig = await startRig({});
});
afterAll(() => rig.stop());

type Person = Awaited<ReturnType<CloudRig['as']>>;
const incidentsFor = async (person: Person) => {
  const { items } = await person.read('/api/incidents', incidentList);
  return JSON.stringify(items);
};

test('a change of the registry counts without a restart, and incidents are those of a restart', async () => {
  const supervisor = await rig.as('supervisor');
  await rig.gateway.send(rig.gateway.detection('forced/1', NOW));
  const before = await eventually('an incident', async () => {
    const { items } = await supervisor.read('/api/incidents', incidentList);
    return items[0];
  });
  const map = await supervisor.read('/api/assets', assetMap);
  const door = map.assets.find(({ id }) => id === 'back-door');
  expect(door?.incidents.map(({ id }) => id)).toEqual([before.id]);
  const entry = asset.parse(await (await supervisor.get('/api/registry/assets/back-door')).json());
  const put = (body: object) => supervisor.send('/api/registry/assets/back-door', body, 'PUT');
  const refused = await put({ ...entry, zone: 'moon' });
  expect(refused.status).toBe(422);
  expect(apiError.parse(await refused.json()).error).toMatchObject({ code: 'not-taken', field: 'zone' });
  const isHigher = entry.criticality === 5 ? 1 : 5;
  const waiting = assetMap.parse(
    await (await put({ ...entry, name: 'Door to the yard', criticality: isHigher })).json(),
  );
  expect(waiting.waiting).toMatchObject([{ list: 'assets', id: 'back-door', change: 'changed' }]);
  // Until it is in use the queue calls it what it was called.
  expect(await incidentsFor(supervisor)).not.toContain('Door to the yard');
  const used = usedAnswer.parse(await (await supervisor.send('/api/registry/use')).json());
  expect(used.changes).toBe(1);
  const after = await eventually('incidents are judged anew', async () => {
    const now = await supervisor.read('/api/assets', assetMap);
    if (now.judgingSince !== undefined) return undefined;
    const { items } = await supervisor.read('/api/incidents', incidentList);
    return items[0]?.priority === before.priority ? undefined : items[0];
  });
  expect(after.assets.map(({ name }) => name)).toContain('Door to the yard');
  const live = await incidentsFor(supervisor);
  await rig.restart();
  expect(await incidentsFor(await rig.as('supervisor'))).toBe(live);
  // What comes afterwards is judged by it as well.
  await rig.gateway.send(rig.gateway.detection('forced/2', NOW + 60_000));
  const again = await rig.as('supervisor');
  await eventually('it joins', async () => {
    const { items } = await again.read('/api/incidents', incidentList);
    return items[0]?.detections === 2 ? true : undefined;
  });
});

test('needs, decisions, catalogues and comparisons are kept, and only by who may', async () => {
  const supervisor = await rig.as('supervisor');
  const operator = await rig.as('operator');
  const need = { of: 'fridge', on: [{ asset: 'camera' }], type: 'power', probability: 0.5 };
  expect((await operator.send('/api/dependencies', need)).status).toBe(403);
  const wrong = await supervisor.send('/api/dependencies', { ...need, buffer: 'soon' });
  expect(apiError.parse(await wrong.json()).error.field).toBe('buffer');
  const added = assetMap.parse(await (await supervisor.send('/api/dependencies', need)).json());
  const made = added.dependencies.find(({ origin }) => origin === 'added');
  expect(made).toMatchObject({ of: 'fridge', probability: 0.5 });
  const catalogue = { site: added.sites[0]?.id, catalogue: 'pharmacy' };
  expect((await operator.send('/api/risk/catalogues', catalogue, 'PUT')).status).toBe(403);
  expect((await supervisor.send('/api/risk/catalogues', catalogue, 'PUT')).status).toBe(200);
  const register = await operator.read('/api/risk', riskRegister);
  const [row] = register.rows;
  const helping = register.mitigations.find(
    ({ inPlace, with: after, without }) => !inPlace && after < without,
  );
  if (row === undefined || helping === undefined) throw new Error('the catalogue has risks and mitigations');
  const decision = {
    row: row.id,
    decision: 'accept',
    owner: 'Ines',
    reviewOn: '2999-01-31',
    text: 'For now.',
  };
  expect(
    (await supervisor.send('/api/risk/decisions', { ...decision, reviewOn: '2001-01-31' }, 'PUT')).status,
  ).toBe(422);
  expect((await supervisor.send('/api/risk/decisions', decision, 'PUT')).status).toBe(200);
  await supervisor.send('/api/risk/mitigations', { id: helping.id, inPlace: true }, 'PUT');
  expect((await operator.read('/api/risk', riskRegister)).annual).toBeLessThan(register.annual);
  const question = { name: 'Camera gone', fail: ['camera'], whatIf: [], seed: 1 };
  expect((await operator.send('/api/cascade/comparisons', question)).status).toBe(200);
  expect((await operator.send('/api/cascade/comparisons', { ...question, fail: ['moon'] })).status).toBe(422);
  await rig.restart();
  const later = await rig.as('operator');
  expect((await later.read('/api/risk/decisions', riskDecisions)).items).toMatchObject([
    { ...decision, by: 'supervisor', isDue: false },
  ]);
  expect((await later.read('/api/cascade/comparisons', comparisonList)).items).toMatchObject([question]);
  const kept = await later.read('/api/assets', assetMap);
  expect(kept.dependencies.find(({ origin }) => origin === 'added')?.id).toBe(made?.id);
  const boss = await rig.as('supervisor');
  await boss.send(`/api/dependencies/${made?.id}`, undefined, 'DELETE');
  expect(
    (await later.read('/api/assets', assetMap)).dependencies.some(({ origin }) => origin === 'added'),
  ).toBe(false);
});
