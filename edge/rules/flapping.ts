import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

/** Changes that a window may hold. */
const MAX_CHANGES = 100;

const configuration = z.strictObject({
  /** More changes than this within the window: it flaps. */
  maxChanges: z.number().int().min(2).max(MAX_CHANGES).default(12),
  windowMs: durationMs.default(60_000),
  /** No change for this long: it is calm again. */
  calmMs: durationMs.default(120_000),
  /** While it goes on, said anew after this time with the counts so far. */
  reportMs: durationMs.min(60_000).default(900_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  /** Times of the changes within the window, oldest first; empty while it flaps. */
  changes: z.array(z.number()).max(MAX_CHANGES + 1),
  newest: z.string(),
  flapping: z
    .object({
      since: z.number(),
      lastAt: z.number(),
      count: z.number(),
      reportedAt: z.number(),
      reportedCount: z.number(),
    })
    .optional(),
});
type State = z.infer<typeof state>;

/**
 * A loose contact, a dying radio, or somebody who rattles. One detection with a count instead of a hundred; what
 * the other rules find about the asset meanwhile is folded (see fold.ts): the first and the more serious goes
 * through, the rest is counted here.
 */
export const flapping: RuleKind<Configuration, State> = {
  kind: 'flapping',
  title: 'Device changes state too often',
  instruction:
    'Look at the contact, its cable and its magnet. Until it is mended, its alarms are counted together here instead of coming one by one.',
  configuration,
  state,
  observes: [
    'door.opened',
    'door.closed',
    'lock.locked',
    'lock.unlocked',
    'lock.jammed',
    'tamper.started',
    'tamper.stopped',
    'camera.obscured',
    'camera.restored',
    'battery.low',
    'battery.normal',
    'device.online',
    'device.offline',
  ],
  // People come and go through a customers' entrance as often as they like.
  fits: ({ public: everybody }) => !everybody,
  initial: () => ({ changes: [], newest: '' }),

  step(before, observation, key, { maxChanges, windowMs, calmMs, reportMs }, { registry }) {
    const { observedAt: at, id: newest } = observation;
    if (before.flapping) {
      const flaps = {
        ...before.flapping,
        lastAt: Math.max(at, before.flapping.lastAt),
        count: before.flapping.count + 1,
      };
      const wakeAt = Math.min(flaps.lastAt + calmMs, flaps.reportedAt + reportMs);
      return { state: { changes: [], newest, flapping: flaps }, wakeAt };
    }
    const changes = [...before.changes.filter((earlier) => earlier > at - windowMs), at].slice(
      -MAX_CHANGES - 1,
    );
    if (changes.length <= maxChanges) return { state: { changes, newest }, wakeAt: at + windowMs };
    const since = Math.min(...changes);
    const flaps = {
      since,
      lastAt: at,
      count: changes.length,
      reportedAt: at,
      reportedCount: changes.length,
    };
    return {
      state: { changes: [], newest, flapping: flaps },
      wakeAt: at + Math.min(calmMs, reportMs),
      fold: 'start',
      findings: [
        {
          severity: 'medium',
          summary: `${nameOf(key, registry)} changed its state ${changes.length} times in ${durationText(at - since)}: a loose contact, or somebody is trying it. Its alarms are folded until it is calm.`,
          assets: [key],
          facts: { since, changes: changes.length, phase: 'started' },
          evidence: [newest],
          count: changes.length,
        },
      ],
    };
  },

  wake(before, key, { windowMs, calmMs, reportMs }, { now, registry }) {
    const flaps = before.flapping;
    if (flaps === undefined) {
      const lastAt = before.changes.at(-1) ?? 0;
      return now >= lastAt + windowMs ? { state: undefined } : { state: before, wakeAt: lastAt + windowMs };
    }
    const calm = now >= flaps.lastAt + calmMs;
    if (!calm && now < flaps.reportedAt + reportMs)
      return { state: before, wakeAt: Math.min(flaps.lastAt + calmMs, flaps.reportedAt + reportMs) };
    const reported = { ...flaps, reportedAt: now, reportedCount: flaps.count };
    return {
      state: calm ? undefined : { ...before, flapping: reported },
      wakeAt: calm ? undefined : Math.min(flaps.lastAt + calmMs, now + reportMs),
      fold: calm ? 'stop' : 'report',
      findings: [
        {
          severity: calm ? 'info' : 'medium',
          summary: calm
            ? `${nameOf(key, registry)} is calm again after ${flaps.count} changes in ${durationText(flaps.lastAt - flaps.since)}.`
            : `${nameOf(key, registry)} still changes its state: ${flaps.count} times in ${durationText(now - flaps.since)}.`,
          assets: [key],
          facts: { since: flaps.since, changes: flaps.count, phase: calm ? 'calm' : 'continues' },
          evidence: [before.newest],
          count: Math.max(1, flaps.count - flaps.reportedCount),
          continues: true,
        },
      ],
    };
  },

  active: ({ flapping: running }) => running !== undefined,

  samples: [
    {
      name: 'a loose contact: one detection when it begins and one when it is over',
      configuration: { maxChanges: 3, windowMs: 10_000, calmMs: 5_000 },
      observations: [
        { kind: 'door.opened', asset: 'door-back', observedAt: 0 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 1_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 2_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 3_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 4_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 5_000 },
      ],
      until: 60_000,
      expect: [
        { at: 3_000, severity: 'medium', asset: 'door-back' },
        { at: 10_000, severity: 'info', asset: 'door-back' },
      ],
    },
    {
      name: 'as many changes over a longer time',
      configuration: { maxChanges: 3, windowMs: 10_000, calmMs: 5_000 },
      observations: [
        { kind: 'door.opened', asset: 'door-back', observedAt: 0 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 5_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 10_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 15_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 20_000 },
      ],
      until: 60_000,
      expect: [],
    },
  ],
};
