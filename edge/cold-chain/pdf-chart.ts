/** The curve of a day or a month with its band; gaps are hatched, never bridged. */
import { DAY_MS, wallMs } from '../panel/zone-time.ts';
import type { FridgeReading } from './excursion.ts';
import type { Box, Colour, PdfPage, Point } from './pdf-document.ts';
import type { ColdChainRecord } from './record.ts';
import { degrees, isExcursion } from './wording.ts';

const grey: Colour = [0.45, 0.45, 0.45];
const faint: Colour = [0.86, 0.86, 0.86];
const bandFill: Colour = [0.9, 0.96, 0.91];
const bandEdge: Colour = [0.25, 0.55, 0.3];
const curve: Colour = [0.1, 0.2, 0.5];
const outside: Colour = [0.75, 0.1, 0.1];
const excursionFill: Colour = [0.99, 0.9, 0.88];
const gapLines: Colour = [0.5, 0.5, 0.5];
const doorFill: Colour = [0.85, 0.6, 0.1];
const powerFill: Colour = [0.4, 0.15, 0.5];

/** Points of one curve on paper; more cannot be told apart. */
const MAX_POINTS = 1_500;
const STRIP_HEIGHT = 6;
const LEFT = 34;
const BOTTOM = 44;

/** Room above and below what was measured and the band. */
function scaleOf({ whole, terms }: ColdChainRecord): { low: number; high: number; step: number } {
  const { band } = terms;
  const low = Math.min(whole.minCelsius ?? band.minCelsius, band.minCelsius);
  const high = Math.max(whole.maxCelsius ?? band.maxCelsius, band.maxCelsius);
  const step = [0.5, 1, 2, 5, 10, 20, 50].find((wanted) => (high - low + 2) / wanted <= 9) ?? 100;
  return {
    low: Math.floor((low - step / 4) / step) * step,
    high: Math.ceil((high + step / 4) / step) * step,
    step,
  };
}

/** Draws into the box, axis labels included. */
export function drawChart(page: PdfPage, box: Box, record: ColdChainRecord): void {
  const { period, terms, site } = record;
  const plot: Box = {
    x: box.x + LEFT,
    y: box.y + BOTTOM,
    width: box.width - LEFT - 8,
    height: box.height - BOTTOM - 6,
  };
  const { low, high, step } = scaleOf(record);
  const x = (at: number) => plot.x + ((at - period.from) / (period.to - period.from)) * plot.width;
  const y = (celsius: number) => plot.y + ((celsius - low) / (high - low)) * plot.height;
  const column = (from: number, to: number, minimum = 0): Box => {
    const left = Math.max(plot.x, x(from));
    const right = Math.min(plot.x + plot.width, x(to));
    return { x: left, y: plot.y, width: Math.max(right - left, minimum), height: plot.height };
  };

  page.area(
    { ...plot, y: y(terms.band.minCelsius), height: y(terms.band.maxCelsius) - y(terms.band.minCelsius) },
    bandFill,
  );
  page.within(plot, () => {
    for (const one of record.excursions.filter(isExcursion))
      page.area(column(one.startedAt, one.recoveredAt ?? record.until), excursionFill);
  });
  for (let celsius = low; celsius <= high + 1e-9; celsius += step) {
    page.line(
      { x: plot.x, y: y(celsius) },
      { x: plot.x + plot.width, y: y(celsius) },
      { colour: faint, width: 0.4 },
    );
    page.text(
      degrees(celsius),
      { x: plot.x - 4, y: y(celsius) - 2.5 },
      { size: 7, colour: grey, align: 'right' },
    );
  }
  page.text('°C', { x: box.x, y: plot.y + plot.height - 2.5 }, { size: 7, colour: grey });
  for (const { at, label } of ticksOf(record)) {
    page.line({ x: x(at), y: plot.y }, { x: x(at), y: plot.y + plot.height }, { colour: faint, width: 0.4 });
    page.text(label, { x: x(at), y: plot.y - 9 }, { size: 7, colour: grey, align: 'centre' });
  }
  for (const edge of [terms.band.minCelsius, terms.band.maxCelsius])
    page.line(
      { x: plot.x, y: y(edge) },
      { x: plot.x + plot.width, y: y(edge) },
      { colour: bandEdge, width: 0.8, dash: [4, 2] },
    );
  for (const gap of record.gaps) page.hatch(column(gap.from, gap.to, 1), gapLines);
  page.within(plot, () => {
    for (const points of curvesOf(record, terms.limits.gapMs)) {
      page.path(
        points.map(({ at, celsius }): Point => ({ x: x(at), y: y(celsius) })),
        { colour: curve, width: 0.9 },
      );
      for (const part of outOfBand(points, record))
        page.path(
          part.map(({ at, celsius }): Point => ({ x: x(at), y: y(celsius) })),
          { colour: outside, width: 1.3 },
        );
    }
  });
  if (record.until < period.to) {
    const rest = column(record.until, period.to);
    if (rest.width > 70)
      page.text(
        'not over yet',
        { x: rest.x + rest.width / 2, y: plot.y + plot.height / 2 },
        { size: 7, colour: grey, align: 'centre' },
      );
  }
  page.frame(plot, grey);

  const strip = (
    index: number,
    name: string,
    spans: readonly { from: number; to?: number }[],
    colour: Colour,
  ) => {
    const bottom = plot.y - 20 - index * (STRIP_HEIGHT + 4);
    page.text(name, { x: plot.x - 4, y: bottom + 0.5 }, { size: 6.5, colour: grey, align: 'right' });
    page.line({ x: plot.x, y: bottom }, { x: plot.x + plot.width, y: bottom }, { colour: faint, width: 0.4 });
    for (const { from, to } of spans)
      page.area({ ...column(from, to ?? record.until, 0.8), y: bottom, height: STRIP_HEIGHT }, colour);
  };
  strip(0, 'Door', record.doors, doorFill);
  strip(1, 'Mains', record.power, powerFill);
  legend(page, { x: plot.x, y: box.y });
  page.text(site.timeZone, { x: plot.x + plot.width, y: box.y }, { size: 6.5, colour: grey, align: 'right' });
}

