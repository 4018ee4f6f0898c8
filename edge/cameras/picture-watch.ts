/**
 * The gateway's own watch on a picture, whatever the camera says of itself: black, dazzled, covered, turned away,
 * smeared, standing still. Pure: a frame and its time in, the next state out.
 */
import type { ObscuredReason } from '../../devices/onvif/topics.ts';
import { type FrameLook, type GreyFrame, isSame, likeness, lookOf } from './grey-frame.ts';

/** What the watch can find; `tampered` is a word of cameras only. */
export const obscuredReasons = [
  'dark',
  'bright',
  'covered',
  'frozen',
  'moved',
  'blurred',
] as const satisfies (ObscuredReason | 'covered')[];
export type WatchReason = (typeof obscuredReasons)[number];

/** Nothing is judged for this long after the start, a reconnect or a turn to a preset: exposure finds its level first. */
export const SETTLE_MS = 5_000;
/** The scene is learned from this many frames before it can be missed. */
export const LEARN_FRAMES = 5;
/** After a longer absence the scene is learned anew; after a shorter one a camera that was turned meanwhile is found. */
export const FORGET_AFTER_MS = 600_000;
/** The sun wanders: what is seen becomes what is usual within about this time. */
const ADAPT_MS = 600_000;
/** A scene that has been another one for this long is the new one: somebody has hung the camera elsewhere. */
export const ACCEPT_AFTER_MS = 3_600_000;

/** Nine tenths of a black picture lie below; a room with one lamp lies above. Left again only clearly above. */
const DARK_HIGH = 24;
/** Nine tenths of a dazzled picture lie above. */
const BRIGHT_LOW = 235;
/** A hand or a sheet of paper before the lens leaves hardly any contrast; a scene that had none can't lose it. */
const COVERED_CONTRAST = 14;
const USUAL_CONTRAST = 30;
/** Another scene correlates around 0 to 0.3; the same one by night, or with a person in it, from 0.6 up. */
const MOVED_LIKENESS = 0.4;
/** A smeared lens loses more than half of the usual steps between neighbours; rain and dusk lose a fifth. */
const BLURRED_SHARPNESS = 0.5;
/** How much better it must be again before it counts as over, so that nothing flutters at a threshold. */
const CLEARLY = 1.3;
/** A sensor has grain: two frames are never the same. Encoders repeat a still scene, but not for so long. */
export const FROZEN_MS = 30_000;
export const FROZEN_FRAMES = 10;

/** How long it must look so before it is said: a van, a hand and a flash pass. */
const sustainedMs: Readonly<Record<WatchReason, number>> = {
  dark: 3_000,
  bright: 3_000,
  covered: 3_000,
  moved: 8_000,
  blurred: 10_000,
  frozen: 0,
};
const CLEAR_MS = 4_000;
/** A frame a minute says nothing about what was between: what lies farther apart is no run. */
const MAX_GAP_MS = 60_000;

interface Reference {
  pixels: Float32Array;
  sharpness: number;
  contrast: number;
  frames: number;
}

export interface WatchState {
  /** Undefined: not yet known. */
  readonly sees: boolean | undefined;
  /** Why it sees nothing. */
  readonly reason?: WatchReason | undefined;
  readonly judgedFrom: number;
  readonly lastAt: number;
  readonly last?: GreyFrame | undefined;
  readonly sameSince: number;
  readonly sameFrames: number;
  readonly suspectedSince?: number | undefined;
  readonly clearSince?: number | undefined;
  readonly obscuredSince?: number | undefined;
  readonly reference?: Reference | undefined;
}

/** @param at ms of a clock that never jumps, as everywhere here */
export const watchFrom = (at: number): WatchState => ({
  sees: undefined,
  judgedFrom: at + SETTLE_MS,
  lastAt: at,
  sameSince: at,
  sameFrames: 0,
});

/** The source is back after it was gone. What was known of the scene is kept unless it was long ago. */
export const reconnected = (state: WatchState, at: number): WatchState => ({
  ...state,
  judgedFrom: at + SETTLE_MS,
  last: undefined,
  sameSince: at,
  sameFrames: 0,
  suspectedSince: undefined,
  clearSince: undefined,
  ...(at - state.lastAt > FORGET_AFTER_MS ? { reference: undefined } : {}),
});

/** The camera is being turned on our own command: another scene is no news. */
export const turned = (state: WatchState, at: number): WatchState => ({
  ...reconnected(state, at),
  reference: undefined,
});

