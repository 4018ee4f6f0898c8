/**
 * Writes a PDF 1.7 (ISO 32000-1): pages of text, lines and areas, in the fonts that every reader has. The same pages
 * give the same bytes. Points, with the origin at the lower left, as in the format itself.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { encoded, type Font, fonts, widthOf } from './pdf-fonts.ts';

/** Red, green, blue, 0 to 1. */
export type Colour = readonly [number, number, number];
export const black: Colour = [0, 0, 0];

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface TextStyle {
  font?: Font;
  size?: number;
  colour?: Colour;
  align?: 'left' | 'right' | 'centre';
}

/** A4. */
export const PAGE = { width: 595.28, height: 841.89 } as const;

const number = (value: number): string => {
  const text = value.toFixed(2);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};
const colourText = (colour: Colour) => colour.map(number).join(' ');
const boxText = ({ x, y, width, height }: Box) => [x, y, width, height].map(number).join(' ');

/** What stands on one page. */
export class PdfPage {
  readonly #parts: string[] = [];

  text(
    text: string,
    { x, y }: Point,
    { font = 'regular', size = 9, colour = black, align = 'left' }: TextStyle = {},
  ): void {
    const width = align === 'left' ? 0 : widthOf(text, font, size);
    const left = align === 'right' ? x - width : align === 'centre' ? x - width / 2 : x;
    const hex = Buffer.from(encoded(text)).toString('hex');
    this.#parts.push(
      `BT /${font} ${number(size)} Tf ${colourText(colour)} rg 1 0 0 1 ${number(left)} ${number(y)} Tm <${hex}> Tj ET`,
    );
  }

  line(
    from: Point,
    to: Point,
    {
      colour = black,
      width = 0.5,
      dash = [],
    }: { colour?: Colour; width?: number; dash?: readonly number[] } = {},
  ): void {
    this.path([from, to], { colour, width, dash });
  }

  path(
    points: readonly Point[],
    {
      colour = black,
      width = 0.8,
      dash = [],
    }: { colour?: Colour; width?: number; dash?: readonly number[] } = {},
  ): void {
    const [first, ...rest] = points;
    if (first === undefined || rest.length === 0) return;
    const way = rest.map(({ x, y }) => `${number(x)} ${number(y)} l`).join(' ');
    this.#parts.push(
      `q ${colourText(colour)} RG ${number(width)} w 1 j 1 J [${dash.map(number).join(' ')}] 0 d ${number(first.x)} ${number(first.y)} m ${way} S Q`,
    );
  }

  area(box: Box, colour: Colour): void {
    this.#parts.push(`q ${colourText(colour)} rg ${boxText(box)} re f Q`);
  }

  frame(box: Box, colour: Colour = black, width = 0.5): void {
    this.#parts.push(`q ${colourText(colour)} RG ${number(width)} w ${boxText(box)} re S Q`);
  }

  /** Slanting lines: what is not known must not look like white paper. */
  hatch({ x, y, width, height }: Box, colour: Colour, every = 4): void {
    const lines: string[] = [];
    for (let start = -height; start < width; start += every)
      lines.push(`${number(x + start)} ${number(y)} m ${number(x + start + height)} ${number(y + height)} l`);
    this.#parts.push(
      `q ${boxText({ x, y, width, height })} re W n ${colourText(colour)} RG 0.5 w ${lines.join(' ')} S Q`,
    );
  }

  /** What is drawn within stays inside the box. */
  within(box: Box, draw: () => void): void {
    this.#parts.push(`q ${boxText(box)} re W n`);
    draw();
    this.#parts.push('Q');
  }

  content(): string {
    return this.#parts.join('\n');
  }
}

export interface PdfInformation {
  title: string;
  author: string;
  subject: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** The file's bytes. */
export function pdfBytes(pages: readonly PdfPage[], information: PdfInformation): Uint8Array {
  // 1 catalogue, 2 tree of pages, 3 information, 4 and on fonts, then two objects a page.
  const names = Object.entries(fonts);
  const firstPage = 4 + names.length;
  const textString = (text: string) =>
    `<${Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex')}>`;
  const date = `(D:${new Date(information.createdAt).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z)`;
  const objects: (string | Uint8Array)[][] = [
    ['<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>'],
    [
      `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${firstPage + 2 * index} 0 R`).join(' ')}] >>`,
    ],
    [
      `<< /Title ${textString(information.title)} /Author ${textString(information.author)} /Subject ${textString(information.subject)} /Producer (Gatehouse) /CreationDate ${date} /ModDate ${date} >>`,
    ],
    ...names.map(([, name]) => [
      `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`,
    ]),
    ...pages.flatMap((page, index) => {
      const stream = deflateSync(Buffer.from(page.content(), 'latin1'));
      const resources = names.map(([key], at) => `/${key} ${4 + at} 0 R`).join(' ');
      return [
        [
          `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${number(PAGE.width)} ${number(PAGE.height)}] /Resources << /Font << ${resources} >> >> /Contents ${firstPage + 2 * index + 1} 0 R >>`,
        ],
        [`<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`, stream, '\nendstream'],
      ];
    }),
  ];
  const chunks: Uint8Array[] = [];
  let length = 0;
  const write = (part: string | Uint8Array) => {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    chunks.push(bytes);
    length += bytes.length;
  };
  // The second line's bytes tell that the file is binary (7.5.2).
  write('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
  const offsets = objects.map((parts, index) => {
    const offset = length;
    write(`${index + 1} 0 obj\n`);
    for (const part of parts) write(part);
    write('\nendobj\n');
    return offset;
  });
  const start = length;
  const id = createHash('md5').update(Buffer.concat(chunks)).digest('hex');
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  write(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`);
  write(
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R /ID [<${id}> <${id}>] >>\nstartxref\n${start}\n%%EOF\n`,
  );
  // Not the buffer: its slices would be views of it.
  return new Uint8Array(Buffer.concat(chunks));
}
