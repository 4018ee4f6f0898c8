/**
 * Recovery and continuity as a whole: plans, recoveries by them, lessons, exercises. All of it is in the store, each
 * change in one commit with its line of the audit trail.
 */
import { randomUUID } from 'node:crypto';
import type { Incident } from '../../devices/model/incident.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import { type AuditEntry, HOUSE } from '../store/store.ts';
import { Exercises } from './exercises.ts';
import { Kept } from './kept.ts';
import {
  LESSONS_DOCUMENT,
  type Lessons,
  type LessonsRequest,
  lessons,
  MAX_LESSONS,
  written,
} from './lessons.ts';
import type { ContinuityParts } from './parts.ts';
import { MAX_PLANS, PLAN_DOCUMENT, type Plan, type PlanContent, plan } from './plan.ts';
import { ContinuityProblem, type Doer } from './problem.ts';
import { type Outlook, outlookOf, type Proposal, proposalsFor } from './proposals.ts';
import { after, MAX_RECOVERIES, RECOVERY_DOCUMENT, type Recovery, recovery, type Word } from './recovery.ts';
import { planOf, starters } from './starter.ts';

/** Detections of an incident that are looked at, the first. */
const MAX_DETECTIONS = 2_000;
/** Outlooks that are kept while neither incident nor graph change. */
const MAX_OUTLOOKS = 100;

export class Continuity {
  readonly exercises: Exercises;
  readonly #parts: ContinuityParts;
  readonly #plans: Kept<Plan>;
  readonly #recoveries: Kept<Recovery>;
  readonly #lessons: Kept<Lessons>;
  readonly #outlooks = new Map<string, { stamp: string; graph: GraphDocument; outlook: Outlook }>();

  constructor(parts: ContinuityParts) {
    const { store, onTrouble } = parts;
    this.#parts = parts;
    this.#plans = new Kept(store, PLAN_DOCUMENT, plan, MAX_PLANS, onTrouble);
    this.#recoveries = new Kept(store, RECOVERY_DOCUMENT, recovery, MAX_RECOVERIES, onTrouble);
    this.#lessons = new Kept(store, LESSONS_DOCUMENT, lessons, MAX_LESSONS, onTrouble);
    this.exercises = new Exercises({
      ...parts,
      recoveries: () => this.#recoveries.all(),
      lessons: (id) => this.#lessons.find(id),
      plan: (id) => this.#plans.find(id),
    });
  }

