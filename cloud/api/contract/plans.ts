/** Floor plans: drawn on the desk, kept with revisions. Types only. */
import type { PlanPoint } from '../../../devices/model/site.ts';

export interface PlanZone {
  zone: string;
  outline: PlanPoint[];
}

export interface PlanAsset {
  asset: string;
  x: number;
  y: number;
  /** Of a door that stands in a wall: the wall's direction, degrees, 0 to 179. */
  angle?: number;
}

export interface PlanFloor {
  id: string;
  name: string;
  /** In the plan's own units, metres as a rule. */
  width: number;
  height: number;
  image?: { id: string; opacity: number };
  zones: PlanZone[];
  assets: PlanAsset[];
}

/** GET /api/plans/:site: as it is kept, or as the registry has it (revision 0). */
export interface SitePlan {
  site: string;
  revision: number;
  floors: PlanFloor[];
  /** Who changed it last, and when. */
  by?: string;
  at?: number;
  /** Zones and assets of the site that can be placed. */
  zones: { id: string; name: string }[];
  assets: { id: string; name: string; kind: string; zone?: string }[];
  /** May be changed by whoever asks. */
  isEditable: boolean;
}

/** PUT /api/plans/:site: refused with 409 `changed` unless the plan still stands at `revision`. */
export interface SitePlanChange {
  revision: number;
  floors: PlanFloor[];
}

/** POST /api/plans/:site/images {mediaType, base64} */
export interface PlanImageTaken {
  id: string;
  width: number;
  height: number;
  /** What was left out of it: scripts, references, styles, metadata. */
  dropped: string[];
}
