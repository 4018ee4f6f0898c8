/** Snapping of what is drawn on a plan. Pure; all in the plan's own units. */
import type { PlanPoint } from './plan-types.ts';

const LAST_DIGITS = 1_000;
export const rounded = (value: number): number => Math.round(value * LAST_DIGITS) / LAST_DIGITS;

/** A round step that divides a plan into about eighty: 0.1, 0.2, 0.5, 1, 2, … */
export function gridOf(width: number): number {
  const raw = width / 80;
  const power = 10 ** Math.floor(Math.log10(raw));
  const times = [1, 2, 5, 10].find((one) => one * power >= raw) ?? 10;
  return Number((times * power).toPrecision(1));
}

export const distance = (a: PlanPoint, b: PlanPoint): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The nearest point of a wall from `a` to `b`. */
export function onWall(point: PlanPoint, a: PlanPoint, b: PlanPoint): PlanPoint {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / square;
  const bounded = Math.max(0, Math.min(1, along));
  return { x: a.x + bounded * dx, y: a.y + bounded * dy };
}

interface Wall {
  a: PlanPoint;
  b: PlanPoint;
}

export function wallsOf(outlines: readonly (readonly PlanPoint[])[]): Wall[] {
  return outlines.flatMap((outline) =>
    outline.map((a, index) => ({ a, b: outline[(index + 1) % outline.length] ?? a })),
  );
}

export interface Bounds {
  width: number;
  height: number;
}

export const inside = ({ x, y }: PlanPoint, { width, height }: Bounds): PlanPoint => ({
  x: rounded(Math.max(0, Math.min(width, x))),
  y: rounded(Math.max(0, Math.min(height, y))),
});

/**
 * Where a corner goes: onto another corner, onto a wall, in line with the corner before it, else onto the grid.
 * @param near how near is near
 */
export function snapCorner(
  point: PlanPoint,
  around: {
    outlines: readonly (readonly PlanPoint[])[];
    before?: PlanPoint | undefined;
    grid: number;
    bounds: Bounds;
    near: number;
  },
): PlanPoint {
  const { outlines, before, grid, bounds, near } = around;
  const corners = outlines
    .flat()
    .map((corner) => ({ corner, away: distance(corner, point) }))
    .sort((a, b) => a.away - b.away);
  const [nearest] = corners;
  if (nearest !== undefined && nearest.away <= near) return inside(nearest.corner, bounds);
  const onGrid = { x: Math.round(point.x / grid) * grid, y: Math.round(point.y / grid) * grid };
  // Walls are straight: a corner nearly in line with the last one is in line with it.
  const straight =
    before === undefined
      ? onGrid
      : {
          x: Math.abs(point.x - before.x) <= near ? before.x : onGrid.x,
          y: Math.abs(point.y - before.y) <= near ? before.y : onGrid.y,
        };
  const walls = wallsOf(outlines)
    .map(({ a, b }) => onWall(straight, a, b))
    .map((place) => ({ place, away: distance(place, straight) }))
    .sort((a, b) => a.away - b.away);
  const [wall] = walls;
  return inside(wall !== undefined && wall.away <= near ? wall.place : straight, bounds);
}

/** A door stands in the nearest wall, turned as the wall is; without a wall nearby it stands where it is put. */
export function snapDoor(
  point: PlanPoint,
  outlines: readonly (readonly PlanPoint[])[],
  bounds: Bounds,
  near: number,
): PlanPoint & { angle?: number } {
  let best: { place: PlanPoint; away: number; angle: number } | undefined;
  for (const { a, b } of wallsOf(outlines)) {
    const place = onWall(point, a, b);
    const away = distance(place, point);
    if (away > near || (best !== undefined && away >= best.away)) continue;
    const turned = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
    best = { place, away, angle: Math.round(((turned % 180) + 180) % 180) };
  }
  if (best === undefined) return inside(point, bounds);
  return { ...inside(best.place, bounds), angle: best.angle };
}

/** Whether an outline crosses itself: nobody could say what lies inside. */
export function crossesItself(outline: readonly PlanPoint[]): boolean {
  const walls = wallsOf([outline]);
  const side = (a: PlanPoint, b: PlanPoint, c: PlanPoint) =>
    Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
  return walls.some((one, index) =>
    walls.some((other, at) => {
      const isNeighbour = at <= index + 1 || (index === 0 && at === walls.length - 1);
      if (isNeighbour) return false;
      return (
        side(one.a, one.b, other.a) * side(one.a, one.b, other.b) < 0 &&
        side(other.a, other.b, one.a) * side(other.a, other.b, one.b) < 0
      );
    }),
  );
}
