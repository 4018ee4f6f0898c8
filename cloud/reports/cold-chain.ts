/** The cold-chain record of all fridges (EU GDP 2013/C 343/01, 3.2.1 and 9.2): readings, excursions, what became of the goods. */
import type { Asset } from '../../devices/model/asset.ts';
import { durationText } from './calendar.ts';
import {
  assetsOn,
  at,
  observationsIn,
  type ReportParts,
  type ReportScope,
  siteName,
} from './evidence-reader.ts';
import { type Cell, type Column, type Section, tableOf } from './report.ts';

/** Longer without a reading is a gap: nobody knows how warm it was. */
const GAP_MS = 30 * 60_000;
/** Curves of one report. */
const MAX_CURVES = 60;
const POINTS = 240;
/** Activation energy over the gas constant, K: 83.144 kJ/mol as the pharmacopoeias have it. */
const ACTIVATION_KELVIN = 10_000;
const KELVIN = 273.15;

export interface Reading {
  at: number;
  celsius: number;
}

export interface Excursion {
  from: number;
  /** First reading back in the band; undefined: not back when the period ended. */
  to: number | undefined;
  side: 'above' | 'below';
  peak: number;
  readings: number;
}

/** Runs of readings outside of the band. A change of side is another excursion. Pure. */
export function excursionsOf(
  readings: readonly Reading[],
  band: { minCelsius: number; maxCelsius: number },
): Excursion[] {
  const found: Excursion[] = [];
  let open: Excursion | undefined;
  for (const { at: moment, celsius } of readings) {
    const side = celsius > band.maxCelsius ? 'above' : celsius < band.minCelsius ? 'below' : undefined;
    if (open !== undefined && open.side !== side) {
      open.to = moment;
      open = undefined;
    }
    if (side === undefined) continue;
    if (open === undefined) {
      open = { from: moment, to: undefined, side, peak: celsius, readings: 0 };
      found.push(open);
    }
    open.readings++;
    open.peak = side === 'above' ? Math.max(open.peak, celsius) : Math.min(open.peak, celsius);
  }
  return found;
}

/** Mean kinetic temperature (USP 1079.2), °C; undefined of no reading. Pure. */
export function meanKinetic(readings: readonly Reading[]): number | undefined {
  if (readings.length === 0) return undefined;
  const sum = readings.reduce(
    (all, { celsius }) => all + Math.exp(-ACTIVATION_KELVIN / (celsius + KELVIN)),
    0,
  );
  return ACTIVATION_KELVIN / -Math.log(sum / readings.length) - KELVIN;
}

/** Stretches without a reading, the period's edges included. Pure. */
export function gapsOf(
  readings: readonly Reading[],
  from: number,
  to: number,
): { from: number; to: number }[] {
  const times = [from, ...readings.map((one) => one.at), to];
  return times.slice(1).flatMap((later, index) => {
    const before = times[index] ?? from;
    return later - before > GAP_MS ? [{ from: before, to: later }] : [];
  });
}

const columns: Column[] = [
  { name: 'site', title: 'Site', width: 1.4 },
  { name: 'fridge', title: 'Fridge', width: 1.5 },
  { name: 'band_celsius', title: 'Band °C' },
  { name: 'readings', title: 'Readings', isNumber: true },
  { name: 'min_celsius', title: 'Lowest °C', isNumber: true },
  { name: 'mean_celsius', title: 'Mean °C', isNumber: true },
  { name: 'max_celsius', title: 'Highest °C', isNumber: true },
  { name: 'mean_kinetic_celsius', title: 'Kinetic mean °C', isNumber: true },
  { name: 'excursions', title: 'Excursions', isNumber: true },
  { name: 'out_of_band_s', title: 'Outside, s', isNumber: true },
  { name: 'without_readings_s', title: 'No readings, s', isNumber: true },
  { name: 'calibration_due', title: 'Calibration due' },
];

const rounded = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toFixed(2));
const seconds = (ms: number): number => Math.round(ms / 1_000);

