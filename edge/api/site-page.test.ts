import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { configuredFolder, Devices, pins, startGateway, Visitor } from '../testing/gateway-process.ts';
import { observationsIn, recordsIn } from '../testing/records.ts';
import type { ArmingAnswer, SitePage } from './contract.ts';

/** A process that starts, devices that connect, on a machine that others use, too. */
const WITH_A_PROCESS_MS = 60_000;
const soon = { timeout: 12_000, interval: 50 };

describe('what happens at the site', { timeout: WITH_A_PROCESS_MS }, () => {
  it('shows on the page at once: a door, a fridge', async () => {
    const gateway = await startGateway(await configuredFolder());
    const stream = await fetch(`${gateway.url}/api/stream`);
    const pages: SitePage[] = [];
    const following = (async () => {
      let text = '';
      for await (const chunk of stream.body ?? []) {
        text += Buffer.from(chunk).toString();
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const [, data] = /event: site\ndata: (.*)/.exec(text.slice(0, end)) ?? [];
          if (data !== undefined) pages.push(JSON.parse(data));
          text = text.slice(end + 2);
        }
      }
    })().catch(() => undefined);
    const devices = await Devices.connect(gateway);
    await devices.door('front', 'closed');
    await devices.fridge(4.7);
    await devices.door('front', 'open');
    const front = () => pages.at(-1)?.doors.find(({ asset }) => asset === 'front-door');
    await expect.poll(() => front()?.contact, soon).toBe('open');
    expect(pages.at(-1)?.temperatures[0]).toMatchObject({ celsius: 4.7, condition: 'in-band' });
    expect(pages.at(-1)?.devices.find(({ name }) => name === 'Front contact')).toMatchObject({
      online: true,
    });
    await gateway.stop();
    await following;
  });

  it('a forced door: what to do, the siren at once, and the siren itself says that it sounds', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.say('siren/status/switch:0', { id: 0, output: false });
    await devices.door('back', 'closed');
    await devices.door('back', 'open');
    await expect.poll(async () => (await gateway.page()).alarms.length, soon).toBe(1);
    const [alarm] = (await gateway.page()).alarms;
    expect(alarm).toMatchObject({ rule: 'forced-open', severity: 'high', assets: [{ name: 'Back door' }] });
    expect(alarm?.instruction.length).toBeGreaterThan(20);
    expect(devices.orders).toEqual([{ on: true }]);
    await expect.poll(async () => (await gateway.page()).sirens[0]?.sounding, soon).toBe(true);

    const anna = await new Visitor(gateway).signedIn();
    const silenced = await anna.send('POST', '/api/sirens/off');
    expect(await silenced.json()).toEqual({ silenced: [{ asset: 'siren-1', name: 'Siren' }] });
    await expect.poll(async () => (await gateway.page()).sirens[0]?.sounding, soon).toBe(false);
    expect(devices.orders.at(-1)).toEqual({ on: false });

    const seen = await anna.send('POST', `/api/alarms/${encodeURIComponent(alarm?.id ?? '')}/acknowledge`);
    expect(seen.status).toBe(204);
    expect((await gateway.page()).alarms[0]?.acknowledged?.by).toBe('Anna Weber');
    expect((await anna.send('POST', '/api/alarms/no-such/acknowledge')).status).toBe(404);
    expect(await gateway.stop()).toBe(0);
    const executed = await observationsIn(gateway.folder, 'command.executed');
    expect(executed.map(({ facts }) => facts?.action)).toEqual(['siren.on', 'siren.off']);
    const [acknowledged] = await observationsIn(gateway.folder, 'alarm.acknowledged');
    expect(acknowledged).toMatchObject({
      subjects: { identity: 'anna', account: 'a.weber' },
      observables: { ip: '192.168.1.20' },
      facts: { from: 'site', by: 'Anna Weber' },
    });
  });

  it('a device that nobody knows waits in the inbox and is put to use', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.say('found/status/input:0', { id: 0, state: false });
    const anna = await new Visitor(gateway).signedIn();
    await expect
      .poll(async () => (await gateway.page()).inbox.map(({ device }) => device), soon)
      .toEqual(['shelly:found']);
    const path = `/api/inbox/${encodeURIComponent('shelly:found')}/assign`;
    const wrong = await anna.send('POST', path, { asset: 'front-door', part: 'input:7' });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { field: 'part' } }]);
    const nowhere = await anna.send('POST', path, { asset: 'nowhere' });
    expect([nowhere.status, await nowhere.json()]).toMatchObject([400, { error: { field: 'asset' } }]);
    const right = await anna.send('POST', path, { asset: 'front-door', part: 'input:0', treatAs: 'contact' });
    expect(right.status).toBe(200);
    expect((await gateway.page()).inbox).toEqual([]);
    await devices.say('found/status/input:0', { id: 0, state: true });
    const front = async () => (await gateway.page()).doors.find(({ asset }) => asset === 'front-door');
    await expect.poll(async () => (await front())?.contact, soon).toBe('open');
  });

  it('what can’t be read is quarantined, shown and counted', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.say('siren/status/switch:0', '{"id":0,"output":"maybe"}');
    const socket = connect(gateway.mqttPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(Buffer.from('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n'));
    devices.client.on('error', () => undefined);
    // The broker closes the connection of who sends this: no acknowledgement will come.
    devices.client.publish('zigbee2mqtt/front', 'x'.repeat(2_000_000), { qos: 1 });
    await expect.poll(async () => (await gateway.page()).quarantine.total, soon).toBeGreaterThanOrEqual(3);
    const { newest } = (await gateway.page()).quarantine;
    expect(newest.map(({ wall }) => wall)).toEqual(expect.arrayContaining(['mqtt', 'profile:shelly']));
    expect(newest.some(({ reason }) => reason.includes('output'))).toBe(true);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/gatehouse_quarantined\{wall="mqtt"\} [1-9]/);
    expect(metrics).toMatch(/gatehouse_broker_framing_refusals_total [1-9]/);
    expect(metrics).toMatch(/gatehouse_outbox_commits_total [1-9]/);
  });
});

