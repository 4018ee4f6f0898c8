/** The record in print: what an inspector reads, compares and files. Made from the record and its seal alone. */
import { durationText } from '../rules/wording.ts';
import { drawChart } from './pdf-chart.ts';
import { black, PAGE, pdfBytes } from './pdf-document.ts';
import {
  type Column,
  MARGIN,
  type Pair,
  PdfFlow,
  ruled,
  soft,
  type TableRow,
  WIDTH,
  warning,
} from './pdf-flow.ts';
import { readingsTable } from './pdf-readings.ts';
import { signatures } from './pdf-signatures.ts';
import { localText, offsetText } from './period.ts';
import type { ColdChainRecord, RecordedExcursion } from './record.ts';
import type { Seal } from './seal.ts';
import {
  bandText,
  causes,
  celsiusOrDash,
  decisionText,
  degrees,
  isExcursion,
  lengthOf,
  stageText,
  termsText,
} from './wording.ts';

const CHART_HEIGHT = 235;
/** Doors and power failures in print; the CSV has all. */
const MAX_LISTED = 60;

export function recordPdf(record: ColdChainRecord, seal: Seal): Uint8Array {
  const flow = new PdfFlow();
  const { fridge, period, site } = record;
  const title = `Temperature record of ${fridge.name}, ${period.name}`;
  summary(flow, record);
  flow.need(CHART_HEIGHT + 10);
  drawChart(flow.page, { x: MARGIN, y: flow.y - CHART_HEIGHT, width: WIDTH, height: CHART_HEIGHT }, record);
  flow.y -= CHART_HEIGHT + 4;
  excursions(flow, record);
  decisions(flow, record);
  gaps(flow, record);
  surroundings(flow, record);
  readingsTable(flow, record);
  signatures(flow, record, seal);
  flow.pages.forEach((page, index) => {
    const head = PAGE.height - 40;
    page.text('Temperature record', { x: MARGIN, y: head }, { font: 'bold', size: 15 });
    page.text(
      `${fridge.name} · ${period.name}`,
      { x: MARGIN + WIDTH, y: head + 4 },
      { font: 'bold', size: 10, align: 'right' },
    );
    page.text(site.name, { x: MARGIN + WIDTH, y: head - 8 }, { size: 8.5, colour: soft, align: 'right' });
    page.line({ x: MARGIN, y: head - 14 }, { x: MARGIN + WIDTH, y: head - 14 }, { width: 0.8 });
    page.line({ x: MARGIN, y: 40 }, { x: MARGIN + WIDTH, y: 40 }, { colour: ruled });
    page.text(
      `SHA-256 of the data: ${seal.statement.csvSha256}`,
      { x: MARGIN, y: 30 },
      { size: 6.5, colour: soft },
    );
    page.text(
      `Page ${index + 1} of ${flow.pages.length}`,
      { x: MARGIN + WIDTH, y: 30 },
      { size: 8, colour: soft, align: 'right' },
    );
  });
  return pdfBytes(flow.pages, {
    title,
    author: `${site.name}, gateway ${record.gateway}`,
    subject: `${period.kind === 'day' ? 'Day' : 'Month'} ${period.name}, as of ${seal.statement.asOf}`,
    createdAt: record.asOf,
  });
}

