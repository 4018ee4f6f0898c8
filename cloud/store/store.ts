import type { Detection } from '../../devices/model/detection.ts';
import type { Incident, IncidentState } from '../../devices/model/incident.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { GatewayReport, Lane, LossNotice, Picture, RecordBody } from '../../devices/wire.ts';
import type { ClockCorrection } from './clock-correction.ts';
import type { Personal } from './personal.ts';
import type { Queue } from './queue.ts';

/** Where a lane of a gateway's epoch stands: the last record that is committed. */
export interface LanePosition {
  gateway: string;
  epoch: string;
  lane: Lane;
  sequence: number;
  chain: string;
}

/**
 * A lane's new position, which its records do not say by themselves: some were refused, or given up by the
 * gateway. `after` is where the lane must stand at least for this to hold.
 */
export interface LaneMove extends LanePosition {
  after: number;
}

/** A record that passed every check and is to be stored. */
export interface AcceptedRecord {
  gateway: string;
  epoch: string;
  lane: Lane;
  sequence: number;
  receivedAt: number;
  body: RecordBody;
  /** The bytes that the chain covers, kept as they came. */
  json: string;
  chain: string;
}

/** One thing a person did to an incident, or the house itself (`by` is HOUSE). */
export interface Activity {
  incident: string;
  at: number;
  by: string;
  action:
    | 'acknowledged'
    | 'assigned'
    | 'noted'
    | 'contained'
    | 'resolved'
    | 'false-alarm'
    | 'reopened'
    | 'split'
    | 'merged'
    | 'undone';
  text?: string;
  assignee?: string;
}

/** A person's word on which detections belong together. It stands, whatever comes later, until a person undoes it. */
export interface Ruling {
  id: string;
  /** `split`: `one` was taken out of the incident, and left `other`. `merged`: the two were joined. */
  kind: 'split' | 'merged';
  at: number;
  by: string;
  text: string;
  /** Of the incident's site, for times in words. */
  timeZone: string;
  /** Incidents as they were called when it was said. */
  incidents: string[];
  one: string[];
  other: string[];
  undone?: { at: number; by: string; text?: string };
}

/** Detections that a person keeps out of incidents for a time. They are kept, counted, and come back. */
export interface Suppression {
  id: string;
  rule: string;
  asset?: string;
  site?: string;
  observable?: { name: string; value: string };
  /** Who answers for it. */
  owner: string;
  text: string;
  by: string;
  at: number;
  /** Detections of what happened before are left where they are. */
  from: number;
  until: number;
  /** By a person, or by the house when its time was over. `held`: so many it had kept back then. */
  ended?: { at: number; by: string; text?: string; held: number; newest: string[] };
}

/** A monitor that somebody switched on or off. */
export interface MonitorSwitch {
  monitor: string;
  enabled: boolean;
  at: number;
  by: string;
}

/** What people made of an incident: kept apart from what the correlator makes of it. */
export interface Handling {
  incident: string;
  state: IncidentState;
  assignee?: string;
  acknowledgedAt?: number;
  /** First time that anybody was told. Never changed. */
  openedAt: number;
}

/** Who acts where no person does: it opens a resolved incident again. No account may have this name. */
export const HOUSE = 'gatehouse';

/** Somebody wanted to do what an incident's state does not allow; another was faster, perhaps. */
export class NotInState extends Error {
  readonly state: IncidentState;
  constructor(state: IncidentState) {
    super(`the incident is ${state}`);
    this.name = 'NotInState';
    this.state = state;
  }
}

/** One line of the audit trail. */
export interface AuditEntry {
  at: number;
  by: string;
  /** An address. */
  from: string;
  action: string;
  about: string;
}

/** Something that arrived and could not be taken, with its raw bytes (bounded). */
export interface Quarantined {
  at: number;
  wall: string;
  peer: string;
  reason: string;
  raw: Uint8Array;
}

export interface Account {
  name: string;
  passwordHash: string;
  role: Role;
}

/**
 * Something that changed, for the audit trail. What has a state (an incident, a lane, an account) stands as it is when
 * it is read; undefined where it is no more.
 */
