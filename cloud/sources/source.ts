import type { Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables, ObservationKind, Subjects } from '../../devices/model/observation.ts';

/** One thing that a server, a network sensor or a partner reported, in the house's words. */
export interface Reported {
  kind: ObservationKind;
  /** When the source says it happened, ms. Undefined: it did not say, the time of receipt counts. */
  observedAt?: number;
  subjects?: Subjects;
  observables?: Observables;
  facts?: Facts;
  value?: number;
  /** The asset it names itself; otherwise the source's configured asset. */
  asset?: string;
  /** The source already judged it (an IDS alert, a partner's alert): becomes a detection as well. */
  judged?: {
    rule: string;
    severity: Severity;
    summary: string;
    tactic?: string;
    assets?: string[];
    id?: string;
  };
}

/** What a parser made of one line, datagram or document. `ignored`: well-formed, nothing for us. */
export type SourceResult = { reported: Reported[] } | { ignored: true } | { refused: string };

export interface SourceSample {
  name: string;
  input: string;
  expect: SourceResult;
}

/**
 * A format that a cyber source writes: one file with its parser and its samples, one line in catalog.ts.
 * How lines arrive (a followed file, a socket, HTTP) is the transport's matter.
 */
export interface SourceFormat {
  readonly name: string;
  readonly title: string;
  /** Longest unit of input; longer is refused unread. */
  readonly maxBytes: number;
  /** Pure. `receivedAt` (ms) completes times that lack a year or a zone. */
  parse(input: string, receivedAt: number): SourceResult;
  readonly samples: readonly SourceSample[];
}
