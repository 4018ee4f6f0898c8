/** Reports: what the desk and the cloud exchange. */
import type { Report, ReportKind } from '../../reports/report.ts';

export type {
  Block as ReportBlock,
  Cell as ReportCell,
  Report,
  ReportKind,
  Section as ReportSection,
} from '../../reports/report.ts';

/** GET /api/reports/:kind?every=day&back=1 or from=…&to=…, &timeZone=…&sites=a,b&persons=yes|no&format=json|pdf|csv: Report, or the file. */
export type ReportAnswer = Report;

export interface ReportScheduleRow {
  id: string;
  kind: ReportKind;
  every: 'day' | 'week' | 'month';
  timeZone: string;
  /** Minutes after midnight of the day after its period ended, on the wall. */
  atMinutes: number;
  /** Empty: all. */
  sites: string[];
  mailTo: string[];
  by: string;
  createdAt: number;
  nextAt: number;
  problem?: string;
}

export interface KeptReportRow {
  id: string;
  schedule: string;
  kind: ReportKind;
  title: string;
  period: { from: number; to: number; name: string; timeZone: string };
  sites: { id: string; name: string }[];
  madeAt: number;
  sha256: string;
  mailed?: { at: number; to: string[]; problem?: string };
}

/** GET /api/reports · POST /api/reports/schedules {…} · DELETE /api/reports/schedules/:id: the list afterwards. */
export interface ReportList {
  kinds: { kind: ReportKind; title: string }[];
  sites: { id: string; name: string; timeZone: string }[];
  schedules: ReportScheduleRow[];
  /** Newest first. */
  kept: KeptReportRow[];
  /** Whether anything can be mailed. */
  hasMail: boolean;
}

/** GET /api/reports/kept/:id?format=json|pdf|csv */
export type KeptReport = Report;
