import { z } from 'zod';
import { identifier, instant } from '../../../devices/model/identifiers.ts';
import { MAX_BUCKETS } from '../../telemetry/telemetry.ts';
import { peopleList, situationalPicture, telemetrySeries } from '../answers.ts';
import { addressOf, cutOf } from '../client.ts';
import type { SituationalPicture } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';
import { viewOf } from '../scoped-events.ts';
import { momentParameter } from './past.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_RANGE_MS = 400 * DAY_MS;

const units = { temperature: '°C', humidity: '%', battery: '%' } as const;

/** Milliseconds; an empty text is no number, whatever Number() makes of it. */
const moment = z
  .string()
  .regex(/^\d{1,16}$/, 'expected milliseconds since 1970')
  .transform(Number)
  .pipe(instant);

export function situationRoutes(parts: ApiParts): Route[] {
  const { overview, scenarios, people, store, registry, telemetry, stream, clock, options, toolkit } = parts;
  return [
    route({
      method: 'get',
      path: '/api/picture',
      title: 'All sites as they are now, or as they were at a moment of the last days',
      needs: 'picture.read',
      query: z.strictObject({ at: momentParameter.optional() }),
      answer: { schema: situationalPicture, title: 'The situational picture' },
      async handle({ context, query: { at } }, { role, scope }) {
        // The present is what other pages go by; the past is the picture's own.
        const whyNot = at === undefined ? undefined : toolkit.whyNot('situational-picture');
        if (whyNot !== undefined) throw new Problem(409, 'tool-off', whyNot);
        const offered = mayDo(role, 'scenarios.run') ? (scenarios?.list ?? []) : [];
        const picture =
          at === undefined
            ? overview.picture(offered, scope.sites)
            : await overview.pictureAt(at, scope.sites);
        return context.json(pictureFor(scope, picture));
      },
    }),
    route({
      method: 'get',
      path: '/api/stream',
      title: 'What changes, as server-sent events; Last-Event-ID resumes',
      needs: 'picture.read',
      answer: { mediaType: 'text/event-stream', title: 'Events' },
      handle({ context }, { session, scope }) {
        const headers = {
          'content-type': 'text/event-stream; charset=utf-8',
          'transfer-encoding': 'chunked',
          // A proxy that gathers would hold events back.
          'x-accel-buffering': 'no',
        };
        // Nobody would read it.
        if (context.req.method === 'HEAD') return context.body(null, 200);
        const body = stream.open(
          session,
          context.req.header('last-event-id'),
          { type: 'clock', data: overview.clock() },
          cutOf(context),
          viewOf(scope, { store, registry }),
        );
        if (body === undefined)
          throw new Problem(503, 'too-many-streams', 'Too many pages are open.', { retryAfterSeconds: 10 });
        return context.body(body, 200, headers);
      },
    }),
    route({
      method: 'get',
      path: '/api/telemetry',
      title: 'Measurements of one asset, averaged to about so many points',
      needs: 'telemetry.read',
      query: z
        .strictObject({
          asset: identifier,
          quantity: z.enum(['temperature', 'humidity', 'battery']),
          from: moment,
          to: moment,
          points: z.coerce.number().int().min(1).max(MAX_BUCKETS).default(300),
        })
        .refine(({ from, to }) => from < to, { path: ['to'], error: 'must come after from' })
        .refine(({ from, to }) => to - from <= MAX_RANGE_MS, {
          path: ['from'],
          error: `at most ${MAX_RANGE_MS / DAY_MS} days at once`,
        }),
      answer: { schema: telemetrySeries, title: 'The series' },
      async handle({ context, query }, { scope }) {
        const asset = registry.asset(query.asset);
        if (asset === undefined || !scope.seesSite(asset.site)) throw notThere('asset');
        const points = await telemetry.series(query);
        const band = query.quantity === 'temperature' ? asset.band : undefined;
        return context.json({
          asset: asset.id,
          quantity: query.quantity,
          unit: units[query.quantity],
          points,
          ...(band === undefined ? {} : { band }),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/pictures/:id',
      title: 'A picture taken as evidence',
      needs: 'incidents.read',
      params: z.strictObject({ id: z.string().min(1).max(256) }),
      answer: { mediaType: 'image/jpeg', title: 'The picture' },
      handle({ context, params: { id } }, { scope }) {
        const picture = store.picture(id);
        if (picture === undefined || !scope.seesSite(picture.site)) throw notThere('picture');
        return context.body(Uint8Array.from(Buffer.from(picture.base64, 'base64')), 200, {
          'content-type': 'image/jpeg',
          // Looked at again and again while an incident is worked on; gone from the browser soon after.
          'cache-control': 'private, max-age=600',
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/people',
      title: 'Whom an incident can be assigned to',
      needs: 'people.read',
      answer: { schema: peopleList, title: 'People' },
      handle: ({ context }, { scope }) =>
        context.json({
          items: people.accounts
            .all()
            .filter(({ role, profile }) => mayDo(role, 'incidents.handle') && profile.locked === undefined)
            .filter(({ profile }) => scope.meets(people.scopes.of(profile.scope)))
            .map(({ name, role }) => ({ name, role })),
        }),
    }),
    route({
      method: 'post',
      path: '/api/scenarios/:id',
      title: 'Start a scenario of the simulator',
      needs: 'scenarios.run',
      wholeOnly: true,
      params: z.strictObject({ id: z.string().min(1).max(128) }),
      body: z.strictObject({}),
      status: 202,
      answer: { schema: z.strictObject({}), title: 'Started' },
      async handle({ context, params: { id } }, { name }) {
        if (scenarios === undefined) throw notThere('scenario');
        await scenarios.start(id);
        const from = addressOf(context, options);
        await store.audit({ at: clock.now(), by: name, from, action: 'scenario.started', about: id });
        return context.json({}, 202);
      },
    }),
  ];
}

/** Sites were chosen already; what feeds the installation and what tries it out is filtered here. Pure. */
function pictureFor(scope: Scope, picture: SituationalPicture): SituationalPicture {
  if (scope.isAll) return picture;
  return {
    ...picture,
    sources: picture.sources.filter(({ asset }) => scope.seesAsset(asset)),
    scenarios: [],
  };
}
