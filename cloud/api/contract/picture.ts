/** The situational picture beside its sites: places on Earth, floors, people, links, the past. Types only. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { ClockInfo, PictureSite } from '../contract.ts';

/** Where a site stands on Earth, degrees (WGS 84). */
export interface Coordinates {
  latitude: number;
  longitude: number;
}

/** A floor as the picture shows it; zones and assets name it. */
export interface PictureFloor {
  id: string;
  name: string;
  width: number;
  height: number;
  /** An image under the zones: its address, and how strongly it shows, 0 to 1. */
  image?: { address: string; opacity: number };
}

/** What does not get through. */
export interface LinkDown {
  kind: 'gateway' | 'uplink' | 'camera' | 'device';
  id: string;
  name: string;
  since?: number;
}

/** What a site's picture says beside its zones and assets. */
export interface PictureSiteMore {
  coordinates?: Coordinates;
  /** Where it is drawn: the first is `plan` as well. */
  floors?: PictureFloor[];
  /** By badge, how many in each zone; absent where the house shows nobody. */
  people?: { zone: string; count: number }[];
  linksDown?: LinkDown[];
  /**
   * Instead of zones and assets, where there are many sites: how many there are, links down, data older than their
   * supervision allows, people by badge. GET /api/picture/sites/:id has the rest.
   */
  summary?: { assets: number; linksDown: number; stale: number; people?: number };
}

/** What a picture says beside its sites. */
export interface PictureMore {
  /** Of a picture of the past: the moment that it shows. */
  asOf?: number;
  /** How far back it can be asked for. */
  replayFrom?: number;
  /** How old each property may be before it is stale, ms; `*`: all others. */
  supervisionMs?: Record<string, number>;
}

/** Somebody by their last badge. */
export interface PersonThere {
  id: string;
  name: string;
  zone: string;
  since: number;
}

/** GET /api/picture/sites/:id?at=…: one site, whole. */
export interface SiteDetail extends PictureMore {
  clock: ClockInfo;
  site: PictureSite;
  /** Who is there, for those who may know it where the house shows names. */
  persons?: PersonThere[];
}

/** An incident on the time slider, where it was first told. */
export interface HistoryMark {
  incident: string;
  title: string;
  severity: Severity;
  at: number;
  sites: string[];
}

/** GET /api/picture/history: what the time slider shows. Of many incidents the gravest. */
export interface PictureHistory {
  from: number;
  to: number;
  marks: HistoryMark[];
  /** Incidents that are not among the marks. */
  more: number;
}
