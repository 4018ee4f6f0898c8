import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authority, fingerprintOf } from './authority.ts';
import { keyOfRequest } from './certificate.ts';
import {
  codeId,
  GUESS_WINDOW_MS,
  GuessCounter,
  judgeCode,
  type KeptCode,
  MAX_GUESSES,
  MAX_GUESSES_OF_ALL,
} from './codes.ts';
import { type GatewayEntry, Roster } from './roster.ts';

const DAY_MS = 24 * 3_600_000;
let folder: string;
let now = Date.UTC(2026, 10, 24);
let authority: Authority;
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
  authority = new Authority(join(folder, 'authority'), () => now);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('openssl takes what the authority signs, each for its own use and no other', () => {
  const write = (name: string, certificate: X509Certificate | string) => {
    writeFileSync(join(folder, name), certificate.toString());
    return join(folder, name);
  };
  const root = write('root.pem', authority.certificate);
  const gateway = write('gateway.pem', authority.certify('gw-1', keys.publicKey, 14 * DAY_MS));
  const cloud = write('cloud.pem', new X509Certificate(authority.server().cert));
  const at = String(Math.round(now / 1000));
  const verify = (purpose: string, file: string) =>
    execFileSync(
      'openssl',
      ['verify', '-x509_strict', '-attime', at, '-CAfile', root, '-purpose', purpose, file],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    );
  expect(verify('sslclient', gateway)).toContain('OK');
  expect(verify('sslserver', cloud)).toContain('OK');
  expect(() => verify('sslserver', gateway)).toThrow();
  expect(() => verify('sslclient', cloud)).toThrow();
});

test('the authority is the same after a restart, its file for its owner alone; a damaged one is not made anew', () => {
  const again = new Authority(join(folder, 'authority'), () => now);
  expect(again.fingerprint.equals(authority.fingerprint)).toBe(true);
  expect(again.fingerprint.equals(fingerprintOf(authority.certificate.publicKey))).toBe(true);
  expect(again.signers).toEqual(authority.signers);
  expect(statSync(join(folder, 'authority', 'authority.json')).mode & 0o077).toBe(0);
  const damaged = join(folder, 'damaged');
  new Authority(damaged, () => now);
  writeFileSync(join(damaged, 'authority.json'), '{');
  expect(() => new Authority(damaged, () => now)).toThrow('restore it from a back-up');
});

test('the certificate that the cloud shows is made anew before it ends', () => {
  const first = authority.server();
  now += 30 * DAY_MS;
  expect(authority.server()).toBe(first);
  now += 15 * DAY_MS;
  expect(authority.server()).not.toBe(first);
});

test('requests of openssl are taken; those of other curves, altered ones and noise are refused', () => {
  const request = (curve: string) => {
    const key = join(folder, `${curve}.key`);
    execFileSync('openssl', ['ecparam', '-name', curve, '-genkey', '-noout', '-out', key], { stdio: 'pipe' });
    return execFileSync('openssl', ['req', '-new', '-key', key, '-subj', '/CN=gw', '-outform', 'DER'], {
      stdio: 'pipe',
    });
  };
  const good = request('prime256v1');
  expect(keyOfRequest(good)).not.toHaveProperty('problem');
  expect(keyOfRequest(request('secp384r1'))).toHaveProperty('problem');
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const altered = Buffer.from(good);
      altered[at] = (altered[at] ?? 0) ^ by;
      expect(keyOfRequest(altered)).toHaveProperty('problem');
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      expect(keyOfRequest(noise)).toHaveProperty('problem');
    }),
  );
});

test('a code is good once, for a while, and again only for the key that it was used with', () => {
  const code: KeptCode = {
    id: codeId(new Uint8Array(12)),
    gateway: 'gw-1',
    site: 'linden',
    tenant: 'default',
    createdAt: 0,
    createdBy: 'ada',
    expiresAt: 1_000,
  };
  const used = { ...code, used: { at: 500, from: '::1', key: 'k' } };
  expect(judgeCode(undefined, 'k', 1)).toBe('unknown');
  expect(judgeCode(code, 'k', 999)).toBe('good');
  expect(judgeCode(code, 'k', 1_000)).toBe('expired');
  expect(judgeCode(used, 'k', 999)).toBe('again');
  expect(judgeCode(used, 'another', 999)).toBe('used');
  expect(judgeCode(used, 'k', 1_000)).toBe('expired');
  expect(judgeCode({ ...code, withdrawn: { at: 1, by: 'ada' } }, 'k', 2)).toBe('withdrawn');
});

