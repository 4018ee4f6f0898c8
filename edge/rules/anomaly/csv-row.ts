/** Rows of `timestamp,value`, with or without a header. */

export interface CsvRow {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly value: number;
  /** As they were written. */
  readonly timeText: string;
  readonly valueText: string;
}

export interface CsvProblem {
  readonly column: 'timestamp' | 'value';
  /** What is wrong, without the place. */
  readonly problem: string;
}

/** Where the two columns stand, from 0. */
export interface CsvColumns {
  readonly timestamp: number;
  readonly value: number;
}

export const FIRST_COLUMNS: CsvColumns = { timestamp: 0, value: 1 };

const PLAIN_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Above this a bare number must be milliseconds: as seconds it would lie behind the year 5138. */
const MOST_SECONDS = 100_000_000_000;
/** So much of what was wrong is repeated in the message. */
const SHOWN_CHARACTERS = 40;

/**
 * A moment as people and programs write it: ISO 8601 with `T` or a blank, UTC where no zone stands; or seconds or
 * milliseconds since 1970. NaN: none of these.
 */
export function parseTime(text: string): number {
  const parts = PLAIN_TIME.exec(text);
  if (parts !== null) {
    const [, year, month, day, hour = '00', minute = '00', second = '00', part = '', zone = 'Z'] = parts;
    const shift = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
    const milliseconds = part.padEnd(3, '0').slice(0, 3);
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${shift}`);
  }
  if (!NUMBER.test(text)) return Number.NaN;
  const number = Number(text);
  return Math.abs(number) >= MOST_SECONDS ? number : number * 1_000;
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => {
    const text = cell.trim();
    return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
  });
}

/**
 * Whether a first line names columns instead of holding a row, and which two they are: `timestamp` and `value`
 * wherever they stand, otherwise the first two.
 */
export function headerOf(line: string): CsvColumns | undefined {
  const cells = cellsOf(line.replace(/^\ufeff/, '')).map((cell) => cell.toLowerCase());
  if (cells.some((cell) => cell === '' || NUMBER.test(cell) || Number.isFinite(parseTime(cell))))
    return undefined;
  const timestamp = cells.indexOf('timestamp');
  const value = cells.indexOf('value');
  return timestamp < 0 || value < 0 ? FIRST_COLUMNS : { timestamp, value };
}

/** The row of a line; further columns are not looked at. */
export function parseRow(line: string, columns: CsvColumns = FIRST_COLUMNS): CsvRow | CsvProblem {
  const cells = cellsOf(line);
  const timeText = cells[columns.timestamp];
  const valueText = cells[columns.value];
  const at = parseTime(timeText ?? '');
  if (!Number.isFinite(at)) return { column: 'timestamp', problem: wrong(timeText, 'time') };
  const value = NUMBER.test(valueText ?? '') ? Number(valueText) : Number.NaN;
  if (timeText === undefined || valueText === undefined || !Number.isFinite(value))
    return { column: 'value', problem: wrong(valueText, 'number') };
  return { at, value, timeText, valueText };
}

function wrong(text: string | undefined, wanted: string): string {
  if (text === undefined) return 'is missing';
  return text === '' ? 'is empty' : `"${text.slice(0, SHOWN_CHARACTERS)}" is no ${wanted}`;
}
