import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { IdentityBridge, identityBridgeSettings } from './bridge.ts';
import { CONTEXT, type CredentialType, presentation, type SigningKey, signed } from './credential.ts';
import { didKeyOf, rawKey } from './did.ts';
import { bitsWith, listCredential } from './status-list.ts';

const DAY = 24 * 3_600_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden', timeZone: 'UTC' }],
    assets: [{ id: 'back-door', kind: 'door', name: 'Back door', site: 'linden' }],
    identities: [{ id: 'tom', name: 'Tom Courier' }],
  }),
);

function keyPair(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const did = didKeyOf(rawKey(privateKey));
  return { did, method: `${did}#${did.slice('did:key:'.length)}`, key: privateKey };
}

let folder: string;
let clock = manualClock(1_800_000_000_000);
let observations: Observation[] = [];
let detections: Detection[] = [];
let bank: SigningKey;
let bridge: IdentityBridge;
let lists: Map<string, string>;

const open = () =>
  new IdentityBridge({
    settings: identityBridgeSettings.parse({
      address: 'https://cloud.example',
      roots: [{ did: bank.did, issues: ['AgeCredential'] }],
      hosts: ['bank.example'],
      verifiers: [
        { name: 'door', asset: 'back-door', tokenSha256: createHash('sha256').update('t').digest('hex') },
      ],
    }),
    folder: join(folder, 'identity-bridge'),
    registry,
    clock,
    async commit(seen, judged) {
      observations.push(...seen.map((one) => observation.parse(one)));
      detections.push(...judged.map((one) => detection.parse(one)));
    },
    fetch: async (url) => {
      const body = lists.get(url.href);
      return new Response(body ?? '', { status: body === undefined ? 404 : 200 });
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-identity-'));
  clock = manualClock(1_800_000_000_000);
  observations = [];
  detections = [];
  lists = new Map();
  bank = keyPair();
  bridge = open();
});
afterEach(() => rmSync(folder, { recursive: true }));

const door = () => {
  const found = bridge.verifier('t');
  if (found === undefined) throw new Error('the door has its token');
  return found;
};

/** A credential that somebody else than the installation issues. */
const issuedBy = (issuer: SigningKey, type: CredentialType, subject: object, more: object = {}) =>
  signed(
    {
      '@context': [CONTEXT],
      type: ['VerifiableCredential', type],
      issuer: issuer.did,
      validFrom: new Date(clock.now() - DAY).toISOString(),
      validUntil: new Date(clock.now() + DAY).toISOString(),
      credentialSubject: subject,
      ...more,
    },
    'vc',
    issuer,
  );

const present = (holder: SigningKey, jwts: readonly string[]) =>
  presentation(jwts, bridge.challenge(door()), holder);

/** Shop to carrier, carrier to the courier's scanner, and the parcel to the carrier. */
async function delivery(parcel = 'parcel-1') {
  const carrier = keyPair();
  const scanner = keyPair();
  const { issuer } = bridge;
  const issue = (type: CredentialType, claims: object) =>
    issuer.issue({ type, subject: carrier.did, claims: { ...claims }, validDays: 30 }, 'admin', clock.now());
  const carrierCredential = await issue('CarrierCredential', {
    name: 'Swift Parcels',
    mayIssue: ['CourierCredential'],
  });
  const parcelCredential = await issue('ParcelCredential', { parcel });
  const courier = await issuedBy(carrier, 'CourierCredential', { id: scanner.did, courier: 'tom' });
  return { carrier, scanner, courier, carrierCredential, parcelCredential };
}
const all = ({ carrierCredential, courier, parcelCredential }: Awaited<ReturnType<typeof delivery>>) => [
  carrierCredential.jwt,
  courier,
  parcelCredential.jwt,
];
const reasonOf = async (jwt: string, parcel = 'parcel-1') => {
  const outcome = await bridge.handOver(jwt, parcel, door());
  return outcome.accepted ? 'accepted' : outcome.refused.reason;
};

test('a bank vouches for an adult: accepted; for somebody under age: refused; another bank: refused', async () => {
  const verdict = async (issuer: SigningKey, ageOver18: boolean) => {
    const holder = keyPair();
    const credential = await issuedBy(issuer, 'AgeCredential', { id: holder.did, ageOver18 });
    const wants = { type: 'AgeCredential' as const, claims: { ageOver18: true } };
    const outcome = await bridge.verify(await present(holder, [credential]), door(), wants);
    return outcome.accepted ? 'accepted' : outcome.refused.reason;
  };
  expect(await verdict(bank, true)).toBe('accepted');
  expect(await verdict(bank, false)).toBe('claim');
  expect(await verdict(keyPair(), true)).toBe('untrusted-issuer');
});

test('a product proves to be genuine whoever holds it', async () => {
  const product = keyPair();
  const { jwt } = await bridge.issuer.issue(
    {
      type: 'ProductCredential',
      subject: product.did,
      claims: { product: 'insulin', batch: 'B7' },
      validDays: 9,
    },
    'admin',
    clock.now(),
  );
  const verdict = async (batch: string) =>
    (
      await bridge.verify(await present(keyPair(), [jwt]), door(), {
        type: 'ProductCredential',
        claims: { batch },
      })
    ).accepted;
  expect([await verdict('B7'), await verdict('B8')]).toEqual([true, false]);
});

test('a hand-over is proved from the shop over the carrier to the scanner', async () => {
  const given = await delivery();
  const outcome = await bridge.handOver(await present(given.scanner, all(given)), 'parcel-1', door());
  expect(outcome).toMatchObject({ accepted: true, proved: { courier: 'tom', carrier: given.carrier.did } });
  expect(detections).toEqual([]);
  expect(observations).toMatchObject([
    {
      kind: 'handover.proved',
      asset: 'back-door',
      site: 'linden',
      subjects: { identity: 'tom' },
      facts: { parcel: 'parcel-1', courier: 'tom' },
    },
  ]);
});

test('what was stolen, revoked, replayed, altered or meant for others is refused, and a detection says why', async () => {
  const given = await delivery();
  const jwts = all(given);
  const good = await present(given.scanner, jwts);
  expect(await reasonOf(good)).toBe('accepted');
  expect(await reasonOf(good)).toBe('replayed');
  expect(await reasonOf(await present(given.scanner, jwts), 'parcel-2')).toBe('wrong-parcel');
  // Stolen credentials, without the scanner's key.
  expect(await reasonOf(await present(keyPair(), jwts))).toBe('not-the-holder');
  const elsewhere = { nonce: bridge.challenge(door()).nonce, audience: 'https://thief.example' };
  expect(await reasonOf(await presentation(jwts, elsewhere, given.scanner))).toBe('audience');
  const late = await present(given.scanner, jwts);
  clock.advance(121_000);
  expect(await reasonOf(late)).toBe('unknown-nonce');
  expect(await reasonOf(await present(given.scanner, jwts.slice(0, 2)))).toBe('missing');
  // A courier whose carrier nobody here let issue anything.
  expect(await reasonOf(await present(given.scanner, jwts.slice(1)))).toBe('untrusted-issuer');
  const [head = '', , signature = ''] = (jwts[1] ?? '').split('.');
  const claim = Buffer.from((jwts[1] ?? '').split('.')[1] ?? '', 'base64url')
    .toString()
    .replace('tom', 'eve');
  const forged = [head, Buffer.from(claim).toString('base64url'), signature].join('.');
  expect(await reasonOf(await present(given.scanner, [...jwts, forged]))).toBe('signature');
  expect(await reasonOf('nonsense')).toBe('malformed');
  bridge.issuer.revoke(given.carrierCredential.id, 'contract ended', 'admin', clock.now());
  expect(await reasonOf(await present(given.scanner, jwts))).toBe('revoked');
  const other = await delivery('parcel-1');
  clock.advance(2 * DAY);
  expect(await reasonOf(await present(other.scanner, all(other)))).toBe('expired');
  expect(observations.filter(({ kind }) => kind === 'handover.refused')).toHaveLength(detections.length);
  expect(detections).toHaveLength(11);
  expect(new Set(detections.map(({ id }) => id)).size).toBe(11);
  expect(detections.at(-2)).toMatchObject({
    rule: 'handover-refused',
    severity: 'high',
    assets: ['back-door'],
    identities: ['tom'],
    facts: { reason: 'revoked', parcel: 'parcel-1' },
  });
  // Whom a stranger's token names nobody is suspected for.
  expect(detections.find(({ facts }) => facts.reason === 'untrusted-issuer')?.identities).toEqual([]);
});

test('a carrier may vouch for what it was let, and for no more', async () => {
  const given = await delivery();
  const scanner = keyPair();
  const own = await issuedBy(given.carrier, 'ParcelCredential', { id: scanner.did, parcel: 'parcel-9' });
  const courier = await issuedBy(given.carrier, 'CourierCredential', { id: scanner.did, courier: 'tom' });
  const jwts = [given.carrierCredential.jwt, courier, own];
  expect(await reasonOf(await present(scanner, jwts), 'parcel-9')).toBe('untrusted-issuer');
});

test('a subcontractor is believed within what its carrier was let hand on, and no further', async () => {
  const carrier = keyPair();
  const sub = keyPair();
  const scanner = keyPair();
  const ofShop = async (mayIssue: readonly CredentialType[]) =>
    (
      await bridge.issuer.issue(
        {
          type: 'CarrierCredential',
          subject: carrier.did,
          claims: { name: 'Swift', mayIssue },
          validDays: 1,
        },
        'admin',
        clock.now(),
      )
    ).jwt;
  const ofCarrier = (mayIssue: readonly CredentialType[]) =>
    issuedBy(carrier, 'CarrierCredential', { id: sub.did, name: 'Sub', mayIssue });
  const courier = await issuedBy(sub, 'CourierCredential', { id: scanner.did, courier: 'tom' });
  const own = await issuedBy(sub, 'ParcelCredential', { id: scanner.did, parcel: 'parcel-1' });
  const { jwt: entrusted } = await bridge.issuer.issue(
    { type: 'ParcelCredential', subject: sub.did, claims: { parcel: 'parcel-1' }, validDays: 1 },
    'admin',
    clock.now(),
  );
  const handsOn = await ofShop(['CarrierCredential', 'CourierCredential']);
  const lent = await ofCarrier(['CourierCredential']);
  expect(await reasonOf(await present(scanner, [handsOn, lent, courier, entrusted]))).toBe('accepted');
  const keepsIt = await ofShop(['CourierCredential']);
  expect(await reasonOf(await present(scanner, [keepsIt, lent, courier, entrusted]))).toBe(
    'untrusted-issuer',
  );
  const greedy = await ofCarrier(['CourierCredential', 'ParcelCredential']);
  expect(await reasonOf(await present(scanner, [handsOn, greedy, courier, own]))).toBe('untrusted-issuer');
});

test('revocation of another issuer is asked of its list, and what can not be asked is not believed', async () => {
  const holder = keyPair();
  const list = 'https://bank.example/status/1';
  const credential = (index: number, of = list) =>
    issuedBy(
      bank,
      'AgeCredential',
      { id: holder.did, ageOver18: true },
      {
        credentialStatus: {
          type: 'BitstringStatusListEntry',
          statusPurpose: 'revocation',
          statusListIndex: String(index),
          statusListCredential: of,
        },
      },
    );
  const wants = { type: 'AgeCredential' as const, claims: {} };
  const verdict = async (jwt: string) => {
    const outcome = await bridge.verify(await present(holder, [jwt]), door(), wants);
    return outcome.accepted ? 'accepted' : outcome.refused.reason;
  };
  expect(await verdict(await credential(3))).toBe('status-unknown');
  const signedList = (issuer: SigningKey) =>
    signed(listCredential(list, issuer.did, bitsWith([3]), clock.now()), 'vc', issuer);
  lists.set(list, await signedList(keyPair()));
  expect(await verdict(await credential(3))).toBe('status-unknown');
  lists.set(list, await signedList(bank));
  bridge = open();
  expect(await verdict(await credential(3))).toBe('revoked');
  expect(await verdict(await credential(4))).toBe('accepted');
  expect(await verdict(await credential(4, 'https://elsewhere.example/status/1'))).toBe('status-unknown');
});

test('key, register and revocations are there after a restart; the key is its owner’s alone', async () => {
  const given = await delivery();
  bridge.issuer.revoke(given.parcelCredential.id, 'lost', 'admin', clock.now());
  const before = bridge.issuer.signer.did;
  bridge = open();
  expect(bridge.issuer.signer.did).toBe(before);
  expect(bridge.issuer.list(10).map(({ type, revokedAt }) => [type, revokedAt !== undefined])).toEqual([
    ['ParcelCredential', true],
    ['CarrierCredential', false],
  ]);
  expect(await reasonOf(await present(given.scanner, all(given)))).toBe('revoked');
  expect(statSync(join(folder, 'identity-bridge', 'key.pem')).mode & 0o777).toBe(0o600);
  rmSync(join(folder, 'identity-bridge', 'key.pem'));
  expect(open).toThrow(/key.pem is gone/);
});
