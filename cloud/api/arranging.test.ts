import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import {
  apiError,
  auditList,
  incidentList,
  incidentPage,
  rearranged,
  suppressionList,
  suppressionPage,
  suppressionRow,
} from './answers.ts';
import { toolkitList } from './toolkit-answers.ts';

const NOW = Date.now();
const MINUTE = 60_000;

let rig: CloudRig;
let operator: Person;
let administrator: Person;
beforeAll(async () => {
  rig = await startRig();
  [operator, administrator] = [await rig.as('operator'), await rig.as('administrator')];
});
afterAll(() => rig.stop());

const groups = async () =>
  Promise.all(
    (await operator.read('/api/incidents', incidentList)).items.map(async ({ id }) => {
      const { story, rulings } = await operator.read(`/api/incidents/${id}`, incidentPage);
      return { id, detections: story.map(({ detection }) => detection.id), rulings };
    }),
  );

test('detections are taken out, joined again, and each is undone, over the API', async () => {
  const { gateway } = rig;
  await gateway.send(
    gateway.detection('a', NOW - 3 * MINUTE),
    gateway.detection('b', NOW - 2 * MINUTE, { rule: 'cabinet-opened', assets: ['cabinet'] }),
  );
  const whole = await eventually('one incident of two', async () =>
    (await groups()).find(({ detections }) => detections.length === 2),
  );
  const split = await operator.send(`/api/incidents/${whole.id}/split`, {
    detections: ['b'],
    text: 'a colleague',
  });
  expect(rearranged.parse(await split.json()).incidents).toHaveLength(2);
  const parts = await groups();
  expect(parts.map(({ detections }) => detections).sort()).toEqual([['a'], ['b']]);
  const [ruling] = parts[0]?.rulings ?? [];
  expect(ruling).toMatchObject({ kind: 'split', by: 'operator', text: 'a colleague', one: 1, other: 1 });
  const again = await operator.send(`/api/incidents/${whole.id}/split`, { detections: ['b'], text: 'why' });
  expect([again.status, apiError.parse(await again.json()).error.code]).toEqual([409, 'not-possible']);
  const b = parts.find(({ detections }) => detections[0] === 'b')?.id ?? '';
  const merged = await operator.send(`/api/incidents/${whole.id}/merge`, { incident: b, text: 'same van' });
  expect(rearranged.parse(await merged.json()).incidents).toHaveLength(1);
  const page = await operator.read(`/api/incidents/${b}`, incidentPage);
  expect(page.story[1]?.belongs?.because[0]).toMatch(/oined by operator at .*: same van/);
  expect(page.activities.map(({ action }) => action)).toEqual(expect.arrayContaining(['split', 'merged']));
  await operator.send(`/api/rulings/${page.rulings[0]?.id}/undo`, {});
  expect((await groups()).map(({ detections }) => detections).sort()).toEqual([['a'], ['b']]);
  await operator.send(`/api/rulings/${ruling?.id}/undo`, { text: 'it was not' });
  expect((await groups()).map(({ detections }) => detections)).toEqual([['a', 'b']]);
  const { items } = await administrator.read('/api/audit', auditList);
  expect(items.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['incident.split', 'incident.merged', 'incident.undone']),
  );
});

test('what is suppressed is shown on the suppression and in no incident, until that ends', async () => {
  const { gateway } = rig;
  const wanted = { rule: 'held-open', text: 'builders', until: NOW + 60 * MINUTE };
  const refused = await administrator.send('/api/suppressions', { ...wanted, owner: 'auditor' });
  expect(apiError.parse(await refused.json()).error.field).toBe('owner');
  const made = await administrator.send('/api/suppressions', { ...wanted, owner: 'operator' });
  const { id } = suppressionRow.parse(await made.json());
  await gateway.send(gateway.detection('h', Date.now() + 5, { rule: 'held-open', summary: 'held' }));
  const page = await eventually('it is counted', async () => {
    const found = await operator.read(`/api/suppressions/${id}`, suppressionPage);
    return found.suppression.held === 1 ? found : undefined;
  });
  expect(page.newest.map(({ summary }) => summary)).toEqual(['held']);
  expect((await groups()).flatMap(({ detections }) => detections)).not.toContain('h');
  await administrator.send(`/api/suppressions/${id}/end`, { text: 'they left' });
  expect((await groups()).flatMap(({ detections }) => detections)).toContain('h');
  const { items } = await operator.read('/api/suppressions', suppressionList);
  expect(items).toMatchObject([
    { state: 'ended', held: 1, ended: { by: 'administrator' }, owner: 'operator' },
  ]);
});

test('a monitor that is off finds nothing that reaches an incident, says who switched it and why, and catches up', async () => {
  const { gateway } = rig;
  const tools = async () => (await operator.read('/api/toolkit', toolkitList)).items;
  const tool = async (id: string) => (await tools()).find((one) => one.id === id);
  expect(await tools()).toHaveLength(19);
  expect(await tool('access')).toMatchObject({ enabled: true, detections24h: 3 });
  const put = (enabled: boolean) =>
    administrator.send('/api/toolkit/access', { enabled, reason: 'new readers' }, 'PUT');
  expect(toolkitList.parse(await (await put(false)).json()).items[1]).toMatchObject({
    standing: 'off',
    switched: { by: 'administrator', reason: 'new readers' },
  });
  await gateway.send(gateway.detection('o', Date.now() + 5, { rule: 'forced-open' }));
  await eventually('it is stored', async () => (await tool('access'))?.detections24h === 4 || undefined);
  expect((await groups()).flatMap(({ detections }) => detections)).not.toContain('o');
  await put(true);
  expect((await groups()).flatMap(({ detections }) => detections)).toContain('o');
  const metrics = await (await administrator.get('/metrics')).text();
  expect(metrics).toContain('gatehouse_monitor_enabled{monitor="access"} 1');
  expect((await tool('audit-trail'))?.observations).toBeGreaterThan(0);
  expect(await tool('policy')).toMatchObject({ canSwitch: false, standing: 'off' });
  expect(await tool('incident-desk')).toMatchObject({ standing: 'on', lastUse: { at: expect.any(Number) } });
});
