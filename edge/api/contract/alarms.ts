/** Alarms of the site, and sirens. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { Facts } from '../../../devices/model/observation.ts';

/** An alarm at this site, until somebody takes note of it and its cause is gone. */
export interface SiteAlarm {
  id: string;
  rule: string;
  severity: Severity;
  /** In English, as the record holds it; a page makes its own sentence from `rule` and `facts`. */
  summary: string;
  facts?: Facts;
  /** What to do now. */
  instruction: string;
  at: number;
  assets: { id: string; name: string }[];
  acknowledged?: { at: number; by: string };
  /** The condition is still there. */
  active: boolean;
  count: number;
}

/** POST /api/sirens/off answers this: what was told to be silent. */
export interface SilencedSirens {
  silenced: { asset: string; name: string }[];
}
