import { z } from 'zod';
import { durationMs, identifier } from '../../devices/model/identifiers.ts';
import type { ArmingMode } from '../api/contract.ts';
import { actor } from './outcome.ts';
import { armingMode, armingSchedule } from './schedule.ts';

/** Points of one panel, in each of its lists. */
const MAX_POINTS = 500;
const points = z.array(identifier).max(MAX_POINTS).default([]);

const lists = ['entryDoors', 'perimeter', 'interior', 'always'] as const;

/** The `panel` part of a gateway's configuration: what is watched in which mode, and the delays. */
export const armingConfiguration = z
  .strictObject({
    /** The asset that arming is reported of. */
    asset: identifier,
    /** Doors through which people come in to disarm: away and night, with the entry delay. */
    entryDoors: points,
    /** Doors and windows that nobody comes in by: away and night, at once. */
    perimeter: points,
    /** Motion sensors and inner doors: away only; silent while the entry delay runs. */
    interior: points,
    /** Watched in every mode and never left out: a safe, an emergency exit. */
    always: points,
    sirens: z.array(identifier).max(32).default([]),
    /** Sound while the entry delay runs. */
    buzzers: z.array(identifier).max(32).default([]),
    exitDelayMs: durationMs.max(600_000).default(45_000),
    entryDelayMs: durationMs.max(600_000).default(30_000),
    /** A siren is silent again after this, whether or not somebody comes. */
    sirenMs: durationMs.min(1_000).max(1_800_000).default(180_000),
    /** When the schedule could not arm, it tries again this often. */
    retryMs: durationMs.min(10_000).default(300_000),
    retries: z.number().int().min(0).max(100).default(6),
    /** Begins with this schedule, until somebody changes it at the site. */
    schedule: armingSchedule.default({ entries: [] }),
  })
  .superRefine((configuration, context) => {
    const seen = new Map<string, string>();
    for (const list of lists) {
      configuration[list].forEach((asset, index) => {
        const other = seen.get(asset);
        if (other !== undefined)
          context.addIssue({
            code: 'custom',
            path: [list, index],
            message: `"${asset}" is already in ${other}`,
          });
        seen.set(asset, list);
      });
    }
  });
export type ArmingConfiguration = z.infer<typeof armingConfiguration>;

/** What is known of one watched asset. */
const point = z.object({
  contact: z.enum(['open', 'closed']).optional(),
  tamper: z.boolean().optional(),
  offline: z.boolean().optional(),
});
export type Point = z.infer<typeof point>;

/** Observations that an alarm rests on, at most. */
export const MAX_ALARM_EVIDENCE = 32;

export const armingState = z.object({
  mode: armingMode,
  phase: z.enum(['settled', 'exit-delay', 'entry-delay', 'triggered']),
  /** End of the delay under way. */
  until: z.number().optional(),
  since: z.number(),
  by: actor,
  bypassed: z.array(z.object({ asset: z.string(), by: z.string() })),
  points: z.record(z.string(), point),
  /** When the sirens will be silenced. */
  sirenUntil: z.number().optional(),
  /** Somebody came in by an entry door, or the alarm was set off. */
  alarm: z
    .object({
      assets: z.array(z.string()),
      evidence: z.array(z.string()),
      /** The newest detection. */
      detection: z.string().optional(),
    })
    .optional(),
  schedule: armingSchedule,
  /** Changes of the schedule up to here have been carried out. */
  scheduledUntil: z.number(),
  retry: z
    .object({ mode: armingMode, at: z.number(), left: z.number(), detection: z.string().optional() })
    .optional(),
});
export type ArmingState = z.infer<typeof armingState>;

const gatewayItself = { name: 'gateway', from: 'site' } as const;

/** A panel on its first day: disarmed, nothing known of any door. */
export const initialArming = (configuration: ArmingConfiguration, now: number): ArmingState => ({
  mode: 'disarmed',
  phase: 'settled',
  since: now,
  by: gatewayItself,
  bypassed: [],
  points: {},
  schedule: configuration.schedule,
  scheduledUntil: now,
});

/** The mode that protects at this moment: while the exit delay runs, none does yet. For the rules' context. */
export const modeInForce = ({ mode, phase }: Pick<ArmingState, 'mode' | 'phase'>): ArmingMode =>
  phase === 'exit-delay' ? 'disarmed' : mode;

export type PointRole = 'entry' | 'perimeter' | 'interior' | 'always';

/** How an asset is watched by this panel; undefined: not at all. */
export function roleOf(asset: string, configuration: ArmingConfiguration): PointRole | undefined {
  if (configuration.entryDoors.includes(asset)) return 'entry';
  if (configuration.perimeter.includes(asset)) return 'perimeter';
  if (configuration.interior.includes(asset)) return 'interior';
  return configuration.always.includes(asset) ? 'always' : undefined;
}

/** Whether a role is watched in a mode. */
export const isWatched = (role: PointRole, mode: ArmingMode): boolean =>
  role === 'always' || mode === 'away' || (mode === 'night' && role !== 'interior');
