import { describe, expect, it } from 'vitest';
import { Identities, type IdentityEntry, identityEntry, Rights } from './identities.ts';
import { hashPassword, PasswordChecker, parsePasswordHash } from './password.ts';
import { FREE_GUESSES_PER_ADDRESS, FREE_GUESSES_PER_NAME } from './throttle.ts';

const entry = async (username: string, password: string): Promise<IdentityEntry> => ({
  username,
  passwordHash: await hashPassword(password, 16),
  publish: [],
  subscribe: [],
});
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('a password hash', () => {
  it('proves its password and no other, and carries its own parameters', async () => {
    const text = await hashPassword('open sesame', 32);
    expect(text).toMatch(/^scrypt\$32\$8\$1\$/);
    const hash = parsePasswordHash(text);
    const checker = new PasswordChecker();
    expect(await checker.check('u', bytes('open sesame'), hash)).toBe(true);
    expect(await checker.check('u', bytes('open sesame'), hash)).toBe(true);
    expect(await checker.check('u', bytes('open sesamf'), hash)).toBe(false);
    expect(await checker.check('u', bytes(''), hash)).toBe(false);
    expect(await checker.check('nobody', bytes('open sesame'), undefined)).toBe(false);
  });

  it('is salted', async () => {
    expect(await hashPassword('a', 16)).not.toBe(await hashPassword('a', 16));
  });

  it.each([
    ['', 'nothing'],
    ['plain', 'a plain password'],
    [
      'scrypt$1048576$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'a cost that takes a gigabyte',
    ],
    [
      'scrypt$1000$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'a cost that is no power of two',
    ],
    ['scrypt$1024$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAA', 'a short key'],
  ])('%s is refused: %s', (text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
  });

  it('once proven is not derived again, so that a storm of reconnections is cheap', async () => {
    const checker = new PasswordChecker();
    const hash = parsePasswordHash(await hashPassword('p', 16));
    for (let count = 0; count < 20; count++) await checker.check('u', bytes('p'), hash);
    expect(checker.derivations).toBe(1);
    await checker.check('u', bytes('q'), hash);
    expect(checker.derivations).toBe(2);
  });
});

describe('rights', () => {
  const rights = (over: Partial<IdentityEntry>, clientId = 'c1') =>
    new Rights({ username: 'door', passwordHash: '', ...over }, clientId);

  it('let a device publish only as itself', () => {
    const door = rights({ publish: ['devices/%u/#', 'clients/%c/state'] });
    expect(door.mayPublish('devices/door/contact')).toBe(true);
    expect(door.mayPublish('devices/window/contact')).toBe(false);
    expect(door.mayPublish('clients/c1/state')).toBe(true);
    expect(door.mayPublish('clients/c2/state')).toBe(false);
  });

  it.each(['+', '#', 'a/b', '+/x'])('grant nothing through the client id %s', (clientId) => {
    const door = rights({ publish: ['clients/%c/state'], subscribe: ['clients/%c/state'] }, clientId);
    expect(door.mayPublish('clients/c2/state')).toBe(false);
    expect(door.mayPublish(`clients/${clientId}/state`)).toBe(false);
    expect(door.maySubscribe('clients/c2/state')).toBe(false);
    expect(door.maySubscribe(`clients/${clientId}/state`)).toBe(false);
  });

  it('never let anybody publish below $SYS, and subscribe only where it says $SYS', () => {
    const all = rights({ publish: ['#', '$SYS/#'], subscribe: ['#'] });
    expect(all.mayPublish('$SYS/x/new/clients')).toBe(false);
    expect(all.maySubscribe('$SYS/#')).toBe(false);
    expect(rights({ subscribe: ['$SYS/#'] }).maySubscribe('$SYS/#')).toBe(true);
  });

  it('are a question of the whole filter that is asked for', () => {
    const door = rights({ subscribe: ['a/+'] });
    expect(door.maySubscribe('a/b')).toBe(true);
    expect(door.maySubscribe('a/#')).toBe(false);
    expect(door.maySubscribe('#')).toBe(false);
  });
});

