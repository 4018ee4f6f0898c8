import { expect, test } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Monitors } from '../monitors/monitors.ts';
import { sourceFormats } from '../sources/catalog.ts';
import { stamp } from '../sources/stamp.ts';
import { type Line, ordinaryDay } from './ordinary-day.ts';

const MIDNIGHT = Date.UTC(2026, 10, 23);
const DAY = 24 * 3_600_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'online', name: 'Web shop' }],
    assets: [
      { id: 'web-shop', kind: 'shop', name: 'Shop', site: 'online', public: true },
      { id: 'card-payments', kind: 'payment-service', name: 'Payments', site: 'online' },
    ],
  }),
);

/** Through the sources, as they would come. */
function observationsOf(lines: readonly Line[]): Observation[] {
  const readers = new Map(
    sourceFormats
      .filter(({ name }) => name === 'shop-event' || name === 'payment-service')
      .map((format) => [format.name, format.reader({}, { timeZone: 'UTC' })]),
  );
  return lines.flatMap(({ format, at, text }, index) => {
    const result = readers.get(format)?.(text, at, undefined);
    if (result === undefined || !('reported' in result))
      throw new Error(`${text}: ${JSON.stringify(result)}`);
    const asset = format === 'shop-event' ? 'web-shop' : 'card-payments';
    return result.reported.map(
      (reported) =>
        stamp(
          reported,
          `cloud-${format}/e/${index}`,
          at,
          { name: format, format, asset, site: 'online' },
          registry,
        ).observation,
    );
  });
}

/** What stands at the end; time passes with what comes, and for three weeks after. */
function standing(observations: readonly Observation[]): Detection[] {
  const monitors = new Monitors(registry);
  const found = new Map<string, Detection>();
  const take = (some: readonly Observation[], now: number) => {
    monitors.pass(now);
    const { put, withdraw } = monitors.observe(some);
    for (const id of withdraw) found.delete(id);
    for (const one of put) found.set(one.id, one);
  };
  for (let start = 0; start < observations.length; start += 50) {
    const some = observations.slice(start, start + 50);
    take(some, some.at(-1)?.receivedAt ?? MIDNIGHT);
  }
  take([], MIDNIGHT + 21 * DAY);
  return [...found.values()];
}

const rulesOf = (detections: readonly Detection[]) =>
  detections.map(({ rule, summary }) => `${rule}: ${summary}`);

test('an ordinary day of two thousand customers gives no detection', () => {
  const observations = observationsOf(ordinaryDay(MIDNIGHT, 2_000, 7));
  expect(observations.length).toBeGreaterThan(10_000);
  expect(rulesOf(standing(observations))).toEqual([]);
});

test('one forged payment among them is the one that is found', () => {
  const lines = ordinaryDay(MIDNIGHT, 300, 11);
  const victim = lines.findLastIndex(({ text }) => text.includes('"payment.authorised"'));
  const order = /"order":"(\d+)"/.exec(lines[victim]?.text ?? '')?.[1];
  const forged = lines.filter(
    ({ text }) => !(text.includes(`"order":"${order}"`) && text.includes('"payment.')),
  );
  const found = standing(observationsOf(forged)).filter(({ facts }) => facts.order === order);
  expect(found.map(({ rule }) => rule)).toContain('payment-not-authorised');
  expect(standing(observationsOf(forged)).every(({ facts }) => facts.order === order)).toBe(true);
});
