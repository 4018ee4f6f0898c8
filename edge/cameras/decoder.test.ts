import { afterEach, expect, test } from 'vitest';
import { drawScene } from '../../simulators/devices/camera/scene.ts';
import { Decoder, MAX_WAITING_PICTURES } from './decoder.ts';
import { FRAME_PIXELS, lookOf } from './grey-frame.ts';

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

const scene = { dark: false, cabinetOpen: false, person: false, takenAt: 0 };

test('a dark scene is dark and a lit one is not', async () => {
  const decoder = new Decoder(stop.signal);
  const [lit, dark] = await Promise.all([
    decoder.grey(drawScene(scene)),
    decoder.grey(drawScene({ ...scene, dark: true })),
  ]);
  expect(lit).toHaveLength(FRAME_PIXELS);
  expect(lookOf(lit).high).toBeGreaterThan(100);
  expect(lookOf(dark).high).toBeLessThan(24);
});

test('a picture that is too large for its way is made smaller, and stays a JPEG', async () => {
  const decoder = new Decoder(stop.signal);
  const picture = drawScene(scene);
  expect(await decoder.shrink(picture, picture.length)).toBe(picture);
  const small = await decoder.shrink(picture, picture.length - 500);
  expect(small.length).toBeLessThanOrEqual(picture.length - 500);
  expect([...small.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  await expect(decoder.shrink(picture, 100)).rejects.toThrow("can't be made to fit into 100 bytes");
});

test('what is no picture is refused, and the next one is looked at', async () => {
  const decoder = new Decoder(stop.signal);
  await expect(decoder.grey(new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3]))).rejects.toThrow();
  expect(await decoder.grey(drawScene(scene))).toHaveLength(FRAME_PIXELS);
});

test('pictures do not pile up', async () => {
  const decoder = new Decoder(stop.signal);
  const picture = drawScene(scene);
  const asked = Array.from({ length: MAX_WAITING_PICTURES + 3 }, () => decoder.grey(picture));
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(3);
});
