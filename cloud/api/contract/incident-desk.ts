/** The incident desk: saved views, clocks of the service level, presence, what happened before. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { IncidentState } from '../../../devices/model/incident.ts';
import type { ThemeName } from '../../correlation/theme.ts';
import type { IncidentSummary } from '../contract.ts';

export type { ThemeName };

/** What a view of the queue shows; what is not said is not asked for. Ages in milliseconds. */
export interface QueueView {
  states?: IncidentState[];
  /** At least so severe. */
  severity?: Severity;
  sites?: string[];
  theme?: ThemeName;
  /** Empty: of nobody; `me`: of whoever looks. */
  assignee?: string;
  /** Began at least so long ago. */
  olderThanMs?: number;
  /** Had news at most so long ago. */
  newerThanMs?: number;
  text?: string;
}

export interface SavedView {
  id: string;
  name: string;
  view: QueueView;
  owner: string;
  /** Everybody sees it; else its owner alone. */
  shared: boolean;
  savedAt: number;
}

/** GET /api/views · PUT /api/views/:id {name, view, shared} · DELETE /api/views/:id; the answer is the list afterwards. */
export interface SavedViewList {
  items: SavedView[];
}

/** How soon an incident is to be acknowledged and contained, by severity; what is not said has no clock. */
export interface ServiceLevels {
  acknowledgeMs: Partial<Record<Severity, number>>;
  containMs: Partial<Record<Severity, number>>;
  /** A person is warned when this part of the time is over, 0 to 1. */
  warnAt: number;
}

/** GET /api/desk: what the desk goes by. */
export interface DeskSettings {
  serviceLevels: ServiceLevels;
  themes: ThemeName[];
}

/** POST /api/incidents/bulk */
export interface BulkRequest {
  ids: string[];
  verb: 'acknowledge' | 'assign' | 'contain' | 'resolve' | 'false-alarm';
  text?: string;
  assignee?: string;
}
export interface BulkAnswer {
  done: IncidentSummary[];
  /** Left as they are, and why. */
  refused: { id: string; code: string; message: string }[];
}

/** POST /api/incidents/:id/presence {activity}: who looks at it or writes in it now; `gone` takes one out. */
export interface IncidentPresence {
  incident: string;
  people: { name: string; activity: 'looking' | 'writing'; since: number }[];
}

/** GET /api/incidents/:id/similar */
export interface SimilarIncidents {
  items: {
    summary: IncidentSummary;
    /** 0 to 1. */
    similarity: number;
    /** What they share, in words. */
    because: string[];
    /** What people made of it, with their last words. */
    outcome?: { state: IncidentState; by: string; at: number; text?: string };
  }[];
}
