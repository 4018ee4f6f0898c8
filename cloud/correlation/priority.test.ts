import { describe, expect, test } from 'vitest';
import { correlate } from './correlator.ts';
import { detectionOf, MINUTE, NIGHT, sampleRegistry, story } from './sample-site.ts';
import type { Correlated } from './traits.ts';

const priority = (detections: readonly Correlated[]): number => {
  const incidents = correlate(detections, sampleRegistry);
  expect(incidents).toHaveLength(1);
  return incidents[0]?.priority ?? 0;
};
const one = (part: Partial<Correlated>) =>
  priority([detectionOf({ id: 'x', assets: ['motion-1'], ...part })]);

describe('priority', () => {
  test('rises with severity and with what the asset is worth', () => {
    expect(one({ severity: 'low' })).toBeLessThan(one({ severity: 'medium' }));
    expect(one({ severity: 'high' })).toBeLessThan(one({ severity: 'critical' }));
    expect(one({ assets: ['motion-1'] })).toBeLessThan(one({ assets: ['drugs-cabinet'] }));
  });

  test('rises with different rules, hardly with the same again', () => {
    const again = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        detectionOf({ id: `r${index}`, at: NIGHT + index * MINUTE, assets: ['motion-1'] }),
      );
    expect(priority(again(100))).toBe(priority(again(1)));
    const more = [...again(1), detectionOf({ id: 'y', rule: 'something-else', assets: ['motion-1'] })];
    expect(priority(more)).toBeGreaterThan(priority(again(1)));
  });

  test('is highest where the physical and the cyber world meet', () => {
    const physical = story.slice(3);
    const withoutAlarm = [
      ...story.slice(0, 2),
      detectionOf({ ...story[2], id: 's3', assets: ['office-server'] }),
    ];
    expect(priority(story)).toBeGreaterThan(priority(physical));
    expect(priority(story)).toBeGreaterThan(priority(withoutAlarm));
  });

  test('does not let a chain of trifles that runs for weeks add up', () => {
    const rules = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
    const chain = (stepMinutes: number) =>
      rules.map((rule, index) =>
        detectionOf({
          id: rule,
          rule,
          at: NIGHT + index * stepMinutes * MINUTE,
          observables: { ip: '203.0.113.50' },
        }),
      );
    expect(priority(chain(20 * 60))).toBeLessThan(priority(chain(1)));
  });

  test('stays between 0 and 100', () => {
    const everything = Array.from({ length: 200 }, (_, index) =>
      detectionOf({
        id: `e${index}`,
        rule: `rule ${index}`,
        severity: 'critical',
        assets: ['drugs-cabinet'],
      }),
    );
    expect(priority(everything)).toBeLessThanOrEqual(100);
    expect(one({ severity: 'info' })).toBeGreaterThan(0);
  });
});
