import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePasswordHash } from './broker/password.ts';
import { readGatewayConfiguration } from './config.ts';
import {
  configuredFolder,
  Devices,
  editFile,
  runMain,
  startGateway,
  temporaryFolder,
  Visitor,
} from './testing/gateway-process.ts';

const WITH_A_PROCESS_MS = 60_000;
const soon = { timeout: 15_000, interval: 100 };

describe('the command line', { timeout: WITH_A_PROCESS_MS }, () => {
  it('helps, and says in one line what is missing', async () => {
    const help = await runMain(['--help']);
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--config FILE')]);
    expect(help.stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(await runMain([])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^.*--config FILE.*\n$/),
    });
    expect(await runMain(['--sideways'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--sideways'),
    });
  });

  it('makes hashes of PINs and passwords, and refuses what is none', async () => {
    const made = await runMain(['--hash-pin'], '246810\n');
    expect(made.code).toBe(0);
    expect(parsePasswordHash(made.stdout.trim())).toBeDefined();
    expect(await runMain(['--hash-pin'], '12\n')).toMatchObject({ code: 2, stdout: '' });
    expect(await runMain(['--hash-pin'], 'secret\n')).toMatchObject({ code: 2, stdout: '' });
    expect((await runMain(['--hash-password'], 'correct horse\n')).stdout).toMatch(/^scrypt\$/);
    expect(await runMain(['--hash-password'], 'short\n')).toMatchObject({ code: 2, stdout: '' });
  });

  it('checks a configuration and names file, line and key', async () => {
    const folder = await configuredFolder();
    const file = join(folder, 'gateway.yaml');
    expect(await runMain(['--check', '--config', file])).toMatchObject({ code: 0, stderr: '' });
    editFile(folder, 'gateway.yaml', (text) =>
      text.replace('rules:\n', 'rules:\n  - { rule: forced-opne }\n'),
    );
    const broken = await runMain(['--check', '--config', file]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/gateway\.yaml:\d+ rules\[0\]\.rule: there is no rule "forced-opne"/);
    expect(await runMain(['--config', join(folder, 'none.yaml')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("can't be read"),
    });
  });

  it('says which port is taken, and by which key another is chosen', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    try {
      const page = await configuredFolder((text) => text.replace('  port: 0\n', `  port: ${port}\n`));
      const onPage = await runMain(['--config', join(page, 'gateway.yaml')]);
      expect([onPage.code, onPage.stderr]).toEqual([1, expect.stringContaining(`port ${port} is taken`)]);
      expect(onPage.stderr).toContain('page.port');
      const mqtt = await configuredFolder((text) =>
        text.replace('plain: { port: 0 }', `plain: { port: ${port} }`),
      );
      const onMqtt = await runMain(['--config', join(mqtt, 'gateway.yaml')]);
      expect([onMqtt.code, onMqtt.stderr]).toEqual([1, expect.stringContaining('broker.plain.port')]);
    } finally {
      other.close();
    }
  });

  it('says that its directory can’t be used', async () => {
    const folder = await configuredFolder();
    writeFileSync(join(folder, 'state'), 'a file, not a directory');
    const ended = await runMain(['--config', join(folder, 'gateway.yaml')]);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/state is not a directory/)]);
    if (process.getuid?.() === 0) return;
    const closed = temporaryFolder();
    mkdirSync(join(closed, 'locked'));
    chmodSync(join(closed, 'locked'), 0o500);
    const other = await configuredFolder((text) =>
      text.replace('state: state', `state: ${closed}/locked/state`),
    );
    const refused = await runMain(['--config', join(other, 'gateway.yaml')]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("can't be written")]);
  });
});

describe('the example', () => {
  it('is a configuration that holds together, with every section there is', () => {
    const example = readGatewayConfiguration(new URL('gateway.example.yaml', import.meta.url).pathname);
    expect(example.gateway.site).toBe('corner-pharmacy');
    expect(example.uplink).toBeDefined();
    expect(example.devices.length).toBeGreaterThan(2);
    expect(example.cameras).toHaveLength(1);
    expect(example.rules.length).toBeGreaterThan(10);
    expect(example.page.people.map(({ name }) => name)).toEqual(['Erika Muster', 'Max Muster']);
  });
});

