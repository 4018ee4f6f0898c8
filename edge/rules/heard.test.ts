import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Asset } from '../../devices/model/asset.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { instantMover } from '../clock/move-instants.ts';
import { type RuleConfiguration, ruleConfigurationsOf } from './configuration.ts';
import { RuleEngine } from './engine.ts';
import type { AnyRuleKind, Finding, RuleContext, RuleKind } from './rule.ts';
import { sampleRegistry, sampleSiteId } from './sample-site.ts';

const settings = z.strictObject({ most: z.number().default(2), withinMs: z.number().default(60_000) });
type Settings = z.infer<typeof settings>;
const found = (asset: string, summary: string): Finding => ({
  severity: 'medium',
  summary,
  assets: [asset],
  evidence: [],
});

/** Tells jumps, and nothing else. */
let asked = 0;
const shared = {
  title: '',
  instruction: '',
  configuration: settings,
  observes: ['temperature.measured'],
  fits: ({ kind }: Asset) => kind === 'fridge',
  initial: () => null,
  samples: [],
} as const;
const jump: RuleKind<Settings, null> = {
  ...shared,
  kind: 'jump',
  state: z.null(),
  restsWithinChange: ({ most }) => most,
  step(_state, { value = 0 }, asset, _settings, { before }) {
    asked++;
    if (before === undefined) return undefined;
    return { state: undefined, findings: [found(asset, `${before.value} to ${value}`)] };
  },
};
/** Tells silence, and its end. */
const silence: RuleKind<Settings, { since: number } | null> = {
  ...shared,
  kind: 'silence',
  state: z.object({ since: z.number() }).nullable(),
  expectsWithinMs: ({ withinMs }) => withinMs,
  step: (state, { observedAt }, asset) =>
    state === null
      ? undefined
      : { state: undefined, findings: [found(asset, `back after ${observedAt - state.since}`)] },
  wake: (_state, asset, _settings, { before, now }) => ({
    state: { since: before?.at ?? now },
    findings: [found(asset, `silent since ${before?.at}`)],
  }),
  active: (state) => state !== null,
};
const kinds: readonly AnyRuleKind[] = [jump, silence];

const context = (now: number): RuleContext => ({
  now,
  registry: sampleRegistry,
  armingMode: 'disarmed',
  isOpen: true,
});
const everyRule = ruleConfigurationsOf(kinds).parse([
  { rule: 'jump' },
  { rule: 'silence' },
  { rule: 'silence', id: 'patient', withinMs: 150_000 },
]);

function site(rules: readonly RuleConfiguration[] = everyRule, kept = new Map<string, string>()) {
  const engine = new RuleEngine({
    site: sampleSiteId,
    registry: sampleRegistry,
    rules,
    kinds,
    kept: new Map([...kept].map(([key, text]) => [key, JSON.parse(text)])),
    keep: (key, value) => kept.set(key, JSON.stringify(value)),
    forget: (key) => kept.delete(key),
  });
  let count = 0;
  const measured = (at: number, value?: number, asset = 'fridge-1') => {
    const observation: Observation = {
      id: `g/e/${at}-${++count}`,
      kind: 'temperature.measured',
      site: sampleSiteId,
      asset,
      source: 'probe',
      observedAt: at,
      receivedAt: at,
      clock: 'set',
      ...(value === undefined ? {} : { value }),
    };
    return told(engine.observe(observation, context(at)).detections);
  };
  return { engine, kept, measured, wake: (at: number) => told(engine.wake(at, context).detections) };
}
const told = (detections: readonly { at: number; rule: string; summary: string }[]) =>
  detections.map(({ at, rule, summary }) => `${at} ${rule}: ${summary}`);

describe('a rule that compares', () => {
  it('is asked only about greater changes, and shown the value before', () => {
    const { measured } = site();
    asked = 0;
    expect([4, 5, 6, 9, 8].flatMap((value, index) => measured(index * 1_000, value))).toEqual([
      '3000 jump: 6 to 9',
    ]);
    expect(asked).toBe(1);
  });

  it('compares with the newest, whatever comes late', () => {
    const { measured } = site();
    measured(2_000, 6);
    expect(measured(1_000, 0)).toEqual(['1000 jump: 6 to 0']);
    expect(measured(3_000, 6.5)).toEqual([]);
  });

  it('each asset with itself', () => {
    const { measured } = site();
    measured(1_000, 4);
    expect(measured(2_000, 20, 'fridge-2')).toEqual([]);
  });
});