describe('arming', { timeout: WITH_A_PROCESS_MS }, () => {
  it('is blocked by name, done with what was left out by name, and undone', async () => {
    const gateway = await startGateway(await configuredFolder());
    const devices = await Devices.connect(gateway);
    await devices.door('back', 'closed');
    await devices.door('front', 'closed');
    await devices.door('front', 'open');
    const anna = await new Visitor(gateway).signedIn();
    const arm = async (mode: string, bypass: string[] = []) => {
      const response = await anna.send('POST', '/api/arming', { mode, bypass });
      return { status: response.status, answer: (await response.json()) as ArmingAnswer };
    };
    expect(await arm('away')).toMatchObject({
      status: 409,
      answer: { result: 'blocked', blockedBy: [{ asset: 'front-door', canLeaveOut: true }] },
    });
    expect((await gateway.page()).arming.mode).toBe('disarmed');
    expect(await arm('away', ['front-door'])).toMatchObject({
      status: 200,
      answer: { result: 'armed', bypassed: [{ name: 'Front door', by: 'Anna Weber' }] },
    });
    expect((await gateway.page()).arming).toMatchObject({ mode: 'away', by: 'Anna Weber' });
    await devices.door('back', 'open');
    await expect.poll(async () => (await gateway.page()).arming.phase, soon).toBe('triggered');
    expect((await gateway.page()).alarms.map(({ rule }) => rule)).toContain('intrusion');
    expect(await arm('disarmed')).toMatchObject({ status: 200, answer: { result: 'disarmed' } });
    const after = await gateway.page();
    expect(after.arming).toMatchObject({ mode: 'disarmed', phase: 'settled' });
    expect(after.alarms.find(({ rule }) => rule === 'intrusion')).toMatchObject({ active: false });
  });

  it('under threat it disarms, tells the desk, and shows nothing here', async () => {
    const gateway = await startGateway(await configuredFolder());
    const anna = await new Visitor(gateway).signedIn('Anna Weber', pins.annaUnderDuress);
    const answer = await anna.send('POST', '/api/arming', { mode: 'disarmed' });
    expect(await answer.json()).toMatchObject({ result: 'disarmed' });
    expect(JSON.stringify(await gateway.page())).not.toMatch(/duress|threat/i);
    await gateway.stop();
    const detections = (await recordsIn(gateway.folder)).flatMap((body) =>
      body.type === 'detection' ? [body.detection] : [],
    );
    expect(detections).toMatchObject([{ rule: 'duress', severity: 'critical', identities: ['anna'] }]);
  });

  it('a schedule changed from outside is an observation with the address, and an alarm', async () => {
    const gateway = await startGateway(await configuredFolder());
    const intruder = await new Visitor(gateway, '203.0.113.77').signedIn();
    const entries = [{ days: ['mon'], at: '03:00', mode: 'disarmed' }];
    expect((await intruder.send('PUT', '/api/arming/schedule', { entries })).status).toBe(200);
    const wrong = await intruder.send('PUT', '/api/arming/schedule', {
      entries: [{ days: [], at: '3', mode: 'on' }],
    });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { field: 'entries.0.days' } }]);
    const page = await gateway.page();
    expect(page.arming.schedule).toMatchObject({ entries, changedBy: 'Anna Weber' });
    expect(page.nextScheduled?.mode).toBe('disarmed');
    expect(page.alarms).toMatchObject([{ rule: 'alarm-schedule-changed', severity: 'high' }]);
    expect(page.alarms[0]?.summary).toContain('203.0.113.77');
    await gateway.stop();
    const [changed] = await observationsIn(gateway.folder, 'alarm.schedule-changed');
    expect(changed).toMatchObject({
      observables: { ip: '203.0.113.77' },
      subjects: { identity: 'anna', account: 'a.weber' },
      facts: { from: 'outside' },
    });
    const [signedIn] = await observationsIn(gateway.folder, 'login.succeeded');
    expect(signedIn).toMatchObject({ observables: { ip: '203.0.113.77' }, facts: { service: 'site-page' } });
  });
});

