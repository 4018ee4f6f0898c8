/**
 * The record as CSV (RFC 4180: CRLF, quotes doubled, the same number of fields in every line), times in UTC and as the
 * site's clocks show them, units in the names of the columns. It is the record's canonical form: what is signed.
 */
import { durationText } from '../rules/wording.ts';
import { localText, offsetText, utcText } from './period.ts';
import type { ColdChainRecord } from './record.ts';
import {
  bandText,
  causes,
  decisionText,
  degrees,
  intervalText,
  isExcursion,
  stageText,
  termsText,
} from './wording.ts';

export const columns = [
  'section',
  'from_utc',
  'from_local',
  'to_utc',
  'to_local',
  'duration_s',
  'min_celsius',
  'mean_celsius',
  'max_celsius',
  'mean_kinetic_celsius',
  'readings',
  'what',
  'detail',
  'person',
] as const;
type Row = Partial<Record<(typeof columns)[number], string | number>>;

/** A spreadsheet must not take a person's words for a formula. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function recordCsv(record: ColdChainRecord): string {
  const { site, fridge, period, terms } = record;
  const { timeZone } = site;
  const local = (at: number) => `${localText(timeZone, at)} ${offsetText(timeZone, at)}`;
  const span = (from: number, to?: number): Row => ({
    from_utc: utcText(from),
    from_local: local(from),
    ...(to !== undefined && {
      to_utc: utcText(to),
      to_local: local(to),
      duration_s: Math.round((to - from) / 1_000),
    }),
  });
  const value = (celsius: number | undefined) =>
    celsius === undefined ? undefined : Number(celsius.toFixed(3));
  const about = (what: string, detail: string | number): Row => ({ section: 'record', what, detail });
  const { whole } = record;
  const rows: Row[] = [
    about('gateway', record.gateway),
    about('site', `${site.name} (${site.id})`),
    about('fridge', `${fridge.name} (${fridge.id})`),
    ...(fridge.zone === undefined ? [] : [about('room', fridge.zone)]),
    about('period', `${period.kind} ${period.name}`),
    about('time zone', timeZone),
    { section: 'record', what: 'covers', ...span(period.from, record.until) },
    { section: 'record', what: 'as of', ...span(record.asOf) },
    about('band', bandText(terms)),
    about('judged by', termsText(terms)),
    about('calibration', record.calibration.text),
    ...record.probes.map(({ probe, offsets }) =>
      about(
        'probe',
        `${probe}; correction in its readings: ${offsets.map((offset) => `${offset} °C`).join(', ')}`,
      ),
    ),
    ...(record.damagedLines === 0
      ? []
      : [about('stored lines that were altered or damaged and are left out', record.damagedLines)]),
    ...record.changes.map((change) => ({
      section: 'terms changed',
      ...span(change.at),
      detail: termsText(change.terms),
    })),
    {
      section: 'summary',
      ...span(whole.from, whole.to),
      min_celsius: value(whole.minCelsius),
      mean_celsius: value(whole.meanCelsius),
      max_celsius: value(whole.maxCelsius),
      readings: whole.readings,
      detail: `out of band for ${durationText(whole.outOfBandMs)}; without readings for ${durationText(whole.gapMs)}; excursions: ${record.excursions.filter(isExcursion).length}`,
    } as Row,
    ...record.excursions.flatMap((one): Row[] => [
      {
        section: isExcursion(one) ? 'excursion' : 'out of band',
        ...span(one.startedAt, one.recoveredAt),
        ...(one.side === 'above'
          ? { max_celsius: value(one.peakCelsius) ?? '' }
          : { min_celsius: value(one.peakCelsius) ?? '' }),
        ...(isExcursion(one) && one.meanKineticCelsius !== undefined
          ? { mean_kinetic_celsius: Number(one.meanKineticCelsius.toFixed(2)) }
          : {}),
        readings: one.readings,
        what: stageText[one.stage],
        detail: [
          `${one.side} the band, ${degrees(one.peakCelsius)} °C at ${local(one.peakAt)}`,
          one.recoveredAt === undefined ? 'not recovered' : 'recovered',
          ...(one.gapMs > 0 ? [`without readings for ${durationText(one.gapMs)} of it`] : []),
          ...causes(one, record),
        ].join('; '),
      },
    ]),
    ...record.goods.flatMap((one): Row[] => [
      {
        section: 'quarantine',
        ...span(one.quarantinedAt),
        what: one.decisions.length === 0 ? 'awaits a decision' : 'decided',
        detail: `goods set apart for the excursion that began ${local(one.startedAt)}`,
      },
      ...one.decisions.map((decided) => ({
        section: 'decision',
        ...span(decided.at),
        what: decided.decision,
        detail: `${decisionText(decided)} [${decided.record}]`,
        person: decided.identity === undefined ? decided.by : `${decided.by} (${decided.identity})`,
      })),
    ]),
    ...record.gaps.map((gap) => ({ section: 'gap', ...span(gap.from, gap.to), what: 'no readings' })),
    ...record.doors.map(({ from, to }) => ({
      section: 'door',
      ...span(from, to),
      what: to === undefined ? 'open, not closed' : 'open',
    })),
    ...record.power.map(({ from, to, asset }) => ({
      section: 'power',
      ...span(from, to),
      what: to === undefined ? 'mains lost, not back' : 'mains lost',
      detail: asset,
    })),
    ...record.intervals.map(
      (interval): Row => ({
        section: 'interval',
        ...span(interval.from, interval.to),
        min_celsius: value(interval.minCelsius) ?? '',
        mean_celsius: value(interval.meanCelsius) ?? '',
        max_celsius: value(interval.maxCelsius) ?? '',
        readings: interval.readings,
        what: intervalText(interval),
      }),
    ),
  ];
  return [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The records of a CSV text as they stand there: a line feed within quotes belongs to its record. */
export function csvRecords(text: string): string[] {
  const records: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '"') isQuoted = !isQuoted;
    if (isQuoted || text[index] !== '\n') continue;
    records.push(text.slice(start, text[index - 1] === '\r' ? index - 1 : index));
    start = index + 1;
  }
  if (start < text.length) records.push(text.slice(start));
  return records;
}
