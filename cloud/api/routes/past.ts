import { z } from 'zod';
import { severity, severityRank } from '../../../devices/model/detection.ts';
import { identifier, instant } from '../../../devices/model/identifiers.ts';
import { siteDetail } from '../answers.ts';
import type { HistoryMark, PictureHistory } from '../contract.ts';
import { sitesOf } from '../incident-summary.ts';
import type { ApiParts } from '../parts.ts';
import { notThere } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';

/** Marks on one slider: more would cover one another. */
export const MAX_MARKS = 300;

/** Milliseconds, as a parameter. */
export const momentParameter = z
  .string()
  .regex(/^\d{1,16}$/, 'expected milliseconds since 1970')
  .transform(Number)
  .pipe(instant);

const pictureHistory: z.ZodType<PictureHistory> = z.strictObject({
  from: z.number(),
  to: z.number(),
  marks: z.array(
    z.strictObject({
      incident: z.string(),
      title: z.string(),
      severity,
      at: z.number(),
      sites: z.array(z.string()),
    }),
  ),
  more: z.number(),
});

/** One site whole, and what the past of the picture is made of. */
export function pastRoutes({ overview, store, registry, clock }: ApiParts): Route[] {
  /** The one place where it is decided whose incidents are marked. */
  const marked = (mark: Omit<HistoryMark, 'title' | 'sites'>, scope: Scope): HistoryMark[] => {
    const incident = store.incident(mark.incident);
    const part = incident === undefined ? undefined : scope.part(incident);
    if (part === undefined) return [];
    return [{ ...mark, severity: part.severity, title: part.title, sites: sitesOf(part.assets, registry) }];
  };
  return [
    route({
      method: 'get',
      path: '/api/picture/sites/:id',
      title: 'One site with its floors, now or as of a moment',
      needs: 'picture.read',
      params: z.strictObject({ id: identifier }),
      query: z.strictObject({ at: momentParameter.optional() }),
      answer: { schema: siteDetail, title: 'The site' },
      async handle({ context, params: { id }, query: { at } }, { scope, role }) {
        if (!scope.seesSite(id)) throw notThere('site');
        return context.json(await overview.siteDetail(id, at, mayDo(role, 'people.read')));
      },
    }),
    route({
      method: 'get',
      path: '/api/picture/history',
      title: 'What the time slider shows: how far back, and incidents where they were first told',
      needs: 'picture.read',
      query: z.strictObject({ site: identifier.optional() }),
      answer: { schema: pictureHistory, title: 'The past' },
      async handle({ context, query: { site } }, { scope, role }) {
        const from = overview.replayFrom;
        const all = mayDo(role, 'incidents.read') ? await overview.marks(from) : [];
        // The gravest first, of equals the newest: so many are worth a mark.
        all.sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || b.at - a.at);
        const marks: HistoryMark[] = [];
        let looked = 0;
        for (const mark of all) {
          if (marks.length >= MAX_MARKS || looked >= MAX_LOOKED_AT) break;
          looked++;
          marks.push(
            ...marked(mark, scope).filter(({ sites }) => site === undefined || sites.includes(site)),
          );
        }
        marks.sort((a, b) => a.at - b.at);
        const more = scope.isAll && site === undefined ? all.length - looked : 0;
        return context.json({ from, to: clock.now(), marks, more } satisfies PictureHistory);
      },
    }),
  ];
}

/** Incidents that are read for one slider, where most of them are of other sites. */
const MAX_LOOKED_AT = 3_000;
