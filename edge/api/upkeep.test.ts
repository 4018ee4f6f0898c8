import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { openOutbox } from '../outbox/open.ts';
import { signingKeyIn } from '../signing-key.ts';
import {
  configuredFolder,
  Devices,
  editFile,
  pins,
  startGateway,
  Visitor,
} from '../testing/gateway-process.ts';
import type { BackupAnswer, DayRecord, RulesText, RulesTrial, WalkTest } from './contract.ts';

const WITH_PROCESSES_MS = 90_000;
const soon = { timeout: 12_000, interval: 50 };
const passphrase = 'vier Kühe auf der Wiese';

/** The files of a tar archive by their names, read as the format says: 512-byte blocks, sizes in octal. */
function filesOf(archive: Uint8Array): Map<string, string> {
  const bytes = Buffer.from(archive);
  const files = new Map<string, string>();
  for (let at = 0; bytes[at] !== 0; ) {
    const name = bytes.toString('utf8', at, bytes.indexOf(0, at));
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    const sum = Number.parseInt(bytes.toString('latin1', at + 148, at + 154), 8);
    const header = Buffer.from(bytes.subarray(at, at + 512)).fill(' ', 148, 156);
    expect(header.reduce((total, byte) => total + byte, 0)).toBe(sum);
    files.set(name, bytes.toString('utf8', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

async function epochOf(folder: string): Promise<string> {
  const outbox = await openOutbox({
    directory: join(folder, 'state/outbox'),
    gateway: 'gateway-1',
    signingKey: signingKeyIn(join(folder, 'state')),
    clock: systemClock,
    onFatal: (error) => {
      throw error;
    },
  });
  const { epoch } = outbox;
  await outbox.close();
  return epoch;
}

describe('the day', { timeout: WITH_PROCESSES_MS }, () => {
  it('tells doors, alarms and who did what, also after a restart', async () => {
    const folder = await configuredFolder();
    const gateway = await startGateway(folder);
    const devices = await Devices.connect(gateway);
    for (const state of ['closed', 'open', 'closed'] as const) await devices.door('back', state);
    const anna = await new Visitor(gateway).signedIn();
    await anna.send('POST', '/api/arming', { mode: 'away', bypass: ['front-door'] });
    await anna.send('POST', '/api/arming', { mode: 'disarmed' });
    const check = (day: DayRecord) => {
      expect(day.doors.find(({ asset }) => asset === 'back-door')).toMatchObject({ opened: 1 });
      expect(day.alarms).toBe(1);
      expect(day.isWhole).toBe(true);
      const told = day.entries.map(({ what, who }) => `${what} ${who ?? ''}`);
      expect(told).toEqual(expect.arrayContaining(['alarm.armed Anna Weber', 'alarm.disarmed Anna Weber']));
      expect(day.entries.find(({ what }) => what === 'detection')).toMatchObject({
        severity: 'high',
        name: 'Back door',
      });
    };
    const dayOf = async (of: Visitor) => (await (await of.get('/api/day')).json()) as DayRecord;
    check(await dayOf(anna));
    await gateway.stop();
    const again = await startGateway(folder);
    const visitor = new Visitor(again);
    await expect.poll(async () => (await dayOf(visitor)).alarms, soon).toBe(1);
    check(await dayOf(visitor));
    // Each life's beginning once: what this one has written by now is not taken from the log a second time.
    const started = async () =>
      (await dayOf(visitor)).entries.filter(({ what }) => what === 'gateway.started').length;
    expect(await started()).toBe(2);
  });
});

describe('a walk test', { timeout: WITH_PROCESSES_MS }, () => {
  it('ticks off what was tripped, names what was not, and is refused while the alarm is on', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.door('back', 'closed');
    await devices.door('front', 'closed');
    const anna = await new Visitor(gateway).signedIn();
    const begun = (await (await anna.send('POST', '/api/walk-test')).json()) as WalkTest;
    expect(begun.points.map(({ asset, ask }) => `${asset} ${ask}`).sort()).toEqual([
      'back-door open',
      'fridge-1 read',
      'front-door open',
    ]);
    await devices.door('front', 'open');
    await devices.fridge(4.4);
    const heard = async () =>
      (await gateway.page()).walkTest?.points
        .filter(({ heardAt }) => heardAt !== undefined)
        .map(({ asset }) => asset);
    await expect.poll(async () => (await heard())?.length, soon).toBe(2);
    const ended = (await (await anna.send('POST', '/api/walk-test/end')).json()) as WalkTest;
    expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt);
    expect(ended.points.find(({ asset }) => asset === 'back-door')).not.toHaveProperty('heardAt');
    await devices.door('back', 'open');
    expect((await heard())?.length).toBe(2);
    await devices.door('back', 'closed');
    await devices.door('front', 'closed');
    await anna.send('POST', '/api/arming', { mode: 'away' });
    expect((await anna.send('POST', '/api/walk-test')).status).toBe(409);
  });
});

describe('a device that was put to use by mistake', { timeout: WITH_PROCESSES_MS }, () => {
  it('is taken out of use, waits in the inbox again, and stays out after a restart; the file’s own are the file’s', async () => {
    const folder = await configuredFolder();
    const gateway = await startGateway(folder);
    const devices = await Devices.connect(gateway);
    await devices.say('found/status/input:0', { id: 0, state: false });
    const anna = await new Visitor(gateway).signedIn();
    await expect.poll(async () => (await gateway.page()).inbox.length, soon).toBe(1);
    const found = encodeURIComponent('shelly:found');
    await anna.send('POST', `/api/inbox/${found}/assign`, {
      asset: 'front-door',
      part: 'input:0',
      treatAs: 'contact',
    });
    expect((await new Visitor(gateway).send('DELETE', `/api/devices/${found}`)).status).toBe(401);
    expect((await anna.send('DELETE', `/api/devices/${found}`)).status).toBe(204);
    expect((await anna.send('DELETE', `/api/devices/${found}`)).status).toBe(404);
    const own = await anna.send('DELETE', `/api/devices/${encodeURIComponent('shelly:siren')}`);
    expect([own.status, await own.json()]).toMatchObject([409, { error: { code: 'in-file' } }]);
    await devices.say('found/status/input:0', { id: 0, state: true });
    await expect
      .poll(async () => (await gateway.page()).inbox.map(({ device }) => device), soon)
      .toEqual(['shelly:found']);
    await gateway.stop();
    const again = await startGateway(folder);
    expect((await again.page()).devices.map(({ device }) => device)).not.toContain('shelly:found');
  });
});

describe('the diagnostics bundle', { timeout: WITH_PROCESSES_MS }, () => {
  it('says what helps and holds no secret, no person and no payload', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.say('siren/status/switch:0', '{"id":0,"output":"badge 04A1B2C3D4"}');
    expect((await new Visitor(gateway).send('POST', '/api/diagnostics')).status).toBe(401);
    const anna = await new Visitor(gateway).signedIn();
    const response = await anna.send('POST', '/api/diagnostics');
    expect(response.headers.get('content-disposition')).toContain('gatehouse-gateway-1-diagnostics.tar.gz');
    const files = filesOf(gunzipSync(Buffer.from(await response.arrayBuffer())));
    const names = [...files.keys()].map((name) => name.replace('gatehouse-diagnostics/', ''));
    expect(names).toEqual(
      expect.arrayContaining(['about.json', 'configuration.json', 'metrics.txt', 'refused.json']),
    );
    expect(JSON.parse(files.get('gatehouse-diagnostics/about.json') ?? '')).toMatchObject({
      gateway: 'gateway-1',
      node: process.version,
    });
    expect(JSON.parse(files.get('gatehouse-diagnostics/refused.json') ?? '').total).toBeGreaterThan(0);
    const whole = [...files.values()].join('\n');
    for (const secret of ['scrypt$', 'Anna', 'a.weber', '04A1B2C3D4', pins.anna, 'PRIVATE KEY'])
      expect([secret, whole.includes(secret)]).toEqual([secret, false]);
  });
});

describe('back-up and restore', { timeout: WITH_PROCESSES_MS }, () => {
  it('carries configuration, keys and what was set up at the page to another box, which begins an epoch of its own', async () => {
    const folder = await configuredFolder();
    const first = await startGateway(folder);
    const devices = await Devices.connect(first);
    await devices.say('found/status/input:0', { id: 0, state: false });
    const anna = await new Visitor(first).signedIn();
    const assign = `/api/inbox/${encodeURIComponent('shelly:found')}/assign`;
    await expect.poll(async () => (await first.page()).inbox.length, soon).toBe(1);
    await anna.send('POST', assign, { asset: 'front-door', part: 'input:0', treatAs: 'contact' });
    const entries = [{ days: ['mon'], at: '20:15', mode: 'away' }];
    await anna.send('PUT', '/api/arming/schedule', { entries });
    expect((await anna.send('POST', '/api/backup', { passphrase: 'short' })).status).toBe(400);
    const made = (await (await anna.send('POST', '/api/backup', { passphrase })).json()) as BackupAnswer;
    expect(Buffer.from(made.base64, 'base64').toString('latin1')).not.toContain('scrypt$');
    await first.stop();

    // The other box: the same software, another name for a door, nothing put to use.
    const other = await configuredFolder((text) => text.replace('Front contact', 'Another name'));
    const second = await startGateway(other);
    const jonas = await new Visitor(second).signedIn('Jonas Keller', pins.jonas);
    const restore = (body: object) => jonas.send('POST', '/api/restore', body);
    const wrong = await restore({ passphrase: 'vier Kühe im Stall', base64: made.base64 });
    expect([wrong.status, await wrong.json()]).toMatchObject([422, { error: { code: 'wrong-passphrase' } }]);
    const bytes = Buffer.from(made.base64, 'base64');
    const [line = ''] = bytes.toString('latin1').split('\n', 1);
    const foreign = Buffer.concat([
      Buffer.from(line.replace('"version":1', '"version":7')),
      bytes.subarray(line.length),
    ]);
    const newer = await restore({ passphrase, base64: foreign.toString('base64') });
    expect([newer.status, await newer.json()]).toMatchObject([422, { error: { code: 'foreign-version' } }]);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 40] = (flipped[bytes.length - 40] ?? 0) ^ 1;
    expect((await restore({ passphrase, base64: flipped.toString('base64') })).status).toBe(422);
    const stranger = await restore({ passphrase, base64: Buffer.from('{"a":1}\nxx').toString('base64') });
    expect(await stranger.json()).toMatchObject({ error: { code: 'not-a-backup' } });
    // Nothing of that has changed a file.
    expect(readFileSync(join(other, 'gateway.yaml'), 'utf8')).toContain('Another name');

    const done = await restore({ passphrase, base64: made.base64 });
    expect([done.status, await done.json()]).toMatchObject([
      200,
      { gateway: 'gateway-1', assigned: 1, notAssigned: 0 },
    ]);
    expect(readFileSync(join(other, 'gateway.yaml'), 'utf8')).toContain('Front contact');
    expect(readFileSync(join(other, 'gateway.yaml.before-restore'), 'utf8')).toContain('Another name');
    expect(readFileSync(join(other, 'state/signing-key.pem'), 'utf8')).toBe(
      readFileSync(join(folder, 'state/signing-key.pem'), 'utf8'),
    );
    await second.stop();

    const third = await startGateway(other);
    const page = await third.page();
    expect(page.devices.map(({ device }) => device)).toContain('shelly:found');
    expect(page.arming.schedule.entries).toEqual(entries);
    await third.stop();
    expect(await epochOf(other)).not.toBe(await epochOf(folder));
  });
});

