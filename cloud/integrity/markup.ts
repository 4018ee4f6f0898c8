/**
 * Reads a page's markup as a browser's tokenizer does (HTML Standard, 13.2.5): tags, attributes, text, and the elements
 * whose content is no markup. It builds no tree; of the rules of tree construction it knows only where SVG and MathML
 * begin and end, because there `<style>` and `<title>` hold markup.
 */
import { decodeReferences } from './references.ts';

/** Tags and comments read of one page; the rest is left unread, and a last piece says so. */
export const MAX_TAGS = 100_000;

export type Markup =
  | { type: 'start'; name: string; attributes: ReadonlyMap<string, string> }
  | { type: 'end'; name: string }
  | { type: 'cut' }
  /** `within`: the element whose content is text whatever it looks like, a script for instance. */
  | { type: 'text'; text: string; within?: string };

/** Content is text up to the end tag (13.2.5.2 to 13.2.5.4), as browsers with scripts read it. */
const textElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'title',
  'textarea',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
]);
/** Of these, character references count. */
const decoded: ReadonlySet<string> = new Set(['title', 'textarea']);

const foreignRoots: ReadonlySet<string> = new Set(['svg', 'math']);
/** Inside SVG and MathML, where HTML is read again (13.2.6: integration points). */
const integrationPoints: ReadonlySet<string> = new Set([
  'foreignobject',
  'desc',
  'title',
  'mi',
  'mo',
  'mn',
  'ms',
  'mtext',
  'annotation-xml',
]);
/** Tags that end SVG and MathML wherever they stand (13.2.6.5). */
const breakouts: ReadonlySet<string> = new Set(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'.split(
    ' ',
  ),
);

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0c || code === 0x0d;

interface ReadTag {
  name: string;
  attributes: Map<string, string>;
  selfClosing: boolean;
  /** Behind `>`. */
  end: number;
}

/** The tag whose name begins at `start`; undefined: the page ends within it, and a browser drops it. */
function readTag(html: string, start: number): ReadTag | undefined {
  let at = start;
  const isNameEnd = (code: number) => isSpace(code) || code === 0x2f || code === 0x3e;
  while (at < html.length && !isNameEnd(html.charCodeAt(at))) at++;
  const name = html.slice(start, at).toLowerCase();
  const attributes = new Map<string, string>();
  let selfClosing = false;
  while (at < html.length) {
    const code = html.charCodeAt(at);
    if (code === 0x3e) return { name, attributes, selfClosing, end: at + 1 };
    selfClosing = code === 0x2f && html.charCodeAt(at + 1) === 0x3e;
    if (isSpace(code) || code === 0x2f) {
      at++;
      continue;
    }
    const nameStart = at;
    // A "=" in the first place is part of the name.
    at++;
    while (at < html.length && !isNameEnd(html.charCodeAt(at)) && html.charCodeAt(at) !== 0x3d) at++;
    const attribute = html.slice(nameStart, at).toLowerCase();
    while (at < html.length && isSpace(html.charCodeAt(at))) at++;
    let value = '';
    if (html.charCodeAt(at) === 0x3d) {
      at++;
      while (at < html.length && isSpace(html.charCodeAt(at))) at++;
      const quote = html[at];
      if (quote === '"' || quote === "'") {
        const close = html.indexOf(quote, at + 1);
        if (close < 0) return undefined;
        value = html.slice(at + 1, close);
        at = close + 1;
      } else {
        const valueStart = at;
        while (at < html.length && !isSpace(html.charCodeAt(at)) && html.charCodeAt(at) !== 0x3e) at++;
        value = html.slice(valueStart, at);
      }
    }
    // The first of two counts.
    if (!attributes.has(attribute)) attributes.set(attribute, decodeReferences(value));
  }
  return undefined;
}

