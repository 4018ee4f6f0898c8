/**
 * Comma-separated values (RFC 4180): quoted where needed, CRLF. A cell that a spreadsheet would take for a formula
 * gets an apostrophe in front, which reading takes away again. Pure.
 */

/** Rows read of one file. */
export const MAX_ROWS = 1_000_000;

export interface CsvRow {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export class CsvProblem extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.name = 'CsvProblem';
    this.line = line;
  }
}

/** What spreadsheets begin a formula with, and what the apostrophe itself needs. */
const startsFormula = /^['=+\-@\t\r\n＝＋－＠]/;

const cellText = (value: string): string => {
  const safe = startsFormula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const plainCell = (text: string): string =>
  text.startsWith("'") && startsFormula.test(text.slice(1)) ? text.slice(1) : text;

export function csvText(rows: readonly (readonly string[])[]): string {
  // A row of one empty cell would be an empty line, which is no row.
  return rows
    .map((cells) => (cells.length === 1 && cells[0] === '' ? '""' : cells.map(cellText).join(',')))
    .map((line) => `${line}\r\n`)
    .join('');
}

/** @throws CsvProblem */
export function readCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    let isBlank = true;
    for (;;) {
      let value: string;
      if (text[at] === '"') {
        isBlank = false;
        const { end, lines, cell } = quoted(text, at, line);
        value = cell;
        at = end;
        line += lines;
      } else {
        const found = /[,"\r\n]/g;
        found.lastIndex = at;
        const stop = found.exec(text);
        const end = stop?.index ?? text.length;
        if (stop?.[0] === '"') throw new CsvProblem(line, 'a quotation mark inside an unquoted cell');
        value = text.slice(at, end);
        if (value !== '') isBlank = false;
        at = end;
      }
      cells.push(plainCell(value));
      if (text[at] !== ',') break;
      isBlank = false;
      at++;
    }
    if (at < text.length) {
      if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
      else if (text[at] === '\n' || text[at] === '\r') at++;
      else throw new CsvProblem(line, 'expected a comma or the end of the line after a quoted cell');
      line++;
    }
    if (isBlank) continue;
    if (rows.length >= MAX_ROWS) throw new CsvProblem(begins, `more than ${MAX_ROWS} rows`);
    rows.push({ line: begins, cells });
  }
  return rows;
}

function quoted(text: string, from: number, line: number): { end: number; lines: number; cell: string } {
  let cell = '';
  let at = from + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end === -1) throw new CsvProblem(line, 'a quoted cell does not end');
    cell += text.slice(at, end);
    if (text[end + 1] !== '"') return { end: end + 1, lines: cell.match(/\r\n|\r|\n/g)?.length ?? 0, cell };
    cell += '"';
    at = end + 2;
  }
}
