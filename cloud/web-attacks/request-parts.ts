/** A request taken apart: path, names and values of parameters, what hides in values, and the headers that logs keep. */
import { decode } from './decode.ts';

/** What an access log knows of a request; `body` only where a source has it. */
export interface WebRequest {
  method?: string | undefined;
  /** As on the request line: path and query, or an absolute URL. */
  target: string;
  userAgent?: string | undefined;
  referer?: string | undefined;
  status?: number | undefined;
  /** The server's own name, where the log has it. */
  host?: string | undefined;
  body?: string | undefined;
}

export type PartKind = 'path' | 'name' | 'value' | 'agent' | 'referer';

export interface Part {
  kind: PartKind;
  /** For people: `parameter q`, `path`. */
  where: string;
  /** Name of the parameter that a value belongs to, lower case. */
  parameter: string;
  text: string;
  lower: string;
  /** Bits of `mark`. */
  marks: number;
  /** Bits of `trick`. */
  tricks: number;
}

/** Bounds of the work for one request. */
export const MAX_TARGET_LENGTH = 16_384;
export const MAX_PARTS = 256;
const MAX_HEADER_LENGTH = 4_096;
const MAX_JSON_LENGTH = 4_096;
const MAX_JSON_DEPTH = 8;
const MAX_WHERE = 60;

/** Bits: which characters a text has. Most families need one of them to have a chance. */
export const mark = {
  quote: 1,
  angle: 2,
  parenthesis: 4,
  slash: 8,
  separator: 16,
  dollar: 32,
  brace: 64,
  colon: 128,
  equals: 256,
  dots: 512,
  blank: 1_024,
  other: 2_048,
  letter: 4_096,
  bracket: 8_192,
  backslash: 16_384,
  digit: 32_768,
  backtick: 65_536,
  dash: 131_072,
  dot: 262_144,
} as const;

const markOf = new Int32Array(128);
const put = (characters: string, bits: number) => {
  for (const one of characters) markOf[one.charCodeAt(0)] = bits;
};
put('\'"', mark.quote);
put('`', mark.backtick | mark.quote);
put('<>', mark.angle);
put('()', mark.parenthesis);
put('/', mark.slash);
put('\\', mark.slash | mark.backslash);
put(';|&\n\r', mark.separator);
put('$', mark.dollar);
put('{}', mark.brace);
put('[]', mark.bracket);
put(':', mark.colon);
put('=', mark.equals);
put(' \t', mark.blank);
put('*#@!^~%+,?', mark.other);
put('.', mark.dot);
put('-', mark.dash);
put('0123456789', mark.digit);
put('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', mark.letter);

export function marksOf(text: string): number {
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128) marks |= markOf[code] ?? 0;
    if (code === 46 && text.charCodeAt(at + 1) === 46) marks |= mark.dots;
  }
  return marks;
}

export function partOf(kind: PartKind, where: string, text: string, tricks = 0, parameter = ''): Part {
  return {
    kind,
    where: where.length > MAX_WHERE ? `${where.slice(0, MAX_WHERE)}…` : where,
    parameter,
    text,
    lower: text.toLowerCase(),
    marks: marksOf(text),
    tricks,
  };
}

export interface TakenApart {
  /** `https://host` of an absolute request target; empty otherwise. */
  authority: string;
  rawPath: string;
  query: string;
  parts: Part[];
  parameters: number;
}

