import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { tokenSha256 } from '../../ingest/credentials.ts';
import { addressOf, isForwarded, isLoopback } from '../client.ts';
import { openApiDocument } from '../openapi.ts';
import type { ApiParts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { openRoute, type Route } from '../route.ts';

const health = z.strictObject({ status: z.enum(['ok', 'trouble']) });

/** @param all every route of the API, these included, once they are all there */
export function healthRoutes({ trouble, metrics, options }: ApiParts, all: () => readonly Route[]): Route[] {
  return [
    openRoute({
      method: 'get',
      path: '/healthz',
      title: 'The process answers',
      answer: { schema: health, title: 'Alive' },
      handle: ({ context }) => context.json({ status: 'ok' }),
    }),
    openRoute({
      method: 'get',
      path: '/readyz',
      title: 'What comes is stored and judged; 503 while it is not',
      answer: { schema: health, title: 'Ready' },
      handle({ context }) {
        const isFine = trouble() === undefined;
        return context.json({ status: isFine ? 'ok' : 'trouble' }, isFine ? 200 : 503);
      },
    }),
    openRoute({
      method: 'get',
      path: '/metrics',
      title: 'Figures for Prometheus: for this machine, or with a token',
      answer: { mediaType: 'text/plain', title: 'Figures' },
      async handle({ context }) {
        const { metricsTokenSha256 } = options;
        const given = /^Bearer (\S{1,512})$/.exec(context.req.header('authorization') ?? '')?.[1];
        const isAllowed =
          metricsTokenSha256 === undefined
            ? isLoopback(addressOf(context, options)) && !isForwarded(context, options)
            : given !== undefined &&
              timingSafeEqual(Buffer.from(tokenSha256(given), 'hex'), Buffer.from(metricsTokenSha256, 'hex'));
        if (!isAllowed) throw new Problem(403, 'forbidden', 'Figures are for this machine, or need a token.');
        const { type, text } = await metrics();
        return context.body(text, 200, { 'content-type': type });
      },
    }),
    openRoute({
      method: 'get',
      path: '/openapi.json',
      title: 'This description (OpenAPI 3.1)',
      answer: { mediaType: 'application/json', title: 'The description' },
      handle: ({ context }) => context.json(openApiDocument(all())),
    }),
  ];
}
