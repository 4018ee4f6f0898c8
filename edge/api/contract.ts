/** What the site page exchanges with its gateway: types only. It works with the cloud gone. */
import type { AssetKind, TemperatureBand } from '../../devices/model/asset.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { OpeningHours } from '../../devices/model/site.ts';

export type { AssetKind, OpeningHours, Severity, TemperatureBand };

export type ArmingMode = 'disarmed' | 'away' | 'night';

/** What stands in the way of arming, and what arming would leave out. Nothing is bypassed without being named. */
export interface ArmingCheck {
  ready: boolean;
  /** `canLeaveOut`: naming it in `bypass` would leave it out. */
  blockedBy: { asset: string; name: string; because: string; canLeaveOut?: boolean }[];
  bypassed: { asset: string; name: string; by: string }[];
}

export interface ArmingStatus extends ArmingCheck {
  mode: ArmingMode;
  phase: 'settled' | 'exit-delay' | 'entry-delay' | 'triggered';
  /** When the delay under way ends. */
  until?: number;
  since: number;
  by: string;
  schedule: ArmingSchedule;
}

/** When the gateway arms and disarms by itself. */
export interface ArmingSchedule {
  entries: { days: OpeningHours['days']; at: string; mode: ArmingMode }[];
  changedAt?: number;
  changedBy?: string;
}

/** POST /api/arming {mode, bypass: [asset]} answers this, with 409 when blocked. */
export interface ArmingAnswer extends ArmingCheck {
  result: 'armed' | 'arming' | 'disarmed' | 'blocked';
  until?: number;
}

/** An alarm at this site, until somebody takes note of it and its cause is gone. */
export interface SiteAlarm {
  id: string;
  rule: string;
  severity: Severity;
  summary: string;
  /** What to do now. */
  instruction: string;
  at: number;
  assets: { id: string; name: string }[];
  acknowledged?: { at: number; by: string };
  /** The condition is still there. */
  active: boolean;
  count: number;
}

export interface SiteDoor {
  asset: string;
  name: string;
  kind: AssetKind;
  contact?: 'open' | 'closed';
  lock?: 'locked' | 'unlocked' | 'jammed';
  since?: number;
  lastBadge?: { who: string; at: number; granted: boolean };
  online: boolean;
}

export interface SiteTemperature {
  asset: string;
  name: string;
  celsius?: number;
  seenAt?: number;
  band?: TemperatureBand;
  condition: 'in-band' | 'warning' | 'excursion' | 'unknown';
  /** The stretch out of band under way. */
  excursion?: {
    side: 'above' | 'below';
    startedAt: number;
    peakCelsius: number;
    peakAt: number;
    /** `brief`: too short to be a warning yet. */
    stage: 'brief' | 'warning' | 'excursion' | 'critical';
  };
  /** It warms up: when it will leave its band, and between when the models differ. */
  forecast?: {
    leavesAt: number;
    earliestAt: number;
    latestAt: number;
    confidence: 'sure' | 'likely' | 'unsure';
  };
  calibration?: { state: 'valid' | 'due-soon' | 'overdue' | 'not-recorded'; text: string };
  doorOpenSince?: number;
  /** Mains power is away somewhere at the site. */
  powerLostSince?: number;
  /** Goods that were set apart and wait for a decision, one for each excursion. */
  setApart?: { startedAt: number; quarantinedAt: number; side: 'above' | 'below'; peakCelsius: number }[];
}

/**
 * GET /api/cold-chain/:asset: what became of goods, and the key that seals the records. The records themselves:
 * GET /api/cold-chain/:asset/record?period=2026-11-22&format=pdf (a day; `2026-11` a month; pdf, csv, sig), with
 * `asOf` where the formats are to fit each other while the period goes on.
 */
export interface FridgeGoods {
  asset: string;
  name: string;
  /** Persons who may decide; empty: whoever may sign in. */
  responsible: { id: string; name: string }[];
  cases: GoodsCase[];
  /** Of the key that seals the records. */
  fingerprint: string;
}

export interface GoodsCase {
  startedAt: number;
  quarantinedAt: number;
  side: 'above' | 'below';
  peakCelsius: number;
  /** Oldest first; the last one is in force. */
  decisions: { decision: 'release' | 'discard'; at: number; by: string; reason: string }[];
}

/** POST /api/cold-chain/:asset/decision answers the case; 409 where it can't be decided now. */
export interface GoodsDecision {
  /** The case's. */
  startedAt: number;
  decision: 'release' | 'discard';
  reason: string;
}

