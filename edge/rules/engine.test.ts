import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { catalog } from './catalog.ts';
import { MAX_KEYS_PER_RULE } from './cell.ts';
import { everyRule, ruleConfigurations, ruleConfigurationsOf } from './configuration.ts';
import { RuleEngine } from './engine.ts';
import type { AnyRuleKind, Detection, LocalAction, RuleContext, RuleKind } from './rule.ts';
import { sampleRegistry, sampleSiteId } from './sample-site.ts';

const contextAt = (now: number): RuleContext => ({
  now,
  registry: sampleRegistry,
  armingMode: 'disarmed',
  isOpen: true,
});

let serial = 0;
const seen = (
  kind: ObservationKind,
  asset: string,
  observedAt: number,
  more: Partial<Observation> = {},
): Observation => ({
  id: `gateway-1/epoch001/${++serial}`,
  kind,
  site: sampleSiteId,
  asset,
  source: `test:${asset}`,
  observedAt,
  receivedAt: observedAt,
  clock: 'set',
  ...more,
});

/** An engine with a store beside it, as text: what a disk would give back. */
function siteWith(rules: unknown, kept = new Map<string, string>(), kinds: readonly AnyRuleKind[] = catalog) {
  const engine = new RuleEngine({
    site: sampleSiteId,
    registry: sampleRegistry,
    rules: ruleConfigurationsOf(kinds).parse(rules),
    kept: new Map([...kept].map(([key, text]) => [key, JSON.parse(text)])),
    keep: (key, value) => kept.set(key, JSON.stringify(value)),
    forget: (key) => kept.delete(key),
    kinds,
  });
  const observe = (observation: Observation) =>
    engine.observe(observation, contextAt(observation.observedAt));
  return { engine, kept, observe, wake: (at: number) => engine.wake(at, contextAt) };
}

const summary = (detections: readonly Detection[]) =>
  detections.map(({ rule, at, severity }) => `${rule} ${at} ${severity}`);

describe('a restart', () => {
  const assets = ['door-back', 'cabinet-1', 'fridge-1', 'reader-back', 'reader-cabinet', 'camera-store'];
  const kinds: ObservationKind[] = [
    'door.opened',
    'door.closed',
    'access.granted',
    'access.denied',
    'exit.requested',
    'temperature.measured',
    'battery.measured',
    'battery.normal',
    'device.offline',
    'device.online',
    'tamper.started',
    'tamper.stopped',
    'camera.obscured',
    'camera.restored',
    'motion.started',
    'lock.unlocked',
    'lock.locked',
    'command.executed',
    'alarm.schedule-changed',
  ];
  const arbitrary = fc.record({
    kind: fc.constantFrom(...kinds),
    asset: fc.constantFrom(...assets, 'lock-back', 'motion-store', 'panel-1'),
    stepMs: fc.integer({ min: -30_000, max: 200_000 }),
    value: fc.integer({ min: 0, max: 12 }),
    badge: fc.constantFrom('04A1B2C3', '0BADCAFE', 'FFFFFFFF'),
    armingMode: fc.constantFrom('disarmed' as const, 'away' as const, 'night' as const),
    isOpen: fc.boolean(),
    restart: fc.boolean(),
    wakeMs: fc.option(fc.integer({ min: 0, max: 300_000 })),
  });

  test('between any two observations, in whatever order they come, changes nothing', () => {
    const rules = catalog.map(({ kind }) => ({
      rule: kind,
      ...(kind === 'forced-open' && { settleMs: 2_000 }),
      ...(kind === 'flapping' && { maxChanges: 2, windowMs: 300_000, calmMs: 200_000 }),
      ...(kind === 'access-denied-burst' && { refusals: 2, windowMs: 600_000 }),
      ...(kind === 'held-open' && { actions: [{ action: 'siren.on', asset: 'siren-1' }] }),
    }));
    let fired = 0;
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 20, maxLength: 60 }), (steps) => {
        const run = (restarts: boolean) => {
          let site = siteWith(rules);
          const detections: Detection[] = [];
          const actions: LocalAction[] = [];
          let now = 1_000_000_000;
          steps.forEach((step, index) => {
            now += step.stepMs;
            const context = (at: number): RuleContext => ({
              ...contextAt(at),
              armingMode: step.armingMode,
              isOpen: step.isOpen,
            });
            const observation = seen(step.kind, step.asset, now, {
              id: `gateway-1/epoch001/${index + 1}`,
              value: step.value,
              subjects: { badge: step.badge },
              facts: { action: 'lock.unlock' },
            });
            const outcomes = [site.engine.observe(observation, context(now))];
            if (step.wakeMs !== null) outcomes.push(site.engine.wake(now + step.wakeMs, context));
            if (restarts && step.restart) site = siteWith(rules, site.kept);
            for (const outcome of outcomes) {
              detections.push(...outcome.detections);
              actions.push(...outcome.actions);
            }
          });
          detections.push(...site.wake(now + 100 * 3_600_000).detections);
          const kept = [...site.kept].map(([key, text]) => [key, JSON.parse(text)]);
          return { detections, actions, kept: Object.fromEntries(kept) };
        };
        const undisturbed = run(false);
        fired += undisturbed.detections.length;
        expect(run(true)).toEqual(undisturbed);
        expect(new Set(undisturbed.detections.map(({ id }) => id)).size).toBe(undisturbed.detections.length);
      }),
      { numRuns: 100 },
    );
    expect(fired).toBeGreaterThan(500);
  });

  test('finds a timer that came due meanwhile, at its own time', () => {
    const before = siteWith([{ rule: 'held-open' }]);
    before.observe(seen('door.opened', 'door-back', 1_000));
    const after = siteWith([{ rule: 'held-open' }], before.kept);
    expect(summary(after.wake(3_600_000).detections)).toEqual([
      'held-open 46000 low',
      'held-open 91000 medium',
      'held-open 601000 high',
    ]);
  });

  test('with a state that cannot be read starts that one anew and says so', () => {
    const kept = new Map([
      ['rules/slot/held-open/door-back', JSON.stringify({ state: { openedAt: 'noon' } })],
      ['rules/slot/no-such-rule/door-back', JSON.stringify({ state: {} })],
    ]);
    const { engine, observe, wake } = siteWith([{ rule: 'held-open' }], kept);
    expect([...kept.keys()]).toEqual(['rules/rule/held-open']);
    expect(engine.troubles()).toMatchObject([{ rule: 'held-open', what: 'state-unreadable', count: 1 }]);
    observe(seen('door.opened', 'door-back', 0));
    expect(summary(wake(50_000).detections)).toEqual(['held-open 45000 low']);
  });
});

