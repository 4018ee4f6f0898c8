/**
 * Script in HTML: a small tokeniser of tags and attributes as browsers read them, attributes that break out of a quoted
 * value, URLs that run code, and expressions of JavaScript that break out of a script's string.
 */
import { trick } from './decode.ts';
import type { Findings } from './findings.ts';
import { anyOf, linear, wordSet, words } from './linear.ts';
import { isProse } from './prose.ts';
import { mark, type Part } from './request-parts.ts';

const family = 'cross-site-scripting';

/** Elements that run, load or redirect by themselves. */
const active =
  wordSet(`script iframe frame frameset object embed applet svg math base meta link style xml xss isindex
  bgsound layer ilayer marquee noscript template animate set use foreignobject animatetransform image portal import
  keygen param listener handler vmlframe html body event-source handler xhtml:script comment plaintext`);
/** Elements that are harmless but where they carry something. */
const carriers =
  wordSet(`img video audio source input button form textarea select details a area div span p table td th
  tr tbody font center blink b i u em strong br hr pre code h1 h2 h3 h4 h5 h6 ul ol li picture track canvas dialog label
  option q s strike small sub sup tt title head nobr var summary map menu nav main footer header section article aside
  address abbr acronym big blockquote bdo cite del dfn dir ins kbd`);
const MAX_TAG = 512;
const MAX_ATTRIBUTES = 24;

const isNameCode = (code: number) =>
  (code >= 97 && code <= 122) ||
  (code >= 48 && code <= 57) ||
  code === 45 ||
  code === 58 ||
  code === 95 ||
  code > 127;

/** Stems of the browsers' event handlers: on + this. */
const eventStem =
  wordSet(`load error click mouse focus blur key change submit input select toggle begin end repeat
  animation transition pointer touch drag drop copy cut paste wheel scroll hash message online offline page pop resize
  storage unload before after abort can duration emptied play pause progress rate seek stalled suspend time volume wait
  context dbl finish start bounce property ready row cell data filter help lose move layout stop invalid reset search
  show close cancel cue form got lost webkit moz full unhandled rejection beforeunload auxclick securitypolicy slot
  gotpointer visibility popstate activate deactivate control readystate afterscript beforescript zoom out reverse sync track url rows media resume device orientation language ms xr user start`);

/** Whether an attribute's name is that of an event handler. */
export function isHandler(name: string): boolean {
  if (!name.startsWith('on') || name.length < 5 || name.length > 64) return false;
  for (let length = 3; length <= Math.min(12, name.length - 2); length++)
    if (eventStem.has(name.slice(2, 2 + length))) return true;
  return false;
}

const runningUrl = linear(
  '(?:javascript|vbscript|livescript|mocha):',
  'data:(?:text/(?:html|xml|javascript)|image/svg|application/(?:x-)?(?:javascript|xhtml|xml))',
  'data:[a-z/+-]{0,24};(?:base64|charset=)',
  'data:,',
  'data:[a-z]{4,12}/[a-z]',
);
const styleCode = linear(
  'expression[ ]?\\(',
  '-moz-binding',
  'behaviou?r[ ]?:',
  '@import',
  'url[ ]?\\([ ]?["\']?(?:javascript|data|vbscript):',
);

function findTags(part: Part, findings: Findings): void {
  const { lower } = part;
  let at = lower.indexOf('<');
  for (let tags = 0; at >= 0 && tags < 64; tags++) {
    readTag(part, at, findings);
    at = lower.indexOf('<', at + 1);
  }
}

