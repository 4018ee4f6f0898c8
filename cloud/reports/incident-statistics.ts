/** Incident statistics: how many, of which kind, how fast people were, how often it was nothing. */
import { severities, severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { themeOf } from '../correlation/theme.ts';
import type { Handling } from '../store/store.ts';
import { durationText, localText, periodAround } from './calendar.ts';
import {
  at,
  median,
  percent,
  percentile,
  type ReportParts,
  type ReportScope,
  siteName,
} from './evidence-reader.ts';
import { type Cell, type ReportTone, type Section, tableOf } from './report.ts';

/** Incidents of one report; the most urgent are kept. */
export const MAX_INCIDENTS = 20_000;
const PAGE = 1_000;

export interface CountedIncident {
  incident: Incident;
  handling: Handling;
  sites: string[];
  theme: string;
  acknowledgedMs: number | undefined;
  containedMs: number | undefined;
}

/** Incidents that began in the period at one of the sites. */
export function incidentsIn(
  parts: Pick<ReportParts, 'store' | 'registry' | 'isExercise'>,
  { period, sites }: ReportScope,
): CountedIncident[] {
  const { store, registry } = parts;
  const wanted = new Set(sites);
  const found: CountedIncident[] = [];
  for (let offset = 0; offset < MAX_INCIDENTS; offset += PAGE) {
    const page = store.incidents({ lastFrom: period.from, offset, limit: PAGE });
    for (const { incident, handling } of page) {
      if (incident.first < period.from || incident.first >= period.to) continue;
      if (parts.isExercise?.(incident) === true) continue;
      const touched = [...new Set(incident.assets.flatMap((id) => registry.asset(id)?.site ?? []))];
      // What touches no known site is counted with those who see all sites only.
      const own = touched.filter((site) => wanted.has(site));
      if (own.length === 0) continue;
      found.push({ incident, handling, sites: own, ...measured(parts, incident, handling) });
    }
    if (page.length < PAGE) break;
  }
  return found;
}

function measured({ store }: Pick<ReportParts, 'store'>, incident: Incident, handling: Handling) {
  const worst = incident.detections
    .slice(0, 64)
    .flatMap((id) => store.detection(id) ?? [])
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || a.at - b.at)[0];
  const contained = store
    .activities(incident.id)
    .find(({ action }) => action === 'contained' || action === 'resolved');
  return {
    theme: worst === undefined ? 'other' : themeOf(worst).name,
    acknowledgedMs:
      handling.acknowledgedAt === undefined ? undefined : handling.acknowledgedAt - handling.openedAt,
    containedMs: contained === undefined ? undefined : contained.at - handling.openedAt,
  };
}

const orDash = (ms: number | undefined): string => (ms === undefined ? '–' : durationText(ms));

