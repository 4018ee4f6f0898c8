/** The policy monitor: keeps what the rules of the house speak of, judges it by the time of the event, and knows how it stands. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Detection } from '../../devices/model/detection.ts';
import { instant } from '../../devices/model/identifiers.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { detectionFrom } from '../monitors/finding.ts';
import type { Judgement } from '../monitors/monitor.ts';
import type { AnyStandingMonitor, Standing } from '../monitors/standing.ts';
import { type Policy, type PolicyEntry, policyFrom } from './document.ts';
import { type Breach, LOOK_BACK_MS } from './policy-kind.ts';

/** Scopes of one rule; beyond it those quiet for longest are given up, and counted. */
export const MAX_SCOPES = 20_000;
/** Observations of one scope; beyond it the oldest are given up. */
export const MAX_OBSERVATIONS = 2_000;
/** Observations of all scopes of one rule together. */
export const MAX_KEPT = 200_000;
/** All scopes are looked at for what has not come so often, in the site's time. */
const PASS_MS = 30_000;
/** Breaches of one rule that are told to people. */
const MAX_TOLD = 50;
/** Observations of one kind read back at a start: the newest. */
const MAX_RECALLED = 5_000;

export interface PolicyState {
  id: string;
  title: string;
  kind: PolicyEntry['kind'];
  severity: Detection['severity'];
  serves: PolicyEntry['serves'];
  inForceFrom: number;
  state: 'met' | 'violated' | 'not-applicable' | 'no-data' | 'switched-off';
  /** When the oldest breach that is not over began. */
  since?: number;
  /** How many assets, sites or people it is kept or broken for. */
  scopes: number;
  breaches: { detection: string; at: number; summary: string; assets: string[] }[];
}

interface Scope {
  observations: Observation[];
  /** Detections as last put, by id. */
  found: Map<string, { text: string; at: number }>;
  open: { breach: Breach; detection: string }[];
  hasNoData: boolean;
}

interface Running {
  policy: Policy;
  inForceFrom: number;
  scopes: Map<string, Scope>;
  stirred: Set<string>;
  /** Observations in all scopes. */
  kept: number;
}

const inOrder = (a: Observation, b: Observation) =>
  a.observedAt - b.observedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export interface PoliciesOptions {
  registry: Registry;
  /** Since when each rule holds, by its id; a rule that is not named holds from `now` on. */
  inForce: ReadonlyMap<string, number>;
  now: number;
}

export class Policies implements Standing {
  readonly #registry: Registry;
  readonly #running: Running[];
  readonly #off: PolicyEntry[];
  #now: number;
  #passedAt = Number.NEGATIVE_INFINITY;
  forgotten = 0;

  constructor(entries: readonly PolicyEntry[], { registry, inForce, now }: PoliciesOptions) {
    this.#registry = registry;
    this.#now = now;
    this.#off = entries.filter(({ enabled }) => !enabled);
    this.#running = entries
      .filter(({ enabled }) => enabled)
      .map((one) => {
        const policy = policyFrom(one);
        const scopes = new Map(policy.scopes(registry).map((name) => [name, emptyScope()]));
        return {
          policy,
          inForceFrom: inForce.get(one.id) ?? now,
          scopes,
          stirred: new Set(scopes.keys()),
          kept: 0,
        };
      });
  }

