import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { wiegand26 } from '../../simulators/devices/osdp-reader/card.ts';
import { newCounters } from '../counters.ts';
import type { Order } from '../osdp/reader-state.ts';
import { badgeOf } from './osdp-badge.ts';
import { readReaderCommand } from './osdp-command.ts';
import { emptyKeypad, KEY_PAUSE_MS, MAX_CODE_DIGITS, pressed } from './osdp-keypad.ts';
import { KeyStore } from './osdp-keys.ts';
import { OsdpReader, type ReaderReport } from './osdp-reader.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('a badge’s number', () => {
  test('of 26 bits is facility and number, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(65_535), (facility, number) => {
        const { data, bits } = wiegand26(facility, number);
        expect(badgeOf(data, bits)).toBe(`${facility}-${number}`);
      }),
    );
  });
  test.each([
    ['a serial number', '04a1b2c3', 32, '04A1B2C3'],
    ['one of seven bytes', '04a1b2c3d4e5f6', 56, '04A1B2C3D4E5F6'],
    ['37 bits', 'ffffffffc0', 37, 'w37-1FFFFFFFF8'],
    ['26 bits with bad parity are nobody’s badge', '3dd93740', 26, 'w26-0F764DD'],
  ])('%s', (_name, data, bits, expected) => {
    expect(badgeOf(bytes(data), bits)).toBe(expected);
  });
  test('is never too long, and never that of another card of the same length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 240 }),
        fc.bigInt({ min: 0n }),
        fc.bigInt({ min: 0n }),
        (bits, one, other) => {
          const card = (value: bigint) => {
            const digits = (value % (1n << BigInt(bits))).toString(2).padStart(bits, '0');
            return Uint8Array.from(digits.match(/.{1,8}/g) ?? [], (part) =>
              Number.parseInt(part.padEnd(8, '0'), 2),
            );
          };
          const [first, second] = [badgeOf(card(one), bits), badgeOf(card(other), bits)];
          expect(first.length).toBeLessThanOrEqual(64);
          const isSame = one % (1n << BigInt(bits)) === other % (1n << BigInt(bits));
          expect(first === second).toBe(isSame);
        },
      ),
    );
  });
});

describe('a keypad', () => {
  const type = (keys: string, length?: number, from = emptyKeypad, nowMs = 1_000) =>
    pressed(
      from,
      Uint8Array.from(keys, (key) => (key === '#' ? 0x0d : key === '*' ? 0x7f : key.charCodeAt(0))),
      nowMs,
      length,
    );

  test.each<[string, string, number | undefined, string[]]>([
    ['digits until #', '1234#', undefined, ['1234']],
    ['* begins anew', '99*1234#', undefined, ['1234']],
    ['# alone is nothing', '##', undefined, []],
    ['a known length needs no #', '2468', 4, ['2468']],
    ['two in one message', '11#22#', undefined, ['11', '22']],
    ['letters are nothing', 'A1B2#', undefined, ['12']],
    ['somebody who plays', '1'.repeat(MAX_CODE_DIGITS + 1), undefined, []],
  ])('%s', (_name, keys, length, expected) => {
    expect(type(keys, length).codes).toEqual(expected);
  });
  test('forgets what was begun when nobody goes on', () => {
    const begun = type('12').keypad;
    expect(type('34#', undefined, begun, 2_000).codes).toEqual(['1234']);
    expect(type('34#', undefined, begun, 1_001 + KEY_PAUSE_MS).codes).toEqual(['34']);
  });
});

