import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Correlator, correlate } from './correlator.ts';
import { Habits, habitRules } from './habits.ts';
import { type LinkRules, linkRules } from './link-rules.ts';
import { anyDetections, anyRegistry, shuffled } from './random-world.ts';
import { detectionOf, MINUTE, NIGHT, sampleRegistry } from './sample-site.ts';
import type { Correlated } from './traits.ts';

const HOUR = 60 * MINUTE;

/** As the real ones, but so that a few hours of a few detections are enough to have habits. */
const quick: LinkRules = {
  ...linkRules,
  habit: { ...habitRules, learningHours: 2, rareBits: 1 },
  rarity: { chanceHours: 8, windowMs: 12 * HOUR },
};

/** The plainest way to say how rare a detection was among all. */
function plainBits(all: readonly Correlated[], one: Correlated): number | undefined {
  const { learningHours, memoryHours, boutHours, shareOfRule } = quick.habit;
  const hours = (of: (other: Correlated) => boolean) =>
    new Set(all.filter(of).map(({ at }) => Math.floor(at / HOUR)));
  const hour = Math.floor(one.at / HOUR);
  const watched = hours(() => true);
  const between = (set: ReadonlySet<number>, before: number) =>
    [...set].filter((at) => at >= before - memoryHours && at < before).length;
  if (between(watched, hour) < learningHours) return undefined;
  const bits = (set: ReadonlySet<number>) => {
    let start = hour;
    while (set.has(start - 1) && hour - start + 1 < boutHours) start--;
    return Math.max(0, -Math.log2((between(set, start) + 0.5) / (between(watched, start) + 1)));
  };
  const rule = bits(hours((other) => other.rule === one.rule));
  const here = one.assets.map((asset) =>
    bits(hours((other) => other.rule === one.rule && other.assets.includes(asset))),
  );
  return (
    Math.floor(
      2 * (shareOfRule * rule + (1 - shareOfRule) * (here.length === 0 ? rule : Math.min(...here))),
    ) / 2
  );
}

describe('how rare a detection is', () => {
  test('is what counting the hours of all others in the plainest way gives, once all are noted', () => {
    fc.assert(
      fc.property(anyDetections(30), fc.nat(), (detections, seed) => {
        const habits = new Habits(quick.habit);
        for (const { rule, assets, at } of shuffled(detections, seed))
          habits.note({ rule, habit: undefined }, named(assets), at);
        for (const one of detections)
          expect(habits.bitsOf({ rule: one.rule, habit: undefined }, named(one.assets), one.at)).toBe(
            plainBits(detections, one),
          );
      }),
    );
  });

  test('is the same when others came and were taken back', () => {
    fc.assert(
      fc.property(anyDetections(20), anyDetections(20), (staying, leaving) => {
        const habits = new Habits(quick.habit);
        for (const { rule, assets, at } of [...leaving, ...staying])
          habits.note({ rule, habit: undefined }, named(assets), at);
        for (const { rule, assets, at } of leaving)
          habits.withdraw({ rule, habit: undefined }, named(assets), at);
        for (const one of staying)
          expect(habits.bitsOf({ rule: one.rule, habit: undefined }, named(one.assets), one.at)).toBe(
            plainBits(staying, one),
          );
      }),
    );
  });

  test('is not known before a day was watched, and falls with every hour that it comes back', () => {
    const habits = new Habits(habitRules);
    const tick = { rule: 'tick', habit: undefined };
    const rare = { rule: 'rare', habit: undefined };
    for (let hour = 0; hour < 100; hour++) habits.note(tick, [], NIGHT + hour * HOUR);
    expect(habits.bitsOf(rare, [], NIGHT + 20 * HOUR)).toBeUndefined();
    expect(habits.bitsOf(tick, [], NIGHT + 99 * HOUR)).toBe(0);
    const bits = [];
    for (const hour of [40, 50, 60, 70]) {
      habits.note(rare, [], NIGHT + hour * HOUR);
      bits.push(habits.bitsOf(rare, [], NIGHT + hour * HOUR) ?? 0);
    }
    expect(bits[0]).toBe(6);
    expect(bits).toEqual([...bits].sort((a, b) => b - a));
    expect(bits[3]).toBeLessThan(5);
  });

  test('stays through one happening of many hours without a break', () => {
    const habits = new Habits(habitRules);
    for (let hour = 0; hour < 60; hour++)
      habits.note({ rule: 'tick', habit: undefined }, [], NIGHT + hour * HOUR);
    for (let hour = 40; hour < 50; hour++)
      habits.note({ rule: 'siege', habit: undefined }, [], NIGHT + hour * HOUR);
    const siege = { rule: 'siege', habit: undefined };
    expect(habits.bitsOf(siege, [], NIGHT + 49 * HOUR)).toBe(habits.bitsOf(siege, [], NIGHT + 40 * HOUR));
  });
});

