import { z } from 'zod';
import { addressOf } from '../client.ts';
import { integrityOverview } from '../monitor-answers.ts';
import type { ApiParts } from '../parts.ts';
import { notThere } from '../problem.ts';
import { type Route, route } from '../route.ts';

/** A deployment that takes longer is announced again. */
const MAX_MINUTES = 8 * 60;
const MINUTE_MS = 60_000;

export function integrityRoutes({
  integrity,
  store,
  clock,
  options,
}: Pick<ApiParts, 'integrity' | 'store' | 'clock' | 'options'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/integrity',
      title: "The shop's pages and files, and what is not as it was",
      needs: 'monitors.read',
      wholeOnly: true,
      answer: { schema: integrityOverview, title: 'Pages, folders, findings' },
      handle: ({ context }) =>
        context.json({
          ...(integrity?.health() ?? { pages: [], folders: [] }),
          findings: integrity?.findings() ?? [],
        }),
    }),
    route({
      method: 'post',
      path: '/api/integrity/accept',
      title: 'Take what was found for right: it belongs to the page or folder from now on',
      needs: 'integrity.accept',
      wholeOnly: true,
      body: z.strictObject({ id: z.string().min(1).max(256) }),
      answer: { schema: z.strictObject({}), title: 'Accepted' },
      async handle({ context, body: { id } }, { name }) {
        const finding = integrity?.findings().find((one) => one.id === id);
        if (integrity === undefined || finding === undefined) throw notThere('finding');
        await integrity.accept(id).catch((error: unknown) => {
          throw error instanceof RangeError ? notThere('finding') : error;
        });
        await store.audit({
          at: clock.now(),
          by: name,
          from: addressOf(context, options),
          action: 'integrity.accepted',
          about: `${finding.where} ${finding.what}`.slice(0, 500),
        });
        return context.json({});
      },
    }),
    route({
      method: 'post',
      path: '/api/integrity/deployments',
      title: "Announce a deployment from now on: the shop's own scripts and files may change meanwhile",
      needs: 'integrity.accept',
      wholeOnly: true,
      body: z.strictObject({ minutes: z.number().int().min(1).max(MAX_MINUTES) }),
      answer: { schema: z.strictObject({}), title: 'Announced' },
      async handle({ context, body: { minutes } }, { name }) {
        if (integrity === undefined) throw notThere('monitor of pages and files');
        const from = clock.now();
        await integrity.announce({ from, to: from + minutes * MINUTE_MS, by: name });
        await store.audit({
          at: from,
          by: name,
          from: addressOf(context, options),
          action: 'deployment.announced',
          about: `${minutes} min`,
        });
        return context.json({});
      },
    }),
  ];
}
