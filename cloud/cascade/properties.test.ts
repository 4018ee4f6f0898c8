import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cascade, whatIf } from './cascade.ts';
import { graphDocument } from './document.ts';
import type { GraphDocument } from './graph.ts';
import type { CascadeReport } from './report.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const name = fc.constantFrom(...names);
/** Eighths: products of them are exact. */
const probability = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
const minutes = fc.integer({ min: 0, max: 40 }).map((count) => `${count} min`);

const entry = fc
  .record({
    of: name,
    on: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    spare: fc.nat({ max: 2 }),
    probability,
    delay: minutes,
    buffer: minutes,
  })
  .map(({ of, on, spare, ...rest }) => {
    const others = on.filter((one) => one !== of);
    return { of, on: others, needed: Math.max(1, others.length - spare), ...rest };
  })
  .filter(({ on }) => on.length > 0);

const written = fc.record({
  dependencies: fc.array(entry, { maxLength: 7 }),
  services: fc.array(
    fc.record({
      perHour: fc.integer({ min: 0, max: 500 }),
      needs: fc
        .uniqueArray(name, { minLength: 1, maxLength: 3 })
        .map((assets) => assets.map((asset) => ({ asset, share: 0.5 }))),
    }),
    { maxLength: 3 },
  ),
});
type Written = typeof written extends fc.Arbitrary<infer Value> ? Value : never;

const documentOf = ({ dependencies, services }: Written): GraphDocument =>
  graphDocument.parse({
    horizon: '3 h',
    assets: names.map((id) => ({ id })),
    dependencies,
    services: services.map((one, index) => ({ id: `s${index}`, ...one })),
  });

const failing = fc.uniqueArray(name, { minLength: 1, maxLength: 2 });
const asked = (assets: readonly string[]) => assets.map((asset) => ({ asset, effect: 'down' }));
const chances = ({ effects, failed }: CascadeReport) =>
  new Map([
    ...effects.map(({ asset, chance }) => [asset, chance] as const),
    ...failed.map(({ asset }) => [asset, 1] as const),
  ]);

/** Exact, or the samples of one seed: in both, every single outcome can only grow. */
const ways = [{}, { samples: 64, seed: 11 }];

function expectNoLess(more: CascadeReport, less: CascadeReport): void {
  const greater = chances(more);
  for (const [asset, chance] of chances(less))
    expect(greater.get(asset) ?? 0).toBeGreaterThanOrEqual(chance - 1e-12);
  expect(more.loss.mean).toBeGreaterThanOrEqual(less.loss.mean - 1e-6);
}

test('one more failure never lowers anything', () => {
  fc.assert(
    fc.property(written, failing, name, fc.constantFrom(...ways), (graph, failures, another, way) => {
      const document = documentOf(graph);
      const less = cascade(document, { failures: asked(failures), ...way });
      const more = cascade(document, { failures: asked([...failures, another]), ...way });
      expectNoLess(more, less);
    }),
  );
});

test('fixing, cutting, mitigating and buffering never raise anything', () => {
  fc.assert(
    fc.property(written, failing, fc.nat(), fc.constantFrom(...ways), (graph, failures, choice, way) => {
      const document = documentOf(graph);
      const one = document.dependencies[choice % Math.max(1, document.dependencies.length)];
      const [from] = one?.on ?? [];
      if (one === undefined || from === undefined) return;
      const changes = [
        { kind: 'fix', asset: one.of },
        { kind: 'buffer', asset: one.of, byMs: 600_000 },
        { kind: 'chance', from: from.asset, to: one.of, probability: 0 },
      ] as const;
      for (const change of changes) {
        const { before, after } = whatIf(document, { failures: asked(failures), ...way }, [change]);
        if (change.kind !== 'fix' || !failures.includes(one.of)) expectNoLess(before, after);
        else expect(after.loss.mean).toBeLessThanOrEqual(before.loss.mean + 1e-6);
      }
    }),
  );
});

test('the order of what is written does not matter', () => {
  fc.assert(
    fc.property(
      written,
      failing,
      fc.func(fc.integer()),
      fc.constantFrom(...ways),
      (graph, failures, rank, way) => {
        const shuffled = <Value>(list: readonly Value[]) =>
          list
            .map((value, index) => ({ value, at: rank(index) }))
            .sort((a, b) => a.at - b.at)
            .map(({ value }) => value);
        const document = documentOf(graph);
        const other = {
          ...document,
          assets: shuffled(document.assets),
          dependencies: shuffled(document.dependencies.map((one) => ({ ...one, on: shuffled(one.on) }))),
        };
        const query = { ...way };
        const one = cascade(document, { failures: asked(failures), ...query });
        const again = cascade(other, { failures: asked(shuffled(failures)), ...query });
        expect(again).toEqual(one);
      },
    ),
  );
});

test('all outcomes are those of plain counting', () => {
  fc.assert(
    fc.property(written, failing, (graph, failures) => {
      const document = documentOf(graph);
      const report = cascade(document, { failures: asked(failures) });
      expect(report.method).toBe('exact');
      const counted = plainly(document, failures);
      const found = chances(report);
      for (const asset of names) expect(found.get(asset) ?? 0).toBeCloseTo(counted.get(asset) ?? 0, 9);
    }),
    { numRuns: 40 },
  );
});

/** Every combination of what comes through, and rounds until nothing gets earlier: no order, no heap, no tree. */
function plainly({ dependencies }: GraphDocument, failures: readonly string[]): Map<string, number> {
  const edges = dependencies.flatMap((one, need) =>
    one.on.map((supplier) => ({ need, from: supplier.asset })),
  );
  const chanceOf = ({ need }: { need: number }) => dependencies[need]?.probability ?? 0;
  const uncertain = edges.filter((edge) => chanceOf(edge) > 0 && chanceOf(edge) < 1);
  const total = new Map<string, number>();
  for (let outcome = 0; outcome < 2 ** uncertain.length; outcome++) {
    const isThrough = (edge: (typeof edges)[number]) => {
      const at = uncertain.indexOf(edge);
      return at === -1 ? chanceOf(edge) === 1 : (Math.floor(outcome / 2 ** at) & 1) === 1;
    };
    const weight = uncertain.reduce(
      (product, edge) => product * (isThrough(edge) ? chanceOf(edge) : 1 - chanceOf(edge)),
      1,
    );
    const at = new Map(failures.map((asset) => [asset, 0]));
    for (let changed = true; changed; ) {
      changed = false;
      dependencies.forEach((one, need) => {
        if (one.delay.kind !== 'fixed' || one.buffer.kind !== 'fixed') throw new Error('not a fixed delay');
        const delayMs = one.delay.ms;
        const arrivals = edges
          .filter((edge) => edge.need === need && isThrough(edge))
          .flatMap(({ from }) => at.get(from) ?? [])
          .map((ms) => ms + delayMs)
          .sort((x, y) => x - y);
        const enough = arrivals[one.on.length - (one.needed ?? one.on.length)];
        if (enough === undefined) return;
        const ms = enough + one.buffer.ms;
        if (ms >= 3 * 3_600_000 || ms >= (at.get(one.of) ?? Number.POSITIVE_INFINITY)) return;
        at.set(one.of, ms);
        changed = true;
      });
    }
    for (const asset of at.keys()) total.set(asset, (total.get(asset) ?? 0) + weight);
  }
  return total;
}
