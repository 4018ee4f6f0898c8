/** Plans, recoveries and exercises as the API tells them. */
import type { Registry } from '../../devices/model/registry.ts';
import type {
  ContinuityPlanPage,
  ContinuityPlanRow,
  ExercisePage,
  ExerciseRow,
  LessonsPage,
  RecoveryPage,
  RecoveryRow,
} from '../api/contract/continuity.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import type { Store } from '../store/store.ts';
import type { Continuity } from './continuity.ts';
import { type Exercise, endOf, stateOf } from './exercise.ts';
import type { Lessons } from './lessons.ts';
import { gapsOf, type Plan, reviewDueAt } from './plan.ts';
import { clockOf, dueAtOf, type Recovery } from './recovery.ts';

export interface ViewParts {
  continuity: Continuity;
  registry: Registry;
  store: Pick<Store, 'handling'>;
  graph(): GraphDocument;
  playbookName(id: string): string | undefined;
  playbooks(): { id: string; name: string }[];
  now(): number;
}

/** Recoveries and exercises of one plan that are compared. */
const MAX_HISTORY = 20;

export class Views {
  readonly #parts: ViewParts;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  siteOf(id: string): { id: string; name: string } {
    return { id, name: this.#parts.registry.site(id)?.name ?? id };
  }

  timeZoneOf(site: string | undefined): string {
    return this.#parts.registry.site(site ?? '')?.timeZone ?? 'UTC';
  }

  protects({ content }: Plan): string[] {
    const { registry, graph } = this.#parts;
    const services = new Map(graph().services.map(({ id, name = id }) => [id, name]));
    return [
      ...content.services.map((id) => services.get(id) ?? id),
      ...content.assets.map((id) => registry.asset(id)?.name ?? id),
    ];
  }

  gaps(plan: Plan): string[] {
    const { registry, graph, playbookName } = this.#parts;
    const services = new Set(graph().services.map(({ id }) => id));
    return gapsOf(plan, {
      assetSite: (id) => registry.asset(id)?.site,
      hasService: (id) => services.has(id),
      hasPlaybook: (id) => playbookName(id) !== undefined,
    });
  }

  planRow(plan: Plan): ContinuityPlanRow {
    const { name, site, owner, rtoMs, fallbacks, steps } = plan.content;
    const underWay = this.#parts.continuity
      .recoveries()
      .find((one) => one.plan.id === plan.id && one.ended === undefined);
    return {
      id: plan.id,
      name,
      site: this.siteOf(site),
      protects: this.protects(plan),
      owner: owner.name,
      rtoMs,
      fallbacks: fallbacks.length,
      steps: steps.length,
      gaps: this.gaps(plan).length,
      reviewDueAt: reviewDueAt(plan),
      ...(underWay === undefined ? {} : { recovery: underWay.id }),
    };
  }

  planPage(plan: Plan): ContinuityPlanPage {
    const { registry, graph, playbooks } = this.#parts;
    const { content, version, changed, reviewed, retired } = plan;
    return {
      row: this.planRow(plan),
      version,
      content,
      timeZone: this.timeZoneOf(content.site),
      changed,
      ...(reviewed === undefined ? {} : { reviewed }),
      ...(retired === undefined ? {} : { retired }),
      gaps: this.gaps(plan),
      choices: {
        assets: registry.assetsOf(content.site).map(({ id, name }) => ({ id, name })),
        services: graph().services.map(({ id, name = id }) => ({ id, name })),
        playbooks: playbooks(),
      },
    };
  }

