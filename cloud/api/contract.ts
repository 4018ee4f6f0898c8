/** What the desk's pages and other clients exchange with the cloud: types only. The OpenAPI document says the same. */
import type { AssetKind, TemperatureBand } from '../../devices/model/asset.ts';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Incident, IncidentLink, IncidentState } from '../../devices/model/incident.ts';
import type { Facts, ObservationKind } from '../../devices/model/observation.ts';
import type { PlanPoint } from '../../devices/model/site.ts';
import type {
  CascadeDifference,
  CascadeEffect,
  CascadePath,
  CascadeReport,
  CascadeService,
  Suggestion,
} from '../cascade/report.ts';
import type { MitigationRow, RiskRegister, RiskRow } from '../risk/report.ts';
import type { Activity, Role, Ruling, Suppression } from '../store/store.ts';
import type { IncidentPresence } from './contract/incident-desk.ts';
import type { PictureMore, PictureSiteMore } from './contract/picture.ts';
import type { RunRow } from './contract/response.ts';
import type { ToolId } from './contract/toolkit.ts';

export type {
  Activity,
  AssetKind,
  CascadeDifference,
  CascadeEffect,
  CascadePath,
  CascadeReport,
  CascadeService,
  Detection,
  Incident,
  IncidentLink,
  IncidentState,
  MitigationRow,
  ObservationKind,
  RiskRegister,
  RiskRow,
  Role,
  Severity,
  Suggestion,
};

/** Every error answer: `{ error: { code, message } }` with a message fit for a person. */
export interface ApiError {
  error: { code: string; message: string; field?: string };
}

/** POST /api/session {name, password} · GET /api/session · DELETE /api/session */
export interface SessionInfo {
  name: string;
  role: Role;
  /** Send it back as the header X-Gatehouse-Token with every request that changes something. */
  token: string;
  expiresAt: number;
  /** False: some sites or tenants only. */
  seesAll?: boolean;
  /** Has proved a moment ago who they are; else sensitive acts answer 403 `confirm` (POST /api/session/confirm). */
  isFresh?: boolean;
  /** Must add a second factor or a passkey before anything else: all else answers 403 `factor-needed`. */
  mustEnrol?: boolean;
  /** Tools that are not at work: their routes answer 409 `tool-off`, their pages are not offered. */
  toolsOff?: ToolId[];
}

/** The clock that the installation runs on: a demonstration runs faster than the world. */
export interface ClockInfo {
  now: number;
  rate: number;
}

/** One current fact about an asset, with its age. */
export interface AssetState {
  /** `contact`, `lock`, `motion`, `tamper`, `picture`, `online`, `siren`, `temperature`, `humidity`, `battery`, `badge`. */
  property: string;
  value: string | number;
  since: number;
  /** When it was last confirmed. */
  seenAt: number;
}

export interface PictureAsset {
  id: string;
  name: string;
  kind: AssetKind;
  zone?: string;
  position?: PlanPoint;
  /** The floor that its position is on, where there are several. */
  floor?: string;
  band?: TemperatureBand;
  criticality: number;
  states: AssetState[];
  /** Highest severity of an unresolved incident that it is part of. */
  alarm?: Severity;
}

export interface PictureSite extends PictureSiteMore {
  id: string;
  name: string;
  timeZone: string;
  isOpen: boolean;
  plan?: { width: number; height: number };
  zones: {
    id: string;
    name: string;
    outline: PlanPoint[];
    touches: string[];
    alarm?: Severity;
    /** The floor that it is drawn on, where there are several. */
    floor?: string;
  }[];
  assets: PictureAsset[];
  gateway?: {
    id: string;
    connected: boolean;
    lastSeenAt?: number;
    armingMode?: 'disarmed' | 'away' | 'night';
    waiting?: { alarm: number; bulk: number };
    quarantined?: number;
    devicesOffline?: number;
  };
  openIncidents: number;
  worst?: Severity;
}

