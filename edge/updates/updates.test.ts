import { generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BundleStatement, bundleSigned, type SignedBundle } from '../../devices/enrolment.ts';
import { readGatewayConfiguration } from '../config.ts';
import { begin, HEALTHY_WITHIN_MS, judge, MAX_STARTS, NOTHING_TAKEN, started } from './probation.ts';
import { Updates } from './updates.ts';
import { isNewer, verifyBundle } from './verify.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signers = [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];
const expected = { gateway: 'corner-gateway', signers, version: '1.2.3' };

function signed(over: object): SignedBundle {
  const statement = JSON.stringify({
    kind: 'configuration',
    gateway: 'corner-gateway',
    counter: 1,
    issuedAt: 0,
    by: 'ada',
    note: '',
    ...over,
  } satisfies Partial<BundleStatement>);
  const signature = sign(null, Buffer.from(bundleSigned(statement)), privateKey).toString('base64');
  return { statement: Buffer.from(statement).toString('base64'), signature };
}

let folder: string;
let file: string;
let good: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-updates-'));
  file = join(folder, 'gateway.example.yaml');
  for (const name of ['gateway.example.yaml', 'registry.example.yaml'])
    cpSync(join(import.meta.dirname, '..', name), join(folder, name));
  good = readFileSync(file, 'utf8');
});
afterEach(() => rmSync(folder, { recursive: true }));

const inForce = () => readGatewayConfiguration(file);
const changed = () => good.replace('retainMs: 259200000', 'retainMs: 86400000');
const well = { isWell: true, refused: undefined, hasContact: true, elapsedMs: 0 };

test('a signed configuration is on probation until health is back, and stays then', () => {
  const updates = new Updates(file);
  expect(updates.take(signed({ configuration: changed() }), expected, inForce())).toBe(true);
  expect(inForce().gateway.retainMs).toBe(86_400_000);
  expect(updates.judge({ ...well, hasContact: false })).toBe(false);
  expect(updates.status).toMatchObject({ counter: 1, state: 'probation' });
  updates.judge(well);
  expect(new Updates(file).status).toMatchObject({ counter: 1, state: 'in-force' });
});

test('it goes back by itself when health does not come back, and that counter never comes again', () => {
  const updates = new Updates(file);
  updates.take(signed({ counter: 4, configuration: changed() }), expected, inForce());
  expect(updates.judge({ ...well, hasContact: false, elapsedMs: HEALTHY_WITHIN_MS })).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(good);
  expect(updates.status).toMatchObject({ state: 'returned', detail: 'the cloud did not answer in time' });
  expect(updates.take(signed({ counter: 4, configuration: changed() }), expected, inForce())).toBe(false);
  expect(updates.take(signed({ counter: 3, configuration: changed() }), expected, inForce())).toBe(false);
  expect(updates.status).toMatchObject({ counter: 4, state: 'refused' });
  expect(readFileSync(file, 'utf8')).toBe(good);
});

test('a process that falls over with it gets the last good one at its next start', () => {
  new Updates(file).take(signed({ configuration: changed() }), expected, inForce());
  for (let start = 0; start < MAX_STARTS; start++) {
    const updates = new Updates(file);
    updates.start();
    expect(updates.isOnProbation).toBe(true);
  }
  const last = new Updates(file);
  last.start();
  expect(last.status.state).toBe('returned');
  expect(readFileSync(file, 'utf8')).toBe(good);
});

test('what would not hold, or would make another gateway of it, is refused before anything is touched', () => {
  const updates = new Updates(file);
  const wrong: [object, RegExp][] = [
    [{ configuration: 'gateway: {' }, /./],
    [{ configuration: good.replace('id: corner-gateway', 'id: another') }, /who the gateway is/],
    [{ configuration: good.replace('state: state', 'state: elsewhere') }, /who the gateway is/],
    [{ registry: 'sites: []' }, /./],
    [{ gateway: 'another' }, /it is for "another"/],
    [
      { kind: 'update', version: '1.2.3', artefact: 'https://a.example/x', bytes: 1, sha256: '0'.repeat(64) },
      /not newer/,
    ],
  ];
  wrong.forEach(([over, because], index) => {
    expect(updates.take(signed({ counter: index + 1, ...over }), expected, inForce())).toBe(false);
    expect(updates.status).toMatchObject({ state: 'refused', detail: expect.stringMatching(because) });
    expect(readFileSync(file, 'utf8')).toBe(good);
  });
});

test('no altered bit of a bundle counts, and no key but the cloud’s', () => {
  const bundle = signed({ configuration: 'x: 1' });
  expect(verifyBundle(bundle, { ...expected, counter: 0 })).toHaveProperty('statement');
  fc.assert(
    fc.property(
      fc.constantFrom('statement', 'signature'),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (part, at, by) => {
        const bytes = Buffer.from(bundle[part as 'statement' | 'signature'], 'base64');
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        const altered = { ...bundle, [part]: bytes.toString('base64') };
        expect(verifyBundle(altered, { ...expected, counter: 0 })).toEqual({
          problem: 'it is not signed by the cloud',
        });
      },
    ),
  );
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' });
  const keys = [other.toString('base64'), 'noise'];
  expect(verifyBundle(bundle, { ...expected, signers: keys, counter: 0 })).toHaveProperty('problem');
});

test('versions go by number', () => {
  expect(isNewer('1.10.0', '1.9.9')).toBe(true);
  expect(isNewer('1.2.3', '1.2.3')).toBe(false);
  expect(isNewer('0.9.9', '1.0.0')).toBe(false);
});

test('a probation ends in one of two ways and never begins by itself', () => {
  fc.assert(
    fc.property(
      fc.record({
        isWell: fc.boolean(),
        hasContact: fc.boolean(),
        refused: fc.option(fc.string(), { nil: undefined }),
        elapsedMs: fc.nat(2 * HEALTHY_WITHIN_MS),
      }),
      (health) => {
        const next = judge(begin(1, ''), health);
        expect(next.counter).toBe(1);
        if (health.elapsedMs >= HEALTHY_WITHIN_MS) expect(next.state).not.toBe('probation');
        expect(judge(NOTHING_TAKEN, health)).toBe(NOTHING_TAKEN);
      },
    ),
  );
  expect(started(NOTHING_TAKEN)).toBe(NOTHING_TAKEN);
});