function summary(flow: PdfFlow, record: ColdChainRecord): void {
  const { whole, terms, site, fridge, period, calibration } = record;
  const local = (at: number) => localText(site.timeZone, at).slice(0, 16);
  const found = record.excursions.filter(isExcursion);
  const open = record.goods.filter(({ decisions: made }) => made.length === 0);
  const verdict =
    found.length === 0
      ? 'No excursion.'
      : `${found.length} ${found.length === 1 ? 'excursion' : 'excursions'}${open.length > 0 ? `, ${open.length} without a decision` : ''}.`;
  const isGood = found.length === 0 && whole.gapMs === 0 && calibration.state !== 'overdue';
  flow.y -= 4;
  flow.paragraph(
    [
      verdict,
      whole.readings === 0 ? 'There are NO readings.' : '',
      whole.gapMs > 0 ? `No readings for ${durationText(whole.gapMs)}: nothing is known of that time.` : '',
      calibration.state === 'overdue' ? 'The probe’s calibration is OVERDUE.' : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
    { font: 'bold', size: 10.5, colour: isGood ? black : warning },
  );
  flow.y -= 4;
  flow.pairs([
    ['Site', `${site.name} (${site.id})`],
    ['Fridge', `${fridge.name} (${fridge.id})${fridge.zone === undefined ? '' : `, ${fridge.zone}`}`],
    [
      'Period',
      `${local(period.from)} to ${local(record.until)}${record.until < period.to ? ' (not over yet)' : ''}`,
    ],
    ['Time zone', `${site.timeZone}, ${offsets(record)}`],
    ['Permitted', bandText(terms)],
    [
      'Measured',
      whole.readings === 0
        ? 'nothing'
        : `${celsiusOrDash(whole.minCelsius)} to ${celsiusOrDash(whole.maxCelsius)} °C, mean ${celsiusOrDash(whole.meanCelsius)} °C`,
    ],
    ['Readings', `${whole.readings}`],
    ['Out of band', whole.outOfBandMs === 0 ? 'never' : durationText(whole.outOfBandMs)],
    ['Probe', record.probes.map(({ probe }) => probe).join(', ') || 'none has reported'],
    ['Known as of', `${local(record.asOf)} ${offsetText(site.timeZone, record.asOf)}`],
    ['Without readings', whole.gapMs === 0 ? 'never' : durationText(whole.gapMs)],
  ]);
  const calibrated: Pair =
    calibration.state === 'overdue' || calibration.state === 'not-recorded'
      ? ['Calibration', calibration.text, warning]
      : ['Calibration', calibration.text];
  flow.pairs([calibrated], 1);
  flow.y -= 2;
  flow.paragraph(`Judged by: ${termsText(terms)}.`, { size: 7, colour: soft });
  for (const change of record.changes)
    flow.paragraph(`Changed ${local(change.at)}: ${termsText(change.terms)}.`, { size: 7, colour: soft });
  if (record.damagedLines > 0)
    flow.paragraph(
      `${record.damagedLines} stored ${record.damagedLines === 1 ? 'line was' : 'lines were'} altered or damaged on the gateway’s disk and left out of this record.`,
      { font: 'bold', colour: warning },
    );
  flow.y -= 8;
}

function offsets({ site, period }: ColdChainRecord): string {
  const [first, last] = [period.from, period.to - 1].map((at) => `UTC${offsetText(site.timeZone, at)}`);
  return first === last ? (first ?? '') : `${first}, then ${last}`;
}

/** `14:05` within a day's record, with the date where it is another one. */
function momentText(record: ColdChainRecord, at: number): string {
  const text = localText(record.site.timeZone, at);
  return record.period.kind === 'day' && text.startsWith(record.period.name)
    ? text.slice(11, 19)
    : text.slice(0, 16);
}

function excursions(flow: PdfFlow, record: ColdChainRecord): void {
  flow.heading('Time out of band');
  if (record.excursions.length === 0) {
    flow.paragraph('The temperature was never outside the permitted band.', { colour: soft });
    return;
  }
  const columns: Column[] = [
    { title: 'What', part: 12 },
    { title: 'Began', part: 13 },
    { title: 'Recovered', part: 13 },
    { title: 'Duration', part: 13 },
    { title: 'Peak', part: 15 },
    { title: 'MKT', part: 8 },
    { title: 'What the gateway saw', part: 30 },
  ];
  flow.table(
    columns,
    record.excursions.map((one): TableRow => {
      const isOne = isExcursion(one);
      return {
        ...(isOne && { colour: warning }),
        cells: [
          stageText[one.stage],
          momentText(record, one.startedAt),
          one.recoveredAt === undefined ? 'not yet' : momentText(record, one.recoveredAt),
          durationText((one.recoveredAt ?? record.asOf) - one.startedAt),
          `${degrees(one.peakCelsius)} °C ${one.side} at ${momentText(record, one.peakAt)}`,
          isOne && one.meanKineticCelsius !== undefined ? `${one.meanKineticCelsius.toFixed(2)} °C` : '—',
          seen(one, record),
        ],
      };
    }),
    { size: 7.5 },
  );
  if (record.excursions.some((one) => isExcursion(one) && one.meanKineticCelsius !== undefined))
    flow.paragraph(
      'MKT: mean kinetic temperature over the time of the excursion that readings cover (USP <1079.2>, activation energy 83.144 kJ/mol). It does not replace the assessment of the excursion.',
      { size: 7, colour: soft },
    );
}

const seen = (one: RecordedExcursion, record: ColdChainRecord): string =>
  [
    ...causes(one, record),
    ...(one.gapMs > 0 ? [`without readings for ${durationText(one.gapMs)}, counted as out of band`] : []),
  ].join('; ') || 'neither an open door nor a power failure';

function decisions(flow: PdfFlow, record: ColdChainRecord): void {
  if (record.goods.length === 0) return;
  flow.heading('Goods set apart, and what was decided');
  flow.table(
    [
      { title: 'Set apart', part: 17 },
      { title: 'Decided', part: 17 },
      { title: 'By', part: 20 },
      { title: 'Decision and reason', part: 46 },
    ],
    record.goods.flatMap((one): TableRow[] => {
      const apart = momentText(record, one.quarantinedAt);
      if (one.decisions.length === 0)
        return [
          {
            cells: [apart, 'not yet', '', 'The goods stay set apart until a responsible person decides.'],
            colour: warning,
          },
        ];
      return one.decisions.map((decided) => ({
        cells: [
          apart,
          momentText(record, decided.at),
          decided.identity === undefined ? decided.by : `${decided.by} (${decided.identity})`,
          decisionText(decided).replace(/^g/, 'G'),
        ],
      }));
    }),
    { size: 7.5 },
  );
}

function gaps(flow: PdfFlow, record: ColdChainRecord): void {
  if (record.gaps.length === 0) return;
  flow.heading('Gaps in the record');
  const shown = record.gaps.slice(0, MAX_LISTED);
  flow.table(
    [
      { title: 'From', part: 25 },
      { title: 'To', part: 25 },
      { title: 'Duration', part: 50 },
    ],
    shown.map(({ from, to }) => ({
      cells: [momentText(record, from), momentText(record, to), durationText(to - from)],
    })),
    { size: 7.5 },
  );
  more(flow, record.gaps.length - shown.length);
}

function surroundings(flow: PdfFlow, record: ColdChainRecord): void {
  flow.heading('Door and mains power');
  if (record.doors.length + record.power.length === 0) {
    flow.paragraph('No opening of the fridge’s door and no failure of mains power was reported.', {
      colour: soft,
    });
    return;
  }
  const openMs = record.doors.reduce(
    (sum, span) =>
      sum + Math.min(span.to ?? record.until, record.until) - Math.max(span.from, record.period.from),
    0,
  );
  const lostMs = record.power.reduce((sum, span) => sum + lengthOf(span, record.until), 0);
  flow.paragraph(
    `Door opened ${timesText(record.doors.length)}, open for ${durationText(openMs)} in all. Mains power lost ${timesText(record.power.length)}${record.power.length === 0 ? '' : `, for ${durationText(lostMs)} in all`}.`,
  );
  flow.y -= 3;
  const all = [
    ...record.power.map((span) => ({ ...span, what: `Mains power lost at ${span.asset}` })),
    ...record.doors
      .filter((span) => record.period.kind === 'day' || lengthOf(span, record.until) >= 120_000)
      .map((span) => ({ ...span, what: 'Door open' })),
  ].sort((a, b) => a.from - b.from);
  const shown = all.slice(0, MAX_LISTED);
  if (shown.length > 0)
    flow.table(
      [
        { title: 'What', part: 40 },
        { title: 'From', part: 20 },
        { title: 'To', part: 20 },
        { title: 'Duration', part: 20 },
      ],
      shown.map((span) => ({
        cells: [
          span.what,
          momentText(record, span.from),
          span.to === undefined ? 'not yet' : momentText(record, span.to),
          durationText(lengthOf(span, record.until)),
        ],
      })),
      { size: 7.5 },
    );
  if (record.period.kind === 'month')
    flow.paragraph('Door openings of less than two minutes are in the CSV.', { size: 7, colour: soft });
  more(flow, all.length - shown.length);
}

const timesText = (count: number): string =>
  count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;

const more = (flow: PdfFlow, count: number): void => {
  if (count > 0) flow.paragraph(`and ${count} more in the CSV`, { size: 7, colour: soft });
};
