/**
 * Makes a drawing safe: it is read strictly (XML 1.0 without a document type of its own), what is allowed is written
 * anew, and nothing that was not understood is passed on. No script, no style sheet, no reference to anywhere.
 */
import { ImageProblem, type TakenImage } from './raster.ts';
import { attributes, drawn, styleable, withText } from './svg-names.ts';

export const MAX_SVG_BYTES = 2 * 1024 * 1024;
export const MAX_ELEMENTS = 50_000;
const MAX_DEPTH = 64;
const SVG = 'http://www.w3.org/2000/svg';

interface Tag {
  name: string;
  values: Map<string, string>;
  isEmpty: boolean;
}

const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const SPACE = /\s*/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** @throws ImageProblem for entities other than XML's five and numbers */
function decoded(text: string): string {
  return text.replaceAll(/&([^;&\s]{0,12});?/g, (whole, name: string) => {
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known !== undefined && whole.endsWith(';')) return known;
    const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const point =
      code === null ? Number.NaN : code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
    if (!whole.endsWith(';') || !(point <= 0x10ffff) || isForbidden(point))
      throw new ImageProblem(`the SVG has an entity that is none of XML's: ${whole.slice(0, 16)}`);
    return String.fromCodePoint(point);
  });
}

/** Not a character of XML 1.0. */
const isForbidden = (point: number): boolean =>
  (point < 0x20 && point !== 9 && point !== 10 && point !== 13) ||
  (point >= 0xd800 && point <= 0xdfff) ||
  point === 0xfffe ||
  point === 0xffff;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Reads one tag at `<name`; gives where it ends. */
function readTag(source: string, start: number): { tag: Tag; end: number } {
  const wrong = () => new ImageProblem('the SVG is not well-formed');
  const take = (pattern: RegExp, at: number): string => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? '';
  };
  let at = start + 1;
  const name = take(NAME, at);
  if (name === '') throw wrong();
  at += name.length;
  const values = new Map<string, string>();
  for (;;) {
    const space = take(SPACE, at);
    at += space.length;
    if (source.startsWith('/>', at)) return { tag: { name, values, isEmpty: true }, end: at + 2 };
    if (source[at] === '>') return { tag: { name, values, isEmpty: false }, end: at + 1 };
    const key = take(NAME, at);
    if (key === '' || space === '') throw wrong();
    at += key.length;
    at += take(SPACE, at).length;
    if (source[at] !== '=') throw wrong();
    at++;
    at += take(SPACE, at).length;
    const quote = source[at];
    if (quote !== '"' && quote !== "'") throw wrong();
    const end = source.indexOf(quote, at + 1);
    if (end < 0) throw wrong();
    const raw = source.slice(at + 1, end);
    if (raw.includes('<') || values.has(key)) throw wrong();
    values.set(key, decoded(raw));
    at = end + 1;
  }
}

/** What of a tag's attributes is allowed, those of `style` among them. */
function allowedOf({ values }: Tag, dropped: Set<string>): Map<string, string> {
  const allowed = new Map<string, string>();
  const take = (key: string, value: string) => {
    const trimmed = value.trim();
    if (attributes[key]?.test(trimmed) === true) allowed.set(key, trimmed);
    else dropped.add(`attribute ${key}`);
  };
  for (const [key, value] of values) {
    if (key === 'style' || key === 'xmlns' || key.startsWith('xmlns:')) continue;
    if (Object.hasOwn(attributes, key)) take(key, value);
    else if (!/^(inkscape|sodipodi|xml|data|class|version|aria)/.test(key))
      dropped.add(`attribute ${key.slice(0, 40)}`);
  }
  // A style counts for more than an attribute of the same name.
  for (const declaration of (values.get('style') ?? '').split(';')) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const property = declaration.slice(0, colon).trim();
    if (styleable(property)) take(property, declaration.slice(colon + 1).replace(/!important\s*$/, ''));
  }
  return allowed;
}

const written = (name: string, values: ReadonlyMap<string, string>): string =>
  `<${name}${[...values].map(([key, value]) => ` ${key}="${escaped(value)}"`).join('')}`;

/** The size that a drawing says it has: its own coordinates where it tells them. */
function sizeOf(values: ReadonlyMap<string, string>): { width: number; height: number } {
  const box = (values.get('viewBox') ?? '').split(/[\s,]+/).map(Number);
  const [, , boxWidth = Number.NaN, boxHeight = Number.NaN] = box;
  if (box.length === 4 && boxWidth > 0 && boxHeight > 0 && Number.isFinite(boxWidth + boxHeight))
    return { width: boxWidth, height: boxHeight };
  const width = Number.parseFloat(values.get('width') ?? '');
  const height = Number.parseFloat(values.get('height') ?? '');
  const isRelative = `${values.get('width')}${values.get('height')}`.includes('%');
  if (!(width > 0) || !(height > 0) || isRelative)
    throw new ImageProblem('the SVG says neither a viewBox nor a width and a height');
  return { width, height };
}

