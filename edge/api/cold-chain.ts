/** The routes of the cold chain: records to hand over, and what becomes of goods. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import type { ColdChain } from '../cold-chain/cold-chain.ts';
import type { MadeRecord } from '../cold-chain/made-record.ts';
import type { QuarantineCase } from '../cold-chain/quarantine.ts';
import type { Gateway } from '../gateway.ts';
import type { Actor } from '../panel/outcome.ts';
import type { FridgeGoods, GoodsCase } from './contract.ts';
import { Refused, read, readBody } from './problem.ts';

type Env = { Bindings: HttpBindings };

const MINUTE_MS = 60_000;

export interface ColdChainRoutes {
  coldChain: ColdChain;
  gateway: Gateway;
  clock: Clock;
  /** @throws Refused 401 */
  reader(context: Context<Env>): unknown;
  /** @throws Refused 401, 403 */
  changer(context: Context<Env>): { by: Actor };
}

const recordRequest = z.strictObject({
  period: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/, 'expected a day (2026-11-22) or a month (2026-11)'),
  format: z.enum(['pdf', 'csv', 'sig']),
  asOf: z.coerce.number().pipe(instant).optional(),
});

const decisionRequest = z.strictObject({
  startedAt: instant,
  decision: z.enum(['release', 'discard']),
  reason: plainText
    .max(512)
    .transform((text) => text.trim())
    .refine((text) => text.length >= 3, 'say why: the record is kept for five years'),
});

const statusOf = { 'no-such-case': 404, 'not-responsible': 403, 'not-now': 409 } as const;

const formats = {
  pdf: { type: 'application/pdf', of: ({ pdf }: MadeRecord) => pdf },
  csv: { type: 'text/csv; charset=utf-8; header=present', of: ({ csv }: MadeRecord) => csv },
  sig: { type: 'application/json', of: ({ seal }: MadeRecord) => `${JSON.stringify(seal, undefined, 1)}\n` },
} as const;

export function coldChainRoutes({ coldChain, gateway, clock, reader, changer }: ColdChainRoutes): Hono<Env> {
  const app = new Hono<Env>();

  const fridge = (id: string) => {
    const watch = coldChain.watchOf(id);
    const asset = gateway.configuration.registry.asset(id);
    if (watch === undefined || asset === undefined)
      throw new Refused(404, 'no-such-fridge', `There is no fridge "${id}" at this site.`);
    return { watch, asset };
  };

  app.get('/:asset', (context) => {
    reader(context);
    const { watch, asset } = fridge(context.req.param('asset'));
    const { registry } = gateway.configuration;
    const answer: FridgeGoods = {
      asset: asset.id,
      name: asset.name,
      responsible: (asset.coldChain?.responsible ?? []).map((id) => ({
        id,
        name: registry.identity(id)?.name ?? id,
      })),
      cases: watch.cases.map(caseAnswer),
      fingerprint: coldChain.fingerprint,
    };
    return context.json(answer);
  });

  app.get('/:asset/record', async (context) => {
    reader(context);
    const { asset } = fridge(context.req.param('asset'));
    const { period, format, asOf } = read(recordRequest, context.req.query());
    const now = clock.now();
    // Whole minutes: who asks for the formats one after the other gets the same record. Who names a moment gets it to
    // the second: what was decided just now stands in it.
    const until = asOf === undefined ? Math.floor(now / MINUTE_MS) * MINUTE_MS : Math.min(asOf, now);
    const made = await coldChain.record(asset.id, period, until);
    if (made === undefined)
      throw new Refused(400, 'invalid', `period: there is no ${period}`, { field: 'period' });
    if (made.record.period.from >= until)
      throw new Refused(400, 'invalid', `period: ${period} has not begun yet`, { field: 'period' });
    const { type, of } = formats[format];
    const body = of(made);
    context.header('Content-Type', type);
    context.header('Content-Disposition', `attachment; filename="${made.name}.${format}"`);
    return context.body(typeof body === 'string' ? body : Uint8Array.from(body));
  });

  app.post('/:asset/decision', async (context) => {
    const { by } = changer(context);
    const { asset } = fridge(context.req.param('asset'));
    const { startedAt, decision, reason } = await readBody(context, decisionRequest);
    const decided = await coldChain.decide(asset.id, startedAt, decision, reason, by);
    if ('refused' in decided) throw new Refused(statusOf[decided.refused], decided.refused, decided.message);
    return context.json(caseAnswer(decided));
  });

  return app;
}

const caseAnswer = ({
  startedAt,
  quarantinedAt,
  side,
  peakCelsius,
  decisions,
}: QuarantineCase): GoodsCase => ({
  startedAt,
  quarantinedAt,
  side,
  peakCelsius,
  decisions: decisions.map(({ decision, at, by, reason }) => ({ decision, at, by, reason })),
});
