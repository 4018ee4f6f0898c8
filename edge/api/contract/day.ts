/** What happened in a stretch of time. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { Facts } from '../../../devices/model/observation.ts';

/** GET /api/day?from=…&to=…: what happened, newest first. */
export interface DayRecord {
  from: number;
  to: number;
  /** Doors and cabinets opened, badges let in and refused, alarms. */
  opened: number;
  granted: number;
  denied: number;
  alarms: number;
  doors: {
    asset: string;
    name: string;
    opened: number;
    granted: number;
    denied: number;
    /** Newest first. */
    passes: { at: number; who: string; granted: boolean; because?: string }[];
  }[];
  entries: DayEntry[];
  /** False: more happened than is told here. */
  isWhole: boolean;
}

export interface DayEntry {
  /** Of a detection. */
  id?: string;
  at: number;
  /** The observation's kind, or `detection`. */
  what: string;
  asset: string;
  name: string;
  who?: string;
  detail?: string;
  severity?: Severity;
  /** Of a detection, for a sentence in the reader's language. */
  facts?: Facts;
  count?: number;
  /** Doors that a badge opens. */
  doors?: string[];
}