/**
 * The same drawing with nothing in it but shapes and texts. What is done to it once changes nothing when it is done
 * again.
 * @throws ImageProblem when it is not well-formed, has a document type with entities, or is too large
 */
export function takeSvg(bytes: Uint8Array): TakenImage {
  if (bytes.length > MAX_SVG_BYTES) throw new ImageProblem('the SVG is larger than 2 MB');
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ImageProblem('the SVG is not UTF-8');
  }
  const out: string[] = [];
  const dropped = new Set<string>();
  /** Open elements; those that are left out, with all that is in them, have no name to write. */
  const open: { name: string; written: string | undefined }[] = [];
  let size: { width: number; height: number } | undefined;
  let elements = 0;
  let isOver = false;
  const isInside = () => open.every((one) => one.written !== undefined);
  const text = (raw: string) => {
    const parent = open.at(-1);
    if (parent?.written !== undefined && withText.has(parent.written) && isInside())
      out.push(escaped(clean(raw)));
    else if (parent === undefined && raw.trim() !== '') throw new ImageProblem('the SVG is not well-formed');
  };
  const clean = (raw: string) => [...raw].filter((one) => !isForbidden(one.codePointAt(0) ?? 0)).join('');
  for (let at = 0; at < source.length; ) {
    const next = source.indexOf('<', at);
    if (next < 0) {
      text(decoded(source.slice(at)));
      break;
    }
    if (next > at) text(decoded(source.slice(at, next)));
    at = next;
    if (source.startsWith('<!--', at)) at = after(source, '-->', at + 4);
    else if (source.startsWith('<?', at)) at = after(source, '?>', at + 2);
    else if (source.startsWith('<![CDATA[', at)) {
      const end = after(source, ']]>', at + 9);
      text(source.slice(at + 9, end - 3));
      at = end;
    } else if (source.startsWith('<!', at)) {
      const end = after(source, '>', at);
      // A document type with a part of its own can hold entities that grow without end, or read files.
      if (!/^<!DOCTYPE\s[^[]*>$/.test(source.slice(at, end)) || elements > 0)
        throw new ImageProblem('the SVG has a document type of its own');
      at = end;
    } else if (source.startsWith('</', at)) {
      const end = after(source, '>', at);
      const name = source.slice(at + 2, end - 1).trim();
      const closed = open.pop();
      if (closed?.name !== name) throw new ImageProblem('the SVG is not well-formed');
      if (closed.written !== undefined && isInside()) out.push(`</${closed.written}>`);
      if (open.length === 0) isOver = true;
      at = end;
    } else {
      const { tag, end } = readTag(source, at);
      at = end;
      if (isOver) throw new ImageProblem('the SVG is not well-formed');
      if (++elements > MAX_ELEMENTS) throw new ImageProblem(`the SVG has more than ${MAX_ELEMENTS} elements`);
      if (open.length >= MAX_DEPTH) throw new ImageProblem('the SVG is nested too deeply');
      const isRoot = open.length === 0;
      const name = tag.name.replace(/^svg:/, '');
      if (isRoot && name !== 'svg') throw new ImageProblem('this is not an SVG');
      const isKept = drawn.has(name) && (name !== 'svg' || isRoot) && isInside();
      if (!isKept && isInside() && !/^(sodipodi|inkscape):|^metadata$/.test(tag.name))
        dropped.add(`element ${tag.name.slice(0, 40)}`);
      if (isKept) {
        const values = allowedOf(tag, dropped);
        if (isRoot) {
          size = sizeOf(values);
          values.set('viewBox', values.get('viewBox') ?? `0 0 ${size.width} ${size.height}`);
        }
        const opening = isRoot ? written('svg', new Map([['xmlns', SVG], ...values])) : written(name, values);
        out.push(`${opening}${tag.isEmpty ? '/>' : '>'}`);
      }
      if (!tag.isEmpty) open.push({ name: tag.name, written: isKept ? name : undefined });
      else if (isRoot) isOver = true;
    }
  }
  if (size === undefined || open.length > 0) throw new ImageProblem('the SVG is not well-formed');
  return { bytes: new TextEncoder().encode(out.join('')), ...size, dropped: [...dropped].slice(0, 50) };
}

function after(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  if (at < 0) throw new ImageProblem('the SVG is not well-formed');
  return at + mark.length;
}
