import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { incidentList } from '../../cloud/api/answers.ts';
import type { RunPage, RunStep } from '../../cloud/api/contract.ts';
import { incidentResponse, runPage, runPreparation } from '../../cloud/api/response-answers.ts';
import { type Person, startRig } from '../../cloud/testing.ts';
import { systemClock } from '../../devices/model/clock.ts';
import { hashPassword } from '../../edge/broker/password.ts';
import {
  Devices,
  exampleConfiguration,
  startGateway,
  temporaryFolder,
  Visitor,
} from '../../edge/testing/gateway-process.ts';
import { Shop } from '../cyber/shop.ts';
import { EsphomeDoor } from '../devices/mqtt/esphome.ts';

const patient = { timeout: 30_000, interval: 50 };
const [TOKEN, SHOP_TOKEN, DOOR_PASSWORD] = ['token-of-gateway-1', 'token-of-the-desk', 'door-password'];
const registry = {
  sites: [
    {
      id: 'shop',
      name: 'Test Shop',
      timeZone: 'UTC',
      opening: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '00:00' }],
    },
  ],
  zones: [{ id: 'room', site: 'shop', name: 'Room' }],
  assets: [
    ['gateway-1', 'gateway', 'Gateway'],
    ['panel-1', 'alarm-panel', 'Alarm'],
    ['front-door', 'door', 'Front door'],
    ['back-door', 'door', 'Back door'],
    ['fridge-1', 'fridge', 'Medicine fridge'],
    ['siren-1', 'siren', 'Siren'],
  ].map(([id, kind, name]) => ({ id, kind, name, site: 'shop', zone: 'room' })),
  identities: [{ id: 'anna', name: 'Anna Weber', sites: ['shop'], accounts: ['a.weber'] }],
};
const lock = {
  id: 'back-lock',
  kind: 'lock',
  name: 'Back lock',
  site: 'shop',
  zone: 'room',
  hostedOn: 'back-door',
};

