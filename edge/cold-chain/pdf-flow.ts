/** Text that runs down the pages: headings, paragraphs and tables, on a new page where the old one is full. */
import { type Colour, PAGE, PdfPage } from './pdf-document.ts';
import { type Font, wrapped } from './pdf-fonts.ts';

export const MARGIN = 48;
export const WIDTH = PAGE.width - 2 * MARGIN;
/** Room for the page's head and foot. */
const TOP = PAGE.height - 66;
const FOOT = 52;
const SIZE = 8.5;
const LEADING = 1.32;

export const soft: Colour = [0.4, 0.4, 0.4];
export const ruled: Colour = [0.8, 0.8, 0.8];
const striped: Colour = [0.965, 0.965, 0.97];
export const warning: Colour = [0.75, 0.1, 0.1];

export interface Column {
  title: string;
  /** Part of the table's width. */
  part: number;
  align?: 'left' | 'right';
}

export interface TableRow {
  cells: readonly string[];
  colour?: Colour;
  font?: Font;
}

/** A name, what it stands for, and a colour where it must be seen. */
export type Pair = readonly [name: string, value: string, colour?: Colour];

export class PdfFlow {
  readonly pages: PdfPage[] = [];
  #page: PdfPage;
  /** Baseline of what comes next. */
  y: number;

  constructor() {
    this.#page = this.#newPage();
    this.y = TOP;
  }

  get page(): PdfPage {
    return this.#page;
  }

  #newPage(): PdfPage {
    const page = new PdfPage();
    this.pages.push(page);
    return page;
  }

  /** Goes on to a new page unless so much room is left. */
  need(height: number): void {
    if (this.y - height >= FOOT) return;
    this.#page = this.#newPage();
    this.y = TOP;
  }

  heading(text: string): void {
    this.need(40);
    this.y -= 18;
    this.#page.text(text, { x: MARGIN, y: this.y }, { font: 'bold', size: 10.5 });
    this.y -= 5;
    this.#page.line({ x: MARGIN, y: this.y }, { x: MARGIN + WIDTH, y: this.y }, { colour: ruled });
    this.y -= 2;
  }

  paragraph(
    text: string,
    { font = 'regular', size = SIZE, colour }: { font?: Font; size?: number; colour?: Colour } = {},
  ): void {
    for (const line of wrapped(text, font, size, WIDTH)) {
      this.need(size * LEADING);
      this.y -= size * LEADING;
      this.#page.text(line, { x: MARGIN, y: this.y }, { font, size, ...(colour && { colour }) });
    }
  }

  /** Names and what they stand for. */
  pairs(entries: readonly Pair[], columns = 2): void {
    const half = WIDTH / columns;
    const nameWidth = 84;
    for (let index = 0; index < entries.length; index += columns) {
      const row = entries
        .slice(index, index + columns)
        .map((entry) => ({ entry, lines: wrapped(entry[1], 'regular', SIZE, half - nameWidth - 10) }));
      const height = Math.max(...row.map(({ lines }) => lines.length)) * SIZE * LEADING + 2;
      this.need(height);
      row.forEach(({ entry, lines }, column) => {
        const x = MARGIN + column * half;
        const [name, , colour] = entry;
        this.#page.text(name, { x, y: this.y - SIZE * LEADING }, { size: SIZE, colour: soft });
        lines.forEach((line, at) =>
          this.#page.text(
            line,
            { x: x + nameWidth, y: this.y - (at + 1) * SIZE * LEADING },
            { size: SIZE, font: colour ? 'bold' : 'regular', ...(colour && { colour }) },
          ),
        );
      });
      this.y -= height;
    }
  }

  /** Rows that wrap within their cells. The head is said again on each page. */
  table(
    columns: readonly Column[],
    rows: readonly TableRow[],
    { size = 8, padding = 3, x = MARGIN, width = WIDTH } = {},
  ): void {
    const whole = columns.reduce((sum, { part }) => sum + part, 0);
    let left = x;
    const places = columns.map((column) => {
      const own = (column.part / whole) * width;
      const place = { ...column, x: left, width: own };
      left += own;
      return place;
    });
    const put = (cells: readonly (readonly string[])[], font: Font, colour?: Colour) =>
      places.forEach((place, index) => {
        (cells[index] ?? []).forEach((line, at) => {
          const isRight = place.align === 'right';
          this.#page.text(
            line,
            { x: isRight ? place.x + place.width - 6 : place.x + 3, y: this.y - (at + 1) * size * LEADING },
            { size, font, align: isRight ? 'right' : 'left', ...(colour && { colour }) },
          );
        });
      });
    const head = () => {
      const titles = places.map(({ title, width: own }) => wrapped(title, 'bold', size, own - 8));
      const height = Math.max(...titles.map((lines) => lines.length)) * size * LEADING + 5;
      put(titles, 'bold', soft);
      this.y -= height;
      this.#page.line({ x, y: this.y }, { x: x + width, y: this.y }, { colour: soft, width: 0.6 });
      this.y -= 1;
    };
    this.need(3 * size * LEADING + 8);
    head();
    rows.forEach(({ cells, colour, font = 'regular' }, index) => {
      const wrappedCells = places.map(({ width: own }, at) => wrapped(cells[at] ?? '', font, size, own - 8));
      const height = Math.max(1, ...wrappedCells.map((lines) => lines.length)) * size * LEADING + padding;
      const before = this.pages.length;
      this.need(height);
      if (this.pages.length > before) head();
      if (index % 2 === 1) this.#page.area({ x, y: this.y - height, width, height }, striped);
      put(wrappedCells, font, colour);
      this.y -= height;
    });
    this.y -= 4;
  }
}
