import type { Severity } from '../../devices/model/detection.ts';
import type { MonitorId } from './nine.ts';

/** How a monitor stands: at work, switched off, without anything to look at, late, or with something wrong. */
export type MonitorStanding = 'on' | 'off' | 'no-data' | 'behind' | 'failing';

/** A monitor as people see it. */
export interface MonitorState {
  id: MonitorId;
  title: string;
  about: string;
  enabled: boolean;
  /** Whether it can be switched here; else only the configuration says. */
  canSwitch: boolean;
  standing: MonitorStanding;
  /** Since when it stands so, where that is known; `by` whom it was switched. */
  since?: number;
  by?: string;
  reason?: string;
  /** Looked at since the start, and when the last was seen. */
  observations: number;
  lastObservedAt?: number;
  inputs: { name: string; observations: number; lastAt: number }[];
  detections24h: number;
  lastDetectedAt?: number;
  newest: { id: string; at: number; rule: string; severity: Severity; summary: string; incident?: string }[];
}
