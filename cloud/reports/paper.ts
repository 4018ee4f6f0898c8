/**
 * Paper with the house's letterhead: A4, tagged and with its language set, so that a screen reader reads it in order.
 * Everything printed by the cloud is drawn here: reports, drafts for authorities, bundles.
 */
import PDFDocument from 'pdfkit';
import { printable } from './printable.ts';
import type { Cell, Column, Figure, ReportTone } from './report.ts';

type Doc = PDFKit.PDFDocument;
type Struct = PDFKit.PDFStructureElement;

export const ink = '#14181f';
export const soft = '#434c59';
export const faint = '#5c6673';
export const line = '#d5d9df';
export const accent = '#1c4fae';
const wash = '#f0f3f8';
export const toneColours: Readonly<Record<ReportTone, string>> = {
  good: '#146a45',
  warning: '#8a5a00',
  critical: '#b01c27',
  neutral: ink,
};

export const MARGIN = 48;
const TOP = 76;
const BOTTOM = 62;

export interface PaperOptions {
  title: string;
  /** Above the title: whose paper it is. */
  organisation: string;
  /** Under the title. */
  subtitle: string;
  /** A mark at the upper right, such as `TLP:AMBER` or `Draft`. */
  mark?: string;
  author: string;
  madeAt: number;
  /** BCP 47. */
  language?: string;
  /** At the foot of each page, beside its number. */
  foot: string;
}

/** A document that grows from top to bottom. */
export class Paper {
  readonly doc: Doc;
  readonly #root: Struct;
  readonly #options: PaperOptions;
  readonly #chunks: Uint8Array[] = [];
  readonly #ended: Promise<void>;

  constructor(options: PaperOptions) {
    this.#options = options;
    const { title, author, madeAt, language = 'en' } = options;
    this.doc = new PDFDocument({
      size: 'A4',
      margins: { top: TOP, bottom: BOTTOM, left: MARGIN, right: MARGIN },
      pdfVersion: '1.7',
      tagged: true,
      lang: language,
      displayTitle: true,
      bufferPages: true,
      info: {
        Title: title,
        Author: author,
        Creator: 'Gatehouse',
        Producer: 'Gatehouse',
        CreationDate: new Date(madeAt),
        ModDate: new Date(madeAt),
      },
    });
    const { doc } = this;
    doc.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => {
      doc.on('end', () => resolve());
      doc.on('error', reject);
    });
    this.#root = doc.struct('Document');
    doc.addStructure(this.#root);
    this.#letterhead();
  }

