/** What part of a drawing is seen: moved and zoomed without leaving it. Pure. */
export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** So far in and so far out, of the whole drawing's size. */
const NEAREST = 0.08;
const FURTHEST = 1.6;

/** All of it, in a frame of this shape (width ÷ height). */
export function fitting(width: number, height: number, shape: number): View {
  const wide = Math.max(width, height * shape, 1);
  const high = wide / shape;
  return { x: (width - wide) / 2, y: (height - high) / 2, width: wide, height: high };
}

/** Nearer (factor below 1) or further away; the point stays where it is. */
export function zoomed(view: View, factor: number, at: { x: number; y: number }, whole: View): View {
  const width = Math.min(whole.width * FURTHEST, Math.max(whole.width * NEAREST, view.width * factor));
  const real = width / view.width;
  return {
    x: at.x - (at.x - view.x) * real,
    y: at.y - (at.y - view.y) * real,
    width,
    height: view.height * real,
  };
}

/** Moved, but never so far that nothing is seen. */
export function moved(view: View, byX: number, byY: number, whole: View): View {
  const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
  return {
    ...view,
    x: clamp(view.x + byX, whole.x - view.width * 0.8, whole.x + whole.width - view.width * 0.2),
    y: clamp(view.y + byY, whole.y - view.height * 0.8, whole.y + whole.height - view.height * 0.2),
  };
}

/** Moved so that a box is seen whole, where it was not. */
export function showing(view: View, box: { x: number; y: number; width: number; height: number }): View {
  const into = (from: number, size: number, at: number, length: number) =>
    at < from ? at : at + length > from + size ? at + length - size : from;
  return {
    ...view,
    x: into(view.x, view.width, box.x, box.width),
    y: into(view.y, view.height, box.y, box.height),
  };
}
