/**
 * What a report says, apart from how it is shown: the desk draws it, and the PDF and the CSV are made from the same
 * parts, so that all three say the same.
 */
import { sha256Of } from '../audit/canonical.ts';

export const reportKinds = ['cold-chain', 'access', 'incidents', 'availability', 'compliance'] as const;
export type ReportKind = (typeof reportKinds)[number];

export const reportTitles: Readonly<Record<ReportKind, string>> = {
  'cold-chain': 'Cold-chain record',
  access: 'Access record',
  incidents: 'Incident statistics',
  availability: 'Availability',
  compliance: 'Policy compliance',
};

/** How a figure or a cell stands: said in words as well, wherever it is used. */
export type ReportTone = 'good' | 'warning' | 'critical' | 'neutral';

export interface Figure {
  label: string;
  /** With its unit. */
  value: string;
  note?: string;
  tone?: ReportTone;
}

export interface Column {
  /** Name in the CSV: small letters, the unit at its end. */
  name: string;
  title: string;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** Share of the width, 1 where it is not said. */
  width?: number;
}

export type Cell = string | number | null;

export type Block =
  | { type: 'text'; text: string }
  | { type: 'figures'; items: Figure[] }
  | {
      type: 'table';
      /** Names the table in the CSV. */
      name: string;
      columns: Column[];
      rows: Cell[][];
      /** Rows that there were beyond the bound. */
      left: number;
    }
  | { type: 'bars'; title: string; unit: string; bars: { label: string; value: number; tone?: ReportTone }[] }
  | {
      type: 'line';
      title: string;
      unit: string;
      timeZone: string;
      from: number;
      to: number;
      points: { at: number; mean: number; min: number; max: number }[];
      band?: { low: number; high: number };
    };

export interface Section {
  heading: string;
  blocks: Block[];
}

/** The time that a report is about: from inclusive, to exclusive, ms since 1970. */
export interface ReportPeriod {
  from: number;
  to: number;
  /** `Monday 23 November 2026`. */
  name: string;
  timeZone: string;
}

/** The part that is hashed: it follows from the data alone, not from who asked and when. */
export interface ReportContent {
  kind: ReportKind;
  title: string;
  organisation: string;
  period: ReportPeriod;
  sites: { id: string; name: string }[];
  sections: Section[];
}

export interface Report extends ReportContent {
  madeAt: number;
  madeBy: string;
  /** SHA-256 of the content in canonical JSON (RFC 8785), hexadecimal. */
  sha256: string;
  /** Where the audit trail stood when it was made. */
  checkpoint?: { origin: string; size: number; root: string };
}

/** Rows of one table; what lies beyond is counted and said. */
export const MAX_ROWS = 2_000;

/** A table, cut at its bound. */
export function tableOf(name: string, columns: Column[], rows: readonly Cell[][]): Block {
  return {
    type: 'table',
    name,
    columns,
    rows: rows.slice(0, MAX_ROWS),
    left: Math.max(0, rows.length - MAX_ROWS),
  };
}

export function sealed(
  content: ReportContent,
  made: Pick<Report, 'madeAt' | 'madeBy' | 'checkpoint'>,
): Report {
  return { ...content, ...made, sha256: sha256Of(content) };
}

/** Whether a report still says what was hashed. */
export function isIntact({
  madeAt: _at,
  madeBy: _by,
  checkpoint: _checkpoint,
  sha256,
  ...content
}: Report): boolean {
  return sha256Of(content) === sha256;
}