/** GET /api/picture */
export interface SituationalPicture extends PictureMore {
  clock: ClockInfo;
  sites: PictureSite[];
  /** Cyber sources with their health. */
  sources: {
    name: string;
    title: string;
    asset: string;
    lastAt?: number;
    records: number;
    refused: number;
  }[];
  /** Offered where the installation drives a simulator. */
  scenarios: { id: string; title: string; running: boolean }[];
}

/** One row of the queue. */
export interface IncidentSummary {
  id: string;
  title: string;
  severity: Severity;
  priority: number;
  state: IncidentState;
  assignee?: string;
  first: number;
  last: number;
  sites: { id: string; name: string }[];
  assets: { id: string; name: string; kind: AssetKind }[];
  people: { id: string; name: string }[];
  detections: number;
  /** Which worlds it spans. */
  worlds: ('physical' | 'cyber')[];
  /** When anybody could first know of it, and when somebody took note: what the service level counts from. */
  openedAt?: number;
  acknowledgedAt?: number;
}

/** GET /api/incidents?state=open,acknowledged&site=…&offset=0&limit=50 */
export interface IncidentList {
  /** Where the next page begins: `after=`; absent on the last. */
  next?: string;
  items: IncidentSummary[];
  total: number;
  counts: Record<IncidentState, number>;
}

/** A step of the story, oldest first. */
export interface StoryStep {
  detection: Detection;
  world: 'physical' | 'cyber';
  /** Why it belongs: the strongest link to an earlier step, absent for the first. */
  belongs?: { to: string; weight: number; because: string[] };
  assets: { id: string; name: string; kind: AssetKind; zone?: string }[];
  people: { id: string; name: string }[];
  /** Observations it rests on, oldest first, a bounded number. */
  evidence: { id: string; kind: ObservationKind; at: number; asset: string; value?: number; facts?: Facts }[];
  pictures: { id: string; asset: string; takenAt: number }[];
}

/** GET /api/incidents/:id */
export interface IncidentPage {
  summary: IncidentSummary;
  links: IncidentLink[];
  story: StoryStep[];
  assets: PictureAsset[];
  people: { id: string; name: string; kind: string; badges: string[]; accounts: string[] }[];
  pictures: { id: string; asset: string; takenAt: number }[];
  activities: Activity[];
  /** What people decided about its detections, the latest first; undone ones among them. */
  rulings: RulingRow[];
  site?: PictureSite;
}

/** A person's word on which detections belong together: `one` was taken out of, or joined with, the rest. */
export interface RulingRow
  extends Pick<Ruling, 'id' | 'kind' | 'at' | 'by' | 'text' | 'incidents' | 'undone'> {
  one: number;
  other: number;
}

/**
 * POST /api/incidents/:id/split {detections, text} · POST /api/incidents/:id/merge {incident, text} ·
 * POST /api/rulings/:id/undo {text?}: the incidents that there are now.
 */
export interface Rearranged {
  incidents: IncidentSummary[];
}

/** Detections kept out of incidents for a time: counted, never dropped, back when it ends. */
export interface SuppressionRow extends Omit<Suppression, 'ended'> {
  /** Working, or how it ended. */
  state: 'working' | 'expired' | 'ended';
  ended?: { at: number; by: string; text?: string };
  /** Detections that it keeps back, or kept back until it ended. */
  held: number;
  assetName?: string;
  siteName?: string;
}

/** GET /api/suppressions: those at work first, the one that ends next before. */
export interface SuppressionList {
  items: SuppressionRow[];
}

/** GET /api/suppressions/:id: with the newest that it keeps back. POST …/end {text?} takes it back. */
export interface SuppressionPage {
  suppression: SuppressionRow;
  newest: {
    id: string;
    at: number;
    severity: Severity;
    summary: string;
    assets: { id: string; name: string }[];
  }[];
}

/** POST /api/suppressions */
export interface SuppressionRequest {
  rule: string;
  asset?: string;
  site?: string;
  observable?: { name: string; value: string };
  /** Who answers for it; whoever asks, where it is not said. */
  owner?: string;
  text: string;
  until: number;
  /** Back to when what is found already is kept back as well; from now on where it is not said. */
  from?: number;
}

