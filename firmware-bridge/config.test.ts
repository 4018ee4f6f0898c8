import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfiguration } from './config.ts';
import { linkKinds } from './links/catalog.ts';
import { patternsOf } from './links/settings.ts';
import { BridgeProcess } from './test-stand.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bridge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'bridge.yaml');
function load(text: string) {
  writeFileSync(file, text);
  return loadConfiguration(file);
}
const start = 'id: bridge-1\ngateway: { url: mqtt://127.0.0.1:1883 }\n';

test('a whole configuration is read, its password from a file beside it', () => {
  writeFileSync(join(folder, 'secret'), 'open sesame\n');
  const { id, gateway, links } = load(`
id: bridge-1
gateway: { url: mqtt://127.0.0.1:1883, username: bridge-1, passwordFile: secret }
links:
  - { id: front, type: door-node, node: front-door, ports: [/dev/serial/by-id/usb-Arduino*, /dev/ttyACM*] }
  - { id: back, type: firmata, node: back-door, port: /dev/ttyUSB0, pins: { contact: 2, temperature: A0 } }
`);
  expect({ id, gateway }).toEqual({
    id: 'bridge-1',
    gateway: { url: 'mqtt://127.0.0.1:1883', username: 'bridge-1', password: 'open sesame' },
  });
  expect(links.map((link) => ('baudRate' in link || 'helloMs' in link ? patternsOf(link) : []))).toEqual([
    ['/dev/serial/by-id/usb-Arduino*', '/dev/ttyACM*'],
    ['/dev/ttyUSB0'],
  ]);
});

test('what is wrong is said with its line and key', () => {
  const wrong = (links: string) => () => load(`${start}links:\n${links}`);
  expect(wrong('  - { id: a, type: door-node, node: a }\n')).toThrow(/:4 links\[0\]: needs port/);
  expect(wrong('  - { id: a, type: firmata, node: a, port: x, pins: { contact: 1 } }\n')).toThrow(
    /links\[0\]\.pins\.contact: pins 0 and 1 are the serial line/,
  );
  expect(wrong('  - { id: a, type: modem, node: a, port: x }\n')).toThrow(/:4 links\[0\]\.type/);
  expect(
    wrong(
      '  - { id: a, type: door-node, node: a, port: x }\n  - { id: b, type: door-node, node: a, port: y }\n',
    ),
  ).toThrow(':5 links[1].node: "a" is also that of links[0]');
  expect(wrong('  - { id: a, type: rfid-portal, node: a, host: h, outside: [1, 2], inside: [2] }\n')).toThrow(
    /:4 links\[0\]: has an antenna on both sides/,
  );
  const osdp = (readers: string) => `  - { id: r, type: osdp, port: z, readers: [${readers}] }\n`;
  expect(
    wrong(
      `  - { id: a, type: door-node, node: a, port: x }\n${osdp('{ node: b, address: 0 }, { node: a, address: 1 }')}`,
    ),
  ).toThrow(':5 links[1].readers[1].node: "a" is also that of links[0]');
  expect(wrong(osdp('{ node: b, address: 3 }, { node: c, address: 3 }'))).toThrow(
    'links[0].readers[1].address: 3 is also the address of readers[0]',
  );
  expect(wrong(osdp('{ node: b, address: 127 }'))).toThrow('links[0].readers[0].address');
  expect(() => load('id: b\ngateway: { url: http://x }\nlinks: []\n')).toThrow(/gateway\.url: must be mqtt/);
  expect(() => loadConfiguration(join(folder, 'nowhere.yaml'))).toThrow('there is no such file');
});

test('the command line says what is wrong in one line, and helps', async () => {
  const lines = async (...args: string[]) => {
    const bridge = new BridgeProcess(args, '');
    const code = await bridge.exited();
    return { code, errors: bridge.errors, said: bridge.log.map(({ text }) => String(text)).join('\n') };
  };
  expect(await lines()).toMatchObject({
    code: 1,
    errors: ['gatehouse bridge: needs --config FILE; --help tells more'],
  });
  expect(await lines('--config', join(folder, 'nowhere.yaml'))).toMatchObject({
    code: 1,
    errors: [`gatehouse bridge: ${join(folder, 'nowhere.yaml')}: there is no such file`],
  });
  expect(await lines('--name', join(folder, 'tty'), 'front-door')).toMatchObject({
    code: 1,
    errors: [`gatehouse bridge: ${join(folder, 'tty')}: there is no such port`],
  });
  const help = await lines('--help');
  expect(help.code).toBe(0);
  for (const type of Object.keys(linkKinds)) expect(help.said).toContain(type);
  load(`${start}links:\n  - { id: a, type: door-node, node: a, port: /dev/ttyACM0 }\n`);
  expect(await lines('--config', file, '--check')).toMatchObject({ code: 0, said: `${file}: good, 1 links` });
}, 300_000);