const absolute = /^([a-z][a-z0-9+.-]{1,15}):\/\/([^/?#]{0,255})/i;

/** `&` between parameters; what stands in a fragment counts too, for servers do not agree what to do with it. */
function splitQuery(query: string, of: string, parts: Part[], within = ''): number {
  let count = 0;
  for (let at = 0; at <= query.length && parts.length < MAX_PARTS; ) {
    let end = query.indexOf('&', at);
    if (end < 0) end = query.length;
    // The last bounded part takes the rest: nothing hides behind many parameters.
    if (parts.length === MAX_PARTS - 1) end = query.length;
    const piece = query.slice(at, end);
    at = end + 1;
    if (piece === '') continue;
    count++;
    const equals = piece.indexOf('=');
    const name = decode(equals < 0 ? piece : piece.slice(0, equals), true);
    const isPlain =
      equals >= 0 && name.tricks === 0 && /^[\w-]{0,64}$/.test(name.text) && !name.text.includes('__');
    const where = `${of}parameter ${name.text === '' ? '(no name)' : name.text}`;
    // An encoded equals sign: some read a value behind it.
    const inName = name.text.indexOf('=');
    if (inName > 0) parts.push(partOf('value', where, name.text.slice(inName + 1), name.tricks));
    if (!isPlain) parts.push(partOf('name', `${of}name of parameter ${name.text}`, name.text, name.tricks));
    if (equals < 0) continue;
    const value = decode(piece.slice(equals + 1), true);
    if (value.text === '') {
      if (value.tricks !== 0) parts.push(partOf('value', where, '', value.tricks, name.text.toLowerCase()));
      continue;
    }
    addValue(where, value.text, value.tricks, within + name.text.toLowerCase(), parts);
  }
  return count;
}

const innerQuery = /^(?:https?:\/\/[^\s?#'"<>]{1,512}|\/[\w./%-]{0,512})\?(?=[\w.[\]-]{1,64}=)/;
const bareQuery =
  /^(?=[\w.[\]-]{1,64}=[^&]{0,512}&)[\w.[\]-]{1,64}=[^&=]{0,512}(?:&[\w.[\]-]{1,64}=[^&=]{0,512}){1,32}$/;

/** An address with a query of its own is taken apart too: its `&` separates parameters, not commands. */
function addValue(where: string, text: string, tricks: number, parameter: string, parts: Part[]): void {
  const inner = parameter.startsWith('in ') ? null : innerQuery.exec(text);
  if (inner !== null) {
    parts.push(partOf('value', where, inner[0].slice(0, -1), tricks, parameter));
    splitQuery(reencoded(text.slice(inner[0].length)), `${where.slice(0, MAX_WHERE / 2)}, `, parts, 'in ');
    return;
  }
  if (!parameter.startsWith('in ') && text.includes('&') && bareQuery.test(text)) {
    splitQuery(reencoded(text), `${where.slice(0, MAX_WHERE / 2)}, `, parts, 'in ');
    return;
  }
  const part = partOf('value', where, text, tricks, parameter.replace(/^in /, ''));
  if (!unpack(part, parts)) parts.push(part);
}

/** Decoded already: what would be decoded a second time is made safe from it. */
const reencoded = (text: string): string => text.replaceAll('%', '%25');

/** What JSON and base64 in a value hold becomes parts of its own. @returns whether nothing else is in the value */
function unpack(part: Part, parts: Part[]): boolean {
  const { text } = part;
  const first = text.charCodeAt(0);
  if ((first === 123 || first === 91) && text.length <= MAX_JSON_LENGTH && part.marks & mark.quote) {
    try {
      walk(JSON.parse(text), part, parts, 0);
      return true;
    } catch {
      // No JSON: the text as it stands is judged.
    }
  }
  const hidden = base64Of(text);
  if (hidden !== undefined && parts.length < MAX_PARTS)
    parts.push(partOf('value', `${part.where}, in base64`, hidden, 0, part.parameter));
  return false;
}

function walk(value: unknown, part: Part, parts: Part[], depth: number): void {
  if (depth > MAX_JSON_DEPTH || parts.length >= MAX_PARTS) return;
  if (typeof value === 'string') {
    if (value === '') return;
    const inner = decode(value, false);
    parts.push(
      partOf('value', `${part.where}, in JSON`, inner.text, inner.tricks & ~trickOfPercent, part.parameter),
    );
  } else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (!Array.isArray(value) && (!/^[\w-]{0,64}$/.test(name) || name.includes('__')))
        parts.push(partOf('name', `${part.where}, name in JSON`, decode(name, false).text));
      walk(inner, part, parts, depth + 1);
    }
}

/** Text within base64, where it is text with signs in it that code needs; undefined otherwise. */
export function base64Of(text: string): string | undefined {
  if (text.length < 16 || text.length > 8_192 || text.length % 4 === 1) return undefined;
  if (
    !/^[A-Za-z0-9+/_ -]{16,8192}={0,2}$/.test(text) ||
    /^[a-z]{1,8192}$|^[A-Z]{1,8192}$|^\d{1,8192}$/.test(text)
  )
    return undefined;
  const bytes = Buffer.from(text.replaceAll(' ', '+'), 'base64');
  for (const byte of bytes)
    if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 126) return undefined;
  const inner = bytes.toString('latin1');
  return /[<>'"`$(){};|/\\]/.test(inner) ? inner : undefined;
}

/** Takes a request apart; bounded by MAX_TARGET_LENGTH and MAX_PARTS. */
export function takeApart(request: WebRequest): TakenApart {
  const target = request.target.slice(0, MAX_TARGET_LENGTH);
  const found = target.startsWith('/') ? null : absolute.exec(target);
  const authority = found?.[0] ?? '';
  const rest = target.slice(authority.length);
  const question = rest.indexOf('?');
  const rawPath = question < 0 ? rest : rest.slice(0, question);
  const query = question < 0 ? '' : rest.slice(question + 1);
  const path = decode(rawPath, false);
  const parts: Part[] = [partOf('path', 'path', path.text, path.tricks)];
  const odd = path.text.search(/[^\w./~-]/);
  // Applications take parameters from their paths as well: from the first unusual segment on it is a value.
  if (odd >= 0) parts.push(partOf('value', 'path', path.text.slice(path.text.lastIndexOf('/', odd) + 1)));
  let parameters = query === '' ? 0 : splitQuery(query, '', parts);
  if (request.body !== undefined && request.body !== '') parameters += takeBody(request.body, parts);
  return { authority, rawPath, query, parts, parameters };
}

/** The parts of a user agent or of a referer. */
export function headerParts(header: 'agent' | 'referer', text: string): Part[] {
  const parts: Part[] = [];
  if (header === 'agent') {
    const agent = decode(text.slice(0, MAX_HEADER_LENGTH), false);
    // `Name/1.0 (…)` is made of parentheses and semicolons; what is not of that form is judged as any text.
    const kind = /^[\w .!-]{1,80}(?:\/v?\d|$)/.test(agent.text) ? 'agent' : 'value';
    parts.push(partOf(kind, 'user agent', agent.text, agent.tricks & ~trickOfPercent));
  } else if (text !== '') takeReferer(text.slice(0, MAX_HEADER_LENGTH), parts);
  return parts;
}

/** Percent signs in a user agent are no encoding. */
const trickOfPercent = 4 | 32 | 1_024;

function takeBody(body: string, parts: Part[]): number {
  const text = body.slice(0, MAX_TARGET_LENGTH);
  if (/^\s{0,8}[{[]/.test(text)) {
    const part = partOf('value', 'body', text);
    if (!unpack(part, parts)) parts.push(part);
    return 1;
  }
  if (/^\s{0,8}</.test(text)) {
    parts.push(partOf('value', 'body', text));
    return 1;
  }
  return splitQuery(text, 'body, ', parts);
}

/** A referer is a URL of its own; a search engine's query is another's parameter, but it arrives here. */
function takeReferer(referer: string, parts: Part[]): void {
  const found = absolute.exec(referer);
  if (
    (found === null && !referer.startsWith('/') && !/^[\w.-]{1,100}$/.test(referer)) ||
    /^\s{0,8}\/(?:etc|bin|usr|var|proc|root|dev|tmp)\//.test(referer)
  ) {
    const text = decode(referer, false);
    parts.push(partOf('value', 'referer', text.text, text.tricks & ~trickOfPercent));
    return;
  }
  const rest = found === null ? referer : referer.slice(found[0].length);
  const question = rest.indexOf('?');
  const path = decode(question < 0 ? rest : rest.slice(0, question), false);
  parts.push(partOf('referer', 'referer', `${found === null ? '' : found[0]}${path.text}`, path.tricks));
  if (question >= 0) splitQuery(rest.slice(question + 1), 'referer, ', parts);
}
