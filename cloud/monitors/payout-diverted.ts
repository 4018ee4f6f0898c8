import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { identitiesOf, type Monitor, whoAndWhence } from './monitor.ts';

const configuration = z.strictObject({
  /** A payment to an account that was changed no longer ago than this. */
  withinMs: z
    .number()
    .int()
    .min(60_000)
    .default(7 * 24 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const HOUR_MS = 3_600_000;

const payout = (at: number, state: string, over: Partial<Observation> = {}) => ({
  kind: 'payout.changed' as const,
  asset: 'card-payments',
  observedAt: at,
  subjects: { account: 'a.weber' },
  observables: { ip: '203.0.113.9' },
  facts: {
    state,
    ...(state === 'account-changed' ? { payoutAccount: '…3000', previousPayoutAccount: '…2051' } : {}),
  },
  ...over,
});

/** The account that takings go to was changed: rare, and worth a call. Paid out soon after, it may be the thief's. */
export const payoutDiverted: Monitor<Configuration> = {
  kind: 'payout-diverted',
  title: 'Payout account changed',
  configuration,
  observes: ['payout.changed'],
  keys: ({ asset }) => [asset],
  rememberMs: ({ withinMs }) => withinMs + 24 * HOUR_MS,
  judge({ observations }, { withinMs }, registry) {
    return observations.flatMap((changed, index) => {
      if (changed.facts?.state !== 'account-changed') return [];
      const next = observations.slice(index + 1).find(({ facts }) => facts?.state === 'account-changed');
      const sent = observations.find(
        ({ facts, observedAt }) =>
          facts?.state === 'sent' &&
          observedAt > changed.observedAt &&
          observedAt - changed.observedAt <= withinMs &&
          (next === undefined || observedAt <= next.observedAt),
      );
      const { payoutAccount: to, previousPayoutAccount: before } = changed.facts;
      const amount = sent?.facts?.amount;
      const by = changed.subjects?.account ?? changed.facts.by;
      const hours = sent === undefined ? 0 : Math.round((sent.observedAt - changed.observedAt) / HOUR_MS);
      return [
        {
          anchor: changed.id,
          at: changed.observedAt,
          severity: sent === undefined ? ('medium' as const) : ('high' as const),
          summary: `The account for payouts was changed${to === undefined ? '' : ` to ${to}`}${before === undefined ? '' : ` from ${before}`}${by === undefined ? '' : ` by ${by}`}${sent === undefined ? '' : `, and ${hours} h later ${typeof amount === 'number' ? `${amount.toFixed(2)} ` : 'money '}went there`}`,
          assets: [changed.asset],
          identities: identitiesOf(changed, registry),
          observables: whoAndWhence(changed),
          facts: {
            paidOut: sent !== undefined,
            ...(typeof amount === 'number' ? { amount } : {}),
            ...(to === undefined ? {} : { payoutAccount: to }),
          },
          evidence: sent === undefined ? [changed.id] : [changed.id, sent.id],
          tactic: 'T1657',
        },
      ];
    });
  },
  samples: [
    {
      name: 'changed, and paid out the next day',
      observations: [
        payout(0, 'account-changed'),
        payout(26 * HOUR_MS, 'sent', { facts: { state: 'sent', amount: 8_120 } }),
      ],
      expect: [{ at: 0, severity: 'high' }],
    },
    {
      name: 'changed',
      observations: [payout(0, 'account-changed')],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'paid out as every week',
      observations: [payout(0, 'sent'), payout(168 * HOUR_MS, 'sent')],
      expect: [],
    },
  ],
};