  /** Makes the plans of the configuration that are not there yet; ends exercises whose time is over. */
  async start(signal: AbortSignal): Promise<void> {
    const { settings, registry } = this.#parts;
    for (const { id, starter: name, site: siteId, services, ...people } of settings.plans) {
      const starter = starters.find((one) => one.id === name);
      const site = registry.site(siteId);
      if (this.#plans.find(id) !== undefined || starter === undefined) continue;
      if (site === undefined) {
        this.#parts.onTrouble(`continuity: plan ${id}: there is no site "${siteId}"`);
        continue;
      }
      const content = { ...planOf(starter, site, registry.assetsOf(siteId), people), services };
      await this.#putPlan(id, content, { name: HOUSE, from: '' });
    }
    this.exercises.start(signal);
  }

  plans(): Plan[] {
    return this.#plans.all();
  }

  plan(id: string): Plan | undefined {
    return this.#plans.find(id);
  }

  recoveries(): Recovery[] {
    return this.#recoveries.all();
  }

  recovery(id: string): Recovery | undefined {
    return this.#recoveries.find(id);
  }

  allLessons(): Lessons[] {
    return this.#lessons.all();
  }

  lessons(id: string): Lessons | undefined {
    return this.#lessons.find(id);
  }

  /** @throws ContinuityProblem for an unknown starter or site */
  create(starterId: string, siteId: string, doer: Doer): Promise<Plan> {
    const { registry } = this.#parts;
    const starter = starters.find(({ id }) => id === starterId);
    const site = registry.site(siteId);
    if (starter === undefined) throw new ContinuityProblem('not-found', 'There is no such starter.');
    if (site === undefined) throw new ContinuityProblem('not-found', 'There is no such site.');
    const id = `${starterId}-${randomUUID().slice(0, 8)}`;
    return this.#putPlan(id, planOf(starter, site, registry.assetsOf(siteId)), doer);
  }

  /** @param base the version that was edited: somebody else may have been faster */
  async change(id: string, base: number, content: PlanContent, doer: Doer): Promise<Plan> {
    const before = this.#planInUse(id);
    if (before.version !== base)
      throw new ContinuityProblem(
        'changed',
        'Somebody else changed this plan in the meantime. Load it again.',
      );
    return this.#putPlan(id, content, doer, before);
  }

  /** It was read and found right. */
  async review(id: string, doer: Doer): Promise<Plan> {
    const before = this.#planInUse(id);
    const reviewed = { at: this.#now(), by: doer.name };
    return this.#plans.put(
      { ...before, reviewed },
      this.#entry(doer, 'plan-reviewed', `${id} version ${before.version}`),
    );
  }

  async retire(id: string, text: string, doer: Doer): Promise<Plan> {
    const before = this.#planInUse(id);
    if (this.#recoveries.all().some((one) => one.plan.id === id && one.ended === undefined))
      throw new ContinuityProblem('in-use', 'A recovery is under way by this plan: end it first.');
    const retired = { at: this.#now(), by: doer.name, text };
    return this.#plans.put({ ...before, retired }, this.#entry(doer, 'plan-retired', `${id}: ${text}`));
  }

  /** Which plans an incident calls for. @param plans those that the asker may see */
  proposals(incident: Incident, plans: readonly Plan[]): Proposal[] {
    const { store, registry } = this.#parts;
    const graph = this.#parts.graph();
    const detections = incident.detections
      .slice(0, MAX_DETECTIONS)
      .flatMap((id) => store.detection(id) ?? []);
    return proposalsFor(plans, detections, this.#outlookOf(incident, graph), {
      assetOf: (id) => registry.asset(id),
      graph,
    });
  }

  #outlookOf(incident: Incident, graph: GraphDocument): Outlook {
    const { store, registry } = this.#parts;
    // A part of an incident, as somebody sees it who does not see all sites, is worked out for itself.
    const isWhole = store.incident(incident.id)?.detections.length === incident.detections.length;
    const stamp = `${incident.last} ${incident.detections.length} ${incident.detections.at(-1) ?? ''}`;
    const known = this.#outlooks.get(incident.id);
    if (isWhole && known !== undefined && known.stamp === stamp && known.graph === graph)
      return known.outlook;
    const detections = incident.detections
      .slice(0, MAX_DETECTIONS)
      .flatMap((id) => store.detection(id) ?? []);
    const outlook = outlookOf(detections, (id) => registry.asset(id), graph);
    if (!isWhole) return outlook;
    this.#outlooks.delete(incident.id);
    const oldest = this.#outlooks.keys().next();
    if (this.#outlooks.size >= MAX_OUTLOOKS && oldest.done !== true) this.#outlooks.delete(oldest.value);
    this.#outlooks.set(incident.id, { stamp, graph, outlook });
    return outlook;
  }

  /**
   * Activates a plan. The recovery clock starts when what it protects failed, where the incident says so, else now.
   * @throws ContinuityProblem
   */
  async activate(
    planId: string,
    incident: Incident | undefined,
    text: string,
    doer: Doer,
  ): Promise<Recovery> {
    const { id, version, content } = this.#planInUse(planId);
    const now = this.#now();
    const underWay = this.#recoveries.all().some((one) => one.plan.id === id && one.ended === undefined);
    if (underWay) throw new ContinuityProblem('running', 'A recovery is under way by this plan already.');
    const failed =
      incident === undefined
        ? []
        : this.#outlookOf(incident, this.#parts.graph()).happened.filter(({ asset }) =>
            content.assets.includes(asset),
          );
    const [first] = [...failed].sort((a, b) => a.at - b.at);
    const exercise =
      incident === undefined
        ? this.exercises.running().find((one) => one.plan === id)
        : this.exercises.ofIncident(incident);
    const made: Recovery = {
      id: randomUUID(),
      plan: { id, version, content },
      ...(incident === undefined ? {} : { incident: incident.id }),
      ...(exercise === undefined ? {} : { exercise: exercise.id }),
      activated: { at: now, by: doer.name, text },
      clock:
        first === undefined || first.at > now
          ? { at: now, basis: 'activated', because: `${doer.name} activated the plan.` }
          : {
              at: first.at,
              basis: 'failed',
              because: `${this.#parts.registry.asset(first.asset)?.name ?? first.asset}: recorded as failed.`,
            },
      items: content.steps.map((step) => ({ step: step.id, state: 'open' })),
      taken: [],
      log: [{ at: now, by: doer.name, what: 'activated', text }],
    };
    return this.#recoveries.put(
      made,
      this.#entry(
        doer,
        'activated',
        `${made.id} by plan ${id} version ${version}${incident === undefined ? '' : ` for ${incident.id}`}: ${text}`,
      ),
    );
  }

  /** @throws ContinuityProblem when it cannot be so */
  async say(id: string, word: Word, doer: Doer): Promise<Recovery> {
    const before = this.#recoveries.find(id);
    if (before === undefined) throw new ContinuityProblem('not-found', 'There is no such recovery.');
    const next = after(before, word, { at: this.#now(), by: doer.name });
    const what = next.log.at(-1)?.what ?? word.type;
    return this.#recoveries.put(
      next,
      this.#entry(doer, `recovery-${word.type}`, `${id} ${what}: ${word.text}`),
    );
  }

  /** Recoveries that a person of an incident's page is shown. */
  recoveriesOf(incident: string): Recovery[] {
    const { store } = this.#parts;
    return this.#recoveries
      .all()
      .filter((one) => one.incident !== undefined && store.currentIncident(one.incident) === incident);
  }

  /** Writes lessons of a recovery or an exercise; an exercise is scored anew. @throws ContinuityProblem */
  async learn(kind: Lessons['of']['kind'], id: string, said: LessonsRequest, doer: Doer): Promise<Lessons> {
    const about = this.aboutLessons(kind, id);
    if (about === undefined) throw new ContinuityProblem('not-found', `There is no such ${kind}.`);
    const before = this.#lessons.find(`${kind}:${id}`);
    const next = written(before, about, said, { at: this.#now(), by: doer.name });
    await this.#lessons.put(
      next,
      this.#entry(doer, 'lessons', `${next.id}: ${next.measures.length} measures`),
    );
    const exercise = kind === 'exercise' ? id : this.#recoveries.find(id)?.exercise;
    if (exercise !== undefined) await this.exercises.scoreAgain(exercise, doer);
    return next;
  }

  /** What lessons of it would be about. */
  aboutLessons(kind: Lessons['of']['kind'], id: string): Pick<Lessons, 'of' | 'sites'> | undefined {
    if (kind === 'exercise') {
      const found = this.exercises.find(id);
      return found === undefined ? undefined : { of: { kind, id, title: found.title }, sites: found.sites };
    }
    const found = this.#recoveries.find(id);
    if (found === undefined) return undefined;
    const { name, site } = found.plan.content;
    return { of: { kind, id, title: name }, sites: [site] };
  }

  async measureDone(lessonsId: string, measure: string, text: string, doer: Doer): Promise<Lessons> {
    const before = this.#lessons.find(lessonsId);
    const one = before?.measures.find(({ id }) => id === measure);
    if (before === undefined || one === undefined)
      throw new ContinuityProblem('not-found', 'There is no such measure.');
    if (one.done !== undefined) throw new ContinuityProblem('changed', `${one.done.by} has said so already.`);
    const done = { at: this.#now(), by: doer.name, text };
    return this.#lessons.put(
      { ...before, measures: before.measures.map((each) => (each === one ? { ...one, done } : each)) },
      this.#entry(doer, 'measure-done', `${lessonsId} ${measure}: ${text}`),
    );
  }

  #planInUse(id: string): Plan {
    const found = this.#plans.find(id);
    if (found === undefined) throw new ContinuityProblem('not-found', 'There is no such plan.');
    if (found.retired !== undefined) throw new ContinuityProblem('retired', 'This plan is no longer in use.');
    return found;
  }

  #putPlan(id: string, content: PlanContent, doer: Doer, before?: Plan): Promise<Plan> {
    const version = (before?.version ?? 0) + 1;
    const made: Plan = { id, version, content, changed: { at: this.#now(), by: doer.name } };
    return this.#plans.put(
      made,
      this.#entry(doer, 'plan-changed', `${id} version ${version} “${content.name}”`),
    );
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #entry({ name, from }: Doer, action: string, about: string): AuditEntry {
    return { at: this.#now(), by: name, from, action: `continuity.${action}`, about: about.slice(0, 2_000) };
  }
}