const named = (ids: readonly string[]) => [...new Set(ids)].map((id) => ({ id, habit: undefined }));

describe('incidents where habits are known', () => {
  test('are the same in every order, byte for byte, one by one or all at once: 1,000 orders', () => {
    let orders = 0;
    fc.assert(
      fc.property(anyRegistry, anyDetections(25), fc.nat(), (registry, detections, seed) => {
        const expected = JSON.stringify(correlate(detections, registry, { rules: quick }));
        for (let order = 0; order < 10; order++) {
          const correlator = new Correlator(registry, { rules: quick });
          for (const detection of shuffled(detections, seed + order)) correlator.absorb(detection);
          expect(JSON.stringify(correlator.incidents())).toBe(expected);
          orders++;
        }
      }),
      { numRuns: 100 },
    );
    expect(orders).toBeGreaterThanOrEqual(1_000);
  });

  test('are told so that what was told comes to what is, whatever comes late', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(20), fc.nat(), (registry, detections, seed) => {
        const correlator = new Correlator(registry, { rules: quick });
        const desk = new Map<string, unknown>();
        const order = shuffled(detections, seed);
        for (let from = 0; from < order.length; from += 3) {
          const { changed, gone } = correlator.revise(order.slice(from, from + 3));
          for (const { id } of gone) desk.delete(id);
          for (const incident of changed) desk.set(incident.id, incident);
        }
        const expected = correlate(detections, registry, { rules: quick });
        expect(desk).toEqual(new Map(expected.map((incident) => [incident.id, incident])));
      }),
      { numRuns: 100 },
    );
  });

  test('are those of an undisturbed run after a start that learns what lay before', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(25), fc.nat(40 * 60), (registry, detections, minutes) => {
        const from = NIGHT + minutes * MINUTE;
        const kept = detections.filter((one) => one.at >= from);
        const whole = new Correlator(registry, { rules: quick });
        whole.learn(detections.filter((one) => one.at < from));
        whole.add(shuffled(kept, minutes));
        const undisturbed = new Correlator(registry, { rules: quick });
        undisturbed.add(detections);
        const alone = (correlator: Correlator) =>
          correlator
            .incidents()
            .filter((incident) => incident.first >= from)
            .map((incident) => JSON.stringify(incident));
        // Incidents that no earlier detection had a part in are the same, byte for byte.
        for (const incident of alone(undisturbed)) expect(alone(whole)).toContain(incident);
      }),
      { numRuns: 100 },
    );
  });

  const everyHour = (hours: number, part: Partial<Correlated>) =>
    Array.from({ length: hours }, (_, hour) =>
      detectionOf({ id: `${part.rule}-${hour}`, at: NIGHT + hour * HOUR, ...part }),
    );
  const at = (minutes: number, id: string, part: Partial<Correlated>) =>
    detectionOf({ id, rule: id, at: NIGHT + 48 * HOUR + minutes * MINUTE, ...part });

  test('join what was never seen before across hosts that share nothing, and say why', () => {
    const [first] = correlate(
      [
        ...everyHour(49, { rule: 'database update', assets: ['mail'] }),
        at(2, 'request-method-unheard-of', { assets: ['web'] }),
        at(70, 'processor-busy', { assets: ['monitoring'] }),
      ],
      sampleRegistry,
    );
    expect(first?.detections).toEqual(['request-method-unheard-of', 'processor-busy']);
    expect(first?.links[0]?.evidence[0]).toMatchObject({ kind: 'rarity' });
    expect(first?.links[0]?.evidence[0]?.because).toContain('both rare here');
  });

  test('keep what comes every hour out of what was never seen, on the same host at the same time', () => {
    const incidents = correlate(
      [...everyHour(49, { rule: 'something-usual', assets: ['web'] }), at(1, 'odd', { assets: ['web'] })],
      sampleRegistry,
    );
    expect(incidents[0]?.detections).toEqual(['odd']);
    expect(
      incidents.find(({ detections }) => detections.includes('something-usual-48'))?.priority,
    ).toBeLessThan((incidents[0]?.priority ?? 0) / 3);
  });
});