export interface SiteDevice {
  device: string;
  name: string;
  profile: string;
  online: boolean;
  lastHeardAt?: number;
  battery?: number;
  assets: { part: string; asset: string }[];
}

/** A device that was heard and belongs to nothing yet. */
export interface InboxDevice {
  device: string;
  profile: string;
  name?: string;
  model?: string;
  parts: string[];
  firstHeardAt: number;
  lastHeardAt: number;
  messages: number;
  /** Last reading in words: `contact open`. */
  last: string;
  /** What it has said of each of its parts: for trying it out before it is put to use. */
  heard: HeardReading[];
}

/** The newest word about one thing that a part tells. */
export interface HeardReading {
  part: string;
  /** A property, a quantity or a moment: `contact`, `temperature`, `badge-presented`. */
  what: string;
  value: string | number;
  /** How often it was said; a retained message counts, too. */
  times: number;
  /** How often it was something else than before. */
  changes: number;
}

export interface UplinkStatus {
  connected: boolean;
  via: 'mqtt' | 'https' | 'none';
  since: number;
  waiting: { alarm: number; bulk: number };
  lastReceiptAt?: number;
}

/** GET /api/site: everything the page shows; GET /api/stream sends it anew whenever it changes (event `site`). */
export interface SitePage {
  gateway: string;
  site: { id: string; name: string; timeZone: string; isOpen: boolean };
  clock: { now: number; rate: number };
  arming: ArmingStatus;
  /** What the schedule does next. */
  nextScheduled?: { at: number; mode: ArmingMode };
  /** Who may sign in here; empty for a reader from outside without a session. */
  people: string[];
  alarms: SiteAlarm[];
  doors: SiteDoor[];
  temperatures: SiteTemperature[];
  cameras: { asset: string; name: string; picture: 'visible' | 'obscured' | 'unknown'; online: boolean }[];
  sirens: { asset: string; name: string; sounding: boolean }[];
  devices: SiteDevice[];
  inbox: InboxDevice[];
  /** Assets that a device can be assigned to. */
  assets: { id: string; name: string; kind: AssetKind }[];
  /** Absent: this gateway was given no cloud. */
  uplink?: UplinkStatus;
  /** Every point of the alarm, by zone: what arming would watch. */
  watched: WatchedPoint[];
  /** The walk test under way, or the last one since the start. */
  walkTest?: WalkTest;
  quarantine: { total: number; newest: { at: number; wall: string; peer: string; reason: string }[] };
}

/** GET /api/temperature?asset=…&from=…&to=… */
export interface TemperatureHistory {
  asset: string;
  points: { at: number; celsius: number }[];
  band?: TemperatureBand;
}

/** POST /api/session {name, pin}; GET says who is signed in, or 401; DELETE ends it. */
export interface SiteSession {
  name: string;
  /** Goes with everything that changes something, as the header X-Gatehouse-Token. */
  token: string;
  /** By the site's clock; each use puts it off. */
  expiresAt: number;
}

/** POST /api/sirens/off answers this: what was told to be silent. */
export interface SilencedSirens {
  silenced: { asset: string; name: string }[];
}

/** POST /api/commands {action, asset}, and POST /api/commands/:confirm/confirm: it was given. What came of it is seen. */
export interface CommandAnswer {
  command: string;
}

/** 202 to POST /api/commands: it is dangerous, and is done only when the person confirms what it says. */
export interface CommandQuestion {
  confirm: string;
  /** What will happen, in words. */
  says: string;
  withinMs: number;
}

/** What a part with two states may stand for. */
export type PartMeaning = 'contact' | 'motion' | 'tamper' | 'lock' | 'siren' | 'exit';

/** POST /api/inbox/:device/assign. Without `part`, all parts tell about the asset. */
export interface InboxAssignment {
  asset: string;
  part?: string;
  treatAs?: PartMeaning;
  name?: string;
  /** It is wired the other way round: it says closed when it is open. */
  invert?: boolean;
}

/** GET /api/cameras: each camera with what it does, for people who are signed in. */
export interface CameraStatus {
  asset: string;
  name: string;
  online: boolean;
  picture: 'visible' | 'obscured' | 'unknown';
  /** Why the picture is obscured, as the gateway's own watch found. */
  reason?: 'dark' | 'bright' | 'covered' | 'frozen' | 'moved' | 'blurred';
  /** What it does, each alive or dead by itself; absent before it was first tried. */
  roles: { role: 'events' | 'snapshot' | 'stream'; works: boolean; why?: string }[];
  model?: string;
  serial?: string;
  /** How far its clock is ahead. */
  clockOffsetSeconds?: number;
  lastPictureAt?: number;
}

