/** What reports are made from: the store and the telemetry, read with bounds that are said where they are reached. */
import type { Asset } from '../../devices/model/asset.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { PictureSite, SituationalPicture } from '../api/contract.ts';
import type { PolicyState } from '../policy/policies.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { localText } from './calendar.ts';
import type { ReportPeriod } from './report.ts';

/** Observations of one asset, or of one question, that a report reads: a month of one reading a minute. */
export const MAX_READ = 50_000;

/** How the house itself does: what the compliance report takes as evidence beside the policies. */
export interface HouseHealth {
  auditTrail: { enabled: boolean; size: number; problem?: string };
  monitors: { id: string; title: string; enabled: boolean }[];
  feeds: { name: string; problem?: string }[];
  /** Duties to notify: those that are over their time, and all. */
  duties: { overdue: number; cases: number };
}

export interface ReportParts {
  store: Store;
  registry: Registry;
  telemetry: Telemetry;
  clock: Clock;
  organisation: string;
  policies(): PolicyState[];
  sources(): SituationalPicture['sources'];
  gateway(site: string): PictureSite['gateway'];
  health(): HouseHealth;
  /** It was brought by an exercise: statistics leave it out. */
  isExercise?(incident: Incident): boolean;
}

/** What one report is asked for. */
export interface ReportScope {
  period: ReportPeriod;
  sites: readonly string[];
  /** Names of people are left in: without it they are numbered. */
  withPersons: boolean;
}

/** Oldest first; `cut` where there were more than the bound. */
export function observationsIn(
  { store }: Pick<ReportParts, 'store'>,
  kinds: readonly ObservationKind[],
  { period, sites }: ReportScope,
  asset?: string,
): { items: Observation[]; cut: boolean } {
  const found = store.observations({
    kinds,
    ...(asset === undefined ? {} : { asset }),
    from: period.from,
    // The store's bounds are inclusive.
    to: period.to - 1,
    limit: MAX_READ,
  });
  const wanted = new Set(sites);
  return {
    items: found
      .filter(({ site }) => wanted.has(site))
      .sort((a, b) => a.observedAt - b.observedAt || (a.id < b.id ? -1 : 1)),
    cut: found.length >= MAX_READ,
  };
}

export const assetsOn = ({ registry }: Pick<ReportParts, 'registry'>, sites: readonly string[]): Asset[] =>
  sites.flatMap((site) => [...registry.assetsOf(site)]);

export const siteName = ({ registry }: Pick<ReportParts, 'registry'>, id: string): string =>
  registry.site(id)?.name ?? id;

export const at = (moment: number, { period }: Pick<ReportScope, 'period'>): string =>
  localText(moment, period.timeZone);

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`;

/** The middle one; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** The value that so many of a hundred do not exceed (nearest rank); undefined of none. */
export function percentile(values: readonly number[], rank: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)];
}
