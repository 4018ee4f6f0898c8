/** What the public site of lessons and the desk's page on awareness exchange with the cloud. */

/** GET /api/learn/campaigns: warnings of now, for everybody. */
export interface PublicCampaigns {
  items: {
    id: string;
    /** By language; English is always there. */
    text: Record<string, string>;
    lesson: string;
    until: number;
  }[];
}

/** GET /api/learn/test?course=shop|staff: the questions, by lesson and place in it. */
export interface TestPaper {
  /** Sent back with the answers; holds for an hour. */
  test: string;
  questions: { lesson: string; question: number }[];
}

/** POST /api/learn/certificates {test, answers, name} */
export interface TestResult {
  passed: boolean;
  /** 0 to 1. */
  share: number;
  /** Places of the questions that were answered wrong. */
  wrong: number[];
  /** Where it was passed. */
  number?: string;
}

/** POST /api/learn/certificates/check {number, name?} · POST /api/learn/certificates/pdf {number, name, language}: the PDF */
export interface CheckedCertificate {
  valid: boolean;
  course?: 'shop' | 'staff';
  /** Midnight, UTC, of the day on which it was passed. */
  at?: number;
  share?: number;
  /** Whether it was issued for this name, where one was given. */
  nameFits?: boolean;
}

/** GET /api/learn/mine: who learns, by session or by `Authorization: Bearer` of an invitation. */
export interface Learning {
  learner?: {
    name: string;
    done: { lesson: string; at: number }[];
    /** Only where a session of the desk is used: goes back as X-Gatehouse-Token. */
    token?: string;
  };
  retentionDays: number;
}

/** POST /api/learn/done {lesson, answers}: graded; recorded for staff, and the answers forgotten. */
export interface LessonResult {
  passed: boolean;
  recorded: boolean;
}

export interface CampaignRow {
  id: string;
  state: 'draft' | 'public' | 'ended';
  /** `false-courier`, … */
  theme: string;
  lesson: string;
  city?: string;
  text: Record<string, string>;
  /** Of the incident that led to it. */
  incident?: string;
  madeAt: number;
  madeBy: string;
  approvedBy?: string;
  from?: number;
  until?: number;
  endedBy?: string;
}

/** What an incident suggests, and why it may not be said yet. */
export interface CampaignSuggestion {
  incident: string;
  incidentTitle: string;
  theme: string;
  lesson: string;
  city?: string;
  text: Record<string, string>;
  /** While it would help whoever is at it. */
  waits?: 'not-contained';
}

/** One of the staff: what is done, never how. */
export interface LearnerRow {
  id: string;
  name: string;
  site?: string;
  siteName?: string;
  invitedBy: string;
  invitedAt: number;
  /** Until when the invitation opens. Absent for accounts of the desk. */
  invitationUntil?: number;
  lastAt?: number;
  done: string[];
}

/** GET /api/awareness */
export interface AwarenessOverview {
  /** Absent where the learning pages are not built. */
  lessons?: { id: string; audience: 'shop' | 'staff'; title: string }[];
  campaigns: CampaignRow[];
  suggestions: CampaignSuggestion[];
  learners: LearnerRow[];
  sites: { id: string; name: string }[];
  retentionDays: number;
}

/** POST /api/awareness/invitations {name, site?}: the only time that the link is told. */
export interface Invitation {
  learner: LearnerRow;
  /** Path and fragment on this server. */
  link: string;
}
