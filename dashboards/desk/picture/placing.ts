import type { PictureSite } from '../../../cloud/api/contract.ts';

type Point = PictureSite['zones'][number]['outline'][number];
type PictureAsset = PictureSite['assets'][number];

export interface Placed {
  asset: PictureAsset;
  /** Part of the plan's width and height, 0 to 1. */
  x: number;
  y: number;
}

/** Middle of an outline's area; the mean of its corners where it has no area. */
export function middleOf(outline: readonly Point[]): Point {
  let area = 0;
  let x = 0;
  let y = 0;
  outline.forEach((point, index) => {
    const next = outline[(index + 1) % outline.length] ?? point;
    const cross = point.x * next.y - next.x * point.y;
    area += cross;
    x += (point.x + next.x) * cross;
    y += (point.y + next.y) * cross;
  });
  if (Math.abs(area) > 1e-9) return { x: x / (3 * area), y: y / (3 * area) };
  const mean = (axis: 'x' | 'y') =>
    outline.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, outline.length);
  return { x: mean('x'), y: mean('y') };
}

/** Marks push one another apart until they are this far apart, as a part of the plan's width. */
const ROUNDS = 24;

/**
 * Assets on the plan: at their position, else in the middle of their zone; moved apart where they would cover
 * one another. What has neither is `elsewhere`: it is listed beside the plan.
 * @param apart least distance as a part of the plan's width (mark's size / plan's size in px)
 */
export function placeAssets(
  site: PictureSite,
  apart: number,
): { placed: Placed[]; elsewhere: PictureAsset[] } {
  const { plan } = site;
  if (plan === undefined) return { placed: [], elsewhere: site.assets };
  const zones = new Map(site.zones.map((zone) => [zone.id, zone.outline]));
  const placed: Placed[] = [];
  const elsewhere: PictureAsset[] = [];
  for (const asset of site.assets) {
    const outline = asset.zone === undefined ? undefined : zones.get(asset.zone);
    const point =
      asset.position ?? (outline === undefined || outline.length === 0 ? undefined : middleOf(outline));
    if (point === undefined) elsewhere.push(asset);
    else placed.push({ asset, x: point.x / plan.width, y: point.y / plan.height });
  }
  // Distances are measured in parts of the width on both axes, so that the plan's shape does not matter.
  const ratio = plan.height / plan.width;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    placed.forEach((one, index) => {
      for (let other = index + 1; other < placed.length; other++) {
        const two = placed[other];
        if (two === undefined) continue;
        let dx = two.x - one.x;
        let dy = (two.y - one.y) * ratio;
        let distance = Math.hypot(dx, dy);
        if (distance >= apart - 1e-6) continue;
        if (distance < 1e-6) {
          // The same point: a fixed direction for each pair, so that the plan looks alike every time.
          const angle = index + other * 2.4;
          dx = Math.cos(angle);
          dy = Math.sin(angle);
          distance = 1;
          one.x -= (dx * apart) / 2;
          one.y -= (dy * apart) / 2 / ratio;
          two.x += (dx * apart) / 2;
          two.y += (dy * apart) / 2 / ratio;
        } else {
          const push = (apart - distance) / 2 / distance;
          one.x -= dx * push;
          one.y -= (dy * push) / ratio;
          two.x += dx * push;
          two.y += (dy * push) / ratio;
        }
        moved = true;
      }
    });
    for (const mark of placed) {
      mark.x = Math.min(1 - apart / 2, Math.max(apart / 2, mark.x));
      mark.y = Math.min(1 - apart / 2 / ratio, Math.max(apart / 2 / ratio, mark.y));
    }
    if (!moved) break;
  }
  return { placed, elsewhere };
}

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | 'middle';

/** Rough size of a zone's name, px: enough to keep it clear of marks. */
const LETTER_PX = 6.4;
const NAME_PX = 24;
const MARK_HALF_PX = 16;
/** A reading hangs below its mark. */
const READING_PX = 16;

const hasReading = ({ asset }: Placed): boolean =>
  asset.states.some(({ property }) => property === 'temperature');

/**
 * Where a zone's name goes: the first corner, from the top left, that no mark covers; else the one that is
 * covered least. An outline that is no box has it in its middle.
 * @param size the plan's size, px
 */
export function placeName(
  zone: { name: string; outline: readonly Point[] },
  plan: { width: number; height: number },
  size: { width: number; height: number },
  marks: readonly Placed[],
): { corner: Corner; x: number; y: number } {
  const px = zone.outline.map(({ x, y }) => ({
    x: (x / plan.width) * size.width,
    y: (y / plan.height) * size.height,
  }));
  const left = Math.min(...px.map(({ x }) => x));
  const right = Math.max(...px.map(({ x }) => x));
  const top = Math.min(...px.map(({ y }) => y));
  const bottom = Math.max(...px.map(({ y }) => y));
  const isBox =
    px.length === 4 && px.every(({ x, y }) => (x === left || x === right) && (y === top || y === bottom));
  if (!isBox) {
    const { x, y } = middleOf(zone.outline);
    return { corner: 'middle', x: x / plan.width, y: y / plan.height };
  }
  const width = Math.min(right - left, zone.name.length * LETTER_PX + 14);
  const corners: { corner: Corner; x: number; y: number; from: Point }[] = [
    { corner: 'top-left', x: left, y: top, from: { x: left, y: top } },
    { corner: 'bottom-left', x: left, y: bottom, from: { x: left, y: bottom - NAME_PX } },
    { corner: 'top-right', x: right, y: top, from: { x: right - width, y: top } },
    { corner: 'bottom-right', x: right, y: bottom, from: { x: right - width, y: bottom - NAME_PX } },
  ];
  const covered = ({ from }: { from: Point }): number =>
    marks.reduce((sum, mark) => {
      const x = mark.x * size.width;
      const y = mark.y * size.height;
      const across = Math.min(from.x + width, x + MARK_HALF_PX) - Math.max(from.x, x - MARK_HALF_PX);
      const along =
        Math.min(from.y + NAME_PX, y + MARK_HALF_PX + (hasReading(mark) ? READING_PX : 0)) -
        Math.max(from.y, y - MARK_HALF_PX);
      return sum + Math.max(0, across) * Math.max(0, along);
    }, 0);
  let best = corners[0];
  for (const candidate of corners)
    if (best === undefined || covered(candidate) < covered(best)) best = candidate;
  const { corner, x, y } = best ?? { corner: 'top-left' as const, x: left, y: top };
  return { corner, x: x / size.width, y: y / size.height };
}
