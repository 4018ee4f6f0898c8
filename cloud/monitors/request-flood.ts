import { z } from 'zod';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { EarliestInstants, type First, hashOf, putFirst, rounded } from '../communication/bounded.ts';
import { burstsOf, outdated, standsFor } from './crowd.ts';
import type { Found } from './monitor.ts';
import { PerAsset } from './per-asset.ts';
import type { Standing, StandingMonitor, StandingSample } from './standing.ts';

const HOUR_MS = 3_600_000;
const settings = z.strictObject({
  /** Fewer requests than this are never a flood, a second, over ten seconds. */
  perSecond: z.number().min(1).max(1_000_000).default(20),
  /** So many times the most that was asked in ten seconds of the last day. */
  factor: z.number().min(2).max(1_000).default(8),
  /** Nobody knows what is usual before. */
  learningMs: z.number().int().min(1_000).default(HOUR_MS),
  /** A pause longer than this ends a flood. */
  pauseMs: z
    .number()
    .int()
    .min(10_000)
    .default(5 * 60_000),
});
type Settings = z.infer<typeof settings>;

const RULE = 'request-flood';
const SLOT_MS = 10_000;
/** How far back it is known what is usual. */
const SLOT_SECONDS = SLOT_MS / 1_000;
/** A flood that swells for longer is taken for usual. */
const RAMP_MS = 5 * 60_000;
const KEPT_SLOTS = (24 * HOUR_MS) / SLOT_MS;
/** Slots without a flood tell who asked for so long only. */
const SENDERS_SLOTS = HOUR_MS / SLOT_MS;
/** Addresses whose requests are counted one by one, in a slot: a fair sample. */
const MAX_SENDERS = 64;
const EVIDENCE = 8;
/** So many of the answers being refusals, the flood does what it was meant to do. */
const DENIED_SHARE = 0.2;

interface Slot {
  readonly number: number;
  count: number;
  /** Answered with an error of the server, or with "too many". */
  denied: number;
  readonly first: First;
  readonly bySecond: number[];
  readonly earliest: EarliestInstants;
  /** Those of the smallest hashes: who is in it at the end was never out of it, so that each count is whole. */
  senders: Map<string, number>;
  hashes: number;
}

/** One server's requests, by tens of seconds. */
class Target {
  readonly slots = new Map<number, Slot>();
  readonly first: First;
  readonly source: string;
  newest = 0;
  #swept = 0;

  constructor({ observedAt, id, source }: Observation) {
    this.first = { at: observedAt, id };
    this.source = source;
  }

  /** The slot that it fell into; undefined: too long ago. */
  add({ observedAt: at, id, observables, facts }: Observation): Slot | undefined {
    const number = Math.floor(at / SLOT_MS);
    if (number <= this.newest - KEPT_SLOTS) return undefined;
    putFirst(this.first, at, id);
    this.newest = Math.max(this.newest, number);
    let slot = this.slots.get(number);
    if (slot === undefined) {
      const earliest = new EarliestInstants(EVIDENCE);
      const bySecond = Array.from({ length: SLOT_SECONDS }, () => 0);
      slot = {
        number,
        count: 0,
        denied: 0,
        first: { at, id },
        bySecond,
        earliest,
        senders: new Map(),
        hashes: 0,
      };
      this.slots.set(number, slot);
    }
    slot.count++;
    const second = Math.floor((at % SLOT_MS) / 1_000);
    slot.bySecond[second] = (slot.bySecond[second] ?? 0) + 1;
    slot.earliest.add(at, id);
    putFirst(slot.first, at, id);
    const status = facts?.status;
    if (typeof status === 'number' && (status >= 500 || status === 429)) slot.denied++;
    if (observables?.ip !== undefined) countSender(slot, observables.ip);
    return slot;
  }

  /** All floods that are known of. */
  floods({ perSecond, factor, learningMs, pauseMs }: Settings): Slot[][] {
    return burstsOf(this.slots, {
      amountOf: ({ count }) => count,
      floor: perSecond * SLOT_SECONDS,
      factor,
      learnedAt: this.first.at + learningMs,
      rampMs: RAMP_MS,
      pauseMs,
      slotMs: SLOT_MS,
    });
  }

