/** Bars and curves on paper. */
import { dateText, localText } from './calendar.ts';
import { accent, faint, ink, line, type Paper, soft, toneColours } from './paper.ts';
import { printable } from './printable.ts';
import type { Block } from './report.ts';

type Bars = Extract<Block, { type: 'bars' }>;
type Line = Extract<Block, { type: 'line' }>;

const ROW = 17;
/** Bars of one chart on paper. */
const MAX_BARS = 24;
const numberText = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

export function barsOnPaper(paper: Paper, { title, unit, bars: all }: Bars): void {
  const bars = all.slice(0, MAX_BARS);
  if (bars.length === 0) return;
  paper.heading(title, 2);
  const { doc } = paper;
  const most = Math.max(...bars.map(({ value }) => value), 1e-9);
  const alt = `${title}: ${bars.map(({ label, value }) => `${label} ${numberText(value)} ${unit}`).join(', ')}`;
  paper.figure(alt, bars.length * ROW, (x, y) => {
    const labels = 150;
    const room = paper.width - labels - 60;
    bars.forEach(({ label, value, tone = 'neutral' }, index) => {
      const top = y + index * ROW;
      doc.font('Helvetica').fontSize(8).fillColor(soft);
      doc.text(printable(label), x, top + 3, { width: labels - 8, height: 10, ellipsis: true });
      const width = Math.max(value === 0 ? 0 : 1, (value / most) * room);
      doc.rect(x + labels, top + 2, width, ROW - 6).fill(tone === 'neutral' ? accent : toneColours[tone]);
      doc.font('Helvetica-Bold').fontSize(8).fillColor(ink);
      doc.text(printable(`${numberText(value)} ${unit}`), x + labels + width + 5, top + 3, {
        width: 80,
        lineBreak: false,
      });
    });
  });
}

export function lineOnPaper(paper: Paper, block: Line): void {
  const { title, unit, points, from, to, timeZone, band } = block;
  paper.heading(title, 2);
  if (points.length === 0) {
    paper.text('No readings.');
    return;
  }
  const { doc } = paper;
  const height = 130;
  const values = [
    ...points.flatMap(({ min, max }) => [min, max]),
    ...(band === undefined ? [] : [band.low, band.high]),
  ];
  const low = Math.floor(Math.min(...values) - 0.5);
  const high = Math.ceil(Math.max(...values) + 0.5);
  const alt = `${title}: lowest ${numberText(Math.min(...points.map(({ min }) => min)))} ${unit}, highest ${numberText(Math.max(...points.map(({ max }) => max)))} ${unit}`;
  paper.figure(alt, height, (left, top) => {
    const plot = { x: left + 28, y: top + 4, width: paper.width - 32, height: height - 22 };
    const x = (at: number) => plot.x + ((at - from) / Math.max(1, to - from)) * plot.width;
    const y = (value: number) => plot.y + (1 - (value - low) / (high - low)) * plot.height;
    if (band !== undefined)
      doc.rect(plot.x, y(band.high), plot.width, y(band.low) - y(band.high)).fill('#e6f4ec');
    const step = Math.max(1, Math.ceil((high - low) / 6));
    doc.font('Helvetica').fontSize(7);
    for (let value = low; value <= high; value += step) {
      doc
        .moveTo(plot.x, y(value))
        .lineTo(plot.x + plot.width, y(value))
        .lineWidth(0.4)
        .strokeColor(line)
        .stroke();
      doc
        .fillColor(faint)
        .text(`${value}`, left, y(value) - 3, { width: 22, align: 'right', lineBreak: false });
    }
    const spanMs = to - from;
    const ticks = 6;
    for (let tick = 0; tick <= ticks; tick++) {
      const at = from + (spanMs * tick) / ticks;
      const label =
        spanMs > 2.5 * 86_400_000 ? dateText(at, timeZone).slice(5) : localText(at, timeZone).slice(11);
      doc.fillColor(faint).text(label, x(at) - 20, plot.y + plot.height + 5, {
        width: 40,
        align: tick === 0 ? 'center' : tick === ticks ? 'left' : 'center',
        lineBreak: false,
      });
    }
    // A stretch without readings is a hole, never a line.
    const gapMs = Math.max(...[spanMs / 60, (3 * spanMs) / Math.max(1, points.length)]);
    const curve = (of: (point: (typeof points)[number]) => number, colour: string, width: number) => {
      let before = Number.NEGATIVE_INFINITY;
      for (const point of points) {
        if (point.at - before > gapMs) doc.moveTo(x(point.at), y(of(point)));
        else doc.lineTo(x(point.at), y(of(point)));
        before = point.at;
      }
      doc.lineWidth(width).strokeColor(colour).stroke();
    };
    curve(({ min }) => min, '#9db6e0', 0.5);
    curve(({ max }) => max, '#9db6e0', 0.5);
    curve(({ mean }) => mean, accent, 1);
  });
}