describe('a command', () => {
  const clock = manualClock(1_700_000_000_000);
  const read = (value: unknown) =>
    readReaderCommand(
      new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
      clock,
    );

  test.each<[string, unknown, object[]]>([
    ['a relay', { output: 1, on: true }, [{ about: 'output:1', readback: { output: 1, isOn: true } }]],
    [
      'a pulse',
      { output: 0, on: true, forMs: 1_500 },
      [{ command: { kind: 'output', orders: [{ output: 0, action: 'on-for', tenths: 15 }] } }],
    ],
    ['beeps', { buzzer: 'beep', beeps: 3 }, [{ command: { kind: 'buzzer', count: 3 } }]],
    ['a light', { led: 'blue' }, [{ command: { kind: 'led', orders: [{ permanent: { on: 'blue' } }] } }]],
    ['a text', { text: 'Wait', forMs: 4_200 }, [{ command: { kind: 'text', text: 'Wait', seconds: 5 } }]],
    ['what people know', { show: 'denied' }, [{ about: 'led' }, { about: 'signal' }]],
  ])('%s', (_name, value, orders) => {
    expect(read(value)).toMatchObject({ orders, expiresAt: 1_700_000_010_000 });
  });
  test.each([
    ['no JSON', 'on'],
    ['nothing', {}],
    ['two at once', { buzzer: 'on', text: 'x' }],
    ['an output without a state', { output: 0 }],
    ['no colour', { led: 'pink' }],
    ['too long', { text: 'x'.repeat(2_000) }],
  ])('is refused: %s', (_name, value) => {
    expect(read(value)).toHaveProperty('refused');
  });
  test('of any bytes is orders or a refusal, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (payload) => {
          const command = readReaderCommand(payload, clock);
          expect('refused' in command ? command.refused.length : command.orders.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('a reader, as the gateway sees it', () => {
  function stand() {
    const clock = manualClock(1_700_000_000_000);
    const reports: ReaderReport[] = [];
    const said: boolean[] = [];
    const orders: Order[] = [];
    const reader = new OsdpReader({
      codeLength: undefined,
      outlet: {
        publish: (report) => Promise.resolve(void reports.push(report)),
        setOnline: (isOnline) => void said.push(isOnline),
      },
      clock,
      log: pino({ level: 'silent' }),
      counters: newCounters(),
      order: (order) => orders.push(order) > 0,
      onKeyInstalled: () => undefined,
    });
    const identification = { vendor: '000000', model: 1, version: 1, serialNumber: 1, firmware: '1.0.0' };
    const online = () => reader.hear({ type: 'online', identification, isSecure: true });
    const status = (isTampered: boolean) =>
      reader.hear({ type: 'said', reply: { kind: 'local-status', isTampered, hasPowerFailed: false } });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    return { reader, reports, said, orders, online, status, clock, settled };
  }

  test('tells what has changed, and how it stands once a minute', async () => {
    const { reader, reports, online, status, clock, settled } = stand();
    online();
    status(false);
    status(false);
    reader.look();
    await settled();
    expect(reports).toHaveLength(1);
    clock.advance(60_000);
    reader.look();
    await settled();
    expect(reports).toHaveLength(2);
    status(true);
    await settled();
    expect(reports.map(({ tamper, sequence }) => [tamper, sequence])).toEqual([
      [false, 1],
      [false, 2],
      [true, 3],
    ]);
  });

  test('whose key is not its own any more is tampered with, until it is itself again', async () => {
    const { reader, reports, said, online, status, settled } = stand();
    online();
    status(false);
    reader.hear({ type: 'offline', because: 'key' });
    reader.hear({ type: 'key-refused', wasInstalled: true, detail: 'another key' });
    await settled();
    await settled();
    expect(reports.at(-1)?.tamper).toBe(true);
    online();
    status(false);
    reader.look();
    await settled();
    await settled();
    expect(reports.at(-1)?.tamper).toBe(false);
    expect(said).toEqual([true, false, true]);
  });

  test('whose head is cut off is tampered with, until it is there again', async () => {
    const { reader, reports, online, status, settled } = stand();
    online();
    status(false);
    for (const heads of [[1], [1], [0], [0]])
      reader.hear({ type: 'said', reply: { kind: 'reader-status', readers: heads } });
    for (let turns = 0; turns < 6; turns++) await settled();
    expect(reports.map(({ tamper }) => tamper)).toEqual([false, true, false]);
  });

  test('whose buzzer sounds says so once the reader has taken the order', async () => {
    const { reader, reports, orders, online, settled } = stand();
    online();
    reader.command(new TextEncoder().encode('{"buzzer":"on"}'));
    expect(orders.map(({ about }) => about)).toEqual(['buzzer']);
    await settled();
    expect(reports).toEqual([]);
    reader.hear({ type: 'ordered', order: orders[0]?.id ?? 0, outcome: 'done', detail: 'acknowledged' });
    await settled();
    expect(reports.at(-1)?.buzzer).toBe(true);
  });
});

describe('the file of keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'keys.json');

  test('holds a fresh key of its own for each reader, and whether the reader has it', () => {
    const keys = new KeyStore(file);
    expect(keys.get('back')).toBeUndefined();
    const back = keys.create('back');
    const store = keys.create('store');
    expect(back.key).not.toEqual(store.key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new KeyStore(file).get('back')).toEqual({ key: back.key, isInstalled: false });
    keys.confirm('back');
    expect(new KeyStore(file).get('back')).toEqual({ key: back.key, isInstalled: true });
    expect(new KeyStore(file).get('store')?.isInstalled).toBe(false);
    expect(new KeyStore(file).get('constructor')).toBeUndefined();
  });
  test('is shared by several lines: none forgets the other’s readers', () => {
    const shared = join(folder, 'shared.json');
    const [one, other] = [new KeyStore(shared), new KeyStore(shared)];
    const first = one.create('first');
    const second = other.create('second');
    one.confirm('first');
    expect(new KeyStore(shared).get('first')).toEqual({ key: first.key, isInstalled: true });
    expect(new KeyStore(shared).get('second')).toEqual({ key: second.key, isInstalled: false });
  });
  test('is refused without a word of what it holds', () => {
    const secret = Buffer.from(new KeyStore(file).get('back')?.key ?? []).toString('hex');
    expect(readFileSync(file, 'utf8')).toContain(secret);
    for (const [text, because] of [
      [`{"readers":{"back":{"key":"${secret}","installed":true}`, 'is no JSON'],
      [`{"readers":{"back":{"key":"${secret}ff","installed":true}}}`, 'readers.back.key: must be 32'],
    ] as const) {
      writeFileSync(file, text, { mode: 0o600 });
      expect(() => new KeyStore(file)).toThrow(because);
      expect(() => new KeyStore(file)).not.toThrow(secret);
    }
  });
});