describe('a rule that expects to hear again', () => {
  it('is told of a silence once, at its own time, and of its end', () => {
    const { measured, wake, engine } = site();
    measured(0, 4);
    measured(50_000, 4);
    expect(engine.nextWakeAt()).toBe(110_000);
    expect(wake(109_999)).toEqual([]);
    expect(wake(150_000)).toEqual(['110000 silence: silent since 50000']);
    expect(wake(1_000_000)).toEqual(['200000 silence:patient: silent since 50000']);
    expect(engine.conditions()).toHaveLength(2);
    expect(measured(1_100_000, 4)).toEqual([
      '1100000 silence: back after 1050000',
      '1100000 silence:patient: back after 1050000',
    ]);
    expect(wake(1_160_000)).toEqual(['1160000 silence: silent since 1100000']);
  });

  it('expects nothing of what was never heard, and hears what has no value', () => {
    const { measured, wake } = site();
    expect(wake(10_000_000)).toEqual([]);
    measured(10_000_000);
    measured(10_050_000);
    expect(wake(10_109_999)).toEqual([]);
  });

  it('goes by a new configuration from the last time it was heard', () => {
    const { measured, engine, wake } = site();
    measured(0, 4);
    engine.replace(ruleConfigurationsOf(kinds).parse([{ rule: 'silence', withinMs: 20_000 }]));
    expect(wake(20_000)).toEqual(['20000 silence: silent since 0']);
  });
});

describe('a step of the clock', () => {
  it('moves what was heard along: silence is told as long after as before', () => {
    const { measured, engine, wake } = site();
    const start = 1_700_000_000_000;
    measured(start, 4);
    const years = 10 * 365 * 24 * 3_600_000;
    engine.moveInstants(
      instantMover({ from: start, until: start + 1_000, correctionMs: years, quality: 'set', because: '' }),
    );
    expect(wake(start + years + 59_999)).toEqual([]);
    expect(wake(start + years + 60_000)).toEqual([
      `${start + years + 60_000} silence: silent since ${start + years}`,
    ]);
  });
});

describe('a restart', () => {
  it('between any two readings changes nothing', () => {
    const step = fc.record({
      asset: fc.constantFrom('fridge-1', 'fridge-2'),
      stepMs: fc.integer({ min: -20_000, max: 100_000 }),
      value: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      restart: fc.boolean(),
      wakeMs: fc.option(fc.integer({ min: 0, max: 200_000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const run = (restarts: boolean) => {
          let here = site();
          let now = 1_000_000;
          const all: string[] = [];
          for (const { asset, stepMs, value, restart, wakeMs } of steps) {
            now += stepMs;
            all.push(...here.measured(now, value, asset));
            if (wakeMs !== null) all.push(...here.wake(now + wakeMs));
            if (restarts && restart) here = site(everyRule, here.kept);
          }
          all.push(...here.wake(now + 10_000_000));
          return { all, kept: Object.fromEntries(here.kept) };
        };
        expect(run(true)).toEqual(run(false));
      }),
    );
  });

  it('forgets what belongs to no rule any more, and what it can not read', () => {
    const { measured, kept } = site();
    measured(0, 4);
    const [key] = [...kept.keys()].filter((name) => name.includes('/heard/'));
    expect(key).toBe('rules/heard/temperature.measured/fridge-1/fridge-1');
    kept.set('rules/heard/temperature.measured/gone/gone', '{"at":1}');
    kept.set(key ?? '', '{"at":"yesterday"}');
    const again = site(everyRule, kept);
    expect([...kept.keys()].filter((name) => name.includes('/heard/'))).toEqual([]);
    expect(again.engine.nextWakeAt()).toBeUndefined();
  });
});
