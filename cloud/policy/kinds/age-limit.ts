import { z } from 'zod';
import { assetKind } from '../../../devices/model/asset.ts';
import { identifier } from '../../../devices/model/identifiers.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';
import { assetsOf, condition, kindsOf, meets } from '../condition.ts';
import type { Breach, PolicyKind } from '../policy-kind.ts';

const DAY_MS = 24 * 3_600_000;
const days = z.number().min(0).max(20_000);

const shape = {
  of: z.discriminatedUnion('from', [
    /** The calibration that the registry has of an asset with a temperature band. */
    z.strictObject({
      from: z.literal('calibration'),
      assets: z.array(identifier).max(1_000).optional(),
      assetKinds: z.array(assetKind).max(32).optional(),
      /** Since it was calibrated; where it is not said, the date on which it is due counts. */
      maxAgeDays: days.optional(),
    }),
    /** When it was last seen to happen. */
    z.strictObject({ from: z.literal('seen'), seen: condition, maxAgeDays: days }),
    /** A time in milliseconds that what was seen states, for instance `notAfter`: so long it must be good for. */
    z.strictObject({
      from: z.literal('stated'),
      seen: condition,
      fact: z.string().min(1).max(64),
      /** Things of one asset are told apart by this fact, for instance `host`. */
      by: z.string().min(1).max(64).optional(),
      mustRemainDays: days,
    }),
  ]),
  what: z.string().min(1).max(128).default('it'),
};
type Settings = z.output<z.ZodObject<typeof shape>>;

function calibratedAssets(
  of: Extract<Settings['of'], { from: 'calibration' }>,
  registry: Registry,
): string[] {
  return registry.document.assets
    .filter(
      ({ id, kind, band }) =>
        (of.assets?.includes(id) ?? true) && (of.assetKinds?.includes(kind) ?? true) && band !== undefined,
    )
    .map(({ id }) => id);
}

interface Limit {
  at: number;
  anchor: string;
  summary: string;
  evidence: string[];
}

function limitOf(
  { of, what }: Settings,
  scope: string,
  last: Observation | undefined,
  registry: Registry,
): Limit | undefined {
  const name = registry.asset(scope.split('|')[0] ?? '')?.name ?? scope;
  if (of.from === 'calibration') {
    const calibration = registry.asset(scope)?.coldChain?.calibration;
    if (calibration === undefined) return undefined;
    const { calibratedOn, dueOn } = calibration;
    const at =
      of.maxAgeDays === undefined
        ? Date.parse(dueOn) + DAY_MS
        : Date.parse(calibratedOn) + of.maxAgeDays * DAY_MS;
    return {
      at,
      anchor: calibratedOn,
      summary: `${name} was last calibrated on ${calibratedOn}`,
      evidence: [],
    };
  }
  if (last === undefined) return undefined;
  if (of.from === 'seen')
    return {
      at: last.observedAt + of.maxAgeDays * DAY_MS,
      anchor: last.id,
      summary: `${what} at ${name} is older than ${of.maxAgeDays} days`,
      evidence: [last.id],
    };
  const stated = Number(last.facts?.[of.fact]);
  if (!Number.isFinite(stated)) return undefined;
  const which = of.by === undefined ? '' : ` of ${last.facts?.[of.by] ?? ''}`;
  return {
    at: stated - of.mustRemainDays * DAY_MS,
    anchor: String(stated),
    summary: `${what}${which} is good until ${new Date(stated).toISOString().slice(0, 10)} only`,
    evidence: [last.id],
  };
}

const certificate = (at: number, endsInDays: number) => ({
  kind: 'certificate.seen' as const,
  asset: 'web-shop',
  observedAt: at,
  facts: { host: 'shop.example', notAfter: endsInDays * DAY_MS },
});
const certificates = {
  of: {
    from: 'stated' as const,
    seen: { kinds: ['certificate.seen' as const] },
    fact: 'notAfter',
    by: 'host',
    mustRemainDays: 14,
  },
  what: 'The certificate',
};

/** This is no older than so many days, or good for so many more. */
export const ageLimit: PolicyKind<typeof shape> = {
  kind: 'age-limit',
  settings: z.strictObject(shape),
  observes: ({ of }) => (of.from === 'calibration' ? [] : kindsOf([of.seen])),
  // The newest is kept in any case.
  spanMs: () => DAY_MS,
  scopes: ({ of }, registry) =>
    of.from === 'calibration'
      ? calibratedAssets(of, registry)
      : of.from === 'seen'
        ? (assetsOf(of.seen, registry) ?? [])
        : [],
  scopesOf({ of }, observation, registry) {
    if (of.from === 'calibration' || !meets(of.seen, observation, registry)) return [];
    const by = of.from === 'stated' && of.by !== undefined ? `|${observation.facts?.[of.by] ?? ''}` : '';
    return [observation.asset + by];
  },
  judge({ settings, scope, observations, now, latenessMs, inForceFrom, registry }) {
    const limit = limitOf(settings, scope, observations.at(-1), registry);
    if (limit === undefined) return { breaches: [], hasNoData: true };
    const waits = settings.of.from === 'calibration' ? 0 : latenessMs;
    if (now < limit.at + waits) return { breaches: [], hasNoData: false };
    const breach: Breach = {
      anchor: limit.anchor,
      at: Math.max(Math.ceil(limit.at), inForceFrom),
      assets: [scope.split('|')[0] ?? scope],
      summary: limit.summary,
      facts: { limit: new Date(limit.at).toISOString().slice(0, 10) },
      evidence: limit.evidence,
    };
    return { breaches: [breach], hasNoData: false };
  },
  samples: [
    {
      name: 'good for long',
      settings: certificates,
      observations: [certificate(0, 90)],
      now: 30 * DAY_MS,
      expect: [],
    },
    {
      name: 'ends soon',
      settings: certificates,
      observations: [certificate(0, 90)],
      now: 80 * DAY_MS,
      expect: [{ at: 76 * DAY_MS }],
    },
    {
      name: 'was renewed',
      settings: certificates,
      observations: [certificate(0, 90), certificate(70 * DAY_MS, 160)],
      now: 80 * DAY_MS,
      expect: [],
    },
    {
      name: 'calibrated within the year',
      settings: { of: { from: 'calibration', assetKinds: ['fridge'], maxAgeDays: 365 } },
      observations: [],
      now: 300 * DAY_MS,
      expect: [],
    },
    {
      name: 'calibrated more than a year ago',
      settings: { of: { from: 'calibration', assetKinds: ['fridge'], maxAgeDays: 365 } },
      observations: [],
      now: 400 * DAY_MS,
      expect: [{ at: 374 * DAY_MS }],
    },
    {
      name: 'the software is older than a month',
      settings: {
        of: {
          from: 'seen',
          seen: { kinds: ['configuration.changed'], where: { 'facts.what': 'software' } },
          maxAgeDays: 30,
        },
      },
      observations: [
        { kind: 'configuration.changed', asset: 'gateway', observedAt: 0, facts: { what: 'software' } },
        {
          kind: 'configuration.changed',
          asset: 'gateway',
          observedAt: 20 * DAY_MS,
          facts: { what: 'rules' },
        },
      ],
      now: 40 * DAY_MS,
      expect: [{ at: 30 * DAY_MS }],
    },
  ],
};
