import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PasswordCheck } from './api/password.ts';
import { readCloudConfiguration } from './config.ts';
import { writeConfiguration } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const example = join(import.meta.dirname, 'cloud.example.yaml');

test('the example is a whole configuration, and its password is the one it names', async () => {
  const configuration = readCloudConfiguration(example);
  expect(configuration.http).toMatchObject({ port: 8443, tls: { names: ['localhost', '127.0.0.1'] } });
  expect(configuration.gateways.map(({ site }) => site)).toEqual(['linden']);
  expect(configuration.sources.map(({ format }) => format)).toEqual(['web-access', 'syslog']);
  const [account] = configuration.accounts;
  expect(await new PasswordCheck().matches('change this at once', account?.passwordHash)).toBe(true);
  expect(configuration.resolve('state')).toBe(join(import.meta.dirname, 'state'));
});

test('what the example keeps behind # is sound as well', () => {
  const text = readFileSync(example, 'utf8')
    .replace(/^# (telemetry: \{ engine: influx)/m, '$1')
    .replace(/^telemetry: \{ engine: embedded \}$/m, '')
    .replace(/^# (scenarios:)/m, '$1')
    .replace(/^ {4}# (plain:)/m, '    $1')
    .replace('../simulators', join(import.meta.dirname, '..', 'simulators'));
  const file = join(folder, 'cloud.yaml');
  writeFileSync(file, text);
  const configuration = readCloudConfiguration(file);
  expect(configuration.telemetry).toMatchObject({ engine: 'influx', passwordFile: 'influx-password' });
  expect(configuration.scenarios?.tokenFile).toBe('scenario-token');
  expect(configuration.ingest.mqtt.plain?.port).toBe(1883);
});

test('registry and state are enough', async () => {
  const file = await writeConfiguration(folder);
  writeFileSync(file, 'registry: registry.yaml\nstate: state\n');
  const { http, session, telemetry, gateways } = readCloudConfiguration(file);
  expect({ http, session, telemetry, gateways }).toEqual({
    http: { host: '127.0.0.1', port: 8443, trustProxy: false },
    session: { lifetimeMs: 12 * 3_600_000, idleMs: 4 * 3_600_000 },
    telemetry: { engine: 'embedded' },
    gateways: [],
  });
});

test('the logs that are followed lie where the configuration says, from its own folder', async () => {
  const followed = (path: string) => ({
    name: path.includes('/var') ? 'there' : 'here',
    format: 'web-access',
    asset: 'shop-admin',
    transport: { type: 'followed-file', path },
  });
  const file = await writeConfiguration(folder, {
    sources: [followed('shop/access.log'), followed('/var/log/a.log')],
  });
  const { sources } = readCloudConfiguration(file);
  expect(sources.map(({ transport }) => transport)).toMatchObject([
    { path: join(folder, 'shop', 'access.log') },
    { path: '/var/log/a.log' },
  ]);
});

const hash = `scrypt$16384$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
test.each([
  ['surprise: 1', /cloud\.yaml:3 surprise: there is no such key here/],
  ['http: { port: 70000 }', /cloud\.yaml:3 http\.port: /],
  [
    'http:\n  tls: { keyFile: key.pem }',
    /cloud\.yaml:4 http\.tls: certificateFile and keyFile belong together/,
  ],
  [
    `gateways:\n  - { id: g, site: nowhere, tokenSha256: ${'a'.repeat(64)} }`,
    /:4 gateways\[0\]\.site: there is no site "nowhere"/,
  ],
  [
    `gateways:\n  - { id: g, site: linden, tokenSha256: ${'a'.repeat(64)} }\n  - { id: g, site: linden, tokenSha256: ${'b'.repeat(64)} }`,
    /:5 gateways\[1\]\.id: "g" is already taken/,
  ],
  ['accounts:\n  - { name: Mia, role: king, passwordHash: x }', /:4 accounts\[0\]\.role: /],
  [
    'accounts:\n  - { name: Mia, role: operator, passwordHash: secret }',
    /expected what --hash-password prints/,
  ],
  [
    `accounts:\n  - { name: gatehouse, role: operator, passwordHash: '${hash}' }`,
    /this name is the house itself/,
  ],
  [
    'sources:\n  - { name: s, format: account-log, asset: nothing, transport: { type: http-post, token: 0123456789abcdef } }',
    /:4 sources\[0\]\.asset: there is no asset "nothing"/,
  ],
  [
    'monitors: { brute-force: { threshhold: 3 } }',
    /:3 monitors\.brute-force\.threshhold: there is no such key/,
  ],
  ['monitors: { mind-reader: {} }', /:3 monitors\.mind-reader: there is no such key here/],
])('%s is refused with file, line and key', async (line, message) => {
  const file = await writeConfiguration(folder);
  writeFileSync(file, `registry: registry.yaml\nstate: state\n${line}\n`);
  expect(() => readCloudConfiguration(file)).toThrow(message);
});

test('a registry that is not there, or is wrong, is named itself', async () => {
  const file = await writeConfiguration(folder);
  writeFileSync(file, 'registry: missing.yaml\nstate: state\n');
  expect(() => readCloudConfiguration(file)).toThrow(/missing\.yaml:1: can't be read/);
  writeFileSync(join(folder, 'missing.yaml'), 'sites: []\nzones:\n  - { id: z, site: gone, name: Z }\n');
  expect(() => readCloudConfiguration(file)).toThrow(
    /missing\.yaml:3 zones\[0\]\.site: there is no site "gone"/,
  );
  expect(() => readCloudConfiguration(join(folder, 'none.yaml'))).toThrow(/none\.yaml:1: can't be read/);
});