describe('time', () => {
  test('a door closed too late is still a door held open, though nobody woke the engine', () => {
    const { observe } = siteWith([{ rule: 'held-open' }]);
    observe(seen('door.opened', 'door-back', 0));
    const { detections } = observe(seen('door.closed', 'door-back', 100_000));
    expect(summary(detections)).toEqual(['held-open 45000 low', 'held-open 90000 medium']);
  });

  test('does not pass because one device has its clock ahead', () => {
    const { observe } = siteWith([{ rule: 'held-open' }]);
    observe(seen('door.opened', 'door-back', 0));
    const early = seen('door.opened', 'cabinet-1', 500_000, { receivedAt: 10_000, clock: 'foreign' });
    expect(observe(early).detections).toEqual([]);
  });

  test('a timer sees the context of its own time', () => {
    const { engine, observe } = siteWith([{ rule: 'camera-obscured' }]);
    observe(seen('camera.obscured', 'camera-store', 0));
    const { detections } = engine.wake(10_000, (at) => ({ ...contextAt(at), isOpen: at > 5_000 }));
    expect(summary(detections)).toEqual(['camera-obscured 3000 high']);
  });

  test('nothing is wanted when nothing waits', () => {
    const { engine, observe } = siteWith([{ rule: 'held-open' }]);
    expect(engine.nextWakeAt()).toBeUndefined();
    observe(seen('door.opened', 'door-back', 0));
    expect(engine.nextWakeAt()).toBe(45_000);
    observe(seen('door.closed', 'door-back', 1_000));
    expect(engine.nextWakeAt()).toBeUndefined();
  });
});

