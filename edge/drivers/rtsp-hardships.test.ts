/** A stream on a bad cable: ffmpeg has to live with what comes through it, or be ended and begun again. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RtspStream } from '../../simulators/devices/camera/rtsp.ts';
import { Cable } from '../../simulators/devices/network/cable.ts';
import { RtspSource } from '../cameras/rtsp-source.ts';

const credentials = { username: 'gatehouse', password: 'stream-password' };
const eventually = (look: () => void, timeout = 90_000) => vi.waitFor(look, { timeout, interval: 100 });

test('noise in a stream, a cable that is pulled and one that is too slow end it for a while, and it comes back', {
  timeout: 300_000,
}, async () => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const stream = await RtspStream.start({ credentials }, ending.signal);
  const cable = await Cable.lay(() => stream.port, ending.signal);
  const said: string[] = [];
  let frames = 0;
  const source = new RtspSource({
    uri: async () => stream.uri.replace(`:${stream.port}`, `:${cable.port}`),
    ...credentials,
    signal: ending.signal,
    onGrey: () => frames++,
    onJpeg: () => undefined,
    onWorking: () => said.push('works'),
    onFailed: () => said.push('fails'),
  });
  const running = source.run();
  const works = async (step: string) => {
    const before = frames;
    await eventually(() =>
      expect({ step, works: said.at(-1) === 'works' && frames > before + 2 }).toEqual({ step, works: true }),
    );
  };
  const fails = (step: string) =>
    eventually(() => expect({ step, last: said.at(-1) }).toEqual({ step, last: 'fails' }));
  await works('at first');
  cable.noise(5_000);
  await works('after noise');
  cable.pull();
  await fails('pulled');
  cable.plug();
  await works('plugged in again');
  cable.isMute = true;
  await fails('mute');
  cable.isMute = false;
  await works('no longer mute');
  cable.isSlow = true;
  await fails('slow');
  cable.isSlow = false;
  await works('no longer slow');
  ending.abort();
  await running;
});

test('a server that speaks no RTSP is a stream that fails, and the right one in its place works', {
  timeout: 120_000,
}, async () => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const babbler = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.end(crypto.getRandomValues(new Uint8Array(2_000))));
  }).listen(0, '127.0.0.1');
  await once(babbler, 'listening');
  const address = babbler.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const said: string[] = [];
  const source = new RtspSource({
    uri: async () => `rtsp://127.0.0.1:${port}/main`,
    ...credentials,
    signal: ending.signal,
    onGrey: () => undefined,
    onJpeg: () => undefined,
    onWorking: () => said.push('works'),
    onFailed: () => said.push('fails'),
  });
  const running = source.run();
  await eventually(() => expect(said).toEqual(['fails']));
  babbler.close();
  await once(babbler, 'close');
  const stream = await RtspStream.start({ port, credentials }, ending.signal);
  expect(new URL(stream.uri).port).toBe(String(port));
  await eventually(() => expect(said).toEqual(['fails', 'works']));
  ending.abort();
  await running;
});
