/** Shifts: who is on duty, and what one hands to the next. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { IncidentState } from '../../../devices/model/incident.ts';

/** What is open when a shift ends. */
export interface OpenSummary {
  total: number;
  bySeverity: Record<Severity, number>;
  unassigned: number;
  /** The most urgent, and those that the person has. */
  incidents: {
    id: string;
    title: string;
    severity: Severity;
    state: IncidentState;
    assignee?: string;
    site?: string;
  }[];
}

export interface Shift {
  id: string;
  name: string;
  startedAt: number;
  endedAt?: number;
  handOver?: {
    at: number;
    note: string;
    open: OpenSummary;
    /** Meant for one person; for whoever comes where it is not said. */
    to?: string;
    confirmed?: { by: string; at: number };
  };
}

/** What somebody wrote down for the next shift, at an incident or of itself. */
export interface ShiftNote {
  id: string;
  at: number;
  by: string;
  text: string;
  incident?: { id: string; title: string };
  read?: { by: string; at: number };
}

/**
 * GET /api/shifts · POST /api/shifts/start · POST /api/shifts/hand-over {note, to?} · POST /api/shifts/:id/confirm ·
 * POST /api/shifts/notes {text, incident?} · POST /api/shifts/notes/:id/read
 */
export interface ShiftList {
  onDuty: Shift[];
  /** Handed over and not confirmed by anybody yet. */
  waiting: Shift[];
  /** The latest that are over, confirmed ones among them. */
  past: Shift[];
  /** For the next shift: unread ones first. */
  notes: ShiftNote[];
  /** What a hand-over would say now. */
  open: OpenSummary;
}
