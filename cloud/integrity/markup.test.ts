import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesOf, learned, nothingKnown } from './baseline.ts';
import { policyOf, weakenings } from './content-policy.ts';
import { ignores } from './file-walk.ts';
import { inventoryOf } from './inventory.ts';
import { type Markup, markupOf } from './markup.ts';
import { alikeness, boastIn } from './page-text.ts';
import { shapeOf } from './script-shape.ts';

const PAGE = 'https://shop.example/checkout';
const said = (html: string): string[] =>
  [...markupOf(html)].map((piece: Markup) =>
    piece.type === 'start'
      ? `<${piece.name}${[...piece.attributes].map(([name, value]) => ` ${name}=${value}`).join('')}>`
      : piece.type === 'end'
        ? `</${piece.name}>`
        : piece.type === 'text'
          ? `${piece.within ?? ''}:${piece.text}`
          : 'cut',
  );

describe('markup', () => {
  test.each([
    ['<p class="a b" ID=c data-x>t</p>', ['<p class=a b id=c data-x=>', ':t', '</p>']],
    ["<a href='x>y'>", ['<a href=x>y>']],
    ['<script>if (a < b) "</p>"</script >x', ['<script>', 'script:if (a < b) "</p>"', '</script>', ':x']],
    ['<SCRIPT/src=//e.example></SCRIPT>', ['<script src=//e.example>', '</script>']],
    ['<a href=1 href=2>', ['<a href=1>']],
    ['<!-- <script src=x> -->y', [':y']],
    ['<!--><script>a</script>', ['<script>', 'script:a', '</script>']],
    [
      '<script><!--<script></script>--></script>z',
      ['<script>', 'script:<!--<script></script>-->', '</script>', ':z'],
    ],
    ['<style><script src=x></style>', ['<style>', 'style:<script src=x>', '</style>']],
    [
      '<svg><style><script href=x></script></style></svg>',
      ['<svg>', '<style>', '<script href=x>', '</script>', '</style>', '</svg>'],
    ],
    ['<svg><p><style><b></style>', ['<svg>', '<p>', '<style>', 'style:<b>', '</style>']],
    ['<title>a &amp; <b></title>', ['<title>', 'title:a & <b>', '</title>']],
    ['a < b <3 c', [':a < b <3 c']],
    ['<a href="&#x68;ttps&colon;//e">', ['<a href=https://e>']],
    ['<img src="x', []],
    ['<?php x ?><b>', ['<b>']],
  ])('%s', (html, expected) => {
    expect(said(html)).toEqual(expected);
  });

  const bit = fc.constantFrom(
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '<script',
    '</script>',
    '<svg>',
    '<style>',
    '"',
    "'",
    '=',
    '/',
    ' ',
    'a',
    '&#',
    '<![CDATA[',
    '<title>',
    '`',
    '${',
  );
  const html = fc
    .array(fc.oneof(bit, fc.string({ maxLength: 4 })), { maxLength: 60 })
    .map((parts) => parts.join(''));

  test('any text is read, to its end, without an exception', () => {
    fc.assert(
      fc.property(html, (text) => {
        const pieces = [...markupOf(text)];
        expect(pieces.length).toBeLessThanOrEqual(2 * text.length + 1);
        expect(inventoryOf(text, PAGE, []).isCut).toBe(false);
        expect(shapeOf(text).shape).toMatch(/^[0-9a-f]{64}$/);
      }),
      { numRuns: 500 },
    );
  });

  test('a tag written out is the tag that is read', () => {
    const name = fc
      .stringMatching(/^[a-z]{1,8}$/)
      .filter(
        (one) =>
          ![
            'script',
            'style',
            'title',
            'textarea',
            'xmp',
            'iframe',
            'noembed',
            'noframes',
            'noscript',
            'plaintext',
          ].includes(one),
      );
    const attributes = fc.dictionary(
      fc.stringMatching(/^[a-z][a-z-]{0,8}$/),
      fc.string().filter((one) => !/[&"]/.test(one)),
      { maxKeys: 4, noNullPrototype: true },
    );
    fc.assert(
      fc.property(name, attributes, (tag, given) => {
        const text = `<${tag}${Object.entries(given)
          .map(([key, value]) => ` ${key}="${value}"`)
          .join('')}>`;
        const [piece] = [...markupOf(text)];
        expect(piece).toEqual({ type: 'start', name: tag, attributes: new Map(Object.entries(given)) });
      }),
    );
  });
});

describe('the shape of a script', () => {
  test.each([
    ['var a = "x", b = 1.5;', 'var a = "yy", b = -20;'],
    ['cart = {items: [1, {id: "a"}], user: null}', 'cart = {items: [], user: {name: "A", ok: true}}'],
    [`f(\`a \${b} c\`) // one`, `f(\`d \${b} e\`) /* two */`],
    ['x = a / b / 2', 'x = a / b / 33'],
  ])('%s is %s', (one, other) => {
    expect(shapeOf(one)).toEqual(shapeOf(other));
  });

  test.each([
    ['f("x")', 'g("x")'],
    ['cart = {a: 1}', 'cart = {a: send()}'],
    ['x = /a/.test(b)', 'x = /c/.test(b)'],
    [`f(\`\${a}\`)`, `f(\`\${b}\`)`],
  ])('%s is not %s', (one, other) => {
    expect(shapeOf(one).shape).not.toBe(shapeOf(other).shape);
  });

  test.each([
    ['s.src = "https://cdn.example/a.js"', ['cdn.example']],
    ['s.src = "\\x68ttps:\\/\\/evil.example\\/a"', ['evil.example']],
    ['s.src = "/assets/app.3f9ac2d1.js?v=3"', ['/assets/app.*.js']],
    ['cart = {image: "//pay.example/x"}', ['pay.example']],
    ['x = "a/b"', []],
  ])('%s names %j', (code, expected) => {
    expect(shapeOf(code).references).toEqual(expected);
  });

  test('any constants in any list are the same shape', () => {
    const constant = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.stringMatching(/^[a-z ]{0,12}$/),
    );
    const data = fc.letrec((tie) => ({
      data: fc.oneof(
        { maxDepth: 4 },
        constant,
        fc.array(tie('data'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('data'), { maxKeys: 4 }),
      ),
    })).data;
    fc.assert(
      fc.property(data, data, (one, other) => {
        expect(shapeOf(`set(${JSON.stringify(one)})`)).toEqual(shapeOf(`set(${JSON.stringify(other)})`));
      }),
    );
  });
});

describe('a content policy', () => {
  const strict = policyOf(["default-src 'self'; script-src 'self' 'nonce-abc'; form-action 'self'"]);
  test.each([
    ["default-src 'self'; script-src 'self' 'nonce-xyz'; form-action 'self'", []],
    ["default-src 'none'; script-src 'nonce-xyz' 'unsafe-inline'; form-action 'none'", []],
    [
      "default-src 'self'; script-src 'self' https://evil.example; form-action 'self'",
      ['script-src now allows the source https://evil.example'],
    ],
    [
      "default-src 'self'; script-src 'self'  'unsafe-inline'; form-action 'self'",
      ["script-src now allows 'unsafe-inline'"],
    ],
    ["default-src 'self'; script-src 'self'", ['form-action is gone']],
  ])('%s', (later, expected) => {
    expect(weakenings(strict, policyOf([later]))).toEqual(expected);
  });

  test('taken away is the weakest; where there was none, none is missed', () => {
    expect(weakenings(strict, undefined)).toEqual(['the page has no policy any more']);
    expect(weakenings(undefined, undefined)).toEqual([]);
  });
});

test('a page is no different from itself, whatever it holds', () => {
  const part = fc.constantFrom(
    '<script src="https://a.example/x.js" integrity="sha384-a"></script>',
    '<script>let a = {b: 1}; run(a)</script>',
    '<form id="pay" action="/pay"><input autocomplete="cc-number"></form>',
    '<iframe src="https://pay.example/f" style="position:fixed"></iframe>',
    '<p onclick="go()">hello</p>',
    '<base href="https://b.example/">',
    '<meta http-equiv="refresh" content="3; url=https://c.example/">',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const page = inventoryOf(parts.join(''), PAGE, ["default-src 'self'"]);
      expect(differencesOf(learned(nothingKnown(), page), page, PAGE)).toEqual([]);
    }),
  );
});

