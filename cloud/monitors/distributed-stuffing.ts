import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { DistinctSample, type First, putFirst, rounded } from '../communication/bounded.ts';
import { burstsOf, outdated, standsFor } from './crowd.ts';
import { tellerOf } from './log-ins.ts';
import type { Found } from './monitor.ts';
import { PerAsset } from './per-asset.ts';
import type { Standing, StandingMonitor, StandingSample } from './standing.ts';

const HOUR_MS = 3_600_000;
const settings = z.strictObject({
  /** Accounts that fail within five minutes at one place, from which on it is a list of stolen passwords. */
  accounts: z.number().int().min(5).max(200).default(25),
  /** Addresses that they come from: fewer are `credential-stuffing`'s. */
  addresses: z.number().int().min(2).max(200).default(5),
  /** So many times the most of five minutes of the last day. */
  factor: z.number().min(2).max(1_000).default(5),
  /** So much of what is tried must fail. */
  failing: z.number().min(0.1).max(1).default(0.6),
  /** Nobody knows what is usual before. */
  learningMs: z.number().int().min(1_000).default(HOUR_MS),
  /** A pause longer than this ends a wave. */
  pauseMs: z
    .number()
    .int()
    .min(60_000)
    .default(60 * 60_000),
});
type Settings = z.infer<typeof settings>;

const RULE = 'distributed-stuffing';
/** Two of these are the five minutes that count. */
const SLOT_MS = 150_000;
const RAMP_MS = 15 * 60_000;
const KEPT_SLOTS = (24 * HOUR_MS) / SLOT_MS;
/** Of more than this in a slot a sample is kept. */
const MAX_SAMPLE = 256;
const EVIDENCE = 12;
const MAX_NAMED = 5;
/** Kinds of sources that tell of one place's log-ins. */
const MAX_TELLERS = 16;
const FEW = 2;

interface Slot {
  readonly number: number;
  /** By who told it: an access log and the shop tell of the same log-ins, so whoever tells most counts. */
  readonly failed: Map<string, number>;
  readonly succeeded: Map<string, number>;
  readonly first: First;
  readonly accounts: DistinctSample<undefined>;
  readonly tries: DistinctSample<{ account: string; ip: string }>;
  /** Who got in, and from where. */
  readonly entered: DistinctSample<{ account: string; ip: string }>;
}

const most = (byTeller: ReadonlyMap<string, number>): number => Math.max(0, ...byTeller.values());
const oneMore = (byTeller: Map<string, number>, teller: string) => {
  if (byTeller.has(teller) || byTeller.size < MAX_TELLERS)
    byTeller.set(teller, (byTeller.get(teller) ?? 0) + 1);
};

/** The log-ins of one place, by slots of time. */
class Place {
  readonly slots = new Map<number, Slot>();
  readonly first: First;
  readonly source: string;
  newest = 0;
  #swept = 0;

  constructor({ observedAt, id, source }: Observation) {
    this.first = { at: observedAt, id };
    this.source = source;
  }

  /** Accounts that failed in a slot and the one before. */
  failing(number: number): number {
    const inSlot = (one: number) => this.slots.get(one)?.accounts.distinct ?? 0;
    return inSlot(number) + inSlot(number - 1);
  }

  /** The slot that it fell into; undefined: too long ago. */
  add({ kind, observedAt: at, id, source }: Observation, account: string, ip: string): number | undefined {
    const number = Math.floor(at / SLOT_MS);
    if (number <= this.newest - KEPT_SLOTS) return undefined;
    putFirst(this.first, at, id);
    this.newest = Math.max(this.newest, number);
    const slot = this.slots.get(number) ?? {
      number,
      failed: new Map(),
      succeeded: new Map(),
      first: { at, id },
      accounts: new DistinctSample(MAX_SAMPLE),
      tries: new DistinctSample(MAX_SAMPLE),
      entered: new DistinctSample(MAX_SAMPLE),
    };
    this.slots.set(number, slot);
    if (kind === 'login.succeeded') {
      oneMore(slot.succeeded, tellerOf({ source }));
      slot.entered.add(`${ip} ${account}`, at, id, () => ({ account, ip }));
      return number;
    }
    if (slot.failed.size === 0) Object.assign(slot.first, { at, id });
    oneMore(slot.failed, tellerOf({ source }));
    putFirst(slot.first, at, id);
    slot.accounts.add(account, at, id, () => undefined);
    slot.tries.add(`${ip} ${account}`, at, id, () => ({ account, ip }));
    return number;
  }

