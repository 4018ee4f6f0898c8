/** Recovery and continuity: what the desk and the cloud exchange. Times are ms since 1970, lengths ms. */
import type { Severity } from '../../../devices/model/detection.ts';

export interface PlanContact {
  name: string;
  role: string;
  phone: string;
  mail: string;
}

export interface PlanFallback {
  id: string;
  title: string;
  text: string;
  /** What must hold before it is chosen. */
  conditions: string[];
  /** A playbook of the response that does it. */
  playbook?: string;
  readyMs?: number;
}

export type PlanPhase = 'first' | 'recover' | 'normal';

export interface PlanStep {
  id: string;
  phase: PlanPhase;
  text: string;
  who: string;
  withinMs?: number;
}

/** What a person writes. PUT /api/continuity/plans/:id {base, content} */
export interface ContinuityPlanContent {
  name: string;
  site: string;
  about: string;
  assets: string[];
  services: string[];
  owner: PlanContact;
  deputies: PlanContact[];
  contacts: PlanContact[];
  rtoMs: number;
  rpoMs?: number;
  fallbacks: PlanFallback[];
  steps: PlanStep[];
  triggers: { rules: string[]; failing: boolean; predictedFrom?: number };
  reviewEveryMs: number;
}

export interface ContinuityPlanRow {
  id: string;
  name: string;
  site: { id: string; name: string };
  /** Names of what it protects. */
  protects: string[];
  owner: string;
  rtoMs: number;
  fallbacks: number;
  steps: number;
  /** What is missing in it. */
  gaps: number;
  reviewDueAt: number;
  /** A recovery by it is under way. */
  recovery?: string;
}

/** GET /api/continuity/plans/:id, and the answer to every change of it. */
export interface ContinuityPlanPage {
  row: ContinuityPlanRow;
  version: number;
  content: ContinuityPlanContent;
  timeZone: string;
  changed: { at: number; by: string };
  reviewed?: { at: number; by: string };
  retired?: { at: number; by: string; text: string };
  gaps: string[];
  /** What an editor may choose from. */
  choices: {
    assets: { id: string; name: string }[];
    services: { id: string; name: string }[];
    playbooks: { id: string; name: string }[];
  };
}

export interface RecoveryClockRow {
  startsAt: number;
  objectiveMs: number;
  elapsedMs: number;
  state: 'running' | 'overdue' | 'met' | 'missed' | 'given-up';
  stoppedAt?: number;
}

export interface RecoveryRow {
  id: string;
  plan: string;
  name: string;
  site: { id: string; name: string };
  incident?: string;
  exercise?: string;
  clock: RecoveryClockRow;
  /** `down`: the service is away; `serving`: it works again, but not everything is as it was. */
  state: 'down' | 'serving' | 'over' | 'given-up';
  done: number;
  total: number;
  activatedAt: number;
}

export interface RecoveryItem extends PlanStep {
  state: 'open' | 'done' | 'skipped';
  at?: number;
  by?: string;
  note?: string;
  dueAt?: number;
}

/** GET /api/continuity/recoveries/:id, and the answer to every word. */
export interface RecoveryPage {
  row: RecoveryRow;
  timeZone: string;
  content: ContinuityPlanContent;
  activated: { at: number; by: string; text: string };
  /** Why the clock starts where it does. */
  clockBecause: string;
  items: RecoveryItem[];
  fallbacks: (PlanFallback & {
    playbookName?: string;
    taken?: { at: number; by: string; text: string };
  })[];
  serving?: { at: number; by: string; text: string; how: 'fall-back' | 'normal' };
  ended?: { at: number; by: string; text: string; how: 'normal' | 'given-up' };
  log: { at: number; by: string; what: string; text: string }[];
  lessons?: LessonsPage;
}

/** POST /api/continuity/recoveries/:id */
export type RecoveryWord =
  | { type: 'done' | 'open' | 'skipped'; step: string; text: string }
  | { type: 'take' | 'leave'; fallback: string; text: string }
  | { type: 'serving'; how: 'fall-back' | 'normal'; text: string }
  | { type: 'down' | 'note'; text: string }
  | { type: 'clock'; at: number; text: string }
  | { type: 'end'; how: 'normal' | 'given-up'; text: string };

export interface MeasureRow {
  id: string;
  text: string;
  owner: string;
  dueAt: number;
  done?: { at: number; by: string; text: string };
}

/** PUT /api/continuity/lessons/:kind/:id {well, badly, measures} · POST …/measures/:measure {text} */
export interface LessonsPage {
  id: string;
  of: { kind: 'recovery' | 'exercise'; id: string; title: string };
  well: string;
  badly: string;
  measures: MeasureRow[];
  at: number;
  by: string;
}

export interface ExerciseScore {
  at: number;
  points: number;
  parts: {
    criterion: 'acknowledged' | 'activated' | 'contained' | 'checklist' | 'handed-over' | 'lessons';
    points: number;
    of: number;
    tookMs?: number;
    goalMs?: number;
    share?: number;
    because: string;
  }[];
}

/** POST /api/continuity/exercises */
export interface ExerciseWish {
  title: string;
  scenario: string;
  plan: string;
  sites: string[];
  participants: string[];
  plannedFor?: number;
  lastsMs: number;
  goals: { acknowledgeMs: number; activateMs: number; containMs: number };
}

export interface ExerciseRow extends ExerciseWish {
  id: string;
  scenarioTitle: string;
  planName: string;
  state: 'planned' | 'running' | 'over' | 'cancelled';
  begunAt?: number;
  endsAt?: number;
  score?: ExerciseScore;
  /** The score of the exercise of the same plan before this one. */
  before?: number;
}

/** GET /api/continuity/exercises/:id, and the answer to every change of it. */
export interface ExercisePage {
  row: ExerciseRow;
  timeZone: string;
  incidents: { id: string; title: string; severity: Severity; state: string }[];
  real: { incident: string; at: number; by: string; text: string }[];
  recovery?: RecoveryRow;
  lessons?: LessonsPage;
  /** Exercises of the same plan, the oldest first. */
  history: { id: string; title: string; at: number; points: number; parts: Record<string, number> }[];
}

/** GET /api/continuity */
export interface ContinuityOverview {
  plans: ContinuityPlanRow[];
  recoveries: RecoveryRow[];
  exercises: ExerciseRow[];
  /** Measures that are not done, the first due first. */
  measures: (MeasureRow & { lessons: string; title: string; isOverdue: boolean })[];
  lessons: LessonsPage[];
  sites: { id: string; name: string; timeZone: string }[];
  starters: { id: string; branch: string; title: string; about: string }[];
  /** Of the simulator; absent where none is connected. */
  scenarios?: { id: string; title: string; running: boolean }[];
}

/** GET /api/incidents/:id/continuity */
export interface IncidentContinuity {
  timeZone: string;
  proposals: {
    plan: ContinuityPlanRow;
    state: 'failed' | 'predicted' | 'named';
    failedAt?: number;
    failsAt?: { early: number; middle: number };
    chance?: number;
    because: string[];
  }[];
  recoveries: RecoveryRow[];
  /** It was brought by this exercise. */
  exercise?: { id: string; title: string };
}
