/** Small languages: templates, look-ups of loggers, LDAP, XPath, XML, queries of document stores, headers of answers. */
import { trick } from './decode.ts';
import type { Findings } from './findings.ts';
import { anyOf, linear, words } from './linear.ts';
import { isProse } from './prose.ts';
import { mark, type Part } from './request-parts.ts';

const MAX_NESTING = 24;

/**
 * Resolves `${lower:j}`, `${::-j}`, `${env:X:-j}` from the inside out, as loggers do. Each round removes one level;
 * bounded, for an attacker may nest as deep as he likes.
 */
export function resolveLookups(lower: string): { text: string; nested: boolean } {
  let text = lower;
  let nested = false;
  for (let round = 0; round < MAX_NESTING; round++) {
    const next = text.replace(/\$\{([^${}]{0,64})\}/g, (whole, inner: string) => {
      const fallback = inner.lastIndexOf(':-');
      const replaced = /^(?:lower|upper):/.test(inner)
        ? inner.slice(6)
        : fallback >= 0
          ? inner.slice(fallback + 2)
          : undefined;
      if (replaced === undefined) return whole;
      nested = true;
      return replaced;
    });
    if (next === text) break;
    text = next;
  }
  return { text, nested };
}

const lookup = anyOf(
  `jndi env sys java ctx date dns url script base64 bundle main map web docker k8s log4j sd event file const xml urlencoder
   urldecoder base64decoder base64encoder lower upper marker spring jvmrunargs`,
  '\\$\\{[ ]?',
  '[ ]?:',
);

