import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentList } from '../api/answers.ts';
import { integrityOverview, policyList } from '../api/monitor-answers.ts';
import { type CloudRig, eventually, type Person, startRig } from '../testing.ts';
import { ShopRig } from './shop-rig.ts';

let rig: CloudRig;
let shop: ShopRig;
beforeAll(async () => {
  shop = await new ShopRig().open();
  rig = await startRig({
    integrity: {
      asset: 'shop-admin',
      pages: [{ url: `${shop.origin}/checkout`, payment: true }],
      everyMs: 1_000,
      learnFetches: 1,
      allowPrivate: true,
    },
    policies: join(import.meta.dirname, '..', 'policy', 'starter.yaml'),
  });
});
afterAll(async () => {
  await rig.stop();
  await shop.close();
});

test('a skimmer on the checkout is an incident and breaks a rule, until a person accepts it', async () => {
  const supervisor = await rig.as('supervisor');
  const overview = () => supervisor.read('/api/integrity', integrityOverview);
  await eventually('the page is learned', async () =>
    (await overview()).pages[0]?.state === 'watched' ? true : undefined,
  );
  const before = await supervisor.read('/api/policies', policyList);
  expect(before.items.find(({ id }) => id === 'payment-page-scripts-reviewed')?.state).toBe('not-applicable');
  shop.tampering = { body: '<script src="https://cdn.evil.example/j.js"></script>' };
  const incident = await eventually('an incident', async () => {
    const { items } = await supervisor.read('/api/incidents', incidentList);
    return items.find(({ severity }) => severity === 'critical');
  });
  expect(incident.assets.map(({ id }) => id)).toEqual(['shop-admin']);
  const { findings } = await overview();
  expect(findings).toMatchObject([{ kind: 'script.added', isThere: true }]);
  const { items } = await eventually('the rule is broken', async () => {
    const list = await supervisor.read('/api/policies', policyList);
    return list.items.some(({ state }) => state === 'violated') ? list : undefined;
  });
  expect(items.find(({ state }) => state === 'violated')).toMatchObject({
    id: 'payment-page-scripts-reviewed',
    serves: [{ standard: 'PCI DSS 4.0.1' }, { standard: 'PCI DSS 4.0.1' }],
  });
  // A restart judges what is stored once more, and finds the same.
  await rig.restart();
  const again = await rig.as('supervisor');
  const after = await again.read('/api/policies', policyList);
  expect(after.items).toEqual(items);
  const { items: incidents } = await again.read('/api/incidents', incidentList);
  expect(incidents.map(({ id }) => id)).toContain(incident.id);
  expect((await again.read('/api/integrity', integrityOverview)).findings).toHaveLength(1);
  await accepts(again, findings[0]?.id);
});

async function accepts(supervisor: Person, id: string | undefined): Promise<void> {
  const overview = () => supervisor.read('/api/integrity', integrityOverview);
  expect((await supervisor.send('/api/integrity/accept', { id: 'nothing' })).status).toBe(404);
  expect((await supervisor.send('/api/integrity/accept', { id })).status).toBe(200);
  expect((await overview()).findings).toEqual([]);
  expect((await supervisor.send('/api/integrity/deployments', { minutes: 30 })).status).toBe(200);
}

test('a wrong file of rules stops the cloud before it opens, with line and key', async () => {
  const file = join(rig.folder, 'policies.yaml');
  await writeFile(
    file,
    'policies:\n  - id: wrong\n    title: Wrong\n    serves: [{ standard: X, section: "1" }]\n    kind: presence\n    validMs: long\n',
  );
  await expect(startRig({ policies: file })).rejects.toThrow(/policies\.yaml:6 policies\[0\]\.validMs/);
});
