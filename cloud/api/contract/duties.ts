/** Duties to notify: what the desk and the cloud exchange. */

export type DutyRegime = 'nis2' | 'gdpr';
export type DutyStage = 'early-warning' | 'notification' | 'intermediate' | 'final' | 'authority' | 'people';

/** One clock. Times are ms since 1970; `dueAt` is absent where the law names no time. */
export interface DutyClockRow {
  stage: DutyStage;
  regime: DutyRegime;
  title: string;
  /** Where the law says so. */
  section: string;
  to: string;
  state: 'waiting' | 'undecided' | 'running' | 'overdue' | 'done' | 'late' | 'not-due';
  startsAt?: number;
  dueAt?: number;
  sentAt?: number;
}

export interface AwarenessStatement {
  at: number;
  saidAt: number;
  by: string;
  reason: string;
}

export interface DutyAnswer {
  question: string;
  answer: 'yes' | 'no';
  reason: string;
}

export interface DutyQuestion {
  id: string;
  text: string;
  help: string;
  section: string;
}

export interface DutyDecision {
  regime: DutyRegime;
  /** What follows from the answers. */
  duty: 'open' | 'none' | 'authority' | 'authority-and-people';
  answers: DutyAnswer[];
  /** The question that is open. */
  next?: string;
  at?: number;
  by?: string;
}

export interface DutyDraft {
  id: string;
  stage: DutyStage;
  title: string;
  to: string;
  createdAt: number;
  version: number;
  fields: { id: string; title: string; text: string }[];
  /** Fields that a person still has to fill in. */
  open: string[];
  history: { version: number; at: number; by: string }[];
  approved?: { version: number; at: number; by: string };
  sent?: { at: number; by: string; channel: string; proof: string; sha256: string; version: number };
}

/** GET /api/duties: incidents with a statement of awareness, a decision or a draft; the most urgent clock first. */
export interface DutyList {
  items: {
    incident: string;
    title: string;
    severity: 'info' | 'low' | 'medium' | 'high' | 'critical';
    timeZone: string;
    awareAt?: number;
    clocks: DutyClockRow[];
  }[];
  /** Grave incidents of the last days that nobody has said anything about. */
  unspoken: {
    incident: string;
    title: string;
    severity: DutyList['items'][number]['severity'];
    at: number;
  }[];
}

/** GET /api/incidents/:id/duties, and the answer to every change. */
export interface DutyPage {
  incident: string;
  title: string;
  timeZone: string;
  /** The word that holds is the last. */
  awareness: AwarenessStatement[];
  /** What the system would take, and why; only where nobody has said anything. */
  proposal?: { at: number; reason: string };
  clocks: DutyClockRow[];
  decisions: DutyDecision[];
  questions: Record<DutyRegime, DutyQuestion[]>;
  requests: { at: number; by: string; text: string }[];
  drafts: DutyDraft[];
}

/**
 * POST /api/incidents/:id/duties/awareness {at, reason} · …/decision {regime, answers} · …/request {text} ·
 * …/drafts {stage} · PUT …/drafts/:draft {base, fields} · POST …/drafts/:draft/approve {version} ·
 * …/drafts/:draft/sent {at, channel, proof} · GET …/drafts/:draft/file?format=pdf|json ·
 * GET /api/incidents/:id/duties/bundle?to=insurer|police&format=pdf|json|csv · POST /api/incidents/:id/cap → XML
 */
export interface DutySent {
  at: number;
  channel: string;
  proof: string;
}