export function findLookups(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  if ((marks & mark.dollar) === 0 && !lower.includes('jndi')) return;
  if (lower.includes('jndi:'))
    findings.add('lookup-injection', 5, 'a look-up of a logger (jndi)', part, lower.indexOf('jndi'));
  if ((marks & mark.brace) === 0) return;
  const { text, nested } = resolveLookups(lower);
  if (nested)
    findings.add(
      'lookup-injection',
      5,
      `nested look-ups that make ${text.slice(0, 60)}`,
      part,
      lower.indexOf('${'),
    );
  const found = lookup.exec(text);
  if (found !== null)
    findings.add('lookup-injection', 5, `a look-up of a logger (${found[0]})`, part, lower.indexOf('${'));
  else if (/\$\{[^}]{0,32}\$\{/.test(lower))
    findings.add('lookup-injection', 5, 'look-ups within look-ups', part, lower.indexOf('${'));
}

const delimiters: readonly (readonly [string, string])[] = [
  ['{{', '}}'],
  ['${', '}'],
  ['#{', '}'],
  ['*{', '}'],
  ['%{', '}'],
  ['@{', '}'],
  ['{%', '%}'],
  ['<%', '%>'],
  ['[[${', '}]]'],
  ['@(', ')'],
  ['{#', '}'],
  ['{php', '}'],
  ['~{', '}'],
];
const insideOfTemplates = linear(
  '[a-z0-9_\\])"\']\\s?[*+/%|-]\\s?[a-z0-9_(\\["\']',
  '__',
  '[(\\[]',
  '@',
  ...words(
    'self config request settings class constructor import include set for if exec system dump app env secret',
  ).map((word) => `\\b${word}\\b`),
  '\\.(?:get|new|to|class|env|constructor)',
  '"',
  "'",
  '::',
);

/** An expression where a template would compute it; a name alone is an unfilled placeholder of somebody's newsletter. */
export function findTemplates(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  if ((marks & (mark.brace | mark.angle)) === 0 && !lower.includes('@(')) return;
  if (part.kind === 'agent' && !lower.includes('{{') && !lower.includes('${')) return;
  // JSON that is no template.
  if (/^[{[]["{[\]}]/.test(lower) && !lower.includes('{{') && !lower.includes('${')) return;
  for (const [open, close] of delimiters) {
    let at = lower.indexOf(open);
    for (let count = 0; at >= 0 && count < 8; count++) {
      const end = lower.indexOf(close, at + open.length);
      const inner = lower.slice(at + open.length, Math.min(end < 0 ? lower.length : end, at + 400));
      const isEmpty = inner.trim() === '';
      if (open === '<%' || open === '{%')
        findings.add('template-injection', isEmpty ? 3 : 5, `an expression ${open} … ${close}`, part, at);
      else if (!isEmpty && insideOfTemplates.test(inner))
        findings.add(
          'template-injection',
          isProse(part.text) ? 3 : end < 0 ? 4 : 5,
          `an expression ${open} … ${close}`,
          part,
          at,
        );
      else if (!isEmpty && (open === '#{' || open === '*{' || open === '%{'))
        findings.add('template-injection', 3, `a placeholder ${open} … ${close}`, part, at);
      else if (!isEmpty) findings.add('template-injection', 1, `a placeholder ${open} … ${close}`, part, at);
      at = lower.indexOf(open, at + open.length);
    }
  }
}

/** LDAP filters (RFC 4515) and XPath 1.0. */
export function findDirectory(part: Part, findings: Findings): void {
  const family = 'directory-query-injection';
  const { lower, marks } = part;
  if (part.kind === 'agent') return;
  if (marks & mark.parenthesis) {
    if (
      /\)\s{0,3}\(\s{0,3}[|&!]?\s{0,3}\(?[a-z][\w.;-]{0,32}\s{0,3}[~<>:]{0,2}=|\*\)\s{0,2}\(|\(\s{0,2}[|&]\s{0,2}\(|\)\s{0,2}\(\s{0,2}[|&!]\s{0,2}(?:\(|\))|[|&!]\s{0,2}\(\s{0,2}[a-z][\w-]{0,32}\s{0,2}[~<>]?=/.test(
        lower,
      )
    )
      findings.add(family, 5, 'a filter of LDAP', part);
    else if (/^\*\)|\*\)\)/.test(lower) && !lower.includes('/*'))
      findings.add(family, 4, 'the end of a filter of LDAP', part);
    if (
      /(?:count|name|text|node|position|last|string-length|substring|contains|starts-with|doc|local-name|translate)\s?\(\s?(?:\/|\)|\.|(?:child|parent|self|ancestor|descendant|following|preceding)[a-z-]{0,10}::)/.test(
        lower,
      ) &&
      /\/|\bor\b|\band\b|\]|::/.test(lower)
    )
      findings.add(family, 5, 'an expression of XPath', part);
  }
  if (
    marks & mark.colon &&
    /(?:^|[/\s|[(])(?:ancestor|attribute|child|descendant|following|namespace|parent|preceding|self)(?:-or-self|-sibling)?::/.test(
      lower,
    )
  )
    findings.add(family, 5, 'an axis of XPath', part);
  if (marks & mark.bracket && /\/\/(?:\*|[a-z]{1,24})\[|\]\s?\|\s?\/\/|\[@[a-z*]/.test(lower))
    findings.add(family, 5, 'an expression of XPath', part);
}

export function findXml(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  if ((marks & mark.angle) === 0) return;
  const family = 'xml-injection';
  if (/<!(?:doctype|entity|element|attlist|notation)\b/.test(lower))
    findings.add(
      family,
      /<!doctype\s+html/.test(lower.slice(0, 4_096)) ? 3 : 5,
      'a declaration of XML',
      part,
      lower.indexOf('<!'),
    );
  if (lower.includes('<![cdata['))
    findings.add(family, 4, 'character data of XML', part, lower.indexOf('<!['));
  if (/<(?:xsl|xi|soap|soapenv|env|xs|xsd):[a-z]/.test(lower))
    findings.add(family, 5, 'an element of XML', part);
  if (lower.startsWith('<?xml'))
    findings.add(family, part.kind === 'path' ? 5 : 3, 'a document of XML', part);
}

const operators =
  /(?:^|[[.{"'\s,])\$(?:eq|ne|gte?|lte?|n?in|not|nor|or|and|where|regex|exists|type|mod|text|all|elemmatch|size|expr|func|function|accumulator|lookup|jsonschema|options|comment|near|within|geo[a-z]{3,12}|slice|set|unset|push|pull|inc|rename|group|match|project|out|merge)\b/;

/** Document stores and GraphQL. */
export function findDocumentQueries(part: Part, findings: Findings): void {
  const { lower, marks, kind } = part;
  const family = 'document-query-injection';
  if (marks & mark.dollar && kind !== 'agent') {
    const found = operators.exec(lower);
    if (
      found !== null &&
      (kind === 'name' || marks & (mark.brace | mark.bracket | mark.quote) || lower.startsWith('$'))
    )
      findings.add(
        family,
        kind === 'name' || !isProse(part.text) ? 5 : 3,
        `an operator of a document store (${found[0].replace(/[^$a-z]/g, '')})`,
        part,
        found.index,
      );
  }
  if (
    marks & (mark.equals | mark.parenthesis) &&
    /["'\]};]\s{0,2}(?:;|\|\||&&|\))\s{0,4}(?:return\b|this\.|db\.|var\s|while\s?\(|sleep\(|obj\.|function\s?\()|\bthis\.[a-z_]{2,24}\s?[=!<.[]|\bdb\.[a-z_]{2,24}\.(?:find|insert|drop|remove|update|aggregate|count|mapreduce|eval)/.test(
      lower,
    )
  )
    findings.add(family, 5, 'code of a document store', part);
  if (lower.includes('__schema') || lower.includes('__type'))
    findings.add(
      family,
      marks & mark.brace ? 5 : 3,
      'a question about the schema of GraphQL',
      part,
      lower.indexOf('__'),
    );
}

/** SMTP (RFC 5321), POP3 (RFC 1939) and IMAP (RFC 9051) behind a line break. */
const mailVerbs =
  /[\r\n]\s{0,4}(?:rcpt to\s?:|mail from\s?:|helo\s|ehlo\s|vrfy\s|expn\s|auth\s\S|starttls|rset(?:$|\s)|data[\r\n]|bdat\s|etrn\s|quit(?:$|[\r\n])|noop|list\s\d|top\s\d{1,4}\s\d|retr\s\d|dele\s\d|uidl(?:$|\s)|apop\s\S|stat(?:$|[\r\n])|capa(?:$|\s)|user\s\S|pass\s\S|[a-z]{0,4}\d{1,6}\s(?:select|fetch|examine|create|delete|list|lsub|status|append|search|store|copy|uid|login|authenticate|capability|logout|noop|starttls|rename|subscribe|expunge|close)\b)/;

/** A line break that begins a header or a request of its own (RFC 9112, section 11.1). */
export function findLineBreaks(part: Part, findings: Findings): void {
  const { lower, kind, tricks, text } = part;
  const family = 'response-splitting';
  if (tricks & trick.lineBreak) {
    const at = text.search(/[\r\n]/);
    const behind = lower.slice(at);
    if (kind === 'path' || kind === 'name' || kind === 'agent' || kind === 'referer')
      findings.add(family, 5, `a line break in the ${kind}`, part, at);
    else if (
      /[\r\n]\s{0,4}(?:[a-z][a-z0-9-]{2,40}\s{0,2}:|http\/\d|<[a-z!/]|set-cookie|location)/.test(behind)
    ) {
      const isHeader =
        /[\r\n]\s{0,4}(?:content-|set-|location|x-|host|refresh|transfer-|link|server|status|http\/|cookie|access-|referer|user-agent|connection|cc|bcc|to|from|subject|mime-)/.test(
          behind,
        );
      findings.add(family, isHeader ? 5 : 3, 'a line break that begins a header', part, at);
    } else if (text.includes('\r') && !text.includes('\r\n'))
      findings.add(family, 2, 'a bare carriage return', part, at);
    if (mailVerbs.test(lower)) findings.add('protocol', 5, 'a command to a mail server', part, at);
    if (
      /(?:^|[\r\n])\s{0,4}(?:get|post|head|put|delete|options|trace|connect|patch)\s{1,4}[/h][^\s]{0,200}/.test(
        lower,
      )
    )
      findings.add('protocol', 5, 'a request within a request', part, at);
  }
  if (
    /\b(?:get|post|head|put|delete|options|trace|connect|patch|propfind)\s{1,3}(?:\/|https?:)[^\s]{0,255}\s{1,3}http\/\d/.test(
      lower,
    ) &&
    kind !== 'agent'
  )
    findings.add('protocol', 5, 'a request within a request', part);
  if (/transfer-encoding\s?:\s?chunked|content-length\s?:\s?\d/.test(lower))
    findings.add('protocol', 4, 'a header that smuggles requests', part);
}