describe('changed rules', { timeout: WITH_PROCESSES_MS }, () => {
  it('are tried on the gateway’s own log: what would come, what would not, and nothing is changed', async () => {
    const folder = await configuredFolder();
    const gateway = await startGateway(folder);
    const devices = await Devices.connect(gateway);
    for (const state of ['closed', 'open', 'closed'] as const) await devices.door('back', state);
    await devices.door('front', 'closed');
    await devices.door('front', 'open');
    await devices.door('front', 'closed');
    const anna = await new Visitor(gateway).signedIn();
    const { text } = (await (await anna.get('/api/rules')).json()) as RulesText;
    expect(text).toContain('rule: forced-open');
    const trial = async (rules: string) => {
      const response = await anna.send('POST', '/api/rules/try', { text: rules, hours: 24 });
      return { status: response.status, answer: (await response.json()) as RulesTrial };
    };
    const same = await trial(text);
    expect(same.answer).toMatchObject({ present: 1, changed: 1, added: [], gone: [], isWhole: true });
    const other = await trial('- { rule: forced-open, assets: [front-door] }');
    expect(other.answer).toMatchObject({
      present: 1,
      changed: 1,
      added: [{ rule: 'forced-open', assets: [{ name: 'Front door' }] }],
      gone: [{ rule: 'forced-open', assets: [{ name: 'Back door' }] }],
    });
    // Not the rules alone: what is watched when is tried, too, and nobody's code is shown for it.
    expect(text).toMatch(/^opening:[\s\S]*^panel:[\s\S]*^access:[\s\S]*^rules:/m);
    expect(text).not.toMatch(/scrypt|Hash/);
    const watched = await trial('panel: { asset: panel-1, always: [front-door], sirens: [siren-1] }');
    expect(watched.answer).toMatchObject({
      present: 1,
      changed: 2,
      added: [{ rule: 'intrusion', assets: [{ name: 'Front door' }, { name: 'Alarm' }] }],
      gone: [],
    });
    const elsewhere = await trial('panel: { asset: panel-1, always: [no-such-door] }');
    expect(elsewhere.status).toBe(400);
    expect(JSON.stringify(elsewhere.answer)).toContain('no-such-door');
    const wrong = await trial('- { rule: forced-open }\n- { rule: no-such-rule }');
    expect(wrong).toMatchObject({ status: 400, answer: { error: { field: 'text' } } });
    expect(JSON.stringify(wrong.answer)).toContain('rules:2');
    expect((await gateway.page()).alarms).toHaveLength(1);
    // A changed file is taken while the gateway runs, and is what the next trial compares with.
    editFile(folder, 'gateway.yaml', (yaml) =>
      yaml.replace('{ rule: forced-open, assets: [back-door]', '{ rule: forced-open, assets: [front-door]'),
    );
    expect((await trial(text)).answer.gone).toMatchObject([{ assets: [{ name: 'Front door' }] }]);
  });
});
