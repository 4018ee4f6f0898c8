import { z } from 'zod';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { exerciseRequest, stateOf } from '../../continuity/exercise.ts';
import { lessonsOf, lessonsRequest, openMeasures } from '../../continuity/lessons.ts';
import { type Plan, planContent } from '../../continuity/plan.ts';
import { planPdf } from '../../continuity/plan-pdf.ts';
import { ContinuityProblem, type Doer } from '../../continuity/problem.ts';
import { word } from '../../continuity/recovery.ts';
import { starters } from '../../continuity/starter.ts';
import { lessonsPage, Views } from '../../continuity/views.ts';
import { DocumentChanged } from '../../store/store.ts';
import { addressOf } from '../client.ts';
import type { ContinuityOverview, IncidentContinuity } from '../contract/continuity.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Asked, type Caller, type Route, route } from '../route.ts';
import { fileHeaders } from './duties.ts';

/** A plan with all its steps and contacts. */
const MAX_PLAN_BYTES = 256 * 1024;
/** Recoveries, exercises and lessons of the page that are over: the newest. */
const MAX_OVER = 50;

const id = z.string().min(1).max(256);
const named = z.strictObject({ id });
const reason = plainText.min(3).max(1_000);
const base = '/api/continuity';
const loose = (title: string) => ({ schema: z.looseObject({}), title });

