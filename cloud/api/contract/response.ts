/** The response: playbooks (OASIS CACAO 2.0), and their runs on incidents. */

/** A playbook in the library. */
export interface PlaybookRow {
  id: string;
  name: string;
  description: string;
  labels: string[];
  /** 0 to 100, as CACAO has it. */
  severity: number;
  /** Steps that people or machines do, and of these the machines'. */
  steps: number;
  machineSteps: number;
  /** 0: as it came with the house. */
  version: number;
  isBuiltIn: boolean;
  changed?: { at: number; by: string };
  /** Runs that are not over. */
  underWay: number;
}

/** GET /api/response/playbooks: the library, and what its steps may be made of. */
export interface PlaybookLibrary {
  items: PlaybookRow[];
  /** What machines can be asked to do: the command's type, what it is for, an example. */
  actions: { command: string; title: string; example: string }[];
  /** Partners of the configuration and what they can be asked. */
  targets: {
    name: string;
    title: string;
    calls: { name: string; title: string; arguments: string[]; endangers: 'none' | 'people' | 'trade' }[];
  }[];
  /** Groups that mail can be sent to. */
  groups: string[];
  /** Variables that every incident fills in. */
  facts: string[];
}

/** What is wrong with a playbook; `step` where it is one step's matter. */
export interface PlaybookProblemRow {
  path: string;
  step?: string;
  message: string;
}

/** A step as CACAO has it; what differs by its type stands beside. */
export interface PlaybookStep {
  type:
    | 'start'
    | 'end'
    | 'action'
    | 'playbook-action'
    | 'parallel'
    | 'if-condition'
    | 'while-condition'
    | 'switch-condition';
  name?: string;
  description?: string;
  delay?: number;
  timeout?: number;
  on_completion?: string;
  on_success?: string;
  on_failure?: string;
  commands?: { type: string; command?: string; content?: string; description?: string }[];
  agent?: string;
  targets?: string[];
  out_args?: string[];
  next_steps?: string[];
  condition?: string;
  on_true?: string;
  on_false?: string;
  switch?: string;
  cases?: Record<string, string>;
}

/** A playbook as CACAO has it: what the editor works on. */
export interface PlaybookDocument {
  type: 'playbook';
  spec_version: 'cacao-2.0';
  id: string;
  name: string;
  description?: string;
  created: string;
  modified: string;
  created_by: string;
  workflow_start: string;
  workflow_exception?: string;
  workflow: Record<string, PlaybookStep>;
  playbook_variables?: Record<
    string,
    { type: string; description?: string; value?: string | null; external?: boolean }
  >;
  agent_definitions?: Record<string, { type: string; name: string }>;
  target_definitions?: Record<string, { type: string; name: string }>;
  [more: string]: unknown;
}

/**
 * GET /api/response/playbooks/:id?version=2 · POST /api/response/playbooks {playbook, basedOn} keeps a new version (an
 * import without `basedOn`) · DELETE /api/response/playbooks/:id · GET /api/response/playbooks/:id/export: the CACAO file
 */
export interface PlaybookPage {
  row: PlaybookRow;
  playbook: PlaybookDocument;
  versions: { version: number; at?: number; by?: string }[];
  problems: PlaybookProblemRow[];
}

/** POST /api/response/check {playbook} */
export interface PlaybookCheck {
  problems: PlaybookProblemRow[];
}

/** What a run needs to know of its incident: filled in, and to be changed by a person where the registry is not sure. */
export interface RunQuestion {
  name: string;
  description: string;
  value: string;
  choices: { value: string; label: string }[];
}

/** A run in a list, and the stream's event `response`. */
export interface RunRow {
  id: string;
  incident: string;
  title: string;
  playbook: string;
  playbookName: string;
  site?: string;
  status: 'running' | 'done' | 'cancelled';
  startedAt: number;
  startedBy: string;
  endedAt?: number;
  /** Steps of people and machines that are over, and all that have begun or lie ahead. */
  done: number;
  total: number;
  /** Steps that wait for a person, and of these those that wait for a second one. */
  asking: number;
  approvals: number;
  /** Steps that one person agreed to alone and nobody else has looked at since. */
  reviews: number;
}

export type RunStepState =
  | 'ahead'
  | 'waiting'
  | 'approval'
  | 'todo'
  | 'running'
  | 'unknown'
  | 'failed'
  | 'open'
  | 'done'
  | 'skipped'
  | 'cancelled';

export interface RunStep {
  /** The step and how often it was begun; of one that lies ahead the step alone. */
  key: string;
  step: string;
  name: string;
  type: PlaybookStep['type'];
  /** Who does it: people, machines, or nobody: it only leads on. */
  by: 'person' | 'machine' | 'flow';
  /** Whose it is by the playbook: `Staff at the site`. */
  agent?: string;
  state: RunStepState;
  /** What is to be done, or was sent, in words. */
  says: string[];
  beganAt?: number;
  since?: number;
  startsAt?: number;
  dueAt?: number;
  isOverdue?: boolean;
  /** It failed, and the playbook went another way. */
  wentOn?: boolean;
  attempt?: number;
  assignee?: string;
  approval?: {
    danger: 'people' | 'trade';
    says: string[];
    requestedBy: string;
    requestedAt: number;
    approvedBy?: string;
    approvedAt?: number;
    /** One person alone agreed, in an emergency. */
    alone?: {
      reason: string;
      review?: { by: string; at: number; wasRight: boolean; text: string };
    };
  };
  /** What a person must answer to do it. */
  asks: { name: string; description: string; type: string; choices: string[] }[];
  /** What machines were asked, and what came of it. */
  sent: { says: string; at: number; state: 'sent' | 'ok' | 'failed' | 'unknown'; detail?: string }[];
  endedBy?: string;
  text?: string;
}

/**
 * GET /api/response/runs/:id · POST /api/response/runs {playbook, incident, values} begins one ·
 * POST /api/response/runs/:id/steps/:key/{done,not-done,skip,retry,assign,approve,refuse} ·
 * …/approve-alone {text} · …/review {wasRight, text} · POST /api/response/runs/:id/cancel
 */
export interface RunPage {
  row: RunRow;
  version: number;
  steps: RunStep[];
  /** What the run knows, by variable, with the words for it. */
  values: { name: string; description: string; value: string }[];
  log: { at: number; by: string; step?: string; what: string; text?: string }[];
  /** The asker may agree alone after a second person has been waited for so long, where nobody else can be had. */
  alone?: { afterMs: number };
  text?: string;
  endedBy?: string;
}

/** GET /api/response/runs?incident=… */
export interface RunList {
  items: RunRow[];
}

/** GET /api/response/incidents/:id: what this incident calls for, and what is being done. */
export interface IncidentResponse {
  suggested: { playbook: PlaybookRow; because: string[] }[];
  runs: RunRow[];
}

/** GET /api/response/incidents/:id/playbooks/:playbook */
export interface RunPreparation {
  playbook: PlaybookRow;
  questions: RunQuestion[];
}

/** POST /api/response/rehearse {playbook, incident, values}: a dry run; nothing is touched. */
export interface Rehearsed {
  steps: {
    step: string;
    name: string;
    type: string;
    by: 'person' | 'machine' | 'flow';
    says: string[];
    danger?: 'people' | 'trade';
    problem?: string;
    delayMs?: number;
    timeoutMs?: number;
    assumed?: Record<string, string>;
  }[];
  ends: boolean;
}