describe('identities', () => {
  it('admit who has the right password', async () => {
    const identities = new Identities([await entry('door', 'p')]);
    expect(await identities.check('10.0.0.1', 'door', bytes('p'))).toMatchObject({
      admitted: { username: 'door' },
    });
    expect(await identities.check('10.0.0.1', 'door', bytes('x'))).toMatchObject({ refused: 'wrong' });
    expect(await identities.check('10.0.0.1', undefined, undefined)).toMatchObject({ refused: 'wrong' });
  });

  it('slow down guesses at one name from one address, and leave the others alone', async () => {
    let now = 0;
    const identities = new Identities([await entry('door', 'p'), await entry('window', 'q')], () => now);
    const guess = (address: string, name: string, password: string) =>
      identities.check(address, name, bytes(password));
    for (let count = 0; count <= FREE_GUESSES_PER_NAME; count++) await guess('10.0.0.1', 'door', `${count}`);
    expect(await guess('10.0.0.1', 'door', 'p')).toMatchObject({ refused: 'throttled', retryAfterMs: 1_000 });
    expect(await guess('10.0.0.1', 'window', 'q')).toHaveProperty('admitted');
    expect(await guess('10.0.0.2', 'door', 'p')).toHaveProperty('admitted');
    now += 1_000;
    expect(await guess('10.0.0.1', 'door', 'p')).toHaveProperty('admitted');
  });

  it('count guesses that are made at the same time', async () => {
    const identities = new Identities([await entry('door', 'p')], () => 0);
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, index) => identities.check('10.0.0.1', 'door', bytes(`${index}`))),
    );
    const tried = verdicts.filter((verdict) => 'refused' in verdict && verdict.refused === 'wrong');
    expect(tried.length).toBe(FREE_GUESSES_PER_NAME + 1);
  });

  it('admit many clients of one name that come at the same time', async () => {
    const identities = new Identities([await entry('door', 'p')], () => 0);
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, () => identities.check('10.0.0.1', 'door', bytes('p'))),
    );
    expect(verdicts.every((verdict) => 'admitted' in verdict)).toBe(true);
  });

  it('slow down an address that tries many names', async () => {
    const { passwordHash } = await entry('any', 'p');
    const names = Array.from({ length: FREE_GUESSES_PER_ADDRESS + 2 }, (_, index) => `name-${index}`);
    const identities = new Identities(
      names.map((username) => ({ username, passwordHash })),
      () => 0,
    );
    for (const name of names.slice(1)) await identities.check('10.0.0.1', name, bytes('x'));
    expect(await identities.check('10.0.0.1', 'name-0', bytes('p'))).toMatchObject({ refused: 'throttled' });
  });

  it('name those that are gone or have changed when replaced', async () => {
    const [door, window, lock] = [
      await entry('door', 'p'),
      await entry('window', 'p'),
      await entry('lock', 'p'),
    ];
    const identities = new Identities([door, window, lock]);
    expect(identities.replace([door, { ...window, publish: ['a'] }]).sort()).toEqual(['lock', 'window']);
    expect(await identities.check('10.0.0.1', 'lock', bytes('p'))).toMatchObject({ refused: 'wrong' });
  });

  it('stand once each', async () => {
    const door = await entry('door', 'p');
    expect(() => new Identities([door, door])).toThrow('"door" stands twice');
  });

  it('are read with a clear word about what is wrong', async () => {
    const good = await entry('door', 'p');
    expect(identityEntry.safeParse(good).success).toBe(true);
    expect(identityEntry.safeParse({ ...good, publish: ['a/#/b'] }).success).toBe(false);
    expect(identityEntry.safeParse({ ...good, username: 'a/b' }).success).toBe(false);
    expect(identityEntry.safeParse({ ...good, passwordHash: 'secret' }).success).toBe(false);
  });
});
