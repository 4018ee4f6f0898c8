/** Who is told of an incident, and who next when nobody takes it. */
import { z } from 'zod';
import { severity, severityRank } from '../../devices/model/detection.ts';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { role } from '../api/rights.ts';

export const MAX_CHAINS = 100;
const MAX_STEPS = 10;
const MAX_TARGETS = 32;

export const target = z.discriminatedUnion('kind', [
  /** Whoever is on duty; all operators where nobody is. */
  z.strictObject({ kind: z.literal('on-duty') }),
  z.strictObject({ kind: z.literal('role'), role }),
  z.strictObject({ kind: z.literal('person'), account: z.string().min(1).max(64) }),
  /** One of the configuration. */
  z.strictObject({ kind: z.literal('webhook'), name: identifier }),
]);
export type Target = z.infer<typeof target>;

export const chainStep = z.strictObject({
  /** After the incident was first told, while nobody has acknowledged it. */
  afterMs: durationMs.max(24 * 3_600_000),
  to: z.array(target).min(1).max(MAX_TARGETS),
});

export const chain = z.strictObject({
  id: identifier,
  title: plainText.min(1).max(100),
  /** Sites that it is for; all where none is named. */
  sites: z.array(identifier).max(1_000).default([]),
  from: severity,
  steps: z
    .array(chainStep)
    .min(1)
    .max(MAX_STEPS)
    .refine(
      (steps) => steps.every((one, index) => index === 0 || one.afterMs > (steps[index - 1]?.afterMs ?? 0)),
      'each step must come after the one before it',
    ),
  /** The last step again, so often, with the time between the last two steps in between. */
  repeats: z.number().int().min(0).max(20).default(0),
});
export type Chain = z.infer<typeof chain>;

/** Nobody has to set anything up before somebody is told. */
export const DEFAULT_CHAIN: Chain = {
  id: 'default',
  title: 'Everybody, unless another applies',
  sites: [],
  from: 'medium',
  steps: [
    { afterMs: 0, to: [{ kind: 'on-duty' }] },
    { afterMs: 5 * 60_000, to: [{ kind: 'role', role: 'supervisor' }] },
    { afterMs: 15 * 60_000, to: [{ kind: 'role', role: 'administrator' }] },
  ],
  repeats: 0,
};

/**
 * The chain of an incident: one that names a site of it goes before one for all sites, among those the one that begins
 * at the graver severity, then by id. Undefined: it is not grave enough for any.
 */
export function chainFor(
  incident: { severity: Chain['from']; sites: readonly string[] },
  chains: readonly Chain[],
): Chain | undefined {
  const fits = chains.filter(
    ({ sites, from }) =>
      severityRank(incident.severity) >= severityRank(from) &&
      (sites.length === 0 || sites.some((site) => incident.sites.includes(site))),
  );
  return fits.sort(
    (a, b) =>
      Number(b.sites.length > 0) - Number(a.sites.length > 0) ||
      severityRank(b.from) - severityRank(a.from) ||
      (a.id < b.id ? -1 : 1),
  )[0];
}

/** When the steps of a chain are due, ms after the first telling, repetitions included. */
export function dueSteps({ steps, repeats }: Chain): { afterMs: number; to: readonly Target[] }[] {
  const last = steps.at(-1);
  if (last === undefined) return [];
  const pauseMs = last.afterMs - (steps.at(-2)?.afterMs ?? 0);
  const again = Array.from({ length: pauseMs > 0 ? repeats : 0 }, (_, index) => ({
    afterMs: last.afterMs + (index + 1) * pauseMs,
    to: last.to,
  }));
  return [...steps, ...again];
}
