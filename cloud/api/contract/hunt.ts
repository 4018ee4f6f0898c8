/** Search over all observations and detections. */
import type { Detection, Severity } from '../../../devices/model/detection.ts';
import type { Observation } from '../../../devices/model/observation.ts';

export interface HuntRow {
  place: number;
  at: number;
  observation?: Observation;
  detection?: Detection;
  siteName?: string;
  assetName?: string;
  /** Whom the registry knows by its badge or account. */
  people: { id: string; name: string }[];
}

export interface HuntFacet {
  value: string;
  /** What it is called. */
  name: string;
  count: number;
  /** The term that narrows to it: `site:linden`. */
  term: string;
}

/** GET /api/hunt?query=…&before=…&limit=… ; a query that can't be read is 422 `query` with column and suggestions. */
export interface HuntResult {
  query: string;
  rows: HuntRow[];
  next?: number;
  total: number;
  isMore: boolean;
  from: number;
  to: number;
  bucketMs: number;
  histogram: { at: number; count: number }[];
  facets: { kinds: HuntFacet[]; sites: HuntFacet[]; assets: HuntFacet[] };
  /** Facets are of the newest so many. */
  sorted: number;
  behind: number;
}

/** What is wrong with a query, where, and what may have been meant. */
export interface HuntProblem {
  error: { code: 'query'; message: string };
  column: number;
  length: number;
  suggestions: string[];
}

/** A search that somebody keeps; a watched one raises a detection when something new matches. */
export interface SavedHunt {
  id: string;
  name: string;
  query: string;
  owner: string;
  shared: boolean;
  savedAt: number;
  watch?: { severity: Severity; by: string; since: number; hits: number; lastAt?: number };
}

/** GET /api/hunts · PUT /api/hunts/:id {name, query, shared, watch?: {severity}} · DELETE /api/hunts/:id */
export interface SavedHuntList {
  items: SavedHunt[];
}
