import type { Severity } from '../../../devices/model/detection.ts';
import type { PeopleToolId, ToolId } from '../../toolkit/catalog.ts';
import type { ToolFigure } from '../../toolkit/tool-life.ts';

export type { PeopleToolId, ToolFigure, ToolId };

/**
 * How a tool stands: at work; switched off; held, because a tool that it needs is off; a monitor without anything to
 * look at; late; with something wrong.
 */
export type ToolStanding = 'on' | 'off' | 'held' | 'no-data' | 'behind' | 'failing';

/** One of the 19 tools as people see it. */
export interface ToolState {
  id: ToolId;
  group: 'monitors' | 'people';
  title: string;
  about: string;
  /** What is missing while it is off. */
  without: string;
  /** Somebody wants it at work, be it held or not. */
  enabled: boolean;
  /** Whether it can be switched here; else only the configuration says. */
  canSwitch: boolean;
  standing: ToolStanding;
  /** Tools that it does not run without, and the one of them that holds it. */
  needs: PeopleToolId[];
  heldBy?: ToolId;
  /** Tools that are at work and would be held without it. */
  holds: ToolId[];
  /** Since when it stands so, where that is known. */
  since?: number;
  /** Who switched it last, and why. */
  switched?: { by: string; at: number; reason: string };
  /** What is wrong, or why it is off where no person said so. */
  problem?: string;
  /** Monitors: looked at since the start, and what with. */
  observations?: number;
  lastObservedAt?: number;
  inputs: { name: string; observations: number; lastAt: number }[];
  /** What it has at present. */
  figures: { name: ToolFigure; value: number }[];
  /** What it found: monitors, and what matched threat intelligence. */
  detections24h?: number;
  lastDetectedAt?: number;
  newest: { id: string; at: number; rule: string; severity: Severity; summary: string; incident?: string }[];
  /** When people used it last, as far as the newest lines of the audit log tell; who and what for those who may read it. */
  lastUse?: { at: number; by?: string; action?: string };
}

/** GET /api/toolkit · PUT /api/toolkit/:id {enabled, reason} (administrators); the answer is the list afterwards. */
export interface ToolkitList {
  items: ToolState[];
}
