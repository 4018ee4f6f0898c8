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
import { Matcher } from '../sigma/matcher.ts';
import { attackOf, type CorrelationRule, type DetectionRule, isRouted, severityOf } from '../sigma/rule.ts';
import type { LinkedCorrelation, RuleSet } from '../sigma/rule-set.ts';
import { identitiesOf, whoAndWhence } from './monitor.ts';
import type { Judgement } from './monitors.ts';
import { eventOf, logsourceOf } from './sigma-events.ts';

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
  readonly timespanMs: number;
  readonly failed: number;
}

export class SigmaMonitor {
  readonly #options: SigmaOptions;
  #running: Running;
  readonly #remembered = new Map<string, Observation>();
  #newestAt = Number.NEGATIVE_INFINITY;
  #untold: CorrelationMatch[] = [];
  /** Time has passed up to here without anything having to happen. */
  #passedAt = Number.NEGATIVE_INFINITY;

  constructor(set: RuleSet, options: SigmaOptions) {
    this.#options = options;
    this.#running = runningOf(set, options);
  }

  /** Kinds of observation that any rule may concern. */
  get observes(): ReadonlySet<ObservationKind> {
    return this.#running.kinds;
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
    this.#running = runningOf(set, this.#options);
    const from = this.#options.clock.now() - this.rememberMs;
    this.#newestAt = Number.NEGATIVE_INFINITY;
    this.#take(recent([...this.#running.kinds], from));
    this.#untold = this.#running.engine.settle().put;
  }

  /** Lets the time that has passed end windows in which nothing came; `observe` then tells what that means. */
  pass(): void {
    this.#passedAt = this.#options.clock.now();
  }

  /** Takes observations in whatever order they came, each once however often it is given. */
  observe(observations: readonly Observation[]): Judgement {
    const late = this.#take(observations);
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
  #take(observations: readonly Observation[]): Detection[] {
    const { matcher, engine, silent, kinds } = this.#running;
    const { registry } = this.#options;
    const late: Detection[] = [];
    const now = this.#options.clock.now();
    for (const observation of observations) {
      if (!kinds.has(observation.kind)) continue;
      const { id, observedAt } = observation;
      // A clock that is ahead must not shut out everybody else.
      this.#newestAt = Math.max(this.#newestAt, Math.min(observedAt, now));
      const event = eventOf(observation, registry);
      const matching = matcher.match(event, logsourceOf(observation));
      if (matching.length === 0) continue;
      this.#remember(observation);
      const { subjects, observables, asset } = observation;
      const together = [asset, observables?.ip ?? '', subjects?.account ?? subjects?.badge ?? ''].join('|');
      const whole = { ...event, [TOGETHER]: together };
      const isLate = this.#newestAt - observedAt > latenessOf(this.#options, observation.source);
      for (const rule of matching) {
        const isTaken = !isLate && engine.add(rule.id, observedAt, id, whole);
        if (!isTaken && !silent.has(rule.id)) late.push(this.#lateDetection(rule, observation));
      }
    }
    return late;
  }

  #remember(observation: Observation): void {
    this.#remembered.delete(observation.id);
    this.#remembered.set(observation.id, observation);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    const oldest = this.#remembered.keys().next().value;
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }

  #detectionOf({ id, rule, at, count, evidence }: CorrelationMatch): Detection | undefined {
    const own = this.#running.rules.get(rule.id);
    if (own === undefined || this.#running.silent.has(own.id)) return undefined;
    const seen = evidence.flatMap((one) => this.#remembered.get(one) ?? []);
    return this.#built(`sigma/${id}`, own, at, count, evidence, seen);
  }

  #lateDetection(rule: DetectionRule, observation: Observation): Detection {
    const digest = createHash('sha256').update(`${rule.id}\n${observation.id}`).digest('hex').slice(0, 24);
    return this.#built(`sigma/${digest}`, rule, observation.observedAt, 1, [observation.id], [observation]);
  }

  #built(
    id: string,
    rule: DetectionRule | CorrelationRule,
    at: number,
    count: number,
    evidence: readonly string[],
    seen: readonly Observation[],
  ): Detection {
    const { registry } = this.#options;
    const last = seen.at(-1);
    const assets = [...new Set(seen.map(({ asset }) => asset))].slice(0, MAX_ASSETS);
    const identities = [...new Set(seen.flatMap((one) => identitiesOf(one, registry)))]
      .sort()
      .slice(0, MAX_ASSETS);
    const site = registry.asset(assets[0] ?? '')?.site ?? last?.site;
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
      assets,
      identities,
      observables: observablesOf(seen),
      summary: summaryOf(rule, count, last),
      facts,
      evidence: evidence.slice(0, MAX_EVIDENCE),
      ...(tactic === undefined ? {} : { tactic }),
      count: Math.max(1, count),
    };
  }
}

/** What all of them share of whence and who: an address that only one had is not the detection's. */
function observablesOf(seen: readonly Observation[]): Record<string, string> {
  const shared: Record<string, string> = {};
  for (const name of ['ip', 'account'] as const) {
    const values = new Set(seen.flatMap((one) => whoAndWhence(one)[name] ?? []));
    const [only] = values;
    if (values.size === 1 && only !== undefined) shared[name] = only;
  }
  return shared;
}

function summaryOf(
  rule: DetectionRule | CorrelationRule,
  count: number,
  last: Observation | undefined,
): string {
  const where = last === undefined ? '' : ` at ${last.asset}`;
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
    kinds: new Set(
      all.filter((kind) =>
        detections.some(
          ({ logsource }) => isRouted(logsource, logsourceOf({ kind })) || mayBeOfHost(kind, logsource),
        ),
      ),
    ),
    timespanMs: Math.max(0, ...correlations.map(({ rule }) => rule.timespanMs)),
    failed: failed.length,
  };
}

/** What a host logs has the service that its line names; log-ins may be those of sshd. */
const mayBeOfHost = (kind: ObservationKind, { product }: { product?: string }) =>
  (kind === 'host.logged' || kind.startsWith('login.')) && product?.toLowerCase() === 'linux';

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
