import { describe, expect, it, vi } from 'vitest';
import { configuredFolder, Devices, editFile, startGateway, Visitor } from '../testing/gateway-process.ts';
import type { CommandQuestion } from './contract.ts';

const patient = { timeout: 20_000, interval: 50 };

async function site() {
  const gateway = await startGateway(await configuredFolder());
  const devices = await Devices.connect(gateway);
  await devices.say('siren/status/switch:0', { id: 0, output: false });
  return { gateway, devices };
}

describe('a command at the page', { timeout: 60_000 }, () => {
  it('that is dangerous is done only when the same person confirms what it says, once', async () => {
    const { gateway, devices } = await site();
    const [anna, jonas] = [
      await new Visitor(gateway).signedIn(),
      await new Visitor(gateway).signedIn('Jonas Keller', '864200'),
    ];
    const asked = await anna.send('POST', '/api/commands', { action: 'siren.on', asset: 'siren-1' });
    expect(asked.status).toBe(202);
    const { confirm, says } = (await asked.json()) as CommandQuestion;
    expect(says).toBe('Siren will sound, for at most three minutes.');
    expect(devices.orders).toEqual([]);
    expect((await jonas.send('POST', `/api/commands/${confirm}/confirm`)).status).toBe(410);
    expect((await anna.send('POST', `/api/commands/${confirm}/confirm`)).status).toBe(200);
    await vi.waitFor(() => expect(devices.orders).toContainEqual({ on: true }), patient);
    // Everybody at the page sees who asked for it and that the siren itself says so.
    await vi.waitFor(
      async () =>
        expect((await gateway.page()).commands).toMatchObject([
          { action: 'siren.on', asset: 'siren-1', by: 'Anna Weber', state: 'confirmed' },
        ]),
      patient,
    );
    expect((await anna.send('POST', `/api/commands/${confirm}/confirm`)).status).toBe(410);
  });

  it('that is harmless is done at once', async () => {
    const { gateway, devices } = await site();
    const anna = await new Visitor(gateway).signedIn();
    expect((await anna.send('POST', '/api/commands', { action: 'siren.off', asset: 'siren-1' })).status).toBe(
      200,
    );
    await vi.waitFor(() => expect(devices.orders).toContainEqual({ on: false }), patient);
  });

  it('is nobody’s who is not signed in, and of this site’s assets alone', async () => {
    const { gateway } = await site();
    const wanted = { action: 'siren.on', asset: 'siren-1' };
    expect((await new Visitor(gateway).send('POST', '/api/commands', wanted)).status).toBe(401);
    const anna = await new Visitor(gateway).signedIn();
    expect((await anna.send('POST', '/api/commands', { ...wanted, asset: 'elsewhere' })).status).toBe(404);
    expect((await anna.send('POST', '/api/commands', { ...wanted, action: 'reader.granted' })).status).toBe(
      400,
    );
  });

  it('that must never be done is refused before it is asked, with the reason', async () => {
    const folder = await configuredFolder();
    editFile(folder, 'registry.yaml', (text) =>
      text
        .replace('name: Back door,', 'name: Back door, escapeRoute: true,')
        .replace(
          'identities:',
          '  - { id: bolt, kind: lock, name: Bolt, site: shop, zone: shop.room, hostedOn: back-door }\nidentities:',
        ),
    );
    const gateway = await startGateway(folder);
    const anna = await new Visitor(gateway).signedIn();
    expect((await gateway.page()).locks).toEqual([
      {
        asset: 'bolt',
        name: 'Bolt',
        doors: ['back-door'],
        online: true,
        hindrances: [{ action: 'lock.lock', because: 'escape-route', name: 'Back door' }],
      },
    ]);
    const answer = await anna.send('POST', '/api/commands', { action: 'lock.lock', asset: 'bolt' });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      error: { code: 'interlocked', message: expect.stringContaining('Back door is an escape route') },
    });
  });
});