function readTag(part: Part, open: number, findings: Findings): void {
  const { lower } = part;
  let at = open + 1;
  const isEnd = lower.charCodeAt(at) === 47;
  if (isEnd) at++;
  // Browsers and filters differ on what may stand before the name.
  while (at < open + 8 && (lower.charCodeAt(at) < 32 || lower.charAt(at) === '/' || lower.charAt(at) === '<'))
    at++;
  const start = at;
  while (at < start + 24 && isNameCode(lower.charCodeAt(at))) at++;
  const name = lower.slice(start, at);
  if (name === '') {
    if (lower.startsWith('!--#', open + 1))
      findings.add('code-injection', 5, 'a server-side include', part, open);
    else if (lower.startsWith('!--', open + 1) || lower.startsWith('![', open + 1))
      findings.add(family, isProse(part.text) ? 3 : 5, 'a comment of HTML', part, open);
    const spaced =
      /^<[\s/]{0,8}((?:[a-z]:?\s{0,2}){3,16})/
        .exec(lower.slice(open, open + 48))?.[1]
        ?.replace(/\s/g, '')
        .replace(/^x:/, '') ?? '';
    if (lower.charCodeAt(open + 1) <= 32 && (active.has(spaced) || spaced === 'xscript'))
      findings.add(family, 5, `the element <${spaced}> with blanks`, part, open);
    return;
  }
  const behind = lower.charCodeAt(at);
  if (name.length === 1 && behind === 32) {
    const spaced =
      /^((?:[a-z]\s){3,16}[a-z]?)/.exec(lower.slice(start, start + 40))?.[1]?.replace(/\s/g, '') ?? '';
    if (active.has(spaced) || carriers.has(spaced))
      findings.add(family, 5, `the element <${spaced}> with blanks`, part, open);
  }
  const ends = Number.isNaN(behind) || behind <= 32 || behind === 62 || behind === 47;
  const isActive = active.has(name) || name.includes(':') || (name.endsWith('script') && name.length < 12);
  if (isActive && (ends || behind === 60)) {
    const close = lower.indexOf('>', at);
    const isWhole = close >= 0 || lower.length - at < 3 || lower.includes('=', at);
    findings.add(family, isWhole ? 5 : 3, `the element <${isEnd ? '/' : ''}${name}>`, part, open);
  } else if (carriers.has(name) && ends) {
    const isClosed = lower.indexOf('>', at) >= 0;
    findings.add(
      family,
      isClosed || behind === 32 || behind === 47 ? 2 : 1,
      `the element <${name}>`,
      part,
      open,
    );
  } else if (name.includes('-') && ends && lower.indexOf('>', at) >= 0)
    findings.add(family, 2, `the element <${name}>`, part, open);
  if (!isEnd) readAttributes(part, at, name, findings);
}