  get width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  get #end(): number {
    return this.doc.page.height - BOTTOM;
  }

  /** What follows needs so much room: on the next page where this one has it not. */
  room(height: number): void {
    if (this.doc.y + height > this.#end) this.doc.addPage();
  }

  heading(text: string, level: 1 | 2 = 1): void {
    const { doc } = this;
    this.room(level === 1 ? 70 : 48);
    doc.y += level === 1 ? 16 : 9;
    this.#say(level === 1 ? 'H2' : 'H3', () =>
      doc
        .font('Helvetica-Bold')
        .fontSize(level === 1 ? 13 : 10.5)
        .fillColor(ink)
        .text(printable(text), MARGIN, doc.y, { width: this.width }),
    );
    doc.y += 5;
  }

  text(text: string, { colour = soft, size = 9.5, isBold = false } = {}): void {
    const { doc } = this;
    this.room(16);
    this.#say('P', () =>
      doc
        .font(isBold ? 'Helvetica-Bold' : 'Helvetica')
        .fontSize(size)
        .fillColor(colour)
        .text(printable(text), MARGIN, doc.y, { width: this.width, lineGap: 2 }),
    );
    doc.y += 5;
  }

  /** Numbers worth noticing, in boxes of one height. */
  figures(items: readonly Figure[]): void {
    const { doc } = this;
    const columns = Math.min(4, Math.max(1, items.length));
    const gap = 8;
    const width = (this.width - gap * (columns - 1)) / columns;
    for (let start = 0; start < items.length; start += columns) {
      const row = items.slice(start, start + columns);
      const noteOf = ({ note = '' }: Figure) =>
        doc
          .font('Helvetica')
          .fontSize(7.5)
          .heightOfString(printable(note), { width: width - 18 });
      const height = 44 + Math.max(0, ...row.map((one) => (one.note === undefined ? 0 : noteOf(one) + 3)));
      this.room(height + 8);
      const top = doc.y;
      row.forEach(({ label, value, note, tone = 'neutral' }, index) => {
        const x = MARGIN + index * (width + gap);
        this.artifact(() => doc.roundedRect(x, top, width, height, 4).fill(wash));
        this.#say('P', () => {
          doc.font('Helvetica').fontSize(8).fillColor(faint);
          doc.text(printable(label), x + 9, top + 8, { width: width - 18, lineBreak: false, ellipsis: true });
          doc.font('Helvetica-Bold').fontSize(15).fillColor(toneColours[tone]);
          doc.text(printable(value), x + 9, top + 20, { width: width - 18, height: 18, ellipsis: true });
          if (note !== undefined) {
            doc.font('Helvetica').fontSize(7.5).fillColor(faint);
            doc.text(printable(note), x + 9, top + 40, { width: width - 18 });
          }
        });
      });
      doc.x = MARGIN;
      doc.y = top + height + 8;
    }
  }

  /** Rows with a head that comes again on each page. */
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const { doc } = this;
    const shares = columns.reduce((sum, { width = 1 }) => sum + width, 0);
    const widths = columns.map(({ width = 1 }) => (width / shares) * this.width);
    const lefts = widths.map((_, at) => MARGIN + widths.slice(0, at).reduce((sum, one) => sum + one, 0));
    const table = doc.struct('Table');
    this.#root.add(table);
    const size = columns.length > 7 ? 7 : 8;
    const draw = (tag: 'TH' | 'TD', cells: readonly Cell[]) => {
      const isHead = tag === 'TH';
      const texts = columns.map((_, at) => printable(cellText(cells[at] ?? null)));
      doc.font(isHead ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
      const height =
        Math.max(
          size + 2,
          ...texts.map((text, at) => doc.heightOfString(text, { width: (widths[at] ?? 0) - 8 })),
        ) + 7;
      if (!isHead && doc.y + height > this.#end) {
        doc.addPage();
        draw(
          'TH',
          columns.map(({ title }) => title),
        );
        doc.font('Helvetica').fontSize(size);
      }
      const top = doc.y;
      this.artifact(() => {
        if (isHead) doc.rect(MARGIN, top, this.width, height).fill(wash);
        doc
          .moveTo(MARGIN, top + height)
          .lineTo(MARGIN + this.width, top + height)
          .lineWidth(0.5)
          .strokeColor(line)
          .stroke();
      });
      const row = doc.struct('TR');
      table.add(row);
      texts.forEach((text, at) => {
        row.add(
          doc.struct(tag, {}, () => {
            doc
              .font(isHead ? 'Helvetica-Bold' : 'Helvetica')
              .fontSize(size)
              .fillColor(isHead ? soft : ink);
            doc.text(text === '' ? ' ' : text, (lefts[at] ?? MARGIN) + 4, top + 4, {
              width: (widths[at] ?? 0) - 8,
              height: Math.max(height - 6, size),
              align: columns[at]?.isNumber === true ? 'right' : 'left',
            });
          }),
        );
      });
      row.end();
      doc.x = MARGIN;
      doc.y = top + height;
    };
    this.room(60);
    draw(
      'TH',
      columns.map(({ title }) => title),
    );
    for (const row of rows) draw('TD', row);
    table.end();
    doc.y += 8;
  }

  /** A drawing with words for those who do not see it. @param draw is given the box's upper left corner */
  figure(alt: string, height: number, draw: (x: number, y: number) => void): void {
    const { doc } = this;
    this.room(height + 10);
    const top = doc.y;
    this.#root.add(doc.struct('Figure', { alt: printable(alt) }, () => draw(MARGIN, top)));
    doc.x = MARGIN;
    doc.y = top + height + 8;
  }

  /** Decoration, which nobody reads out. */
  artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** A file that travels within the document. */
  attach(
    name: string,
    content: Uint8Array,
    options: { type: string; description: string; at: number },
  ): void {
    this.doc.file(Buffer.from(content), {
      name,
      type: options.type,
      description: options.description,
      creationDate: new Date(options.at),
      modifiedDate: new Date(options.at),
    });
  }

  /** Numbers the pages and closes it. */
  async bytes(): Promise<Uint8Array> {
    const { doc } = this;
    this.#root.end();
    const { start, count } = doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      doc.switchToPage(page);
      // Below the margin, where a text would begin another page.
      doc.page.margins.bottom = 0;
      doc.markContent('Artifact', { type: 'Pagination' });
      const y = doc.page.height - 38;
      doc
        .moveTo(MARGIN, y - 8)
        .lineTo(doc.page.width - MARGIN, y - 8)
        .lineWidth(0.5)
        .strokeColor(line)
        .stroke();
      doc.font('Helvetica').fontSize(7.5).fillColor(faint);
      doc.text(printable(this.#options.foot), MARGIN, y, {
        width: this.width - 90,
        height: 10,
        ellipsis: true,
      });
      doc.text(`Page ${page - start + 1} of ${count}`, MARGIN, y, { width: this.width, align: 'right' });
      if (page > start) {
        doc
          .fontSize(8)
          .text(printable(`${this.#options.organisation} · ${this.#options.title}`), MARGIN, 36, {
            width: this.width,
            height: 12,
            ellipsis: true,
          });
        doc
          .moveTo(MARGIN, 52)
          .lineTo(doc.page.width - MARGIN, 52)
          .stroke();
      }
      doc.endMarkedContent();
    }
    doc.end();
    await this.#ended;
    return new Uint8Array(Buffer.concat(this.#chunks));
  }

  #say(tag: string, draw: () => void): void {
    this.#root.add(this.doc.struct(tag, {}, draw));
    this.doc.x = MARGIN;
  }

  #letterhead(): void {
    const { doc } = this;
    const { title, organisation, subtitle, mark } = this.#options;
    this.artifact(() => {
      doc.rect(0, 0, doc.page.width, 6).fill(accent);
      gatehouse(doc, MARGIN, 30);
    });
    this.#say('P', () =>
      doc
        .font('Helvetica-Bold')
        .fontSize(10)
        .fillColor(ink)
        .text(printable(organisation), MARGIN + 26, 34, { width: this.width - 160, lineBreak: false }),
    );
    if (mark !== undefined)
      this.#say('P', () =>
        doc
          .font('Helvetica-Bold')
          .fontSize(9)
          .fillColor(accent)
          .text(printable(mark), MARGIN, 35, { width: this.width, align: 'right' }),
      );
    doc.y = 72;
    this.#say('H1', () =>
      doc
        .font('Helvetica-Bold')
        .fontSize(21)
        .fillColor(ink)
        .text(printable(title), MARGIN, doc.y, { width: this.width }),
    );
    doc.y += 3;
    this.#say('P', () =>
      doc
        .font('Helvetica')
        .fontSize(10)
        .fillColor(soft)
        .text(printable(subtitle), MARGIN, doc.y, { width: this.width, lineGap: 2 }),
    );
    doc.y += 8;
    this.artifact(() =>
      doc
        .moveTo(MARGIN, doc.y)
        .lineTo(doc.page.width - MARGIN, doc.y)
        .lineWidth(0.8)
        .strokeColor(accent)
        .stroke(),
    );
    doc.y += 6;
  }
}

/** The house's sign: a gate under a roof. */
function gatehouse(doc: Doc, x: number, y: number): void {
  doc
    .moveTo(x, y + 17)
    .lineTo(x, y + 6)
    .lineTo(x + 9, y)
    .lineTo(x + 18, y + 6)
    .lineTo(x + 18, y + 17)
    .moveTo(x + 5, y + 17)
    .lineTo(x + 5, y + 11)
    .bezierCurveTo(x + 5, y + 6, x + 13, y + 6, x + 13, y + 11)
    .lineTo(x + 13, y + 17)
    .lineWidth(1.6)
    .strokeColor(accent)
    .stroke();
}

const cellText = (cell: Cell): string => (cell === null ? '' : String(cell));
