import { z } from 'zod';
import { severity } from '../../../devices/model/detection.ts';
import { compileHunt } from '../../hunt/compile.ts';
import { SearchBusy } from '../../hunt/hunt.ts';
import { hold, MAX_QUERY_LENGTH, readHunt } from '../../hunt/query.ts';
import type { FoundRow, HuntFound } from '../../hunt/search-index.ts';
import { MAX_WATCHES } from '../../hunt/watches.ts';
import { csvText } from '../../registry/csv.ts';
import { keptName } from '../../shifts/kept.ts';
import { addressOf } from '../client.ts';
import type { HuntProblem, HuntResult, HuntRow } from '../contract.ts';
import { namedAsset } from '../incident-summary.ts';
import type { ApiParts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';
import { done } from './arranging.ts';

const MAX_ROWS = 200;
/** Rows of one export. */
export const MAX_EXPORTED = 10_000;
const BUCKETS = 60;

const text = z.string().max(MAX_QUERY_LENGTH);
const keptId = z.strictObject({ id: z.uuid() });
const place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Search over everything that was seen and judged, and searches that are kept. */
export function huntRoutes(parts: ApiParts): Route[] {
  const { incidentDesk, store, registry, clock } = parts;
  const { hunt, hunts } = incidentDesk;

  /** The sites whose observations the caller may see; undefined: all. */
  const sitesFor = ({ scope }: Caller): string[] | undefined =>
    scope.sites === undefined ? undefined : [...scope.sites];
  const mayShow = (row: FoundRow, { scope }: Caller): boolean =>
    row.type === 'observation' ? scope.seesSite(row.observation.site) : scope.seesDetection(row.detection);

  const peopleOf = (row: FoundRow, { scope }: Caller): HuntRow['people'] => {
    const ids =
      row.type === 'detection'
        ? row.detection.identities
        : [
            row.observation.subjects === undefined
              ? undefined
              : registry.resolve(row.observation.subjects)?.id,
          ].flatMap((id) => id ?? []);
    return [...new Set(ids)].flatMap((id) => {
      const name = registry.identity(id)?.name;
      return name === undefined || !scope.seesPerson(id) ? [] : [{ id, name }];
    });
  };
  const rowOf = (row: FoundRow, caller: Caller): HuntRow => {
    const isSeen = row.type === 'observation';
    const site = isSeen ? row.observation.site : row.detection.site;
    const asset = isSeen ? row.observation.asset : row.detection.assets[0];
    const siteName = site === undefined ? undefined : registry.site(site)?.name;
    return {
      place: row.place,
      at: isSeen ? row.observation.observedAt : row.detection.at,
      ...(isSeen ? { observation: row.observation } : { detection: row.detection }),
      ...(siteName === undefined ? {} : { siteName }),
      ...(asset === undefined ? {} : { assetName: namedAsset(asset, registry).name }),
      people: peopleOf(row, caller),
    };
  };
  const resultOf = (query: string, found: HuntFound, caller: Caller): HuntResult => {
    const { rows, facets, next, ...rest } = found;
    const named = (key: 'site' | 'asset', nameOf: (id: string) => string) =>
      facets[`${key}s`].map(({ value, count }) => ({
        value,
        name: nameOf(value),
        count,
        term: hold(key, value),
      }));
    return {
      query,
      ...rest,
      rows: rows.filter((row) => mayShow(row, caller)).map((row) => rowOf(row, caller)),
      ...(next === undefined ? {} : { next }),
      facets: {
        kinds: facets.kinds.map(({ value, count }) => ({
          value,
          name: value,
          count,
          term: hold('kind', value),
        })),
        sites: named('site', (id) => registry.site(id)?.name ?? id),
        assets: named('asset', (id) => namedAsset(id, registry).name),
      },
    };
  };
  const ask = async (
    query: string,
    asked: { before?: number | undefined; limit: number },
    caller: Caller,
  ) => {
    try {
      return await hunt.ask(
        query,
        {
          limit: asked.limit,
          buckets: BUCKETS,
          now: clock.now(),
          ...(asked.before === undefined ? {} : { before: asked.before }),
        },
        sitesFor(caller),
      );
    } catch (error) {
      if (error instanceof SearchBusy)
        throw new Problem(503, 'busy', 'Too many searches at once.', { retryAfterSeconds: 2 });
      throw error;
    }
  };
  const problemOf = ({
    message,
    ...where
  }: {
    message: string;
    column: number;
    length: number;
    suggestions: string[];
  }) => {
    const problem: HuntProblem = { error: { code: 'query', message }, ...where };
    return problem;
  };
  const listOf = ({ name }: Caller) => ({ items: hunts.of(name) });
  const list = {
    schema: z.object({ items: z.array(z.unknown()) }),
    title: 'One’s own searches, and the shared',
  };

  return [
    route({
      method: 'get',
      path: '/api/hunt',
      title: 'Search all observations and detections: `kind:door.opened site:linden person:"Anna" after:2h`',
      needs: 'observations.search',
      query: z.strictObject({
        query: text.default(''),
        before: place.optional(),
        limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(50),
      }),
      answer: {
        schema: z.object({ rows: z.array(z.unknown()), total: z.number(), histogram: z.array(z.unknown()) }),
        title: 'Rows, the newest first, with counts over time and by kind, site and asset',
      },
      async handle({ context, query }, caller) {
        const answer = await ask(query.query, query, caller);
        if ('complaint' in answer) return context.json(problemOf(answer.complaint), 422);
        return context.json(resultOf(query.query, answer.found, caller));
      },
    }),
    route({
      method: 'get',
      path: '/api/hunt/export',
      title: 'What is found as CSV, at most 10,000 rows; no cell is a formula',
      needs: 'observations.search',
      query: z.strictObject({ query: text.default('') }),
      answer: { mediaType: 'text/csv', title: 'CSV' },
      async handle({ context, query: { query } }, caller) {
        const answer = await ask(query, { limit: MAX_EXPORTED }, caller);
        if ('complaint' in answer) return context.json(problemOf(answer.complaint), 422);
        const from = addressOf(context, parts.options);
        await store.audit({ at: clock.now(), by: caller.name, from, action: 'hunt.exported', about: query });
        const rows = resultOf(query, answer.found, caller).rows.map(cellsOf);
        const head = [
          'time',
          'type',
          'kind',
          'severity',
          'site',
          'asset',
          'people',
          'what',
          'details',
          'source',
          'id',
        ];
        return context.body(csvText([head, ...rows]), 200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="search.csv"',
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/hunts',
      title: 'Searches that are kept: one’s own, and those that all share',
      needs: 'observations.search',
      answer: list,
      handle: ({ context }, caller) => context.json(listOf(caller)),
    }),
    route({
      method: 'put',
      path: '/api/hunts/:id',
      title: 'Keep a search; a watched one raises a detection when something new matches',
      needs: 'views.save',
      params: keptId,
      body: z.strictObject({
        name: keptName,
        query: text,
        shared: z.boolean(),
        watch: z.strictObject({ severity }).optional(),
      }),
      answer: list,
      async handle({ context, params: { id }, body: { watch, ...body } }, caller) {
        const before = hunts.find(id);
        if ((watch !== undefined || before?.watch !== undefined) && !mayDo(caller.role, 'hunts.watch'))
          throw new Problem(403, 'forbidden', 'Your role does not allow watching.');
        // What is watched is watched at all sites.
        if (watch !== undefined) caller.scope.demandAll();
        const read = readHunt(body.query, clock.now());
        const made = 'complaint' in read ? read : compileHunt(read.query, hunt.vocabulary());
        if ('complaint' in made) return context.json(problemOf(made.complaint), 422);
        if (watch !== undefined && made.compiled.all.length === 0)
          throw new Problem(422, 'too-wide', 'A watch needs at least one term that narrows.', {
            field: 'query',
          });
        const watches = hunts.all().filter((one) => one.watch !== undefined && one.id !== id);
        if (watch !== undefined && watches.length >= MAX_WATCHES)
          throw new Problem(409, 'too-many', `There are ${MAX_WATCHES} watches already.`);
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        const owner = before?.owner ?? caller.name;
        const since = before?.watch?.since ?? clock.now();
        await done(
          hunts.put(
            {
              id,
              owner,
              savedAt: clock.now(),
              ...body,
              ...(watch === undefined
                ? {}
                : { watch: { severity: watch.severity, by: caller.name, since, hits: 0 } }),
            },
            actor,
            mayDo(caller.role, 'hunts.watch'),
          ),
        );
        incidentDesk.watch();
        return context.json(listOf(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/hunts/:id',
      title: 'Remove a search that is kept, and its watch',
      needs: 'views.save',
      params: keptId,
      answer: list,
      async handle({ context, params: { id } }, caller) {
        if (hunts.find(id)?.watch !== undefined && !mayDo(caller.role, 'hunts.watch'))
          throw new Problem(403, 'forbidden', 'Your role does not allow this.');
        const actor = { name: caller.name, from: addressOf(context, parts.options) };
        await done(hunts.remove(id, actor, mayDo(caller.role, 'hunts.watch')));
        incidentDesk.watch();
        return context.json(listOf(caller));
      },
    }),
  ];
}

function cellsOf({ at, observation, detection, siteName, assetName, people }: HuntRow): string[] {
  const said = {
    ...detection?.observables,
    ...observation?.observables,
    ...detection?.facts,
    ...observation?.facts,
  };
  const value = observation?.value;
  return [
    new Date(at).toISOString(),
    detection === undefined ? 'observation' : 'detection',
    observation?.kind ?? detection?.rule ?? '',
    detection?.severity ?? '',
    siteName ?? observation?.site ?? detection?.site ?? '',
    assetName ?? '',
    people.map(({ name }) => name).join(', '),
    detection?.summary ?? (value === undefined ? '' : String(value)),
    Object.entries(said)
      .map(([name, one]) => `${name}=${String(one)}`)
      .join('; '),
    observation?.source ?? detection?.source ?? '',
    observation?.id ?? detection?.id ?? '',
  ];
}