/** POST /api/incidents/:id/<acknowledge|assign|note|contain|resolve|false-alarm|reopen> */
export interface IncidentAction {
  text?: string;
  assignee?: string;
}

/**
 * GET /api/incidents/:id/cascade: what fails next because of an incident. Times of `cascade` count from `since`.
 * Sampled within half a second of work; cached until the incident or the graph changes.
 */
export interface IncidentCascade {
  incident: string;
  since: number;
  /** What the incident's detections say has happened. */
  happened: { asset: string; name: string; effect: string; words: string; at: number; detection: string }[];
  cascade: CascadeReport;
  /** The likeliest, the most expensive and the strongest path, in words; empty where nothing follows. */
  headline: string;
  /** Mitigations that are not in place and would have lowered the loss, the best first. */
  helps: { mitigation: string; name: string; saves: number }[];
  /** What of this its priority has gained by, where it has. */
  urgency?: { without: number; with: number; because: string };
}

/**
 * GET /api/incidents/:id/stix and /ocsf: the incident as a STIX 2.1 bundle, and as OCSF findings; `persons=yes` leaves
 * names in. POST /api/incidents/:id/release: partners may fetch it from now on; POST …/take-back: no longer.
 */
export interface Released {
  incident: string;
  /** Objects that partners may fetch now and could not before. */
  objects: number;
}

/** GET /api/intelligence: what is looked for, and where it comes from. */
export interface IntelligenceState {
  indicators: number;
  /** Observations that matched since the start. */
  matched: number;
  feeds: {
    name: string;
    lastAt?: number;
    indicators: number;
    revoked: number;
    refused: number;
    problem?: string;
  }[];
}

/**
 * POST /api/cascade: what if. `fail` and `whatIf` as on the command line: `mains`, `shop-server:compromised`;
 * `fix:ASSET`, `ups:ASSET=30min`, `apply:MITIGATION`, … Changes nothing.
 */
export interface CascadeRequest {
  fail: string[];
  whatIf?: string[];
  seed?: number;
  /** Until what had failed is mended. */
  lastingMs?: number;
}

/** POST /api/cascade */
export type CascadeAnswer =
  | { cascade: CascadeReport; difference?: never }
  | { cascade: CascadeReport; difference: CascadeDifference };

/** GET /api/dependencies/suggestions: dependencies that what was recorded speaks for; none is taken by itself. */
export interface SuggestionList {
  items: Suggestion[];
  decided: { from: string; to: string; decision: 'accepted' | 'rejected'; by: string; at: number }[];
}

/** POST /api/dependencies/suggestions; the answer is the list afterwards. */
export interface SuggestionDecision {
  /** `FROM>TO` */
  id: string;
  decision: 'accepted' | 'rejected';
}

/** GET /api/telemetry?asset=…&quantity=temperature&from=…&to=…&points=300: averaged to about `points`. */
export interface TelemetrySeries {
  asset: string;
  quantity: string;
  unit: string;
  points: { at: number; mean: number; min: number; max: number }[];
  band?: TemperatureBand;
}

/** GET /api/people: whom an incident can be assigned to. */
export interface PeopleList {
  items: { name: string; role: Role }[];
}

/** GET /api/quarantine?limit=100: what arrived and could not be taken, newest first. For administrators. */
export interface QuarantineList {
  /** All that was ever put there; the oldest have gone. */
  total: number;
  items: { at: number; wall: string; peer: string; reason: string; base64: string }[];
}

/** GET /api/risk: RiskRegister, out of the threats and weaknesses of the dependency file. */

/**
 * POST /api/identity/credentials {type, subject, claims, validDays} → {id, jwt} · GET /api/identity/credentials?limit=100
 * · POST /api/identity/credentials/revoke {id, reason}: for administrators.
 */
export interface IssuedCredential {
  id: string;
  type: string;
  subject: string;
  validUntil: number;
  at: number;
  by: string;
  revokedAt?: number;
  reason?: string;
}
export interface IssuedList {
  /** Who issues here. */
  issuer: string;
  items: IssuedCredential[];
}

