import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Finding, RuleContext, RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

/** Settings of one asset that are remembered. */
const MAX_SETTINGS = 64;
/** Announced works that one rule knows of. */
const MAX_ANNOUNCED = 64;
const DAY_MS = 86_400_000;

const range = z
  .strictObject({ min: z.number(), max: z.number() })
  .refine(({ min, max }) => min <= max, 'expected min <= max');

const dateTime = z.iso.datetime({ offset: true });
const span = z
  .strictObject({ from: dateTime, to: dateTime })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'expected from before to');

const configuration = z.strictObject({
  /** By the setting's name: values that it may have at any time, such as those of day and night. */
  allowed: z.record(z.string().max(64), range).default({}),
  /** When somebody was ordered to work on it: what is changed then is the new setting. */
  announced: z.array(span).max(MAX_ANNOUNCED).default([]),
  /** What has been told and stands for so long is the new setting. */
  acceptedAfterMs: durationMs.min(60_000).default(DAY_MS),
});
type Configuration = z.infer<typeof configuration>;

const setting = z.object({
  /** What it was when all was well. */
  accepted: z.number(),
  /** Of the newest reading. */
  at: z.number(),
  observation: z.string(),
  /** What nobody ordered, since when. */
  changed: z.object({ value: z.number(), since: z.number() }).optional(),
});
type Setting = z.infer<typeof setting>;
const state = z.object({ settings: z.record(z.string(), setting) });
type State = z.infer<typeof state>;

const isAllowed = (name: string, value: number, { allowed }: Configuration): boolean => {
  const within = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
  return within !== undefined && value >= within.min && value <= within.max;
};

const isAnnounced = (at: number, { announced }: Configuration): boolean =>
  announced.some(({ from, to }) => at >= Date.parse(from) && at <= Date.parse(to));

/** Twelve digits hide what counting in twos leaves behind. */
const text = (value: number): string => String(Number(value.toPrecision(12)));

function finding(
  key: string,
  name: string,
  before: Setting,
  value: number,
  observation: string,
  { registry }: RuleContext,
): Finding {
  const asset = registry.asset(key);
  const isBack = value === before.accepted;
  const from = before.changed?.value ?? before.accepted;
  return {
    // Where goods depend on it, they are lost hours later, and in silence.
    severity: isBack
      ? 'info'
      : asset?.band !== undefined || (asset?.criticality ?? 0) >= 4
        ? 'high'
        : 'medium',
    summary: isBack
      ? `The setting "${name}" of ${nameOf(key, registry)} is ${text(value)} again.`
      : `The setting "${name}" of ${nameOf(key, registry)} was changed from ${text(from)} to ${text(value)}, and nobody announced it.`,
    assets: [key],
    facts: { setting: name, from, value, accepted: before.accepted, phase: isBack ? 'back' : 'changed' },
    evidence: [before.observation, observation],
    tactic: 'TA0106',
    continues: before.changed !== undefined,
  };
}

/** What a device was set to is something else, by nobody's order: a hand at it, or somebody in its network. */
export const settingChanged: RuleKind<Configuration, State> = {
  kind: 'setting-changed',
  title: 'Setting of a device changed',
  instruction:
    'Ask who changed it. If nobody did, set it back at the device itself, and take the device off the network until it is known who reached it.',
  configuration,
  state,
  observes: ['setting.reported'],
  fits: ({ kind, band }) => kind === 'fridge' || kind === 'sensor' || band !== undefined,
  initial: () => ({ settings: {} }),

  step(before, { id, observedAt, value, facts }, key, settings, context) {
    const name = typeof facts?.part === 'string' ? facts.part : 'setting';
    if (value === undefined) return undefined;
    const known = Object.hasOwn(before.settings, name) ? before.settings[name] : undefined;
    // The first that is heard is taken as it should be: whoever set the device up has looked at it.
    if (known === undefined && Object.keys(before.settings).length >= MAX_SETTINGS) return undefined;
    // A reading that comes late is no news of what the setting is now.
    if (known !== undefined && observedAt < known.at) return undefined;
    const put = (next: Setting, findings: Finding[] = []) => ({
      state: { settings: { ...before.settings, [name]: next } },
      findings,
    });
    const here = { at: observedAt, observation: id };
    if (known === undefined) return put({ accepted: value, ...here });
    const current = known.changed?.value ?? known.accepted;
    if (value === current) {
      const { changed } = known;
      const stands = changed !== undefined && observedAt - changed.since >= settings.acceptedAfterMs;
      return put(stands ? { accepted: value, ...here } : { ...known, ...here });
    }
    if (value === known.accepted)
      return put({ accepted: value, ...here }, [finding(key, name, known, value, id, context)]);
    if (isAnnounced(observedAt, settings) || isAllowed(name, value, settings))
      return put({ accepted: value, ...here });
    const next = { ...known, ...here, changed: { value, since: observedAt } };
    return put(next, [finding(key, name, known, value, id, context)]);
  },

  active: ({ settings }) => Object.values(settings).some(({ changed }) => changed !== undefined),

  samples: [
    {
      name: 'the thermostat of a medicine fridge is turned up, further up, and back',
      observations: [
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 0,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 300_000,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 310_000,
          value: 9,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 320_000,
          value: 12,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 620_000,
          value: 12,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 900_000,
          value: 5,
          facts: { part: 'set-point' },
        },
      ],
      expect: [
        { at: 310_000, severity: 'high', asset: 'fridge-1' },
        { at: 320_000, severity: 'high', asset: 'fridge-1' },
        { at: 900_000, severity: 'info', asset: 'fridge-1' },
      ],
    },
    {
      name: 'the limit of its own alarm is raised, where nobody looks',
      observations: [
        {
          kind: 'setting.reported',
          asset: 'sensor-office',
          observedAt: 0,
          value: 8,
          facts: { part: 'alarm-above' },
        },
        {
          kind: 'setting.reported',
          asset: 'sensor-office',
          observedAt: 1_000,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'sensor-office',
          observedAt: 60_000,
          value: 30,
          facts: { part: 'alarm-above' },
        },
      ],
      expect: [{ at: 60_000, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'day and night have a value each, and both are allowed',
      configuration: { allowed: { 'set-point': { min: 4, max: 6 } } },
      observations: [
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 0,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 60_000,
          value: 4,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 90_000,
          value: 6,
          facts: { part: 'set-point' },
        },
      ],
      expect: [],
    },
    {
      name: 'the fitter was announced for the first minute, and comes again later',
      configuration: { announced: [{ from: '1970-01-01T00:00:30Z', to: '1970-01-01T01:01:00+01:00' }] },
      observations: [
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 0,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 50_000,
          value: 7,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 70_000,
          value: 5,
          facts: { part: 'set-point' },
        },
      ],
      expect: [{ at: 70_000, severity: 'high', asset: 'fridge-1' }],
    },
    {
      name: 'what was left so for a day is the new setting, and the old one a change',
      configuration: { acceptedAfterMs: 600_000 },
      observations: [
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 0,
          value: 5,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 10_000,
          value: 6,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 610_000,
          value: 6,
          facts: { part: 'set-point' },
        },
        {
          kind: 'setting.reported',
          asset: 'fridge-1',
          observedAt: 620_000,
          value: 5,
          facts: { part: 'set-point' },
        },
      ],
      expect: [
        { at: 10_000, severity: 'high', asset: 'fridge-1' },
        { at: 620_000, severity: 'high', asset: 'fridge-1' },
      ],
    },
  ],
};
