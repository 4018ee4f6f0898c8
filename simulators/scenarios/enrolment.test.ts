/** A gateway joins, is renewed, takes what is signed, and is cut off: edge and cloud over real TLS. */
import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type CloudRig, eventually, startRig } from '../../cloud/testing.ts';
import {
  type EnrolmentCode,
  farewell,
  farewellStatement,
  readCode,
  writeCode,
} from '../../devices/enrolment.ts';
import { signingRequest } from '../../edge/certificates/der.ts';
import { readGatewayConfiguration } from '../../edge/config.ts';
import { ask } from '../../edge/enrolment/ask.ts';
import { connectTo } from '../../edge/enrolment/cloud-trust.ts';
import { enrol, factoryReset, LAST_WORD } from '../../edge/enrolment/command.ts';
import { liveAsMember } from '../../edge/enrolment/life.ts';
import { Membership, membershipFolder } from '../../edge/enrolment/membership.ts';
import { connectHttps } from '../../edge/outbox/https-transport.ts';
import { connectMqtt } from '../../edge/outbox/mqtt-transport.ts';
import type { Transport, TransportEvents } from '../../edge/outbox/transport.ts';
import { keyFile } from '../../edge/sealing/key-file.ts';
import { Sealer } from '../../edge/sealing/sealing.ts';
import { Updates } from '../../edge/updates/updates.ts';
import { verifyBundle } from '../../edge/updates/verify.ts';

let rig: CloudRig;
let folder: string;
let sealer: Sealer;
const ending = new AbortController();

beforeAll(async () => {
  rig = await startRig({
    authority: { host: '127.0.0.1', port: 0 },
    ingest: { mqtt: { tls: { host: '127.0.0.1', port: 0 } } },
  });
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-enrolment-'));
  sealer = await Sealer.open(keyFile(join(folder, 'sealing.key')));
});
afterAll(async () => {
  ending.abort();
  await rig.stop();
  rmSync(folder, { recursive: true });
});

const codeAnswer = z.object({
  text: z.string(),
  square: z.object({ size: z.number(), modules: z.string() }),
});
const codeText = (code: EnrolmentCode): string => writeCode(code);
async function newCode(gateway: string) {
  const administrator = await rig.as('administrator');
  const response = await administrator.send('/api/gateways/codes', { gateway, site: 'linden' });
  const { text, square } = codeAnswer.parse(await response.json());
  expect(square.modules).toHaveLength(square.size ** 2);
  const code = readCode(text);
  if ('problem' in code) throw new Error(code.problem);
  return code;
}
const stateOf = (gateway: string) => join(folder, gateway);
const joinAs = async (gateway: string) => Membership.join(await newCode(gateway), stateOf(gateway), sealer);

const rows = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      state: z.string(),
      connected: z.boolean(),
      secrets: z.array(z.string()),
      bundle: z.looseObject({ counter: z.number(), state: z.string() }).optional(),
    }),
  ),
});
async function rowOf(gateway: string) {
  const { items } = await (await rig.as('operator')).read('/api/gateways', rows);
  return items.find(({ id }) => id === gateway);
}

const nothing: TransportEvents = {
  onReceipt: () => {},
  onCommand: () => {},
  onLater: () => {},
  onUnreadable: () => {},
};
function mqttOf(member: Membership): Promise<Transport> {
  const connect = (address: { host: string; port: number }) => member.connect(address);
  const { mqttUrl = '' } = member.addresses;
  return connectMqtt(mqttUrl, { gateway: member.gateway, token: '', connect }, nothing, ending.signal);
}
const said = (counter: number) => ({
  version: '0.1.0',
  bundle: { counter, state: 'none' as const, detail: '' },
  sealing: 'key-file' as const,
  secrets: ['PIN of Anna'],
  at: Date.now(),
});

test('a gateway joins with a code, which is good once, and nothing of its key lies there to be read', async () => {
  const code = await newCode('annex-gateway');
  const member = await Membership.join(code, stateOf('annex-gateway'), sealer);
  expect(member.gateway).toBe('annex-gateway');
  expect(member.site).toBe('linden');
  await expect(Membership.join(code, stateOf('other'), sealer)).rejects.toThrow('used already');
  const folderOf = membershipFolder(stateOf('annex-gateway'));
  for (const name of readdirSync(folderOf))
    expect(readFileSync(join(folderOf, name), 'latin1')).not.toContain('PRIVATE KEY');
  // What was kept opens again, and is good for both ways in.
  const again = Membership.open(stateOf('annex-gateway'), sealer);
  const mqtt = await mqttOf(again);
  await eventually('it is shown as connected', async () => (await rowOf('annex-gateway'))?.connected);
  mqtt.close('enough');
  const connect = (address: { host: string; port: number }) => again.connect(address);
  const https = await connectHttps(
    again.addresses.httpsUrl,
    { gateway: again.gateway, token: '', connect },
    nothing,
    ending.signal,
  );
  https.close('enough');
});