function readAttributes(part: Part, from: number, tag: string, findings: Findings): void {
  const { lower } = part;
  const limit = Math.min(lower.length, from + MAX_TAG);
  let at = from;
  for (let count = 0; count < MAX_ATTRIBUTES && at < limit; count++) {
    while (at < limit && (lower.charCodeAt(at) <= 32 || '/"\'`'.includes(lower.charAt(at)))) at++;
    if (lower.charCodeAt(at) === 62) return;
    const start = at;
    while (at < limit && !/[\s=>/]/.test(lower.charAt(at))) at++;
    const name = lower.slice(start, at);
    while (at < limit && lower.charCodeAt(at) <= 32) at++;
    if (lower.charCodeAt(at) !== 61) {
      if (at === start) at++;
      continue;
    }
    at++;
    while (at < limit && lower.charCodeAt(at) <= 32) at++;
    const quote = lower.charAt(at);
    let end: number;
    if (quote === '"' || quote === "'" || quote === '`') {
      end = lower.indexOf(quote, at + 1);
      if (end < 0 || end > limit) end = limit;
    } else for (end = at; end < limit && lower.charCodeAt(end) > 32 && lower.charCodeAt(end) !== 62; ) end++;
    const value = lower.slice(at, end);
    if (isHandler(name)) findings.add(family, 5, `the event handler ${name} in <${tag}>`, part, start);
    else if (
      name === 'src' ||
      name === 'srcdoc' ||
      name === 'formaction' ||
      name === 'srcset' ||
      name === 'background' ||
      name === 'lowsrc' ||
      name === 'dynsrc'
    )
      findings.add(family, 3, `something loaded by <${tag} ${name}>`, part, start);
    else if (name === 'href' || name === 'action' || name === 'xlink:href')
      findings.add(family, 2, `an address in <${tag} ${name}>`, part, start);
    else if (name === 'style' && /[:(]/.test(value))
      findings.add(family, 2, `a style in <${tag}>`, part, start);
    at = Math.max(end, at + 1);
  }
}

/** `" onfocus=alert(1) x="`: attributes within the tag of a page that the text is put into. */
function findLooseHandlers(part: Part, findings: Findings): void {
  const { lower } = part;
  let at = lower.indexOf('on');
  for (; at >= 0; at = lower.indexOf('on', at + 2)) {
    const before = lower.charCodeAt(at - 1);
    if (
      at > 0 &&
      !(
        before <= 32 ||
        before === 34 ||
        before === 39 ||
        before === 47 ||
        before === 96 ||
        before === 59 ||
        before === 62 ||
        before === 44
      )
    )
      continue;
    let end = at + 2;
    while (end < at + 64 && isNameCode(lower.charCodeAt(end))) end++;
    let equals = end;
    while (equals < end + 8 && (lower.charCodeAt(equals) <= 32 || lower.charCodeAt(equals) === 47)) equals++;
    if (lower.charCodeAt(equals) !== 61 || lower.charCodeAt(equals + 1) === 61) continue;
    const name = lower.slice(at, end);
    const isQuoted = before === 34 || before === 39;
    if (!isHandler(name) && !(isQuoted && name.length > 4 && name.length < 24 && !name.startsWith('onl')))
      continue;
    const breaks = at > 0 && /["'`>]/.test(lower.slice(Math.max(0, at - 200), at));
    const runs = /[(`=[.]/.test(lower.slice(equals + 1, equals + 100));
    findings.add(
      family,
      breaks || runs || part.kind === 'name' ? 5 : 4,
      `the event handler ${name}`,
      part,
      at,
    );
  }
}

const sinks = anyOf(
  `alert prompt confirm eval settimeout setinterval fromcharcode atob btoa execscript importscripts
   unescape decodeuricomponent encodeuricomponent srcdoc insertadjacenthtml setattribute createelement appendchild
   fetch xmlhttprequest getselection write writeln open postmessage print string\\.raw function
   addeventlistener import queueMicrotask reportError parseint tostring throw`.toLowerCase(),
  '\\b',
  '[ ]?(?:\\?\\.)?[(`]',
);
const pageObjects = anyOf(
  'document window self top parent frames globalthis this location navigator',
  '\\b',
  '[ ]?(?:\\.|\\[)',
);
const properties =
  wordSet(`cookie domain write writeln location body referrer url documentelement defaultview href hash
  assign replace name alert eval open parent top self document onerror innerhtml forms baseuri implementation constructor
  localstorage sessionstorage getelementsbytagname queryselector createelement frames print history`);

/** `document.cookie`, `self["al"+"ert"]`: where it stands; undefined where there is none. */
function pageObject(lower: string): { text: string; index: number } | undefined {
  const found = pageObjects.exec(lower);
  if (found === null) return undefined;
  if (found[0].endsWith('[')) return { text: found[0], index: found.index };
  const name = /^ ?([a-z]{1,24})/.exec(
    lower.slice(found.index + found[0].length, found.index + found[0].length + 26),
  )?.[1];
  return name !== undefined && properties.has(name)
    ? { text: found[0] + name, index: found.index }
    : undefined;
}
const assigned = anyOf(
  'location innerhtml outerhtml onerror document\\.title window\\.name href document\\.cookie',
  '\\b',
  '[ ]?=[ ]?["\'`a-z/\\[(]',
);

function findExpressions(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  const prose = isProse(part.text);
  const sink = marks & (mark.parenthesis | mark.backtick) ? sinks.exec(lower) : null;
  const object = marks & (mark.dot | mark.bracket) ? pageObject(lower) : undefined;
  const breaks = linearBreak.test(lower);
  if (sink !== null) {
    const strong =
      /^(?:alert|prompt|confirm|eval|settimeout|setinterval|fromcharcode|atob|execscript|importscripts|string\.raw|function)/.test(
        sink[0],
      );
    const isWhole =
      strong &&
      sink.index <= 2 &&
      /^[^()]{0,64}\)?[\s;]{0,4}$/.test(lower.slice(sink.index + sink[0].length));
    findings.add(
      family,
      (strong ? 3 : 1) + (prose ? 0 : 1) + (isWhole ? 1 : 0),
      `a call of ${sink[0]}…)`,
      part,
      sink.index,
    );
    if (breaks) findings.add(family, 3, 'JavaScript that breaks out of a string', part);
  }
  if (object !== undefined) {
    findings.add(family, prose ? 2 : 4, `the page's own ${object.text}`, part, object.index);
    if (
      (object.text.endsWith('[') ||
        part.kind === 'name' ||
        '(=,'.includes(lower.charAt(object.index - 1) || ' ')) &&
      !prose
    )
      findings.add(family, 1, 'a property by its text', part);
  }
  const set = marks & mark.equals ? assigned.exec(lower) : null;
  if (set !== null) findings.add(family, prose ? 1 : 2, 'an assignment to the page', part, set.index);
}
const linearBreak = linear('["\'`][ ]?[;+*/|&)}\\],<>?-]', '</', '\\*/', '^[;)}\\]]', '//[ ]?$', '\\$\\{');

/** Code written with nothing but brackets and signs. */
function isSigns(lower: string): boolean {
  let run = 0;
  let most = 0;
  for (let at = 0; at < lower.length; at++) {
    run = '[]()!+{}$_:"~='.includes(lower.charAt(at)) ? run + 1 : 0;
    if (run > most) most = run;
  }
  return most >= 14 && /\[\]|!\[|\(!|\+\[/.test(lower);
}

/** Blanks and control characters within a scheme are passed over by browsers. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: passing them over is the purpose.
const squeezed = (text: string): string => text.replace(/[\s\u0000-\u001f\\]/g, '');

/** Attributes that nobody but a page's author writes, and the others behind a closed string. */
const pageAttributes = linear(
  'xlink:href\\s?=',
  'formaction\\s?=',
  'xmlns(?::[a-z]{1,12})?\\s?=',
  'srcdoc\\s?=',
  '["\'`/][\\s]?(?:src|href|style|action|background|data|content|type)\\s?=',
);
const nodes = linear(
  '\\.\\s?(?:innerhtml|outerhtml|parentnode|childnodes|firstchild|nextsibling|insertadjacenthtml|addimport|contentwindow|ownerdocument)\\b',
);
const borrowed = linear(
  '\\]\\s?\\.[a-z]{2,12}\\s?[.(`]',
  '[a-z\\])]\\.(?:call|apply|bind)\\s?[(`]',
  '!\\[\\]',
  '!\\+\\[\\]',
  '\\[\\]\\s?\\+\\s?[\\[!({]',
  ...words('map find sort filter reduce foreach some every').map(
    (word) => `\\.${word}\\((?:alert|eval|print|prompt|confirm|document|window|self|top)`,
  ),
);

/** What is found by its text wherever it stands. */
function findLoose(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  if (marks & mark.equals) {
    const found = pageAttributes.exec(lower);
    if (found !== null)
      findings.add(
        family,
        /^["'`/]/.test(found[0]) ? (isProse(part.text) ? 2 : 4) : 5,
        `an attribute of HTML (${found[0]})`,
        part,
        found.index,
      );
  }
  if (marks & mark.dot) {
    const node = nodes.exec(lower);
    if (node !== null)
      findings.add(family, isProse(part.text) ? 3 : 5, `the page's own ${node[0]}`, part, node.index);
  }
  if (marks & (mark.bracket | mark.dot) && marks & (mark.parenthesis | mark.backtick | mark.bracket)) {
    const found = borrowed.exec(lower);
    if (found !== null)
      findings.add(
        family,
        isProse(part.text) ? 2 : /^\]/.test(found[0]) && !/[`(]/.test(lower.slice(found.index)) ? 2 : 5,
        'a borrowed method or text of signs',
        part,
        found.index,
      );
  }
  if (marks & mark.angle) {
    if (lower.includes('-->') && !isProse(part.text))
      findings.add(family, 4, 'the end of a comment of HTML', part, lower.indexOf('-->'));
    if (lower.includes('<?import') || lower.includes('<?xml-stylesheet'))
      findings.add(family, 4, 'an instruction to the browser', part);
  }
  // US-ASCII with the eighth bit set, which old browsers cut off.
  const cut = /\u00bc[\s/]{0,4}[a-z][^\u00bc\u00be]{0,200}\u00be/.exec(lower);
  if (cut !== null)
    findTags({ ...part, lower: cut[0].replaceAll('\u00bc', '<').replaceAll('\u00be', '>') }, findings);
}

export function findMarkup(part: Part, findings: Findings): void {
  const { lower, marks, kind } = part;
  if (/[+ ]adw-/.test(lower)) findings.add(family, 5, 'UTF-7', part);
  const chance =
    mark.angle | mark.equals | mark.colon | mark.parenthesis | mark.backtick | mark.bracket | mark.dot;
  if ((marks & chance) === 0) return;
  if (marks & mark.angle) findTags(part, findings);
  if (kind !== 'agent') findLoose(part, findings);
  if (kind === 'agent' && (marks & (mark.angle | mark.quote)) === 0) return;
  if (marks & mark.equals && lower.includes('on')) findLooseHandlers(part, findings);
  if (marks & mark.colon) {
    const plain =
      marks & (mark.blank | mark.backslash) || part.tricks & (trick.lineBreak | trick.control)
        ? squeezed(lower)
        : lower;
    const url = runningUrl.exec(plain);
    if (url !== null) {
      const before = plain.charCodeAt(url.index - 1);
      const begins = url.index === 0 || '="\'(`>/,;:'.includes(String.fromCharCode(before));
      const isImage = url[0].startsWith('data:image') && !url[0].includes('svg');
      const codes = /[(`%=]/.test(plain.slice(url.index + url[0].length)) || !url[0].startsWith('javascript');
      findings.add(
        family,
        isImage
          ? 1
          : begins
            ? codes || plain !== lower || part.tricks !== 0
              ? 5
              : 4
            : isProse(part.text)
              ? 2
              : 5,
        `an address that runs code (${url[0]})`,
        part,
        Math.min(url.index, lower.length),
      );
    }
    if (marks & (mark.parenthesis | mark.other)) {
      const style = styleCode.exec(lower);
      if (style !== null) findings.add(family, 4, `code in a style (${style[0]})`, part, style.index);
    }
  }
  if (kind === 'value' || kind === 'name' || kind === 'path' || kind === 'referer')
    if (
      marks & (mark.parenthesis | mark.backtick | mark.bracket | mark.dot | mark.equals) &&
      marks & mark.letter
    )
      findExpressions(part, findings);
  if (marks & mark.bracket && marks & (mark.other | mark.parenthesis) && isSigns(lower))
    findings.add(family, 5, 'code written in signs alone', part);
}
