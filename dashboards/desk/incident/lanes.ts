/** Where the steps of a story stand on a time axis with two lanes: pure geometry in px. */
import { timeTicks } from '../../kit/chart-scale.ts';

export type World = 'physical' | 'cyber';

export interface LaneStep {
  id: string;
  at: number;
  world: World;
  /** The earlier step that it belongs with. */
  to?: string | undefined;
  weight?: number | undefined;
}

export interface LaneMark {
  id: string;
  /** 1 for the first step. */
  number: number;
  x: number;
  y: number;
  /** Free room to the right of the mark, for its name. */
  room: number;
}

export interface LaneCurve {
  from: string;
  to: string;
  path: string;
  strength: Strength;
}

export interface LaneLayout {
  height: number;
  /** Top and height of each lane. */
  lanes: Record<World, { top: number; height: number }>;
  marks: LaneMark[];
  curves: LaneCurve[];
  /** Long times without a step, drawn shorter than they were. */
  breaks: { x: number; ms: number }[];
  ticks: { x: number; at: number }[];
}

export type Strength = 'strong' | 'likely' | 'weak';

/** A link's weight (0 to 1) in a word. */
export const strengthOf = (weight: number): Strength =>
  weight >= 0.7 ? 'strong' : weight >= 0.4 ? 'likely' : 'weak';

/** Marks closer than this would cover one another. */
const MARK_GAP = 36;
const ROW_HEIGHT = 44;
/** How far a line along one row may rise. */
const MAX_BOW = 30;
const LANE_PADDING = 8;
const AXIS_HEIGHT = 26;
const EDGE = 22;
/** More rows would make the picture tall without making it clearer; then marks overlap. */
const MAX_ROWS = 5;
const TICK_GAP = 70;
/** A gap longer than this part of the whole time is drawn as a break. */
const BREAK_SHARE = 0.4;
/** … and as long as this part of the width. */
const BREAK_WIDTH_SHARE = 0.16;

interface Scale {
  x(at: number): number;
  breaks: { x: number; ms: number; from: number; to: number }[];
}

/** A linear scale, but for gaps so long that they would press everything else into corners. */
export function timeScale(times: readonly number[], from: number, to: number): Scale {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const total = (sorted.at(-1) ?? 0) - first;
  const gaps = sorted.slice(1).map((at, index) => at - (sorted[index] ?? at));
  const long = gaps.map((gap) => sorted.length > 2 && gap > total * BREAK_SHARE);
  const breakWidth = (to - from) * BREAK_WIDTH_SHARE;
  const rest = gaps.reduce((sum, gap, index) => sum + (long[index] ? 0 : gap), 0);
  const free = to - from - breakWidth * long.filter(Boolean).length;
  let x = from;
  const places = sorted.map((_, index) => {
    if (index > 0) {
      x += long[index - 1] ? breakWidth : rest === 0 ? 0 : ((gaps[index - 1] ?? 0) / rest) * free;
    }
    return x;
  });
  return {
    x(at) {
      if (total === 0) return (from + to) / 2;
      const next = sorted.findIndex((time) => time >= at);
      if (next < 0) return to;
      const [left = first, right = first] = [sorted[Math.max(0, next - 1)], sorted[next]];
      const [start = from, end = from] = [places[Math.max(0, next - 1)], places[next]];
      return right === left ? end : start + ((at - left) / (right - left)) * (end - start);
    },
    breaks: gaps.flatMap((ms, index) =>
      long[index]
        ? [
            {
              ms,
              x: ((places[index] ?? 0) + (places[index + 1] ?? 0)) / 2,
              from: sorted[index] ?? 0,
              to: sorted[index + 1] ?? 0,
            },
          ]
        : [],
    ),
  };
}

/**
 * @param steps oldest first
 * @param margin room kept free on the left for the lanes' names and on the right for the last step's name, px
 */
export function layOutLanes(
  steps: readonly LaneStep[],
  width: number,
  margin: { left: number; right: number },
  timeZone: string,
): LaneLayout {
  const left = margin.left + EDGE;
  const scale = timeScale(
    steps.map(({ at }) => at),
    left,
    Math.max(left + 1, width - EDGE - margin.right),
  );

  const rows: Record<World, number[]> = { physical: [], cyber: [] };
  const placed = steps.map((step, index) => {
    const x = scale.x(step.at);
    const ends = rows[step.world];
    let row = ends.findIndex((end) => x - end >= MARK_GAP);
    if (row < 0 && ends.length < MAX_ROWS) row = ends.length;
    if (row < 0) row = ends.indexOf(Math.min(...ends));
    ends[row] = x;
    return { step, x, row, number: index + 1 };
  });

  const laneHeight = (world: World) => Math.max(1, rows[world].length) * ROW_HEIGHT + 2 * LANE_PADDING;
  const lanes = {
    physical: { top: 0, height: laneHeight('physical') },
    cyber: { top: laneHeight('physical'), height: laneHeight('cyber') },
  };
  const height = lanes.cyber.top + lanes.cyber.height + AXIS_HEIGHT;

  const marks = placed.map(({ step, x, row, number }, index): LaneMark => {
    const next = placed
      .slice(index + 1)
      .find((other) => other.step.world === step.world && other.row === row);
    return {
      id: step.id,
      number,
      x,
      y: lanes[step.world].top + LANE_PADDING + row * ROW_HEIGHT + ROW_HEIGHT / 2,
      room: (next === undefined ? width - 4 : next.x - 16) - (x + 20),
    };
  });
  const byId = new Map(marks.map((mark) => [mark.id, mark]));
  const curves = steps.flatMap((step): LaneCurve[] => {
    const here = byId.get(step.id);
    const there = step.to === undefined ? undefined : byId.get(step.to);
    if (here === undefined || there === undefined || step.to === undefined) return [];
    const bend = Math.max(14, (here.x - there.x) / 2);
    // Along one row a bow above the marks, so that the line does not cross their names or a mark between.
    const bow = here.y === there.y ? Math.min(MAX_BOW, 8 + (here.x - there.x) * 0.12) : 0;
    const path = `M${round(there.x)} ${round(there.y)}C${round(there.x + bend)} ${round(there.y - bow)} ${round(here.x - bend)} ${round(here.y - bow)} ${round(here.x)} ${round(here.y)}`;
    return [{ from: step.to, to: step.id, path, strength: strengthOf(step.weight ?? 0) }];
  });

  const first = steps[0]?.at ?? 0;
  const last = steps.at(-1)?.at ?? first;
  const rounds = timeTicks(first, last, Math.max(2, Math.floor(width / TICK_GAP)), timeZone);
  const ticks: { x: number; at: number }[] = [];
  for (const at of [first, ...rounds, last]) {
    const x = scale.x(at);
    const isInBreak = scale.breaks.some((gap) => at > gap.from && at < gap.to);
    const isFree = ticks.every((tick) => Math.abs(tick.x - x) >= TICK_GAP);
    if (!isInBreak && isFree) ticks.push({ x, at });
  }
  return { height, lanes, marks, curves, breaks: scale.breaks.map(({ x, ms }) => ({ x, ms })), ticks };
}

const round = (value: number): number => Math.round(value * 10) / 10;
