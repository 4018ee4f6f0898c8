import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startStation } from '../../simulators/devices/monitoring-station/station.ts';
import { configuredFolder, Devices, startGateway } from '../testing/gateway-process.ts';

const key = '00112233445566778899aabbccddeeff';
const patient = { timeout: 30_000, interval: 50 };

describe('a gateway with a monitoring station', { timeout: 90_000 }, () => {
  it('tells it of a forced door, and after kill -9 of what it could not tell before', async () => {
    const station = await startStation({ key: Buffer.from(key, 'hex') });
    onTestFinished(() => station.close());
    const folder = await configuredFolder();
    writeFileSync(join(folder, 'station-key'), `${key}\n`);
    const file = join(folder, 'gateway.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('\nrules:\n', '\nrules:\n  - { rule: transmission-lost }\n'));
    appendFileSync(
      file,
      `
transmission:
  account: 'ABC1'
  receivers: [{ host: 127.0.0.1, port: ${station.port}, keyFile: station-key }]
  superviseMs: 1000
  answerWithinMs: 500
  zones: { back-door: 4 }
`,
    );
    const first = await startGateway(folder);
    const devices = await Devices.connect(first);
    await devices.door('back', 'closed');
    await devices.door('back', 'open');
    const told = () => station.events.map(({ data }) => data);
    await vi.waitFor(() => expect(told()).toContain('#ABC1|1131 01 004'), patient);

    station.manner = 'silent';
    await vi.waitFor(
      async () => expect((await first.page()).alarms.map(({ rule }) => rule)).toContain('transmission-lost'),
      patient,
    );
    expect(told()).toHaveLength(1);
    expect((await first.page()).station).toMatchObject({
      lines: [{ works: false, encrypted: true, answeredAt: expect.any(Number) }],
    });
    await devices.door('back', 'closed');
    await first.kill();
    station.manner = 'answers';
    await startGateway(folder);
    // The failed line, the door that is closed again, and the line that works again.
    await vi.waitFor(
      () =>
        expect(told()).toEqual(
          expect.arrayContaining(['#ABC1|1350 01 000', '#ABC1|3131 01 004', '#ABC1|3350 01 000']),
        ),
      patient,
    );
    expect(new Set(station.events.map(({ sequence }) => sequence)).size).toBe(station.events.length);
  });

  it('does not start with a key that is none', async () => {
    const folder = await configuredFolder();
    writeFileSync(join(folder, 'station-key'), 'secret');
    appendFileSync(
      join(folder, 'gateway.yaml'),
      "\ntransmission: { account: '1002', receivers: [{ host: 127.0.0.1, port: 1, keyFile: station-key }] }\n",
    );
    await expect(startGateway(folder)).rejects.toThrow(
      /transmission.receivers\[0\].keyFile: .* hexadecimal digits/,
    );
  });
});
