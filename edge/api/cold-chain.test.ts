import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  configuredFolder,
  Devices,
  editFile,
  pins,
  startGateway,
  Visitor,
} from '../testing/gateway-process.ts';
import type { FridgeGoods, GoodsCase, SitePage } from './contract.ts';

const WITH_A_PROCESS_MS = 60_000;
const soon = { timeout: 15_000, interval: 50 };
const command = fileURLToPath(new URL('../cold-chain/command.ts', import.meta.url));

/** A fridge that is judged within seconds, whose probe reads half a degree too low, and which Anna answers for. */
async function folder(): Promise<string> {
  const made = await configuredFolder((text) =>
    text.replace(
      'rules:\n',
      'rules:\n  - { rule: temperature-excursion, warningMs: 100, sustainedMs: 400, criticalMs: 600000, gapMs: 60000 }\n',
    ),
  );
  editFile(made, 'registry.yaml', (text) =>
    text.replace(
      'band: { minCelsius: 2, maxCelsius: 8 } }',
      'band: { minCelsius: 2, maxCelsius: 8 }, coldChain: { warnMarginCelsius: 0.5, responsible: [anna], calibration: { calibratedOn: "2020-01-01", dueOn: "2021-01-01", offsetCelsius: 0.5 } } }',
    ),
  );
  return made;
}

const fridgeOn = (page: SitePage) => page.temperatures.find(({ asset }) => asset === 'fridge-1');

describe('a fridge that gets too warm', { timeout: WITH_A_PROCESS_MS }, () => {
  it('raises one alarm, its goods are set apart, decided about by who may, and on record through kill -9', async () => {
    const gateway = await startGateway(await folder());
    const devices = await Devices.connect(gateway);
    const anna = await new Visitor(gateway).signedIn();
    const jonas = await new Visitor(gateway, '192.168.1.21').signedIn('Jonas Keller', pins.jonas);
    await devices.fridge(7.2);
    await expect.poll(async () => fridgeOn(await gateway.page())?.celsius, soon).toBe(7.7);
    expect(fridgeOn(await gateway.page())).toMatchObject({
      condition: 'warning',
      calibration: { state: 'overdue' },
      setApart: [],
    });
    await devices.fridge(9.5);
    await expect.poll(async () => fridgeOn(await gateway.page())?.setApart?.length, soon).toBe(1);
    const excursion = fridgeOn(await gateway.page())?.excursion;
    expect(excursion).toMatchObject({ side: 'above', peakCelsius: 10, stage: 'excursion' });
    const alarms = (await gateway.page()).alarms.filter(({ rule }) => rule === 'temperature-excursion');
    expect(alarms).toHaveLength(1);

    const startedAt = excursion?.startedAt ?? 0;
    const path = '/api/cold-chain/fridge-1/decision';
    const wanted = { startedAt, decision: 'release', reason: 'Stability data of the maker' };
    expect((await new Visitor(gateway).send('POST', path, wanted)).status).toBe(401);
    const forged = await anna.send('POST', path, wanted, { 'x-gatehouse-token': 'guessed' });
    expect(forged.status).toBe(403);
    const others = await jonas.send('POST', path, wanted);
    expect([others.status, await others.json()]).toMatchObject([403, { error: { code: 'not-responsible' } }]);
    expect((await anna.send('POST', path, { ...wanted, reason: ' ' })).status).toBe(400);
    const early = await anna.send('POST', path, wanted);
    expect([early.status, await early.json()]).toMatchObject([409, { error: { code: 'not-now' } }]);

    await devices.fridge(4.5);
    await expect.poll(async () => fridgeOn(await gateway.page())?.excursion, soon).toBeUndefined();
    // The plug is pulled: what was known is known again.
    await gateway.kill();
    const again = await startGateway(gateway.folder);
    const anew = await new Visitor(again).signedIn();
    await expect.poll(async () => fridgeOn(await again.page())?.setApart?.length, soon).toBe(1);
    // That it has recovered is in the log, which is taken up behind the store.
    await expect.poll(async () => fridgeOn(await again.page())?.excursion, soon).toBeUndefined();
    const decided = await anew.send('POST', path, wanted);
    expect([decided.status, (await decided.json()) as GoodsCase]).toMatchObject([
      200,
      { startedAt, decisions: [{ decision: 'release', by: 'Anna Weber', reason: wanted.reason }] },
    ]);
    expect((await anew.send('POST', path, wanted)).status).toBe(409);
    const goods = (await (await anew.get('/api/cold-chain/fridge-1')).json()) as FridgeGoods;
    expect(goods).toMatchObject({
      responsible: [{ id: 'anna', name: 'Anna Weber' }],
      cases: [{ startedAt }],
    });
    expect(fridgeOn(await again.page())?.setApart).toEqual([]);

    const month = new Date().toISOString().slice(0, 7);
    const record = (query: string) => anew.get(`/api/cold-chain/fridge-1/record?${query}`);
    expect((await record('period=2026-13&format=csv')).status).toBe(400);
    expect((await record('period=2999-01-01&format=csv')).status).toBe(400);
    // One moment for all three, or the next minute might come between them.
    const asked = `period=${month}&asOf=${Date.now()}`;
    const files = new Map<string, string>();
    for (const format of ['csv', 'pdf', 'sig']) {
      const answer = await record(`${asked}&format=${format}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="fridge-1-${month}.${format}"`,
      );
      const file = join(again.folder, `record.${format}`);
      writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
      files.set(format, file);
    }
    const verify = (format: string) =>
      execFileSync(
        process.execPath,
        [command, 'verify', files.get(format) ?? '', files.get('sig') ?? '', '--key', goods.fingerprint],
        { encoding: 'utf8' },
      );
    expect(verify('csv')).toMatch(/as it was sealed/);
    expect(verify('pdf')).toMatch(/as it was sealed/);
  });
});
