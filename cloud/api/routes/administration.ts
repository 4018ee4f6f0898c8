import { z } from 'zod';
import { auditList, quarantineList } from '../answers.ts';
import type { ApiParts } from '../parts.ts';
import { type Route, route } from '../route.ts';

const limit = z.coerce.number().int().min(1).max(500).default(100);

export function administrationRoutes({ store }: ApiParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/quarantine',
      title: 'What arrived and could not be taken, newest first',
      needs: 'quarantine.read',
      query: z.strictObject({ limit }),
      answer: { schema: quarantineList, title: 'The quarantine' },
      handle({ context, query }) {
        const { total, newest } = store.quarantined(query.limit);
        return context.json({
          total,
          items: newest.map(({ raw, ...rest }) => ({ ...rest, base64: Buffer.from(raw).toString('base64') })),
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/audit',
      title: 'Who did what, when, from where; newest first',
      needs: 'audit.read',
      query: z.strictObject({ offset: z.coerce.number().int().min(0).max(10_000_000).default(0), limit }),
      answer: { schema: auditList, title: 'A page of the audit trail' },
      handle: ({ context, query }) => context.json({ items: store.audited(query) }),
    }),
  ];
}
