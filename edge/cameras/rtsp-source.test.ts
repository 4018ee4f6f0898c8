import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { RtspStream } from '../../simulators/devices/camera/rtsp.ts';
import { FRAME_PIXELS, lookOf } from './grey-frame.ts';
import { playlistFor, RtspSource } from './rtsp-source.ts';

const WITH_A_STREAM_MS = 120_000;
/** What has to be put into an address in another way, and what ends a quoted name. */
const credentials = { username: 'gatehouse', password: "se/c'r:e t&" };

let stop = new AbortController();
let powerOff = new AbortController();
afterEach(() => {
  stop.abort();
  powerOff.abort();
  stop = new AbortController();
  powerOff = new AbortController();
});

function follow(uri: string, more: Partial<ConstructorParameters<typeof RtspSource>[0]> = {}) {
  const frames: Uint8Array[] = [];
  const jpegs: Uint8Array[] = [];
  const said: string[] = [];
  const source = new RtspSource({
    uri: async () => uri,
    ...credentials,
    signal: stop.signal,
    onGrey: (frame) => frames.push(frame),
    onJpeg: (jpeg) => jpegs.push(jpeg),
    onWorking: () => said.push('works'),
    onFailed: (why) => said.push(why),
    ...more,
  });
  const running = source.run();
  return { frames, jpegs, said, running };
}

const eventually = (look: () => void, timeout = 40_000) => vi.waitFor(look, { timeout, interval: 100 });

test('a stream brings frames and pictures, goes black, dies and comes back', {
  timeout: WITH_A_STREAM_MS,
}, async () => {
  const stream = await RtspStream.start({ credentials }, powerOff.signal);
  const { frames, jpegs, said, running } = follow(stream.uri);
  await eventually(() => expect(frames.length).toBeGreaterThan(2));
  expect(said).toEqual(['works']);
  expect(frames[0]).toHaveLength(FRAME_PIXELS);
  expect(lookOf(frames.at(-1) ?? new Uint8Array()).high).toBeGreaterThan(80);
  await eventually(() => expect(jpegs.length).toBeGreaterThan(0));
  expect([...(jpegs[0] ?? []).slice(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  stream.show('black');
  await eventually(() => expect(lookOf(frames.at(-1) ?? new Uint8Array()).high).toBeLessThan(24));
  const { port } = stream;
  await stream.stop();
  await eventually(() => expect(said).toHaveLength(2));
  await RtspStream.start({ port, credentials }, powerOff.signal);
  await eventually(() => expect(said.at(-1)).toBe('works'));
  expect(said).toHaveLength(3);
  stop.abort();
  await running;
});

test('a stream that stands still is dead, though nobody has closed it', {
  timeout: WITH_A_STREAM_MS,
}, async () => {
  const stream = await RtspStream.start({ credentials }, powerOff.signal);
  const { frames, said } = follow(stream.uri);
  await eventually(() => expect(frames.length).toBeGreaterThan(2));
  stream.show('freeze');
  await eventually(() => expect(said).toEqual(['works', 'no frames come']));
});

test('a wrong password is said, and the right one nowhere: not in the words, not in the list of processes', {
  timeout: WITH_A_STREAM_MS,
}, async () => {
  const stream = await RtspStream.start({ credentials }, powerOff.signal);
  const { said } = follow(stream.uri, { password: 'wrong-secret' });
  await eventually(() => expect(said).toEqual([expect.stringMatching(/401|nauthorized/)]));
  expect(said.join()).not.toContain('wrong-secret');
  const right = follow(stream.uri);
  await eventually(() => expect(right.frames.length).toBeGreaterThan(0));
  const ffmpegs = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((process) => {
      try {
        return [readFileSync(`/proc/${process}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.startsWith('ffmpeg'));
  expect(ffmpegs.length).toBeGreaterThan(0);
  expect(ffmpegs.filter((line) => /se\/c|se%2Fc/.test(line))).toEqual([]);
});

test('without ffmpeg it says so', async () => {
  const { said } = follow('rtsp://127.0.0.1:1/x', { ffmpeg: 'no-such-program' });
  await eventually(() => expect(said).toEqual(['ffmpeg is not installed: streams can’t be watched']));
});

test('the log-in is put into the address so that nothing of it can end the name', () => {
  expect(playlistFor('rtsp://camera/main', credentials)).toContain(
    "file 'rtsp://gatehouse:se%2Fc%27r%3Ae%20t%26@camera/main'\n",
  );
  expect(playlistFor("rtsp://camera/a'b", { username: '', password: '' })).toContain("/a%27b'\n");
});
