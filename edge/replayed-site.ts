/** What would have been raised: recorded observations through rules and panel, with time as it passed then. */
import type { Observation } from '../devices/model/observation.ts';
import type { Registry } from '../devices/model/registry.ts';
import type { ArmingMode } from './api/contract.ts';
import { openingClock } from './panel/opening.ts';
import type { ObservationDraft } from './panel/outcome.ts';
import { type PanelSettings, ReplayedPanel } from './replayed-panel.ts';
import type { RuleConfiguration } from './rules/configuration.ts';
import { type ContextAt, RuleEngine } from './rules/engine.ts';
import type { Detection, LocalAction, RuleContext } from './rules/rule.ts';

export interface ReplayOptions {
  site: string;
  registry: Registry;
  rules: readonly RuleConfiguration[];
  /** Arming, doors and deliveries; absent: the rules alone, and what the panel said then is taken as it was. */
  panel?: PanelSettings;
  /** How the site was armed when the recording begins; absent: not at all. */
  armed?: ArmingMode;
  /** The clock runs on to here after the last observation, ms; absent: it stops there. */
  until?: number;
}

/** Somebody who would not have been let in. */
export interface Refused {
  at: number;
  reader: string;
  because: string;
  identity?: string;
  badge?: string;
  /** The reading of the badge: the same one in another replay. */
  presented: string;
}

/** Refusals that one replay names. */
export const MAX_REFUSED = 10_000;

interface Judged {
  observations: readonly ObservationDraft[];
  detections: readonly Detection[];
  actions: readonly LocalAction[];
}

/** Goes through a recording one observation at a time. No action goes anywhere, nothing is kept. */
export class Replay {
  readonly #engine: RuleEngine;
  readonly #options: ReplayOptions;
  readonly #isOpen: (at: number) => boolean;
  readonly #refused: Refused[] = [];
  /** Made with the first observation: then it is known when the recording begins. */
  #panel: ReplayedPanel | undefined;
  /** The mode that the recording tells of, where no panel says it anew. */
  #armingMode: ArmingMode;
  #now = 0;
  #said = 0;

