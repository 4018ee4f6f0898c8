/** What can be done to a plan, and how it is undone. Pure. */
import { inside } from './geometry.ts';
import type { PlanAsset, PlanFloor, PlanPoint } from './plan-types.ts';

/** Steps that can be taken back. */
export const MAX_UNDO = 200;

export interface Drawing {
  floors: readonly PlanFloor[];
  before: readonly (readonly PlanFloor[])[];
  after: readonly (readonly PlanFloor[])[];
  /** What the last step moved: moving it on is the same step. */
  moving?: string | undefined;
}

export const drawingOf = (floors: readonly PlanFloor[]): Drawing => ({ floors, before: [], after: [] });

/** One step. @param moving names what is being moved: steps of one movement are undone together */
export function step(drawing: Drawing, floors: readonly PlanFloor[], moving?: string): Drawing {
  if (moving !== undefined && moving === drawing.moving) return { ...drawing, floors };
  return { floors, before: [...drawing.before, drawing.floors].slice(-MAX_UNDO), after: [], moving };
}

/** The movement is over: the next one is another step. */
export const settled = (drawing: Drawing): Drawing => ({ ...drawing, moving: undefined });

export function undone(drawing: Drawing): Drawing {
  const floors = drawing.before.at(-1);
  if (floors === undefined) return drawing;
  return { floors, before: drawing.before.slice(0, -1), after: [...drawing.after, drawing.floors] };
}

export function redone(drawing: Drawing): Drawing {
  const floors = drawing.after.at(-1);
  if (floors === undefined) return drawing;
  return { floors, before: [...drawing.before, drawing.floors], after: drawing.after.slice(0, -1) };
}

type Floors = readonly PlanFloor[];

export const changeFloor = (floors: Floors, id: string, by: (floor: PlanFloor) => PlanFloor): PlanFloor[] =>
  floors.map((floor) => (floor.id === id ? by(floor) : floor));

/** A zone has one outline, on one floor. */
export function putZone(
  floors: Floors,
  floorId: string,
  zone: string,
  outline: readonly PlanPoint[],
): PlanFloor[] {
  return floors.map((floor) => {
    const zones = floor.zones.filter((one) => one.zone !== zone);
    return floor.id === floorId
      ? { ...floor, zones: [...zones, { zone, outline: [...outline] }] }
      : { ...floor, zones };
  });
}

export const dropZone = (floors: Floors, zone: string): PlanFloor[] =>
  floors.map((floor) => ({ ...floor, zones: floor.zones.filter((one) => one.zone !== zone) }));

/** An asset stands in one place, on one floor. */
export function putAsset(floors: Floors, floorId: string, placed: PlanAsset): PlanFloor[] {
  return floors.map((floor) => {
    const assets = floor.assets.filter(({ asset }) => asset !== placed.asset);
    return floor.id === floorId ? { ...floor, assets: [...assets, placed] } : { ...floor, assets };
  });
}

export const dropAsset = (floors: Floors, asset: string): PlanFloor[] =>
  floors.map((floor) => ({ ...floor, assets: floor.assets.filter((one) => one.asset !== asset) }));

/** An outline moved as a whole, as far as the plan goes. */
export function movedOutline(
  outline: readonly PlanPoint[],
  dx: number,
  dy: number,
  { width, height }: Pick<PlanFloor, 'width' | 'height'>,
): PlanPoint[] {
  const xs = outline.map(({ x }) => x);
  const ys = outline.map(({ y }) => y);
  const x = Math.max(-Math.min(...xs), Math.min(width - Math.max(...xs), dx));
  const y = Math.max(-Math.min(...ys), Math.min(height - Math.max(...ys), dy));
  return outline.map((point) => inside({ x: point.x + x, y: point.y + y }, { width, height }));
}

/** A floor of another size: what was drawn grows with it. */
export function resized(floor: PlanFloor, width: number, height: number): PlanFloor {
  const scale = <Point extends PlanPoint>(point: Point): Point => ({
    ...point,
    ...inside(
      { x: (point.x / floor.width) * width, y: (point.y / floor.height) * height },
      { width, height },
    ),
  });
  return {
    ...floor,
    width,
    height,
    zones: floor.zones.map(({ zone, outline }) => ({ zone, outline: outline.map(scale) })),
    assets: floor.assets.map(scale),
  };
}

/** A name for a floor's id that no other has. */
export function freeFloorId(floors: Floors): string {
  for (let number = floors.length + 1; ; number++) {
    const id = `floor-${number}`;
    if (!floors.some((floor) => floor.id === id)) return id;
  }
}
