import type { ZodObject, ZodRawShape, z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type {
  Facts,
  LogEntry,
  Observables,
  ObservationKind,
  Subjects,
} from '../../devices/model/observation.ts';

/** One thing that a server, a network sensor or a partner reported, in the house's words. */
export interface Reported {
  kind: ObservationKind;
  /**
   * The source's own name for it, where it has one that a resend repeats (a partner's alert): it takes the
   * place of epoch and sequence in the record's id. Anything but blanks and control characters.
   */
  id?: string;
  /** When the source says it happened, ms. Undefined: it did not say, the time of receipt counts. */
  observedAt?: number;
  subjects?: Subjects;
  observables?: Observables;
  facts?: Facts;
  value?: number;
  /** The log's own fields for rules written for such logs; without its kind of log where the kind says enough. */
  log?: LogEntry;
  /** The asset it names itself; where the registry does not know it, the source's configured asset counts. */
  asset?: string;
  /** The source already judged it (an IDS alert, a partner's alert): becomes a detection as well. */
  judged?: Judged;
}

/** What the source itself made of it. */
export interface Judged {
  rule: string;
  severity: Severity;
  summary: string;
  tactic?: string;
  /** As the source names them, known to the registry or not; absent: the asset of the observation. */
  assets?: string[];
  /** Further accounts and badges beside `subjects`, as the source names them. */
  subjects?: Subjects[];
}

/** What a parser made of one line, datagram or document. `ignored`: well-formed, nothing for us. */
export type SourceResult = { reported: Reported[] } | { ignored: true } | { refused: string };

/**
 * Pure, but for what a format says that it folds (`repeatMs` of suricata-eve). `receivedAt` (ms) completes times that lack a year or a zone. `topic` is what the transport was told of it: a
 * shop names in a header what its webhook is about.
 */
export type SourceReader = (input: string, receivedAt: number, topic?: string) => SourceResult;

/** Where a source stands. */
export interface SourceSurroundings {
  /** IANA name of the zone that times without one are in. */
  timeZone: string;
}

export interface SourceSample {
  name: string;
  /** Keys of the source's configuration. */
  settings?: Record<string, unknown>;
  /** UTC where it is not said. */
  timeZone?: string;
  /** ISO 8601; 2026-11-23T07:00:00Z where it is not said. */
  receivedAt?: string;
  topic?: string;
  input: string;
  expect: SourceResult;
}

/**
 * A format that a cyber source writes: one file with its settings, its reader and its samples, one line in
 * catalog.ts. How lines arrive (a followed file, a socket, HTTP) is the transport's matter.
 */
export interface SourceFormat {
  readonly name: string;
  readonly title: string;
  /** What one input is: a line of a log, or a whole document. */
  readonly unit: 'line' | 'document';
  /** Longest input; longer is refused unread. */
  readonly maxBytes: number;
  /** Keys in a source's configuration beside those that every source has. */
  readonly settings: ZodRawShape;
  /**
   * @param settings the source's configuration; keys of others are passed over
   * @throws ZodError
   */
  reader(settings: unknown, surroundings: SourceSurroundings): SourceReader;
  /** What must not be kept of an input that is put aside, crossed out. */
  readonly masked?: (text: string) => string;
  readonly samples: readonly SourceSample[];
}

/** Makes a format out of one that knows the type of its settings. */
export function sourceFormat<Shape extends ZodRawShape>(
  format: Omit<SourceFormat, 'settings' | 'reader'> & {
    settings: ZodObject<Shape>;
    reader(settings: z.output<ZodObject<Shape>>, surroundings: SourceSurroundings): SourceReader;
  },
): SourceFormat {
  return {
    ...format,
    settings: format.settings.shape,
    reader: (settings, surroundings) => format.reader(format.settings.strip().parse(settings), surroundings),
  };
}
