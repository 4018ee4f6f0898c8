import { z } from 'zod';
import { type Detection, detection, severityRank } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { SiteAlarm } from '../api/contract.ts';
import type { MoveInstants } from '../clock/move-instants.ts';
import { type PanelAlarm, panelAlarms } from '../panel/alarm.ts';
import { catalog } from '../rules/catalog.ts';
import { kindOfRule } from '../rules/configuration.ts';

/** Alarms on the page; beyond it the oldest that somebody has seen go first. */
export const MAX_ALARMS = 200;
/** All that is kept of alarms lies below this prefix. */
export const ALARMS_PREFIX = 'alarm/';

const keptAlarm = z.object({
  detection,
  acknowledged: z.object({ at: z.number(), by: z.string() }).optional(),
});
type KeptAlarm = z.infer<typeof keptAlarm>;

const isPanelAlarm = (kind: string): kind is PanelAlarm => Object.hasOwn(panelAlarms, kind);

/** What staff should do about a detection of this rule. */
export function instructionFor(rule: string): string {
  const kind = kindOfRule(rule);
  if (isPanelAlarm(kind)) return panelAlarms[kind].instruction;
  return (
    catalog.find((entry) => entry.kind === kind)?.instruction ?? 'Look at it, and tell the security desk.'
  );
}

export interface AlarmsOptions {
  kept: ReadonlyMap<string, unknown>;
  keep(key: string, value: unknown): void;
  forget(key: string): void;
}

/** The alarms of a site: each stays until somebody took note of it and its cause is gone. */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #alarms = new Map<string, KeptAlarm>();

  constructor(options: AlarmsOptions) {
    this.#options = options;
    const restored = [...options.kept.values()].flatMap((value) => keptAlarm.safeParse(value).data ?? []);
    restored.sort((a, b) => a.detection.at - b.detection.at);
    for (const alarm of restored) this.#alarms.set(alarm.detection.id, alarm);
  }

  /** A detection becomes an alarm, or the newer word about the alarm that it follows. Remarks are none. */
  raise(raised: Detection): void {
    const follows = raised.facts.follows;
    const earlier = typeof follows === 'string' ? this.#alarms.get(follows) : undefined;
    if (earlier !== undefined) this.#drop(earlier.detection.id);
    if (severityRank(raised.severity) <= severityRank('info')) return;
    // Who saw the pre-alarm has not seen the alarm.
    const isWorse =
      earlier === undefined || severityRank(raised.severity) > severityRank(earlier.detection.severity);
    const acknowledged = isWorse ? undefined : earlier.acknowledged;
    this.#put({ detection: raised, ...(acknowledged === undefined ? {} : { acknowledged }) });
    this.#bound();
  }

  /** After a step of the clock. */
  moveInstants(move: MoveInstants): void {
    for (const alarm of [...this.#alarms.values()]) {
      const over = keptAlarm.safeParse(move(alarm));
      if (over.success) this.#put(over.data);
    }
  }

  /** @returns false where there is no such alarm */
  acknowledge(id: string, by: string, at: number): boolean {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined) return false;
    this.#put({ ...alarm, acknowledged: alarm.acknowledged ?? { at, by } });
    return true;
  }

  /** What the page shows, the most serious first. `active`: ids of detections whose condition still goes on. */
  list(active: ReadonlySet<string>, registry: Registry): SiteAlarm[] {
    for (const [id, { acknowledged }] of this.#alarms) {
      if (acknowledged !== undefined && !active.has(id)) this.#drop(id);
    }
    return [...this.#alarms.values()]
      .map(({ detection: of, acknowledged }) => ({
        id: of.id,
        rule: of.rule,
        severity: of.severity,
        summary: of.summary,
        facts: of.facts,
        instruction: instructionFor(of.rule),
        at: of.at,
        assets: of.assets.map((id) => ({ id, name: registry.asset(id)?.name ?? id })),
        ...(acknowledged === undefined ? {} : { acknowledged }),
        active: active.has(of.id),
        count: of.count,
      }))
      .sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || b.at - a.at);
  }

  #put(alarm: KeptAlarm): void {
    this.#alarms.set(alarm.detection.id, alarm);
    this.#options.keep(ALARMS_PREFIX + alarm.detection.id, alarm);
  }

  #drop(id: string): void {
    this.#alarms.delete(id);
    this.#options.forget(ALARMS_PREFIX + id);
  }

  #bound(): void {
    if (this.#alarms.size <= MAX_ALARMS) return;
    const seen = [...this.#alarms.values()].find(({ acknowledged }) => acknowledged !== undefined);
    const oldest = seen ?? this.#alarms.values().next().value;
    if (oldest !== undefined) this.#drop(oldest.detection.id);
  }
}
