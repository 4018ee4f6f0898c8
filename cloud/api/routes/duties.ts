import { createHash } from 'node:crypto';
import { z } from 'zod';
import { severity, severityRank } from '../../../devices/model/detection.ts';
import { instant, plainText } from '../../../devices/model/identifiers.ts';
import { capRequest, capXml } from '../../duties/cap.ts';
import { awarenessOf, type DutyCase, decisionOn, draftFields } from '../../duties/case.ts';
import { decisionRequest, outcomeOf, questions } from '../../duties/decision.ts';
import { fieldsOf, openFields } from '../../duties/draft.ts';
import { type Doer, DutyProblem } from '../../duties/duties.ts';
import {
  bundlePdf,
  draftDocument,
  draftPdf,
  evidenceCsv,
  evidenceOf,
  MAX_PICTURES,
} from '../../duties/paper-forms.ts';
import { type DutyClock, regimes, stages, termsOf } from '../../duties/regimes.ts';
import { DocumentChanged } from '../../store/store.ts';
import { addressOf } from '../client.ts';
import type { DutyList, DutyPage } from '../contract/duties.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Asked, type Caller, type Route, route } from '../route.ts';

const incidentId = z.strictObject({ id: z.string().min(1).max(256) });
const draftId = incidentId.extend({ draft: z.string().min(1).max(64) });
const dutyPage = z.looseObject({ incident: z.string(), clocks: z.array(z.looseObject({})) });
const answer = { schema: dutyPage, title: 'The duties of the incident' } as const;
const base = '/api/incidents/:id/duties';

/** Grave incidents of so many days that nobody has said anything about. */
const UNSPOKEN_MS = 7 * 24 * 3_600_000;
const MAX_UNSPOKEN = 50;
const urgency: readonly DutyClock['state'][] = ['overdue', 'undecided', 'running', 'waiting', 'late', 'done'];

