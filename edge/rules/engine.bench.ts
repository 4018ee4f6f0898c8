/**
 * How fast the engine is with 1,000 rules over 10,000 devices, 50 rules evaluated for each observation:
 *   node edge/rules/engine.bench.ts [observations]
 * Five kinds as sites write them for measurements: a threshold that must last, a count in a sliding window, a
 * rate of change, A that is not followed by B, and a heartbeat. Each says when it rests: between which values, within
 * which change, or as long as the device is heard of again in time. Beside it, the same rules when they say nothing of
 * that: each is then asked at every observation, and rate of change and heartbeat write a new state each time.
 */
import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { ruleConfigurationsOf } from './configuration.ts';
import { RuleEngine } from './engine.ts';
import type { AnyRuleKind, Finding, RuleContext, RuleKind } from './rule.ts';

const DEVICES = 10_000;
const RULES = 1_000;
const RULES_PER_DEVICE = 50;
const OBSERVATIONS = Number(process.argv[2] ?? 1_000_000);
const WARM_UP = 200_000;

const found = (key: string, summary: string, observation: string): Finding => ({
  severity: 'medium',
  summary,
  assets: [key],
  evidence: [observation],
});
const shared = {
  title: 'Bench',
  instruction: 'None.',
  observes: ['temperature.measured'],
  fits: () => true,
  samples: [],
} as const;
const settings = z.strictObject({ above: z.number(), ms: z.number() });
type Settings = z.infer<typeof settings>;

const since = z.number().nullable();
const threshold: RuleKind<Settings, number | null> = {
  ...shared,
  kind: 'threshold',
  configuration: settings,
  state: since,
  initial: () => null,
  step(before, { value = 0, observedAt }, _key, { above, ms }) {
    if (value > above) return before === null ? { state: observedAt, wakeAt: observedAt + ms } : undefined;
    return before === null ? undefined : { state: undefined };
  },
  wake: (_before, key) => ({ state: undefined, findings: [found(key, 'lasted', '')] }),
};
const window: RuleKind<Settings, number[]> = {
  ...shared,
  kind: 'window',
  configuration: settings,
  state: z.array(z.number()),
  initial: () => [],
  step(before, { value = 0, observedAt, id }, key, { above, ms }) {
    if (value <= above) return undefined;
    const times = [...before.filter((at) => at > observedAt - ms), observedAt];
    if (times.length < 3) return { state: times, wakeAt: observedAt + ms };
    return { state: undefined, findings: [found(key, 'often', id)] };
  },
  wake: () => ({ state: undefined }),
};
const rate: RuleKind<Settings, { at: number; value: number } | null> = {
  ...shared,
  kind: 'rate',
  configuration: settings,
  state: z.object({ at: z.number(), value: z.number() }).nullable(),
  initial: () => null,
  step(before, { value = 0, observedAt, id }, key, { above }) {
    const state = { at: observedAt, value };
    if (before === null || Math.abs(value - before.value) <= above) return { state };
    return { state, findings: [found(key, 'jumped', id)] };
  },
};
const unanswered: RuleKind<Settings, number | null> = {
  ...threshold,
  kind: 'unanswered',
  step(before, { value = 0, observedAt }, _key, { above, ms }) {
    if (before === null) return value > above ? { state: observedAt, wakeAt: observedAt + ms } : undefined;
    return value < above / 2 ? { state: undefined } : undefined;
  },
};
const heartbeat: RuleKind<Settings, number | null> = {
  ...threshold,
  kind: 'heartbeat',
  step: (_before, { observedAt }, _key, { ms }) => ({ state: observedAt, wakeAt: observedAt + ms }),
};
const kinds: readonly AnyRuleKind[] = [threshold, window, rate, unanswered, heartbeat];

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'bench', name: 'Bench' }],
    assets: Array.from({ length: DEVICES }, (_, index) => ({
      id: `device-${index}`,
      kind: 'sensor',
      name: `Device ${index}`,
      site: 'bench',
    })),
  }),
);

