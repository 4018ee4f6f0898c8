import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { complaintOf, floorsOfRegistry } from './plan.ts';
import { ImageProblem, takeJpeg, takePng } from './raster.ts';
import { takeSvg } from './svg.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const svg = (inner: string, attributes = 'viewBox="0 0 20 14"') =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inner}</svg>`;
const taken = (source: string) => {
  const { bytes, ...rest } = takeSvg(bytesOf(source));
  return { ...rest, text: new TextDecoder().decode(bytes) };
};

describe('a drawing', () => {
  test('keeps its shapes and texts', () => {
    const { text, width, height, dropped } = taken(
      svg(
        '<g transform="translate(1 2)"><path d="M0 0L5 5z" fill="#abc"/><text x="1" y="2">Büro &amp; Lager</text></g>',
      ),
    );
    expect([width, height, dropped]).toEqual([20, 14, []]);
    expect(text).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 14"><g transform="translate(1 2)"><path d="M0 0L5 5z" fill="#abc"/><text x="1" y="2">Büro &amp; Lager</text></g></svg>',
    );
  });

  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in a shape', '<g><script href="https://evil.example/x.js"/></g>'],
    ['a handler', '<rect width="1" height="1" onload="alert(1)" onclick="alert(1)"/>'],
    ['a link', '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>'],
    ['an image of elsewhere', '<image href="https://evil.example/x.png" width="1" height="1"/>'],
    ['a use of elsewhere', '<use xlink:href="https://evil.example/x.svg#a"/>'],
    [
      'foreign content',
      '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="//evil.example"/></body></foreignObject>',
    ],
    [
      'a style sheet',
      '<style>@import url(https://evil.example/x.css); rect { fill: url(//evil.example) }</style>',
    ],
    [
      'a style that fetches',
      '<rect width="1" height="1" style="fill:url(https://evil.example/x);background:url(//evil.example)"/>',
    ],
    ['a paint of elsewhere', '<rect width="1" height="1" fill="url(https://evil.example/x#a)"/>'],
    [
      'an animation',
      '<rect width="1" height="1"><set attributeName="href" to="javascript:alert(1)"/></rect>',
    ],
    ['a filter', '<filter id="f"><feImage href="https://evil.example/x"/></filter>'],
    ['a handler in disguise', '<rect width="1" height="1" ON\u004coad="alert(1)"/>'],
  ])('loses %s', (_what, inner) => {
    const { text, dropped } = taken(svg(inner));
    expect(text).not.toMatch(/script|evil|onload|onclick|href|style|url\(|import|iframe|set|filter/i);
    expect(dropped.length).toBeGreaterThan(0);
  });

  test('turns a style into attributes, as drawing programs write them', () => {
    const { text } = taken(
      svg(
        '<rect width="1" height="1" fill="red" style="fill:#00f; stroke-width:2px; -inkscape-stroke:none"/>',
      ),
    );
    expect(text).toContain('<rect width="1" height="1" fill="#00f" stroke-width="2px"/>');
  });

  test.each([
    ['entities of its own', '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>'],
    ['an unknown entity', svg('<text>&nbsp;</text>')],
    ['a tag that is not closed', '<svg viewBox="0 0 1 1"><g></svg>'],
    ['no size', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['another root', '<html><svg viewBox="0 0 1 1"/></html>'],
    ['two roots', `${svg('')}${svg('')}`],
    ['attributes twice', '<svg viewBox="0 0 1 1" viewBox="0 0 2 2"/>'],
    ['depth', svg('<g>'.repeat(80) + '</g>'.repeat(80))],
  ])('is refused for %s', (_what, source) => {
    expect(() => taken(source)).toThrow(ImageProblem);
  });

  test('is the same when it is made safe once more, whatever is in it', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<g>',
        '</g>',
        '<rect width="1" height="2"/>',
        '<text>',
        '</text>',
        '<script>',
        '</script>',
        '<a href="x">',
        '</a>',
      ),
      fc.constantFrom(
        ' onload="x"',
        '&lt;',
        '&#60;',
        '<![CDATA[<script>]]>',
        '<!-- x -->',
        '<?php ?>',
        'style="a:b"',
        '"',
        "'",
        '<',
        '>',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        let once: string;
        try {
          once = taken(svg(pieces.join(''))).text;
        } catch (error) {
          expect(error).toBeInstanceOf(ImageProblem);
          return;
        }
        const twice = taken(once);
        expect(twice.text).toBe(once);
        expect(twice.dropped).toEqual([]);
        expect(once).not.toMatch(/<(script|a|style|foreignObject)\b/i);
      }),
      { numRuns: 400 },
    );
  });

  test('of any bytes is taken or refused, never worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const take of [takeSvg, takePng, takeJpeg])
          try {
            take(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ImageProblem);
          }
      }),
    );
  });
});

