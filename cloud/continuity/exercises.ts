/** Exercises: planned, begun at the simulator, ended, scored from what was recorded. */
import { randomUUID } from 'node:crypto';
import { severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { shift } from '../shifts/shifts.ts';
import { type AuditEntry, HOUSE } from '../store/store.ts';
import {
  EXERCISE_DOCUMENT,
  type Exercise,
  type ExerciseRequest,
  endOf,
  exercise,
  exerciseOfIncident,
  MAX_EXERCISES,
  stateOf,
} from './exercise.ts';
import { Kept } from './kept.ts';
import type { Lessons } from './lessons.ts';
import type { ContinuityParts, Simulator } from './parts.ts';
import type { Plan } from './plan.ts';
import { ContinuityProblem, type Doer } from './problem.ts';
import type { Recovery } from './recovery.ts';
import { type ExerciseFacts, scoreOf } from './score.ts';

/** Where hand-overs of shifts are kept. */
const SHIFT_DOCUMENT = 'shift';
/** Incidents that are looked at for those of one exercise. */
const MAX_LOOKED_AT = 5_000;
/** How often it is looked whether an exercise's time is over, in the site's time. */
const LOOK_EVERY_MS = 60_000;

interface ExercisesParts extends ContinuityParts {
  recoveries(): Recovery[];
  lessons(id: string): Lessons | undefined;
  plan(id: string): Plan | undefined;
}

export class Exercises {
  readonly #parts: ExercisesParts;
  readonly #kept: Kept<Exercise>;
  /** Being ended by the clock at present. */
  readonly #ending = new Set<string>();

  constructor(parts: ExercisesParts) {
    this.#parts = parts;
    this.#kept = new Kept(parts.store, EXERCISE_DOCUMENT, exercise, MAX_EXERCISES, parts.onTrouble);
  }

  /** Ends what has lasted as long as it was planned, until the signal. */
  start(signal: AbortSignal): void {
    let cancel = () => {};
    const look = () => {
      const { clock, onTrouble } = this.#parts;
      for (const one of this.running()) {
        if (clock.now() < (endOf(one) ?? 0) || this.#ending.has(one.id)) continue;
        this.#ending.add(one.id);
        this.end(one.id, { name: HOUSE, from: '' })
          .catch((error: unknown) =>
            onTrouble(`exercise ${one.id}: ${error instanceof Error ? error.message : String(error)}`),
          )
          .finally(() => this.#ending.delete(one.id));
      }
      cancel = clock.schedule(LOOK_EVERY_MS, look);
    };
    look();
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  all(): Exercise[] {
    return this.#kept.all();
  }

  find(id: string): Exercise | undefined {
    return this.#kept.find(id);
  }

  running(): Exercise[] {
    return this.#kept.all().filter((one) => stateOf(one) === 'running');
  }

  /** The exercise that brought an incident; undefined: it is real. */
  ofIncident(incident: Pick<Incident, 'id' | 'first' | 'assets'>): Exercise | undefined {
    const { store, registry } = this.#parts;
    return exerciseOfIncident(
      incident,
      this.#kept.all(),
      (asset) => registry.asset(asset)?.site,
      ({ real }) => real.some((one) => store.currentIncident(one.incident) === incident.id),
    );
  }

  /** @throws ContinuityProblem */
  async plan(request: ExerciseRequest, simulator: Simulator | undefined, doer: Doer): Promise<Exercise> {
    const { registry } = this.#parts;
    const scenario = connected(simulator).list.find(({ id }) => id === request.scenario);
    if (scenario === undefined)
      throw new ContinuityProblem('not-found', 'The simulator has no such scenario.');
    const plan = this.#parts.plan(request.plan);
    if (plan === undefined || plan.retired !== undefined)
      throw new ContinuityProblem('not-found', 'There is no such plan.');
    const unknown = request.sites.find((id) => registry.site(id) === undefined);
    if (unknown !== undefined) throw new ContinuityProblem('not-found', `There is no site “${unknown}”.`);
    const made: Exercise = {
      ...request,
      id: randomUUID(),
      scenarioTitle: scenario.title,
      created: { at: this.#now(), by: doer.name },
      real: [],
    };
    return this.#kept.put(
      made,
      this.#entry(doer, 'planned', `${made.id} “${made.title}” with ${scenario.id}`),
    );
  }

  /** It counts from before the scenario starts: nothing that it brings may be taken for real. @throws ContinuityProblem, Problem */
  async begin(id: string, simulator: Simulator | undefined, doer: Doer): Promise<Exercise> {
    const before = this.#expect(id, 'planned');
    const other = this.running().find((one) => one.sites.some((site) => before.sites.includes(site)));
    if (other !== undefined)
      throw new ContinuityProblem('running', `“${other.title}” is under way at one of these sites.`);
    const scenarios = connected(simulator);
    const begun = { ...before, begun: { at: this.#now(), by: doer.name } };
    await this.#kept.put(begun, this.#entry(doer, 'begun', `${id} “${before.title}”`));
    try {
      await scenarios.start(before.scenario);
    } catch (error) {
      // The simulator was not there: it is as planned as before.
      await this.#kept.put(before, this.#entry(doer, 'not-begun', `${id}: the simulator refused`));
      throw error;
    }
    return begun;
  }

  async end(id: string, doer: Doer): Promise<Exercise> {
    const before = this.#expect(id, 'running');
    const over = {
      ...before,
      ended: { at: Math.min(this.#now(), endOf(before) ?? Number.MAX_SAFE_INTEGER), by: doer.name },
    };
    const scored = { ...over, score: scoreOf(this.factsOf(over), this.#now()) };
    return this.#kept.put(scored, this.#entry(doer, 'ended', `${id}: ${scored.score.points} points`));
  }

  async cancel(id: string, text: string, doer: Doer): Promise<Exercise> {
    const before = this.#expect(id, 'planned');
    const cancelled = { at: this.#now(), by: doer.name, text };
    return this.#kept.put({ ...before, cancelled }, this.#entry(doer, 'cancelled', `${id}: ${text}`));
  }

  /** A person says of an incident that it is none of the exercise: from now on it is treated like any other. */
  async declareReal(incident: Incident, text: string, doer: Doer): Promise<Exercise> {
    const before = this.ofIncident(incident);
    if (before === undefined)
      throw new ContinuityProblem('changed', 'This incident is taken for real as it is.');
    const real = [...before.real, { incident: incident.id, at: this.#now(), by: doer.name, text }];
    return this.#kept.put({ ...before, real }, this.#entry(doer, 'real', `${incident.id} is real: ${text}`));
  }

  /** After its end something was written that counts. */
  async scoreAgain(id: string, doer: Doer): Promise<void> {
    const before = this.#kept.find(id);
    if (before?.ended === undefined) return;
    const score = scoreOf(this.factsOf(before), this.#now());
    await this.#kept.put({ ...before, score }, this.#entry(doer, 'scored', `${id}: ${score.points} points`));
  }

  /** Incidents that it brought, the gravest first. */
  incidentsOf(one: Exercise): Incident[] {
    const { store } = this.#parts;
    const { begun } = one;
    if (begun === undefined) return [];
    return store
      .incidents({ sites: one.sites, lastFrom: begun.at, offset: 0, limit: MAX_LOOKED_AT })
      .map(({ incident }) => incident)
      .filter((incident) => this.ofIncident(incident)?.id === one.id)
      .sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || a.first - b.first);
  }

  /** What was recorded of it, as its score sees it. */
  factsOf(one: Exercise): ExerciseFacts {
    const { store } = this.#parts;
    const incidents = this.incidentsOf(one);
    const [main] = incidents;
    const handling = main === undefined ? undefined : store.handling(main.id);
    const ids = new Set(incidents.map(({ id }) => id));
    const activities = incidents.flatMap(({ id }) => store.activities(id));
    const contained = activities.find(
      ({ action, incident }) =>
        (action === 'contained' || action === 'resolved') && store.currentIncident(incident) === main?.id,
    );
    const recovery = this.#parts
      .recoveries()
      .filter((each) => each.exercise === one.id && each.plan.id === one.plan)
      .sort((a, b) => a.activated.at - b.activated.at)[0];
    const handOvers = store.documents(SHIFT_DOCUMENT).filter(({ value }) => {
      const read = shift.safeParse(value);
      return (
        read.success &&
        read.data.handOver !== undefined &&
        read.data.handOver.at >= (one.begun?.at ?? 0) &&
        read.data.handOver.open.incidents.some(({ id }) => ids.has(store.currentIncident(id)))
      );
    }).length;
    const lessonsAt =
      this.#parts.lessons(`exercise:${one.id}`)?.firstAt ??
      (recovery === undefined ? undefined : this.#parts.lessons(`recovery:${recovery.id}`)?.firstAt);
    return {
      goals: one.goals,
      ...(main === undefined || handling === undefined
        ? {}
        : {
            incident: {
              title: main.title,
              openedAt: handling.openedAt,
              ...(handling.acknowledgedAt === undefined ? {} : { acknowledgedAt: handling.acknowledgedAt }),
              ...(contained === undefined ? {} : { containedAt: contained.at }),
            },
          }),
      ...(recovery === undefined ? {} : { recovery }),
      handOvers,
      notes: activities.filter(({ action }) => action === 'noted').length,
      ...(lessonsAt === undefined ? {} : { lessonsAt }),
    };
  }

  #expect(id: string, state: ReturnType<typeof stateOf>): Exercise {
    const found = this.#kept.find(id);
    if (found === undefined) throw new ContinuityProblem('not-found', 'There is no such exercise.');
    const is = stateOf(found);
    if (is !== state) throw new ContinuityProblem('changed', `This exercise is ${is} already.`);
    return found;
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #entry({ name, from }: Doer, action: string, about: string): AuditEntry {
    return { at: this.#now(), by: name, from, action: `exercise.${action}`, about: about.slice(0, 2_000) };
  }
}

function connected(simulator: Simulator | undefined): Simulator {
  if (simulator === undefined)
    throw new ContinuityProblem('no-simulator', 'No simulator is connected to this installation.');
  return simulator;
}
