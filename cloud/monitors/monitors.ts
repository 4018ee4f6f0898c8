import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { catalog, standingCatalog } from './catalog.ts';
import { detectionFrom } from './finding.ts';
import type { AnyMonitor, Carried, Judgement } from './monitor.ts';
import type { SigmaMonitor } from './sigma.ts';
import type { AnyStandingMonitor, Standing } from './standing.ts';

/** Keys of one monitor in memory; beyond it those quiet for longest are forgotten, and counted. */
export const MAX_KEYS_PER_MONITOR = 50_000;
/** Stands for the rules of Sigma where monitors are switched off. */
export const SIGMA = 'sigma';
/** Observations of one key in memory; beyond it the older half is summed up. */
export const MAX_OBSERVATIONS_PER_KEY = 2_000;

interface Key {
  observations: Observation[];
  carried?: Carried;
  /** Detections as last put, by id. */
  found: Map<string, string>;
}

interface Running {
  monitor: AnyMonitor;
  configuration: unknown;
  keys: Map<string, Key>;
}

interface RunningStanding {
  monitor: AnyStandingMonitor;
  configuration: unknown;
  standing: Standing;
}

const inOrder = (a: Observation, b: Observation) =>
  a.observedAt - b.observedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Where in a sorted list an observation stands or would stand. */
