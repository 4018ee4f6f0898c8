import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReadersProcess } from '../../simulators/devices/osdp-reader/readers-process.ts';
import { type BridgeProcess, Stand, until } from '../test-stand.ts';
import type { ReaderReport } from './osdp-reader.ts';

/** A busy machine may need it. */
vi.setConfig({ testTimeout: 180_000 });

let stand: Stand;
let readers: ReadersProcess | undefined;
beforeEach(async () => {
  stand = await Stand.start();
});
afterEach(async () => {
  await readers?.end();
  await stand.end();
});

async function start(addresses: string): Promise<ReadersProcess> {
  readers = new ReadersProcess(addresses, stand.ports);
  return readers.ready();
}
const link = (nodes: string, more = 'install: true'): string =>
  `id: line-1, type: osdp, ports: '${stand.ports}/ttyACM*', baudRate: 57600, ${more}, readers: [${nodes}]`;
const keysFile = () => join(stand.folder, 'osdp-keys.json');
const online = (node: string) => stand.broker.lastText(`reader/${node}/online`);
const reports = (node: string): ReaderReport[] =>
  stand.broker.messages
    .filter(({ topic }) => topic === `reader/${node}/state`)
    .map(({ text }): ReaderReport => JSON.parse(text));
const badges = (node: string) => reports(node).flatMap(({ badge }) => badge ?? []);
const lastOf = (node: string) => reports(node).at(-1);
const command = (node: string, payload: unknown, retain = false) =>
  stand.broker.say(`reader/${node}/command`, JSON.stringify(payload), retain);
const isOnline = (node: string) => until(() => online(node) === 'true', `${node} is online`);
const logText = (bridge: BridgeProcess) => JSON.stringify(bridge.log);

test('a new reader gets its key, is online, and its card, code, lid, supply and inputs reach the gateway', async () => {
  const line = await start('1');
  const bridge = stand.bridge(link('{ node: back, address: 1, codeLength: 6 }'));
  await isOnline('back');
  expect(await line.look(1)).toMatchObject({ secure: true, hasKey: true, handshakes: 2 });

  // The key: for its owner alone, and in no log.
  await until(() => existsSync(keysFile()), 'the file of keys');
  expect(statSync(keysFile()).mode & 0o777).toBe(0o600);
  const kept: { readers: { back: { key: string; installed: boolean } } } = JSON.parse(
    readFileSync(keysFile(), 'utf8'),
  );
  await until(
    () => JSON.parse(readFileSync(keysFile(), 'utf8')).readers.back.installed === true,
    'the key is known to be installed',
  );
  expect(logText(bridge)).not.toContain(kept.readers.back.key);

  await line.say('1 card 123-45678');
  await line.say('1 card 04a1b2c3');
  await line.say('1 keys 246810');
  await line.say('1 keys 13#');
  await line.say('1 input 1 on');
  await line.say('1 tamper on');
  await line.say('1 supply failing');
  await until(() => lastOf('back')?.power === 'failing', 'the last of it');
  expect(badges('back')).toEqual(['123-45678', '04A1B2C3']);
  expect(reports('back').flatMap(({ code }) => code ?? [])).toEqual(['246810', '13']);
  expect(lastOf('back')).toMatchObject({ tamper: true, inputs: [false, true], outputs: [false] });
  expect(new Set(reports('back').map(({ sequence }) => sequence)).size).toBe(reports('back').length);
  // A code is nobody's business but the panel's.
  expect(logText(bridge)).not.toContain('246810');
});

test('a lock is opened and closed by its relay, confirmed by the reader; light, sound and text are shown', async () => {
  const line = await start('1');
  // Kept by the broker since yesterday: no door opens because the bridge starts.
  await command('back', { output: 0, on: true }, true);
  const bridge = stand.bridge(link('{ node: back, address: 1 }'));
  await isOnline('back');
  await until(() => lastOf('back')?.outputs !== undefined, 'how the lock stands');
  expect(lastOf('back')?.outputs).toEqual([false]);
  await command('back', { output: 0, on: true });
  await until(() => lastOf('back')?.outputs?.[0] === true, 'the readback');
  expect(await line.look(1)).toMatchObject({ outputs: [true] });
  await command('back', { output: 0, on: false });
  await until(() => lastOf('back')?.outputs?.[0] === false, 'the other readback');
  // A pulse falls back by itself, and that is told, too.
  await command('back', { output: 0, on: true, forMs: 300 });
  await until(() => reports('back').filter(({ outputs }) => outputs?.[0]).length >= 2, 'the pulse');
  await until(() => lastOf('back')?.outputs?.[0] === false, 'its end');

  await command('back', { show: 'granted' });
  await command('back', { text: 'Bitte läuten' });
  await command('back', { buzzer: 'on' });
  await until(() => lastOf('back')?.buzzer === true, 'the buzzer');
  await until(
    () => bridge.log.some(({ what, outcome }) => what === 'text' && outcome === 'done'),
    'the text',
  );
  expect(await line.look(1)).toMatchObject({ light: 'green', text: 'Bitte l?uten' });

  // A word that is none, and one that comes too late.
  await command('back', { output: 0 });
  await command('back', { output: 0, on: true, issuedAt: Date.now() - 60_000, lifetimeMs: 5_000 });
  await until(() => bridge.log.some(({ outcome }) => outcome === 'expired'), 'the late one is dead');
  expect(await line.look(1)).toMatchObject({ outputs: [false] });
  await bridge.end('SIGTERM');
  expect(bridge.said('command refused: output and on go together')).toBe(true);
  expect(online('back')).toBe('false');
});