export async function coldChainSections(parts: ReportParts, scope: ReportScope): Promise<Section[]> {
  const { telemetry, clock } = parts;
  const { period, sites } = scope;
  const until = Math.min(period.to, Math.max(period.from, clock.now()));
  const fridges = assetsOn(parts, sites).filter((asset) => asset.band !== undefined);
  const rows: Cell[][] = [];
  const excursionRows: Cell[][] = [];
  const gapRows: Cell[][] = [];
  const curves: Section['blocks'] = [];
  let isCut = false;
  let outsideMs = 0;
  let readingsInAll = 0;
  for (const fridge of fridges) {
    const { band } = fridge;
    if (band === undefined) continue;
    const site = siteName(parts, fridge.site);
    const { items, cut } = observationsIn(parts, ['temperature.measured'], scope, fridge.id);
    isCut ||= cut;
    const readings = items.flatMap(({ observedAt, value }) =>
      value === undefined ? [] : [{ at: observedAt, celsius: value }],
    );
    const celsius = readings.map((one) => one.celsius);
    const excursions = excursionsOf(readings, band);
    const gaps = gapsOf(readings, period.from, until);
    const outside = excursions.reduce((sum, one) => sum + ((one.to ?? until) - one.from), 0);
    outsideMs += outside;
    readingsInAll += readings.length;
    rows.push([
      site,
      fridge.name,
      `${band.minCelsius} to ${band.maxCelsius}`,
      readings.length,
      rounded(celsius.length === 0 ? undefined : celsius.reduce((a, b) => Math.min(a, b))),
      rounded(celsius.length === 0 ? undefined : celsius.reduce((a, b) => a + b, 0) / celsius.length),
      rounded(celsius.length === 0 ? undefined : celsius.reduce((a, b) => Math.max(a, b))),
      fridge.coldChain?.frozen === true ? null : rounded(meanKinetic(readings)),
      excursions.length,
      seconds(outside),
      seconds(gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0)),
      fridge.coldChain?.calibration?.dueOn ?? null,
    ]);
    for (const one of excursions)
      excursionRows.push([
        site,
        fridge.name,
        at(one.from, scope),
        one.to === undefined ? null : at(one.to, scope),
        seconds((one.to ?? until) - one.from),
        one.side === 'above' ? 'too warm' : 'too cold',
        rounded(one.peak),
        one.readings,
      ]);
    for (const gap of gaps)
      gapRows.push([site, fridge.name, at(gap.from, scope), at(gap.to, scope), seconds(gap.to - gap.from)]);
    if (curves.length < MAX_CURVES && readings.length > 0)
      curves.push({
        type: 'line',
        title: `${fridge.name}, ${site}`,
        unit: '°C',
        timeZone: period.timeZone,
        from: period.from,
        to: period.to,
        points: await telemetry.series({
          asset: fridge.id,
          quantity: 'temperature',
          from: period.from,
          to: until,
          points: POINTS,
        }),
        band: { low: band.minCelsius, high: band.maxCelsius },
      });
  }
  const late = fridges.filter((one) => isCalibrationLate(one, until));
  return [
    {
      heading: 'In short',
      blocks: [
        {
          type: 'figures',
          items: [
            { label: 'Fridges', value: `${fridges.length}`, note: `${readingsInAll} readings` },
            {
              label: 'Excursions',
              value: `${excursionRows.length}`,
              tone: excursionRows.length === 0 ? 'good' : 'critical',
            },
            {
              label: 'Out of band',
              value: durationText(outsideMs),
              tone: outsideMs === 0 ? 'good' : 'critical',
              note: 'all fridges together',
            },
            {
              label: 'Calibration overdue',
              value: `${late.length}`,
              tone: late.length === 0 ? 'good' : 'warning',
            },
          ],
        },
        ...(isCut
          ? [
              {
                type: 'text' as const,
                text: 'There are more readings than this report takes in: the oldest are left out.',
              },
            ]
          : []),
      ],
    },
    { heading: 'Fridges', blocks: [tableOf('fridge', columns, rows)] },
    {
      heading: 'Excursions',
      blocks: [
        tableOf(
          'excursion',
          [
            { name: 'site', title: 'Site', width: 1.4 },
            { name: 'fridge', title: 'Fridge', width: 1.4 },
            { name: 'from_local', title: 'From', width: 1.3 },
            { name: 'to_local', title: 'Back in band', width: 1.3 },
            { name: 'duration_s', title: 'Seconds', isNumber: true },
            { name: 'side', title: 'Side' },
            { name: 'peak_celsius', title: 'Peak °C', isNumber: true },
            { name: 'readings', title: 'Readings', isNumber: true },
          ],
          excursionRows,
        ),
      ],
    },
    { heading: 'Times without readings', blocks: [tableOf('gap', gapColumns, gapRows)] },
    { heading: 'What became of the goods', blocks: [goodsTable(parts, scope)] },
    ...(curves.length === 0 ? [] : [{ heading: 'Curves', blocks: curves }]),
  ];
}

const gapColumns: Column[] = [
  { name: 'site', title: 'Site' },
  { name: 'fridge', title: 'Fridge' },
  { name: 'from_local', title: 'From' },
  { name: 'to_local', title: 'To' },
  { name: 'duration_s', title: 'Seconds', isNumber: true },
];

const isCalibrationLate = ({ coldChain }: Asset, now: number): boolean =>
  coldChain?.calibration !== undefined && Date.parse(coldChain.calibration.dueOn) < now;

function goodsTable(parts: ReportParts, scope: ReportScope) {
  const { items } = observationsIn(parts, ['goods.quarantined', 'goods.released', 'goods.discarded'], scope);
  const words: Record<string, string> = {
    'goods.quarantined': 'set apart',
    'goods.released': 'released',
    'goods.discarded': 'discarded',
  };
  return tableOf(
    'goods',
    [
      { name: 'at_local', title: 'Time' },
      { name: 'site', title: 'Site' },
      { name: 'fridge', title: 'Fridge' },
      { name: 'what', title: 'What' },
      { name: 'reason', title: 'Why', width: 2 },
    ],
    items.map(({ observedAt, site, asset, kind, facts }) => [
      at(observedAt, scope),
      siteName(parts, site),
      parts.registry.asset(asset)?.name ?? asset,
      words[kind] ?? kind,
      typeof facts?.reason === 'string' ? facts.reason : null,
    ]),
  );
}