/** Takes the next frame. `ignore`: reasons that are not to count. */
export function watch(
  before: WatchState,
  frame: GreyFrame,
  at: number,
  ignore: readonly WatchReason[] = [],
): WatchState {
  const state = at - before.lastAt > MAX_GAP_MS ? reconnected(before, at) : before;
  const same = state.last !== undefined && isSame(frame, state.last);
  const taken: WatchState = {
    ...state,
    last: frame,
    lastAt: at,
    sameSince: same ? state.sameSince : at,
    sameFrames: same ? state.sameFrames + 1 : 0,
  };
  if (at < state.judgedFrom) return taken;
  const look = lookOf(frame);
  const reason = reasonFor(taken, frame, look, at, ignore);
  if (reason === undefined) return learned(seeing(taken, at), frame, look, at - before.lastAt);
  return suspecting(taken, reason, at);
}

/** What is wrong with a frame, the plainest first. What is already said is left only when it is clearly over. */
function reasonFor(
  state: WatchState,
  frame: GreyFrame,
  look: FrameLook,
  at: number,
  ignore: readonly WatchReason[],
): WatchReason | undefined {
  const { reference, reason } = state;
  const known = (reference?.frames ?? 0) >= LEARN_FRAMES ? reference : undefined;
  const lax = (candidate: WatchReason) => (state.sees === false && reason === candidate ? CLEARLY : 1);
  const looks: Record<WatchReason, () => boolean> = {
    dark: () => look.high <= DARK_HIGH * lax('dark'),
    bright: () => look.low >= BRIGHT_LOW / lax('bright'),
    covered: () =>
      known !== undefined &&
      known.contrast >= USUAL_CONTRAST &&
      look.high - look.low <= COVERED_CONTRAST * lax('covered'),
    frozen: () => state.sameFrames >= FROZEN_FRAMES && at - state.sameSince >= FROZEN_MS,
    moved: () => known !== undefined && likeness(frame, known.pixels) < MOVED_LIKENESS * lax('moved'),
    blurred: () =>
      known !== undefined && look.sharpness < known.sharpness * BLURRED_SHARPNESS * lax('blurred'),
  };
  return obscuredReasons.find((candidate) => !ignore.includes(candidate) && looks[candidate]());
}

function suspecting(state: WatchState, reason: WatchReason, at: number): WatchState {
  const suspectedSince = state.suspectedSince ?? at;
  const next = { ...state, suspectedSince, clearSince: undefined };
  if (state.sees === false) {
    const isAccepted = reason === 'moved' && at - (state.obscuredSince ?? at) >= ACCEPT_AFTER_MS;
    return isAccepted
      ? { ...next, sees: true, reason: undefined, reference: undefined, suspectedSince: undefined }
      : { ...next, reason };
  }
  if (at - suspectedSince < sustainedMs[reason]) return next;
  return { ...next, sees: false, reason, obscuredSince: at };
}

function seeing(state: WatchState, at: number): WatchState {
  const clearSince = state.clearSince ?? at;
  const next = { ...state, suspectedSince: undefined, clearSince };
  if (state.sees === true) return next;
  // What was never known to be otherwise needs no proof of time.
  if (state.sees === false && at - clearSince < CLEAR_MS) return next;
  return { ...next, sees: true, reason: undefined, obscuredSince: undefined };
}

/** Goes over to what is seen, fast at first and slowly then; never while something is wrong. */
function learned(state: WatchState, frame: GreyFrame, look: FrameLook, elapsedMs: number): WatchState {
  const { reference } = state;
  const contrast = look.high - look.low;
  if (reference === undefined) {
    const pixels = Float32Array.from(frame);
    return { ...state, reference: { pixels, sharpness: look.sharpness, contrast, frames: 1 } };
  }
  if (state.sees !== true) return state;
  const isLearning = reference.frames < LEARN_FRAMES;
  const share = isLearning ? 1 / (reference.frames + 1) : Math.min(1, elapsedMs / ADAPT_MS);
  const pixels = reference.pixels.map((value, index) => value + share * ((frame[index] ?? 0) - value));
  return {
    ...state,
    reference: {
      pixels,
      sharpness: reference.sharpness + share * (look.sharpness - reference.sharpness),
      contrast: reference.contrast + share * (contrast - reference.contrast),
      frames: reference.frames + 1,
    },
  };
}