test('three readers on one line: each is itself, and one that goes takes nobody along', async () => {
  const line = await start('1,2,5');
  stand.bridge(
    link('{ node: back, address: 1 }, { node: store, address: 2 }, { node: cabinet, address: 5 }'),
  );
  await Promise.all(['back', 'store', 'cabinet'].map(isOnline));
  await Promise.all(['1 card 1-1', '2 card 2-2', '5 card 5-5'].map((words) => line.say(words)));
  await until(() => ['back', 'store', 'cabinet'].every((node) => badges(node).length === 1), 'three cards');
  expect(['back', 'store', 'cabinet'].map((node) => badges(node)[0])).toEqual(['1-1', '2-2', '5-5']);

  await line.say('2 off');
  await until(() => online('store') === 'false', 'the store reader is told offline');
  await line.say('1 card 1-2');
  await until(() => badges('back').length === 2, 'the others go on');
  expect([online('back'), online('cabinet')]).toEqual(['true', 'true']);
  await line.say('2 on');
  await isOnline('store');
  await line.say('2 card 2-3');
  await until(() => badges('store').length === 2, 'and the store reader is back');
});

test('after the adapter was out, or a reader has rebooted, nothing has to be set up again', async () => {
  const line = await start('1');
  stand.bridge(link('{ node: back, address: 1 }'));
  await isOnline('back');
  await line.say('unplug');
  await until(() => online('back') === 'false', 'offline at once');
  await line.say('plug');
  await isOnline('back');
  await line.say('1 card 7-7');
  await until(() => badges('back').includes('7-7'), 'a card after the plug');
  await line.say('1 reboot');
  await expect
    .poll(async () => (await line.look(1)).handshakes, { timeout: 15_000 })
    .toBeGreaterThanOrEqual(4);
  await line.say('1 card 8-8');
  await until(() => badges('back').includes('8-8'), 'a card after the reboot');
  expect((await line.look(1)).hasKey).toBe(true);
});

test('noise, lost, damaged, slow and busy answers cost time and no card', async () => {
  const line = await start('1');
  stand.bridge(link('{ node: back, address: 1 }'));
  await isOnline('back');
  for (const [trouble, card] of [
    ['noise 300', '1-1'],
    ['1 lose 3', '1-2'],
    ['1 damage 3', '1-3'],
    ['1 busy 5', '1-4'],
    ['1 slow 350', '1-5'],
  ] as const) {
    await line.say(trouble);
    await line.say(`1 card ${card}`);
    await until(() => badges('back').includes(card), `${card} after ${trouble}`);
  }
  expect(badges('back')).toEqual(['1-1', '1-2', '1-3', '1-4', '1-5']);
  const told = stand.broker.messages.flatMap(({ topic, text }) =>
    topic === 'reader/back/online' ? [text] : [],
  );
  expect(told.slice(told.indexOf('true'))).toEqual(['true']);
});

test('a reader with a key that is not ours never gets online; where it once was ours, somebody has been at it', async () => {
  const line = await start(`1=${'ab'.repeat(16)}`);
  const bridge = stand.bridge(link('{ node: back, address: 1 }'));
  await until(() => bridge.said('the key does not fit'), 'the key is said not to fit');
  await line.say('1 card 9-9');
  expect(online('back')).not.toBe('true');
  await bridge.end('SIGTERM');

  writeFileSync(
    keysFile(),
    JSON.stringify({ readers: { back: { key: 'cd'.repeat(16), installed: true } } }),
    { mode: 0o600 },
  );
  stand.bridge(link('{ node: back, address: 1 }'));
  await until(() => lastOf('back')?.tamper === true, 'an exchanged reader is tampering');
  expect(badges('back')).toEqual([]);
});

test('without a key and without leave to install one a reader is left alone; a file others may read is refused', async () => {
  const line = await start('1');
  const bridge = stand.bridge(link('{ node: back, address: 1 }', 'install: false'));
  await until(() => bridge.said('has no key yet'), 'what to do is said');
  expect(await line.look(1)).toMatchObject({ secure: false, hasKey: false });
  await bridge.end('SIGTERM');

  writeFileSync(keysFile(), '{"readers":{}}');
  chmodSync(keysFile(), 0o644);
  const refused = stand.bridge(link('{ node: back, address: 1 }'));
  expect(await refused.exited()).toBe(1);
  expect(refused.errors.join('\n')).toContain('others may read');
});

test('reports wait for the gateway, and say how long they waited', async () => {
  const line = await start('1');
  stand.bridge(link('{ node: back, address: 1 }'));
  await isOnline('back');
  stand.broker.leave();
  await line.say('1 card 4-4');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  stand.broker.comeBack();
  await until(() => badges('back').includes('4-4'), 'the card, late');
  expect(reports('back').find(({ badge }) => badge === '4-4')?.ageMs).toBeGreaterThan(1_000);
});
