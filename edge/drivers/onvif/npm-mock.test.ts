/**
 * The documents of the mock camera that the package onvif 0.6.5 tests itself with (its folder test/serverMockup, MIT):
 * answers written down by others, among them those of real devices. They are served by the name of the call, as the
 * package does; there is no password, no state and no time in them. Left out where that version is not installed
 * (`npm i -D onvif-mock@npm:onvif@0.6.5`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readNotice } from '../../../devices/onvif/topics.ts';
import { openCamera } from './client.ts';
import { prove } from './onboarding.ts';

const folder =
  process.env.GATEHOUSE_ONVIF_MOCK ??
  fileURLToPath(new URL('../../../node_modules/onvif-mock/test/serverMockup', import.meta.url));

/** What stands in the places that the package leaves open; of what it leaves to chance, all. */
const filled = (text: string, facts: object, withTimes: boolean): string =>
  text.replaceAll(/\{\{(.*?)\}\}/g, (_all, open: string) => {
    const fact = /^=\s*it\.(\w+)/.exec(open)?.[1];
    if (fact !== undefined) return String(Reflect.get(facts, fact));
    if (!/^=\s*new Date/.test(open) || !withTimes) return '';
    return new Date(Date.now() + Number(/\+\s*(\d+)/.exec(open)?.[1] ?? 0)).toISOString();
  });

/** The mock as the package starts it: `<namespace>.<operation>.xml`, else `<operation>.xml`, else an error. */
async function mockCamera(withTimes = true) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = /<s:Body[^>]*>(.*)<\/s:Body>/s.exec(text)?.[1] ?? '';
      const operation = /<([A-Za-z]+)[\s/>]/.exec(body)?.[1] ?? '';
      const namespace = /xmlns="http:\/\/www\.onvif\.org\/\S*\/(\S*)\/wsdl"/.exec(body)?.[1] ?? '';
      asked.push(`${namespace}.${operation}`);
      const names = [`${namespace}.${operation}`, operation, 'Error'].map((name) => `${name}.xml`);
      const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
      const { port } = server.address() as AddressInfo;
      const facts = { port, hostname: '127.0.0.1', pullPointUrl: '/onvif/subscription?Idx=6' };
      const answer = filled(readFileSync(file ?? '', 'utf8'), facts, withTimes);
      response.setHeader('Content-Type', 'application/soap+xml;charset=UTF-8');
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const access = { host: '127.0.0.1', port, secure: false, username: 'admin', password: 'secret' };
  return { access, asked, signal: stop.signal };
}

describe.skipIf(!existsSync(folder))('the mock camera of the package onvif', { timeout: 30_000 }, () => {
  it('is opened and described, and names its pictures, its stream and its presets', async () => {
    const { access, signal } = await mockCamera();
    const session = await openCamera(access, signal);
    expect(session.description).toEqual({
      ...{ serial: '00000000', model: 'Mockup Model', manufacturer: 'Mockup Manufacturer' },
      ...{ firmware: 'Mockup_15_14_13', mac: '28:57:be:65:7d:d5' },
    });
    // Its clock stands still in 2014: that is what digests would have to be made for.
    expect(session.clockOffsetMs).toBeLessThan(-10 * 365 * 24 * 3_600_000);
    expect(await session.snapshotUri()).toMatch(
      new RegExp(`^http://127\\.0\\.0\\.1:${access.port}/onvif-cgi/jpg/image\\.cgi`),
    );
    expect(await session.streamUri()).toBe('rtsp://127.0.0.1/h264main');
    const presets = await session.presets();
    expect(presets.length).toBeGreaterThan(40);
    expect(presets).toContainEqual({ token: 'WasherOff', name: 'WasherOff' });
    expect(await session.offersMqtt()).toBe(false);
    await session.goTo('Home');
    session.close();
  });

  it('is proved, and found open to anybody: it has no log-in, and no picture', async () => {
    const { access, signal } = await mockCamera();
    expect(await prove(access, signal)).toMatchObject({
      ...{ proved: true, opensToAnybody: true, hasStream: true, offersMqtt: false },
      picture: { why: 'snapshot: not a JPEG' },
    });
  });

  it.each([
    ['with the times of its subscription', true],
    ['without them', false],
  ])('tells of motion by a pull point, %s', async (_how, withTimes) => {
    const { access, asked, signal } = await mockCamera(withTimes);
    const session = await openCamera(access, signal);
    const { address, remainingMs } = await session.subscribe();
    expect(address).toBe(`http://127.0.0.1:${access.port}/onvif/subscription?Idx=6`);
    expect(remainingMs === undefined).toBe(!withTimes);
    const { notices, unreadable } = await session.pull();
    expect(unreadable).toBe(0);
    expect(notices.map((notice) => readNotice(notice))).toContainEqual(
      expect.objectContaining({
        isState: false,
        reading: expect.objectContaining({ property: 'motion', value: 'active' }),
      }),
    );
    // The mock knows no Renew and no SetSynchronizationPoint; it takes Unsubscribe.
    await expect(session.renew()).rejects.toThrow('SOAP Fault');
    await session.unsubscribe();
    expect(asked).toContain('events.PullMessages');
    session.close();
  });
});
