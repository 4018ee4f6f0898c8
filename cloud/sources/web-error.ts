import { z } from 'zod';
import { addressOf } from './address.ts';
import { instantIn, millisecondsOf, monthOf } from './instants.ts';
import { present } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { webErrorSamples } from './samples/web-error.ts';
import { type Reported, sourceFormat } from './source.ts';

/** nginx cuts its messages at 2 KiB, Apache at 8. */
const MAX_LINE_BYTES = 16 * 1024;

/** `2026/11/23 08:00:01 [error] 123#456: *789 message` */
const nginx =
  /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2}) \[([a-z]{4,6})\] \d{1,10}#\d{1,10}: (?:\*\d{1,20} )?(.*)$/s;
/** `[Mon Nov 23 08:00:01.123456 2026] [core:error] [pid 1:tid 2] [client 192.0.2.1:4711] AH00126: message` */
const apache =
  /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\d{4})\] (.*)$/s;
/** A part in brackets before Apache's message; their order is the administrator's. */
const bracket = /^\[([^[\]]{0,256})\] ?/;
const MAX_BRACKETS = 8;

/** Which levels are kept: what is below `warn` tells of the server's own life. */
const everyday = new Set(['debug', 'info', 'notice']);
const isEveryday = (level: string) => everyday.has(level) || /^trace\d$/.test(level);

/** A value that nginx writes behind its message: `, client: 192.0.2.1, server: shop, request: "GET / HTTP/1.1"`. */
function member(text: string, name: string): string | undefined {
  // The last one: what stands before it may be a stranger's.
  const at = text.lastIndexOf(`, ${name}: `);
  if (at < 0) return undefined;
  const from = at + name.length + 4;
  if (text.charAt(from) !== '"') {
    const end = text.indexOf(',', from);
    return text.slice(from, end < 0 ? undefined : end);
  }
  const end = text.indexOf('"', from + 1);
  return end < 0 ? undefined : text.slice(from + 1, end);
}

interface ErrorLine {
  at: number;
  level: string;
  text: string;
  client?: string | undefined;
  host?: string | undefined;
  request?: string | undefined;
  referer?: string | undefined;
  server: 'nginx' | 'apache';
  code?: string | undefined;
}

function readNginx(input: string, timeZone: string): ErrorLine | undefined {
  const match = nginx.exec(input);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const at = instantIn(timeZone, {
    year: year ?? 0,
    month: month ?? 0,
    day: day ?? 0,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
    millisecond: 0,
  });
  if (at === undefined) return undefined;
  const text = match[8] ?? '';
  // A stranger's request may hold `, client: `: nginx writes its own, the first, before the request.
  const client = /, client: ([^\s,]{1,64})(?=, server: )/.exec(text)?.[1] ?? member(text, 'client');
  return {
    at,
    level: match[7] ?? '',
    text,
    client,
    host: member(text, 'host'),
    request: member(text, 'request'),
    referer: member(text, 'referrer'),
    server: 'nginx',
  };
}

function readApache(input: string, timeZone: string): ErrorLine | undefined {
  const match = apache.exec(input);
  const month = monthOf(match?.[1] ?? '');
  if (match === null || month === undefined) return undefined;
  const at = instantIn(timeZone, {
    year: Number(match[7]),
    month,
    day: Number(match[2]),
    hour: Number(match[3]),
    minute: Number(match[4]),
    second: Number(match[5]),
    millisecond: millisecondsOf(match[6]),
  });
  if (at === undefined) return undefined;
  let text = match[8] ?? '';
  let level = '';
  let client: string | undefined;
  let hasPort = false;
  for (let count = 0; count < MAX_BRACKETS; count++) {
    const part = bracket.exec(text);
    if (part === null) break;
    const inner = part[1] ?? '';
    if (inner.startsWith('client ')) client = inner.slice(7);
    else level ||= /^(?:[a-z0-9_]{0,40}:)?([a-z]{4,6}|trace\d)$/.exec(inner)?.[1] ?? '';
    // From version 2.4 on, which names the process, a port stands behind the address, of IPv6 without brackets.
    hasPort ||= inner.startsWith('pid ');
    text = text.slice(part[0].length);
  }
  if (hasPort) client = client?.replace(/:\d{1,5}$/, '');
  if (level === '') return undefined;
  return {
    at,
    level,
    text,
    client,
    referer: /, referer: (\S{1,1024})$/.exec(text)?.[1],
    server: 'apache',
    code: /^(AH\d{5}|\(\d{1,4}\)[^:]{1,80}): /.exec(text)?.[1],
  };
}

/** Error logs of nginx and Apache, one line an entry: warnings and worse. Their times are those of the server. */
export const webError = sourceFormat({
  name: 'web-error',
  title: 'Web server error log',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const line = input.trimEnd();
      const read = readNginx(line, timeZone) ?? readApache(line, timeZone);
      if (read === undefined) return { refused: 'neither an error line of nginx nor of Apache' };
      if (isEveryday(read.level)) return { ignored: true };
      const request = /^([A-Z]{1,20}) (.*?)(?: HTTP\/\d(?:\.\d)?)?$/s.exec(read.request ?? '');
      const ip = addressOf(read.client ?? '');
      const reported: Reported = {
        kind: 'host.logged',
        observedAt: read.at,
        observables: present({
          ip,
          host: read.host ?? (ip === undefined ? read.client : undefined),
          path: request?.[2] ?? undefined,
          method: request?.[1],
          referer: read.referer,
        }),
        facts: present({
          application: read.server,
          level: read.level,
          code: read.code,
          text: fitText(read.text, 512),
        }),
        log: {
          // Not `webserver`: rules for requests would judge each a second time.
          product: read.server,
          service: read.server,
          fields: present({
            message: read.text,
            level: read.level,
            'c-ip': ip,
            'cs-method': request?.[1],
            'c-uri': request?.[2],
            'cs-referer': read.referer,
          }),
        },
      };
      return { reported: [reported] };
    };
  },
  samples: webErrorSamples,
});
