import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../devices/model/clock.ts';
import { type CloudRig, PASSWORD, signIn, startRig } from '../testing.ts';
import { auditList } from './answers.ts';
import { hashPassword, MAX_PASSWORD_LENGTH, PasswordCheck, parsePasswordHash } from './password.ts';
import { FIRST_LOCK_MS, MAX_FAILURES_PER_ACCOUNT } from './throttle.ts';

let rig: CloudRig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function started(over: object = {}): Promise<{ rig: CloudRig; clock: ManualClock }> {
  const clock = manualClock(Date.parse('2026-11-23T08:00:00Z'));
  rig = await startRig(over, clock);
  return { rig, clock };
}

test('the cookie is for this server alone and out of reach of scripts; the store knows only its hash', async () => {
  const { rig: on } = await started();
  const response = await fetch(`${on.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'operator', password: PASSWORD }),
  });
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; HttpOnly/);
  expect(cookie).toMatch(/; SameSite=Strict/);
  expect(cookie).toMatch(/; Path=\//);
  const secret = /=([^;]+)/.exec(cookie)?.[1] ?? '';
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  const database = new DatabaseSync(join(on.folder, 'state', 'store.sqlite'), { readOnly: true });
  const kept = JSON.stringify(database.prepare('SELECT * FROM session').all());
  database.close();
  expect(kept).toContain('operator');
  expect(kept).not.toContain(secret);
});

test('behind a proxy that speaks TLS the cookie is a secure one, and the browser is told to stay with TLS', async () => {
  const { rig: on } = await started({ http: { port: 0, trustProxy: true } });
  const response = await fetch(`${on.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
    body: JSON.stringify({ name: 'operator', password: PASSWORD }),
  });
  expect(response.headers.get('set-cookie')).toMatch(/^__Host-gatehouse-desk=.*; Secure/);
  expect(response.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
});

test('after signing out the session is dead, on the server', async () => {
  const { rig: on } = await started();
  const person = await on.as('operator');
  expect((await person.send('/api/session', undefined, 'DELETE')).status).toBe(204);
  expect((await person.get('/api/session')).status).toBe(401);
  await on.restart();
  const later = await fetch(`${on.address}/api/session`, { headers: { cookie: person.cookie } });
  expect(later.status).toBe(401);
});

test('a session outlives a restart, but not its lifetime, nor a long silence', async () => {
  const { rig: on, clock } = await started({ session: { lifetimeMs: 3_600_000, idleMs: 600_000 } });
  const person = await on.as('operator');
  await on.restart();
  const status = async () =>
    (await fetch(`${on.address}/api/session`, { headers: { cookie: person.cookie } })).status;
  for (let minutes = 0; minutes < 55; minutes += 5) {
    expect(await status()).toBe(200);
    clock.advance(5 * 60_000);
  }
  expect(await status()).toBe(200);
  clock.advance(6 * 60_000);
  expect(await status()).toBe(401);
  const idle = await on.as('operator');
  clock.advance(600_001);
  expect((await idle.get('/api/session')).status).toBe(401);
  await on.restart();
  const revived = await fetch(`${on.address}/api/session`, { headers: { cookie: idle.cookie } });
  expect(revived.status).toBe(401);
});

test('guessing is slowed down, for a name that there is and for one that there is not, and is on record', async () => {
  const { rig: on, clock } = await started();
  for (const name of ['operator', 'nobody']) {
    for (let guess = 0; guess < MAX_FAILURES_PER_ACCOUNT; guess++)
      await expect(signIn(on.address, name, `guess ${guess}`)).rejects.toThrow(
        /401.*Name or password is wrong/,
      );
    // Even the right one is not looked at now.
    await expect(signIn(on.address, name)).rejects.toThrow(/429.*Try again in 30 seconds/);
  }
  clock.advance(FIRST_LOCK_MS);
  const person = await on.as('auditor');
  await on.as('operator');
  const { items } = await person.read('/api/audit?limit=500', auditList);
  const count = (action: string, by: string) =>
    items.filter((entry) => entry.action === action && entry.by === by).length;
  expect(count('sign-in.failed', 'operator')).toBe(MAX_FAILURES_PER_ACCOUNT);
  expect(count('sign-in.locked', 'nobody')).toBe(1);
  expect(items[0]).toMatchObject({ action: 'signed-in', by: 'operator', from: '127.0.0.1' });
});

test('behind a proxy the address is the one the proxy saw, not one that the client made up', async () => {
  const { rig: on } = await started({ http: { port: 0, trustProxy: true } });
  await fetch(`${on.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.9.9.9, 203.0.113.7' },
    body: JSON.stringify({ name: 'operator', password: 'wrong' }),
  });
  const { items } = await (await on.as('auditor')).read('/api/audit', auditList);
  expect(items.find(({ action }) => action === 'sign-in.failed')?.from).toBe('203.0.113.7');
});

test('accounts of the configuration are made once; a password changed since stays', async () => {
  const { rig: on } = await started();
  await on.restart();
  expect((await (await on.as('operator')).get('/api/session')).status).toBe(200);
});

test('a hash says how it was made, and one that would eat all memory is none', async () => {
  const made = await hashPassword('Grüße vom Amt', 1_024);
  expect(made).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  const check = new PasswordCheck();
  expect(await check.matches('Grüße vom Amt', made)).toBe(true);
  // The same letters, composed of others by another keyboard.
  expect(await check.matches('Gru\u0308ße vom Amt', made)).toBe(true);
  expect(await check.matches('Gruesse vom Amt', made)).toBe(false);
  expect(await check.matches('Grüße vom Amt', undefined)).toBe(false);
  expect(parsePasswordHash(made.replace('$1024$', '$1048576$'))).toBeUndefined();
  expect(parsePasswordHash(made.replace('$1024$', '$1000$'))).toBeUndefined();
  expect(parsePasswordHash('plain')).toBeUndefined();
  expect(MAX_PASSWORD_LENGTH).toBeGreaterThanOrEqual(64);
});
