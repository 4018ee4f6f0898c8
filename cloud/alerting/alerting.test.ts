import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../devices/model/clock.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { sitesOf } from '../api/incident-summary.ts';
import { Scopes } from '../api/scope.ts';
import { createMailer, mailServer } from '../mail/mail.ts';
import { emptyProfile } from '../people/account.ts';
import type { AccountScope } from '../people/account-scope.ts';
import { Accounts } from '../people/accounts.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { AuditEntry, Role, Store } from '../store/store.ts';
import { MAX_TRIES } from './alert.ts';
import { Alerting } from './alerting.ts';
import { isPushService } from './devices.ts';
import { MAX_IN_WINDOW } from './flood.ts';
import { preferences } from './preferences.ts';
import { alertingSettings } from './settings.ts';
import { type PushService, startPushService } from './testing/push-service.ts';

/** A Tuesday, 12:00 in Berlin. */
const NOON = Date.parse('2026-11-10T11:00:00Z');
const MINUTE = 60_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [
      { id: 'linden', name: 'Lindenhof Pharmacy' },
      { id: 'bank', name: 'Bank branch' },
    ],
    zones: [
      { id: 'back', site: 'linden', name: 'Back' },
      { id: 'hall', site: 'bank', name: 'Hall' },
    ],
    assets: [
      { id: 'back-door', kind: 'door', site: 'linden', zone: 'back', name: 'Back door' },
      { id: 'atm', kind: 'door', site: 'bank', zone: 'hall', name: 'ATM' },
    ],
  }),
);

let folder: string;
let clock: ManualClock;
let store: Store;
let accounts: Accounts;
let push: PushService;
let life: AbortController;
let alerting: Alerting;
let smtp: SMTPServer;
let mails: { to: string[]; text: string }[];
let hook: Server;
let posted: { signature: string | undefined; body: string }[];
let hookAnswer = 200;
let wallMs = 1_000_000;
let onDuty: string[] = [];
const audit: AuditEntry = { at: 1, by: 'mara', from: '127.0.0.1', action: 'test', about: 'test' };

const portOf = (server: { address(): AddressInfo | string | null }) => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const found = (id: string, over: Partial<Incident> = {}): Incident => ({
  id,
  title: 'Back door forced, admin log-in from a new address',
  first: clock.now(),
  last: clock.now(),
  severity: 'critical',
  priority: 90,
  detections: ['d-1', 'd-2'],
  assets: ['back-door'],
  identities: [],
  links: [],
  ...over,
});

async function tell(...incidents: Incident[]) {
  await store.putIncidents(incidents, []);
  alerting.detected({ changed: incidents, gone: [] });
  await alerting.settled();
}

async function act(incident: string, action: 'acknowledged' | 'resolved') {
  await store.act({ incident, at: clock.now(), by: 'mara', action });
  alerting.handled(incident);
  await alerting.settled();
}

async function pass(minutes: number) {
  for (let done = 0; done < minutes; done++) {
    clock.advance(MINUTE);
    await alerting.settled();
  }
}

async function open(): Promise<Alerting> {
  const made = await Alerting.open({
    settings: alertingSettings.parse({
      origin: 'https://desk.example',
      pushServices: [push.host],
      webhooks: { chat: { title: 'Chat', url: `http://127.0.0.1:${portOf(hook)}/in`, secretFile: 'secret' } },
    }),
    store,
    registry,
    clock,
    accounts,
    scopes: new Scopes({ registry, store }),
    mailer: createMailer(
      mailServer.parse({
        host: '127.0.0.1',
        port: portOf(smtp.server),
        encryption: 'none',
        from: 'desk@example.org',
      }),
      (path) => join(folder, path),
    ),
    resolve: (path) => join(folder, path),
    onDuty: () => onDuty,
    wallMs: () => wallMs,
    log: pino({ level: 'silent' }),
  });
  made.start(life.signal);
  return made;
}

