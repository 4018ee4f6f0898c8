import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { actionKinds } from '../../playbooks/actions/catalog.ts';
import { MAX_PLAYBOOK_BYTES, type Playbook, readPlaybook, writePlaybook } from '../../playbooks/cacao.ts';
import { checkPlaybook, factNames } from '../../playbooks/check.ts';
import { type PersonsWord, Refused } from '../../playbooks/response.ts';
import { playbookRowOf, runPageOf, runRowOf } from '../../playbooks/run-view.ts';
import { placesIn } from '../../playbooks/settings.ts';
import { NotKept, type Shelved } from '../../playbooks/shelf.ts';
import { addressOf } from '../client.ts';
import type { PlaybookProblemRow } from '../contract/response.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import {
  incidentResponse,
  playbookCheck,
  playbookLibrary,
  playbookPage,
  playbookRow,
  rehearsed,
  runList,
  runPage,
  runPreparation,
} from '../response-answers.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';

/** A playbook in its envelope. */
const MAX_BODY_BYTES = MAX_PLAYBOOK_BYTES + 4_096;
/** Runs of one answer, the newest. */
const MAX_LISTED = 200;

const named = z.strictObject({ id: z.string().min(1).max(256) });
const ofRun = z.strictObject({ id: z.string().min(1).max(64), key: z.string().min(1).max(256) });
const words = plainText.max(1_000);
const reason = words.refine((text) => text.trim() !== '', 'must not be empty');
const values = z.record(z.string().max(256), words).default({});
const wanted = z.strictObject({
  playbook: z.string().min(1).max(128),
  incident: z.string().min(1).max(256),
  values,
});

/** What a person may do to a step: who may, what must be said with it, and what the run is told. */
interface Verb {
  verb: string;
  title: string;
  needs: 'response.run' | 'response.approve';
  body: z.ZodType<{
    text?: string | undefined;
    values?: Record<string, string> | undefined;
    assignee?: string | undefined;
  }>;
}
const verbs: readonly Verb[] = [
  {
    verb: 'done',
    title: 'Say that it was done, with the answers that it asks for',
    needs: 'response.run',
    body: z.strictObject({ text: words.optional(), values: values.optional() }),
  },
  {
    verb: 'not-done',
    title: 'Say that it could not be done, and why',
    needs: 'response.run',
    body: z.strictObject({ text: reason }),
  },
  {
    verb: 'skip',
    title: 'Leave it out, and why',
    needs: 'response.run',
    body: z.strictObject({ text: reason }),
  },
  { verb: 'retry', title: 'Try it again', needs: 'response.run', body: z.strictObject({}) },
  {
    verb: 'assign',
    title: 'Give it to somebody',
    needs: 'response.run',
    body: z.strictObject({ assignee: z.string().min(1).max(64) }),
  },
  {
    verb: 'approve',
    title: 'Agree to what endangers people or trade; never one’s own wish',
    needs: 'response.approve',
    body: z.strictObject({}),
  },
  {
    verb: 'refuse',
    title: 'Do not agree, and why',
    needs: 'response.approve',
    body: z.strictObject({ text: reason }),
  },
];

const statusOf: Readonly<Record<Refused['code'], 403 | 404 | 409 | 422>> = {
  over: 409,
  'not-now': 409,
  'too-often': 409,
  'too-many': 409,
  'same-person': 403,
  alone: 403,
  'answer-first': 422,
  value: 422,
  'no-such-step': 404,
  'no-such-playbook': 404,
  'no-such-incident': 404,
  'no-such-run': 404,
};

/** @throws Problem */
async function done<Result>(promise: Promise<Result> | (() => Result | Promise<Result>)): Promise<Result> {
  try {
    return await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    if (error instanceof Refused) throw new Problem(statusOf[error.code], error.code, error.message);
    if (error instanceof NotKept) {
      const status = error.code === 'not-there' ? 404 : error.code === 'broken' ? 422 : 409;
      throw new Problem(status, error.code, error.message);
    }
    throw error;
  }
}

