import type { PictureFloor, PictureSite } from '../../../cloud/api/contract.ts';

/** Something of this floor is part of an incident. Pure. */
export const isInAlarm = ({ assets, zones }: PictureSite, floor: string): boolean =>
  assets.some((asset) => asset.floor === floor && asset.alarm !== undefined) ||
  zones.some((zone) => zone.floor === floor && zone.alarm !== undefined);

/**
 * A site as if it had this floor alone: what stands on another is left out, what has no place on any stays, listed
 * beside the plan. Pure.
 */
export function siteOnFloor(site: PictureSite, { id, width, height }: PictureFloor): PictureSite {
  return {
    ...site,
    plan: { width, height },
    zones: site.zones.filter(({ floor }) => floor === id),
    assets: site.assets.filter(({ floor }) => floor === undefined || floor === id),
  };
}