export type Change = { number: number } & (
  | { kind: 'audit'; entry: AuditEntry | undefined }
  | { kind: 'activity'; activity: Activity | undefined }
  | { kind: 'quarantine'; entry: Quarantined | undefined }
  | { kind: 'loss'; loss: (LossNotice & { gateway: string; epoch: string }) | undefined }
  | { kind: 'incident'; id: string; incident: Incident | undefined; into: string | undefined }
  | { kind: 'lane'; position: LanePosition | undefined }
  | { kind: 'account'; name: string; role: Role | undefined }
);

/** A record's own bytes, as its gateway's chain covers them. */
export interface ChainedRecord {
  sequence: number;
  chain: string;
  json: string;
}

/** What a tool for people keeps: JSON under a kind and an id, read with the tool's own schema. */
export interface StoredDocument {
  kind: string;
  id: string;
  /** 1 when it is first put, one more with each change. */
  revision: number;
  value: unknown;
}

/** A document to put, or to remove where it has no value. */
export interface DocumentWrite {
  kind: string;
  id: string;
  value: unknown;
  /** Refused unless the document stands at this revision; 0: unless there is none. */
  expected?: number;
}

/** A document was changed by somebody else since it was read. */
export class DocumentChanged extends Error {
  constructor() {
    super('the document was changed by somebody else in the meantime');
    this.name = 'DocumentChanged';
  }
}

/** What each may do is listed in api/rights.ts. */
export type Role = 'staff' | 'responsible-person' | 'operator' | 'supervisor' | 'auditor' | 'administrator';

/**
 * The cloud's memory. The embedded default is SQLite; the same contract test runs over every
 * implementation. Every promise that resolves means committed to disk.
 */
