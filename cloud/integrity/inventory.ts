/** What a page consists of, as far as somebody could use it against its visitors. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ContentPolicy, contentPolicy, policyOf } from './content-policy.ts';
import { type Markup, markupOf } from './markup.ts';
import { pageText, TextGatherer } from './page-text.ts';
import { shapeOf, withoutVersion } from './script-shape.ts';

/** Of one page; a page with more is told of as cut short. */
export const MAX_SCRIPTS = 1_000;
export const MAX_FORMS = 200;
export const MAX_FRAMES = 200;
/** Pages within pages (`srcdoc`) that are read: one in another. */
const MAX_DEPTH = 2;
const MAX_URL_LENGTH = 400;

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const short = z.string().max(512);

export const scriptEntry = z.strictObject({
  /** Names it over time: an address without version, or the shape of an inline script. */
  key: short,
  kind: z.enum(['external', 'inline', 'handler', 'map']),
  url: short.optional(),
  origin: short.optional(),
  /** Whether the page states a hash that the browser checks (SRI). */
  hasIntegrity: z.boolean(),
  sha256: hex.optional(),
  shape: hex.optional(),
  references: z.array(short).max(64),
});
export type ScriptEntry = z.infer<typeof scriptEntry>;

export const formEntry = z.strictObject({
  key: short,
  /** Origin and path that it is sent to; a button's own target counts as a form's. */
  target: short,
  origin: short,
  /** Asks for a card or a password. */
  isSensitive: z.boolean(),
});
export type FormEntry = z.infer<typeof formEntry>;

export const frameEntry = z.strictObject({
  key: short,
  url: short,
  origin: short,
  /** Laid over the page by its own style. */
  isOverlay: z.boolean(),
});
export type FrameEntry = z.infer<typeof frameEntry>;

