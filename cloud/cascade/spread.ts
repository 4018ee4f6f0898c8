/** Durations as people write them, and how far they spread. */
import { z } from 'zod';

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Nothing here looks further ahead; times fit 32 bits then. */
export const MAX_DURATION_MS = 31 * 86_400_000;

/** `90 s`, `30 min`, `1.5 h`, `2 d` in milliseconds; undefined where it is none of these. */
export function durationFromText(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|min|h|d)$/.exec(text.trim());
  const unit = unitsMs[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** A duration with its unit, in milliseconds afterwards. */
export const duration = z.string().transform((text, context) => {
  const ms = durationFromText(text);
  if (ms !== undefined && ms <= MAX_DURATION_MS) return ms;
  context.addIssue({
    code: 'custom',
    message:
      ms === undefined
        ? 'expected a number and a unit: 90 s, 30 min, 1.5 h, 2 d'
        : `at most ${MAX_DURATION_MS / 86_400_000} d`,
  });
  return z.NEVER;
});

/** How long something takes, in milliseconds. */
export type Spread =
  | { kind: 'fixed'; ms: number }
  | { kind: 'uniform'; fromMs: number; toMs: number }
  | { kind: 'triangular'; fromMs: number; likelyMs: number; toMs: number }
  | { kind: 'exponential'; meanMs: number }
  | { kind: 'lognormal'; medianMs: number; p90Ms: number };

const EXPECTED = 'expected 30 min, {from, to}, {from, likely, to}, {mean} or {median, p90}';

/** `5 min`, `{from, to}` (all equally likely), `{from, likely, to}`, `{mean}` (exponential), `{median, p90}` (log-normal). */
export const spread = z.union(
  [
    duration.transform((ms): Spread => ({ kind: 'fixed', ms })),
    z
      .strictObject({ from: duration, to: duration })
      .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be less than from' })
      .transform(({ from, to }): Spread => ({ kind: 'uniform', fromMs: from, toMs: to })),
    z
      .strictObject({ from: duration, likely: duration, to: duration })
      .refine(({ from, likely, to }) => from <= likely && likely <= to, 'from, likely, to must rise')
      .transform(
        ({ from, likely, to }): Spread => ({
          kind: 'triangular',
          fromMs: from,
          likelyMs: likely,
          toMs: to,
        }),
      ),
    z
      .strictObject({ mean: duration })
      .transform(({ mean }): Spread => ({ kind: 'exponential', meanMs: mean })),
    z
      .strictObject({ median: duration, p90: duration })
      .refine(({ median, p90 }) => median > 0 && median <= p90, 'median must be above 0 and not above p90')
      .transform(({ median, p90 }): Spread => ({ kind: 'lognormal', medianMs: median, p90Ms: p90 })),
  ],
  { error: EXPECTED },
);

export const NO_TIME: Spread = { kind: 'fixed', ms: 0 };

/** Standard normal quantile of 0.9. */
const Z90 = 1.281551565545;

/**
 * The quantile of a spread: rises with `u` (above 0, below 1), so that the same number stands for the same luck
 * before and after a change. Milliseconds.
 */
export function quantile(of: Spread, u: number): number {
  switch (of.kind) {
    case 'fixed':
      return of.ms;
    case 'uniform':
      return of.fromMs + u * (of.toMs - of.fromMs);
    case 'triangular': {
      const { fromMs, likelyMs, toMs } = of;
      const width = toMs - fromMs;
      if (width === 0) return fromMs;
      const turn = (likelyMs - fromMs) / width;
      return u < turn
        ? fromMs + Math.sqrt(u * width * (likelyMs - fromMs))
        : toMs - Math.sqrt((1 - u) * width * (toMs - likelyMs));
    }
    case 'exponential':
      return -Math.log(1 - u) * of.meanMs;
    case 'lognormal': {
      const sigma = Math.log(of.p90Ms / of.medianMs) / Z90;
      return of.medianMs * Math.exp(sigma * normalQuantile(u));
    }
  }
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23: off by less than 0.00045. */
function normalQuantile(u: number): number {
  const tail = Math.min(u, 1 - u);
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  const distance = t - above / below;
  return u < 0.5 ? -distance : distance;
}

/** `at once`, `45 s`, `30 min`, `1.5 h`, `2 d`: as a person would say it. */
export function durationText(ms: number): string {
  const round = (value: number) => String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  if (ms < 1_000) return ms < 1 ? 'at once' : `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${round(ms / 3_600_000)} h`;
  return `${round(ms / 86_400_000)} d`;
}
