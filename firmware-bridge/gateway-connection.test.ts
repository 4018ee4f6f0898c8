import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../devices/model/clock.ts';
import { readCommand } from './gateway-connection.ts';
import { COMMAND_LIFETIME_MS } from './links/timing.ts';
import { Stand, until } from './test-stand.ts';

const clock = manualClock(1_000_000);
const read = (text: string) => readCommand(new TextEncoder().encode(text), clock.now(), clock);

test('a command counts from its issue where it says so, from its arrival otherwise', () => {
  expect(read('{"buzzer":"on"}')).toEqual({ buzzer: true, expiresAt: 1_000_000 + COMMAND_LIFETIME_MS });
  expect(read('{"buzzer":"off","issuedAt":999000,"lifetimeMs":5000}')).toEqual({
    buzzer: false,
    expiresAt: 1_004_000,
  });
});

test('where a day is run faster a command lives long enough for real cables', () => {
  const fast = { ...clock, rate: 20 };
  expect(readCommand(new TextEncoder().encode('{"buzzer":"on"}'), 0, fast)).toEqual({
    buzzer: true,
    expiresAt: 40_000,
  });
});

test('anything else is refused with the reason', () => {
  expect(read('on')).toEqual({ refused: 'no JSON' });
  expect(read('{"buzzer":true}')).toMatchObject({ refused: expect.stringContaining('buzzer') });
  expect(read(`{"buzzer":"on","note":"${'x'.repeat(2_000)}"}`)).toMatchObject({
    refused: expect.stringContaining('bytes'),
  });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void readCommand(noise, 0, clock)));
  fc.assert(fc.property(fc.json(), (text) => void read(text)));
});

test('a gateway that refuses the bridge is asked again, and what happened meanwhile is told', {
  timeout: 120_000,
}, async () => {
  const stand = await Stand.start();
  try {
    stand.broker.refuses = true;
    const board = await stand.board('front-door');
    const bridge = stand.bridge(stand.doorNode('front-door'));
    await until(() => bridge.said('refuses this name and password'), 'the refusal is told');
    await board.say('contact open');
    expect(stand.broker.messages).toEqual([]);
    stand.broker.refuses = false;
    await until(() => stand.broker.lastState('front-door')?.contact === 'open', 'the opening');
    expect(stand.broker.lastText('node/front-door/online')).toBe('true');
  } finally {
    await stand.end();
  }
});
