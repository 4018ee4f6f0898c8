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
const EDGE = 0.03;

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
      mark.x = Math.min(1 - EDGE, Math.max(EDGE, mark.x));
      mark.y = Math.min(1 - EDGE, Math.max(EDGE, mark.y));
    }
    if (!moved) break;
  }
  return { placed, elsewhere };
}