test('a base address turned elsewhere makes strangers of the page’s own scripts', () => {
  const page = '<script src="/app.js"></script>';
  const known = learned(nothingKnown(), inventoryOf(page, PAGE, []));
  const [found] = differencesOf(
    known,
    inventoryOf(`<base href="https://evil.example/">${page}`, PAGE, []),
    PAGE,
  );
  expect(found).toMatchObject({
    kind: 'script.added',
    facts: { newOrigin: true },
    observables: { domain: 'evil.example' },
  });
});

test('alikeness is from none to all, and the same both ways', () => {
  const counts = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      expect(alikeness(a, a)).toBe(1);
      expect(alikeness(a, b)).toBeCloseTo(alikeness(b, a));
      expect(alikeness(a, b)).toBeGreaterThanOrEqual(0);
      expect(alikeness(a, b)).toBeLessThanOrEqual(1);
    }),
  );
});

test.each([
  ['HACKED BY x', true],
  ['Owned by a family since 1920', true],
  ['hacks for your garden', false],
])('%s: a boast %s', (text, expected) => {
  expect(boastIn(text) !== undefined).toBe(expected);
});

test.each([
  ['cache', 'cache/a/b', true],
  ['cache', 'x/cache', true],
  ['*.log', 'a/b.log', true],
  ['*.log', 'a/b.logs', false],
  ['a/*/c', 'a/b/c/d', true],
  ['a/*/c', 'a/b/b/c', false],
  ['a/**/c', 'a/b/b/c', true],
  ['/a', 'b/a', false],
])('%s ignores %s: %s', (pattern, path, expected) => {
  expect(ignores([pattern])(path)).toBe(expected);
});
