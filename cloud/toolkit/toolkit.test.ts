import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiError, auditList, incidentList, sessionInfo } from '../api/answers.ts';
import { toolkitList } from '../api/toolkit-answers.ts';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import type { ToolId } from './catalog.ts';

let rig: CloudRig;
let administrator: Person;
beforeAll(async () => {
  rig = await startRig({ toolkit: { off: ['awareness'] } });
  administrator = await rig.as('administrator');
});
afterAll(() => rig.stop());

const put = async (id: ToolId, enabled: boolean, reason = 'a trial') =>
  toolkitList.parse(
    await (await administrator.send(`/api/toolkit/${id}`, { enabled, reason }, 'PUT')).json(),
  );
const tool = async (id: ToolId) =>
  (await administrator.read('/api/toolkit', toolkitList)).items.find((one) => one.id === id);
const refusalOf = async (path: string) => {
  const response = await administrator.get(path);
  const body: unknown = await response.json();
  return response.ok ? response.status : apiError.parse(body).error.message;
};

test('what needs a tool that is off stands still, says so, and goes on by itself', async () => {
  await put('incident-desk', false, 'moved to the other house');
  expect(await tool('incident-desk')).toMatchObject({
    standing: 'off',
    switched: { by: 'administrator', reason: 'moved to the other house' },
  });
  expect(await tool('response')).toMatchObject({ standing: 'held', heldBy: 'incident-desk', enabled: true });
  expect(await refusalOf('/api/response/playbooks')).toBe(
    '"Response" stands still: it needs "Incident desk", which is switched off.',
  );
  expect(await refusalOf('/api/incidents')).toBe('"Incident desk" is switched off in this installation.');
  await put('incident-desk', true);
  expect(await refusalOf('/api/response/playbooks')).toBe(200);
  expect(await refusalOf('/api/incidents')).toBe(200);
});

test('a switch is in the audit log with its reason, and holds after a restart, whatever the configuration says', async () => {
  expect(await tool('awareness')).toMatchObject({ enabled: false, standing: 'off', canSwitch: true });
  await put('awareness', true, 'lessons are approved');
  await put('risk', false, 'kept elsewhere');
  await rig.restart();
  administrator = await rig.as('administrator');
  const { toolsOff } = await administrator.read('/api/session', sessionInfo);
  expect(toolsOff).toEqual(['policy', 'risk']);
  expect(await tool('risk')).toMatchObject({ switched: { by: 'administrator', reason: 'kept elsewhere' } });
  const { items } = await administrator.read('/api/audit', auditList);
  expect(items.map(({ action, about }) => `${action} ${about}`)).toEqual(
    expect.arrayContaining([
      'tool.switched-on awareness: lessons are approved',
      'tool.switched-off risk: kept elsewhere',
    ]),
  );
  await put('risk', true);
});

test('without the incident detector detections are stored and make no incident, until it is on again', async () => {
  const { gateway } = rig;
  const incidents = async () => (await administrator.read('/api/incidents', incidentList)).total;
  const before = await incidents();
  await put('incident-detector', false);
  await gateway.send(gateway.detection('unjoined', Date.now()));
  await eventually('it is shown', async () =>
    (await tool('access'))?.newest.some(({ id }) => id === 'unjoined'),
  );
  expect(await incidents()).toBe(before);
  await put('incident-detector', true);
  await eventually('the incident', async () => (await incidents()) > before);
});

test('what does something by itself begins and ends with its switch, as often as that is wanted', async () => {
  for (const id of ['situational-picture', 'response', 'threat-intelligence', 'sharing'] as const)
    for (const enabled of [false, true, false, true])
      expect((await put(id, enabled)).items.find((one) => one.id === id)).toMatchObject({
        enabled,
        standing: enabled ? 'on' : 'off',
      });
  expect(rig.fatal).toEqual([]);
  expect(rig.logged.filter(({ level }) => level >= 50)).toEqual([]);
});

test('a reason is wanted, and what the configuration leaves out can not be switched', async () => {
  const bare = await administrator.send('/api/toolkit/risk', { enabled: false, reason: ' ' }, 'PUT');
  expect([bare.status, apiError.parse(await bare.json()).error.field]).toEqual([400, 'reason']);
  const left = await administrator.send('/api/toolkit/policy', { enabled: true, reason: 'now' }, 'PUT');
  expect([left.status, apiError.parse(await left.json()).error.message]).toEqual([
    409,
    'The configuration leaves it out.',
  ]);
});