describe('a detection', () => {
  test('of a condition that gets worse names the one before', () => {
    const { observe, wake } = siteWith([{ rule: 'held-open' }]);
    const opened = seen('door.opened', 'door-back', 0);
    observe(opened);
    const [first, second] = wake(100_000).detections;
    expect(first?.facts.follows).toBeUndefined();
    expect(second?.facts.follows).toBe(first?.id);
    expect(second?.evidence).toEqual([opened.id]);
    expect(first?.id).toBe(`held-open/door-back/${sampleSiteId}@45000`);
  });

  test('has the same id when the same observation is judged again from the same state', () => {
    const opened = seen('door.opened', 'door-back', 0);
    const once = siteWith([{ rule: 'forced-open' }]).observe(opened);
    const again = siteWith([{ rule: 'forced-open' }]).observe(opened);
    expect(again).toEqual(once);
    expect(once.detections[0]?.id).toBe(`forced-open/door-back/${opened.id}`);
  });

  test('has an id that fits even where names are long', () => {
    const { observe } = siteWith([{ rule: 'forced-open', id: 'a'.repeat(128) }]);
    const ids = [1, 2].map(
      (at) =>
        siteWith([{ rule: 'forced-open', id: 'a'.repeat(128) }]).observe(
          seen('door.opened', 'door-back', at, { id: 'g'.repeat(200) + at }),
        ).detections[0]?.id ?? '',
    );
    expect(ids.map((id) => id.length)).toEqual([256, 256]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(observe(seen('door.closed', 'door-back', 1)).detections).toEqual([]);
  });

  test('sets off the configured actions from the severity they ask for', () => {
    const { observe, wake } = siteWith([
      {
        rule: 'held-open',
        actions: [
          { action: 'buzzer.on', asset: 'panel-1', fromSeverity: 'low', lifetimeMs: 2_000 },
          { action: 'siren.on', asset: 'siren-1' },
        ],
      },
    ]);
    observe(seen('door.opened', 'door-back', 0));
    const pre = wake(45_000);
    expect(pre.actions).toEqual([
      {
        action: 'buzzer.on',
        asset: 'panel-1',
        lifetimeMs: 2_000,
        issuedBy: 'held-open',
        reason: pre.detections[0]?.summary,
        detection: pre.detections[0]?.id,
      },
    ]);
    expect(wake(90_000).actions.map(({ action }) => action)).toEqual(['buzzer.on', 'siren.on']);
  });

  test('takes the severity that the installation gives it, remarks excepted', () => {
    const rule = { rule: 'held-open', id: 'fridges' };
    const one = siteWith([{ ...rule, severity: 'critical' }]);
    one.observe(seen('door.opened', 'door-back', 0));
    expect(summary(one.wake(45_000).detections)).toEqual(['held-open:fridges 45000 critical']);
    const map = siteWith([{ ...rule, severity: { medium: 'high' } }]);
    map.observe(seen('door.opened', 'door-back', 0));
    expect(summary(map.wake(90_000).detections)).toEqual([
      'held-open:fridges 45000 low',
      'held-open:fridges 90000 high',
    ]);
  });
});

describe('a flapping device', () => {
  const rules = [
    { rule: 'flapping', maxChanges: 4, windowMs: 60_000, calmMs: 60_000 },
    { rule: 'forced-open', severity: 'high' },
    { rule: 'tamper' },
  ];

  const rattle = (site: ReturnType<typeof siteWith>, from: number, times: number) =>
    Array.from({ length: times }, (_, index) =>
      site.observe(seen(index % 2 === 0 ? 'door.opened' : 'door.closed', 'door-back', from + index * 1_000)),
    ).flatMap(({ detections }) => [...detections]);

  test('has its other detections folded, the first let through, and every one counted', () => {
    const site = siteWith(rules);
    const detections = rattle(site, 0, 40);
    const openings = 20;
    const told = detections.filter(({ rule }) => rule === 'forced-open').length;
    // Two before it was seen to flap, and the first one after.
    expect(told).toBe(3);
    const [calm] = site.wake(200_000).detections;
    expect(calm).toMatchObject({ rule: 'flapping', severity: 'info' });
    expect(calm?.facts).toMatchObject({
      phase: 'calm',
      folded: openings - told,
      foldedRules: `forced-open ${openings - told}`,
    });
    expect(calm?.facts.follows).toBe(detections.find(({ rule }) => rule === 'flapping')?.id);
  });

  test('hides nothing more serious', () => {
    const site = siteWith(rules);
    rattle(site, 0, 20);
    expect(summary(site.observe(seen('tamper.started', 'door-back', 20_500)).detections)).toEqual([
      'tamper 20500 high',
    ]);
  });

  test('is told anew now and then, and then lets the next one through', () => {
    const site = siteWith([{ ...rules[0], reportMs: 60_000 }, ...rules.slice(1)]);
    const detections = rattle(site, 0, 80);
    const reports = detections.filter(({ facts }) => facts.phase === 'continues');
    expect(reports).toHaveLength(1);
    const after = detections.slice(detections.findIndex(({ facts }) => facts.phase === 'continues') + 1);
    expect(after.filter(({ rule }) => rule === 'forced-open')).toHaveLength(1);
  });

  test('folds across a restart, and not for ever when its rule is gone', () => {
    const site = siteWith(rules);
    rattle(site, 0, 20);
    const again = siteWith(rules, site.kept);
    expect(rattle(again, 20_000, 2)).toEqual([]);
    const without = siteWith(rules.slice(1), again.kept);
    expect(summary(rattle(without, 22_000, 1))).toEqual(['forced-open 22000 high']);
    expect([...without.kept.keys()].filter((key) => key.startsWith('rules/fold/'))).toEqual([]);
  });
});

describe('other rules', () => {
  const held = (more: Record<string, unknown> = {}) =>
    ruleConfigurations.parse([{ rule: 'held-open', ...more }, { rule: 'forced-open' }]);

  test('leave the states of those that stay as they are', () => {
    const { engine, observe, wake } = siteWith([{ rule: 'held-open' }]);
    observe(seen('door.opened', 'door-back', 0));
    engine.replace(held());
    expect(summary(wake(50_000).detections)).toEqual(['held-open 45000 low']);
    engine.replace(held({ except: ['door-back'] }));
    expect(wake(900_000).detections).toEqual([]);
  });

  test('are applied at once to what is going on', () => {
    const { engine, observe, wake } = siteWith([{ rule: 'held-open', preAlarmMs: 90_000 }]);
    observe(seen('door.opened', 'door-back', 0));
    engine.replace(held({ preAlarmMs: 10_000 }));
    expect(summary(wake(20_000).detections)).toEqual(['held-open 20000 low']);
  });

  test('are refused whole when one of them is wrong', () => {
    const { engine, observe, wake } = siteWith([{ rule: 'held-open' }]);
    observe(seen('door.opened', 'door-back', 0));
    expect(() => engine.replace(held({ assets: ['door-nowhere'] }))).toThrow(
      'rules: held-open: there is no asset "door-nowhere"',
    );
    expect(summary(wake(50_000).detections)).toEqual(['held-open 45000 low']);
  });
});

test('what goes on is listed until it is over', () => {
  const { engine, observe, wake } = siteWith([{ rule: 'held-open' }]);
  observe(seen('door.opened', 'door-back', 0));
  expect(engine.conditions()).toEqual([]);
  const [made] = wake(45_000).detections;
  expect(engine.conditions()).toEqual([
    { rule: 'held-open', kind: 'held-open', key: 'door-back', detection: made?.id },
  ]);
  observe(seen('door.closed', 'door-back', 50_000));
  expect(engine.conditions()).toEqual([]);
});

test('an observation that concerns no rule keeps nothing and answers with the same empty outcome', () => {
  const { kept, observe } = siteWith(catalog.map(({ kind }) => ({ rule: kind })));
  const first = observe(seen('temperature.measured', 'fridge-1', 1, { value: 5 }));
  expect(observe(seen('humidity.measured', 'fridge-1', 2, { value: 50 }))).toBe(first);
  expect(first).toEqual({ detections: [], actions: [] });
  expect([...kept.keys()].filter((key) => !key.startsWith('rules/rule/'))).toEqual([]);
});

test('a rule that fails does not silence the others, and is counted', () => {
  const broken: RuleKind<Record<string, never>, null> = {
    kind: 'broken',
    title: 'Broken',
    instruction: 'None.',
    configuration: z.strictObject({}),
    state: z.null(),
    observes: ['door.opened'],
    fits: () => true,
    initial: () => null,
    step: () => {
      throw new Error('divided by nothing');
    },
    samples: [],
  };
  const { engine, observe } = siteWith([{ rule: 'broken' }, { rule: 'forced-open' }], new Map(), [
    broken,
    ...catalog,
  ]);
  expect(summary(observe(seen('door.opened', 'door-back', 0)).detections)).toEqual(['forced-open 0 high']);
  expect(engine.troubles()).toEqual([
    { rule: 'broken', what: 'failed', message: 'divided by nothing', count: 1 },
  ]);
});

test('a rule that counts by badge has a bound on badges and says once when it is reached', () => {
  const { engine, observe } = siteWith([{ rule: 'access-denied-burst', by: 'badge' }]);
  const full = Array.from({ length: MAX_KEYS_PER_RULE + 5 }, (_, index) =>
    observe(seen('access.denied', 'reader-back', 1_000, { subjects: { badge: `badge-${index}` } })),
  ).flatMap(({ detections }) => [...detections]);
  expect(summary(full)).toEqual(['rule-keys-full 1000 medium']);
  expect(engine.troubles()).toMatchObject([{ rule: 'access-denied-burst', what: 'keys-full', count: 5 }]);
});

describe('the configuration', () => {
  const problems = (rules: unknown) =>
    ruleConfigurations
      .safeParse(rules)
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  test('names what is wrong and where', () => {
    expect(problems([{ rule: 'held-opn' }])?.[0]).toMatch(/^0\.rule: there is no rule "held-opn"/);
    expect(problems([{ rule: 'tamper', heldOpenMs: 1 }])).toEqual([
      '0.heldOpenMs: there is no such key in tamper',
    ]);
    expect(problems([{ rule: 'tamper' }, { rule: 'tamper' }])?.[0]).toMatch(
      /^1\.id: "tamper" is already taken/,
    );
    expect(problems([{ rule: 'held-open', preAlarmMs: 90_000, heldOpenMs: 1_000 }])?.[0]).toMatch(
      /preAlarmMs/,
    );
    expect(problems([{ rule: 'low-battery', lowPercent: 'much' }])?.[0]).toMatch(/^0\.lowPercent:/);
  });

  test('without any says every kind once', () => {
    expect(everyRule().map(({ name }) => name)).toEqual(catalog.map(({ kind }) => kind));
  });
});