/** A site with a lock that is heard and told, a shop with accounts, a cloud that knows both, people at its desk. */
async function house() {
  const folder = temporaryFolder();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const registryFile = join(folder, 'registry.yaml');
  writeFileSync(registryFile, JSON.stringify({ ...registry, assets: [...registry.assets, lock] }));
  writeFileSync(join(folder, 'shop-token'), SHOP_TOKEN);
  writeFileSync(join(folder, 'uplink-token'), TOKEN);
  mkdirSync(join(folder, 'logs'));
  const shop = await Shop.start(
    {
      clock: systemClock,
      accessLog: join(folder, 'logs/access.log'),
      accountLog: join(folder, 'logs/accounts.log'),
      administrators: { 'a.weber': 'stolen' },
      apiToken: SHOP_TOKEN,
    },
    ending.signal,
  );
  const rig = await startRig({
    registry: registryFile,
    gateways: [
      { id: 'gateway-1', site: 'shop', tokenSha256: createHash('sha256').update(TOKEN).digest('hex') },
    ],
    sources: [],
    response: {
      targets: {
        shop: {
          title: 'Web shop',
          url: `${shop.url}/admin/api`,
          tokenFile: join(folder, 'shop-token'),
          calls: {
            'block-account': {
              title: 'Block the account {account}',
              path: 'accounts/{account}/block',
              endangers: 'none',
              repeatable: true,
            },
          },
        },
      },
    },
  });
  onTestFinished(() => rig.stop());
  const door = `\n    - { username: door, passwordHash: '${await hashPassword(DOOR_PASSWORD, 16)}', publish: ['back-node/#'], subscribe: ['back-node/lock/+/command'] }`;
  const configuration = (await exampleConfiguration())
    .replace(/\n {4}- \{ username: device/, `${door}$&`)
    .replace(
      '\nrules:',
      "\n  - { device: 'esphome:back-node', name: Back node, assets: { strike: back-lock } }\nrules:",
    )
    .concat(`uplink: { mqtt: 'mqtt://127.0.0.1:${rig.cloud.ports.mqtt.plain}', tokenFile: uplink-token }\n`);
  writeFileSync(join(folder, 'gateway.yaml'), configuration);
  const gateway = await startGateway(folder);
  const devices = await Devices.connect(gateway);
  const strike = new EsphomeDoor(
    { url: `mqtt://127.0.0.1:${gateway.mqttPort}`, username: 'door', password: DOOR_PASSWORD },
    'back-node',
    () => undefined,
    ending.signal,
  );
  return { rig, gateway, devices, strike, shop };
}

/** Somebody at the desk with a run before them. */
class AtTheRun {
  readonly #person: Person;
  readonly id: string;
  constructor(person: Person, id: string) {
    this.#person = person;
    this.id = id;
  }
  page(): Promise<RunPage> {
    return this.#person.read(`/api/response/runs/${this.id}`, runPage);
  }
  async step(name: string): Promise<RunStep> {
    const found = (await this.page()).steps.find((one) => one.name === name && one.state !== 'ahead');
    if (found === undefined) throw new Error(`"${name}" has not begun`);
    return found;
  }
  async say(name: string, verb: string, body: object = {}): Promise<number> {
    const { key } = await this.step(name);
    const path = `/api/response/runs/${this.id}/steps/${encodeURIComponent(key)}/${verb}`;
    return (await this.#person.send(path, body)).status;
  }
}

test('a forced door, from the incident to the locked door, the blocked account and the words on the page', async () => {
  const { rig, gateway, devices, strike, shop } = await house();
  const [operator, supervisor] = [await rig.as('operator'), await rig.as('supervisor')];
  await devices.door('back', 'closed');
  await devices.door('back', 'open');
  let incident = '';
  await expect
    .poll(async () => {
      const { items } = await operator.read('/api/incidents?state=open', incidentList);
      incident = items.find(({ assets }) => assets.some(({ id }) => id === 'back-door'))?.id ?? '';
      return incident;
    }, patient)
    .not.toBe('');

  // What the incident calls for, and what it says of it.
  const { suggested } = await operator.read(`/api/response/incidents/${incident}`, incidentResponse);
  const [best] = suggested;
  expect(best?.playbook.name).toBe('Forced door or break-in');
  expect(best?.because[0]).toMatch(/Back door/i);
  const playbook = best?.playbook.id ?? '';
  const { questions } = await operator.read(
    `/api/response/incidents/${incident}/playbooks/${playbook}`,
    runPreparation,
  );
  expect(questions.find(({ name }) => name === '__lock__')).toMatchObject({
    value: 'back-lock',
    choices: [{ value: 'back-lock', label: 'Back lock' }],
  });

  // The person at the desk knows of the account; a door of nowhere is not taken.
  const wanted = { playbook, incident, values: { __account__: 'a.weber', __worlds__: 'physical cyber' } };
  expect(
    (await operator.send('/api/response/runs', { ...wanted, values: { __lock__: 'elsewhere' } })).status,
  ).toBe(422);
  const dry = await operator.send('/api/response/rehearse', wanted);
  expect(await dry.text()).toContain('Block the account a.weber');
  expect([strike.locked, shop.blocked.size]).toEqual([true, 0]);
  const begun = await operator.send('/api/response/runs', wanted);
  const { row } = runPage.parse(await begun.json());
  const mine = new AtTheRun(operator, row.id);
  const theirs = new AtTheRun(supervisor, row.id);

  // No camera is known: the machine's step has failed and a person does it.
  await expect.poll(() => mine.say('Open the live picture by hand', 'done'), patient).toBe(200);
  expect(await mine.say('Ring the site: is anybody inside?', 'done')).toBe(422);
  const answers = { __people_inside__: 'false', __is_real__: 'true' };
  expect(await mine.say('Ring the site: is anybody inside?', 'done', { values: answers })).toBe(200);
  expect(await mine.say('Call the police', 'done', { text: 'PC Miller, 4711' })).toBe(200);

  // Two people for a lock: neither who began it, nor whoever has not the right.
  const LOCK = 'Lock the door behind them or before them';
  expect((await mine.step(LOCK)).state).toBe('approval');
  expect(await mine.say(LOCK, 'approve')).toBe(403);
  expect(await theirs.say(LOCK, 'approve')).toBe(200);
  // The gateway itself says so, because the lock has said so to it.
  await expect.poll(async () => (await mine.step(LOCK)).state, patient).toBe('done');
  expect((await mine.step(LOCK)).sent[0]).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('lock locked'),
  });

  // The account is blocked at the shop.
  await expect.poll(() => [...shop.blocked], patient).toEqual(['a.weber']);
  const login = await fetch(`${shop.url}/admin/login`, {
    method: 'POST',
    body: 'account=a.weber&password=stolen',
  });
  expect(login.status).toBe(401);

  // In between the cloud is restarted: the run stands where it stood, and goes on.
  await expect.poll(async () => (await mine.step('Keep the evidence')).state, patient).toBe('todo');
  await rig.restart();
  const again = new AtTheRun(await rig.as('operator'), row.id);
  expect((await again.step('Keep the evidence')).state).toBe('todo');
  expect(await again.say('Keep the evidence', 'skip', { text: 'the police have taken all' })).toBe(200);
  expect(await again.say('Tell the responsible person', 'done')).toBe(200);
  expect(await again.say('Hand over', 'done')).toBe(200);
  const page = await again.page();
  expect(page.row).toMatchObject({ status: 'done', asking: 0 });
  const supervised = await rig.as('supervisor');
  const { items } = await supervised.read(
    '/api/audit?limit=100',
    z.object({ items: z.array(z.object({ action: z.string(), by: z.string() })) }),
  );
  for (const action of ['response.begun', 'response.approve', 'response.skip', 'response.outcome-ok'])
    expect(items.map((line) => line.action)).toContain(action);
  expect(await gateway.stop()).toBe(0);
}, 120_000);