  get observes(): ObservationKind[] {
    return [...new Set(this.#running.flatMap(({ policy }) => policy.observes))];
  }

  get rules(): string[] {
    return this.#running.map(({ policy }) => policy.rule);
  }

  /** Has seen nothing any more, as after a start: its scopes are those of the registry as it is now. */
  forget(): void {
    for (const running of this.#running) {
      running.scopes.clear();
      for (const name of running.policy.scopes(this.#registry)) running.scopes.set(name, emptyScope());
      running.stirred = new Set(running.scopes.keys());
      running.kept = 0;
    }
    this.#passedAt = Number.NEGATIVE_INFINITY;
  }

  /** Takes what was stored in former lives, without judging it yet: the newest of each kind, however old. */
  recall(newest: (kind: ObservationKind, limit: number) => readonly Observation[]): void {
    for (const kind of this.observes)
      for (const one of newest(kind, MAX_RECALLED))
        for (const running of this.#running)
          if (running.policy.observes.includes(kind)) this.#take(running, one);
  }

  observe(observations: readonly Observation[]): Judgement {
    for (const running of this.#running)
      for (const one of observations)
        if (running.policy.observes.includes(one.kind)) this.#take(running, one);
    return this.#judge((running) => running.stirred);
  }

  pass(now: number): Judgement {
    this.#now = Math.max(this.#now, now);
    if (this.#now - this.#passedAt < PASS_MS) return { put: [], withdraw: [] };
    this.#passedAt = this.#now;
    return this.#judge(({ scopes }) => scopes.keys());
  }

  /**
   * How each rule stands, in the order in which they are written.
   * @param sees what its reader may know of: scopes by name, and assets; everything where it is not said
   */
  states(sees?: { scope(name: string): boolean; asset(id: string): boolean }): PolicyState[] {
    const running = this.#running.map(({ policy, inForceFrom, scopes }): PolicyState => {
      const all = [...scopes].flatMap(([name, scope]) => (sees?.scope(name) === false ? [] : [scope]));
      const open = all
        .flatMap((scope) => scope.open)
        .filter(({ breach }) => sees === undefined || breach.assets.every((id) => sees.asset(id)))
        .filter(({ breach: { until } }) => until === undefined || until > this.#now)
        .sort((a, b) => a.breach.at - b.breach.at || (a.detection < b.detection ? -1 : 1));
      const first = open[0];
      const isBlind = all.every(({ hasNoData }) => hasNoData);
      return {
        ...described(policy.entry, inForceFrom),
        state:
          first !== undefined
            ? 'violated'
            : all.length === 0
              ? 'not-applicable'
              : isBlind
                ? 'no-data'
                : 'met',
        ...(first === undefined ? {} : { since: first.breach.at }),
        scopes: all.length,
        breaches: open
          .slice(-MAX_TOLD)
          .map(({ breach: { at, summary, assets }, detection }) => ({ detection, at, summary, assets })),
      };
    });
    return [
      ...running,
      ...this.#off.map(
        (one): PolicyState => ({ ...described(one, 0), state: 'switched-off', scopes: 0, breaches: [] }),
      ),
    ];
  }

  #take(running: Running, observation: Observation): void {
    const { policy, scopes, stirred } = running;
    for (const name of policy.scopesOf(observation, this.#registry)) {
      const scope = scopes.get(name) ?? emptyScope();
      const { observations } = scope;
      let at = observations.length;
      for (let before = observations[at - 1]; before !== undefined; before = observations[at - 1]) {
        const order = inOrder(before, observation);
        if (order === 0) return;
        if (order < 0) break;
        at--;
      }
      observations.splice(at, 0, observation);
      running.kept++;
      if (observations.length > MAX_OBSERVATIONS) {
        observations.shift();
        running.kept--;
        this.forgotten++;
      }
      // The scope heard last goes to the end: the first is the one to give up.
      scopes.delete(name);
      scopes.set(name, scope);
      stirred.add(name);
      if (scopes.size > MAX_SCOPES || running.kept > MAX_KEPT) this.#giveUp(running);
    }
  }

  #giveUp(running: Running): void {
    for (const [name, { observations }] of running.scopes) {
      // One that is there in any case, and empty, makes no room.
      if (observations.length === 0 && running.scopes.size <= MAX_SCOPES) continue;
      running.scopes.delete(name);
      running.kept -= observations.length;
      this.forgotten++;
      return;
    }
  }

  #judge(which: (running: Running) => Iterable<string>): Judgement {
    const judgement: Judgement = { put: [], withdraw: [] };
    for (const running of this.#running) {
      for (const name of [...which(running)]) {
        const scope = running.scopes.get(name);
        if (scope !== undefined) this.#judgeScope(running, name, scope, judgement);
      }
      running.stirred.clear();
    }
    return judgement;
  }

  #judgeScope(running: Running, name: string, scope: Scope, judgement: Judgement): void {
    const { policy, inForceFrom } = running;
    const now = this.#now;
    const { breaches, hasNoData } = policy.judge({
      scope: name,
      observations: scope.observations,
      now,
      inForceFrom,
      registry: this.#registry,
    });
    const told = breaches.filter(({ at }) => at >= inForceFrom);
    const found = new Map<string, { text: string; at: number }>();
    scope.open = [];
    scope.hasNoData = hasNoData;
    for (const breach of told) {
      const detection = this.#detectionOf(policy, name, breach);
      scope.open.push({ breach, detection: detection.id });
      // What is older stands as it was told.
      if (breach.at < now - LOOK_BACK_MS) continue;
      const text = JSON.stringify(detection);
      found.set(detection.id, { text, at: breach.at });
      if (scope.found.get(detection.id)?.text !== text) judgement.put.push(detection);
    }
    for (const [id, { at }] of scope.found)
      if (!found.has(id) && at >= now - LOOK_BACK_MS) judgement.withdraw.push(id);
    scope.found = found;
    const oldest = now - LOOK_BACK_MS - 2 * policy.spanMs;
    // The newest is always kept: how old something is must be known however old it is.
    while (scope.observations.length > 1 && (scope.observations[1]?.observedAt ?? now) < oldest) {
      scope.observations.shift();
      running.kept--;
    }
  }

  #detectionOf({ entry, rule }: Policy, scope: string, breach: Breach): Detection {
    const [first] = entry.serves;
    return detectionFrom(
      rule,
      scope,
      {
        anchor: breach.anchor,
        at: breach.at,
        severity: entry.severity,
        summary: `${breach.summary} (${first?.standard ?? ''}, ${first?.section ?? ''})`,
        assets: breach.assets.slice(0, 64),
        identities: breach.identities ?? [],
        observables: {},
        facts: {
          ...breach.facts,
          policy: entry.id,
          requirement: entry.title,
          regulation: entry.serves
            .map(({ standard, section }) => `${standard}, ${section}`)
            .join('; ')
            .slice(0, 512),
        },
        evidence: breach.evidence,
        ...(entry.tactic === undefined ? {} : { tactic: entry.tactic }),
        ...(breach.count === undefined ? {} : { count: breach.count }),
      },
      'policy-monitor',
      this.#registry,
    );
  }

  /** As one of the detector's monitors. */
  asMonitor(): AnyStandingMonitor {
    return {
      kind: 'policies',
      title: 'Rules of the house',
      configuration: z.unknown(),
      rules: this.rules,
      observes: this.observes,
      // What is older was recalled.
      rememberMs: () => LOOK_BACK_MS,
      open: () => this,
      samples: [],
    };
  }
}

const emptyScope = (): Scope => ({ observations: [], found: new Map(), open: [], hasNoData: true });

const described = ({ id, title, kind, severity, serves }: PolicyEntry, inForceFrom: number) => ({
  id,
  title,
  kind,
  severity,
  serves,
  inForceFrom,
});

const dates = z.record(z.string(), instant);

/** Since when each rule holds: a rule that is new holds from now on, and the file says so from then on. */
export function inForceSince(
  file: string,
  entries: readonly PolicyEntry[],
  now: number,
): ReadonlyMap<string, number> {
  let known: Record<string, number> = {};
  try {
    known = dates.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const next = Object.fromEntries(
    entries.filter(({ enabled }) => enabled).map(({ id }) => [id, known[id] ?? now]),
  );
  writeFileSync(file, JSON.stringify(next), { mode: 0o600 });
  return new Map(Object.entries(next));
}
