/**
 * Sigma's rules over everything that gateways and sources report. A rule that matches again and again is one detection
 * that counts, as with the other monitors: it is run as the correlation "at least one, by whom and where".
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import { type Detection, MAX_EVIDENCE } from '../../devices/model/detection.ts';
import type { Facts, Observation, ObservationKind } from '../../devices/model/observation.ts';
import { observationKinds } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { CorrelationEngine, type CorrelationMatch } from '../sigma/correlation.ts';
import type { EventFields } from '../sigma/event-fields.ts';
import { Matcher } from '../sigma/matcher.ts';
import { attackOf, type CorrelationRule, type DetectionRule, isRouted, severityOf } from '../sigma/rule.ts';
import type { LinkedCorrelation, RuleSet } from '../sigma/rule-set.ts';
import type { Judgement } from './monitor.ts';
import {
  eventOf,
  eventOfDetection,
  logsourceOf,
  logsourceOfDetection,
  mayConcern,
  type Seen,
  seenOf,
  seenOfDetection,
} from './sigma-events.ts';

/** Observations whose assets and people are remembered for the detections that rest on them. */
export const MAX_REMEMBERED = 200_000;
/** Observations read again when the rules change. */
export const MAX_REPLAYED = 50_000;
const MAX_ASSETS = 64;

export interface SigmaSettings {
  /** A pause longer than this ends a detection; the next match is another. */
  readonly pauseMs: number;
  /** How late an observation may come and still take part in a correlation. */
  readonly latenessMs: number;
  /** Another lateness for sources by their name, or by what stands before its colon. */
  readonly latenessBySource: Readonly<Record<string, number>>;
}

export interface SigmaOptions extends SigmaSettings {
  readonly registry: Registry;
  readonly clock: Clock;
}

export interface SigmaCounts {
  readonly rules: number;
  readonly failed: number;
  readonly tooLate: number;
  readonly withoutGroup: number;
  readonly dropped: number;
}

const ruleName = (id: string) => `sigma:${id}`.slice(0, 256);
/** Field by which single matches are put together; no observation has one of this name. */
const TOGETHER = 'gatehouse together';

/** The rules of one moment, and what they have seen. */
interface Running {
  readonly matcher: Matcher;
  readonly engine: CorrelationEngine;
  /** Rules by the id under which the engine runs them. */
  readonly rules: ReadonlyMap<string, DetectionRule | CorrelationRule>;
  readonly names: ReadonlySet<string>;
  readonly silent: ReadonlySet<string>;
  readonly kinds: ReadonlySet<ObservationKind>;
  /** Some rule looks at what was judged already. */
  readonly hasDetections: boolean;
  readonly timespanMs: number;
  readonly failed: number;
}

export class SigmaMonitor {
  readonly #options: SigmaOptions;
  #set: RuleSet;
  #running: Running;
  readonly #remembered = new Map<string, Seen>();
  #newestAt = Number.NEGATIVE_INFINITY;
  #untold: CorrelationMatch[] = [];
  /** Time has passed up to here without anything having to happen. */
  #passedAt = Number.NEGATIVE_INFINITY;

  constructor(set: RuleSet, options: SigmaOptions) {
    this.#options = options;
    this.#set = set;
    this.#running = runningOf(set, options);
  }

  /** Has seen nothing any more, as after a start: all that is kept will be given again. */
  forget(): void {
    this.#running = runningOf(this.#set, this.#options);
    this.#remembered.clear();
    this.#newestAt = Number.NEGATIVE_INFINITY;
    this.#passedAt = Number.NEGATIVE_INFINITY;
    this.#untold = [];
  }

  /** Kinds of observation that any rule may concern. */
  get observes(): ReadonlySet<ObservationKind> {
    return this.#running.kinds;
  }

  /** Whether any rule looks at what was judged already. */
  get looksAtDetections(): boolean {
    return this.#running.hasDetections;
  }