describe('who may', { timeout: WITH_A_PROCESS_MS }, () => {
  it('guesses are slowed down by name and place, and recorded; staff at the site are not locked out', async () => {
    const gateway = await startGateway(await configuredFolder());
    const guesser = new Visitor(gateway, '203.0.113.5');
    const statuses: number[] = [];
    for (let guess = 0; guess < 5; guess++)
      statuses.push((await guesser.signIn('Anna Weber', `00000${guess}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429]);
    const locked = await new Visitor(gateway, '203.0.113.6').signIn('anna weber', pins.anna);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(await locked.json()).toMatchObject({ error: { code: 'locked' } });
    expect((await new Visitor(gateway).signIn('Anna Weber', pins.anna)).status).toBe(200);
    expect((await guesser.signIn('Nobody', '1')).status).toBe(401);
    await gateway.stop();
    const failed = await observationsIn(gateway.folder, 'login.failed');
    expect(failed).toHaveLength(6);
    expect(failed[0]).toMatchObject({ observables: { ip: '203.0.113.5' }, subjects: { account: 'a.weber' } });
    expect(failed.at(-1)?.subjects).toBeUndefined();
  });

  it('nothing is changed without a session and its token, or by a form of another page', async () => {
    const gateway = await startGateway(await configuredFolder());
    const nobody = new Visitor(gateway);
    const entries: unknown[] = [];
    expect((await nobody.send('POST', '/api/arming', { mode: 'away' })).status).toBe(401);
    const anna = await new Visitor(gateway).signedIn();
    const noToken = { 'x-gatehouse-token': 'guessed' };
    for (const [method, path, body] of [
      ['POST', '/api/arming', { mode: 'away' }],
      ['PUT', '/api/arming/schedule', { entries }],
      ['POST', '/api/sirens/off', undefined],
      ['POST', '/api/alarms/x/acknowledge', undefined],
      ['POST', '/api/inbox/x/assign', { asset: 'front-door' }],
      ['DELETE', '/api/session', undefined],
    ] as const)
      expect([path, (await anna.send(method, path, body, noToken)).status]).toEqual([path, 403]);
    const form = { 'content-type': 'text/plain' };
    expect(
      (await nobody.send('POST', '/api/session', '{"name":"Anna Weber","pin":"246810"}', form)).status,
    ).toBe(415);
    expect((await gateway.page()).arming).toMatchObject({ mode: 'disarmed', schedule: { entries: [] } });
    expect((await anna.send('DELETE', '/api/session')).status).toBe(204);
    expect((await anna.get('/api/session')).status).toBe(401);
    expect((await anna.send('POST', '/api/arming', { mode: 'away' })).status).toBe(401);
  });

  it('may look: the site’s own network does, outside only with a PIN, a stranger’s name never', async () => {
    const gateway = await startGateway(await configuredFolder());
    const outside = new Visitor(gateway, '203.0.113.9');
    for (const path of [
      '/api/site',
      '/api/stream',
      '/api/inbox',
      '/api/temperature?asset=fridge-1',
      '/metrics',
    ])
      expect([path, (await outside.get(path)).status]).toEqual([path, 401]);
    expect((await outside.get('/healthz')).status).toBe(200);
    // The last entry is the proxy's own word; what stands before it is the sender's claim.
    expect((await outside.get('/api/site', { 'x-forwarded-for': '192.168.1.2, 203.0.113.9' })).status).toBe(
      401,
    );
    await outside.signedIn();
    expect((await outside.get('/api/site')).status).toBe(200);
    const port = Number(new URL(gateway.url).port);
    const rebound = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
      socket.write('GET /api/site HTTP/1.1\r\nHost: shop.evil.example\r\nConnection: close\r\n\r\n');
    });
    expect(rebound).toContain('401');
  });

  it('requests have their bounds, answers their policy, and files their folder', async () => {
    const gateway = await startGateway(await configuredFolder());
    const anna = await new Visitor(gateway).signedIn();
    const large = await anna.send('PUT', '/api/arming/schedule', { entries: [], more: 'x'.repeat(100_000) });
    expect(large.status).toBe(413);
    expect((await anna.send('POST', '/api/arming', '{"mode"')).status).toBe(400);
    const strange = await anna.send('POST', '/api/arming', { mode: 'away', force: true });
    expect([strange.status, await strange.json()]).toMatchObject([400, { error: { field: 'force' } }]);
    for (const query of [
      '',
      '?asset=../x',
      '?asset=fridge-1&from=5&to=4',
      '?asset=fridge-1&from=0&to=9000000000',
    ])
      expect([query, (await anna.get(`/api/temperature${query}`)).status]).toEqual([query, 400]);
    expect((await anna.get('/api/temperature?asset=elsewhere')).status).toBe(404);
    const site = await anna.get('/api/site');
    expect(site.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(site.headers.get('x-content-type-options')).toBe('nosniff');
    expect(site.headers.get('cache-control')).toBe('no-store');
    for (const path of [
      '/%2e%2e/%2e%2e/package.json',
      '/..%2f..%2fpackage.json',
      '/assets/../../build.ts',
      '/api/nothing',
    ])
      expect([path, (await anna.get(path)).status]).toEqual([path, 404]);
  });
});