function legend(page: PdfPage, { x, y }: Point): void {
  const items: [string, (at: number) => void][] = [
    [
      'in band',
      (at) => page.line({ x: at, y: y + 2 }, { x: at + 12, y: y + 2 }, { colour: curve, width: 0.9 }),
    ],
    [
      'out of band',
      (at) => page.line({ x: at, y: y + 2 }, { x: at + 12, y: y + 2 }, { colour: outside, width: 1.3 }),
    ],
    ['band', (at) => page.area({ x: at, y: y - 1, width: 12, height: 6 }, bandFill)],
    ['excursion', (at) => page.area({ x: at, y: y - 1, width: 12, height: 6 }, excursionFill)],
    ['no readings', (at) => page.hatch({ x: at, y: y - 1, width: 12, height: 6 }, gapLines, 3)],
    ['door open', (at) => page.area({ x: at, y: y - 1, width: 12, height: 6 }, doorFill)],
    ['mains lost', (at) => page.area({ x: at, y: y - 1, width: 12, height: 6 }, powerFill)],
  ];
  items.forEach(([name, draw], index) => {
    const at = x + index * 54;
    draw(at);
    page.text(name, { x: at + 15, y }, { size: 6.5, colour: grey });
  });
}

/** Full hours of a day, or the days of a month, as the site's clocks show them. */
function ticksOf({ period, site }: ColdChainRecord): { at: number; label: string }[] {
  const ticks: { at: number; label: string }[] = [];
  const hour = 3_600_000;
  for (let at = period.from; at <= period.to; at += hour) {
    const wall = wallMs(site.timeZone, at);
    const ofDay = ((wall % DAY_MS) + DAY_MS) % DAY_MS;
    if (period.kind === 'day') {
      if (at === period.to) ticks.push({ at, label: '24:00' });
      else if (ofDay % (3 * hour) === 0)
        ticks.push({ at, label: `${String(ofDay / hour).padStart(2, '0')}:00` });
    } else if (ofDay === 0 && at < period.to) {
      const day = new Date(wall).getUTCDate();
      if (day === 1 || (day % 5 === 0 && day < 30) || day === 30) ticks.push({ at, label: String(day) });
    }
  }
  return ticks;
}

/** One curve a probe and a stretch without gaps; of many readings in a small time the extremes. */
function curvesOf(record: ColdChainRecord, gapMs: number): FridgeReading[][] {
  const slotMs = (record.period.to - record.period.from) / (MAX_POINTS / 2);
  return [...Map.groupBy(record.readings, ({ probe }) => probe).values()]
    .flatMap((own) => withoutGaps(own, gapMs))
    .map((own) =>
      [...Map.groupBy(own, ({ at }) => Math.floor(at / slotMs)).values()].flatMap((slot) => {
        const lowest = slot.reduce((a, b) => (b.celsius < a.celsius ? b : a));
        const highest = slot.reduce((a, b) => (b.celsius > a.celsius ? b : a));
        return lowest === highest ? [lowest] : [lowest, highest].sort((a, b) => a.at - b.at);
      }),
    );
}

function withoutGaps(readings: readonly FridgeReading[], gapMs: number): FridgeReading[][] {
  const parts: FridgeReading[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const reading of readings) {
    if (reading.at - before > gapMs) parts.push([]);
    parts.at(-1)?.push(reading);
    before = reading.at;
  }
  return parts;
}

/** Parts of a curve that lie outside, each from the point before to the point after. */
function outOfBand(points: readonly FridgeReading[], { terms }: ColdChainRecord): FridgeReading[][] {
  const { minCelsius, maxCelsius } = terms.band;
  const isOut = (celsius: number) => celsius < minCelsius || celsius > maxCelsius;
  const crossing = (a: FridgeReading, b: FridgeReading): FridgeReading => {
    const edge = Math.max(a.celsius, b.celsius) > maxCelsius ? maxCelsius : minCelsius;
    const part = (edge - a.celsius) / (b.celsius - a.celsius);
    return { ...a, at: a.at + part * (b.at - a.at), celsius: edge };
  };
  const parts: FridgeReading[][] = [];
  let part: FridgeReading[] = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (isOut(point.celsius)) {
      if (part.length === 0 && before !== undefined) part.push(crossing(before, point));
      part.push(point);
    } else if (part.length > 0) {
      if (before !== undefined) part.push(crossing(before, point));
      parts.push(part);
      part = [];
    }
  });
  if (part.length > 0) parts.push(part);
  return parts;
}
