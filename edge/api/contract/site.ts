/** The whole page. */
import type { AssetKind } from '../../../devices/model/asset.ts';
import type { SiteAlarm } from './alarms.ts';
import type { ArmingMode, ArmingStatus, WatchedPoint } from './arming.ts';
import type { SiteTemperature } from './cold-chain.ts';
import type { SiteCommand, SiteLock, SiteNotice } from './commands.ts';
import type { InboxDevice, SiteDevice, SiteDoor } from './devices.ts';
import type { BadgeReader } from './sessions.ts';
import type { WalkTest } from './upkeep.ts';

export interface UplinkStatus {
  connected: boolean;
  via: 'mqtt' | 'https' | 'none';
  since: number;
  waiting: { alarm: number; bulk: number };
  lastReceiptAt?: number;
}

/** The way to the monitoring station (SIA DC-09): alarms go by the first line that is answered. */
export interface StationStatus {
  /** Alarms that no receiver has acknowledged yet. */
  waiting: number;
  /** Alarms that were given up since the start, because too many waited. */
  givenUp: number;
  lines: {
    name: string;
    /** Absent: not tried yet. */
    works?: boolean;
    answeredAt?: number;
    /** Nobody on the way can read it. */
    encrypted: boolean;
  }[];
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
  /** Readers at which one can sign in with a badge; for readers from the site only. */
  badgeReaders?: BadgeReader[];
  alarms: SiteAlarm[];
  doors: SiteDoor[];
  temperatures: SiteTemperature[];
  cameras: { asset: string; name: string; picture: 'visible' | 'obscured' | 'unknown'; online: boolean }[];
  sirens: { asset: string; name: string; sounding: boolean }[];
  /** Absent: a gateway from before there were any. */
  locks?: SiteLock[];
  /** What was asked for at the page lately, newest first. */
  commands?: SiteCommand[];
  /** Messages of the security desk that nobody has seen, oldest first. Absent: a gateway from before there were any. */
  notices?: SiteNotice[];
  devices: SiteDevice[];
  inbox: InboxDevice[];
  /** Assets that a device can be assigned to. */
  assets: { id: string; name: string; kind: AssetKind }[];
  /** Absent: this gateway was given no cloud. */
  uplink?: UplinkStatus;
  /** Absent: alarms go to no monitoring station. */
  station?: StationStatus;
  /** Every point of the alarm, by zone: what arming would watch. */
  watched: WatchedPoint[];
  /** The walk test under way, or the last one since the start. */
  walkTest?: WalkTest;
  quarantine: { total: number; newest: { at: number; wall: string; peer: string; reason: string }[] };
}
