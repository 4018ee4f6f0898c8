/** Where the map is looked at from. Pure: world coordinates are Mercator's (EPSG:3857), 0 to 1 from the north-west. */

export interface WorldPoint {
  x: number;
  y: number;
}
/** A part of the world. */
export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
/** `scale`: px for the whole world's width; `x`, `y`: the world point in the middle. */
export interface View extends WorldPoint {
  scale: number;
}
export interface Size {
  width: number;
  height: number;
}

/** Mercator ends before the poles. */
const MAX_LATITUDE = 85;
/** So near that a street fills the map: places are no finer than that. */
export const MAX_SCALE = 8_000_000;
/** A single site is shown with the land around it, in parts of the world. */
const LEAST_SPAN = 0.012;

export function worldPoint({ latitude, longitude }: { latitude: number; longitude: number }): WorldPoint {
  const bounded = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude));
  const angle = (bounded * Math.PI) / 180;
  return {
    x: (longitude + 180) / 360,
    y: 0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI),
  };
}

/** The part of the world that holds all points, with air around it. */
export function extentOf(points: readonly WorldPoint[], air = 0.15): Extent {
  if (points.length === 0) return { left: 0, top: 0, right: 1, bottom: 1 };
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const left = Math.min(...xs);
  const right = Math.max(...xs);
  const top = Math.min(...ys);
  const bottom = Math.max(...ys);
  const span = Math.max(right - left, bottom - top, LEAST_SPAN);
  const grow = span * air;
  const across = Math.max(0, span - (right - left)) / 4 + grow;
  const along = Math.max(0, span - (bottom - top)) / 4 + grow;
  return {
    left: Math.max(0, left - across),
    top: Math.max(0, top - along),
    right: Math.min(1, right + across),
    bottom: Math.min(1, bottom + along),
  };
}

/** The view that shows all of an extent. */
export function fitted(extent: Extent, { width, height }: Size): View {
  const scale = Math.min(width / (extent.right - extent.left), height / (extent.bottom - extent.top));
  return {
    x: (extent.left + extent.right) / 2,
    y: (extent.top + extent.bottom) / 2,
    scale: Math.min(MAX_SCALE, scale),
  };
}

export const toScreen = (
  point: WorldPoint,
  view: View,
  { width, height }: Size,
): { x: number; y: number } => ({
  x: (point.x - view.x) * view.scale + width / 2,
  y: (point.y - view.y) * view.scale + height / 2,
});

/** Keeps a view within what is drawn: no farther out than all of it, its middle inside. */
export function within(view: View, land: Extent, size: Size): View {
  const least = Math.max(size.width / (land.right - land.left), size.height / (land.bottom - land.top));
  const scale = Math.min(MAX_SCALE, Math.max(least, view.scale));
  const halfX = size.width / 2 / scale;
  const halfY = size.height / 2 / scale;
  const clamp = (value: number, low: number, high: number) =>
    low > high ? (low + high) / 2 : Math.max(low, Math.min(high, value));
  return {
    scale,
    x: clamp(view.x, land.left + halfX, land.right - halfX),
    y: clamp(view.y, land.top + halfY, land.bottom - halfY),
  };
}

/** Moved by px: to the right shows what lies in the west. */
export const panned = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x - dx / view.scale,
  y: view.y - dy / view.scale,
});

/** Nearer or farther; what is under the given place on the screen stays there. */
export function zoomed(view: View, by: number, at: { x: number; y: number }, { width, height }: Size): View {
  const scale = Math.min(MAX_SCALE, view.scale * by);
  const offX = at.x - width / 2;
  const offY = at.y - height / 2;
  return {
    scale,
    x: view.x + offX / view.scale - offX / scale,
    y: view.y + offY / view.scale - offY / scale,
  };
}