  recoveryRow(one: Recovery): RecoveryRow {
    const { id, plan, items, incident, exercise, activated, serving, ended } = one;
    return {
      id,
      plan: plan.id,
      name: plan.content.name,
      site: this.siteOf(plan.content.site),
      ...(incident === undefined ? {} : { incident }),
      ...(exercise === undefined ? {} : { exercise }),
      clock: clockOf(one, this.#parts.now()),
      state:
        ended === undefined
          ? serving === undefined
            ? 'down'
            : 'serving'
          : ended.how === 'normal'
            ? 'over'
            : 'given-up',
      done: items.filter(({ state }) => state !== 'open').length,
      total: items.length,
      activatedAt: activated.at,
    };
  }

  recoveryPage(one: Recovery): RecoveryPage {
    const { continuity, playbookName } = this.#parts;
    const { content } = one.plan;
    const known = new Map(one.items.map((item) => [item.step, item]));
    const learned = continuity.lessons(`recovery:${one.id}`);
    return {
      row: this.recoveryRow(one),
      timeZone: this.timeZoneOf(content.site),
      content,
      activated: one.activated,
      clockBecause: one.clock.because,
      items: content.steps.map((step) => {
        const item = known.get(step.id);
        const dueAt = dueAtOf(one, step);
        return {
          ...step,
          state: item?.state ?? 'open',
          ...(item?.at === undefined ? {} : { at: item.at }),
          ...(item?.by === undefined ? {} : { by: item.by }),
          ...(item?.text === undefined ? {} : { note: item.text }),
          ...(dueAt === undefined ? {} : { dueAt }),
        };
      }),
      fallbacks: content.fallbacks.map((fallback) => {
        const taken = one.taken.find((each) => each.fallback === fallback.id && each.ended === undefined);
        const name = fallback.playbook === undefined ? undefined : playbookName(fallback.playbook);
        return {
          ...fallback,
          ...(name === undefined ? {} : { playbookName: name }),
          ...(taken === undefined ? {} : { taken: { at: taken.at, by: taken.by, text: taken.text } }),
        };
      }),
      ...(one.serving === undefined ? {} : { serving: one.serving }),
      ...(one.ended === undefined ? {} : { ended: one.ended }),
      log: one.log,
      ...(learned === undefined ? {} : { lessons: lessonsPage(learned) }),
    };
  }

  /** Exercises of a plan that have a score, the oldest first. */
  #scored(plan: string): Exercise[] {
    return this.#parts.continuity.exercises
      .all()
      .filter((one) => one.plan === plan && one.score !== undefined && one.begun !== undefined)
      .sort((a, b) => (a.begun?.at ?? 0) - (b.begun?.at ?? 0));
  }

  exerciseRow(one: Exercise): ExerciseRow {
    const { continuity } = this.#parts;
    const { id, title, scenario, scenarioTitle, plan, sites, participants, plannedFor, lastsMs, goals } = one;
    const endsAt = endOf(one);
    const before = this.#scored(plan).findLast(
      (other) => other.id !== id && (other.begun?.at ?? 0) < (one.begun?.at ?? Number.MAX_SAFE_INTEGER),
    );
    return {
      id,
      title,
      scenario,
      scenarioTitle,
      plan,
      planName: continuity.plan(plan)?.content.name ?? plan,
      sites,
      participants,
      ...(plannedFor === undefined ? {} : { plannedFor }),
      lastsMs,
      goals,
      state: stateOf(one),
      ...(one.begun === undefined ? {} : { begunAt: one.begun.at }),
      ...(endsAt === undefined ? {} : { endsAt }),
      ...(one.score === undefined ? {} : { score: one.score }),
      ...(before?.score === undefined ? {} : { before: before.score.points }),
    };
  }

  exercisePage(one: Exercise): ExercisePage {
    const { continuity, store } = this.#parts;
    const recovery = continuity.recoveries().find((each) => each.exercise === one.id);
    const learned = continuity.lessons(`exercise:${one.id}`);
    return {
      row: this.exerciseRow(one),
      timeZone: this.timeZoneOf(one.sites[0]),
      incidents: continuity.exercises.incidentsOf(one).map(({ id, title, severity }) => ({
        id,
        title,
        severity,
        state: store.handling(id)?.state ?? 'open',
      })),
      real: one.real,
      ...(recovery === undefined ? {} : { recovery: this.recoveryRow(recovery) }),
      ...(learned === undefined ? {} : { lessons: lessonsPage(learned) }),
      history: this.#scored(one.plan)
        .slice(-MAX_HISTORY)
        .flatMap(({ id, title, begun, score }) =>
          begun === undefined || score === undefined
            ? []
            : [
                {
                  id,
                  title,
                  at: begun.at,
                  points: score.points,
                  parts: Object.fromEntries(score.parts.map(({ criterion, points }) => [criterion, points])),
                },
              ],
        ),
    };
  }
}

export const lessonsPage = ({ id, of, well, badly, measures, at, by }: Lessons): LessonsPage => ({
  id,
  of,
  well,
  badly,
  measures,
  at,
  by,
});