/** Duties to notify: NIS2 Art. 23, GDPR Art. 33 and 34. */
export function dutyRoutes(parts: ApiParts): Route[] {
  const { store, duties, clock, options, registry, intelligence, reports } = parts;
  const { organisation } = intelligence.settings;

  /** The one place that says whose incidents these are. */
  const incidentOf = (id: string, { scope }: Caller, isChange: boolean): string => {
    const current = store.currentIncident(id);
    const incident = store.incident(current);
    // What is sent tells of the whole incident: a part of it may not be shown either.
    if (incident === undefined || !scope.seesIncident(incident)) throw notThere('incident');
    if (isChange || !scope.isAll) scope.demandIncident(incident);
    return current;
  };
  const isSeen = (id: string, { scope }: Caller): boolean => {
    const incident = store.incident(store.currentIncident(id));
    return incident !== undefined && scope.seesAllOf(incident);
  };
  const doerOf = ({ context }: Pick<Asked<never, never, never>, 'context'>, { name }: Caller): Doer => ({
    name,
    from: addressOf(context, options),
  });

  const pageOf = (of: DutyCase): DutyPage => {
    const { incident } = of;
    const proposal = of.awareness.length === 0 ? duties.proposal(incident) : undefined;
    return {
      incident,
      title: store.incident(incident)?.title ?? incident,
      timeZone: duties.timeZone(incident),
      awareness: of.awareness,
      ...(proposal === undefined ? {} : { proposal }),
      clocks: duties.clocks(of),
      decisions: regimes.map((regime) => {
        const made = decisionOn(of, regime);
        const { duty, next } = outcomeOf(regime, made?.answers ?? []);
        return {
          regime,
          duty,
          answers: made?.answers ?? [],
          ...(next === undefined ? {} : { next }),
          ...(made === undefined ? {} : { at: made.at, by: made.by }),
        };
      }),
      questions: {
        nis2: questions.nis2.map(({ id, text, help, section }) => ({ id, text, help, section })),
        gdpr: questions.gdpr.map(({ id, text, help, section }) => ({ id, text, help, section })),
      },
      requests: of.requests,
      drafts: of.drafts.map((one) => {
        const last = one.versions.at(-1)?.fields ?? {};
        const { title, to } = termsOf(one.stage);
        return {
          id: one.id,
          stage: one.stage,
          title,
          to,
          createdAt: one.createdAt,
          version: one.versions.length,
          fields: fieldsOf[one.stage].map((field) => ({ ...field, text: last[field.id] ?? '' })),
          open: openFields(one),
          history: one.versions.map(({ at, by }, index) => ({ version: index + 1, at, by })),
          ...(one.approved === undefined ? {} : { approved: one.approved }),
          ...(one.sent === undefined ? {} : { sent: one.sent }),
        };
      }),
    };
  };
  const caseOf = (id: string): DutyCase => {
    const found = duties.case(id);
    if (found === undefined) throw notThere('incident');
    return found.of;
  };
  const changed = async (work: Promise<DutyCase>): Promise<DutyPage> => {
    try {
      return pageOf(await work);
    } catch (error) {
      if (error instanceof DutyProblem)
        throw new Problem(error.code === 'not-found' ? 404 : 409, error.code, error.message);
      if (error instanceof DocumentChanged)
        throw new Problem(409, 'changed', 'Somebody else changed this in the meantime. Load it again.');
      throw error;
    }
  };

  const picturesOf = (id: string) => {
    const incident = store.incident(id);
    if (incident === undefined) return [];
    return store
      .picturesOf(incident.assets, incident.first - 60_000, incident.last + 60_000, MAX_PICTURES)
      .flatMap(({ id: name, asset, takenAt }) => {
        const picture = store.picture(name);
        if (picture === undefined) return [];
        const bytes = Buffer.from(picture.base64, 'base64');
        return [
          { id: name, asset, takenAt, bytes, sha256: createHash('sha256').update(bytes).digest('hex') },
        ];
      });
  };

  return [
    route({
      method: 'get',
      path: '/api/duties',
      title: 'Incidents of which somebody may have to be told, the most urgent clock first',
      needs: 'duties.read',
      answer: {
        schema: z.strictObject({
          items: z.array(z.looseObject({ incident: z.string() })),
          unspoken: z.array(
            z.strictObject({ incident: z.string(), title: z.string(), severity, at: z.number() }),
          ),
        }),
        title: 'The duties',
      },
      handle({ context }, caller) {
        const known = duties.cases();
        const items = known
          .filter((one) => isSeen(one.incident, caller))
          .flatMap((one): DutyList['items'] => {
            const incident = store.incident(store.currentIncident(one.incident));
            if (incident === undefined) return [];
            const aware = awarenessOf(one);
            return [
              {
                incident: incident.id,
                title: incident.title,
                severity: incident.severity,
                timeZone: duties.timeZone(incident.id),
                ...(aware === undefined ? {} : { awareAt: aware.at }),
                clocks: duties.clocks(one),
              },
            ];
          });
        const rank = ({ clocks }: DutyList['items'][number]) =>
          Math.min(
            ...clocks.map(({ state, dueAt }) => {
              const place = urgency.indexOf(state);
              return (place < 0 ? urgency.length : place) * 1e15 + (dueAt ?? 1e14);
            }),
          );
        const spoken = new Set(known.map(({ incident }) => store.currentIncident(incident)));
        const unspoken = store
          .incidents({ lastFrom: clock.now() - UNSPOKEN_MS, offset: 0, limit: 500 })
          .filter(
            ({ incident }) =>
              severityRank(incident.severity) >= severityRank('high') &&
              !spoken.has(incident.id) &&
              !duties.isExercise(incident.id) &&
              isSeen(incident.id, caller),
          )
          .slice(0, MAX_UNSPOKEN)
          .map(({ incident: { id, title, severity: grave, first } }) => ({
            incident: id,
            title,
            severity: grave,
            at: first,
          }));
        const list: DutyList = { items: items.sort((a, b) => rank(a) - rank(b)), unspoken };
        return context.json(list);
      },
    }),
    route({
      method: 'get',
      path: base,
      title: 'The duties of one incident: awareness, clocks, decisions, drafts',
      needs: 'duties.read',
      params: incidentId,
      answer,
      handle: ({ context, params }, caller) =>
        context.json(pageOf(caseOf(incidentOf(params.id, caller, false)))),
    }),
    route({
      method: 'post',
      path: `${base}/awareness`,
      title: 'Say when we became aware; an earlier word stays beside it',
      needs: 'duties.handle',
      params: incidentId,
      body: z.strictObject({ at: instant, reason: plainText.min(3).max(1_000) }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        const { at, reason } = asked.body;
        return asked.context.json(
          await changed(duties.stateAwareness(id, at, reason, doerOf(asked, caller))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/decision`,
      title: 'Answer the questions of a law, each with its reason',
      needs: 'duties.handle',
      params: incidentId,
      body: decisionRequest,
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        const { regime, answers } = asked.body;
        return asked.context.json(await changed(duties.decide(id, regime, answers, doerOf(asked, caller))));
      },
    }),
    route({
      method: 'post',
      path: `${base}/request`,
      title: 'An authority asked for an intermediate report',
      needs: 'duties.handle',
      params: incidentId,
      body: z.strictObject({ text: plainText.min(3).max(1_000) }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        return asked.context.json(await changed(duties.request(id, asked.body.text, doerOf(asked, caller))));
      },
    }),
    route({
      method: 'post',
      path: `${base}/drafts`,
      title: 'A draft, filled in from the facts as they are now',
      needs: 'duties.handle',
      params: incidentId,
      body: z.strictObject({ stage: z.enum(stages) }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        return asked.context.json(await changed(duties.draft(id, asked.body.stage, doerOf(asked, caller))));
      },
    }),
    route({
      method: 'put',
      path: `${base}/drafts/:draft`,
      title: 'Another version of a draft',
      needs: 'duties.handle',
      params: draftId,
      body: z.strictObject({ base: z.number().int().min(1), fields: draftFields }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        const { base: edited, fields } = asked.body;
        return asked.context.json(
          await changed(duties.edit(id, asked.params.draft, edited, fields, doerOf(asked, caller))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/drafts/:draft/approve`,
      title: 'Approve the last version of a draft',
      needs: 'duties.approve',
      params: draftId,
      body: z.strictObject({ version: z.number().int().min(1) }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        return asked.context.json(
          await changed(duties.approve(id, asked.params.draft, asked.body.version, doerOf(asked, caller))),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/drafts/:draft/sent`,
      title: 'Say that the approved version was sent, with what proves it',
      needs: 'duties.approve',
      params: draftId,
      body: z.strictObject({
        at: instant,
        channel: plainText.min(2).max(256),
        proof: plainText.min(2).max(2_000),
      }),
      answer,
      async handle(asked, caller) {
        const id = incidentOf(asked.params.id, caller, true);
        return asked.context.json(
          await changed(duties.sent(id, asked.params.draft, asked.body, doerOf(asked, caller))),
        );
      },
    }),
    route({
      method: 'get',
      path: `${base}/drafts/:draft/file`,
      title: 'A draft as PDF or JSON',
      needs: 'duties.read',
      params: draftId,
      query: z.strictObject({ format: z.enum(['pdf', 'json']).default('pdf') }),
      answer: { mediaType: 'application/pdf', title: 'The draft' },
      async handle({ context, params, query }, caller) {
        const of = caseOf(incidentOf(params.id, caller, false));
        const one = of.drafts.find(({ id }) => id === params.draft);
        if (one === undefined) throw notThere('draft');
        if (query.format === 'json') return context.json(draftDocument(of, one, organisation));
        const bytes = await draftPdf(of, one, { organisation, timeZone: duties.timeZone(of.incident) });
        return context.body(Buffer.from(bytes), 200, fileHeaders('application/pdf', `${one.stage}.pdf`));
      },
    }),
    route({
      method: 'get',
      path: `${base}/bundle`,
      title: 'The incident file for the insurer or the police, with the list of evidence',
      needs: 'duties.read',
      params: incidentId,
      query: z.strictObject({
        to: z.enum(['insurer', 'police']),
        format: z.enum(['pdf', 'json', 'csv']).default('pdf'),
      }),
      answer: { mediaType: 'application/pdf', title: 'The file' },
      async handle(asked, caller) {
        const { context, params, query } = asked;
        const id = incidentOf(params.id, caller, false);
        // The police are told names and see pictures; that is for those to say who let names leave the house.
        const withPersons = query.to === 'police';
        if (withPersons && !mayDo(caller.role, 'incidents.share'))
          throw new Problem(403, 'forbidden', 'Your role does not allow names of people to leave the house.');
        const facts = duties.facts(id, withPersons);
        if (facts === undefined) throw notThere('incident');
        const pictures = withPersons ? picturesOf(id) : [];
        await store.audit({
          at: clock.now(),
          by: caller.name,
          from: addressOf(context, options),
          action: 'duty.bundle',
          about: `${id} for the ${query.to}`,
        });
        if (query.format === 'json')
          return context.json({ incident: id, evidence: evidenceOf(facts, pictures) });
        if (query.format === 'csv')
          return context.body(
            evidenceCsv(evidenceOf(facts, pictures)),
            200,
            fileHeaders('text/csv; charset=utf-8', 'evidence.csv'),
          );
        const checkpoint = reports.checkpoint();
        const { bytes } = await bundlePdf(query.to, facts, pictures, {
          at: clock.now(),
          by: caller.name,
          ...(checkpoint === undefined ? {} : { checkpoint }),
        });
        return context.body(
          Buffer.from(bytes),
          200,
          fileHeaders('application/pdf', `incident-${query.to}.pdf`),
        );
      },
    }),
    route({
      method: 'post',
      path: '/api/incidents/:id/cap',
      title: 'A public warning as a CAP 1.2 message',
      needs: 'duties.approve',
      params: incidentId,
      body: capRequest,
      answer: { mediaType: 'application/cap+xml', title: 'The message' },
      async handle({ context, params, body }, caller) {
        const id = incidentOf(params.id, caller, true);
        if (body.status === 'Actual' && duties.isExercise(id))
          throw new Problem(409, 'exercise', 'This incident belongs to an exercise: warn as an exercise.');
        const sentAt = clock.now();
        const site = registry.site(
          registry.asset(store.incident(id)?.assets.find((one) => registry.asset(one)) ?? '')?.site ?? '',
        );
        const xml = capXml(body, {
          identifier: `gatehouse-${createHash('sha256').update(`${id} ${sentAt} ${body.headline}`).digest('hex').slice(0, 24)}`,
          sender: organisation,
          senderName: organisation,
          sentAt,
          timeZone: site?.timeZone ?? 'UTC',
          incident: id,
        });
        await store.audit({
          at: sentAt,
          by: caller.name,
          from: addressOf(context, options),
          action: 'duty.warning',
          about: `${id} ${body.status} ${body.msgType} “${body.headline}” ${createHash('sha256').update(xml).digest('hex')}`,
        });
        return context.body(xml, 200, fileHeaders('application/cap+xml; charset=utf-8', 'warning.xml'));
      },
    }),
  ];
}

export const fileHeaders = (type: string, name: string): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '-')}"`,
});
