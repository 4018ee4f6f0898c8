/** Requests with a verdict from outside, to measure against; one JSON a line. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { decode } from './decode.ts';
import type { WebRequest } from './request-parts.ts';

const row = z.object({
  id: z.string(),
  family: z.string(),
  method: z.string(),
  uri: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  expect: z.enum(['attack', 'rule_must_not_match']),
});
export type CorpusRow = z.infer<typeof row>;

/** @throws Error naming the line that can't be read */
export function readCorpus(file: string): CorpusRow[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const read = row.safeParse(JSON.parse(line));
      if (!read.success) throw new Error(`${file}, line ${index + 1}: ${read.error.message}`);
      return read.data;
    });
}

const headerOf = ({ headers }: CorpusRow, name: string) =>
  Object.entries(headers).find(([known]) => known.toLowerCase() === name)?.[1];

/** What an access log keeps of it; without a status, for none is known. */
export function asLogged(one: CorpusRow): WebRequest {
  const userAgent = headerOf(one, 'user-agent');
  const referer = headerOf(one, 'referer');
  return {
    method: one.method,
    target: one.uri,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(referer === undefined ? {} : { referer }),
  };
}

/** Headers that a log does not keep and that say nothing by their usual values. */
const usualHeaders = new Set([
  'host',
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'keep-alive',
  'proxy-connection',
  'cache-control',
  'content-length',
  'accept-charset',
]);
const plainText = /^[\w .,/+*;=()-]{0,200}$/;

/**
 * Whether the bytes of the attack lie in method, URI, user agent or referer, by rule and not by eye:
 * 1. one of the four holds a sign that is neither letter, digit, `_ . - /` nor the `?`, `=`, `&` of plain parameters
 *    (percent-encoded signs count as what they stand for), a path that climbs or is hidden, or an unusual method: visible;
 * 2. else, where a parameter or a longer path is there and neither body nor cookies nor other headers are: visible, for
 *    it is nowhere else;
 * 3. else not.
 */
export function isVisible(one: CorpusRow): boolean {
  const logged = asLogged(one);
  if (!/^(?:GET|POST|HEAD|OPTIONS)$/.test(one.method)) return true;
  const agent = logged.userAgent ?? '';
  if (
    agent !== '' &&
    !/owasp (?:crs|modsecurity core rule set)|^mozilla\/[45]\.0 [\w .,/+:;()-]{0,300}$/i.test(agent)
  )
    return true;
  const referer = logged.referer ?? '';
  if (referer !== '' && !/^https?:\/\/[\w.:-]{1,100}\/?[\w./-]{0,100}$/.test(referer)) return true;
  const decoded = decode(one.uri, true);
  if (
    decoded.tricks !== 0 ||
    !/^[\w./-]{0,400}(?:\?[\w.-]{0,100}(?:=[\w .-]{0,400})?(?:&[\w.-]{0,100}(?:=[\w .-]{0,400})?){0,50})?$/.test(
      decoded.text,
    )
  )
    return true;
  if (/\.\.|\/\.|~/.test(decoded.text)) return true;
  const isPlainPath = /^\/(?:\w{0,40}\/?)?$/.test(one.uri);
  const elsewhere =
    one.body !== '' ||
    Object.entries(one.headers).some(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === 'user-agent' || lower === 'referer') return false;
      return !usualHeaders.has(lower) || !plainText.test(value);
    });
  return !isPlainPath && !elsewhere;
}

/** Which half a row belongs to: weights and threshold were set on `development` alone. */
export function halfOf(id: string): 'development' | 'report' {
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619);
  return ((hash ^ (hash >>> 15)) & 1) === 0 ? 'development' : 'report';
}