describe('a power cut', { timeout: 2 * WITH_A_PROCESS_MS }, () => {
  it('loses no alarm, no arming, no rule’s timer and no temperature', async () => {
    const folder = await configuredFolder();
    const first = await startGateway(folder);
    const before = await Devices.connect(first);
    await before.say('siren/status/switch:0', { id: 0, output: false });
    await before.door('back', 'closed');
    await before.door('front', 'closed');
    await before.fridge(4.1);
    const anna = await new Visitor(first).signedIn();
    await before.door('back', 'open');
    await expect.poll(async () => (await first.page()).alarms.length, soon).toBe(1);
    const [alarm] = (await first.page()).alarms;
    await anna.send('POST', `/api/alarms/${encodeURIComponent(alarm?.id ?? '')}/acknowledge`);
    await before.door('back', 'closed');
    const armed = await anna.send('POST', '/api/arming', { mode: 'night', bypass: ['front-door'] });
    expect(armed.status).toBe(200);
    const { since } = (await first.page()).arming;
    // Held open is reported five seconds after this, whoever is there to count them.
    await before.door('front', 'open');
    await first.kill();

    const second = await startGateway(folder);
    const page = await second.page();
    expect(page.arming).toMatchObject({
      mode: 'night',
      since,
      by: 'Anna Weber',
      bypassed: [{ asset: 'front-door' }],
    });
    expect(page.doors.find(({ asset }) => asset === 'front-door')).toMatchObject({ contact: 'open' });
    await expect
      .poll(async () => (await second.page()).alarms.find(({ rule }) => rule === 'held-open')?.severity, soon)
      .toBe('medium');
    const history = await new Visitor(second).get('/api/temperature?asset=fridge-1');
    expect(await history.json()).toMatchObject({ points: [{ celsius: 4.1 }], band: { minCelsius: 2 } });
    expect(await second.stop()).toBe(0);
  });
});

describe('a changed configuration', { timeout: WITH_A_PROCESS_MS }, () => {
  it('is taken while the gateway runs; a broken one is refused and the old one stays', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.door('front', 'closed');
    const { folder } = gateway;
    editFile(folder, 'gateway.yaml', (text) =>
      text
        .replace('name: Jonas Keller', 'name: Mia Brandt')
        .replace('name: Front contact, asset: front-door', 'name: Contact, asset: back-door')
        .replace('rules:\n', 'rules:\n  - { rule: opened-after-hours, assets: [front-door] }\n')
        .replace('exitDelayMs: 0', 'exitDelayMs: 1000'),
    );
    await expect.poll(async () => (await gateway.page()).people, soon).toEqual(['Anna Weber', 'Mia Brandt']);
    const page = await gateway.page();
    expect(page.devices.find(({ name }) => name === 'Contact')?.assets).toMatchObject([
      { asset: 'back-door' },
    ]);
    expect(gateway.output().stderr).toMatch(/to take panel .* must be restarted/);
    expect((await new Visitor(gateway).signIn('Jonas Keller', '864200')).status).toBe(401);

    editFile(folder, 'gateway.yaml', (text) =>
      text.replace('Mia Brandt', 'Jo Lang').replace('panel:', 'panle:'),
    );
    await expect.poll(async () => (await gateway.page()).quarantine.total, soon).toBeGreaterThan(0);
    const refused = (await gateway.page()).quarantine.newest.find(({ wall }) => wall === 'configuration');
    expect(refused?.reason).toMatch(/gateway\.yaml:\d+ panle/);
    expect((await gateway.page()).people).toEqual(['Anna Weber', 'Mia Brandt']);

    editFile(folder, 'gateway.yaml', (text) => text.replace('panle:', 'panel:'));
    await expect.poll(async () => (await gateway.page()).people, soon).toEqual(['Anna Weber', 'Jo Lang']);
    editFile(folder, 'registry.yaml', (text) => text.replace('name: Front door', 'name: Entrance'));
    await expect.poll(async () => (await gateway.page()).doors[0]?.name, soon).toBe('Entrance');
    // The file's word goes before what was kept, also after a restart.
    editFile(folder, 'gateway.yaml', (text) =>
      text.replace('name: Contact, asset: back-door', 'name: Contact, asset: front-door'),
    );
    await gateway.stop();
    const again = await startGateway(folder);
    const contact = (await again.page()).devices.find(({ name }) => name === 'Contact');
    expect(contact?.assets).toMatchObject([{ asset: 'front-door' }]);
  });
});
