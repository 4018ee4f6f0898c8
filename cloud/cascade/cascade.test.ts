import { describe, expect, test } from 'vitest';
import { type CascadeQuery, cascade, whatIf } from './cascade.ts';
import { graphDocument } from './document.ts';
import type { GraphDocument } from './graph.ts';
import { randomDocument } from './random-graph.ts';
import type { CascadeReport } from './report.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Assets are those that are named. */
function graph(dependencies: object[], more: object = {}): GraphDocument {
  const names = new Set(['a', 'b', 'c', 'd', 'e']);
  return graphDocument.parse({ assets: [...names].map((id) => ({ id })), dependencies, ...more });
}
const need = (of: string, on: string | string[], probability = 1, more: object = {}) => ({
  of,
  on: typeof on === 'string' ? [on] : on,
  probability,
  ...more,
});
const fails = (...assets: string[]) => assets.map((asset) => ({ asset, effect: 'down' }));
const query: CascadeQuery = { failures: fails('a') };
const chanceOf = (report: CascadeReport, asset: string) =>
  report.effects.find((one) => one.asset === asset)?.chance ?? 0;
const effectOf = (report: CascadeReport, asset: string) => {
  const found = report.effects.find((one) => one.asset === asset);
  if (found === undefined) throw new Error(`nothing happens to ${asset}`);
  return found;
};

/** By hand: what the chances are. */
const fixtures: [string, GraphDocument, Record<string, number>][] = [
  ['a chain', graph([need('b', 'a', 0.5), need('c', 'b', 0.4)]), { b: 0.5, c: 0.2 }],
  [
    'a diamond',
    graph([need('b', 'a', 0.5), need('c', 'a', 0.5), need('d', 'b', 0.8), need('d', 'c', 0.8)]),
    { b: 0.5, c: 0.5, d: 1 - 0.6 * 0.6 },
  ],
  [
    'a circle',
    graph([need('b', 'a', 0.5), need('c', 'b', 0.5), need('b', 'c', 0.9), need('a', 'c', 0.9)]),
    { b: 0.5, c: 0.25 },
  ],
  [
    'a circle with two ways in',
    graph([need('b', 'a', 0.5), need('c', 'a', 0.5), need('c', 'b', 0.5), need('b', 'c', 0.5)]),
    { b: 0.5 + 0.5 * 0.5 * 0.5, c: 0.625 },
  ],
  [
    'one of two is enough',
    graph([need('b', 'a', 0.5), need('c', 'a', 0.5), need('d', ['b', 'c'], 0.8, { needed: 1 })]),
    { d: 0.4 * 0.4 },
  ],
  [
    'both of two are needed',
    graph([need('b', 'a', 0.5), need('c', 'a', 0.5), need('d', ['b', 'c'], 0.8)]),
    { d: 0.64 },
  ],
  [
    'two of three are needed',
    graph([
      need('b', 'a', 0.5),
      need('c', 'a', 0.5),
      need('d', 'a', 0.5),
      need('e', ['b', 'c', 'd'], 1, { needed: 2 }),
    ]),
    { e: 0.5 },
  ],
  ['two needs of the same', graph([need('b', 'a', 0.5, { id: 'x' }), need('b', 'a', 0.5)]), { b: 0.75 }],
];

describe.each(fixtures)('%s', (_name, document, chances) => {
  test('goes through all outcomes where they are few', () => {
    const report = cascade(document, query);
    expect(report.method).toBe('exact');
    for (const [asset, chance] of Object.entries(chances)) {
      expect(chanceOf(report, asset)).toBeCloseTo(chance, 12);
      expect(effectOf(report, asset).standardError).toBe(0);
    }
  });

  test.each([1, 2, 3])('is sampled within three standard errors, seed %i', (seed) => {
    const report = cascade(document, { ...query, seed, samples: 20_000 });
    expect(report).toMatchObject({ method: 'sampled', samples: 20_000 });
    for (const [asset, chance] of Object.entries(chances)) {
      const { chance: found, standardError } = effectOf(report, asset);
      expect(standardError).toBeCloseTo(Math.sqrt((found * (1 - found)) / 20_000), 12);
      expect(Math.abs(found - chance)).toBeLessThan(3 * Math.sqrt((chance * (1 - chance)) / 20_000));
    }
  });
});

