import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditTrailHealth } from '../api/answers.ts';
import { type CloudRig, startRig } from '../testing.ts';
import { noteKeyFrom } from './note.ts';
import { entriesOf } from './tiles.ts';
import { verifyExport } from './verify.ts';

let rig: CloudRig;
beforeAll(async () => {
  rig = await startRig({ audit: { everyMs: 20, origin: 'shop.example/audit' } });
});
afterAll(() => rig.stop());

test('an auditor exports the trail of a cloud, and it verifies before and after a restart', async () => {
  await (await rig.as('operator')).read('/api/session', { parse: (value) => value });
  let kept: string | undefined;
  for (const _ of ['before', 'after']) {
    const auditor = await rig.as('auditor');
    const key = noteKeyFrom(await (await auditor.get('/api/audit/key')).text());
    if (key === undefined) throw new Error('the key can be read');
    const exported = await (await auditor.get('/api/audit/export?records=true')).text();
    expect(exported).toContain('"by\\":\\"operator\\"');
    const verdict = await verifyExport(exported.trimEnd().split('\n'), {
      key,
      ...(kept === undefined ? {} : { checkpoint: kept }),
    });
    expect(verdict).toMatchObject({ state: 'verified', origin: 'shop.example/audit' });
    kept = await (await auditor.get('/api/audit/checkpoint')).text();
    const { size } = await auditor.read('/api/audit/health', auditTrailHealth);
    const width = Math.min(3, size);
    const tile = await auditor.get(`/api/audit/tile/entries/000.p/${width}`);
    expect(entriesOf(new Uint8Array(await tile.arrayBuffer()))).toHaveLength(width);
    expect((await auditor.get('/api/audit/tile/0/001')).status).toBe(404);
    await rig.restart();
  }
});

test('who may not see the trail does not get it', async () => {
  expect((await (await rig.as('operator')).get('/api/audit/checkpoint')).status).toBe(403);
  expect((await (await rig.as('supervisor')).get('/api/audit/export')).status).toBe(403);
  expect((await fetch(`${rig.address}/api/audit/tile/0/000.p/1`)).status).toBe(401);
});