test('an answer that was lost is asked for again with the same key, and with no other', async () => {
  const code = await newCode('lost-gateway');
  const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const send = async (keys: typeof first) => {
    const peer = await connectTo(code, {}, () => undefined);
    const body = {
      secret: Buffer.from(code.secret).toString('base64url'),
      signingRequest: signingRequest('x', keys).toString('base64'),
    };
    return ask(peer, { method: 'POST', path: '/enrol/v1/certificate', body }, z.looseObject({}));
  };
  await send(first);
  await expect(send(first)).resolves.toMatchObject({ gateway: 'lost-gateway' });
  await expect(send(generateKeyPairSync('ec', { namedCurve: 'P-256' }))).rejects.toThrow('used already');
});

test('somebody in between is found out before the gateway has said anything', async () => {
  const code = await newCode('between-gateway');
  const fingerprint = Uint8Array.from(code.fingerprint, (byte) => byte ^ 1);
  const forged = readCode(writeCode({ ...code, fingerprint }));
  if ('problem' in forged) throw new Error(forged.problem);
  await expect(Membership.join(forged, stateOf('between-gateway'), sealer)).rejects.toThrow('in between');
  // The code was not spent on it.
  await expect(Membership.join(code, stateOf('between-gateway'), sealer)).resolves.toBeDefined();
});

test('a certificate is renewed while the connection stands, and both are good', async () => {
  const member = await joinAs('renewed-gateway');
  const standing = await mqttOf(member);
  let ended = false;
  void standing.closed.then(() => {
    ended = true;
  });
  const before = member.certificate.serialNumber;
  const older = Membership.open(stateOf('renewed-gateway'), sealer);
  await member.renew();
  expect(member.certificate.serialNumber).not.toBe(before);
  await expect(older.contact(said(0))).resolves.toMatchObject({ renew: false });
  await expect(member.contact(said(0))).resolves.toMatchObject({ renew: false });
  expect(ended).toBe(false);
  standing.close('enough');
});

test('what the desk signs is for one gateway, and never an older one again', async () => {
  const member = await joinAs('told-gateway');
  const administrator = await rig.as('administrator');
  const stage = (configuration: string) =>
    administrator.send('/api/gateways/told-gateway/bundle', { kind: 'configuration', configuration });
  expect((await stage('one: 1')).status).toBe(200);
  const first = await member.bundle();
  expect((await stage('two: 2')).status).toBe(200);
  const answer = await member.contact(said(0));
  expect(answer.bundle).toBe(2);
  const second = await member.bundle();
  const expected = { gateway: 'told-gateway', signers: member.signers, version: '0.1.0', counter: 1 };
  expect(verifyBundle(second, expected)).toMatchObject({
    statement: { counter: 2, configuration: 'two: 2' },
  });
  expect(verifyBundle(first, expected)).toMatchObject({ problem: expect.stringContaining('here already') });
  expect(verifyBundle(second, { ...expected, gateway: 'annex-gateway' })).toMatchObject({
    problem: expect.stringContaining('told-gateway'),
  });
  const altered = { ...second, statement: Buffer.from('{}').toString('base64') };
  expect(verifyBundle(altered, expected)).toEqual({ problem: 'it is not signed by the cloud' });
  expect((await rowOf('told-gateway'))?.bundle).toMatchObject({ counter: 2, state: 'waiting' });
});

test('a stolen gateway is cut off at once: its line, its certificate, its way back', async () => {
  const member = await joinAs('stolen-gateway');
  await member.contact(said(0));
  const line = await mqttOf(member);
  const operator = await rig.as('operator');
  const response = await operator.send('/api/gateways/stolen-gateway/revoke', {
    reason: 'stolen with the safe',
  });
  expect(response.status).toBe(200);
  await line.closed;
  await expect(mqttOf(member)).rejects.toThrow();
  await expect(member.contact(said(0))).rejects.toThrow('was revoked');
  await expect(member.renew()).rejects.toThrow('was revoked');
  await expect(member.bundle()).rejects.toThrow('was revoked');
  expect(await rowOf('stolen-gateway')).toMatchObject({ state: 'revoked', secrets: ['PIN of Anna'] });
  await rig.restart();
  expect(await rowOf('stolen-gateway')).toMatchObject({ state: 'revoked' });
});