/** Where the end tag of a text element begins; the page's length where there is none. */
function endOfText(html: string, from: number, name: string): number {
  let isDoubleEscaped = false;
  let isEscaped = false;
  for (let at = from; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (name === 'script' && code === 0x2d && isEscaped && html.startsWith('-->', at)) {
      isEscaped = false;
      isDoubleEscaped = false;
    }
    if (code !== 0x3c) continue;
    // `<!-- <script>` within a script: the next `</script>` does not end it (13.2.5.20 to 13.2.5.31).
    if (name === 'script' && html.startsWith('<!--', at)) {
      isEscaped = true;
      // `<!-->` is closed as soon as it is open.
      if (html.startsWith('<!-->', at) || html.startsWith('<!--->', at)) isEscaped = false;
      continue;
    }
    const isEnd = html.charCodeAt(at + 1) === 0x2f;
    const nameAt = isEnd ? at + 2 : at + 1;
    const after = html.charCodeAt(nameAt + name.length);
    const isNamed =
      (isSpace(after) || after === 0x2f || after === 0x3e) &&
      html.slice(nameAt, nameAt + name.length).toLowerCase() === name;
    if (!isNamed) continue;
    if (isEnd && !isDoubleEscaped) return at;
    if (isEscaped) isDoubleEscaped = !isEnd;
  }
  return html.length;
}

/** Behind a comment or what is read as one. `at` is its `<`. */
function endOfComment(html: string, at: number, isForeign: boolean): number {
  if (html.startsWith('<!--', at)) {
    if (html.startsWith('>', at + 4)) return at + 5;
    if (html.startsWith('->', at + 4)) return at + 6;
    const plain = html.indexOf('-->', at + 4);
    const bang = html.indexOf('--!>', at + 4);
    if (plain < 0 && bang < 0) return html.length;
    return bang >= 0 && (plain < 0 || bang < plain) ? bang + 4 : plain + 3;
  }
  if (isForeign && html.startsWith('<![CDATA[', at)) {
    const close = html.indexOf(']]>', at);
    return close < 0 ? html.length : close + 3;
  }
  const close = html.indexOf('>', at);
  return close < 0 ? html.length : close + 1;
}

/** The pieces of a page, in order. Takes any text; never throws. */
export function* markupOf(html: string): Generator<Markup> {
  /** Open elements of SVG and MathML, and the integration points in them. */
  let foreign: string[] = [];
  const isForeign = () => foreign.length > 0 && !integrationPoints.has(foreign.at(-1) ?? '');
  let textFrom = 0;
  let at = 0;
  let tags = 0;
  const textUpTo = (to: number): Markup[] =>
    to > textFrom ? [{ type: 'text', text: decodeReferences(html.slice(textFrom, to)) }] : [];
  while (at < html.length && tags < MAX_TAGS) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    const next = html.charCodeAt(open + 1);
    const isEnd = next === 0x2f;
    if (!isLetter(isEnd ? html.charCodeAt(open + 2) : next)) {
      if (next !== 0x21 && next !== 0x3f && !isEnd) {
        at = open + 1;
        continue;
      }
      yield* textUpTo(open);
      at = endOfComment(html, open, isForeign());
      textFrom = at;
      tags++;
      continue;
    }
    yield* textUpTo(open);
    tags++;
    const tag = readTag(html, open + (isEnd ? 2 : 1));
    if (tag === undefined) {
      textFrom = html.length;
      break;
    }
    const { name, attributes, selfClosing } = tag;
    at = tag.end;
    textFrom = at;
    if (isEnd) {
      const last = foreign.lastIndexOf(name);
      if (last >= 0) foreign = foreign.slice(0, last);
      yield { type: 'end', name };
      continue;
    }
    if (isForeign() && breakouts.has(name)) foreign = [];
    const isInForeign = isForeign();
    yield { type: 'start', name, attributes };
    if (foreignRoots.has(name) || (isInForeign && integrationPoints.has(name))) {
      if (!selfClosing) foreign.push(name);
      continue;
    }
    if (isInForeign || !(textElements.has(name) || name === 'plaintext')) continue;
    const end = name === 'plaintext' ? html.length : endOfText(html, at, name);
    const text = html.slice(at, end);
    if (text !== '')
      yield { type: 'text', text: decoded.has(name) ? decodeReferences(text) : text, within: name };
    at = end;
    textFrom = at;
  }
  if (tags < MAX_TAGS) yield* textUpTo(html.length);
  else yield { type: 'cut' };
}
