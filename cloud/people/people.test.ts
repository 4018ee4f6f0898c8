import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Provider from 'oidc-provider';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { manualClock } from '../../devices/model/clock.ts';
import { apiError, auditList } from '../api/answers.ts';
import {
  ownAccount,
  personalDataState,
  recoveryCodes,
  retentionRun,
  totpBegun,
} from '../api/people-answers.ts';
import { verifyExport } from '../audit/verify.ts';
import { type CloudRig, PASSWORD, Person, signIn, startRig } from '../testing.ts';
import { codeAt, newRecoveryCodes, newTotp, recoveryHashOf, stepOfCode } from './factors/one-time-code.ts';

let rig: CloudRig | undefined;
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await rig?.stop();
  rig = undefined;
});

const codeOf = async (response: Response) => apiError.parse(await response.json()).error.code;
const enter = (on: CloudRig, body: object) =>
  fetch(`${on.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const nobody = (on: CloudRig) => new Person(on.address, '', '');

test('a code counts in its half minute and once; a recovery code however it is typed', () => {
  const { secret, uri, code } = newTotp('mia');
  expect(uri).toMatch(/^otpauth:\/\/totp\/Gatehouse:mia\?/);
  expect(code.path).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
  const now = 1_700_000_000_000;
  const shown = codeAt(secret, now);
  const step = stepOfCode(secret, shown, now + 20_000, 0) ?? 0;
  expect(step).toBe(Math.floor(now / 30_000));
  expect(stepOfCode(secret, shown, now, step)).toBeUndefined();
  expect(stepOfCode(secret, shown, now + 120_000, 0)).toBeUndefined();
  const { codes, hashes } = newRecoveryCodes();
  const [first = ''] = codes;
  expect(recoveryHashOf(first.toLowerCase().replaceAll('-', ' '), hashes)).toBe(hashes[0]);
  expect(recoveryHashOf('AAAA-AAAA-AAAA-AAAA', hashes)).toBeUndefined();
});

test('a second factor is asked for once it is there; a role that demands one opens nothing before', async () => {
  rig = await startRig({ signIn: { demands: { supervisor: 'second-factor' } } });
  const supervisor = await rig.as('supervisor');
  expect(await codeOf(await supervisor.get('/api/picture'))).toBe('factor-needed');
  const begun = totpBegun.parse(await (await supervisor.send('/api/account/totp/begin', {})).json());
  const wrong = await supervisor.send('/api/account/totp', { id: begun.id, code: '000000' });
  expect(await codeOf(wrong)).toBe('wrong-code');
  const code = codeAt(begun.secret, Date.now());
  const { codes } = recoveryCodes.parse(
    await (await supervisor.send('/api/account/totp', { id: begun.id, code })).json(),
  );
  expect(codes).toHaveLength(10);
  expect((await supervisor.get('/api/picture')).status).toBe(200);
  const name = 'supervisor';
  expect(await codeOf(await enter(rig, { name, password: PASSWORD }))).toBe('code-needed');
  // The code that set it up opens nothing any more.
  expect(await codeOf(await enter(rig, { name, password: PASSWORD, code }))).toBe('wrong-code');
  expect((await enter(rig, { name, password: PASSWORD, code: codes[0] })).status).toBe(200);
  expect(await codeOf(await enter(rig, { name, password: PASSWORD, code: codes[0] }))).toBe('wrong-code');
  // It outlives a restart, and the store holds no secret that could be read.
  await rig.restart();
  expect((await enter(rig, { name, password: PASSWORD, code: codes[1] })).status).toBe(200);
});

test('somebody invited sets a password once, sees their sites, is locked out at once, and sensitive acts ask anew', async () => {
  const clock = manualClock(Date.parse('2026-11-23T08:00:00Z'));
  rig = await startRig({}, clock);
  const administrator = await rig.as('administrator');
  const invited = await administrator.send('/api/accounts', {
    name: 'mia',
    role: 'operator',
    scope: { of: 'sites', sites: ['linden'] },
  });
  const { secret } = z.object({ secret: z.string() }).parse(await invited.json());
  expect((await enter(rig, { name: 'mia', password: 'anything at all' })).status).toBe(401);
  const password = 'a password of mia';
  expect((await nobody(rig).send('/api/invitations/accept', { secret, password })).status).toBe(200);
  expect((await nobody(rig).send('/api/invitations/accept', { secret, password })).status).toBe(404);
  const mia = await signIn(rig.address, 'mia', password);
  expect((await mia.read('/api/account', ownAccount)).sessions).toHaveLength(2);
  expect((await mia.send('/api/account/sessions/others', undefined, 'DELETE')).status).toBe(200);
  expect((await mia.read('/api/account', ownAccount)).sessions).toHaveLength(1);
  clock.advance(11 * 60_000);
  const change = () => administrator.send('/api/accounts/mia', { role: 'supervisor' }, 'PUT');
  expect(await codeOf(await change())).toBe('confirm');
  expect(await codeOf(await administrator.send('/api/session/confirm', { password: 'wrong' }))).toBe(
    'wrong-password',
  );
  expect((await administrator.send('/api/session/confirm', { password: PASSWORD })).status).toBe(204);
  expect((await change()).status).toBe(200);
  expect((await administrator.send('/api/accounts/mia/lock', { reason: 'phone lost' })).status).toBe(200);
  expect((await mia.get('/api/session')).status).toBe(401);
  expect(await codeOf(await enter(rig, { name: 'mia', password }))).toBe('account-locked');
  expect(await codeOf(await administrator.send('/api/accounts/administrator/lock', { reason: 'me' }))).toBe(
    'own',
  );
  const { items } = await administrator.read('/api/audit', auditList);
  for (const action of [
    'account.invited',
    'account.changed',
    'account.locked',
    'sign-in.confirmed',
    'session.ended',
  ])
    expect(items.map((one) => one.action)).toContain(action);
});

test('an identity provider vouches for somebody: role and sites by its claims, never another’s account', async () => {
  const clock = manualClock(Date.now());
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  ending.push(() => new Promise((resolve) => void server.close(() => resolve())));
  const secretFile = join(tmpdir(), `gatehouse-oidc-${process.pid}`);
  await writeFile(secretFile, 'a-secret-of-the-client-of-the-test');
  rig = await startRig(
    {
      signIn: {
        openIdConnect: [
          {
            id: 'house',
            title: 'The house',
            issuer,
            clientId: 'gatehouse',
            clientSecretFile: secretFile,
            scopes: ['openid', 'profile'],
            accountClaim: 'name',
            roles: [
              { claim: 'groups', has: 'linden', role: 'operator', scope: { of: 'sites', sites: ['linden'] } },
            ],
          },
        ],
      },
    },
    clock,
  );
  const on = rig;
  const claims: Record<string, { name: string; groups: string[] }> = {
    lea: { name: 'lea', groups: ['linden'] },
    odd: { name: 'odd', groups: [] },
    thief: { name: 'administrator', groups: ['linden'] },
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'gatehouse',
        client_secret: 'a-secret-of-the-client-of-the-test',
        redirect_uris: [`${on.address}/api/sign-in/openid/house/back`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims[id] }) }),
    cookies: { keys: ['a key for the test'] },
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());

  /** A browser's walk: follows where it is sent, keeps cookies, fills the provider's two forms. */
  const walk = async (login: string): Promise<{ at: string; cookies: Map<string, string> }> => {
    const cookies = new Map<string, string>();
    const ask = async (address: string, body?: URLSearchParams): Promise<Response> => {
      const response = await fetch(address, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
        cookies.set(name, value);
      }
      return response;
    };
    let at = `${on.address}/api/sign-in/openid/house`;
    let body: URLSearchParams | undefined;
    for (let hop = 0; hop < 15; hop++) {
      const response = await ask(at, body);
      body = undefined;
      const next = response.headers.get('location');
      if (next !== null) {
        at = new URL(next, at).href;
        if (at.startsWith(`${on.address}/#`) || at === `${on.address}/`) return { at, cookies };
        continue;
      }
      const page = await response.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      if (action === undefined) throw new Error(`${response.status} at ${at}: ${page.slice(0, 300)}`);
      at = new URL(action, at).href;
      body = new URLSearchParams({ prompt, login, password: 'any' });
    }
    throw new Error('it never came back');
  };

  const { at, cookies } = await walk('lea');
  expect(at).toBe(`${on.address}/`);
  const lea = new Person(on.address, `gatehouse-desk=${cookies.get('gatehouse-desk')}`, '');
  const account = await lea.read('/api/account', ownAccount);
  expect(account).toMatchObject({ name: 'lea', role: 'operator', provider: 'house', hasPassword: false });
  expect(account.scope).toEqual({ of: 'sites', sites: ['linden'] });
  expect((await walk('lea')).at).toBe(`${on.address}/`);
  // Nobody meant for this house, and somebody who calls themselves like an account that is there.
  for (const stranger of ['odd', 'thief']) {
    const refused = await walk(stranger);
    expect(refused.at).toBe(`${on.address}/#/sign-in/refused`);
    expect(refused.cookies.has('gatehouse-desk')).toBe(false);
  }
  // What another browser began opens nothing here.
  const stolen = await fetch(`${on.address}/api/sign-in/openid/house/back?code=x&state=y`, {
    redirect: 'manual',
  });
  expect(stolen.headers.get('location')).toBe('/#/sign-in/refused');
});