test('the last word of a gateway that is reset takes its certificate with it', async () => {
  const member = await joinAs('reset-gateway');
  const word = member.lastWord('factory reset', Date.now());
  await expect(member.farewell({ ...word, reason: 'something else' })).rejects.toThrow('not signed');
  await member.farewell(word);
  await expect(member.contact(said(0))).rejects.toThrow('was revoked');
  expect(await rowOf('reset-gateway')).toMatchObject({ state: 'reset' });
});

/** The example gateway, under another name and at the cloud's site, in a folder of its own. */
function exampleGateway(id: string) {
  const home = mkdtempSync(join(folder, 'home-'));
  const file = join(home, 'gateway.yaml');
  const edge = join(import.meta.dirname, '..', '..', 'edge');
  const text = (name: string) =>
    readFileSync(join(edge, name), 'utf8')
      .replaceAll('corner-pharmacy', 'linden')
      .replaceAll('corner-gateway', id);
  writeFileSync(join(home, 'registry.example.yaml'), text('registry.example.yaml'));
  writeFileSync(file, text('gateway.example.yaml'));
  mkdirSync(join(home, 'state'));
  return { home, file, read: () => readGatewayConfiguration(file) };
}

test('what the desk signs comes into force at the gateway, and what does no good goes back, and the desk is told', async () => {
  const { file, read } = exampleGateway('living-gateway');
  const good = readFileSync(file, 'utf8');
  const member = await Membership.join(await newCode('living-gateway'), join(file, '..', 'state'), sealer);
  const updates = new Updates(file);
  let refusal: string | undefined;
  liveAsMember(
    {
      membership: member,
      updates,
      version: '0.1.0',
      inForce: read,
      isHealthy: () => true,
      reload: () => refusal,
      onTrouble: () => {},
      everyMs: 50,
    },
    ending.signal,
  );
  const administrator = await rig.as('administrator');
  const stage = (configuration: string) =>
    administrator.send('/api/gateways/living-gateway/bundle', { kind: 'configuration', configuration });
  const shown = (state: string) =>
    eventually(
      `the desk shows ${state}`,
      async () => (await rowOf('living-gateway'))?.bundle?.state === state,
    );
  const next = good.replace('retainMs: 259200000', 'retainMs: 86400000');
  await stage(next);
  await shown('in-force');
  expect(read().gateway.retainMs).toBe(86_400_000);
  refusal = 'a rule names what is not there';
  await stage(good);
  await shown('returned');
  expect(readFileSync(file, 'utf8')).toBe(next);
  expect((await rowOf('living-gateway'))?.secrets).toContain('token of the uplink');
});

test('a factory reset leaves nothing of the gateway, and the cloud knows; without the cloud a signed word stays', async () => {
  const { file, home, read } = exampleGateway('wiped-gateway');
  const state = join(home, 'state');
  const joining = async () => enrol(read(), codeText(await newCode('wiped-gateway')));
  await joining();
  expect(await factoryReset(read(), 'sold')).toBe(true);
  expect(readdirSync(state)).toEqual([]);
  expect(await rowOf('wiped-gateway')).toMatchObject({ state: 'reset' });
  // It may come back with a new code; this time its cloud can't be reached.
  const member = await joining();
  expect(await rowOf('wiped-gateway')).toMatchObject({ state: 'enrolled' });
  const place = join(membershipFolder(state), 'membership.json');
  writeFileSync(place, readFileSync(place, 'utf8').replace(/"port":\d+/, '"port":1'));
  expect(await factoryReset(read(), 'sold again')).toBe(false);
  expect(readdirSync(state)).toEqual([LAST_WORD]);
  const word = farewell.parse(JSON.parse(readFileSync(join(state, LAST_WORD), 'utf8')));
  const signature = Buffer.from(word.signature, 'base64');
  expect(
    verify('sha256', Buffer.from(farewellStatement(word)), member.certificate.publicKey, signature),
  ).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain('wiped-gateway');
});