function positionOf(list: readonly Observation[], observation: Observation): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = list[middle];
    if (at !== undefined && inOrder(at, observation) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Runs the monitors. Pure but for what it remembers, which can be built again from the observations of the store. */
export class Monitors {
  readonly #registry: Registry;
  readonly #running: Running[];
  readonly #sigma: SigmaMonitor | undefined;
  readonly #standing: readonly RunningStanding[];
  /** Kinds that are switched off, since when; undefined: since before the start. */
  readonly #off = new Map<string, number | undefined>();
  #passedAt: number | undefined;
  #forgotten = 0;

  /** @throws ZodError when a monitor's configuration is wrong. */
  constructor(
    registry: Registry,
    configurations: Readonly<Record<string, unknown>> = {},
    monitors = catalog,
    sigma?: SigmaMonitor,
    standing: readonly AnyStandingMonitor[] = monitors === catalog ? standingCatalog : [],
  ) {
    this.#registry = registry;
    this.#sigma = sigma;
    this.#standing = standing.map((monitor) => {
      const configuration = monitor.configuration.parse(configurations[monitor.kind] ?? {});
      return { monitor, configuration, standing: monitor.open(configuration, registry) };
    });
    this.#running = monitors.map((monitor) => ({
      monitor,
      configuration: monitor.configuration.parse(configurations[monitor.kind] ?? {}),
      keys: new Map(),
    }));
  }

  /** Its kind looks at nothing any more. What it has found stands. */
  switchOff(kind: string, at: number | undefined): void {
    if (!this.#off.has(kind)) this.#off.set(kind, at);
  }

  /** It looks again. The answer: what it has missed, to be given to `catchUp`; undefined where it was on, or is none. */
  switchOn(
    kind: string,
  ): { since: number | undefined; rememberMs: number; observes: readonly Observation['kind'][] } | undefined {
    const since = this.#off.get(kind);
    if (!this.#off.delete(kind)) return undefined;
    const found = [...this.#running, ...this.#standing].find(({ monitor }) => monitor.kind === kind);
    if (found === undefined) return undefined;
    const { monitor, configuration } = found;
    return { since, rememberMs: monitor.rememberMs(configuration), observes: monitor.observes };
  }

  /** Observations that only one kind has missed. */
  catchUp(kind: string, observations: readonly Observation[]): Judgement {
    const judgement: Judgement = { put: [], withdraw: [] };
    for (const running of this.#running)
      if (running.monitor.kind === kind) this.#observeWith(running, observations, judgement);
    for (const one of this.#standing)
      if (one.monitor.kind === kind) {
        const { put, withdraw } = one.standing.observe(
          observations.filter((observation) => one.monitor.observes.includes(observation.kind)),
        );
        judgement.put.push(...put);
        judgement.withdraw.push(...withdraw);
      }
    return judgement;
  }

  /** Keys given up because there were too many. */
  get forgotten(): number {
    return this.#standing.reduce((sum, { standing }) => sum + standing.forgotten, this.#forgotten);
  }

  /** It is this late now: the next `observe` tells what should have come by then and did not. */
  pass(now: number): void {
    this.#passedAt = now;
  }

  /** How far back observations are wanted after a start. */
  get rememberMs(): number {
    return Math.max(
      this.#sigma?.rememberMs ?? 0,
      ...this.#running.map(({ monitor, configuration }) => monitor.rememberMs(configuration)),
      ...this.#standing.map(({ monitor, configuration }) => monitor.rememberMs(configuration)),
    );
  }

  /** Kinds that any monitor looks at. */
  get observes(): Set<Observation['kind']> {
    return new Set([
      ...this.#running.flatMap(({ monitor }) => monitor.observes),
      ...this.#standing.flatMap(({ monitor }) => monitor.observes),
      ...(this.#sigma?.observes ?? []),
    ]);
  }

  /** Whether `observe` wants detections as well. */
  get looksAtDetections(): boolean {
    return this.#sigma?.looksAtDetections ?? false;
  }

  /** Of these kinds, those that come in thousands a second. */
  get crowds(): Set<Observation['kind']> {
    return new Set(
      this.#standing.flatMap(({ monitor }) => (monitor.comeInCrowds === true ? monitor.observes : [])),
    );
  }

  /** Whether detections of this rule may rest on what comes in crowds. */
  restsOnCrowds(rule: string): boolean {
    const { crowds } = this;
    const concerns = ({ observes }: { observes: readonly Observation['kind'][] }) =>
      observes.some((kind) => crowds.has(kind));
    return (
      this.#running.some(({ monitor }) => monitor.kind === rule && concerns(monitor)) ||
      this.#standing.some(({ monitor }) => monitor.rules.includes(rule) && concerns(monitor)) ||
      (this.#sigma?.judges(rule) ?? false)
    );
  }

  /** Whether detections of this rule are a monitor's, which may take them back. */
  judges(rule: string): boolean {
    const isOn = ({ kind }: { kind: string }) => !this.#off.has(kind);
    return (
      this.#running.some(({ monitor }) => monitor.kind === rule && isOn(monitor)) ||
      this.#standing.some(({ monitor }) => monitor.rules.includes(rule) && isOn(monitor)) ||
      (!this.#off.has(SIGMA) && (this.#sigma?.judges(rule) ?? false))
    );
  }

  /**
   * Takes observations in whatever order they came, each once however often it is given; rules of Sigma look at what
   * others judged (`detections`) as well.
   */
  observe(observations: readonly Observation[], detections: readonly Detection[] = []): Judgement {
    const judgement: Judgement = { put: [], withdraw: [] };
    for (const running of this.#running)
      if (!this.#off.has(running.monitor.kind)) this.#observeWith(running, observations, judgement);
    this.#observeStanding(observations, judgement);
    if (this.#sigma === undefined || this.#off.has(SIGMA)) return judgement;
    const { put, withdraw } = this.#sigma.observe(observations, detections);
    return { put: [...judgement.put, ...put], withdraw: [...judgement.withdraw, ...withdraw] };
  }

  #observeWith(running: Running, observations: readonly Observation[], judgement: Judgement): void {
    const touched = new Set<string>();
    for (const observation of observations) {
      if (!running.monitor.observes.includes(observation.kind)) continue;
      for (const name of running.monitor.keys(observation, this.#registry)) {
        if (this.#insert(running, name, observation)) touched.add(name);
      }
    }
    for (const name of touched) this.#judge(running, name, judgement);
  }

  /** What these keys of a monitor come to now, where something beside the observations has changed. */
  judgeAgain(kind: string, names: Iterable<string>): Judgement {
    const judgement: Judgement = { put: [], withdraw: [] };
    const running = this.#running.find(({ monitor }) => monitor.kind === kind);
    if (running !== undefined) for (const name of names) this.#judge(running, name, judgement);
    return judgement;
  }

  #observeStanding(observations: readonly Observation[], { put, withdraw }: Judgement): void {
    for (const { monitor, standing } of this.#standing) {
      if (this.#off.has(monitor.kind)) continue;
      const told = [standing.observe(observations.filter(({ kind }) => monitor.observes.includes(kind)))];
      if (this.#passedAt !== undefined) told.push(standing.pass(this.#passedAt));
      for (const one of told) {
        put.push(...one.put);
        withdraw.push(...one.withdraw);
      }
    }
    this.#passedAt = undefined;
  }

  #insert(running: Running, name: string, observation: Observation): boolean {
    let key = running.keys.get(name);
    if (key === undefined) key = { observations: [], found: new Map() };
    // The key heard last goes to the end: the first is the one to forget.
    running.keys.delete(name);
    running.keys.set(name, key);
    if (running.keys.size > MAX_KEYS_PER_MONITOR) {
      const quietest = running.keys.keys().next().value;
      if (quietest !== undefined) running.keys.delete(quietest);
      this.#forgotten++;
    }
    const at = positionOf(key.observations, observation);
    if (key.observations[at]?.id === observation.id) return false;
    // What was summed up already includes this time: an observation from there can't be told from a repeat.
    if (key.carried !== undefined && observation.observedAt <= key.carried.lastAt) return false;
    key.observations.splice(at, 0, observation);
    return true;
  }

  #judge({ monitor, configuration, keys }: Running, name: string, judgement: Judgement): void {
    const key = keys.get(name);
    if (key === undefined) return;
    const newest = key.observations.at(-1)?.observedAt ?? 0;
    const oldest = newest - monitor.rememberMs(configuration);
    const stale = key.observations.findIndex(({ observedAt }) => observedAt >= oldest);
    const found = new Map<string, string>();
    for (const one of monitor.judge({ ...key, name }, configuration, this.#registry)) {
      const source = key.observations.at(-1)?.source ?? 'monitor';
      const detection = detectionFrom(monitor.kind, name, one, source, this.#registry);
      const text = JSON.stringify(detection);
      found.set(detection.id, text);
      if (key.found.get(detection.id) !== text) judgement.put.push(detection);
    }
    for (const id of key.found.keys()) if (!found.has(id)) judgement.withdraw.push(id);
    key.found = found;
    if (stale > 0) {
      key.observations.splice(0, stale);
      // Detections of forgotten observations stand; they are only no longer revised.
      delete key.carried;
      key.found = new Map([...found].filter(([, text]) => (JSON.parse(text) as Detection).at >= oldest));
    }
    if (key.observations.length > MAX_OBSERVATIONS_PER_KEY) carry(key, monitor);
  }
}

/** Sums up the older half: a day-long attack keeps its beginning and its count without filling memory. */
function carry(key: Key, { counts }: Pick<AnyMonitor, 'counts'>): void {
  const older = key.observations.splice(0, key.observations.length >>> 1);
  const first = older[0];
  const last = older.at(-1);
  if (first === undefined || last === undefined) return;
  key.carried = {
    count: (counts?.(older) ?? older.length) + (key.carried?.count ?? 0),
    firstId: key.carried?.firstId ?? first.id,
    firstAt: key.carried?.firstAt ?? first.observedAt,
    lastAt: last.observedAt,
  };
}