test('guessing is shut off by address and of all together, and only for a while', () => {
  let at = 0;
  const guesses = new GuessCounter(() => at);
  for (let count = 0; count < MAX_GUESSES; count++) guesses.wrong('10.0.0.1');
  expect(guesses.isShut('10.0.0.1')).toBe(true);
  expect(guesses.isShut('10.0.0.2')).toBe(false);
  for (let count = 0; count < MAX_GUESSES_OF_ALL; count++) guesses.wrong(`10.1.${count >> 8}.${count & 255}`);
  expect(guesses.isShut('10.0.0.2')).toBe(true);
  at = GUESS_WINDOW_MS + 1;
  expect(guesses.isShut('10.0.0.1')).toBe(false);
});

/** A roster over a store in memory. */
function rosterOf() {
  const kept = new Map<string, unknown>();
  const waiting: (() => void)[] = [];
  let holds = false;
  const roster = new Roster({
    store: {
      documents: () => [],
      async putDocuments(writes) {
        if (holds) await new Promise<void>((resolve) => waiting.push(resolve));
        for (const { id, value } of writes) kept.set(id, value);
      },
    },
    authority,
    configured: [{ id: 'old', site: 'linden', tokenSha256: '0'.repeat(64) }],
    passwordsAfterEnrolment: false,
    now: () => now,
  });
  const hold = (on: boolean) => {
    holds = on;
    if (!on) for (const go of waiting.splice(0)) go();
  };
  return { roster, kept, hold };
}
const audit = { at: 0, by: 'ada', from: '', action: 'x', about: 'x' };
const entry = (id: string, enrolledAt = 1): Omit<GatewayEntry, 'certificates'> => ({
  id,
  site: 'linden',
  state: 'enrolled',
  enrolledAt,
  enrolledBy: 'ada',
});

test('a certificate counts while it is listed, its renewal beside it; an ended one may only ask for the next', async () => {
  const { roster } = rosterOf();
  const first = authority.certify('gw-1', keys.publicKey, DAY_MS);
  await roster.certified(entry('gw-1'), first, audit);
  now += DAY_MS / 2;
  const second = authority.certify('gw-1', keys.publicKey, DAY_MS);
  await roster.certified(entry('gw-1'), second, audit);
  expect(roster.credentialOf(first)?.id).toBe('gw-1');
  expect(roster.credentialOf(second)?.id).toBe('gw-1');
  now += DAY_MS / 2 + 1_000;
  expect(roster.credentialOf(first)).toBeUndefined();
  expect(roster.identify(first)).toMatchObject({ isExpired: true });
  // Another machine joins under the same name: what the one before had is over.
  const cut: string[] = [];
  roster.onCut((id) => cut.push(id));
  const third = authority.certify('gw-1', keys.publicKey, DAY_MS);
  await roster.certified(entry('gw-1', 2), third, audit);
  expect(roster.identify(second)).toBeUndefined();
  expect(cut).toEqual(['gw-1']);
  // A certificate of another authority with a listed serial would have to be signed by ours.
  const other = new Authority(join(folder, 'other'), () => now);
  expect(roster.identify(other.certify('gw-1', keys.publicKey, DAY_MS))).toBeUndefined();
});

test('who is cut off while a renewal is being written stays cut off', async () => {
  const { roster, hold } = rosterOf();
  await roster.certified(entry('gw-1'), authority.certify('gw-1', keys.publicKey, DAY_MS), audit);
  hold(true);
  const next = authority.certify('gw-1', keys.publicKey, DAY_MS);
  const renewing = roster.certified(entry('gw-1'), next, audit);
  const ending = roster.end('gw-1', 'revoked', { at: 1, by: 'ada', reason: 'stolen' }, audit);
  expect(roster.isCutOff('gw-1')).toBe(true);
  hold(false);
  await Promise.all([renewing, ending]);
  expect(roster.isCutOff('gw-1')).toBe(true);
  expect(roster.identify(next)).toBeUndefined();
});

test('a gateway with a token is cut off as well, and one with a certificate has no use of its token', async () => {
  const { roster } = rosterOf();
  const all = { authenticate: (id: string) => roster.gateways.find((one) => one.id === id) };
  const guarded = roster.guard({ ...all, get: () => undefined, all: [] });
  expect(guarded.authenticate('old', 't')?.id).toBe('old');
  await roster.certified(entry('old'), authority.certify('old', keys.publicKey, DAY_MS), audit);
  expect(guarded.authenticate('old', 't')).toBeUndefined();
  await roster.end('old', 'revoked', { at: 1, by: 'ada', reason: 'sold' }, audit);
  expect(guarded.get('old')).toBeUndefined();
  await expect(roster.end('nobody', 'revoked', { at: 1, by: 'ada', reason: 'x' }, audit)).rejects.toThrow(
    RangeError,
  );
});
