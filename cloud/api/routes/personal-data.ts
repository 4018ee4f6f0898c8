import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { dataKinds } from '../../people/personal-data/kinds.ts';
import { OnHold, readable } from '../../people/personal-data/personal-data.ts';
import { addressOf } from '../client.ts';
import type { PersonalDataState } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { erasureReport, personalDataState, retentionRun } from '../people-answers.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, type Route, route } from '../route.ts';

/** People listed at once; more are found by name. */
const MAX_LISTED = 100;

const name = z.string().min(1).max(256);
const reason = plainText.max(500).refine((words) => words.trim() !== '', 'must not be empty');

/** What is kept of people, for how long, and what they may ask for. */
export function personalDataRoutes(parts: ApiParts): Route[] {
  const { people, registry, options } = parts;
  const { personalData } = people;
  const actorOf = (context: Parameters<typeof addressOf>[0], caller: Caller) => ({
    name: caller.name,
    from: addressOf(context, options),
  });
  const stateOf = (find: string): PersonalDataState => {
    const wanted = find.trim().toLowerCase();
    const found = registry.document.identities.filter(
      (person) => wanted === '' || `${person.id} ${person.name}`.toLowerCase().includes(wanted),
    );
    const { keep } = personalData.settings;
    return {
      policy: dataKinds.map((kind) => {
        const keptMs = keep[`${kind}Ms`];
        return { kind, ...(keptMs === undefined ? {} : { keptMs }) };
      }),
      holds: personalData.holds().sort((a, b) => b.at - a.at),
      runs: personalData.runs(),
      people: found.slice(0, MAX_LISTED).map(({ id, name: called, kind }) => ({ id, name: called, kind })),
      more: Math.max(0, found.length - MAX_LISTED),
    };
  };
  const answer = { schema: personalDataState, title: 'Policy, holds, what was deleted, people' };
  return [
    route({
      method: 'get',
      path: '/api/personal-data',
      title: 'How long personal data is kept, what is held, what was deleted',
      needs: 'personal-data.read',
      wholeOnly: true,
      query: z.strictObject({ find: z.string().max(128).default('') }),
      answer,
      handle: ({ context, query: { find } }) => context.json(stateOf(find)),
    }),
    route({
      method: 'post',
      path: '/api/personal-data/run',
      title: 'Delete now what has had its time',
      needs: 'personal-data.erase',
      wholeOnly: true,
      fresh: true,
      body: z.strictObject({}),
      answer: { schema: retentionRun, title: 'What was deleted' },
      handle: async ({ context }) => context.json(await personalData.run()),
    }),
    route({
      method: 'post',
      path: '/api/personal-data/holds',
      title: 'Nothing of a person or an incident is deleted until the hold ends',
      needs: 'personal-data.erase',
      wholeOnly: true,
      body: z.strictObject({
        about: z.union([z.strictObject({ person: name }), z.strictObject({ incident: name })]),
        reason,
      }),
      answer,
      async handle({ context, body }, caller) {
        const { about } = body;
        await personalData
          .hold(about, body.reason.trim(), actorOf(context, caller))
          .catch((error: unknown) => {
            if (error instanceof RangeError) throw notThere('person' in about ? 'person' : 'incident');
            throw error;
          });
        return context.json(stateOf(''));
      },
    }),
    route({
      method: 'delete',
      path: '/api/personal-data/holds/:id',
      title: 'End a hold',
      needs: 'personal-data.erase',
      wholeOnly: true,
      fresh: true,
      params: z.strictObject({ id: name }),
      answer,
      async handle({ context, params: { id } }, caller) {
        if (!(await personalData.release(id, actorOf(context, caller)))) throw notThere('hold');
        return context.json(stateOf(''));
      },
    }),
    route({
      method: 'get',
      path: '/api/personal-data/:person/export',
      title: 'Everything that is kept about a person: as JSON, or to read',
      needs: 'personal-data.erase',
      wholeOnly: true,
      fresh: true,
      params: z.strictObject({ person: name }),
      query: z.strictObject({ format: z.enum(['json', 'text']).default('json') }),
      answer: { mediaType: 'application/json', title: 'A file' },
      async handle({ context, params: { person }, query: { format } }, caller) {
        const found = await personalData.export(person, actorOf(context, caller)).catch((error: unknown) => {
          throw error instanceof RangeError ? notThere('person') : error;
        });
        const [text, type, end] =
          format === 'json'
            ? [JSON.stringify(found, undefined, 2), 'application/json', 'json']
            : [readable(found), 'text/plain; charset=utf-8', 'txt'];
        return context.body(text, 200, {
          'content-type': type,
          'content-disposition': `attachment; filename="person.${end}"`,
        });
      },
    }),
    route({
      method: 'post',
      path: '/api/personal-data/:person/erase',
      title: 'Take a person out of what was seen; says what the law demands to keep',
      needs: 'personal-data.erase',
      wholeOnly: true,
      fresh: true,
      params: z.strictObject({ person: name }),
      body: z.strictObject({}),
      answer: { schema: erasureReport, title: 'What was erased, what was kept, and why' },
      async handle({ context, params: { person } }, caller) {
        const report = await personalData.erase(person, actorOf(context, caller)).catch((error: unknown) => {
          if (error instanceof RangeError) throw notThere('person');
          if (error instanceof OnHold) throw new Problem(409, 'on-hold', error.message);
          throw error;
        });
        return context.json(report);
      },
    }),
  ];
}
