/** What of SVG 1.1 a floor plan is made of: shapes, texts, gradients. Everything else is left out. */

export const drawn: ReadonlySet<string> = new Set([
  'svg',
  'g',
  'path',
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'text',
  'tspan',
  'title',
  'desc',
  'defs',
  'linearGradient',
  'radialGradient',
  'stop',
  'clipPath',
]);

/** Elements in which characters mean something. */
export const withText: ReadonlySet<string> = new Set(['text', 'tspan', 'title', 'desc']);

const number = /^[-+]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})([eE][-+]?\d{1,2})?$/;
const length = /^[-+]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})([eE][-+]?\d{1,2})?(px|pt|pc|mm|cm|in|em|ex|%)?$/;
const numbers = /^[-+\d.eE\s,]{0,200000}$/;
const lengths = /^[-+\d.eE\s,%a-z]{0,2000}$/;
const pathData = /^[MmZzLlHhVvCcSsQqTtAa\d\s,.eE+-]{0,500000}$/;
const transform = /^(\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\([-+\d.eE\s,]{1,400}\)[\s,]*){1,32}$/;
const colour =
  /^(none|currentColor|transparent|[a-zA-Z]{3,24}|#[0-9a-fA-F]{3,8}|rgba?\([\d\s,.%/]{1,64}\)|hsla?\([\d\s,.%/deg]{1,64}\))$/;
const own = /^url\(\s*(['"]?)#[\w.-]{1,128}\1\s*\)$/;
const paint = { test: (value: string) => colour.test(value) || own.test(value) };
const word = /^[a-zA-Z-]{1,32}$/;
const name = /^[\w.-]{1,128}$/;
const fonts = /^[\w\s,'"-]{1,200}$/;
const dashes = /^(none|[\d.\s,%a-z]{1,400})$/;

interface Allowed {
  test(value: string): boolean;
}

/** Attributes by name, with what their values may be. No reference leaves the document; no name of a script is here. */
export const attributes: Readonly<Record<string, Allowed>> = {
  id: name,
  viewBox: numbers,
  preserveAspectRatio: /^[a-zA-Z\s]{1,40}$/,
  width: length,
  height: length,
  x: lengths,
  y: lengths,
  x1: length,
  y1: length,
  x2: length,
  y2: length,
  cx: length,
  cy: length,
  r: length,
  rx: length,
  ry: length,
  fx: length,
  fy: length,
  dx: lengths,
  dy: lengths,
  d: pathData,
  points: numbers,
  transform,
  gradientTransform: transform,
  gradientUnits: word,
  spreadMethod: word,
  clipPathUnits: word,
  offset: length,
  'clip-path': own,
  'clip-rule': word,
  color: colour,
  fill: paint,
  'fill-rule': word,
  'fill-opacity': length,
  stroke: paint,
  'stroke-width': length,
  'stroke-opacity': length,
  'stroke-linecap': word,
  'stroke-linejoin': word,
  'stroke-miterlimit': number,
  'stroke-dasharray': dashes,
  'stroke-dashoffset': length,
  'stop-color': colour,
  'stop-opacity': length,
  opacity: length,
  display: word,
  visibility: word,
  'vector-effect': word,
  'font-family': fonts,
  'font-size': length,
  'font-style': word,
  'font-weight': /^(\d{3}|[a-z]{4,8})$/,
  'text-anchor': word,
  'dominant-baseline': word,
  'letter-spacing': length,
};

/** Properties that drawing programs write into `style`, which are attributes as well. */
export const styleable = (property: string): boolean =>
  Object.hasOwn(attributes, property) &&
  /^(clip|color|fill|stroke|stop|opacity|display|visibility|vector|font|text|dominant|letter)/.test(property);
