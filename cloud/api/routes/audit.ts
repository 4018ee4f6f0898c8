import { z } from 'zod';
import { exportLines } from '../../audit/export.ts';
import { tilePlace } from '../../audit/tiles.ts';
import { auditTrailHealth } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';

const text = { 'content-type': 'text/plain; charset=utf-8' };

/** The log of the audit trail as static files, and whole with its proofs. */
export function auditRoutes({ trail, store, clock, options }: ApiParts): Route[] {
  const there = () => {
    if (trail === undefined) throw notThere('audit trail: it is switched off');
    return trail;
  };
  return [
    route({
      method: 'get',
      path: '/api/audit/health',
      title: 'How the tamper-evident log is',
      needs: 'audit.read',
      wholeOnly: true,
      answer: { schema: auditTrailHealth, title: 'The log' },
      handle: ({ context }) =>
        context.json(
          trail === undefined ? { enabled: false, size: 0, written: 0 } : { enabled: true, ...trail.health },
        ),
    }),
    route({
      method: 'get',
      path: '/api/audit/checkpoint',
      title: 'The last signed checkpoint (c2sp.org/tlog-checkpoint); keep it',
      needs: 'audit.read',
      wholeOnly: true,
      answer: { mediaType: 'text/plain', title: 'A signed note' },
      handle: ({ context }) => context.body(there().log.note, 200, text),
    }),
    route({
      method: 'get',
      path: '/api/audit/key',
      title: 'The key that signs checkpoints, for `gatehouse verify --key`',
      needs: 'audit.read',
      wholeOnly: true,
      answer: { mediaType: 'text/plain', title: 'name+id+key' },
      handle: ({ context }) => context.body(`${there().signer.text}\n`, 200, text),
    }),
    route({
      method: 'get',
      path: '/api/audit/tile/:place{.+}',
      title: 'Hashes or entries as tiles (c2sp.org/tlog-tiles): 0/x001/234, entries/017.p/9',
      needs: 'audit.read',
      wholeOnly: true,
      params: z.strictObject({ place: z.string().max(64) }),
      answer: { mediaType: 'application/octet-stream', title: 'A tile' },
      async handle({ context, params }) {
        const place = tilePlace(params.place);
        const bytes = place === undefined ? undefined : await there().log.tile(place);
        if (bytes === undefined) throw notThere('tile');
        return context.body(Uint8Array.from(bytes), 200, { 'content-type': 'application/octet-stream' });
      },
    }),
    route({
      method: 'get',
      path: '/api/audit/export',
      title: 'The trail with its proofs, to be checked by `gatehouse verify`: all of it, or one incident',
      needs: 'audit.export',
      wholeOnly: true,
      query: z.strictObject({
        incident: z.string().min(1).max(256).optional(),
        records: z.enum(['true', 'false']).optional(),
        since: z.coerce.number().int().min(0).optional(),
      }),
      answer: { mediaType: 'application/x-ndjson', title: 'Lines of JSON' },
      async handle({ context, query }, { name }) {
        const { log, signer } = there();
        const { incident, since } = query;
        if (since !== undefined && since > log.checkpoint.size)
          throw new Problem(400, 'malformed', `There are ${log.checkpoint.size} entries.`, {
            field: 'since',
          });
        await store.audit({
          at: clock.now(),
          by: name,
          from: addressOf(context, options),
          action: 'audit.exported',
          about: incident ?? 'everything',
        });
        // The newest belongs to it: whoever exports may have just acted.
        await there().drain();
        const lines = exportLines(
          { log, signer, store, exportedAt: clock.now() },
          {
            records: query.records === 'true',
            ...(incident === undefined ? {} : { incident }),
            ...(since === undefined ? {} : { since }),
          },
        );
        const encoder = new TextEncoder();
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            const { done, value } = await lines.next();
            if (done === true) controller.close();
            else controller.enqueue(encoder.encode(value));
          },
          async cancel() {
            await lines.return(undefined);
          },
        });
        return context.body(body, 200, {
          'content-type': 'application/x-ndjson',
          'content-disposition': 'attachment; filename="audit-trail.ndjson"',
        });
      },
    }),
  ];
}