/** GET /api/cameras/:asset/presets, and POST /api/cameras/:asset/preset {preset}: answers CommandAnswer. */
export interface CameraPreset {
  token: string;
  name: string;
}

/**
 * GET /api/evidence?detection=…&camera=…: pictures before and after detections, the newest first, for people who are
 * signed in. A picture is GET /api/evidence/:set/:file.
 */
export interface EvidencePictures {
  set: string;
  detection: string;
  rule: string;
  severity: Severity;
  summary: string;
  /** When it was detected. */
  at: number;
  camera: { asset: string; name: string };
  /** When they are deleted, at the latest. */
  keptUntil: number;
  pictures: { file: string; takenAt: number; bytes: number; sha256: string }[];
}

/** POST /api/cameras/discover {interfaces?: [name]}: all of the machine's where none is named. */
export interface DiscoveredCameras {
  cameras: {
    endpoint: string;
    host: string;
    port: number;
    secure: boolean;
    name?: string;
    hardware?: string;
    mac?: string;
    interface: string;
    /** It stands in the configuration already. */
    knownAs?: string;
  }[];
  problems: { interface: string; why: string }[];
}

/** POST /api/cameras/prove {host, port?, secure?, username, password}: nothing is kept. */
export type CameraProof =
  | {
      proved: true;
      manufacturer: string;
      model: string;
      serial: string;
      firmware: string;
      mac?: string;
      endpoint?: string;
      clockOffsetSeconds?: number;
      /** It answers without a log-in, too: anybody in the network can do as much. */
      opensToAnybody: boolean;
      /** A small JPEG of now, base64. */
      picture?: string;
      noPictureBecause?: string;
      hasStream: boolean;
      offersMqtt: boolean;
      presets: CameraPreset[];
    }
  | { proved: false; why: 'refused' | 'unreachable'; detail: string };

/** Every answer that is no success. */
export interface ApiProblem {
  error: { code: string; message: string; field?: string; retryAfterMs?: number };
}

/** One point of the alarm. `always` is watched in every mode and can't be left out; `interior` not at night. */
export interface WatchedPoint {
  asset: string;
  name: string;
  kind: AssetKind;
  role: 'entry' | 'perimeter' | 'interior' | 'always';
  zone?: { id: string; name: string };
  /** What would stand in the way now. */
  because?: string;
}

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
  /** Doors that a badge opens. */
  doors?: string[];
}

/** POST /api/walk-test begins one, POST /api/walk-test/end ends it; the page follows it live. */
export interface WalkTest {
  startedAt: number;
  endedAt?: number;
  by: string;
  points: {
    asset: string;
    name: string;
    kind: AssetKind;
    zone?: string;
    ask: 'open' | 'walk' | 'badge' | 'read';
    heardAt?: number;
  }[];
}

/** POST /api/backup {passphrase}: the sealed file. */
export interface BackupAnswer {
  name: string;
  base64: string;
  /** Files that lie elsewhere on this machine: to be carried over by hand. */
  leftOut: string[];
}

/** POST /api/restore {passphrase, base64}: it is in force once the gateway is started again. */
export interface RestoreAnswer {
  gateway: string;
  madeAt: string;
  files: number;
  assigned: number;
  /** Devices that were put to use at the page and have to be put to use again. */
  notAssigned: number;
}

/** GET /api/rules: the rules in force, as one would write them. */
export interface RulesText {
  text: string;
}

/** POST /api/rules/try {text, hours}: what these rules would have raised, beside the rules in force. */
export interface RulesTrial {
  from: number;
  to: number;
  observations: number;
  /** False: the log holds more than was gone through; the oldest was left out. */
  isWhole: boolean;
  /** Alarms by the rules in force, and by the changed ones. */
  present: number;
  changed: number;
  /** New ones, and those that would not come any more; newest first. */
  added: TriedDetection[];
  gone: TriedDetection[];
  moreAdded: number;
  moreGone: number;
  troubles: string[];
}

export interface TriedDetection {
  at: number;
  rule: string;
  severity: Severity;
  summary: string;
  assets: string[];
}
