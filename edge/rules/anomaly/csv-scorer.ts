/** Text of `timestamp,value` in, text with the anomaly score out, in pieces of any size. */
import { type CsvColumns, FIRST_COLUMNS, headerOf, parseRow } from './csv-row.ts';
import { ALERT_SCORE } from './detector.ts';
import { EnvelopeEnsemble } from './envelope-ensemble.ts';

export const HEADER = 'timestamp,value,anomaly_score';
/** A longer line is no row. */
const MAX_LINE_CHARACTERS = 64 * 1_024;
/** So many bad rows are named; further ones are only counted. */
export const NAMED_PROBLEMS = 100;

export interface CsvScorerOptions {
  /** Adds a column that says why, for scores from ALERT_SCORE on. */
  readonly explains?: boolean;
  readonly complain: (line: string) => void;
}

export class CsvScorer {
  readonly #options: CsvScorerOptions;
  readonly #ensemble = new EnvelopeEnsemble();
  #columns: CsvColumns | undefined;
  #rest = '';
  #line = 0;
  /** Rows seen, header and empty lines not among them. */
  rows = 0;
  skipped = 0;

  constructor(options: CsvScorerOptions) {
    this.#options = options;
  }

  /** The scored rows that this piece of text completed. */
  take(text: string): string {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    // The beginning of an endless line is enough to refuse it by.
    if (this.#rest.length > 2 * MAX_LINE_CHARACTERS)
      this.#rest = this.#rest.slice(0, MAX_LINE_CHARACTERS + 1);
    return lines.map((line) => this.#scored(line)).join('');
  }

  /** What remained when the text ended without a line feed. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? '' : this.#scored(rest);
  }

  #scored(line: string): string {
    this.#line++;
    if (line.trim() === '') return '';
    if (this.#columns === undefined) {
      const header = headerOf(line);
      this.#columns = header ?? FIRST_COLUMNS;
      if (header !== undefined) return '';
    }
    this.rows++;
    const row =
      line.length > MAX_LINE_CHARACTERS
        ? { column: 'value' as const, problem: `the line has more than ${MAX_LINE_CHARACTERS} characters` }
        : parseRow(line.replace(/^\ufeff/, ''), this.#columns);
    if ('problem' in row) {
      this.#skip(row.column, row.problem);
      return '';
    }
    const score = this.#ensemble.sample(row.at, row.value);
    const scored = `${row.timeText},${row.valueText},${Number(score.toFixed(6))}`;
    if (this.#options.explains !== true) return `${scored}\n`;
    const why = score >= ALERT_SCORE ? (this.#ensemble.explanation()?.text ?? '') : '';
    return `${scored},${why === '' ? '' : `"${why}"`}\n`;
  }

  #skip(column: string, problem: string): void {
    this.skipped++;
    const { complain } = this.#options;
    if (this.skipped <= NAMED_PROBLEMS) complain(`line ${this.#line}, column ${column}: ${problem}; skipped`);
    else if (this.skipped === NAMED_PROBLEMS + 1) complain('further bad rows are only counted');
  }
}