const chunk = (type: string, data: number[]) => [
  0,
  0,
  Math.floor(data.length / 256),
  data.length % 256,
  ...bytesOf(type),
  ...data,
  1,
  2,
  3,
  4,
];
const header = (width: number, height: number) =>
  chunk('IHDR', [0, 0, width >> 8, width & 255, 0, 0, height >> 8, height & 255, 8, 2, 0, 0, 0]);
const png = (...chunks: number[][]) =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...chunks.flat()]);

describe('a picture', () => {
  test('of PNG loses where it was taken and what follows its end', () => {
    const whole = png(
      header(300, 200),
      chunk('tEXt', [65, 0, 66]),
      chunk('eXIf', [1]),
      chunk('IDAT', [9]),
      chunk('IEND', []),
      [7, 7],
    );
    const { bytes, ...rest } = takePng(whole);
    expect(rest).toEqual({
      width: 300,
      height: 200,
      dropped: ['PNG tEXt', 'PNG eXIf', 'bytes after its end'],
    });
    expect(bytes).toEqual(png(header(300, 200), chunk('IDAT', [9]), chunk('IEND', [])));
  });
  test('that would not fit into memory is refused by its first bytes', () => {
    expect(() => takePng(png(header(60_000, 60_000), chunk('IDAT', [9]), chunk('IEND', [])))).toThrow(
      /at most 8192/,
    );
    expect(() => takePng(png(header(10, 10), chunk('IEND', [])))).toThrow(/no picture/);
    expect(() => takePng(png(header(10, 10), chunk('IDAT', [9])).subarray(0, 40))).toThrow(/cut off/);
  });
  test('of JPEG loses its EXIF and its comment', () => {
    const frame = [0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0];
    const scan = [0xff, 0xda, 0, 3, 1, 0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56];
    const whole = Uint8Array.from([
      0xff,
      0xd8,
      0xff,
      0xe1,
      0,
      4,
      1,
      2,
      0xff,
      0xfe,
      0,
      3,
      1,
      ...frame,
      ...scan,
      0xff,
      0xd9,
    ]);
    const { bytes, ...rest } = takeJpeg(whole);
    expect(rest).toEqual({ width: 30, height: 20, dropped: ['JPEG APP1', 'JPEG comment'] });
    expect([...bytes]).toEqual([0xff, 0xd8, ...frame, ...scan, 0xff, 0xd9]);
  });
});

describe('a plan', () => {
  const registry = registryOf(
    registryDocument.parse({
      sites: [
        { id: 'linden', name: 'Linden', plan: { width: 20, height: 14 } },
        { id: 'north', name: 'North' },
      ],
      zones: [
        {
          id: 'shop',
          site: 'linden',
          name: 'Shop',
          outline: [
            { x: 0, y: 0 },
            { x: 9, y: 0 },
            { x: 9, y: 9 },
          ],
        },
        { id: 'hall', site: 'north', name: 'Hall' },
      ],
      assets: [{ id: 'door', kind: 'door', name: 'Door', site: 'linden', position: { x: 1, y: 2 } }],
    }),
  );
  const floor = { id: 'ground', name: 'Ground', width: 20, height: 14, zones: [], assets: [] };
  const triangle = [
    { x: 0, y: 0 },
    { x: 5, y: 0 },
    { x: 5, y: 5 },
  ];
  test('begins as the registry has it', () => {
    expect(floorsOfRegistry('linden', registry)).toMatchObject([
      { width: 20, zones: [{ zone: 'shop' }], assets: [{ asset: 'door', x: 1, y: 2 }] },
    ]);
    expect(floorsOfRegistry('north', registry)).toEqual([]);
  });
  test('fits its site: nothing of elsewhere, nothing twice, nothing outside', () => {
    const said = (floors: Parameters<typeof complaintOf>[0]) =>
      complaintOf(floors, 'linden', registry)?.message;
    expect(said([floor])).toBeUndefined();
    expect(said([{ ...floor, zones: [{ zone: 'hall', outline: triangle }] }])).toMatch(/no zone "hall"/);
    expect(said([floor, floor])).toMatch(/there twice/);
    expect(said([{ ...floor, assets: [{ asset: 'door', x: 21, y: 0 }] }])).toMatch(/outside/);
    const twice = { ...floor, assets: [{ asset: 'door', x: 1, y: 0 }] };
    expect(said([twice, { ...twice, id: 'upper' }])).toMatch(/placed twice/);
  });
});
