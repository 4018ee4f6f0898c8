/// <reference types="node" />
/** For tests only: gateways that have joined, wait, and were cut off. */
import { Hono } from 'hono';
import type { GatewayList, GatewayRow, NewGatewayCode } from '../../../cloud/api/contract.ts';

const DAY_MS = 24 * 3_600_000;

/** @param bodyOf the body of the request under way: it has been read before */
export function gatewaysRoutes(now: number, isEmpty: boolean, bodyOf: () => unknown): Hono {
  const row = (
    over: Partial<GatewayRow> & Pick<GatewayRow, 'id' | 'site' | 'siteName' | 'state'>,
  ): GatewayRow => ({ connected: false, secrets: [], ...over });
  let items: GatewayRow[] = [
    row({
      id: 'linden-gateway',
      site: 'linden',
      siteName: 'Lindenhof Pharmacy',
      state: 'enrolled',
      connected: true,
      lastSeenAt: now - 20_000,
      certificate: { notBefore: Date.now() - 4 * DAY_MS, notAfter: Date.now() + 10 * DAY_MS },
      version: '0.1.0',
      sealing: 'tpm',
      secrets: ['PIN of Anna Weber', 'camera password: camera'],
      bundle: {
        counter: 7,
        kind: 'configuration',
        issuedAt: now - 3_600_000,
        by: 'Ines Brandt',
        note: 'Second fridge',
        state: 'in-force',
        detail: '',
      },
    }),
    row({
      id: 'north-gateway',
      site: 'north',
      siteName: 'North warehouse',
      state: 'enrolled',
      lastSeenAt: now - 9 * 60_000,
      certificate: { notBefore: Date.now() - 13 * DAY_MS, notAfter: Date.now() + DAY_MS },
      version: '0.1.0',
      sealing: 'key-file',
      clockOffMs: -47 * 60_000,
      bundle: {
        counter: 3,
        kind: 'configuration',
        issuedAt: now - 7_200_000,
        by: 'Ines Brandt',
        note: '',
        state: 'returned',
        detail: 'the cloud did not answer in time',
      },
    }),
    row({ id: 'online-gateway', site: 'online', siteName: 'Web shop', state: 'token', connected: true }),
  ];
  const list = (): GatewayList => ({
    items: isEmpty ? [] : items,
    sites: [
      { id: 'linden', name: 'Lindenhof Pharmacy' },
      { id: 'north', name: 'North warehouse' },
    ],
    fingerprint: '3fa8c1d207be4590a6e1f38c52d7904b',
    may: { enrol: true, configure: true, revoke: true },
  });
  const app = new Hono();
  app.get('/', (context) => context.json(list()));
  app.post('/codes', (context) => {
    const code: NewGatewayCode = {
      text: '04Z8K-P2M9Q-7TRXW-0C3HJ-VB6DN-5YEAG-1F8S4-KQ2ZT-M7P0R-X9WC3@cloud.example.org:8884',
      expiresAt: now + 3_600_000,
      square: {
        size: 21,
        modules: Array.from({ length: 441 }, (_, index) => ((index * 7919) % 3) & 1).join(''),
      },
    };
    return context.json(code);
  });
  app.post('/:id/revoke', (context) => {
    const body = bodyOf();
    const reason = typeof body === 'object' && body !== null && 'reason' in body ? String(body.reason) : '';
    items = items.map((one) =>
      one.id === context.req.param('id')
        ? { ...one, state: 'revoked', connected: false, ended: { at: now, by: 'Mara Oduya', reason } }
        : one,
    );
    return context.json(list());
  });
  return app;
}
