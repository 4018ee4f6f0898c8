import type { Observation } from '../../devices/model/observation.ts';
import type { Detected } from '../detector.ts';

/** What a tool has at present, in figures that its card shows. */
export const toolFigures = [
  'sites',
  'assets',
  'dependencies',
  'decisions',
  'comparisons',
  'incidentsOpen',
  'searchesWatched',
  'playbooks',
  'runsUnderWay',
  'plans',
  'recoveriesUnderWay',
  'measuresOverdue',
  'indicators',
  'feeds',
  'dutiesOverdue',
  'alertsWaiting',
  'learners',
  'warnings',
] as const;
export type ToolFigure = (typeof toolFigures)[number];
export type Figures = Partial<Record<ToolFigure, number>>;

/** A tool for people at work: what begins and ends with its switch. Everything is optional; most only answer. */
export interface ToolLife {
  /** False: the configuration leaves it out, and no switch brings it. */
  readonly isThere?: boolean;
  /** Begins what it does by itself, until the signal. Called again when it is switched on again. */
  start?(signal: AbortSignal): void;
  /** Resolves when nothing of it is under way: called after its signal, before it may begin again. */
  settled?(): Promise<void>;
  /** These have been stored. */
  observed?(observations: readonly Observation[]): void;
  /** What the detector found is stored. */
  detected?(detected: Detected): void;
  /** People have done something to an incident. */
  handled?(incident: string): void;
  /** What is wrong, in words. */
  problem?(): string | undefined;
  figures?(): Figures;
}