  /** Once an hour. True: a flood is forgotten, and what was found of it stands. */
  sweep(options: Settings): boolean {
    if (this.newest - this.#swept < SENDERS_SLOTS) return false;
    this.#swept = this.newest;
    const runs = this.floods(options);
    const quietSince = this.newest - SENDERS_SLOTS;
    const { numbers, hasBurst } = outdated(this.slots, runs, this.newest - KEPT_SLOTS, quietSince);
    for (const number of numbers) this.slots.delete(number);
    const flooded = new Set(runs.flat());
    for (const slot of this.slots.values())
      if (slot.number < quietSince && !flooded.has(slot)) slot.senders = new Map();
    return hasBurst;
  }
}

function countSender(slot: Slot, ip: string): void {
  const known = slot.senders.get(ip);
  if (known !== undefined) {
    slot.senders.set(ip, known + 1);
    return;
  }
  const hash = hashOf(ip);
  if (slot.senders.size >= MAX_SENDERS && hash >= slot.hashes) return;
  slot.senders.set(ip, 1);
  if (slot.senders.size > MAX_SENDERS) {
    const [largest = ''] = [...slot.senders.keys()].sort((a, b) => hashOf(b) - hashOf(a));
    slot.senders.delete(largest);
  }
  slot.hashes = Math.max(...[...slot.senders.keys()].map(hashOf));
}

/** The first second in which it was half as fast as in the fastest. */
function beginningOf({ first, bySecond }: Slot): number {
  const second = bySecond.findIndex((count) => count >= Math.max(...bySecond) / 2);
  return Math.max(first.at, Math.floor(first.at / SLOT_MS) * SLOT_MS + second * 1_000);
}

function foundOf(asset: string, run: readonly Slot[], registry: Registry): Found[] {
  const [begin] = run;
  if (begin === undefined) return [];
  const senders = new Map<string, number>();
  for (const slot of run)
    for (const [ip, count] of slot.senders) senders.set(ip, (senders.get(ip) ?? 0) + count);
  const [most] = [...senders].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const count = run.reduce((sum, slot) => sum + slot.count, 0);
  const denied = run.reduce((sum, slot) => sum + slot.denied, 0);
  const isDenied = denied >= DENIED_SHARE * count;
  const perSecond = Math.round(Math.max(...run.map((slot) => slot.count)) / (SLOT_MS / 1_000));
  const isOne = most !== undefined && most[1] > count / 2;
  // Who only visits meanwhile is none of the crowd.
  const crowd = [...senders].filter(([, sent]) => most !== undefined && sent >= most[1] / 2);
  const ip = isOne ? most[0] : standsFor(crowd.map(([address]) => address));
  const from = isOne ? most[0] : `${senders.size}${senders.size >= MAX_SENDERS ? ' or more' : ''} addresses`;
  const name = registry.asset(asset)?.name ?? asset;
  return [
    {
      anchor: begin.first.id,
      at: beginningOf(begin),
      severity: isDenied ? 'high' : 'medium',
      summary: `${name} is flooded: up to ${perSecond} requests a second from ${from}${isDenied ? ', and it refuses many of them' : ''}`,
      assets: [asset],
      identities: [],
      observables: ip === undefined ? {} : { ip },
      facts: {
        requests: rounded(count),
        perSecond,
        addresses: senders.size,
        deniedPercent: Math.round((100 * denied) / count),
      },
      evidence: begin.earliest.ids.slice(0, EVIDENCE),
      // Of the house's own steps: ATT&CK's T1498 and T1499 are both of it.
      tactic: 'TA0040',
      count: rounded(count),
    },
  ];
}

const open = (options: Settings, registry: Registry): Standing =>
  new PerAsset({
    rule: RULE,
    registry,
    concerns: ({ kind }) => kind === 'web.requested',
    open(first) {
      const target = new Target(first);
      return {
        source: target.source,
        add: (observation) => (target.add(observation)?.count ?? 0) >= options.perSecond * SLOT_SECONDS,
        found: (asset) => target.floods(options).flatMap((run) => foundOf(asset, run, registry)),
        sweep: () => target.sweep(options),
      };
    },
  });

const ask = (
  at: number,
  ip: string,
  status = 200,
  asset = 'web-shop',
): StandingSample['observations'][number] => ({
  kind: 'web.requested',
  asset,
  observedAt: Math.round(at),
  observables: { ip, path: '/' },
  facts: { status },
});
const list = <Thing>(length: number, make: (index: number) => Thing): Thing[] =>
  Array.from({ length }, (_, index) => make(index));
const small = { perSecond: 2, factor: 4, learningMs: 60_000 };
/** A request every four seconds. */
const ordinary = list(60, (index) => ask(index * 4_000, `198.51.100.${index % 20}`));

/** A server is asked for far more than ever: it is to be kept from answering anybody. */
export const requestFlood: StandingMonitor<Settings> = {
  kind: RULE,
  title: 'Flood of requests',
  configuration: settings,
  rules: [RULE],
  observes: ['web.requested'],
  comeInCrowds: true,
  rememberMs: () => 24 * HOUR_MS,
  open,
  samples: [
    {
      name: 'many addresses ask at once, and most are refused',
      configuration: small,
      observations: [
        ...ordinary,
        ...list(120, (index) =>
          ask(240_000 + index * 250, `203.0.113.${index % 12}`, index > 30 ? 503 : 200),
        ),
      ],
      expect: [{ rule: RULE, at: 240_000, severity: 'high', count: 120 }],
    },
    {
      name: 'one address asks again and again, and is answered',
      configuration: small,
      observations: [...ordinary, ...list(80, (index) => ask(240_000 + index * 250, '203.0.113.9'))],
      expect: [{ rule: RULE, at: 240_000, severity: 'medium', count: 80 }],
    },
    {
      name: 'a sale: three times as many as usual',
      configuration: { ...small, perSecond: 1 },
      observations: [
        ...list(200, (index) => ask(index * 2_000, `198.51.100.${index % 50}`)),
        ...list(60, (index) => ask(400_000 + index * 670, `198.51.100.${index % 50}`)),
      ],
      expect: [],
    },
    {
      name: 'what is usual is not yet known',
      configuration: small,
      observations: list(80, (index) => ask(index * 250, `198.51.100.${index % 50}`)),
      expect: [],
    },
    {
      name: 'a server that seldom hears anything hears a little more',
      configuration: small,
      observations: [
        ...ordinary.slice(0, 20),
        ...list(15, (index) => ask(240_000 + index * 500, '198.51.100.7')),
      ],
      expect: [],
    },
  ],
};
