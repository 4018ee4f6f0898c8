import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { identityChallenge, identityVerdict, incidentList, issuedList } from '../api/answers.ts';
import { type CloudRig, eventually, startRig } from '../testing.ts';
import { presentation } from './credential.ts';
import { didKeyOf, rawKey } from './did.ts';

let rig: CloudRig;
beforeAll(async () => {
  const tokenSha256 = createHash('sha256').update('token-of-the-door').digest('hex');
  rig = await startRig({
    identityBridge: { verifiers: [{ name: 'door', asset: 'back-door', tokenSha256 }] },
  });
});
afterAll(() => rig.stop());

const post = (path: string, body: object, token = 'token-of-the-door') =>
  fetch(rig.address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

test('an administrator issues and revokes; a device checks; a refused hand-over becomes an incident', async () => {
  const administrator = await rig.as('administrator');
  const { privateKey } = generateKeyPairSync('ed25519');
  const did = didKeyOf(rawKey(privateKey));
  const scanner = { did, method: `${did}#${did.slice(8)}`, key: privateKey };
  const issue = async (type: string, claims: object) => {
    const wish = { type, subject: did, claims, validDays: 1 };
    const answer = await administrator.send('/api/identity/credentials', wish);
    return z.object({ id: z.string(), jwt: z.string() }).parse(await answer.json());
  };
  const courier = await issue('CourierCredential', { courier: 'anna' });
  const parcel = await issue('ParcelCredential', { parcel: 'parcel-7' });
  const handOver = async () => {
    const challenge = identityChallenge.parse(await (await post('/api/identity/challenge', {})).json());
    const jwt = await presentation([courier.jwt, parcel.jwt], challenge, scanner);
    const answer = await post('/api/identity/hand-over', { presentation: jwt, parcel: 'parcel-7' });
    return identityVerdict.parse(await answer.json());
  };
  expect(await handOver()).toMatchObject({ accepted: true, courier: 'anna' });
  const revoked = await administrator.send('/api/identity/credentials/revoke', {
    id: courier.id,
    reason: 'stolen',
  });
  expect(revoked.status).toBe(204);
  expect(await handOver()).toMatchObject({ accepted: false, reason: 'revoked' });
  const found = await eventually('the incident', async () => {
    const { items } = await administrator.read('/api/incidents', incidentList);
    return items.find(({ people }) => people.some(({ id }) => id === 'anna'));
  });
  expect(found.assets.map(({ id }) => id)).toEqual(['back-door']);
  const { items } = await administrator.read('/api/identity/credentials', issuedList);
  expect(items.map(({ reason }) => reason)).toEqual([undefined, 'stolen']);
  expect((await fetch(`${rig.address}/api/identity/status/0`)).headers.get('content-type')).toBe(
    'application/vc+jwt',
  );
});

test('who may not issue or check is refused', async () => {
  const supervisor = await rig.as('supervisor');
  expect((await supervisor.send('/api/identity/credentials', {})).status).toBe(403);
  expect((await supervisor.get('/api/identity/credentials')).status).toBe(403);
  expect((await post('/api/identity/challenge', {}, 'another')).status).toBe(401);
  const administrator = await rig.as('administrator');
  const wrong = { type: 'AgeCredential', subject: 'did:key:z6Mk', claims: {}, validDays: 1 };
  expect((await administrator.send('/api/identity/credentials', wrong)).status).toBe(422);
});
