import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../../devices/model/clock.ts';
import { registryDocument, registryOf } from '../../../devices/model/registry.ts';
import { createMailer, mailServer } from '../../mail/mail.ts';
import type { CacaoCommand, Playbook } from '../cacao.ts';
import type { ActionStep, Prepared } from '../runner/machine.ts';
import type { Effect } from '../runner/run.ts';
import { responseSettings } from '../settings.ts';
import type { World } from './action.ts';
import { perform, prepareIn } from './catalog.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-actions-'));
const asset = (id: string, kind: string, more: object = {}) => ({
  id,
  kind,
  name: id,
  site: 'linden',
  ...more,
});
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden Pharmacy', opening: [] }],
    zones: [],
    assets: [
      asset('back-door', 'door'),
      asset('bolt', 'lock', { hostedOn: 'back-door' }),
      asset('eye', 'camera'),
      asset('horn', 'siren'),
    ],
    identities: [],
  }),
);
const target = (name: string, type = 'http-api') => ({ [`${type}--1`]: { type, name } });
const step = (more: Partial<ActionStep> = {}): ActionStep => ({
  type: 'action',
  agent: 'group--1',
  commands: [],
  ...more,
});
const playbook = (targets: object = {}) =>
  ({
    name: 'Test',
    target_definitions: targets,
    workflow: {},
    playbook_variables: {},
  }) as unknown as Playbook;

interface Seen {
  url: string;
  method: string;
  headers: IncomingMessage['headers'];
  body: string;
}
const seen: Seen[] = [];
let answer: (
  request: IncomingMessage,
) => { status: number; body?: string; headers?: Record<string, string> } | 'hang' = () => ({
  status: 200,
});
let server: Server;
let smtp: SMTPServer;
const letters: { to: string[]; text: string }[] = [];
let refusesMail = false;

