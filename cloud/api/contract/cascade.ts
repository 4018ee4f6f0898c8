/** Assets, what they need, and what follows when they fail: what the desk's map, editor and what-if exchange with the cloud. */
import type { Asset, AssetKind } from '../../../devices/model/asset.ts';
import type { Severity } from '../../../devices/model/detection.ts';
import type { Identity } from '../../../devices/model/identity.ts';

/** Where a dependency comes from: the file, the registry, what was learned and accepted, a person at the desk, a starter catalogue. */
export type DependencyOrigin = 'written' | 'registry' | 'learned' | 'added' | 'catalogue';

/** How long something takes, as people write it: `30 min`; all equally likely; a triangle. */
export type Times = string | { from: string; to: string } | { from: string; likely: string; to: string };

/** One need of an asset as a person writes it. PUT /api/dependencies/:id, `new` for a new one. */
export interface DependencyEntry {
  of: string;
  effect: string;
  type: string;
  on: { asset: string; effect: string }[];
  /** How many of `on` must work; all of them where it is not said. */
  needed?: number;
  probability: number;
  delay: Times;
  buffer: Times;
  bufferedBy?: string;
}

export interface MappedAsset {
  id: string;
  name: string;
  /** Of the registry, or what the graph calls it (`utility`, `supplier`). */
  kind: AssetKind | string;
  site?: string;
  zone?: string;
  /** 1 to 5; absent where only the graph knows it. */
  criticality?: number;
  /** Expected loss over the graph's horizon when it fails, and what hurts most of what follows. */
  harm?: { loss: number; gravest?: string };
  /** Names of threats that are known for it. */
  threats: string[];
  /** Unresolved incidents that it is part of, the most urgent first. */
  incidents: { id: string; title: string; severity: Severity }[];
  /** A change of it waits to be taken into use. */
  waiting?: 'added' | 'changed' | 'removed';
}

export interface MappedDependency extends DependencyEntry {
  id: string;
  origin: DependencyOrigin;
  /** Mean of what it takes and what it bears, for the words, ms. */
  delayMs: number;
  bufferMs: number;
}

/** GET /api/assets */
export interface AssetMap {
  currency: string;
  horizonMs: number;
  sites: { id: string; name: string; zones: { id: string; name: string }[] }[];
  assets: MappedAsset[];
  dependencies: MappedDependency[];
  services: { id: string; name: string; perHour: number; needs: string[] }[];
  mitigations: { id: string; name: string; inPlace: boolean }[];
  /** What can happen to an asset, in words that follow its name. */
  effects: { id: string; words: string }[];
  people: {
    id: string;
    name: string;
    kind: Identity['kind'];
    sites: string[];
    waiting?: MappedAsset['waiting'];
  }[];
  /** Changes of assets and people that wait to be taken into use. */
  waiting: WaitingChange[];
  /** Since when incidents are being judged anew with what was taken into use; absent: they are done. */
  judgingSince?: number;
  /** What was written at the desk and no longer fits: it names what is not there any more. */
  leftOut: number;
}

export interface WaitingChange {
  list: 'assets' | 'identities' | 'links' | 'sites' | 'zones' | 'sharedAddresses';
  id: string;
  name: string;
  change: 'added' | 'changed' | 'removed';
  fields: string[];
  /** Links that were learned are not taken back here but under suggestions. */
  canTakeBack: boolean;
}

/** GET and PUT /api/registry/assets/:id, GET and PUT /api/registry/people/:id: the whole entry. */
export type AssetEntry = Asset;
export type PersonEntry = Identity;

/** POST /api/registry/use: what waits counts from now on. */
export interface UsedAnswer {
  changes: number;
}

/** GET and POST /api/cascade/comparisons, DELETE /api/cascade/comparisons/:id */
export interface Comparison {
  id: string;
  name: string;
  fail: string[];
  whatIf: string[];
  seed: number;
  lastingMs?: number;
  by: string;
  at: number;
}
export interface ComparisonList {
  items: Comparison[];
}