/**
 * For devices that check, with their token as `Authorization: Bearer …`: POST /api/identity/challenge → IdentityChallenge
 * · POST /api/identity/verify {presentation, type, claims} · POST /api/identity/hand-over {presentation, parcel} → IdentityVerdict
 */
export interface IdentityChallenge {
  nonce: string;
  audience: string;
  expiresInMs: number;
}
export interface IdentityVerdict {
  accepted: boolean;
  /** Why not: `revoked`, `expired`, `untrusted-issuer`, `replayed`, `wrong-parcel`, … */
  reason?: string;
  message?: string;
  courier?: string;
  carrier?: string;
}

/**
 * GET /api/audit/health: the tamper-evident log. Beside it, as text: GET /api/audit/checkpoint, /api/audit/key,
 * /api/audit/tile/… (c2sp.org/tlog-tiles), and GET /api/audit/export?incident=…&records=true&since=… (NDJSON).
 */
export interface AuditTrailHealth {
  enabled: boolean;
  /** Entries, and those written since the start. */
  size: number;
  written: number;
  lastAt?: number;
  problem?: string;
  witnessProblem?: string;
}

/** GET /api/audit?offset=0&limit=100: who did what, newest first. */
export interface AuditList {
  items: { at: number; by: string; from: string; action: string; about: string }[];
}

/**
 * GET /api/stream: server-sent events, each with an id; `Last-Event-ID` resumes. When the gap is too long the
 * first event is `restart`, and the page fetches afresh.
 * `incident` IncidentSummary · `incident-gone` {id, into}, `into` empty where nothing took it over · `asset` {site, asset, state: AssetState} · `gateway` {site, gateway} ·
 * `site` {site, isOpen, openIncidents, worst} · `clock` ClockInfo · `scenario` {id, running} ·
 * `suppression` SuppressionRow · `monitor` {id, enabled} · `response` RunRow
 */
export type StreamEvent =
  | { type: 'incident'; data: IncidentSummary }
  | { type: 'incident-gone'; data: { id: string; into: string } }
  | { type: 'asset'; data: { site: string; asset: string; state: AssetState } }
  | { type: 'gateway'; data: { site: string; gateway: NonNullable<PictureSite['gateway']> } }
  | { type: 'site'; data: Pick<PictureSite, 'id' | 'isOpen' | 'openIncidents'> & { worst?: Severity } }
  | { type: 'clock'; data: ClockInfo }
  | { type: 'scenario'; data: { id: string; running: boolean } }
  | { type: 'suppression'; data: SuppressionRow }
  /** A tool was switched: all that are off now. */
  | { type: 'toolkit'; data: { off: ToolId[] } }
  | { type: 'presence'; data: IncidentPresence }
  | { type: 'shift'; data: Record<string, never> }
  | { type: 'response'; data: RunRow }
  | { type: 'restart'; data: Record<string, never> };

/** How a rule of the house stands. */
export interface PolicyRow {
  id: string;
  title: string;
  kind: string;
  severity: Severity;
  /** The laws and standards that ask for it. */
  serves: { standard: string; section: string }[];
  /** Nothing before it counts. */
  inForceFrom: number;
  state: 'met' | 'violated' | 'not-applicable' | 'no-data' | 'switched-off';
  /** When the oldest breach that is not over began. */
  since?: number;
  /** How many assets, sites or people it is kept or broken for. */
  scopes: number;
  breaches: { detection: string; at: number; summary: string; assets: string[] }[];
}

/** GET /api/policies */
export interface PolicyList {
  items: PolicyRow[];
}

/** GET /api/integrity: the pages and files that are looked at, and what is open until somebody accepts it. */
export interface IntegrityOverview {
  pages: {
    url: string;
    state: 'learning' | 'watched' | 'unreachable' | 'not-fetched';
    /** Last time it was reached. */
    reachedAt?: number;
    /** Why it was not, the last time. */
    because?: string;
    scripts: number;
    open: number;
  }[];
  folders: { path: string; files: number; open: number; unreadable: number; isCut: boolean }[];
  /** POST /api/integrity/accept {id} · POST /api/integrity/deployments {minutes} */
  findings: {
    id: string;
    at: number;
    kind: ObservationKind;
    /** The page's address or the folder. */
    where: string;
    what: string;
    /** Whether the last look still showed it. */
    isThere: boolean;
  }[];
}