  /** @throws RangeError when the site is not in the registry, or a rule names what does not exist. */
  constructor(options: ReplayOptions) {
    const site = options.registry.site(options.site);
    if (site === undefined) throw new RangeError(`there is no site "${options.site}" in the registry`);
    this.#options = options;
    this.#armingMode = options.armed ?? 'disarmed';
    this.#isOpen = openingClock(site).isOpen;
    this.#engine = new RuleEngine({
      ...options,
      kept: new Map(),
      keep: () => undefined,
      forget: () => undefined,
    });
  }

  /** What the passing of time and then this observation would have raised. Observations of other sites raise nothing. */
  feed(seen: Observation): readonly Detection[] {
    if (seen.site !== this.#options.site) return [];
    const now = Math.max(this.#now, Math.min(seen.observedAt, seen.receivedAt));
    const { panel, site, registry } = this.#options;
    if (panel !== undefined)
      this.#panel ??= new ReplayedPanel({ ...panel, site, registry, armed: this.#armingMode, from: now });
    const made: Detection[] = [];
    this.#passTime(now, made);
    this.#now = now;
    const sorted = this.#panel?.sort(seen);
    if (sorted === undefined) this.#hearArming(seen);
    else this.#carryOut(sorted.wanted, made);
    if (sorted?.taken !== false) this.#take(seen, made);
    return made;
  }

  /**
   * A detection of the recording. One alone is taken as it was: the code that says "I am being forced" stands in no
   * observation, so that nothing shows it; no rule makes it anew, and none can make it undone.
   */
  feedDetection(detection: Detection): readonly Detection[] {
    const isSaid = detection.rule === 'duress' && detection.source.startsWith('panel:');
    return this.#options.panel !== undefined && isSaid && detection.site === this.#options.site
      ? [detection]
      : [];
  }

  /** What would have been raised after the last observation, up to `until`. */
  end(): readonly Detection[] {
    const { until } = this.#options;
    if (until === undefined || until <= this.#now) return [];
    const made: Detection[] = [];
    this.#passTime(until, made);
    return made;
  }

  /** Who would have been refused at a reader, oldest first; empty without a panel. */
  get refused(): readonly Refused[] {
    return this.#refused;
  }

  /** What the rules could not do, in words. */
  troubles(): string[] {
    return this.#engine
      .troubles()
      .map(({ rule, what, message, count }) => `${rule}: ${what} (${count}): ${message}`);
  }

  /** Everything that is due up to `now`, each at its own time: a rule must find the site armed as it was by then. */
  #passTime(now: number, made: Detection[]): void {
    const panel = this.#panel?.panel;
    if (panel === undefined) {
      made.push(...this.#engine.wake(now, this.#contextAt).detections);
      return;
    }
    let passed = this.#now;
    for (;;) {
      const due = panel.nextWakeAt();
      if (due === undefined || due > now) break;
      // Always onwards, also where looking again has changed nothing.
      passed = Math.min(now, Math.max(due, passed + 1));
      this.#judged(this.#engine.wake(passed, this.#contextAt), made);
      this.#carryOut(panel.passTime(passed), made);
      if (passed >= now) break;
    }
    this.#judged(this.#engine.wake(now, this.#contextAt), made);
  }

  #take(seen: Observation, made: Detection[]): void {
    const panel = this.#panel?.panel;
    if (panel !== undefined) this.#carryOut(panel.observe(seen), made);
    this.#judged(this.#engine.observe(seen, this.#context(seen.observedAt)), made);
  }

  #judged({ detections, actions }: Omit<Judged, 'observations'>, made: Detection[]): void {
    this.#panel?.ordered(actions, this.#now);
    made.push(...detections);
  }

  #carryOut({ observations, detections, actions }: Judged, made: Detection[]): void {
    this.#panel?.ordered(actions, this.#now);
    for (const draft of observations) {
      this.#panel?.said(draft);
      this.#remark(draft);
      this.#take(this.#recorded(draft), made);
    }
    made.push(...detections);
  }

  /** As the gateway would have recorded it. */
  #recorded(draft: ObservationDraft): Observation {
    const { site } = this.#options;
    const receivedAt = Math.max(this.#now, draft.observedAt);
    const id = `replay/${site}/${++this.#said}`;
    return { ...draft, id, site, source: 'gateway:replay', receivedAt, clock: 'set' };
  }

  #remark({ kind, asset, observedAt, subjects, facts }: ObservationDraft): void {
    if (kind !== 'access.denied' || this.#refused.length >= MAX_REFUSED) return;
    const { presented, because } = facts ?? {};
    this.#refused.push({
      at: observedAt,
      reader: asset,
      because: String(because),
      presented: String(presented),
      ...(subjects?.identity !== undefined && { identity: subjects.identity }),
      ...(subjects?.badge !== undefined && { badge: subjects.badge }),
    });
  }

  #hearArming({ kind, facts }: Observation): void {
    const mode = facts?.mode;
    if (kind === 'alarm.armed' && (mode === 'away' || mode === 'night')) this.#armingMode = mode;
    if (kind === 'alarm.disarmed') this.#armingMode = 'disarmed';
  }

  #context(now: number): RuleContext {
    const panel = this.#panel?.panel;
    return {
      now,
      registry: this.#options.registry,
      armingMode: panel?.mode ?? this.#armingMode,
      ...(panel !== undefined && { armingPhase: panel.phase }),
      isOpen: this.#isOpen(now),
    };
  }

  readonly #contextAt: ContextAt = (at) => this.#context(at);
}

/** Detections that these observations, in the order in which they were recorded, would have raised. */
export function* replay(observations: Iterable<Observation>, options: ReplayOptions): Generator<Detection> {
  const run = new Replay(options);
  for (const seen of observations) yield* run.feed(seen);
  yield* run.end();
}
