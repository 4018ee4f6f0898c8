/** The risk register as plain data: the same on the command line and in the API. */
import type { Threat } from './threat.ts';

export type RiskLevel = 'low' | 'medium' | 'high' | 'critical';

export interface RiskRow {
  /** `asset/threat/weakness`, the last of them missing where it needs none. */
  id: string;
  asset: { id: string; name: string };
  threat: { id: string; name: string; family: Threat['family']; technique?: string };
  weakness?: { id: string; name: string };
  effect: string;
  /** What happens then, in words. */
  words: string;
  /** Times a year that it succeeds, with the mitigations that are in place. */
  perYear: number;
  /** Expected loss of one time. */
  impact: number;
  /** The worst of ten times costs at least this. */
  impactP90: number;
  /** Expected loss a year. */
  annual: number;
  /** Without any mitigation. */
  inherent: { perYear: number; impact: number; annual: number };
  /** 1 (less than once in a hundred years) to 5 (ten times a year and more). */
  likelihood: number;
  /** 1 (less than a thousand) to 5 (a million and more). */
  severity: number;
  level: RiskLevel;
  /** The likeliest thing that follows, in words; absent where nothing does. */
  follows?: string;
}

export interface MitigationRow {
  id: string;
  name: string;
  inPlace: boolean;
  /** Expected loss a year of the whole register without and with it, all others as they are. */
  without: number;
  with: number;
  benefitPerYear: number;
  costPerYear: number;
  /** Benefit less cost. */
  netPerYear: number;
  /** Benefit for each unit of cost; absent where it costs nothing. */
  ratio?: number;
  /** Rows that it changes, most changed first. */
  rows: { id: string; without: number; with: number }[];
}

export interface RiskRegister {
  currency: string;
  /** Expected loss a year. */
  annual: number;
  inherentAnnual: number;
  /** Most expensive a year first. */
  rows: RiskRow[];
  /** The best net benefit first. */
  mitigations: MitigationRow[];
}
