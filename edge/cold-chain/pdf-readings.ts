/** The table of readings: a day's quarters of an hour, or a month's days. */
import { DAY_MS, wallDay } from '../panel/zone-time.ts';
import { durationText } from '../rules/wording.ts';
import { type Column, type PdfFlow, soft, type TableRow, warning } from './pdf-flow.ts';
import { localText } from './period.ts';
import type { ColdChainRecord, Interval } from './record.ts';
import { celsiusOrDash, intervalText } from './wording.ts';

export function readingsTable(flow: PdfFlow, record: ColdChainRecord): void {
  const isDay = record.period.kind === 'day';
  flow.heading(isDay ? `Readings, every ${durationText(record.intervalMs)}` : 'Readings, day by day');
  const { timeZone } = record.site;
  const rows = isDay ? record.intervals : daysOf(record);
  const columns: Column[] = [
    { title: isDay ? 'From' : 'Day', part: 15 },
    { title: 'Lowest °C', part: 12, align: 'right' },
    { title: 'Mean °C', part: 12, align: 'right' },
    { title: 'Highest °C', part: 12, align: 'right' },
    { title: 'Readings', part: 12, align: 'right' },
    { title: '', part: 37 },
  ];
  flow.table(
    columns,
    rows.map(
      (interval): TableRow => ({
        cells: [
          isDay
            ? localText(timeZone, interval.from).slice(11, 16)
            : localText(timeZone, interval.from).slice(0, 10),
          celsiusOrDash(interval.minCelsius),
          interval.meanCelsius === undefined ? '—' : interval.meanCelsius.toFixed(2),
          celsiusOrDash(interval.maxCelsius),
          String(interval.readings),
          intervalText(interval),
        ],
        ...((interval.outOfBandMs > 0 || interval.gapMs > 0) && { colour: warning }),
      }),
    ),
    { size: 7, padding: 2 },
  );
  flow.paragraph(
    `Lowest and highest are single readings; the mean is over time. ${isDay ? '' : 'The CSV has every hour. '}A mean is of the time that readings cover.`,
    { size: 7, colour: soft },
  );
}

/** A month's intervals, put together to days. */
function daysOf({ intervals, site }: ColdChainRecord): Interval[] {
  const days = Map.groupBy(intervals, ({ from }) => Math.floor(wallDay(site.timeZone, from) / DAY_MS));
  return [...days.values()].flatMap((own) => {
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const sum = (of: (interval: Interval) => number) =>
      own.reduce((total, interval) => total + of(interval), 0);
    const measured = own.flatMap(({ minCelsius, meanCelsius, maxCelsius, from, to, gapMs }) =>
      minCelsius === undefined || meanCelsius === undefined || maxCelsius === undefined
        ? []
        : [{ minCelsius, meanCelsius, maxCelsius, weight: Math.max(1, to - from - gapMs) }],
    );
    const weight = measured.reduce((total, one) => total + one.weight, 0);
    return [
      {
        from: first.from,
        to: last.to,
        readings: sum((one) => one.readings),
        gapMs: sum((one) => one.gapMs),
        outOfBandMs: sum((one) => one.outOfBandMs),
        ...(measured.length > 0 && {
          minCelsius: Math.min(...measured.map((one) => one.minCelsius)),
          meanCelsius: measured.reduce((total, one) => total + one.meanCelsius * one.weight, 0) / weight,
          maxCelsius: Math.max(...measured.map((one) => one.maxCelsius)),
        }),
      },
    ];
  });
}