/** Plans, recoveries by them, lessons, exercises. */
export function continuityRoutes(parts: ApiParts): Route[] {
  const { continuity, store, registry, clock, options, landscape, response, intelligence, scenarios } = parts;
  const { exercises } = continuity;
  const playbookName = (playbook: string) => response.shelf.find(playbook)?.playbook.name;
  const views = new Views({
    continuity,
    registry,
    store,
    graph: () => landscape.graph,
    playbookName,
    playbooks: () => response.shelf.all().map(({ playbook }) => ({ id: playbook.id, name: playbook.name })),
    now: () => clock.now(),
  });

  /** The one place that says whose things these are: those of sites of which the caller sees every one. */
  const seesAll = (sites: readonly string[], { scope }: Caller) =>
    sites.every((site) => scope.seesSite(site));
  const planOf = (name: string, caller: Caller): Plan => {
    const found = continuity.plan(name);
    if (found === undefined || !seesAll([found.content.site], caller)) throw notThere('plan');
    return found;
  };
  const recoveryOf = (name: string, caller: Caller) => {
    const found = continuity.recovery(name);
    if (found === undefined || !seesAll([found.plan.content.site], caller)) throw notThere('recovery');
    return found;
  };
  const exerciseOf = (name: string, caller: Caller) => {
    const found = exercises.find(name);
    if (found === undefined || !seesAll(found.sites, caller)) throw notThere('exercise');
    return found;
  };
  const doerOf = ({ context }: Pick<Asked<never, never, never>, 'context'>, { name }: Caller): Doer => ({
    name,
    from: addressOf(context, options),
  });
  const changed = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ContinuityProblem)
        throw new Problem(error.code === 'not-found' ? 404 : 409, error.code, error.message);
      if (error instanceof DocumentChanged)
        throw new Problem(409, 'changed', 'Somebody else changed this in the meantime. Load it again.');
      throw error;
    }
  };
  const newest = <One>(all: One[], isOpen: (one: One) => boolean, at: (one: One) => number): One[] => [
    ...all.filter(isOpen).sort((a, b) => at(b) - at(a)),
    ...all
      .filter((one) => !isOpen(one))
      .sort((a, b) => at(b) - at(a))
      .slice(0, MAX_OVER),
  ];

  return [
    route({
      method: 'get',
      path: base,
      title: 'Plans, recoveries under way, exercises, what was learned and is still to be done',
      needs: 'continuity.read',
      answer: loose('Recovery and continuity'),
      handle({ context }, caller) {
        const lessons = continuity.allLessons().filter(({ sites }) => seesAll(sites, caller));
        const overview: ContinuityOverview = {
          plans: continuity
            .plans()
            .filter(({ content, retired }) => retired === undefined && seesAll([content.site], caller))
            .map((one) => views.planRow(one))
            .sort((a, b) => a.site.name.localeCompare(b.site.name) || a.name.localeCompare(b.name)),
          recoveries: newest(
            continuity.recoveries().filter(({ plan }) => seesAll([plan.content.site], caller)),
            ({ ended }) => ended === undefined,
            ({ activated }) => activated.at,
          ).map((one) => views.recoveryRow(one)),
          exercises: newest(
            exercises.all().filter(({ sites }) => seesAll(sites, caller)),
            (one) => ['planned', 'running'].includes(stateOf(one)),
            ({ begun, created }) => begun?.at ?? created.at,
          ).map((one) => views.exerciseRow(one)),
          measures: openMeasures(lessons, clock.now()).map(({ of, sites: _sites, ...one }) => ({
            ...one,
            title: of.title,
          })),
          lessons: newest(
            lessons,
            () => false,
            ({ at }) => at,
          ).map(lessonsPage),
          sites: registry.document.sites
            .filter((site) => caller.scope.seesSite(site.id))
            .map(({ id: site, name, timeZone }) => ({ id: site, name, timeZone })),
          starters: starters.map(({ id: starter, branch, title, about }) => ({
            id: starter,
            branch,
            title,
            about,
          })),
          ...(scenarios === undefined || !mayDo(caller.role, 'continuity.exercise')
            ? {}
            : { scenarios: [...scenarios.list] }),
        };
        return context.json(overview);
      },
    }),
    route({
      method: 'post',
      path: `${base}/plans`,
      title: 'A new plan from the starters',
      needs: 'continuity.edit',
      body: z.strictObject({ starter: z.string().max(64), site: identifier }),
      answer: loose('The plan'),
      async handle(asked, caller) {
        const { starter, site } = asked.body;
        if (!caller.scope.seesSite(site)) throw notThere('site');
        const made = await changed(continuity.create(starter, site, doerOf(asked, caller)));
        return asked.context.json(views.planPage(made));
      },
    }),
    route({
      method: 'get',
      path: `${base}/plans/:id`,
      title: 'One plan',
      needs: 'continuity.read',
      params: named,
      answer: loose('The plan'),
      handle: ({ context, params }, caller) => context.json(views.planPage(planOf(params.id, caller))),
    }),
    route({
      method: 'put',
      path: `${base}/plans/:id`,
      title: 'Another version of a plan',
      needs: 'continuity.edit',
      params: named,
      maxBytes: MAX_PLAN_BYTES,
      body: z.strictObject({ base: z.number().int().min(1), content: planContent }),
      answer: loose('The plan'),
      async handle(asked, caller) {
        const { content } = asked.body;
        const before = planOf(asked.params.id, caller);
        if (content.site !== before.content.site)
          throw new Problem(409, 'site', 'A plan stays at its site. Make another one there.', {
            field: 'content.site',
          });
        const stranger = content.assets.find((asset) => registry.asset(asset)?.site !== content.site);
        if (stranger !== undefined)
          throw new Problem(400, 'asset', `There is no asset “${stranger}” at this site.`, {
            field: 'content.assets',
          });
        return asked.context.json(
          views.planPage(
            await changed(continuity.change(before.id, asked.body.base, content, doerOf(asked, caller))),
          ),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/plans/:id/reviewed`,
      title: 'Say that a plan was read and is right',
      needs: 'continuity.edit',
      params: named,
      answer: loose('The plan'),
      async handle(asked, caller) {
        const { id: plan } = planOf(asked.params.id, caller);
        return asked.context.json(
          views.planPage(await changed(continuity.review(plan, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/plans/:id/retire`,
      title: 'Take a plan out of use',
      needs: 'continuity.edit',
      params: named,
      body: z.strictObject({ text: reason }),
      answer: loose('The plan'),
      async handle(asked, caller) {
        const { id: plan } = planOf(asked.params.id, caller);
        return asked.context.json(
          views.planPage(await changed(continuity.retire(plan, asked.body.text, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'get',
      path: `${base}/plans/:id/file`,
      title: 'A plan on paper',
      needs: 'continuity.read',
      params: named,
      answer: { mediaType: 'application/pdf', title: 'The plan' },
      async handle({ context, params }, caller) {
        const plan = planOf(params.id, caller);
        const { site } = plan.content;
        const bytes = await planPdf(plan, {
          organisation: intelligence.settings.organisation,
          site: { name: views.siteOf(site).name, timeZone: views.timeZoneOf(site) },
          protects: views.protects(plan),
          playbook: playbookName,
          gaps: views.gaps(plan),
          madeAt: clock.now(),
        });
        return context.body(Buffer.from(bytes), 200, fileHeaders('application/pdf', `plan-${plan.id}.pdf`));
      },
    }),
    route({
      method: 'post',
      path: `${base}/recoveries`,
      title: 'Activate a plan, for an incident or without one',
      needs: 'continuity.run',
      body: z.strictObject({ plan: id, incident: id.exactOptional(), text: reason }),
      answer: loose('The recovery'),
      async handle(asked, caller) {
        const { plan, incident, text } = asked.body;
        const { id: known } = planOf(plan, caller);
        const found = incident === undefined ? undefined : store.incident(store.currentIncident(incident));
        if (incident !== undefined && (found === undefined || !caller.scope.seesIncident(found)))
          throw notThere('incident');
        const made = await changed(continuity.activate(known, found, text, doerOf(asked, caller)));
        return asked.context.json(views.recoveryPage(made));
      },
    }),
    route({
      method: 'get',
      path: `${base}/recoveries/:id`,
      title: 'One recovery: clock, checklist, fall-backs, log',
      needs: 'continuity.read',
      params: named,
      answer: loose('The recovery'),
      handle: ({ context, params }, caller) =>
        context.json(views.recoveryPage(recoveryOf(params.id, caller))),
    }),
    route({
      method: 'post',
      path: `${base}/recoveries/:id`,
      title: 'Say what was done in a recovery',
      needs: 'continuity.run',
      params: named,
      body: word,
      answer: loose('The recovery'),
      async handle(asked, caller) {
        const { id: recovery } = recoveryOf(asked.params.id, caller);
        return asked.context.json(
          views.recoveryPage(await changed(continuity.say(recovery, asked.body, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'put',
      path: `${base}/lessons/:kind/:id`,
      title: 'What was learned of a recovery or an exercise',
      needs: 'continuity.run',
      params: named.extend({ kind: lessonsOf }),
      body: lessonsRequest,
      answer: loose('The lessons'),
      async handle(asked, caller) {
        const { kind, id: about } = asked.params;
        if (kind === 'recovery') recoveryOf(about, caller);
        else exerciseOf(about, caller);
        const kept = await changed(continuity.learn(kind, about, asked.body, doerOf(asked, caller)));
        return asked.context.json(lessonsPage(kept));
      },
    }),
    route({
      method: 'post',
      path: `${base}/lessons/:kind/:id/measures/:measure`,
      title: 'A measure is done',
      needs: 'continuity.run',
      params: named.extend({ kind: lessonsOf, measure: identifier }),
      body: z.strictObject({ text: plainText.max(1_000).default('') }),
      answer: loose('The lessons'),
      async handle(asked, caller) {
        const { kind, id: about, measure } = asked.params;
        if (kind === 'recovery') recoveryOf(about, caller);
        else exerciseOf(about, caller);
        const kept = await changed(
          continuity.measureDone(`${kind}:${about}`, measure, asked.body.text, doerOf(asked, caller)),
        );
        return asked.context.json(lessonsPage(kept));
      },
    }),
    route({
      method: 'post',
      path: `${base}/exercises`,
      title: 'Plan an exercise with a scenario of the simulator',
      needs: 'continuity.exercise',
      body: exerciseRequest,
      answer: loose('The exercise'),
      async handle(asked, caller) {
        planOf(asked.body.plan, caller);
        if (!seesAll(asked.body.sites, caller)) throw notThere('site');
        return asked.context.json(
          views.exercisePage(await changed(exercises.plan(asked.body, scenarios, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'get',
      path: `${base}/exercises/:id`,
      title: 'One exercise with its score, beside earlier ones',
      needs: 'continuity.read',
      params: named,
      answer: loose('The exercise'),
      handle: ({ context, params }, caller) =>
        context.json(views.exercisePage(exerciseOf(params.id, caller))),
    }),
    route({
      method: 'post',
      path: `${base}/exercises/:id/begin`,
      title: 'Begin an exercise: the simulator tells its scenario',
      needs: 'continuity.exercise',
      // A scenario takes place wherever it takes place.
      wholeOnly: true,
      params: named,
      answer: loose('The exercise'),
      async handle(asked, caller) {
        const { id: exercise } = exerciseOf(asked.params.id, caller);
        return asked.context.json(
          views.exercisePage(await changed(exercises.begin(exercise, scenarios, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/exercises/:id/end`,
      title: 'End an exercise and score it',
      needs: 'continuity.exercise',
      params: named,
      answer: loose('The exercise'),
      async handle(asked, caller) {
        const { id: exercise } = exerciseOf(asked.params.id, caller);
        return asked.context.json(
          views.exercisePage(await changed(exercises.end(exercise, doerOf(asked, caller)))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/exercises/:id/cancel`,
      title: 'Cancel a planned exercise',
      needs: 'continuity.exercise',
      params: named,
      body: z.strictObject({ text: reason }),
      answer: loose('The exercise'),
      async handle(asked, caller) {
        const { id: exercise } = exerciseOf(asked.params.id, caller);
        return asked.context.json(
          views.exercisePage(
            await changed(exercises.cancel(exercise, asked.body.text, doerOf(asked, caller))),
          ),
        );
      },
    }),
    route({
      method: 'get',
      path: '/api/incidents/:id/continuity',
      title: 'Plans that an incident calls for, how long there is left, recoveries for it',
      needs: 'continuity.read',
      params: named,
      answer: loose('Continuity of the incident'),
      handle({ context, params }, caller) {
        const found = store.incident(store.currentIncident(params.id));
        const incident = found === undefined ? undefined : caller.scope.part(found);
        if (found === undefined || incident === undefined) throw notThere('incident');
        const plans = continuity.plans().filter(({ content }) => seesAll([content.site], caller));
        const exercise = exercises.ofIncident(found);
        const site = incident.assets.flatMap((asset) => registry.asset(asset)?.site ?? [])[0];
        const answer: IncidentContinuity = {
          timeZone: views.timeZoneOf(site),
          proposals: continuity.proposals(incident, plans).flatMap(({ plan, ...proposal }) => {
            const known = continuity.plan(plan);
            return known === undefined ? [] : [{ ...proposal, plan: views.planRow(known) }];
          }),
          recoveries: continuity
            .recoveriesOf(found.id)
            .filter((one) => seesAll([one.plan.content.site], caller))
            .map((one) => views.recoveryRow(one)),
          ...(exercise === undefined ? {} : { exercise: { id: exercise.id, title: exercise.title } }),
        };
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/real',
      title: 'Say that an incident is none of the exercise that is under way',
      needs: 'continuity.run',
      params: named,
      body: z.strictObject({ text: reason }),
      status: 204,
      answer: { title: 'It is treated like any other' },
      async handle(asked, caller) {
        const incident = caller.scope.demandIncident(store.incident(store.currentIncident(asked.params.id)));
        await changed(exercises.declareReal(incident, asked.body.text, doerOf(asked, caller)));
        parts.onHandled(incident.id);
        return asked.context.body(null, 204);
      },
    }),
  ];
}