test('up to 20 uncertain dependencies are gone through, 21 are sampled', { timeout: 120_000 }, () => {
  const star = (count: number) =>
    graphDocument.parse({
      assets: Array.from({ length: count + 1 }, (_, index) => ({ id: `x${index}` })),
      dependencies: Array.from({ length: count }, (_, index) => need(`x${index + 1}`, 'x0', 0.5)),
    });
  const few = cascade(star(20), { failures: fails('x0'), paths: 0 });
  expect(few).toMatchObject({ method: 'exact', uncertainDependencies: 20, samples: 2 ** 20 });
  expect(chanceOf(few, 'x20')).toBeCloseTo(0.5, 9);
  expect(cascade(star(21), { failures: fails('x0') })).toMatchObject({
    method: 'sampled',
    uncertainDependencies: 21,
  });
});

test('times add up along a way; of two ways the earlier one counts, of a redundant need the later one', () => {
  const document = graph([
    need('b', 'a', 1, { delay: '10 min' }),
    need('c', 'a', 1, { delay: '25 min' }),
    need('d', 'b', 1, { delay: '5 min' }),
    need('d', 'c', 1, { delay: '5 min' }),
    need('e', ['b', 'c'], 1, { needed: 1, delay: '1 min' }),
  ]);
  const report = cascade(document, query);
  expect(effectOf(report, 'd').afterMs).toEqual({ p10: 15 * MINUTE, p50: 15 * MINUTE, p90: 15 * MINUTE });
  expect(effectOf(report, 'e').afterMs.p50).toBe(26 * MINUTE);
  expect(effectOf(report, 'd').paths).toMatchObject([{ chance: 1, share: 1 }]);
  expect(effectOf(report, 'd').paths[0]?.steps.map(({ asset }) => asset)).toEqual(['a', 'b', 'd']);
  expect(effectOf(report, 'e').paths[0]?.words).toContain('2 of its 2 have failed by then');
});

test('a buffer delays, and outlasts what is mended before it is used up', () => {
  const document = graph([need('b', 'a', 1, { buffer: '30 min', bufferedBy: 'battery' })]);
  const mended = (lastingMs: number) => cascade(document, { ...query, lastingMs });
  expect(effectOf(mended(2 * HOUR), 'b').afterMs.p50).toBe(30 * MINUTE);
  expect(mended(31 * MINUTE).effects).toHaveLength(1);
  expect(mended(30 * MINUTE).effects).toEqual([]);
  expect(effectOf(mended(2 * HOUR), 'b').paths[0]?.words).toBe(
    'a stops working; 30 min later b stops working (once its battery is used up).',
  );
});

test('delays spread as they are said to', () => {
  const after = (delay: object) =>
    effectOf(cascade(graph([need('b', 'a', 1, { delay })]), { ...query, samples: 20_000 }), 'b').afterMs;
  const uniform = after({ from: '10 min', to: '20 min' });
  expect(uniform.p10 / MINUTE).toBeCloseTo(11, 0);
  expect(uniform.p90 / MINUTE).toBeCloseTo(19, 0);
  const triangular = after({ from: '0 min', likely: '0 min', to: '100 min' });
  expect(triangular.p50 / MINUTE).toBeCloseTo(100 * (1 - Math.SQRT1_2), -0.5);
  const exponential = after({ mean: '60 min' });
  expect(exponential.p50 / MINUTE / (60 * Math.LN2)).toBeCloseTo(1, 1);
  const lognormal = after({ median: '30 min', p90: '90 min' });
  expect(lognormal.p50 / MINUTE / 30).toBeCloseTo(1, 1);
  expect(lognormal.p90 / MINUTE / 90).toBeCloseTo(1, 1);
});

test('mitigations in place let through what is left of each other', () => {
  const document = graph([need('b', 'a', 0.8)], {
    mitigations: [
      { id: 'one', name: 'One', inPlace: true, acts: [{ of: 'b', effectiveness: 0.5 }] },
      { id: 'two', name: 'Two', inPlace: true, acts: [{ on: 'a', effectiveness: 0.25 }] },
      { id: 'three', name: 'Three', acts: [{ of: 'b', effectiveness: 1 }] },
    ],
  });
  expect(chanceOf(cascade(document, query), 'b')).toBeCloseTo(0.8 * 0.5 * 0.75, 12);
  const changed = whatIf(document, query, [
    { kind: 'drop', mitigation: 'one' },
    { kind: 'apply', mitigation: 'three' },
  ]);
  expect(chanceOf(changed.after, 'b')).toBe(0);
  expect(changed.changes).toEqual(['without One', 'with Three']);
});