  /** All waves that are known of. */
  waves({ accounts: floor, addresses, failing, factor, learningMs, pauseMs }: Settings): Slot[][] {
    return burstsOf(this.slots, {
      amountOf: (_, number) => this.failing(number),
      isOne: (slot) =>
        strangersOf(slot).length >= addresses &&
        most(slot.failed) >= failing * (most(slot.failed) + most(slot.succeeded)),
      floor,
      factor,
      learnedAt: this.first.at + learningMs,
      rampMs: RAMP_MS,
      pauseMs,
      slotMs: SLOT_MS,
    });
  }

  /** Once an hour. True: a wave is forgotten, and what was found of it stands. */
  sweep(options: Settings): boolean {
    if (this.newest - this.#swept < HOUR_MS / SLOT_MS) return false;
    this.#swept = this.newest;
    const quietSince = this.newest - Math.ceil(options.pauseMs / SLOT_MS);
    const from = this.newest - KEPT_SLOTS;
    const { numbers, hasBurst } = outdated(this.slots, this.waves(options), from, quietSince);
    for (const number of numbers) this.slots.delete(number);
    return hasBurst;
  }
}

/** Addresses from where a password failed and was not then right: who mistypes is no stranger. */
const strangersOf = ({ tries, entered }: Slot): string[] => {
  const right = new Set([...entered.entries()].map(({ name }) => name));
  const wrong = [...tries.entries()].filter(({ name }) => !right.has(name));
  return [...new Set(wrong.map(({ thing }) => thing.ip))];
};

const inTime = (a: { at: number; id: string }, b: { at: number; id: string }) =>
  a.at - b.at || (a.id < b.id ? -1 : 1);

function foundOf(asset: string, run: readonly Slot[], registry: Registry): Found[] {
  const [begin] = run;
  if (begin === undefined) return [];
  const addresses = new Set(run.flatMap(strangersOf));
  const accounts = run.reduce((sum, slot) => sum + slot.accounts.distinct, 0);
  const failed = run.reduce((sum, slot) => sum + most(slot.failed), 0);
  const attempts = run.flatMap((slot) => [...slot.accounts.entries()]).sort(inTime);
  // From where a password failed, and another account's was right.
  const entered = run
    .flatMap((slot) => [...slot.entered.entries()])
    .filter(({ thing }) => addresses.has(thing.ip))
    .sort(inTime);
  const failing = new Set(attempts.map(({ name }) => name));
  const taken = [...new Set(entered.map(({ thing }) => thing.account))]
    .filter((account) => !failing.has(account))
    .sort();
  const name = registry.asset(asset)?.name ?? asset;
  const only = taken.length === 1 ? taken[0] : undefined;
  const ip = standsFor(addresses);
  const identities = taken.flatMap((account) => registry.resolve({ account }, asset)?.id ?? []);
  return [
    {
      anchor: begin.first.id,
      // One or two mistype at any time.
      at: attempts[Math.min(FEW, attempts.length - 1)]?.at ?? begin.first.at,
      severity: taken.length > 0 ? 'high' : 'medium',
      summary: `${rounded(addresses.size)} addresses tried the passwords of ${rounded(accounts)} accounts at ${name}, ${rounded(failed)} times in vain${taken.length === 0 ? '' : `, and got into ${taken.length === 1 ? `the account ${only}` : `${taken.length} accounts: ${taken.slice(0, MAX_NAMED).join(', ')}`}`}`,
      assets: [asset],
      identities: [...new Set(identities)].sort().slice(0, MAX_NAMED),
      observables: {
        ...(ip === undefined ? {} : { ip }),
        ...(only === undefined ? {} : { account: only }),
      },
      facts: {
        accounts: rounded(accounts),
        addresses: rounded(addresses.size),
        failures: rounded(failed),
        takenOver: taken.length,
      },
      evidence: [...attempts.slice(0, EVIDENCE / 2), ...entered.slice(0, EVIDENCE / 2)].map(({ id }) => id),
      tactic: 'T1110.004',
      count: rounded(failed),
    },
  ];
}

const accountOf = ({ subjects }: Observation) => subjects?.account?.toLowerCase();

const open = (options: Settings, registry: Registry): Standing =>
  new PerAsset({
    rule: RULE,
    registry,
    concerns: (observation) =>
      accountOf(observation) !== undefined && observation.observables?.ip !== undefined,
    open(first) {
      const place = new Place(first);
      return {
        source: place.source,
        add(observation) {
          const number = place.add(
            observation,
            accountOf(observation) ?? '',
            observation.observables?.ip ?? '',
          );
          return (
            number !== undefined && place.failing(number) + place.failing(number + 1) >= options.accounts
          );
        },
        found: (asset) => place.waves(options).flatMap((run) => foundOf(asset, run, registry)),
        sweep: () => place.sweep(options),
      };
    },
  });

const attempt = (
  at: number,
  account: string,
  ip: string,
  kind: 'login.failed' | 'login.succeeded' = 'login.failed',
): StandingSample['observations'][number] => ({
  kind,
  asset: 'web-shop',
  observedAt: at,
  subjects: { account },
  observables: { ip },
});
const list = <Thing>(length: number, make: (index: number) => Thing): Thing[] =>
  Array.from({ length }, (_, index) => make(index));
/** Customers, every minute, one in ten of whom mistypes. */
const ordinary = (until: number) =>
  list(Math.floor(until / 60_000), (index) =>
    attempt(
      index * 60_000,
      `c${index % 40}`,
      `198.51.100.${index % 40}`,
      index % 10 === 0 ? 'login.failed' : 'login.succeeded',
    ),
  );
const wave = (at: number) =>
  list(40, (index) => attempt(at + index * 3_000, `s${index}`, `203.0.113.${index % 20}`));

/**
 * Many addresses, each with one or two accounts, fail at one place within minutes: a list of stolen passwords tried
 * through other people's machines. No address alone would be noticed.
 */
export const distributedStuffing: StandingMonitor<Settings> = {
  kind: RULE,
  title: 'Stolen passwords tried from many addresses',
  configuration: settings,
  rules: [RULE],
  observes: ['login.failed', 'login.succeeded'],
  rememberMs: () => 24 * HOUR_MS,
  open,
  samples: [
    {
      name: 'forty accounts from twenty addresses',
      observations: [...ordinary(2 * HOUR_MS), ...wave(2 * HOUR_MS + 1_000)],
      expect: [{ rule: RULE, at: 2 * HOUR_MS + 7_000, severity: 'medium', count: 40 }],
    },
    {
      name: 'and one password is right',
      observations: [
        ...ordinary(2 * HOUR_MS),
        ...wave(2 * HOUR_MS + 1_000),
        attempt(2 * HOUR_MS + 122_000, 'jo', '203.0.113.4', 'login.succeeded'),
      ],
      expect: [{ rule: RULE, at: 2 * HOUR_MS + 7_000, severity: 'high', count: 40 }],
    },
    {
      name: 'one address with a long list is told elsewhere',
      observations: [
        ...ordinary(2 * HOUR_MS),
        ...list(40, (index) => attempt(2 * HOUR_MS + index * 3_000, `s${index}`, '203.0.113.9')),
      ],
      expect: [],
    },
    {
      name: 'a sale: forty customers, of whom a quarter have forgotten',
      observations: [
        ...ordinary(2 * HOUR_MS),
        ...list(120, (index) =>
          attempt(
            2 * HOUR_MS + index * 2_000,
            `d${index}`,
            `198.51.100.${index}`,
            index % 4 === 0 ? 'login.failed' : 'login.succeeded',
          ),
        ),
      ],
      expect: [],
    },
    { name: 'what is usual is not yet known', observations: wave(0), expect: [] },
  ],
};