beforeAll(async () => {
  writeFileSync(join(folder, 'token'), 'secret-of-the-shop\n');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        url: request.url ?? '',
        method: request.method ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      const told = answer(request);
      if (told === 'hang') return;
      response.writeHead(told.status, told.headers).end(told.body ?? '{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(address, _session, done) {
      done(refusesMail ? new Error(`no ${address.address} here`) : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        letters.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

const portOf = (of: { address(): AddressInfo | string | null }) => (of.address() as AddressInfo).port;
const settings = () =>
  responseSettings.parse({
    targets: {
      shop: {
        title: 'Web shop',
        url: `http://127.0.0.1:${portOf(server)}/admin/api`,
        tokenFile: 'token',
        timeoutMs: 300,
        calls: {
          'block-account': {
            title: 'Block the account {account}',
            path: 'accounts/{account}/block',
            body: { reason: 'blocked: {account}', hard: true },
            endangers: 'none',
          },
          'close-checkout': { title: 'Close the checkout', path: 'checkout/close', repeatable: true },
        },
      },
      gone: {
        title: 'Gone',
        url: 'http://127.0.0.1:9',
        calls: { it: { title: 'It', path: 'it', endangers: 'none' } },
      },
    },
    mailGroups: { responsible: ['anna@example.org', 'jonas@example.org'] },
  });
const orders: unknown[] = [];
const world = (): World => ({
  registry,
  settings: settings(),
  hasMail: true,
  mailer: createMailer(
    mailServer.parse({
      host: '127.0.0.1',
      port: portOf(smtp.server),
      encryption: 'none',
      from: 'gatehouse@example.org',
    }),
    (path) => join(folder, path),
  ),
  clock: manualClock(0),
  resolve: (path) => join(folder, path),
  command: async (site, order) => {
    orders.push({ site, ...order });
    return { state: 'ok', detail: 'confirmed' };
  },
});
const prepared = (
  command: CacaoCommand,
  values: Record<string, string> = {},
  targets: object = {},
  more: Partial<ActionStep> = {},
): Prepared =>
  prepareIn(world(), playbook(targets))(
    command,
    step({ ...(Object.keys(targets).length === 0 ? {} : { targets: Object.keys(targets) }), ...more }),
    values,
  );
const doing = (found: Prepared, signal = new AbortController().signal) => {
  if (found.is !== 'deed') throw new Error(JSON.stringify(found));
  const { deed, says, isRepeatable } = found;
  const effect: Effect = { id: 'run/step/1/0', deed, says, isRepeatable, issuedAt: 0, state: 'sent' };
  return perform(effect, world(), signal);
};
const block = { type: 'http-api', command: 'POST /block-account?account=__account__:value' };

describe('a partner by HTTP', () => {
  test('is asked as the configuration says, with its secret and a key against doing it twice', async () => {
    const found = prepared(block, { __account__: 'a.weber' }, target('shop'));
    expect(found).toMatchObject({
      is: 'deed',
      says: 'Web shop: Block the account a.weber',
      isRepeatable: false,
    });
    expect(found).not.toHaveProperty('danger');
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(await doing(found)).toEqual({ state: 'ok', detail: 'Web shop answered 200: {"ok":true}' });
    expect(seen.at(-1)).toMatchObject({
      url: '/admin/api/accounts/a.weber/block',
      method: 'POST',
      body: '{"reason":"blocked: a.weber","hard":true}',
      headers: { authorization: 'Bearer secret-of-the-shop', 'idempotency-key': 'run/step/1/0' },
    });
  });

  test('can’t be led elsewhere by what an attacker calls himself', async () => {
    for (const account of [
      '../../other',
      'x/../../y',
      '%2e%2e/z',
      'a?b#c',
      'http://evil.example/',
      '"},"x":{"',
    ])
      expect((await doing(prepared(block, { __account__: account }, target('shop')))).state).toBe('ok');
    for (const { url, body } of seen) {
      expect(url).toMatch(/^\/admin\/api\/accounts\/[^/]*\/block$/);
      expect(Object.keys(JSON.parse(body))).toEqual(['reason', 'hard']);
    }
    for (const account of ['.', '..'])
      expect(prepared(block, { __account__: account }, target('shop'))).toMatchObject({ is: 'problem' });
    answer = () => ({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    expect((await doing(prepared(block, { __account__: 'a' }, target('shop')))).state).toBe('failed');
    answer = () => ({ status: 200 });
  });

  test('that nobody configured is left to people; a call that is not there is a problem', () => {
    expect(prepared(block, { __account__: 'a' }, target('bank'))).toEqual({ is: 'manual' });
    expect(prepared({ type: 'http-api', command: 'POST /wipe' }, {}, target('shop'))).toMatchObject({
      is: 'problem',
    });
    expect(prepared(block, {}, target('shop'))).toMatchObject({ is: 'problem' });
    expect(prepared({ type: 'bash', command: 'rm -rf /' })).toEqual({ is: 'manual' });
  });

  test('that touches trade needs a second person unless the configuration says otherwise', () => {
    expect(prepared({ type: 'http-api', command: 'POST /close-checkout' }, {}, target('shop'))).toMatchObject(
      {
        danger: 'trade',
        isRepeatable: true,
      },
    );
  });

  test('that refuses has not done it; that says nothing may have; that is not there surely has not', async () => {
    const found = prepared(block, { __account__: 'a' }, target('shop'));
    answer = () => ({ status: 404, body: 'no such account\n' });
    expect(await doing(found)).toEqual({ state: 'failed', detail: 'Web shop answered 404: no such account' });
    answer = () => ({ status: 500 });
    expect((await doing(found)).state).toBe('unknown');
    answer = () => 'hang';
    expect(await doing(found)).toEqual({ state: 'unknown', detail: 'Web shop: no answer within 300 ms' });
    answer = () => ({ status: 200, body: 'x'.repeat(1_000_000) });
    expect((await doing(found)).detail.length).toBeLessThan(300);
    answer = () => ({ status: 200 });
    expect((await doing(prepared({ type: 'http-api', command: 'POST /it' }, {}, target('gone')))).state).toBe(
      'failed',
    );
  });
});

describe('a device at a site', () => {
  const order = (command: string, values: Record<string, string> = {}) =>
    prepared({ type: 'gatehouse-gateway', command }, values);
  test('is told by its gateway; a door’s lock is found, and locks are never one person’s matter', async () => {
    const found = order('lock.lock __door__:value', { __door__: 'back-door' });
    expect(found).toMatchObject({
      danger: 'people',
      says: 'Lock: bolt (Linden Pharmacy)',
      isRepeatable: true,
    });
    expect(await doing(found)).toEqual({ state: 'ok', detail: 'confirmed' });
    expect(orders.at(-1)).toMatchObject({
      site: 'linden',
      action: 'lock.lock',
      asset: 'bolt',
      id: 'run/step/1/0',
    });
    expect(order('siren.on horn')).toMatchObject({ danger: 'people' });
    expect(order('picture.take eye')).not.toHaveProperty('danger');
    await doing(order('camera.go-to-preset eye back yard'));
    expect(orders.at(-1)).toMatchObject({ preset: 'back yard' });
  });
  test('that is not there, of another kind, or not known is a problem in words', () => {
    for (const [command, says] of [
      ['lock.lock nowhere', 'The registry knows no "nowhere".'],
      ['lock.lock eye', 'eye is a camera: not for lock.lock'],
      ['door.explode back-door', '"door.explode" is none of'],
      ['camera.go-to-preset eye', 'asks for the name of a preset'],
      ['lock.lock __lock__:value', 'Not known for this incident: __lock__'],
    ] as const) {
      const found = order(command);
      expect(found.is === 'problem' ? found.message : found.is).toContain(says);
    }
  });
  test('and a message to its page', async () => {
    const found = prepared({ type: 'gatehouse-notice', command: 'Stay inside.' }, { __site__: 'linden' });
    await doing(found);
    expect(orders.at(-1)).toMatchObject({ action: 'page.notice', asset: undefined, reason: 'Stay inside.' });
    expect(prepared({ type: 'gatehouse-notice', command: 'x' }, {})).toMatchObject({ is: 'problem' });
  });
});

describe('mail', () => {
  const letter = {
    type: 'gatehouse-mail',
    command: 'Break-in at __site_name__:value',
    content: 'Ring __person_name__:value.',
  };
  const values = { __site_name__: 'Linden\r\nBcc: all@evil.example', __person_name__: 'Jörg' };
  test('goes to a group of the configuration, and its subject smuggles nothing in', async () => {
    const found = prepared(letter, values, target('responsible', 'group'));
    expect(await doing(found)).toEqual({ state: 'ok', detail: 'handed to the mail server for 2' });
    expect(letters.at(-1)?.to).toEqual(['anna@example.org', 'jonas@example.org']);
    expect(letters.at(-1)?.text).not.toMatch(/^Bcc:/m);
    expect(letters.at(-1)?.text).toMatch(/^Subject: Break-in at Linden/m);
  });
  test('to nobody of the configuration is a problem; refused it has failed', async () => {
    expect(prepared(letter, values, target('press', 'group'))).toMatchObject({ is: 'problem' });
    expect(prepared(letter, values)).toMatchObject({ is: 'problem' });
    refusesMail = true;
    expect((await doing(prepared(letter, values, target('responsible', 'group')))).state).toBe('failed');
    refusesMail = false;
  });
});
