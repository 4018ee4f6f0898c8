import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawScene, type Scene } from '../../simulators/devices/camera/scene.ts';
import { Decoder } from './decoder.ts';
import { FRAME_PIXELS, type GreyFrame } from './grey-frame.ts';
import {
  ACCEPT_AFTER_MS,
  FORGET_AFTER_MS,
  FROZEN_MS,
  reconnected,
  SETTLE_MS,
  turned,
  type WatchReason,
  type WatchState,
  watch,
  watchFrom,
} from './picture-watch.ts';

const STEP_MS = 500;
const stop = new AbortController();
const decoder = new Decoder(stop.signal);
afterAll(() => stop.abort());

const room = { dark: false, cabinetOpen: false, person: false };
const views = {
  room,
  opened: { ...room, cabinetOpen: true, person: true },
  dark: { ...room, dark: true },
  turnedAway: { ...room, turnedAway: true },
  smeared: { ...room, smeared: true },
} satisfies Record<string, Omit<Scene, 'takenAt'>>;
type View = keyof typeof views;
/** Several of each, since the sensor's grain and the clock in the corner differ. */
const frames = new Map<View, GreyFrame[]>();

beforeAll(async () => {
  for (const view of Object.keys(views) as View[]) {
    const made: GreyFrame[] = [];
    for (let takenAt = 0; takenAt < 4_000; takenAt += 1_000)
      made.push(await decoder.grey(drawScene({ ...views[view], takenAt })));
    frames.set(view, made);
  }
});

/** Runs a watch over scenes; says what it says, when it changes. */
class Run {
  state: WatchState = watchFrom(0);
  at = 0;
  readonly said: string[] = [];
  readonly #ignore: readonly WatchReason[];
  #count = 0;

  constructor(ignore: readonly WatchReason[] = []) {
    this.#ignore = ignore;
  }

  frame(frame: GreyFrame): void {
    this.at += STEP_MS;
    const before = this.state;
    this.state = watch(this.state, frame, this.at, this.#ignore);
    if (before.sees !== this.state.sees || before.reason !== this.state.reason)
      this.said.push(this.state.sees === true ? 'sees' : (this.state.reason ?? 'unknown'));
  }

  for(ms: number, view: View): this {
    const made = frames.get(view) ?? [];
    for (const end = this.at + ms; this.at < end; ) {
      const frame = made[this.#count++ % made.length];
      if (frame !== undefined) this.frame(frame);
    }
    return this;
  }
}

test('a room with somebody in it, an opened cabinet and passing hours is a room', () => {
  const run = new Run().for(60_000, 'room').for(60_000, 'opened').for(60_000, 'room');
  expect(run.said).toEqual(['sees']);
});

test.each([
  ['dark', 'dark'],
  ['turnedAway', 'moved'],
  ['smeared', 'blurred'],
] as const)('a picture that is %s is said once, and that it is over', (view, reason) => {
  const run = new Run().for(60_000, 'room').for(30_000, view);
  expect(run.said).toEqual(['sees', reason]);
  run.for(30_000, 'room');
  expect(run.said).toEqual(['sees', reason, 'sees']);
});

test('what passes before the lens is nothing', () => {
  const run = new Run().for(30_000, 'room').for(2_000, 'dark').for(30_000, 'room').for(5_000, 'turnedAway');
  expect(run.for(30_000, 'room').said).toEqual(['sees']);
});

test('a lens that flutters between dark and bright does not flutter as news', () => {
  const run = new Run().for(30_000, 'room').for(10_000, 'dark');
  for (let index = 0; index < 20; index++) run.for(2_000, 'room').for(2_000, 'dark');
  expect(run.said).toEqual(['sees', 'dark']);
});

test('a picture that stands still is frozen, though it shows the room', () => {
  const run = new Run().for(30_000, 'room');
  const [still] = frames.get('room') ?? [];
  if (still === undefined) throw new Error('no frame');
  for (let index = 0; index < FROZEN_MS / STEP_MS; index++) run.frame(still);
  expect(run.said).toEqual(['sees']);
  for (let index = 0; index < 4; index++) run.frame(still);
  expect(run.said).toEqual(['sees', 'frozen']);
  expect(run.for(10_000, 'room').said.at(-1)).toBe('sees');
});

test('a hand before the lens and a lamp into it', () => {
  const run = new Run().for(30_000, 'room');
  const flat = (value: number, index: number) => new Uint8Array(FRAME_PIXELS).fill(value + (index % 3));
  for (let index = 0; index < 20; index++) run.frame(flat(110, index));
  expect(run.said.at(-1)).toBe('covered');
  for (let index = 0; index < 20; index++) run.frame(flat(250, index));
  expect(run.said.at(-1)).toBe('bright');
});

describe('no alarm', () => {
  test('at the start, whatever the first pictures are', () => {
    const run = new Run().for(SETTLE_MS - STEP_MS, 'dark').for(30_000, 'room');
    expect(run.said).toEqual(['sees']);
  });

  test('after a reconnect, while exposure finds its level', () => {
    const run = new Run().for(30_000, 'room');
    run.state = reconnected(run.state, run.at);
    expect(run.for(SETTLE_MS - STEP_MS, 'dark').for(30_000, 'room').said).toEqual(['sees']);
  });

  test('when we turn the camera ourselves', () => {
    const run = new Run().for(30_000, 'room');
    run.state = turned(run.state, run.at);
    expect(run.for(60_000, 'turnedAway').said).toEqual(['sees']);
  });

  test('for what is told to be ignored', () => {
    expect(new Run(['dark']).for(30_000, 'room').for(60_000, 'dark').said).not.toContain('dark');
  });

  test('long after it was gone: the scene is learned anew', () => {
    const run = new Run().for(30_000, 'room');
    run.at += FORGET_AFTER_MS + 1;
    expect(run.for(60_000, 'turnedAway').said).toEqual(['sees']);
  });
});

test('a camera that was turned away while it was unplugged is found', () => {
  const run = new Run().for(30_000, 'room');
  run.at += 120_000;
  expect(run.for(30_000, 'turnedAway').said).toEqual(['sees', 'moved']);
});

test('a camera that was hung elsewhere for good is content in the end', () => {
  const run = new Run().for(30_000, 'room').for(60_000, 'turnedAway');
  const made = frames.get('turnedAway') ?? [];
  for (let index = 0; run.at < ACCEPT_AFTER_MS + 120_000; index++) {
    const frame = made[index % made.length];
    run.at += 20_000;
    if (frame !== undefined) run.frame(frame);
  }
  expect(run.said).toEqual(['sees', 'moved', 'sees']);
});