export function incidentSections(parts: ReportParts, scope: ReportScope): Section[] {
  const all = incidentsIn(parts, scope);
  const { period } = scope;
  const acknowledged = all.flatMap((one) => one.acknowledgedMs ?? []);
  const contained = all.flatMap((one) => one.containedMs ?? []);
  const closed = all.filter(({ handling }) => ['resolved', 'false-alarm'].includes(handling.state));
  const isFalse = ({ handling }: CountedIncident) => handling.state === 'false-alarm';
  const groups = (name: string, title: string, keysOf: (one: CountedIncident) => string[]) => {
    const byKey = new Map<string, CountedIncident[]>();
    for (const one of all) for (const key of keysOf(one)) byKey.set(key, [...(byKey.get(key) ?? []), one]);
    const rows = [...byKey]
      .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
      .map(([key, own]): Cell[] => [
        key,
        own.length,
        orDash(median(own.flatMap((one) => one.acknowledgedMs ?? []))),
        orDash(median(own.flatMap((one) => one.containedMs ?? []))),
        own.filter(isFalse).length,
      ]);
    return tableOf(
      name,
      [
        { name, title, width: 2 },
        { name: 'incidents', title: 'Incidents', isNumber: true },
        { name: 'acknowledged_median', title: 'Acknowledged after (median)' },
        { name: 'contained_median', title: 'Contained after (median)' },
        { name: 'false_alarms', title: 'False alarms', isNumber: true },
      ],
      rows,
    );
  };
  const tones: Record<string, ReportTone> = { critical: 'critical', high: 'warning' };
  return [
    {
      heading: 'In short',
      blocks: [
        {
          type: 'figures',
          items: [
            { label: 'Incidents', value: `${all.length}` },
            {
              label: 'Acknowledged after',
              value: orDash(median(acknowledged)),
              note: `median; 9 of 10 within ${orDash(percentile(acknowledged, 90))}`,
            },
            {
              label: 'Contained after',
              value: orDash(median(contained)),
              note: `median; 9 of 10 within ${orDash(percentile(contained, 90))}`,
            },
            {
              label: 'False alarms',
              value: percent(closed.filter(isFalse).length, closed.length),
              note: `${closed.filter(isFalse).length} of ${closed.length} that are closed`,
            },
          ],
        },
        {
          type: 'bars',
          title: 'By severity',
          unit: 'incidents',
          bars: severities.toReversed().map((severity) => ({
            label: severity,
            value: all.filter(({ incident }) => incident.severity === severity).length,
            tone: tones[severity] ?? 'neutral',
          })),
        },
        { type: 'bars', title: 'How many began', unit: 'incidents', bars: trend(all, scope) },
      ],
    },
    {
      heading: 'By site',
      blocks: [groups('site', 'Site', ({ sites }) => sites.map((id) => siteName(parts, id)))],
    },
    {
      heading: 'By theme',
      blocks: [groups('theme', 'What it was about', ({ theme }) => [theme.replaceAll('-', ' ')])],
    },
    {
      heading: 'Incidents',
      blocks: [
        tableOf(
          'incident',
          [
            { name: 'first_local', title: 'Began', width: 1.2 },
            { name: 'title', title: 'What', width: 2.4 },
            { name: 'sites', title: 'Sites', width: 1.3 },
            { name: 'severity', title: 'Severity' },
            { name: 'state', title: 'State' },
            { name: 'acknowledged_s', title: 'Ack., s', isNumber: true },
            { name: 'contained_s', title: 'Contained, s', isNumber: true },
            { name: 'id', title: 'Number', width: 1.2 },
          ],
          all
            .toSorted(
              (a, b) => a.incident.first - b.incident.first || (a.incident.id < b.incident.id ? -1 : 1),
            )
            .map(({ incident, handling, sites, acknowledgedMs, containedMs }) => [
              at(incident.first, { period }),
              incident.title,
              sites.map((id) => siteName(parts, id)).join(', '),
              incident.severity,
              handling.state,
              acknowledgedMs === undefined ? null : Math.round(acknowledgedMs / 1_000),
              containedMs === undefined ? null : Math.round(containedMs / 1_000),
              incident.id.slice(0, 12),
            ]),
        ),
      ],
    },
  ];
}

/** By hour of a day, by day of a month, by month beyond. */
function trend(all: readonly CountedIncident[], { period }: ReportScope): { label: string; value: number }[] {
  const { from, to, timeZone } = period;
  const steps: { from: number; to: number; label: string }[] = [];
  const spanMs = to - from;
  const day = 86_400_000;
  for (let start = from; start < to && steps.length < 400; ) {
    const end =
      spanMs <= 2 * day
        ? start + 4 * 3_600_000
        : periodAround(spanMs <= 62 * day ? 'day' : 'month', start, timeZone).to;
    const text = localText(start, timeZone);
    steps.push({
      from: start,
      to: Math.min(end, to),
      label: spanMs <= 2 * day ? text.slice(11) : spanMs <= 62 * day ? text.slice(5, 10) : text.slice(0, 7),
    });
    start = end;
  }
  return steps.map((step) => ({
    label: step.label,
    value: all.filter(({ incident }) => incident.first >= step.from && incident.first < step.to).length,
  }));
}