export const inventory = z.strictObject({
  scripts: z.array(scriptEntry).max(MAX_SCRIPTS),
  forms: z.array(formEntry).max(MAX_FORMS),
  frames: z.array(frameEntry).max(MAX_FRAMES),
  policy: contentPolicy,
  text: pageText,
  isCut: z.boolean(),
});
export type Inventory = z.infer<typeof inventory>;

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Types that a browser runs; others are data (HTML Standard, 4.12.1). */
const runs = /^$|^(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script(?:1\.[0-5])?$|^module$/i;
const handler = /^on[a-z]{3,40}$/;
const sensitive =
  /^cc-|card.?(?:number|num|no|holder|code)|cardnumber|\bcc.?(?:number|num|exp|csc)|\bcvc\d?\b|\bcvv\d?\b|\bcsc\b|\biban\b|expiry|exp.?(?:date|month|year)/i;
const overlaying = /position\s*:\s*(?:fixed|absolute)|z-index\s*:\s*[1-9]/i;

const shortened = (text: string): string =>
  text.length > MAX_URL_LENGTH ? text.slice(0, MAX_URL_LENGTH) : text;

/** Absolute, http or https; undefined for what has no origin of its own. */
function addressOf(text: string, base: string): URL | undefined {
  const trimmed = text.replace(/[\t\n\r]/g, '').trim();
  if (!URL.canParse(trimmed, base)) return undefined;
  const url = new URL(trimmed, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}

/** An address without what changes from fetch to fetch. */
export const addressKey = (url: URL): string => shortened(url.origin + withoutVersion(url.pathname));

class Gatherer {
  readonly scripts: ScriptEntry[] = [];
  readonly forms: FormEntry[] = [];
  readonly frames: FrameEntry[] = [];
  readonly text = new TextGatherer();
  readonly metaPolicies: string[] = [];
  readonly #page: string;
  #base: string;
  #hasBase = false;
  isCut = false;
  /** The form that the parser is in: where its fields go. */
  #form: { entry: FormEntry } | undefined;
  #script: { kind: 'inline' | 'data' | 'map'; hasIntegrity: boolean } | undefined;

  constructor(page: string) {
    this.#page = page;
    this.#base = page;
  }

  read(html: string, depth: number): void {
    for (const piece of markupOf(html)) {
      if (piece.type === 'start') this.#start(piece, depth);
      else if (piece.type === 'end') this.#end(piece.name);
      else if (piece.type === 'cut') this.isCut = true;
      else this.#said(piece, depth);
    }
    this.#form = undefined;
  }

  #add(entry: ScriptEntry): void {
    if (this.scripts.length >= MAX_SCRIPTS) this.isCut = true;
    else this.scripts.push(entry);
  }

  code(kind: 'inline' | 'handler', code: string): void {
    if (code.trim() === '') return;
    const { shape, references } = shapeOf(code);
    this.#add({
      key: `${kind}:${shape.slice(0, 24)}`,
      kind,
      hasIntegrity: false,
      sha256: sha256(code),
      shape,
      references,
    });
  }

  #start({ name, attributes }: Extract<Markup, { type: 'start' }>, depth: number): void {
    if (depth === 0) this.text.tag(name);
    for (const [attribute, value] of attributes) {
      if (handler.test(attribute)) this.code('handler', value);
      else if (/^\s*j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t\s*:/i.test(value))
        this.code('handler', value.slice(value.indexOf(':') + 1));
    }
    const value = (attribute: string) => attributes.get(attribute) ?? '';
    switch (name) {
      case 'base': {
        const url = addressOf(value('href'), this.#page);
        if (!this.#hasBase && url !== undefined) this.#base = url.href;
        this.#hasBase ||= attributes.has('href');
        break;
      }
      case 'meta': {
        const does = value('http-equiv').trim().toLowerCase();
        if (does === 'content-security-policy') this.metaPolicies.push(value('content'));
        // Without blanks first: they would be tried in too many ways.
        const refresh = value('content').replace(/\s+/g, '').slice(0, 2_000);
        const target = /^[\d.]*[;,]?(?:url=)?['"]?([^'"]+)/i.exec(refresh)?.[1];
        if (does === 'refresh' && target !== undefined) this.#frame('refresh', target, attributes);
        break;
      }
      case 'script':
        this.#external(attributes);
        break;
      case 'form':
        this.#openForm(attributes);
        break;
      case 'input':
      case 'button':
      case 'select':
        this.#field(name, attributes);
        break;
      case 'iframe':
      case 'frame':
      case 'embed':
        if (value('srcdoc') !== '' && depth + 1 < MAX_DEPTH) this.#within(value('srcdoc'), depth + 1);
        if (value('src') !== '') this.#frame(name, value('src'), attributes);
        break;
      case 'object':
        if (value('data') !== '') this.#frame(name, value('data'), attributes);
        break;
    }
  }

  #within(html: string, depth: number): void {
    const form = this.#form;
    this.read(html, depth);
    this.#form = form;
  }

  #external(attributes: ReadonlyMap<string, string>): void {
    const type = (attributes.get('type') ?? '').split(';')[0]?.trim() ?? '';
    // SVG's own script names its file in `href`.
    const source = attributes.get('src') ?? attributes.get('href') ?? attributes.get('xlink:href');
    const hasIntegrity = (attributes.get('integrity') ?? '').trim() !== '';
    if (!runs.test(type)) {
      this.#script = { kind: type.toLowerCase() === 'importmap' ? 'map' : 'data', hasIntegrity };
      return;
    }
    this.#script = source === undefined ? { kind: 'inline', hasIntegrity } : { kind: 'data', hasIntegrity };
    if (source === undefined) return;
    const url = addressOf(source, this.#base);
    if (url === undefined) {
      // data:, blob:, or no address at all: what stands there is the script.
      const body = /^\s*data:[^,]{0,200},(.*)$/is.exec(source)?.[1];
      if (body !== undefined)
        this.code('inline', source.includes(';base64,') ? atobOr(body) : decodeOr(body));
      return;
    }
    this.#add({
      key: addressKey(url),
      kind: 'external',
      url: shortened(url.href),
      origin: url.origin,
      hasIntegrity,
      references: [],
    });
  }

  #openForm(attributes: ReadonlyMap<string, string>): void {
    const url = addressOf(attributes.get('action') ?? '', this.#base);
    if (url === undefined) return;
    const label = attributes.get('id') || attributes.get('name') || addressKey(url);
    const entry: FormEntry = {
      key: shortened(`form:${withoutVersion(label)}`),
      target: addressKey(url),
      origin: url.origin,
      isSensitive: false,
    };
    this.#form = { entry };
    this.#addForm(entry);
  }

  #addForm(entry: FormEntry): void {
    if (this.forms.length >= MAX_FORMS) this.isCut = true;
    else this.forms.push(entry);
  }

  #field(name: string, attributes: ReadonlyMap<string, string>): void {
    const words = ['autocomplete', 'name', 'id', 'data-field'].map((one) => attributes.get(one) ?? '');
    const asks =
      words.some((one) => sensitive.test(one)) || (attributes.get('type') ?? '').toLowerCase() === 'password';
    if (asks && name !== 'button') {
      if (this.#form !== undefined) this.#form.entry.isSensitive = true;
      // Fields without a form are read by a script.
      else if (!this.forms.some(({ key }) => key === 'form:none'))
        this.#addForm({
          key: 'form:none',
          target: 'none',
          origin: new URL(this.#page).origin,
          isSensitive: true,
        });
    }
    const own = attributes.get('formaction');
    const url = own === undefined ? undefined : addressOf(own, this.#base);
    if (url === undefined) return;
    const around = this.#form?.entry.key ?? 'form:none';
    this.#addForm({
      key: shortened(`${around}:button`),
      target: addressKey(url),
      origin: url.origin,
      isSensitive: this.#form?.entry.isSensitive ?? false,
    });
  }

  #frame(name: string, source: string, attributes: ReadonlyMap<string, string>): void {
    const url = addressOf(source, this.#base);
    if (url === undefined) return;
    if (this.frames.length >= MAX_FRAMES) {
      this.isCut = true;
      return;
    }
    this.frames.push({
      key: shortened(`${name}:${addressKey(url)}`),
      url: shortened(url.href),
      origin: url.origin,
      isOverlay: overlaying.test(attributes.get('style') ?? ''),
    });
  }

  #end(name: string): void {
    if (name === 'form') this.#form = undefined;
    if (name === 'script') this.#script = undefined;
  }

  #said({ text, within }: Extract<Markup, { type: 'text' }>, depth: number): void {
    if (within === 'title') {
      if (depth === 0) this.text.title(text);
    } else if (within === 'script' || (within === undefined && this.#script !== undefined)) {
      if (this.#script?.kind === 'inline') this.code('inline', text);
      else if (this.#script?.kind === 'map') {
        const { shape, references } = shapeOf(text);
        this.#add({ key: 'map', kind: 'map', hasIntegrity: false, shape, references });
      }
    } else if (within === undefined && depth === 0) this.text.said(text);
  }
}