test('types of failure stay apart: only what is said to cause something does', () => {
  const document = graph([
    { of: 'b', effect: 'compromised', on: [{ asset: 'a', effect: 'compromised' }] },
    { of: 'c', effect: 'down', on: [{ asset: 'b', effect: 'compromised' }] },
  ]);
  expect(cascade(document, query).effects).toEqual([]);
  const taken = cascade(document, { failures: [{ asset: 'a', effect: 'compromised' }] });
  expect(taken.effects.map(({ words }) => words)).toEqual([
    'b is in the hands of an attacker',
    'c stops working',
  ]);
});

describe('losses', () => {
  const services = (list: object[]) => ({ horizon: '5 h', services: list });

  test('a service loses from the moment it is hit to the horizon, or until its asset is back', () => {
    const dependencies = [need('b', 'a', 0.5, { delay: '1 h' })];
    const shop = { id: 'shop', perHour: 100, needs: [{ asset: 'b' }] };
    const report = cascade(graph(dependencies, services([shop])), query);
    expect(report.loss).toMatchObject({ mean: 200, p10: 0, p90: 400, perHour: 50, standardError: 0 });
    expect(report.services).toMatchObject([{ id: 'shop', chance: 0.5, lossPerHour: 50, loss: 200 }]);
    expect(report.services[0]?.paths[0]?.words).toBe(
      'a stops working; 60 min later b stops working; this hits shop.',
    );
    const document = graphDocument.parse({
      horizon: '5 h',
      assets: [{ id: 'a' }, { id: 'b', recovery: '30 min' }],
      dependencies,
      services: [shop],
    });
    expect(cascade(document, { ...query, lastingMs: 2 * HOUR }).loss.mean).toBeCloseTo(0.5 * 150, 9);
  });

  test('shares of one service do not add up to more than it', () => {
    const shop = {
      id: 'shop',
      perHour: 100,
      needs: [
        { asset: 'a', share: 0.5 },
        { asset: 'b', share: 0.5 },
      ],
    };
    expect(cascade(graph([need('b', 'a')], services([shop])), query).loss.mean).toBeCloseTo(5 * 75, 9);
  });

  test('services lose by one another as (I − A)⁻¹ c says', () => {
    const document = graph(
      [],
      services([
        {
          id: 'orders',
          perHour: 100,
          needs: [{ asset: 'a', share: 0.5 }],
          dependsOn: [{ service: 'delivery', share: 0.2 }],
        },
        { id: 'delivery', perHour: 10, dependsOn: [{ service: 'orders', share: 0.4 }] },
      ]),
    );
    const orders = 0.5 / (1 - 0.2 * 0.4);
    const report = cascade(document, query);
    expect(report.loss.mean).toBeCloseTo(5 * (100 * orders + 10 * 0.4 * orders), 6);
    expect(report.services.map(({ id }) => id)).toEqual(['orders', 'delivery']);
  });

  test('a service with a settling time loses later, and towards the same', () => {
    const shop = (settling: string) =>
      services([{ id: 'shop', perHour: 100, settling, needs: [{ asset: 'a' }] }]);
    const at = (settling: string) => cascade(graph([], shop(settling)), query).loss.mean;
    // ∫ (1 − exp(−t/τ)) dt over 5 h, in steps of a 96th.
    expect(at('1 h') / (100 * (5 - (1 - Math.exp(-5))))).toBeCloseTo(1, 1);
    expect(at('1 h')).toBeLessThan(at('0 s'));
  });

  test('goods that spoil are lost once', () => {
    const document = graphDocument.parse({
      assets: [{ id: 'a' }, { id: 'b', losses: [{ effect: 'warm', once: 8_000 }] }],
      dependencies: [{ of: 'b', effect: 'warm', on: ['a'], probability: 0.25 }],
    });
    const report = cascade(document, query);
    expect(report.loss.mean).toBe(2_000);
    expect(report.effects[0]).toMatchObject({ words: 'b gets too warm', loss: 2_000 });
  });
});