/** Playbooks and their runs. */
export function responseRoutes(parts: ApiParts): Route[] {
  const { response, store, clock, options } = parts;
  const { shelf } = response;

  /** The one place where it is decided whose incident it is. @throws Problem */
  const incidentOf = (id: string, { scope }: Caller, toAct: boolean) => {
    const incident = store.incident(store.currentIncident(id));
    if (toAct) return scope.demandIncident(incident);
    if (incident === undefined || !scope.seesAllOf(incident)) throw notThere('incident');
    return incident;
  };
  /** Those of incidents that are the caller's, newest first. */
  const runsFor = ({ scope }: Caller, incident?: string) =>
    response
      .runs(incident === undefined ? {} : { incident })
      .filter((run) => scope.seesWhole(store.incident(store.currentIncident(run.incident))))
      .slice(0, MAX_LISTED)
      .flatMap((run) => {
        const playbook = response.run(run.id)?.playbook;
        return playbook === undefined ? [] : [runRowOf(run, playbook, store.currentIncident(run.incident))];
      });
  /** @throws Problem */
  const runOf = (id: string, caller: Caller, toAct: boolean) => {
    const found = response.run(id);
    if (found === undefined) throw notThere('run');
    const incident = incidentOf(found.run.incident, caller, toAct);
    return { ...found, incident: incident.id };
  };
  const pageOf = (id: string, incident: string, { role }: Caller) => {
    const found = response.run(id);
    if (found === undefined) throw notThere('run');
    const page = runPageOf(found.run, found.playbook, incident);
    const { alone } = response.settings;
    return alone?.roles.includes(role) === true ? { ...page, alone: { afterMs: alone.afterMs } } : page;
  };
  /** Who has more than a password shows it again for what endangers people or trade. @throws Problem */
  const demandProof = ({ name, role, isFresh }: Caller) => {
    const { passkeys, totp } = parts.people.accounts.profile(name);
    const hasMore = passkeys.length > 0 || totp !== undefined;
    if ((hasMore || parts.people.settings.demands[role] !== undefined) && !isFresh)
      throw new Problem(403, 'confirm', 'Prove once more that it is you, then try again.');
  };
  const shelved = (id: string): Shelved => {
    const found = shelf.find(id);
    if (found === undefined) throw notThere('playbook');
    return found;
  };
  const rowOf = (one: Shelved) =>
    playbookRowOf(
      one,
      response.runs().filter(({ playbook, status }) => playbook === one.playbook.id && status === 'running')
        .length,
    );
  const playbookIn = (value: unknown): { playbook: Playbook } | { problems: PlaybookProblemRow[] } => {
    const read = readPlaybook(value);
    return read.problems === undefined ? { playbook: read.playbook } : { problems: read.problems };
  };

  return [
    route({
      method: 'get',
      path: '/api/response/playbooks',
      title: 'The library of playbooks, and what their steps may be made of',
      needs: 'response.read',
      answer: { schema: playbookLibrary, title: 'The library' },
      handle({ context }) {
        const { targets, mailGroups } = response.settings;
        return context.json({
          items: shelf.all().map(rowOf),
          actions: actionKinds,
          targets: Object.entries(targets).map(([name, { title, calls }]) => ({
            name,
            title,
            calls: Object.entries(calls).map(([call, of]) => ({
              name: call,
              title: of.title,
              arguments: placesIn(of),
              endangers: of.endangers,
            })),
          })),
          groups: Object.keys(mailGroups),
          facts: [...factNames],
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/response/playbooks/:id',
      title: 'One playbook, as it is or as it was',
      needs: 'response.read',
      params: named,
      query: z.strictObject({ version: z.coerce.number().int().min(0).max(1_000_000).optional() }),
      answer: { schema: playbookPage, title: 'The playbook' },
      handle({ context, params: { id }, query: { version } }) {
        const current = shelved(id);
        const playbook = version === undefined ? current.playbook : shelf.version(id, version);
        if (playbook === undefined) throw notThere('version');
        const row = { ...rowOf({ ...current, playbook }), version: version ?? current.version };
        return context.json({
          row,
          playbook,
          versions: shelf.versions(id),
          problems: checkPlaybook(playbook),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/response/playbooks/:id/export',
      title: 'The playbook as a CACAO 2.0 file',
      needs: 'response.read',
      params: named,
      answer: { mediaType: 'application/cacao+json', title: 'CACAO Security Playbook 2.0' },
      handle({ context, params: { id } }) {
        const { playbook } = shelved(id);
        const name = playbook.name
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .slice(0, 64);
        return context.body(writePlaybook(playbook), 200, {
          'content-type': 'application/cacao+json;version=2.0',
          'content-disposition': `attachment; filename="${name}.json"`,
        });
      },
    }),
    route({
      method: 'post',
      path: '/api/response/check',
      title: 'What is wrong with a playbook; nothing is kept',
      needs: 'response.read',
      body: z.strictObject({ playbook: z.unknown() }),
      maxBytes: MAX_BODY_BYTES,
      answer: { schema: playbookCheck, title: 'What is wrong, by step' },
      handle({ context, body }) {
        const read = playbookIn(body.playbook);
        return context.json({ problems: 'problems' in read ? read.problems : checkPlaybook(read.playbook) });
      },
    }),
    route({
      method: 'post',
      path: '/api/response/playbooks',
      title: 'Keep a playbook as a new version; without `basedOn` as an import',
      needs: 'response.edit',
      wholeOnly: true,
      body: z.strictObject({ playbook: z.unknown(), basedOn: z.number().int().min(0).optional() }),
      maxBytes: MAX_BODY_BYTES,
      answer: { schema: playbookRow, title: 'The playbook as it stands now' },
      async handle({ context, body }, { name }) {
        const read = playbookIn(body.playbook);
        if ('problems' in read) {
          const [first] = read.problems;
          throw new Problem(422, 'broken', `${first?.path ?? ''}: ${first?.message ?? ''}`, {
            field: first?.path ?? '',
          });
        }
        const { playbook } = read;
        const kept = await done(
          shelf.put({ ...playbook, modified: new Date(clock.now()).toISOString() }, body.basedOn, {
            at: clock.now(),
            by: name,
            from: addressOf(context, options),
            action: body.basedOn === undefined ? 'response.playbook-imported' : 'response.playbook-changed',
            about: `${playbook.name} (${playbook.id})`,
          }),
        );
        return context.json(rowOf(kept));
      },
    }),
    route({
      method: 'delete',
      path: '/api/response/playbooks/:id',
      title: 'Put a playbook away; its runs and versions stay',
      needs: 'response.edit',
      wholeOnly: true,
      params: named,
      status: 204,
      answer: { title: 'Put away' },
      async handle({ context, params: { id } }, { name }) {
        const { playbook } = shelved(id);
        await done(
          shelf.remove(id, {
            at: clock.now(),
            by: name,
            from: addressOf(context, options),
            action: 'response.playbook-removed',
            about: `${playbook.name} (${id})`,
          }),
        );
        return context.body(null, 204);
      },
    }),
    route({
      method: 'get',
      path: '/api/response/incidents/:id',
      title: 'What an incident calls for, and what is being done',
      needs: 'response.read',
      params: named,
      answer: { schema: incidentResponse, title: 'Playbooks and runs' },
      handle({ context, params: { id } }, caller) {
        const incident = incidentOf(id, caller, false);
        return context.json({
          suggested: response.suggestions(incident.id).map(({ playbook, because }) => ({
            playbook: rowOf(shelved(playbook)),
            because,
          })),
          runs: runsFor(caller, incident.id),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/response/incidents/:id/playbooks/:playbook',
      title: 'What a run needs to know of the incident, filled in',
      needs: 'response.read',
      params: z.strictObject({ id: z.string().min(1).max(256), playbook: z.string().min(1).max(128) }),
      answer: { schema: runPreparation, title: 'Its questions' },
      async handle({ context, params: { id, playbook } }, caller) {
        const incident = incidentOf(id, caller, false);
        const found = shelved(playbook);
        const questions = await done(() => response.questions(found.playbook, incident.id));
        return context.json({ playbook: rowOf(found), questions });
      },
    }),
    route({
      method: 'post',
      path: '/api/response/rehearse',
      title: 'A dry run: what would be sent, step by step; nothing is touched',
      needs: 'response.read',
      body: wanted,
      answer: { schema: rehearsed, title: 'Every step' },
      async handle({ context, body }, caller) {
        const incident = incidentOf(body.incident, caller, false);
        const steps = await done(() =>
          response.rehearse(body.playbook, incident.id, body.values, caller.name),
        );
        await store.audit({
          at: clock.now(),
          by: caller.name,
          from: addressOf(context, options),
          action: 'response.rehearsed',
          about: `${body.playbook} for ${incident.id}`,
        });
        return context.json(steps);
      },
    }),
    route({
      method: 'get',
      path: '/api/response/runs',
      title: 'Runs, the newest first',
      needs: 'response.read',
      query: z.strictObject({ incident: z.string().max(256).optional() }),
      answer: { schema: runList, title: 'Runs' },
      handle({ context, query: { incident } }, caller) {
        return context.json({ items: runsFor(caller, incident) });
      },
    }),
    route({
      method: 'post',
      path: '/api/response/runs',
      title: 'Begin a playbook on an incident',
      needs: 'response.run',
      body: wanted,
      answer: { schema: runPage, title: 'The run' },
      async handle({ context, body }, caller) {
        const incident = incidentOf(body.incident, caller, true);
        const actor = { name: caller.name, from: addressOf(context, options) };
        const run = await done(response.begin(body.playbook, incident.id, body.values, actor));
        return context.json(pageOf(run.id, incident.id, caller));
      },
    }),
    route({
      method: 'get',
      path: '/api/response/runs/:id',
      title: 'One run: its steps, who did what, what is open',
      needs: 'response.read',
      params: named,
      answer: { schema: runPage, title: 'The run' },
      handle({ context, params: { id } }, caller) {
        return context.json(pageOf(id, runOf(id, caller, false).incident, caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/response/runs/:id/cancel',
      title: 'End a run before its end, and why',
      needs: 'response.run',
      params: named,
      body: z.strictObject({ text: reason }),
      answer: { schema: runPage, title: 'The run afterwards' },
      async handle({ context, params: { id }, body }, caller) {
        const { incident } = runOf(id, caller, true);
        const actor = { name: caller.name, from: addressOf(context, options) };
        await done(response.say(id, { type: 'cancel', by: caller.name, text: body.text.trim() }, actor));
        return context.json(pageOf(id, incident, caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/response/runs/:id/steps/:key/approve-alone',
      title: 'Agree alone in an emergency, with a reason, where the configuration allows it',
      needs: 'response.run',
      fresh: true,
      params: ofRun,
      body: z.strictObject({ text: reason }),
      answer: { schema: runPage, title: 'The run afterwards' },
      async handle({ context, params: { id, key }, body }, caller) {
        const { incident } = runOf(id, caller, true);
        const actor = { name: caller.name, from: addressOf(context, options) };
        const approversOnDuty = parts.incidentDesk.shifts
          .onDuty()
          .filter((name) => mayDo(store.account(name)?.role ?? 'staff', 'response.approve'));
        const wish = { step: key, reason: body.text.trim() };
        await done(response.agreeAlone(id, wish, { role: caller.role, approversOnDuty }, actor));
        return context.json(pageOf(id, incident, caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/response/runs/:id/steps/:key/review',
      title: 'Say whether it was right that one person agreed alone',
      needs: 'response.approve',
      params: ofRun,
      body: z.strictObject({ wasRight: z.boolean(), text: reason }),
      answer: { schema: runPage, title: 'The run afterwards' },
      async handle({ context, params: { id, key }, body }, caller) {
        const { incident } = runOf(id, caller, true);
        const actor = { name: caller.name, from: addressOf(context, options) };
        const word = { type: 'review' as const, step: key, by: caller.name, ...body };
        await done(response.review(id, { ...word, text: body.text.trim() }, actor));
        return context.json(pageOf(id, incident, caller));
      },
    }),
    ...verbs.map(({ verb, title, needs, body: schema }) =>
      route({
        method: 'post',
        path: `/api/response/runs/:id/steps/:key/${verb}`,
        title,
        needs,
        params: ofRun,
        body: schema,
        answer: { schema: runPage, title: 'The run afterwards' },
        async handle({ context, params: { id, key }, body }, caller) {
          const { incident } = runOf(id, caller, true);
          if (verb === 'approve') demandProof(caller);
          if (body.assignee !== undefined) {
            const account = store.account(body.assignee);
            if (account === undefined || !mayDo(account.role, 'response.run'))
              throw new Problem(422, 'no-such-person', `${body.assignee} can't do it.`, {
                field: 'assignee',
              });
          }
          const actor = { name: caller.name, from: addressOf(context, options) };
          await done(response.say(id, wordOf(verb, key, caller.name, body), actor));
          return context.json(pageOf(id, incident, caller));
        },
      }),
    ),
  ];
}

function wordOf(verb: string, step: string, by: string, said: z.output<Verb['body']>): PersonsWord {
  const text = said.text?.trim() ?? '';
  switch (verb) {
    case 'done':
      return {
        type: 'done',
        step,
        by,
        ...(text === '' ? {} : { text }),
        ...(said.values === undefined ? {} : { values: said.values }),
      };
    case 'not-done':
      return { type: 'not-done', step, by, text };
    case 'skip':
      return { type: 'skip', step, by, text };
    case 'retry':
      return { type: 'retry', step, by };
    case 'assign':
      return { type: 'assign', step, by, assignee: said.assignee ?? '' };
    case 'approve':
      return { type: 'approve', step, by };
    case 'refuse':
      return { type: 'refuse', step, by, text };
    default:
      throw new Error(`there is no verb ${verb}`);
  }
}