const decodeOr = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const atobOr = (text: string): string => Buffer.from(decodeOr(text), 'base64').toString('utf8');

/**
 * @param page the address that the page came from, after redirects
 * @param policies its headers `content-security-policy`
 */
export function inventoryOf(html: string, page: string, policies: readonly string[]): Inventory {
  const gatherer = new Gatherer(page);
  gatherer.read(html, 0);
  const policy: ContentPolicy = policyOf([...policies, ...gatherer.metaPolicies]);
  return {
    scripts: unique(gatherer.scripts),
    forms: gatherer.forms,
    frames: gatherer.frames,
    policy,
    text: gatherer.text.done(),
    isCut: gatherer.isCut,
  };
}

/** The same inline script twice is one; the same file with and without a stated hash is without. */
function unique(scripts: readonly ScriptEntry[]): ScriptEntry[] {
  const found = new Map<string, ScriptEntry>();
  for (const one of scripts) {
    const key = `${one.key} ${one.references.join(' ')}`;
    const known = found.get(key);
    found.set(key, known === undefined || known.hasIntegrity ? one : known);
  }
  return [...found.values()];
}

/** What a fetched file adds to the entry that named it. */
export function withContent(entry: ScriptEntry, content: Uint8Array): ScriptEntry {
  const { shape, references } = shapeOf(new TextDecoder().decode(content));
  return { ...entry, sha256: sha256(content), shape, references };
}