test('a message of a playbook stands on the site’s page until somebody there has read it', async () => {
  const { rig, gateway } = await house();
  const operator = await rig.as('operator');
  const supervisor = await rig.as('supervisor');
  const made = await supervisor.send('/api/response/playbooks', { playbook: oneNotice });
  expect([made.status, await made.text()]).toMatchObject([200, expect.stringContaining('Only a message')]);
  const devices = await Devices.connect(gateway);
  await devices.door('back', 'closed');
  await devices.door('back', 'open');
  let incident: string | undefined;
  await expect
    .poll(async () => {
      incident = (await operator.read('/api/incidents', incidentList)).items[0]?.id;
      return incident;
    }, patient)
    .toBeDefined();
  const begun = await operator.send('/api/response/runs', { playbook: oneNotice.id, incident });
  const run = new AtTheRun(operator, runPage.parse(await begun.json()).row.id);
  await expect
    .poll(async () => (await gateway.page()).notices?.map(({ text }) => text), patient)
    .toEqual(['Please leave Test Shop by the front door.']);
  expect((await run.step('Say it')).state).toBe('running');
  const anna = await new Visitor(gateway).signedIn();
  const [shown] = (await gateway.page()).notices ?? [];
  expect((await anna.send('POST', '/api/notices/seen', { notice: shown?.notice })).status).toBe(204);
  await expect.poll(async () => (await run.page()).row.status, patient).toBe('done');
  expect((await run.step('Say it')).sent[0]?.detail).toContain('seen by Anna Weber');
  expect((await gateway.page()).notices).toEqual([]);
}, 120_000);

const of = (type: string, number: number) => `${type}--00000000-0000-4000-8000-00000000000${number}`;
const oneNotice = {
  type: 'playbook',
  spec_version: 'cacao-2.0',
  id: of('playbook', 1),
  name: 'Only a message',
  created_by: of('identity', 1),
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  workflow_start: of('start', 1),
  workflow: {
    [of('start', 1)]: { type: 'start', on_completion: of('action', 1) },
    [of('action', 1)]: {
      type: 'action',
      name: 'Say it',
      agent: of('group', 1),
      commands: [
        { type: 'gatehouse-notice', command: 'Please leave __site_name__:value by the front door.' },
      ],
      on_success: of('end', 1),
    },
    [of('end', 1)]: { type: 'end' },
  },
  agent_definitions: { [of('group', 1)]: { type: 'group', name: 'Gatehouse' } },
};