/** What differs between two registries; only an editor takes anything away, never an import. */
export interface RegistryChanges {
  changes: {
    list: 'sites' | 'zones' | 'assets' | 'identities' | 'links' | 'sharedAddresses';
    id: string;
    change: 'added' | 'changed' | 'removed';
    /** `name: Till → Till 1`. */
    fields: string[];
  }[];
  /** Changes that are not listed. */
  more: number;
  same: number;
}

/** A name that belongs to somebody or something by what was seen. */
export interface LearnedName {
  id: string;
  name: string;
  words: string;
  state: 'accepted' | 'inferred';
  confidence: number;
}

/** GET /api/registry?find=…&offset=…&limit=… */
export interface RegistryPage {
  people: {
    total: number;
    items: {
      id: string;
      name: string;
      kind: string;
      sites: string[];
      badges: string[];
      accounts: string[];
      hosts: string[];
      vehicles: string[];
      learned: LearnedName[];
    }[];
  };
  assets: {
    total: number;
    items: {
      id: string;
      name: string;
      kind: AssetKind;
      site: string;
      zone?: string;
      addresses: string[];
      /** Who alone uses it. */
      user?: string;
      learned: LearnedName[];
    }[];
  };
  /** How many wait for somebody. */
  suggestions: number;
  discovered: number;
  /** What counts from the cloud's next start on. */
  waiting: RegistryChanges;
  learnedAt?: number;
}

/** GET and POST /api/registry/suggestions */
export interface LinkSuggestionList {
  items: {
    id: string;
    kind: 'badge-account' | 'account-account' | 'account-host' | 'badge-vehicle' | 'address-asset';
    a: string;
    b: string;
    /** Whose it is already, by the registry. */
    aName?: string;
    bName?: string;
    confidence: number;
    together: number;
    days: number;
    /** Lower end of the share of days that it explains. */
    atLeast: number;
    against: {
      what: 'without-first' | 'second-first' | 'without-second' | 'with-another' | 'by-another';
      days: number;
    }[];
    firstAt: number;
    lastAt: number;
    evidence: string[];
    evidenceAgainst: string[];
    rival?: { name: string; confidence: number };
    words: string;
    /** Sure enough to be used before anybody looked at it. */
    isUsed: boolean;
  }[];
  decided: {
    id: string;
    kind: string;
    a: string;
    b: string;
    decision: 'accepted' | 'rejected';
    by: string;
    at: number;
  }[];
  usedFrom: number;
}

/** GET and POST /api/registry/discovered */
export interface DiscoveredList {
  items: {
    id: string;
    name: string;
    site: string;
    firstAt: number;
    lastAt: number;
    count: number;
    hours: number;
    source: string;
    seems: AssetKind;
    ports: number[];
    evidence: string;
    suggestedId: string;
  }[];
  /** Heard and not listed, for want of room. */
  leftOut: number;
}

/** POST /api/registry/import; GET /api/registry/export?format=yaml, or format=csv&table=people|badges|accounts|assets|addresses */
export interface RegistryImport {
  files: { name: string; text: string }[];
  dryRun: boolean;
}

export * from './contract/alerting.ts';
export * from './contract/awareness.ts';
export * from './contract/cascade.ts';
export * from './contract/continuity.ts';
export * from './contract/duties.ts';
export * from './contract/gateways.ts';
export * from './contract/hunt.ts';
export * from './contract/incident-desk.ts';
export * from './contract/people.ts';
export * from './contract/picture.ts';
export * from './contract/plans.ts';
export * from './contract/reports.ts';
export * from './contract/response.ts';
export * from './contract/risk.ts';
export * from './contract/sharing.ts';
export * from './contract/shifts.ts';
export * from './contract/toolkit.ts';