test('the strongest paths come first, with the part that each has', () => {
  const document = graph([
    need('b', 'a', 0.8),
    need('c', 'a', 0.5),
    need('d', 'b', 0.5, { delay: '1 min' }),
    need('d', 'c', 0.5, { delay: '2 min' }),
  ]);
  const { chance, paths } = effectOf(cascade(document, query), 'd');
  expect(chance).toBeCloseTo(1 - 0.6 * 0.75, 12);
  // By b whenever b brings it; by c only where b does not.
  expect(paths.map(({ steps }) => steps.map(({ asset }) => asset).join(' '))).toEqual(['a b d', 'a c d']);
  expect(paths[0]?.chance).toBeCloseTo(0.4, 12);
  expect(paths[1]?.chance).toBeCloseTo(0.6 * 0.25, 12);
  expect(paths.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  const sampled = effectOf(cascade(document, { ...query, samples: 20_000 }), 'd');
  expect(Math.abs((sampled.paths[0]?.chance ?? 0) - 0.4)).toBeLessThan(3 * Math.sqrt(0.24 / 20_000));
  expect(effectOf(cascade(document, { ...query, paths: 1 }), 'd').paths).toHaveLength(1);
});

describe('what if', () => {
  const document = graph(
    [
      need('b', 'a', 0.9, { type: 'power', delay: { from: '1 min', to: '9 min' } }),
      need('c', 'b', 0.7, { buffer: { mean: '40 min' } }),
    ],
    { services: [{ id: 'shop', perHour: 60, needs: [{ asset: 'c' }] }] },
  );
  const sampled = { ...query, samples: 2_000 };

  test('a change that concerns nothing makes no difference at all', () => {
    const { effects, services, loss } = whatIf(document, sampled, [{ kind: 'fix', asset: 'd' }]);
    expect({ effects, services, loss }).toEqual({
      effects: [],
      services: [],
      loss: { mean: 0, standardError: 0, perHour: 0 },
    });
  });

  test('a UPS delays what follows by its minutes and nothing else', () => {
    const changed = whatIf(document, sampled, [
      { kind: 'buffer', asset: 'b', type: 'power', byMs: 30 * MINUTE },
    ]);
    const b = changed.effects.find(({ asset }) => asset === 'b');
    expect(b?.chance.after).toBe(b?.chance.before);
    expect((b?.afterMs.after ?? 0) - (b?.afterMs.before ?? 0)).toBe(30 * MINUTE);
    expect(changed.loss.mean).toBeLessThan(0);
    // Half an hour of the shop in the samples in which it is hit: the same luck leaves little noise.
    const { loss } = changed;
    expect(loss.standardError).toBeLessThan(0.1 * changed.before.loss.standardError + 1);
  });

  test('what is fixed does not fail, and what hangs on it does not either', () => {
    const changed = whatIf(document, sampled, [{ kind: 'fix', asset: 'b' }]);
    expect(changed.after.effects).toEqual([]);
    expect(changed.loss.mean).toBe(-changed.before.loss.mean);
  });

  test('before and after are counted in the same way', () => {
    const small = graph([need('b', 'a', 0.5)]);
    const both = whatIf(small, query, [{ kind: 'chance', from: 'a', to: 'b', probability: 0.25 }]);
    expect([both.before.method, both.after.method]).toEqual(['exact', 'exact']);
    expect(both.effects[0]?.chance).toEqual({ before: 0.5, after: 0.25 });
    const big = randomDocument({ assets: 60, dependencies: 240, seed: 3 });
    const mixed = whatIf(big, { failures: fails('asset-0') }, [{ kind: 'fix', asset: 'asset-0' }]);
    expect(mixed.after.method).toBe(mixed.before.method);
    expect(mixed.after.samples).toBe(mixed.before.samples);
  });
});

test('a large graph is told within its bounds, and the same seed tells the same', {
  timeout: 120_000,
}, () => {
  const document = randomDocument({ assets: 1_500, dependencies: 6_000, seed: 5 });
  const ask = (seed: number) => cascade(document, { failures: fails('asset-0'), seed });
  const report = ask(1);
  expect(report.effects).toHaveLength(1_000);
  expect(report.more).toBeGreaterThan(0);
  expect(report.effects.filter(({ paths }) => paths.length > 0)).toHaveLength(50);
  expect(JSON.stringify(ask(1))).toBe(JSON.stringify(report));
  expect(JSON.stringify(ask(2).effects)).not.toBe(JSON.stringify(report.effects));
});
