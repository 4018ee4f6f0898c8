/** Rules over a stream of lines: what `gatehouse sigma run` does between its input and its output. */
import { type CorrelationChanges, CorrelationEngine } from './correlation.ts';
import { type EventFields, fieldOf } from './event-fields.ts';
import { loadFolder } from './folder.ts';
import { Matcher } from './matcher.ts';
import { isMapping } from './problem.ts';
import { type Logsource, levels } from './rule.ts';
import { instantOf } from './time-part.ts';
import type { Placeholders } from './value.ts';

/** Where events state their time; the first that is a time counts. */
export const timeFields = [
  'observedAt',
  '@timestamp',
  'timestamp',
  'Timestamp',
  'UtcTime',
  'TimeCreated',
  'SystemTime',
  'eventTime',
  'EventTime',
  'event.created',
  'time',
  'ts',
  'date',
];

/** A longer line is refused. */
export const MAX_LINE_LENGTH = 4 * 1024 * 1024;
/** Lines that are named one by one on standard error. */
const MAX_NAMED = 100;
/** Correlations are looked at after so many lines. */
const SETTLE_EVERY = 1_000;
const PIECE_LENGTH = 64 * 1024;

function eventIn(line: string): EventFields | string {
  if (line.length > MAX_LINE_LENGTH) return `longer than ${MAX_LINE_LENGTH} characters`;
  try {
    const value: unknown = JSON.parse(line);
    return isMapping(value) ? value : 'expected an object';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export interface RunOptions {
  folder: string;
  logsource: Logsource | undefined;
  placeholders: Placeholders;
  timeField: string | undefined;
  latenessMs: number;
}

export class Run {
  readonly #options: RunOptions;
  readonly #matcher: Matcher;
  readonly #engine: CorrelationEngine;
  readonly #silent: ReadonlySet<string>;
  readonly #hasCorrelations: boolean;
  /** Correlations that may still change, by id. */
  readonly #open = new Map<string, CorrelationChanges['put'][number]>();
  /** Correlations that were told and may go on, with when they last held. */
  readonly #told = new Map<string, number>();
  #line = -1;
  #at = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #output = '';
  complaints = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    const { detections, correlations, silent, failed } = loadFolder(options.folder, options.placeholders);
    for (const { file, error } of failed) this.#complain(`${file}: ${error}`);
    this.#matcher = new Matcher(detections);
    this.#engine = new CorrelationEngine(correlations, { latenessMs: options.latenessMs });
    this.#silent = silent;
    this.#hasCorrelations = correlations.length > 0;
  }

  take(line: string): void {
    this.#line++;
    if (line.trim() === '') return;
    const event = eventIn(line);
    if (typeof event === 'string') {
      this.#complain(`line ${this.#line}: ${event}`);
      return;
    }
    const matching = this.#matcher.match(event, this.#options.logsource);
    if (this.#hasCorrelations) this.#at = this.#timeOf(event) ?? this.#at;
    for (const rule of matching) {
      if (!this.#silent.has(rule.id)) this.#print(this.#line, rule);
      if (this.#engine.wants(rule.id)) this.#engine.add(rule.id, this.#at, this.#nameOf(this.#line), event);
    }
    if (!this.#hasCorrelations) return;
    this.#newest = Math.max(this.#newest, this.#at);
    if (this.#line % SETTLE_EVERY === SETTLE_EVERY - 1) this.#settle();
  }

  finish(): void {
    // Nothing comes any more; whether something was absent is known up to the newest event and no further.
    this.#engine.advance(this.#newest + this.#options.latenessMs);
    this.#keep(this.#engine.settle());
    this.#printUntil(Number.POSITIVE_INFINITY);
    const { tooLate, withoutGroup, withoutValue, droppedEvents, droppedGroups } = this.#engine.counts;
    const told: [number, string][] = [
      [tooLate, 'events came too late for correlations'],
      [withoutGroup, 'events lacked a field of group-by'],
      [withoutValue, 'events lacked the value that a correlation looks at'],
      [droppedEvents, 'events were dropped because a correlation held too many'],
      [droppedGroups, 'groups were dropped because a correlation held too many'],
    ];
    for (const [count, what] of told)
      if (count > 0) process.stderr.write(`gatehouse sigma: ${count} ${what}\n`);
  }

  /** What is to be printed, where there is enough of it. */
  piece(isLast: boolean): string {
    if (!isLast && this.#output.length < PIECE_LENGTH) return '';
    const piece = this.#output;
    this.#output = '';
    return piece;
  }

  #settle(): void {
    this.#engine.advance(this.#newest);
    this.#keep(this.#engine.settle());
    this.#printUntil(this.#engine.watermark);
  }

  #keep({ put, withdraw }: CorrelationChanges): void {
    for (const id of withdraw) this.#open.delete(id);
    for (const one of put) this.#open.set(one.id, one);
  }

  /** Episodes that began before the watermark begin there for good. */
  #printUntil(watermark: number): void {
    const done = [...this.#open.values()].filter(({ at }) => at < watermark);
    done.sort((a, b) => a.at - b.at || (a.anchor < b.anchor ? -1 : 1));
    for (const { id, anchor, rule, lastAt } of done) {
      this.#open.delete(id);
      if (!this.#told.has(id) && !this.#silent.has(rule.id)) this.#print(Number(anchor.slice(1)), rule);
      this.#told.set(id, lastAt + rule.timespanMs);
    }
    for (const [id, over] of this.#told) if (over < watermark) this.#told.delete(id);
  }

  /** In the order of the lines as text as well. */
  #nameOf(line: number): string {
    return `e${String(line).padStart(12, '0')}`;
  }

  #timeOf(event: EventFields): number | undefined {
    if (this.#options.timeField !== undefined) return instantOf(fieldOf(event, this.#options.timeField));
    // What the house itself writes is milliseconds, however early.
    if (typeof event.observedAt === 'number') return event.observedAt;
    for (const field of timeFields) {
      const at = instantOf(fieldOf(event, field));
      if (at !== undefined) return at;
    }
    return undefined;
  }

  #print(
    event: number,
    { id, title, level }: { id: string; title: string; level: string | undefined },
  ): void {
    this.#output += `${JSON.stringify({ event, rule: id, title, level: level ?? levels[2] })}\n`;
  }

  #complain(text: string): void {
    this.complaints++;
    if (this.complaints <= MAX_NAMED) process.stderr.write(`gatehouse sigma: ${text}\n`);
    else if (this.complaints === MAX_NAMED + 1)
      process.stderr.write('gatehouse sigma: more follow, which are only counted\n');
  }
}