  get rememberMs(): number {
    return Math.max(this.#options.pauseMs, this.#running.timespanMs) + longestLateness(this.#options);
  }

  /** Whether detections of this rule are made here, with the rules of now. */
  judges(rule: string): boolean {
    return this.#running.names.has(rule);
  }

  get counts(): SigmaCounts {
    const { tooLate, withoutGroup, droppedEvents } = this.#running.engine.counts;
    const { rules, failed } = this.#running;
    return { rules: rules.size, failed, tooLate, withoutGroup, dropped: droppedEvents };
  }

  /**
   * Rules from now on. What was found stands; what was lately seen is judged by the new ones, as after a start, and
   * told with the next call of `observe`.
   * @param recent observations from a time on, oldest first
   */
  replace(
    set: RuleSet,
    recent: (kinds: readonly ObservationKind[], from: number) => readonly Observation[],
  ): void {
    this.#set = set;
    this.#running = runningOf(set, this.#options);
    const from = this.#options.clock.now() - this.rememberMs;
    this.#newestAt = Number.NEGATIVE_INFINITY;
    this.#take(recent([...this.#running.kinds], from), []);
    this.#untold = this.#running.engine.settle().put;
  }

  /** Lets the time that has passed end windows in which nothing came; `observe` then tells what that means. */
  pass(): void {
    this.#passedAt = this.#options.clock.now();
  }

  /**
   * Takes observations, and what gateways and sources judged themselves, in whatever order they came, each once however
   * often it is given.
   */
  observe(observations: readonly Observation[], detections: readonly Detection[] = []): Judgement {
    const late = this.#take(observations, detections);
    const { engine } = this.#running;
    engine.advance(Math.max(this.#newestAt, this.#passedAt));
    const { put: settled, withdraw } = engine.settle();
    const put = [...this.#untold, ...settled];
    this.#untold = [];
    return {
      put: [...put.flatMap((match) => this.#detectionOf(match) ?? []), ...late],
      withdraw: withdraw.map((id) => `sigma/${id}`),
    };
  }

  /** @returns detections of single matches that came too late to be put together with others */
  #take(observations: readonly Observation[], detections: readonly Detection[]): Detection[] {
    const { matcher, kinds, hasDetections } = this.#running;
    const { registry } = this.#options;
    const late: Detection[] = [];
    for (const observation of observations) {
      if (!kinds.has(observation.kind)) continue;
      const event = eventOf(observation, registry);
      const matching = matcher.match(event, logsourceOf(observation));
      late.push(...this.#matched(matching, seenOf(observation, registry), event));
    }
    if (!hasDetections) return late;
    for (const detection of detections) {
      if (detection.rule.startsWith('sigma:')) continue;
      const event = eventOfDetection(detection);
      const matching = matcher.match(event, logsourceOfDetection(detection));
      late.push(...this.#matched(matching, seenOfDetection(detection), event));
    }
    return late;
  }

  #matched(matching: readonly DetectionRule[], seen: Seen, event: EventFields): Detection[] {
    const { engine, silent } = this.#running;
    // A clock that is ahead must not shut out everybody else.
    this.#newestAt = Math.max(this.#newestAt, Math.min(seen.at, this.#options.clock.now()));
    if (matching.length === 0) return [];
    this.#remember(seen);
    const together = [seen.assets[0] ?? '', seen.ip ?? '', seen.account ?? seen.badge ?? ''].join('|');
    const whole = { ...event, [TOGETHER]: together };
    const isLate = this.#newestAt - seen.at > latenessOf(this.#options, seen.source);
    return matching.flatMap((rule) => {
      const isTaken = !isLate && engine.add(rule.id, seen.at, seen.id, whole);
      return isTaken || silent.has(rule.id) ? [] : [this.#lateDetection(rule, seen)];
    });
  }

  #remember(seen: Seen): void {
    this.#remembered.delete(seen.id);
    this.#remembered.set(seen.id, seen);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    const oldest = this.#remembered.keys().next().value;
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }

  #detectionOf({ id, rule, at, count, evidence }: CorrelationMatch): Detection | undefined {
    const own = this.#running.rules.get(rule.id);
    if (own === undefined || this.#running.silent.has(own.id)) return undefined;
    return built(
      `sigma/${id}`,
      own,
      at,
      count,
      evidence.flatMap((one) => this.#remembered.get(one) ?? []),
    );
  }

  #lateDetection(rule: DetectionRule, seen: Seen): Detection {
    const digest = createHash('sha256').update(`${rule.id}\n${seen.id}`).digest('hex').slice(0, 24);
    return built(`sigma/${digest}`, rule, seen.at, 1, [seen]);
  }
}

function built(
  id: string,
  rule: DetectionRule | CorrelationRule,
  at: number,
  count: number,
  seen: readonly Seen[],
): Detection {
  const last = seen.at(-1);
  const site = seen[0]?.site ?? last?.site;
  const tactic = attackOf(rule.tags);
  const level = rule.level ?? 'medium';
  const facts: Facts = { title: rule.title.slice(0, 512), level, rule: rule.id.slice(0, 512) };
  return {
    id,
    at,
    rule: ruleName(rule.id),
    severity: severityOf[level],
    source: last?.source ?? 'sigma',
    ...(site === undefined ? {} : { site }),
    assets: [...new Set(seen.flatMap(({ assets }) => assets))].slice(0, MAX_ASSETS),
    identities: [...new Set(seen.flatMap(({ identities }) => identities))].sort().slice(0, MAX_ASSETS),
    observables: observablesOf(seen),
    summary: summaryOf(rule, count, last?.assets[0]),
    facts,
    evidence: [...new Set(seen.flatMap(({ evidence }) => evidence))].slice(0, MAX_EVIDENCE),
    ...(tactic === undefined ? {} : { tactic }),
    count: Math.max(1, count),
  };
}

/** What all of them share of whence and who: an address that only one had is not the detection's. */
function observablesOf(seen: readonly Seen[]): Record<string, string> {
  const shared: Record<string, string> = {};
  for (const name of ['ip', 'account'] as const) {
    const values = new Set(seen.flatMap((one) => one[name] ?? []));
    const [only] = values;
    if (values.size === 1 && only !== undefined) shared[name] = only;
  }
  return shared;
}

function summaryOf(rule: DetectionRule | CorrelationRule, count: number, asset: string | undefined): string {
  const where = asset === undefined ? '' : ` at ${asset}`;
  const often = count > 1 && rule.kind === 'detection' ? `, ${count} times` : '';
  // Control characters of a rule's title have no place in a sentence.
  return `${rule.title}${where}${often}`.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 1_000);
}

function longestLateness({ latenessMs, latenessBySource }: SigmaSettings): number {
  return Math.max(latenessMs, ...Object.values(latenessBySource));
}

function latenessOf({ latenessMs, latenessBySource }: SigmaSettings, source: string): number {
  const kind = source.split(':')[0] ?? source;
  if (Object.hasOwn(latenessBySource, source)) return latenessBySource[source] ?? latenessMs;
  return Object.hasOwn(latenessBySource, kind) ? (latenessBySource[kind] ?? latenessMs) : latenessMs;
}

function runningOf(set: RuleSet, settings: SigmaSettings): Running {
  const { detections, correlations, silent, failed } = set;
  const singles = detections
    .filter(({ id }) => !silent.has(id))
    .map((rule) => single(rule, settings.pauseMs));
  const rules = new Map<string, DetectionRule | CorrelationRule>(
    correlations.map(({ rule }) => [rule.id, rule]),
  );
  for (const rule of detections) rules.set(singleId(rule), rule);
  const all = Object.keys(observationKinds) as ObservationKind[];
  return {
    matcher: new Matcher(detections),
    engine: new CorrelationEngine([...correlations, ...singles], { latenessMs: longestLateness(settings) }),
    rules,
    names: new Set([...rules.values()].filter(({ id }) => !silent.has(id)).map(({ id }) => ruleName(id))),
    silent,
    kinds: new Set(all.filter((kind) => detections.some(({ logsource }) => mayConcern(logsource, kind)))),
    hasDetections: detections.some(({ logsource }) =>
      isRouted(logsource, { category: 'detection', product: 'gatehouse' }),
    ),
    timespanMs: Math.max(0, ...correlations.map(({ rule }) => rule.timespanMs)),
    failed: failed.length,
  };
}

const singleId = ({ id }: DetectionRule) => `single ${id}`;

/** At least one match, by whom and where; it lasts until a pause. */
function single(rule: DetectionRule, pauseMs: number): LinkedCorrelation {
  return {
    rule: {
      ...rule,
      kind: 'correlation',
      id: singleId(rule),
      type: 'event_count',
      rules: [rule.id],
      groupBy: [TOGETHER],
      aliases: new Map(),
      timespanMs: pauseMs,
      bounds: [{ by: 'gte', value: 1 }],
      fields: [],
      percentile: 50,
      generate: true,
    },
    references: [rule.id],
  };
}
