/** Doors, devices, and devices that wait to be assigned. */
import type { AssetKind } from '../../../devices/model/asset.ts';

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
