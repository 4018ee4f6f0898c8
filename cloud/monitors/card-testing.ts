import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import { episodesOf, evidenceOf } from './episodes.ts';
import { identitiesOf, type Monitor } from './monitor.ts';

const configuration = z.strictObject({
  /** Cards of one device, account or address, from which on they are not one person's. */
  cards: z.number().int().min(3).max(1_000).default(5),
  /** Accounts that pay with one card, from which on it is not a family's. */
  accounts: z.number().int().min(3).max(1_000).default(4),
  pauseMs: z
    .number()
    .int()
    .min(1_000)
    .default(6 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const EVIDENCE = 16;

const payerOf = ({ subjects, observables }: Observation): string | undefined =>
  subjects?.account ?? observables?.email;
const refusedIn = (observations: readonly Observation[]): number =>
  observations.filter(({ facts }) => facts?.succeeded === false).length;

const payment = (
  at: number,
  card: string,
  account: string,
  over: Partial<Observation> = {},
  state = 'declined',
) => ({
  kind: 'payment.decided' as const,
  asset: 'card-payments',
  observedAt: at,
  subjects: { account },
  observables: { card, device: 'd-1', ip: '203.0.113.9', payment: `pay_${at}` },
  facts: { state, succeeded: state === 'authorised' },
  ...over,
});

/**
 * Many cards on one device, account or address, or one card on many accounts: numbers that were stolen are tried, or
 * used by whoever bought them. From an address alone, which many may share, most must be refused.
 */
export const cardTesting: Monitor<Configuration> = {
  kind: 'card-testing',
  title: 'Stolen cards tried',
  configuration,
  observes: ['payment.decided'],
  keys(observation) {
    const { device, ip, card } = observation.observables ?? {};
    if (card === undefined) return [];
    const payer = payerOf(observation)?.toLowerCase();
    return [
      `card|${card}`,
      ...(device === undefined ? [] : [`device|${device}`]),
      ...(payer === undefined ? [] : [`account|${payer}`]),
      ...(ip === undefined ? [] : [`ip|${ip}`]),
    ];
  },
  rememberMs: ({ pauseMs }) => pauseMs + 24 * 3_600_000,
  judge(course, settings, registry) {
    return episodesOf(course, settings.pauseMs).flatMap((episode) => {
      const { observations } = episode;
      const last = observations.at(-1);
      if (last === undefined) return [];
      const cards = new Set<string>();
      const payers = new Set<string>();
      const shared = sharedBy(observations);
      const isCard = shared.card !== undefined;
      const reached = observations.find((one) => {
        const payer = payerOf(one)?.toLowerCase();
        cards.add(one.observables?.card ?? '');
        if (payer !== undefined) payers.add(payer);
        return isCard ? payers.size >= settings.accounts : cards.size >= settings.cards;
      });
      if (reached === undefined) return [];
      const all = new Set(observations.map(({ observables }) => observables?.card));
      const accounts = new Set(observations.flatMap((one) => payerOf(one)?.toLowerCase() ?? []));
      const refused = refusedIn(observations);
      const byAddressAlone = !isCard && shared.device === undefined && accounts.size > 1;
      if (byAddressAlone && refused < observations.length / 2) return [];
      const who = isCard
        ? `One card was used by ${accounts.size} accounts`
        : `${all.size} cards were used on ${shared.device !== undefined ? `the device ${shared.device}` : accounts.size === 1 ? `the account ${[...accounts][0]}` : `the address ${shared.ip}`}`;
      return [
        {
          anchor: episode.firstId,
          at: reached.observedAt,
          severity: refused < observations.length ? ('high' as const) : ('medium' as const),
          summary: `${who}, ${observations.length} payments, ${refused} of them refused`,
          assets: [last.asset],
          identities: [...new Set(observations.flatMap((one) => identitiesOf(one, registry)))]
            .sort()
            .slice(0, 16),
          observables: shared,
          facts: { cards: all.size, accounts: accounts.size, payments: observations.length, refused },
          evidence: evidenceOf(observations, EVIDENCE),
          tactic: 'T1657',
          count: episode.count,
        },
      ];
    });
  },
  samples: [
    {
      name: 'eight cards on one device, the last one works',
      observations: [
        ...Array.from({ length: 7 }, (_, index) => payment(index * 20_000, `c${index}`, `x${index}`)),
        payment(150_000, 'c7', 'x7', {}, 'authorised'),
      ],
      // Known by the device and by the address.
      expect: [
        { at: 80_000, severity: 'high', count: 8 },
        { at: 80_000, severity: 'high', count: 8 },
      ],
    },
    {
      name: 'one card on four accounts',
      observations: Array.from({ length: 4 }, (_, index) =>
        payment(
          index * 600_000,
          'stolen',
          `x${index}`,
          { observables: { card: 'stolen', ip: `198.51.100.${index}` } },
          'authorised',
        ),
      ),
      expect: [{ at: 1_800_000, severity: 'high', count: 4 }],
    },
    {
      name: 'a customer whose card is refused takes another',
      observations: [
        payment(0, 'c1', 'jo'),
        payment(60_000, 'c2', 'jo'),
        payment(90_000, 'c3', 'jo', {}, 'authorised'),
      ],
      expect: [],
    },
    {
      name: 'an office, a school, a telephone company: many who pay from one address',
      observations: Array.from({ length: 30 }, (_, index) =>
        payment(
          index * 60_000,
          `c${index}`,
          `x${index}`,
          { observables: { card: `c${index}`, ip: '198.51.100.9' } },
          index % 9 === 0 ? 'declined' : 'authorised',
        ),
      ),
      expect: [],
    },
  ],
};

/** What all of them share of card, device and address. */
function sharedBy(observations: readonly Observation[]): Record<string, string> {
  const shared: Record<string, string> = {};
  for (const name of ['card', 'device', 'ip'] as const) {
    const values = new Set(observations.map(({ observables }) => observables?.[name]));
    const [only] = values;
    if (values.size === 1 && only !== undefined) shared[name] = only;
  }
  const accounts = new Set(observations.map((one) => payerOf(one)));
  const [account] = accounts;
  if (accounts.size === 1 && account !== undefined) shared.account = account;
  return shared;
}