/** The same numbers in every run (mulberry32). */
function numbers(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = numbers(1);

const assetsPerRule = (DEVICES * RULES_PER_DEVICE) / RULES;
function entriesFor(used: readonly AnyRuleKind[]) {
  return Array.from({ length: RULES }, (_, index) => ({
    // Devices are dealt out in twenties: so each has rules of all kinds.
    rule: used[Math.floor(index / 20) % used.length]?.kind,
    id: `r${index}`,
    above: 8 + (index % 7) / 10,
    ms: 60_000,
    assets: Array.from(
      { length: assetsPerRule },
      (_unused, offset) => `device-${(index * assetsPerRule + offset) % DEVICES}`,
    ),
  }));
}

const names = registry.assetsOf('bench').map(({ id }) => id);

/** A reading of a device at random: between 2 and 8, and now and then above. Made just before it is judged, as at a gateway. */
function reading(index: number): Observation {
  return {
    id: `bench/epoch001/${index + 1}`,
    kind: 'temperature.measured',
    site: 'bench',
    asset: names[Math.floor(random() * DEVICES)] ?? '',
    source: 'bench',
    observedAt: 1_700_000_000_000 + index,
    receivedAt: 1_700_000_000_000 + index,
    clock: 'set',
    value: random() < 0.000_5 ? 9 : 2 + random() * 6,
  };
}

function measure(title: string, used: readonly AnyRuleKind[]): void {
  let kept = 0;
  let detections = 0;
  const builtAt = performance.now();
  const engine = new RuleEngine({
    site: 'bench',
    registry,
    rules: ruleConfigurationsOf(used).parse(entriesFor(used)),
    kept: new Map(),
    keep: () => kept++,
    forget: () => undefined,
    kinds: used,
  });
  const buildMs = performance.now() - builtAt;
  const context: RuleContext = { now: 0, registry, armingMode: 'disarmed', isOpen: true };
  const micros = new Float64Array(OBSERVATIONS);
  for (let index = 0; index < WARM_UP; index++) engine.observe(reading(index), context);
  kept = 0;
  // Once without looking at the clock, for the rate; the latencies in a second pass.
  const half = OBSERVATIONS / 2;
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  for (let index = WARM_UP; index < WARM_UP + half; index++)
    detections += engine.observe(reading(index), context).detections.length;
  const rateMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuMs = (cpu.user + cpu.system) / 1_000;
  for (let index = WARM_UP + half; index < WARM_UP + OBSERVATIONS; index++) {
    const observation = reading(index);
    const before = performance.now();
    detections += engine.observe(observation, context).detections.length;
    micros[index - WARM_UP - half] = (performance.now() - before) * 1_000;
  }
  const sorted = micros.subarray(0, half).sort();
  const at = (share: number) => (sorted[Math.floor(half * share)] ?? 0).toFixed(1);
  console.log(
    `${title}: ${Math.round(half / rateMs)} thousand observations/s (${Math.round(half / cpuMs)} per second of CPU), p50 ${at(0.5)} µs, p99 ${at(0.99)} µs, p99.9 ${at(0.999)} µs; ` +
      `${detections} detections, ${(kept / OBSERVATIONS).toFixed(2)} states written per observation; built in ${Math.round(buildMs)} ms`,
  );
}

console.log(
  `${RULES} rules, ${DEVICES} devices, ${RULES_PER_DEVICE} evaluated per observation, ${OBSERVATIONS} observations`,
);
const resting: Pick<AnyRuleKind, 'restsWithin'> = {
  restsWithin: (_observed, configuration) => ({
    min: Number.NEGATIVE_INFINITY,
    max: settings.parse(configuration).above,
  }),
};
const comparing: RuleKind<Settings, null> = {
  ...shared,
  kind: 'rate',
  configuration: settings,
  state: z.null(),
  initial: () => null,
  restsWithinChange: ({ above }) => above,
  step(_state, { value = 0, id }, key, { above }, { before }) {
    if (before === undefined || Math.abs(value - before.value) <= above) return undefined;
    return { state: undefined, findings: [found(key, 'jumped', id)] };
  },
};
const expecting: RuleKind<Settings, null> = {
  ...comparing,
  kind: 'heartbeat',
  expectsWithinMs: ({ ms }) => ms,
  restsWithinChange: () => Number.POSITIVE_INFINITY,
  step: () => undefined,
  wake: (_state, key) => ({ state: undefined, findings: [found(key, 'silent', '')] }),
};
const byValue = [threshold, window, unanswered].map((kind): AnyRuleKind => ({ ...kind, ...resting }));
measure('all five kinds', [...byValue, comparing, expecting]);
measure('all five kinds, saying nothing of their rest (20 new states per observation)', kinds);
measure('threshold, window, A not B', byValue);
measure('threshold, window, A not B, saying nothing of their rest', [threshold, window, unanswered]);
