/** Threat intelligence and sharing: what the desk and the cloud exchange. */
import type { Removal, SharingRules } from '../../sharing/anonymising.ts';
import type { Share } from '../../sharing/sharing.ts';

export type { Removal, Share, SharingRules };

export type TrafficLight = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

export interface SharingGroupRow {
  id: string;
  name: string;
  tlp: TrafficLight;
  partners: { name: string; contact: string }[];
  /** Alias of a TAXII collection; empty: by file alone. */
  collection: string;
  rules: SharingRules;
  fourEyes: boolean;
}

/**
 * GET /api/sharing · POST /api/sharing/groups · PUT and DELETE /api/sharing/groups/:id: the list afterwards.
 * POST /api/sharing/shares {incident, group, text} · …/shares/:id/decide {approves, text, how} ·
 * …/shares/:id/take-back {text} · GET …/shares/:id/file
 */
export interface SharingList {
  /** Marking of what leaves the house. */
  tlp: TrafficLight;
  groups: SharingGroupRow[];
  collections: { alias: string; title: string; tlp: string }[];
  /** Newest first. */
  shares: (Share & { title: string })[];
}

/** GET /api/sharing/preview?incident=…&group=…: what would leave, and what would be taken out. */
export interface SharingPreview {
  objects: Record<string, unknown>[];
  removed: Removal[];
  sha256: string;
}

export interface IndicatorRow {
  source: string;
  id: string;
  name: string;
  type: string;
  pattern: string;
  tlp: TrafficLight;
  /** When it was written, and what is left of it now; 0 to 100. */
  confidence: number;
  confidenceNow: number;
  validFrom: number;
  validUntil?: number;
  labels: string[];
  tactic?: string;
  sightings: number;
  lastAt?: number;
  /** Put in by a person: can be taken back here. */
  isManual: boolean;
}

/** GET /api/intelligence/indicators?find=…&seen=yes|no&offset=0&limit=50 */
export interface IndicatorList {
  items: IndicatorRow[];
  total: number;
}

/** GET /api/intelligence/relevance?days=7: what matters to us. */
export interface IntelligenceRelevance {
  days: number;
  /** Indicators that touched our assets, the newest first. */
  touched: {
    source: string;
    id: string;
    name: string;
    value: string;
    severity: 'info' | 'low' | 'medium' | 'high' | 'critical';
    count: number;
    lastAt: number;
    assets: { id: string; name: string; site: string }[];
  }[];
  /** Techniques and tactics of ATT&CK in our detections, the most frequent first. */
  techniques: { id: string; count: number; sites: number; lastAt: number }[];
  sites: { id: string; name: string; touched: number; techniques: number; detections: number }[];
  /** Detections were more than are looked at: the oldest are left out. */
  cut: boolean;
}

/** POST /api/intelligence/indicators; DELETE /api/intelligence/indicators/:id */
export interface ManualIndicator {
  value: string;
  name: string;
  tlp: TrafficLight;
  confidence: number;
  validDays?: number;
  tactic?: string;
}
