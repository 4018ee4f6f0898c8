/** Alarms of the site, and sirens. */
import type { Severity } from '../../../devices/model/detection.ts';

/** An alarm at this site, until somebody takes note of it and its cause is gone. */
export interface SiteAlarm {
  id: string;
  rule: string;
  severity: Severity;
  summary: string;
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
