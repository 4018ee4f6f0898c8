import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type CloudRig, eventually, startRig } from '../testing.ts';
import { apiError, situationalPicture } from './answers.ts';

let rig: CloudRig | undefined;
let simulator: Server | undefined;
afterEach(async () => {
  await rig?.stop();
  simulator?.close();
  simulator?.closeAllConnections();
});

async function startSimulator() {
  const seen: string[] = [];
  const state = { running: false, refuses: false };
  simulator = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (request.headers.authorization !== 'Bearer scenario-secret') {
      response.writeHead(401).end();
      return;
    }
    if (request.method === 'POST') {
      if (state.refuses) return void response.writeHead(409).end();
      state.running = true;
      return void response.writeHead(202).end('{}');
    }
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify([{ id: 'break-in', title: 'A break-in', running: state.running, extra: 1 }]));
  });
  simulator.listen(0, '127.0.0.1');
  await once(simulator, 'listening');
  const address = simulator.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { seen, state, url: `http://127.0.0.1:${port}/` };
}

test('a simulator is offered on the desk, started from there, and never shown the desk its token', async () => {
  const { seen, state, url } = await startSimulator();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-scenarios-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'scenario-secret\n');
  rig = await startRig({ scenarios: { url, tokenFile } });
  rmSync(folder, { recursive: true });
  const operator = await rig.as('operator');
  const auditor = await rig.as('auditor');
  const offered = await eventually('the offer', async () => {
    const { scenarios } = await operator.read('/api/picture', situationalPicture);
    return scenarios.length > 0 && scenarios;
  });
  expect(offered).toEqual([{ id: 'break-in', title: 'A break-in', running: false }]);
  expect((await auditor.read('/api/picture', situationalPicture)).scenarios).toEqual([]);
  expect((await operator.send('/api/scenarios/..%2Fother', {})).status).toBe(404);
  expect((await operator.send('/api/scenarios/break-in', {})).status).toBe(202);
  expect(seen).toContain('POST /scenarios/break-in Bearer scenario-secret');
  expect((await operator.read('/api/picture', situationalPicture)).scenarios[0]?.running).toBe(true);
  state.refuses = true;
  const refused = await operator.send('/api/scenarios/break-in', {});
  expect(refused.status).toBe(409);
  expect(apiError.parse(await refused.json()).error.message).toMatch(/running already/);
  simulator?.close();
  simulator?.closeAllConnections();
  await eventually('its absence', async () => {
    await wait(200);
    return (await operator.read('/api/picture', situationalPicture)).scenarios.length === 0;
  });
});

test('without a simulator there is nothing to start', async () => {
  rig = await startRig();
  expect((await (await rig.as('operator')).send('/api/scenarios/break-in', {})).status).toBe(404);
});
