import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { auditList } from './answers.ts';
import { discoveredList, linkSuggestionList, registryChanges, registryPage } from './registry-answers.ts';

let rig: CloudRig;
let supervisor: Person;
let administrator: Person;
beforeAll(async () => {
  rig = await startRig();
  supervisor = await rig.as('supervisor');
  administrator = await rig.as('administrator');
});
afterAll(() => rig.stop());

const page = (find: string) => supervisor.read(`/api/registry?find=${find}`, registryPage);

it('people and assets are found by any of their names', async () => {
  const { people, assets, waiting } = await page('04a1');
  expect(people.items).toMatchObject([{ id: 'anna', badges: ['04A1'], accounts: ['a.weber'], learned: [] }]);
  expect(assets.total).toBe(0);
  expect(waiting.changes).toEqual([]);
  const { items, usedFrom } = await supervisor.read('/api/registry/suggestions', linkSuggestionList);
  expect({ items, usedFrom }).toEqual({ items: [], usedFrom: 0.95 });
});

it('what would change is told first; what was imported waits for the next start, with a line in the trail', async () => {
  const send = (files: object[], dryRun: boolean) =>
    administrator.send('/api/registry/import', { files, dryRun });
  const badges = [{ name: 'badges.csv', text: 'badge,person\r\n04A1,anna\r\n04FF,anna\r\n' }];
  const told = registryChanges.parse(await (await send(badges, true)).json());
  expect(told.changes).toEqual([
    { list: 'identities', id: 'anna', change: 'changed', fields: ['badges: ["04A1"] → ["04A1","04FF"]'] },
  ]);
  expect((await page('04ff')).people.total).toBe(0);
  await send(badges, false);
  const after = await page('04ff');
  expect(after.people.items).toMatchObject([{ id: 'anna', badges: ['04A1', '04FF'] }]);
  expect(after.waiting.changes).toHaveLength(1);
  const refused = await send([{ name: 'a.csv', text: 'badge,person\nx,nobody' }], true);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('a.csv:2 column person: there is no person');
  const { items } = await supervisor.read('/api/audit?limit=5', auditList);
  expect(items).toContainEqual(
    expect.objectContaining({ action: 'registry.imported', by: 'administrator', about: '1 changes' }),
  );
});

it('the export is what an import takes without a difference', async () => {
  const files = await Promise.all(
    [
      'format=yaml',
      ...['people', 'badges', 'accounts', 'assets', 'addresses'].map((one) => `format=csv&table=${one}`),
    ].map(async (query) => {
      const answer = await supervisor.get(`/api/registry/export?${query}`);
      const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '';
      return { name, text: await answer.text() };
    }),
  );
  expect(files.map(({ name }) => name)).toContain('registry.yaml');
  const answer = await administrator.send('/api/registry/import', { files, dryRun: true });
  expect(registryChanges.parse(await answer.json()).changes).toEqual([]);
  expect((await supervisor.get('/api/registry/export?format=csv')).status).toBe(400);
});

it('what is heard and unknown is listed, taken in under its address, or ignored', async () => {
  const list = () => supervisor.read('/api/registry/discovered', discoveredList);
  const at = Date.now();
  const heard = (host: string) =>
    rig.gateway.observation({ kind: 'host.logged', asset: 'cabinet', observedAt: at, facts: { host } });
  await rig.gateway.send(heard('pos-9.lan'), heard('pos-10.lan'));
  await eventually('two that are heard', async () => ((await list()).items.length === 2 ? true : undefined));
  const take = { id: 'pos-9', name: 'Till 9', kind: 'host' };
  await supervisor.send('/api/registry/discovered', { id: 'address:pos-9.lan', take });
  await supervisor.send('/api/registry/discovered', { id: 'address:pos-10.lan' });
  expect((await list()).items).toEqual([]);
  expect((await page('pos-9.lan')).assets.items).toMatchObject([{ id: 'pos-9', site: 'linden' }]);
  expect((await supervisor.send('/api/registry/discovered', { id: 'address:never' })).status).toBe(404);
});