async function person(name: string, role: Role, scope: AccountScope = { of: 'all' }) {
  await store.putAccount({ name, role, passwordHash: 'x' });
  await accounts.keep(name, () => ({ ...emptyProfile(), scope, email: `${name}@example.org` }));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-alerting-'));
  writeFileSync(join(folder, 'secret'), 'shared secret\n');
  clock = manualClock(NOON);
  wallMs = 1_000_000;
  onDuty = [];
  hookAnswer = 200;
  mails = [];
  posted = [];
  life = new AbortController();
  store = openSqliteStore({
    file: join(folder, 'store.sqlite'),
    clock,
    sitesOf: ({ assets }) => sitesOf(assets, registry),
  });
  accounts = new Accounts({ store, clock, onChanged: () => {} });
  push = await startPushService();
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, callback) {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
      });
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        callback();
      });
    },
  });
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const signature = request.headers['x-gatehouse-signature'];
      posted.push({ signature: typeof signature === 'string' ? signature : undefined, body });
      response.writeHead(hookAnswer).end('x'.repeat(100));
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  await person('mara', 'operator');
  await person('ines', 'supervisor');
  alerting = await open();
});
afterEach(async () => {
  life.abort();
  await alerting.settled();
  await store.close();
  await push.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await new Promise<void>((resolve) => void hook.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

const addPhone = (account: string) =>
  alerting.devices.put({ account, name: 'Phone', subscription: push.subscription, at: 1 }, audit);

test('an incident rings the operator’s telephone and writes a mail, once, with a link that takes it', async () => {
  await addPhone('mara');
  await tell(found('i-1'));
  await tell(found('i-1', { detections: ['d-1', 'd-2', 'd-3'] }));
  const [first, ...more] = push.received.map(({ text, headers }) => ({ ...JSON.parse(text), headers }));
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    incident: 'i-1',
    title: 'Critical: Back door forced, admin log-in from a new address',
    text: 'New incident. Lindenhof Pharmacy; 2 detections.',
    open: 'https://desk.example/#/incidents/i-1',
    headers: { urgency: 'high' },
  });
  expect(first.headers.authorization).toMatch(/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, ?k=[\w-]+$/);
  expect(mails.map(({ to }) => to)).toEqual([['mara@example.org']]);
  expect(mails[0]?.text).toContain('Subject: Critical: Back door forced');
  const token = new URL(first.acknowledge).pathname.replace('/alert/', '');
  expect(alerting.alertOfToken(token)).toMatchObject({
    incident: 'i-1',
    to: 'mara',
    channel: 'push',
    state: 'sent',
  });
  expect(alerting.alertOfToken(`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`)).toBeUndefined();
  clock.advance(13 * 3_600_000);
  expect(alerting.alertOfToken(token)).toBeUndefined();
});

test('who is next hears of it when nobody takes it, and nobody once somebody has', async () => {
  await tell(found('i-1'), found('i-2'));
  await act('i-2', 'acknowledged');
  await pass(6);
  expect(mails.map(({ to }) => to[0])).toEqual(['mara@example.org', 'mara@example.org', 'ines@example.org']);
  expect(mails[2]?.text).toContain('Nobody has taken it for 5 minutes');
});

test('nobody hears of what they may not see', async () => {
  await person('bo', 'operator', { of: 'sites', sites: ['bank'] });
  await tell(found('i-1'));
  await tell(found('i-2', { assets: ['atm'], title: 'ATM opened' }));
  expect(mails.map(({ to }) => to[0]).sort()).toEqual([
    'bo@example.org',
    'mara@example.org',
    'mara@example.org',
  ]);
  expect(mails.find(({ to }) => to[0] === 'bo@example.org')?.text).toContain('ATM opened');
});

test('quiet hours hold back what is not grave; it is told afterwards if it still stands', async () => {
  const quiet = preferences.parse({
    mail: 'low',
    quiet: { hours: [{ days: ['tue'], from: '08:00', to: '12:30' }], timeZone: 'Europe/Berlin' },
  });
  await alerting.putPreferences('mara', quiet, audit);
  await tell(found('i-1', { severity: 'high' }), found('i-2', { severity: 'high' }), found('i-3'));
  expect(mails.map(({ text }) => /Critical/.test(text))).toEqual([true]);
  // On duty there is no quiet.
  onDuty = ['mara'];
  await tell(found('i-4', { severity: 'high' }));
  expect(mails).toHaveLength(2);
  onDuty = [];
  for (const id of ['i-2', 'i-3', 'i-4']) await act(id, 'resolved');
  mails = [];
  await pass(31);
  expect(
    mails.filter(({ to }) => to[0] === 'mara@example.org').map(({ text }) => /quiet hours/.test(text)),
  ).toEqual([true]);
});

test('a webhook gets signed JSON, again when it failed, and after a restart what was left over', async () => {
  await alerting.putChain(
    {
      id: 'all',
      title: 'All',
      sites: [],
      from: 'low',
      steps: [{ afterMs: 0, to: [{ kind: 'webhook', name: 'chat' }] }],
      repeats: 0,
    },
    audit,
  );
  hookAnswer = 503;
  await tell(found('i-1'));
  expect(posted).toHaveLength(1);
  const [t = '', v1 = ''] = (posted[0]?.signature ?? '').split(',').map((part) => part.split('=')[1] ?? '');
  expect(v1).toBe(createHmac('sha256', 'shared secret').update(`${t}.${posted[0]?.body}`).digest('hex'));
  expect(alerting.delivering.list(() => true, 9)).toMatchObject([
    { state: 'waiting', tries: 1, problem: 'Chat answered 503' },
  ]);
  life.abort();
  await alerting.settled();
  life = new AbortController();
  hookAnswer = 200;
  wallMs += 6_000;
  alerting = await open();
  await alerting.settled();
  expect(posted.map(({ body }) => JSON.parse(body).incident)).toEqual(['i-1', 'i-1']);
  expect(alerting.delivering.list(() => true, 9)).toMatchObject([{ state: 'sent', tries: 2 }]);
});

test('a browser that is no more is forgotten; one that keeps failing is given up', async () => {
  await addPhone('mara');
  await alerting.putPreferences('mara', preferences.parse({ mail: 'off' }), audit);
  push.answer = 500;
  await tell(found('i-1'));
  for (let tries = 1; tries < MAX_TRIES; tries++) {
    wallMs += 3_600_000;
    alerting.delivering.wake();
    await alerting.settled();
  }
  expect(push.received).toHaveLength(MAX_TRIES);
  expect(alerting.delivering.list(() => true, 9)).toMatchObject([
    { state: 'given-up', problem: 'the push service answered 500' },
  ]);
  push.answer = 410;
  await tell(found('i-2'));
  expect(alerting.devices.of('mara')).toEqual([]);
});

test('a storm rings so often, says that there is more, and is silent', async () => {
  const storm = Array.from({ length: 60 }, (_, index) => found(`i-${index}`));
  await tell(...storm);
  expect(mails.filter(({ to }) => to[0] === 'mara@example.org')).toHaveLength(MAX_IN_WINDOW + 1);
  expect(mails.filter(({ text }) => text.includes('Many more incidents'))).toHaveLength(1);
});

test('nobody is told twice when one incident takes over another', async () => {
  await tell(found('i-1'));
  const whole = found('i-0', { detections: ['d-0', 'd-1', 'd-2'] });
  await store.putIncidents([whole], [{ id: 'i-1', into: 'i-0' }]);
  alerting.detected({ changed: [whole], gone: [{ id: 'i-1', into: 'i-0' }] });
  await alerting.settled();
  expect(mails).toHaveLength(1);
  await pass(5);
  expect(mails.map(({ to }) => to[0])).toEqual(['mara@example.org', 'ines@example.org']);
});

test('nothing but a push service is ever posted to for a person', () => {
  const bad = [
    'https://169.254.169.254/latest',
    'http://fcm.googleapis.com/x',
    'https://fcm.googleapis.com:8443/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://user@fcm.googleapis.com/x',
    'https://push.services.mozilla.com.evil/x',
    'file:///etc/passwd',
  ];
  expect(bad.filter((one) => isPushService(one))).toEqual([]);
  expect(isPushService('https://fcm.googleapis.com/fcm/send/abc')).toBe(true);
  expect(isPushService('https://updates.push.services.mozilla.com/wpush/v2/abc')).toBe(true);
  expect(isPushService('http://127.0.0.1:9/x', ['127.0.0.1:9'])).toBe(true);
});