test('what has had its time is redacted, a hold keeps it, and the trail still proves itself', async () => {
  const clock = manualClock(Date.parse('2026-11-23T08:00:00Z'));
  const hour = 3_600_000;
  rig = await startRig({ personalData: { keep: { accessRecordsMs: hour, picturesMs: hour } } }, clock);
  const { gateway } = rig;
  const badge = (value: string, at: number) =>
    gateway.observation({
      kind: 'badge.presented',
      asset: 'back-door',
      observedAt: at,
      subjects: { badge: value },
      observables: { badge: value, path: '/kept' },
    });
  const old = clock.now();
  await gateway.send(
    badge('04A1', old),
    badge('04FF', old + 1),
    gateway.body((id) => ({
      type: 'picture',
      picture: {
        id,
        asset: 'camera',
        site: 'linden',
        takenAt: old,
        mediaType: 'image/jpeg',
        base64: Buffer.from('a face').toString('base64'),
      },
    })),
    gateway.observation({ kind: 'door.opened', asset: 'back-door', observedAt: old + 2 }),
  );
  clock.advance(2 * hour);
  await gateway.send(badge('04A1', clock.now()));
  const administrator = await rig.as('administrator');
  const held = await administrator.send('/api/personal-data/holds', {
    about: { person: 'anna' },
    reason: 'police asked',
  });
  expect(personalDataState.parse(await held.json()).holds).toMatchObject([{ name: 'Anna Weber' }]);
  const run = async () =>
    retentionRun.parse(await (await administrator.send('/api/personal-data/run', {})).json());
  expect(await run()).toMatchObject({ deleted: { accessRecords: 1, pictures: 1 }, held: 1, isCut: false });
  expect(await run()).toMatchObject({ deleted: { accessRecords: 0, pictures: 0 } });
  const erased = await administrator.send('/api/personal-data/anna/erase', {});
  expect(await codeOf(erased)).toBe('on-hold');
  const text = await (await administrator.get('/api/personal-data/anna/export?format=text')).text();
  expect(text).toContain('What Gatehouse keeps about Anna Weber');
  expect(text.match(/badge\.presented/g)).toHaveLength(2);
  const [hold] = (await administrator.read('/api/personal-data', personalDataState)).holds;
  await administrator.send(`/api/personal-data/holds/${hold?.id}`, undefined, 'DELETE');
  const report = z
    .object({
      erased: z.array(z.object({ what: z.string(), count: z.number() })),
      kept: z.array(z.object({ why: z.string() })),
    })
    .parse(await (await administrator.send('/api/personal-data/anna/erase', {})).json());
  expect(report.erased).toContainEqual({ what: 'observations', count: 2 });
  expect(report.kept.every(({ why }) => why.length > 20)).toBe(true);
  const trail = (await (await administrator.get('/api/audit/export?records=true')).text()).trimEnd();
  expect(trail).not.toContain('04FF');
  expect(trail).not.toContain('04A1');
  expect(trail).not.toContain(Buffer.from('a face').toString('base64'));
  const lines = trail.split('\n');
  expect((await verifyExport(lines)).first).toBeUndefined();
  expect(await verifyExport(lines)).toMatchObject({ state: 'verified', records: 5 });
  // A record that only says of itself that it was redacted is an altered one.
  const forged = await verifyExport(lines.map((line) => line.replace('/kept', '/gone')));
  expect(forged.first).toMatchObject({
    what: 'altered',
    message: expect.stringContaining('the trail does not'),
  });
});