export interface Store {
  /**
   * All or nothing, with the lane's new position; records already there are left as they are. A lane without a
   * move goes to its last record. Refused when a lane stands before its move's `after`: an earlier commit failed.
   */
  commit(records: readonly AcceptedRecord[], moves?: readonly LaneMove[]): Promise<void>;
  /** Observations and detections of the cloud's own sources, ids already given; idempotent by id. */
  append(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
  /** Detections that no longer hold, after something late was seen; only monitors take back. */
  withdraw(ids: readonly string[]): Promise<void>;
  positions(gateway: string): LanePosition[];

  detections(range: { from?: number; to?: number }): Iterable<Detection>;
  detection(id: string): Detection | undefined;
  /** Names of the detections from a time on. */
  found(from: number): Iterable<{ id: string; at: number; rule: string }>;
  /** Where detections and incidents stand: it grows with every call that puts some. */
  position(): number;
  /** Names of the detections and incidents that were put since, as far as they are still there. */
  changedSince(position: number): { detections: string[]; incidents: string[] };
  /** Newest first; those named by `ids` in any number up to the limit. */
  observations(query: {
    ids?: readonly string[];
    kinds?: readonly ObservationKind[];
    asset?: string;
    from?: number;
    to?: number;
    limit: number;
  }): Observation[];
  picture(id: string): Picture | undefined;
  picturesOf(assets: readonly string[], from: number, to: number, limit: number): Omit<Picture, 'base64'>[];
  /** What a gateway's epoch has said of its clock, the newest first; `commit` has applied it to what was there. */
  clockCorrections(gateway: string, epoch: string): ClockCorrection[];
  /** Detections that a gateway's records in this range of its sequence carried, as they stand now. */
  detectionsOf(range: Omit<ClockCorrection, 'correctionMs' | 'setAt'>): Detection[];
  losses(gateway?: string): (LossNotice & { gateway: string; epoch: string })[];

  /**
   * Replaces what the correlator found: `gone` ids are forwarded to the incident that took them over; those
   * without one are dropped, what people did to them stays on record. A resolved incident with news worth it is
   * open again (see `reopening` of the store's options).
   */
  putIncidents(
    changed: readonly Incident[],
    gone: readonly { id: string; into?: string }[],
    /** Incidents that were a part of another: in people's hands they are as far as that one is. */
    parts?: readonly { id: string; of: string }[],
  ): Promise<void>;
  incident(id: string): Incident | undefined;
  /** Those whose last detection is no older, and whose first is older where that is said, in no order; read as they are asked for. */
  incidentsSince(lastFrom: number, firstBefore?: number): Iterable<Incident>;
  /** Most urgent first. */
  incidents(query: {
    states?: readonly IncidentState[];
    site?: string;
    /** Those of at least one of these sites. */
    sites?: readonly string[];
    /** Those whose last detection is no older. */
    lastFrom?: number;
    offset: number;
    limit: number;
  }): { incident: Incident; handling: Handling }[];
  /** How many incidents are in each state, at all sites, at one, or at any of some. */
  incidentCounts(site?: string | readonly string[]): Record<IncidentState, number>;
  /** The queue with its filters and places: see QueueQuery. */
  queue: Pick<Queue, 'page' | 'count' | 'counts' | 'rules' | 'sharing'>;
  /** Where an incident's id leads now: to itself, or to the incident that took it over. */
  currentIncident(id: string): string;
  handling(incident: string): Handling | undefined;
  /**
   * @param from states in which this may be done; any where it is not said
   * @throws RangeError when there is no such incident
   * @throws NotInState
   */
  act(activity: Activity, from?: readonly IncidentState[]): Promise<Handling>;
  activities(incident: string): Activity[];

  /** In the order in which they were first put. */
  rulings(): Ruling[];
  suppressions(): Suppression[];
  switches(): MonitorSwitch[];
  /** Each of these in one commit with its line of the audit trail, or its activities. */
  putRuling(ruling: Ruling, audit?: AuditEntry, activities?: readonly Activity[]): Promise<void>;
  putSuppression(suppression: Suppression, audit: AuditEntry): Promise<void>;
  putSwitch(one: MonitorSwitch, audit: AuditEntry): Promise<void>;
  /** What each rule found since a moment: how many, and when it last did. */
  foundSince(from: number): { rule: string; count: number; last: number }[];
  /** The newest detections of some rules. */
  newestOf(rules: readonly string[], from: number, limit: number): Detection[];

  document(kind: string, id: string): StoredDocument | undefined;
  /** By id. */
  documents(kind: string): StoredDocument[];
  /**
   * All of them in one commit, with lines of the audit trail.
   * @throws DocumentChanged when one of them does not stand where it was expected; nothing is stored then
   */
  putDocuments(writes: readonly DocumentWrite[], audit?: AuditEntry | readonly AuditEntry[]): Promise<void>;

  report(gateway: string): GatewayReport | undefined;
  quarantine(entry: Quarantined): void;
  quarantined(limit: number): { total: number; newest: Quarantined[] };

  account(name: string): Account | undefined;
  accounts(): Account[];
  putAccount(account: Account): Promise<void>;
  session(tokenHash: string): { account: string; expiresAt: number } | undefined;
  putSession(tokenHash: string, account: string, expiresAt: number): Promise<void>;
  endSession(tokenHash: string): Promise<void>;
  /** Who did what, when, from where; append only. */
  audit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  audited(range: { offset: number; limit: number }): AuditEntry[];

  /** What has changed and was not taken yet, oldest first; on disk together with the change itself. @param after a number passed already */
  changes(limit: number, after?: number): Change[];
  /** The number of the newest change there ever was. */
  lastChange(): number;
  /** All up to this number are kept elsewhere now. */
  takeChanges(upTo: number): Promise<void>;
  /** Records of a lane behind a sequence, in order, as they came. */
  chained(
    lane: Pick<LanePosition, 'gateway' | 'epoch' | 'lane'>,
    after: number,
    limit: number,
  ): ChainedRecord[];

  /** What is asked where personal data has had its time; nothing else deletes. */
  readonly personal: Personal;

  /** Where a followed log stands. */
  cursor(source: string): string | undefined;
  putCursor(source: string, value: string): Promise<void>;
  counts(): Record<string, number>;
  close(): Promise<void>;
}
