import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import { wallMs } from '../panel/zone-time.ts';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const DAY_MS = 24 * 3_600_000;
/** Packs of which it is remembered that they were told. */
const MAX_TOLD = 64;

const configuration = z.strictObject({
  /** So many days before its expiry an item is told as well; 0: only when it has expired. */
  soonDays: z.number().int().min(0).max(365).default(0),
  /** The same pack scanned again within this is not told again. */
  quietMs: durationMs.default(600_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ told: z.array(z.object({ code: z.string(), at: z.number() })).max(MAX_TOLD) });
type State = z.infer<typeof state>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An expired medicine was in somebody's hand: it must not leave the shop. */
export const expiredItem: RuleKind<Configuration, State> = {
  kind: 'expired-item',
  title: 'Expired item scanned',
  instruction:
    'Do not hand it over. Put it into the quarantine box and look for others of the same batch on the shelf.',
  configuration,
  state,
  observes: ['item.scanned'],
  fits: () => true,
  initial: () => ({ told: [] }),

  step({ told }, { id, observedAt, facts, site }, key, { soonDays, quietMs }, { registry }) {
    const [expiresOn, code, gtin, batch] = [facts?.expiresOn, facts?.code, facts?.gtin, facts?.batch].map(
      text,
    );
    const expiry = expiresOn === undefined ? Number.NaN : Date.parse(expiresOn);
    if (code === undefined || expiresOn === undefined || Number.isNaN(expiry)) return undefined;
    // An item is good until the end of the day, by the wall clock of the shop.
    const now = wallMs(registry.site(site)?.timeZone ?? 'UTC', observedAt);
    const daysLeft = Math.floor((expiry + DAY_MS - now) / DAY_MS);
    const isExpired = now >= expiry + DAY_MS;
    if (!isExpired && daysLeft >= soonDays) return undefined;
    const recent = told.filter(({ at }) => Math.abs(observedAt - at) < quietMs);
    if (recent.some((each) => each.code === code)) return undefined;
    const name = [
      gtin === undefined ? undefined : `GTIN ${gtin}`,
      batch === undefined ? undefined : `batch ${batch}`,
    ]
      .filter((part) => part !== undefined)
      .join(', ');
    return {
      state: { told: [...recent, { code, at: observedAt }].slice(-MAX_TOLD) },
      findings: [
        {
          severity: isExpired ? 'medium' : 'low',
          summary: `At ${nameOf(key, registry)} an item was scanned that ${
            isExpired ? `expired on ${expiresOn}` : `expires on ${expiresOn}`
          }${name === '' ? '' : ` (${name})`}.`,
          assets: [key],
          facts: {
            expiresOn,
            ...(gtin === undefined ? {} : { gtin }),
            ...(batch === undefined ? {} : { batch }),
          },
          evidence: [id],
        },
      ],
    };
  },

  samples: [
    {
      name: 'an expired pack is told once',
      observations: [
        {
          kind: 'item.scanned',
          asset: 'sensor-office',
          // 2026-11-24 08:00 UTC.
          observedAt: 1_795_507_200_000,
          facts: { code: 'a', gtin: '09506000134352', batch: 'AB-12', expiresOn: '2026-10-31' },
        },
        {
          kind: 'item.scanned',
          asset: 'sensor-office',
          observedAt: 1_795_507_260_000,
          facts: { code: 'a', expiresOn: '2026-10-31' },
        },
      ],
      expect: [{ at: 1_795_507_200_000, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'on its last day it is still good; when the shop’s midnight has passed it is not',
      observations: [
        {
          kind: 'item.scanned',
          asset: 'sensor-office',
          // 22:30 UTC is 23:30 in Berlin.
          observedAt: 1_795_559_400_000,
          facts: { code: 'b', expiresOn: '2026-11-24' },
        },
        {
          kind: 'item.scanned',
          asset: 'sensor-office',
          observedAt: 1_795_563_000_000,
          facts: { code: 'b', expiresOn: '2026-11-24' },
        },
      ],
      expect: [{ at: 1_795_563_000_000, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'one that will expire within a month is told where that is wanted',
      configuration: { soonDays: 30 },
      observations: [
        {
          kind: 'item.scanned',
          asset: 'sensor-office',
          observedAt: 1_795_507_200_000,
          facts: { code: 'c', expiresOn: '2026-12-10' },
        },
      ],
      expect: [{ at: 1_795_507_200_000, severity: 'low', asset: 'sensor-office' }],
    },
    {
      name: 'a shelf’s label says nothing of an expiry',
      observations: [
        { kind: 'item.scanned', asset: 'sensor-office', observedAt: 0, facts: { code: 'SHELF-12' } },
      ],
      expect: [],
    },
  ],
};
