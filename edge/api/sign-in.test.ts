import { beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../broker/password.ts';
import type { Person } from '../config.ts';
import {
  FIRST_LOCK_MS,
  FREE_GUESSES_PER_ADDRESS,
  FREE_GUESSES_PER_NAME,
  GuessGuard,
  LONGEST_LOCK_MS,
} from './guesses.ts';
import { behindProxy, isLocalName, peerOf } from './peer.ts';
import { MAX_SESSIONS, SESSION_IDLE_MS, SESSION_MAX_MS, Sessions, tokenFits } from './sessions.ts';

const TEST_COST = 16;
const here = { ip: '192.168.1.9', from: 'site' } as const;
let anna: Person;

beforeAll(async () => {
  anna = {
    name: 'Anna',
    pinHash: await hashPassword('246810', TEST_COST),
    duressPinHash: await hashPassword('135791', TEST_COST),
  };
});

/** Sessions on a clock that moves when told to. */
function sessionsOf(people: readonly Person[] = [anna]) {
  const clock = { nowMs: 0 };
  const sessions = new Sessions(people, () => clock.nowMs);
  const signIn = async (pin = '246810') => {
    const result = await sessions.signIn('Anna', pin, here);
    if ('refused' in result) throw new Error(result.refused);
    return result;
  };
  return { clock, sessions, signIn };
}

describe('wrong PINs', () => {
  const guard = () => {
    const clock = { nowMs: 1_000 };
    return { clock, guesses: new GuessGuard(() => clock.nowMs) };
  };
  it('lock the name for a minute, then twice as long each time, up to a bound', () => {
    const { clock, guesses } = guard();
    for (let guess = 1; guess < FREE_GUESSES_PER_NAME; guess++)
      guesses.begin('Anna', `10.0.0.${guess}`, 'site');
    expect(guesses.waitMs('Anna', '10.0.1.1', 'site')).toBe(0);
    const waits: number[] = [];
    for (let guess = 0; guess < 12; guess++) {
      guesses.begin('Anna', `10.0.2.${guess}`, 'site');
      waits.push(guesses.waitMs('ANNA', '10.0.1.1', 'site'));
      clock.nowMs += waits.at(-1) ?? 0;
    }
    expect(waits.slice(0, 3)).toEqual([FIRST_LOCK_MS, 2 * FIRST_LOCK_MS, 4 * FIRST_LOCK_MS]);
    expect(waits.at(-1)).toBe(LONGEST_LOCK_MS);
  });
  it('outside lock the name outside, and not at the site', () => {
    const { guesses } = guard();
    for (let guess = 0; guess < FREE_GUESSES_PER_NAME; guess++)
      guesses.begin('Anna', '203.0.113.5', 'outside');
    expect(guesses.waitMs('Anna', '203.0.113.99', 'outside')).toBeGreaterThan(0);
    expect(guesses.waitMs('Anna', '192.168.1.9', 'site')).toBe(0);
  });
  it('at many names lock the address, and a right one in between does not wash them away', () => {
    const { guesses } = guard();
    for (let guess = 0; guess < FREE_GUESSES_PER_ADDRESS; guess++) {
      guesses.begin('Jonas', '203.0.113.5', 'outside');
      guesses.right('Jonas', '203.0.113.5', 'outside');
    }
    expect(guesses.waitMs('Anna', '203.0.113.5', 'outside')).toBe(0);
    for (let guess = 0; guess < FREE_GUESSES_PER_ADDRESS; guess++)
      guesses.begin(`name-${guess}`, '203.0.113.5', 'outside');
    expect(guesses.waitMs('Anna', '203.0.113.5', 'outside')).toBeGreaterThan(0);
  });
  it('are forgotten after a day', () => {
    const { clock, guesses } = guard();
    for (let guess = 0; guess < FREE_GUESSES_PER_NAME; guess++) guesses.begin('Anna', '10.0.0.1', 'site');
    clock.nowMs += 25 * 3_600_000;
    guesses.begin('Anna', '10.0.0.1', 'site');
    expect(guesses.waitMs('Anna', '10.0.0.1', 'site')).toBe(0);
  });
});

describe('a session', () => {
  it('ends when it is not used, and each use puts that off, but not for ever', async () => {
    const { clock, sessions, signIn } = sessionsOf();
    const { cookie } = await signIn();
    clock.nowMs += SESSION_IDLE_MS - 1;
    expect(sessions.of(cookie)).toBeDefined();
    clock.nowMs += SESSION_IDLE_MS - 1;
    expect(sessions.of(cookie)).toBeDefined();
    clock.nowMs += SESSION_IDLE_MS;
    expect(sessions.of(cookie)).toBeUndefined();
    const { cookie: second } = await signIn();
    const startedAt = clock.nowMs;
    while (sessions.of(second) !== undefined) clock.nowMs += SESSION_IDLE_MS / 2;
    expect(clock.nowMs - startedAt).toBeLessThanOrEqual(SESSION_MAX_MS + SESSION_IDLE_MS);
  });
  it('is not kept alive by a page that only looks', async () => {
    const { clock, sessions, signIn } = sessionsOf();
    const { cookie } = await signIn();
    const ended = sessions.of(cookie, false)?.ended;
    for (let step = 0; step < 4; step++) {
      clock.nowMs += SESSION_IDLE_MS / 3;
      sessions.of(cookie, false);
    }
    sessions.sweep();
    expect(ended?.aborted).toBe(true);
  });
  it('ends with the person, or with their PIN', async () => {
    const { sessions, signIn } = sessionsOf();
    const { cookie } = await signIn();
    sessions.replace([anna, { name: 'Jonas', pinHash: anna.pinHash }]);
    expect(sessions.of(cookie)).toBeDefined();
    sessions.replace([{ ...anna, pinHash: await hashPassword('999999', TEST_COST) }]);
    expect(sessions.of(cookie)).toBeUndefined();
  });
  it('knows the PIN that calls for help, and tells nobody at the page', async () => {
    const { signIn } = sessionsOf();
    const normal = await signIn();
    const duress = await signIn('135791');
    expect([normal.signedIn.duress, duress.signedIn.duress]).toEqual([false, true]);
    await expect(signIn('000000')).rejects.toThrow('wrong');
  });
  it('makes room for the next: there is a bound', async () => {
    const { sessions, signIn } = sessionsOf();
    const { cookie } = await signIn();
    for (let count = 0; count < MAX_SESSIONS; count++) await signIn();
    expect(sessions.size).toBe(MAX_SESSIONS);
    expect(sessions.of(cookie)).toBeUndefined();
  });
  it('has a token of its own', async () => {
    const { signIn } = sessionsOf();
    const [first, second] = [await signIn(), await signIn()];
    expect(tokenFits(first.signedIn, first.signedIn.token)).toBe(true);
    expect(tokenFits(first.signedIn, second.signedIn.token)).toBe(false);
    expect(tokenFits(first.signedIn, undefined)).toBe(false);
    expect(tokenFits(first.signedIn, '')).toBe(false);
  });
});

describe('where somebody is', () => {
  it.each([
    ['127.0.0.1', 'site'],
    ['::1', 'site'],
    ['::ffff:192.168.178.20', 'site'],
    ['172.31.255.255', 'site'],
    ['172.32.0.1', 'outside'],
    ['fe80::1%eth0', 'site'],
    ['fd12:3456::1', 'site'],
    ['8.8.8.8', 'outside'],
    ['2001:db8::1', 'outside'],
    ['', 'outside'],
    ['192.168.1.1; rm', 'outside'],
  ])('%s is %s', (address, from) => expect(peerOf(address).from).toBe(from));
  it('behind the proxy is what the proxy itself wrote', () => {
    expect(behindProxy('192.168.1.1, 203.0.113.9', '127.0.0.1')).toEqual({
      ip: '203.0.113.9',
      from: 'outside',
    });
    expect(behindProxy(undefined, '10.0.0.7').ip).toBe('10.0.0.7');
    expect(behindProxy('nonsense', '10.0.0.7').from).toBe('outside');
  });
  it.each([
    ['192.168.1.5:8080', true],
    ['[::1]:8080', true],
    ['gateway', true],
    ['gateway.local', true],
    ['shop.example', true],
    ['evil.example', false],
    ['192.168.1.5.evil.example', false],
    [undefined, false],
  ])('the name %s is the site’s own: %s', (host, isOwn) =>
    expect(isLocalName(host, ['shop.example'])).toBe(isOwn),
  );
});
