/** Fridges: temperatures, goods that were set apart, decisions on them. */
import type { TemperatureBand } from '../../../devices/model/asset.ts';

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

/** GET /api/temperature?asset=…&from=…&to=… */
export interface TemperatureHistory {
  asset: string;
  points: { at: number; celsius: number }[];
  band?: TemperatureBand;
}
