import { z } from 'zod';
import { plainText } from './identifiers.ts';

/** Areas of one vehicle, and corners of one area. */
export const MAX_GEOFENCES = 32;
const MAX_CORNERS = 200;

export const geographicPoint = z.strictObject({
  /** Degrees, WGS 84; north and east are positive. */
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});
export type GeographicPoint = z.infer<typeof geographicPoint>;

/** An area that a vehicle belongs into: a circle, or a polygon whose last corner joins the first. */
export const geofence = z
  .strictObject({
    name: plainText.min(1).max(128),
    centre: geographicPoint.optional(),
    radiusM: z.number().min(10).max(2_000_000).optional(),
    corners: z.array(geographicPoint).min(3).max(MAX_CORNERS).optional(),
  })
  .refine(
    ({ centre, radiusM, corners }) =>
      corners === undefined
        ? centre !== undefined && radiusM !== undefined
        : centre === undefined && radiusM === undefined,
    'needs centre and radiusM, or corners',
  );
export type Geofence = z.infer<typeof geofence>;

/** Mean radius of the Earth (IUGG). */
const EARTH_RADIUS_M = 6_371_009;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres east and north of `origin`, on a plane that is good enough for the area of a delivery round. */
function offset(origin: GeographicPoint, { latitude, longitude }: GeographicPoint): { x: number; y: number } {
  // The short way round, also across the date line.
  const east = ((longitude - origin.longitude + 540) % 360) - 180;
  const scale = Math.cos(radians((origin.latitude + latitude) / 2));
  return {
    x: radians(east) * scale * EARTH_RADIUS_M,
    y: radians(latitude - origin.latitude) * EARTH_RADIUS_M,
  };
}

/** Great-circle distance in metres (haversine). */
export function distanceM(one: GeographicPoint, other: GeographicPoint): number {
  const [from, to] = [radians(one.latitude), radians(other.latitude)];
  const half =
    Math.sin((to - from) / 2) ** 2 +
    Math.cos(from) * Math.cos(to) * Math.sin(radians(other.longitude - one.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** How far a point lies outside of an area, in metres; 0 inside. */
export function outsideByM({ centre, radiusM, corners }: Geofence, point: GeographicPoint): number {
  if (centre !== undefined && radiusM !== undefined) return Math.max(0, distanceM(centre, point) - radiusM);
  // Seen from the point, which is the origin.
  const around = (corners ?? []).map((corner) => offset(point, corner));
  let inside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (const [index, from] of around.entries()) {
    const to = around[(index + 1) % around.length] ?? from;
    const crosses = from.y > 0 !== to.y > 0;
    if (crosses && ((to.x - from.x) * -from.y) / (to.y - from.y) + from.x > 0) inside = !inside;
    nearest = Math.min(nearest, distanceToSegment(from, to));
  }
  return inside ? 0 : nearest;
}

function distanceToSegment(from: { x: number; y: number }, to: { x: number; y: number }): number {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = x * x + y * y;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(from.x * x + from.y * y) / length));
  return Math.hypot(from.x + along * x, from.y + along * y);
}
