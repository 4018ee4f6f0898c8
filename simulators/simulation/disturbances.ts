/** What goes wrong besides crashes, each with how often it comes: parts of a hundred of all that goes wrong. */
import { pick, type Random } from '../random.ts';
import type { SimulatedDisk } from './disk.ts';
import { SEGMENT_BYTES } from './gateway.ts';
import type { BoardClock } from './life.ts';
import { goodLine, type Link } from './link.ts';
import { ALARM_GRACE_MS, type Oracle } from './oracle.ts';
import { ORIGIN_MS } from './site.ts';
import type { Timeline } from './timeline.ts';

/** What was asked of slow disks before an alarm came may still be answered behind it. */
const SLOW_ALARM_GRACE_MS = 30_000;

/** What can be disturbed. */
export interface Scene {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly link: Link;
  readonly disk: SimulatedDisk;
  readonly oracle: Oracle;
  readonly gatewayBoard: BoardClock;
  readonly cloudBoard: BoardClock;
  /** What every disk takes more than usual, at most. */
  slowMs: number;
  /** What they were asked while they were slow may be answered until then. */
  slowUntilMs: number;
  storeIsFull: boolean;
  say(what: string): void;
}

interface Disturbance {
  parts: number;
  what: string;
  /** It lasts up to so long; what has none is over at once. */
  mostMs?: number;
  /** The answer ends it. */
  begin(scene: Scene): (() => void) | undefined;
}

type Line = Link['line'];

/** The line is so for a while, and then as it was when all was well. */
const ofLine = (
  parts: number,
  what: string,
  mostMs: number,
  so: (random: Random) => Partial<Line>,
): Disturbance => ({
  parts,
  what,
  mostMs,
  begin({ link, random }) {
    const { line } = link;
    const good = goodLine();
    const changes = so(random);
    const before = Object.fromEntries(Object.entries(good).filter(([name]) => Object.hasOwn(changes, name)));
    Object.assign(line, changes);
    if (changes.mqttIsShut === true) link.reset();
    return () => void Object.assign(line, before);
  },
});

const disturbances: readonly Disturbance[] = [
  ofLine(5, 'the line is cut', 240_000, () => ({ upIsCut: true, downIsCut: true })),
  ofLine(3, 'nothing gets up', 60_000, () => ({ upIsCut: true })),
  ofLine(3, 'nothing gets down', 60_000, () => ({ downIsCut: true })),
  {
    parts: 3,
    what: 'the connection is half open',
    begin({ link }) {
      link.halfOpen();
      return undefined;
    },
  },
  {
    parts: 2,
    what: 'the connection is reset',
    begin({ link }) {
      link.reset();
      return undefined;
    },
  },
  ofLine(8, 'the broker loses, repeats and reorders', 90_000, (random) => ({
    loses: random() * 0.3,
    repeats: random() * 0.3,
    reorders: random() * 0.3,
  })),
  ofLine(3, 'a slow line', 60_000, (random) => ({
    latencyMs: 20 + random() * 3_000,
    bytesPerMs: 8 + random() * 50,
  })),
  ofLine(2, 'MQTT is shut', 180_000, () => ({ mqttIsShut: true })),
  {
    parts: 3,
    what: 'slow disks',
    mostMs: 20_000,
    begin(scene) {
      const { timeline, oracle, random } = scene;
      scene.slowMs = random() * 2_000;
      oracle.alarmGraceMs = SLOW_ALARM_GRACE_MS;
      return () => {
        scene.slowMs = 0;
        scene.slowUntilMs = timeline.nowMs + SLOW_ALARM_GRACE_MS;
        timeline.after(SLOW_ALARM_GRACE_MS, () => {
          const isSlow = scene.slowMs > 0 || scene.slowUntilMs > timeline.nowMs;
          if (!isSlow) oracle.alarmGraceMs = ALARM_GRACE_MS;
        });
      };
    },
  },
  {
    parts: 3,
    what: "the gateway's disk is full",
    mostMs: 60_000,
    begin({ disk, oracle, random }) {
      oracle.mayGiveUp = true;
      disk.takenBytes = Math.max(0, disk.freeBytes - Math.floor(random() * 2 * SEGMENT_BYTES));
      return () => {
        disk.takenBytes = 0;
      };
    },
  },
  {
    parts: 3,
    what: 'the store has no room',
    mostMs: 60_000,
    begin(scene) {
      scene.storeIsFull = true;
      return () => {
        scene.storeIsFull = false;
      };
    },
  },
  {
    parts: 4,
    what: 'a clock is set',
    begin({ random, gatewayBoard, cloudBoard, say }) {
      const board = random() < 0.7 ? gatewayBoard : cloudBoard;
      // Never so far off that the cloud would call it a time of the future.
      const ms = (random() - 0.5) * 2 * pick([1_000, 60_000, 4 * 3_600_000], random);
      board.offsetMs = ORIGIN_MS + ms;
      say(`a clock is ${(ms / 1_000).toFixed(0)} s off`);
      return undefined;
    },
  },
  {
    parts: 3,
    what: 'the gateway loses its connection twice',
    mostMs: 10_000,
    begin({ link }) {
      link.reset();
      return () => link.reset();
    },
  },
];

/** Of a hundred things that go wrong; the rest are crashes. */
export const DISTURBING_PARTS = disturbances.reduce((sum, { parts }) => sum + parts, 0);

/** @param draw from 0 up to DISTURBING_PARTS */
export function disturb(scene: Scene, draw: number): void {
  let left = draw;
  const disturbance = disturbances.find(({ parts }) => {
    left -= parts;
    return left < 0;
  });
  if (disturbance === undefined) throw new RangeError(`no disturbance at ${draw}`);
  const { what, mostMs, begin } = disturbance;
  if (mostMs === undefined) {
    scene.say(what);
    begin(scene);
    return;
  }
  const ms = scene.random() ** 2 * mostMs;
  scene.say(`${what} for ${(ms / 1_000).toFixed(1)} s`);
  const end = begin(scene);
  if (end !== undefined) scene.timeline.after(ms, end);
}
