/** Who had which address when, out of what DHCP servers and sensors recorded. Pure: the order does not matter. */
import { addressKind, addressText } from '../../../devices/model/address.ts';
import { type AddressLease, MAX_LEASES } from '../../../devices/model/address-book.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import type { Registry } from '../../../devices/model/registry.ts';

/** A lease that does not say how long it is: what most servers give. */
const USUAL_MS = 24 * 3_600_000;
const LONGEST_MS = 30 * 24 * 3_600_000;
/** A card is hard to mistake; a name is what a machine says of itself. */
const BY_CARD = 0.98;
const BY_NAME = 0.9;
/** Leases noted before the oldest half is let go. */
const MAX_NOTED = 400_000;

interface Noted {
  readonly id: string;
  readonly at: number;
  readonly until: number;
  readonly address: string;
  /** The machine in its own words: its card, or the name it gives itself. */
  readonly machine: string;
  readonly asset: string | undefined;
  readonly confidence: number;
  readonly source: string;
}

/** Whether an observation tells of a lease. */
export const isLease = ({ facts }: Observation): boolean => facts?.application === 'dhcp';

export class Leases {
  readonly #registry: Registry;
  #noted: Noted[] = [];
  /** Leases for which there was no room. */
  leftOut = 0;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  note(observation: Observation): void {
    const { observables, facts, observedAt: at, id, source } = observation;
    const address = addressText(observables?.ip ?? '');
    const kind = addressKind(address);
    if (!isLease(observation) || (kind !== 'ipv4' && kind !== 'ipv6')) return;
    const card = addressText(observables?.device ?? '');
    const name = typeof facts?.name === 'string' ? addressText(facts.name) : '';
    if (card === '' && name === '') return;
    const byCard = card === '' ? undefined : this.#registry.assetAt(card);
    const byName = name === '' ? undefined : (this.#registry.assetAt(name) ?? this.#registry.asset(name));
    const seconds = facts?.leaseSeconds;
    const lengthMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : USUAL_MS;
    this.#noted.push({
      id,
      at,
      until: at + Math.min(Math.round(lengthMs), LONGEST_MS),
      address,
      machine: card === '' ? name : card,
      asset: (byCard ?? byName)?.id,
      confidence: byCard !== undefined ? BY_CARD : byName !== undefined ? BY_NAME : 1,
      source,
    });
    if (this.#noted.length <= MAX_NOTED) return;
    this.#noted.sort(inTime);
    this.leftOut += this.#noted.splice(0, this.#noted.length - MAX_NOTED / 2).length;
  }

  /** A machine that renews keeps one lease; whoever gets the address next ends it. The newest, in order of time. */
  list(): AddressLease[] {
    const found: AddressLease[] = [];
    for (const [address, all] of Map.groupBy(this.#noted.sort(inTime), (one) => one.address)) {
      let current: (Noted & { from: number }) | undefined;
      const end = (until: number) => {
        if (current === undefined || until <= current.from) return;
        const { asset, from, confidence, source } = current;
        found.push({ address, ...(asset === undefined ? {} : { asset }), from, until, confidence, source });
      };
      for (const one of all) {
        if (current !== undefined && current.machine === one.machine && one.at <= current.until) {
          current = { ...one, from: current.from, until: Math.max(one.until, current.until) };
          continue;
        }
        if (current !== undefined) end(Math.min(current.until, one.at));
        current = { ...one, from: one.at };
      }
      if (current !== undefined) end(current.until);
    }
    // What strangers had matters only where somebody of ours had the same address.
    const ours = new Set(found.flatMap(({ asset, address }) => (asset === undefined ? [] : [address])));
    return found
      .filter(({ address }) => ours.has(address) || this.#registry.assetAt(address) !== undefined)
      .sort((a, b) => a.from - b.from || (a.address < b.address ? -1 : 1))
      .slice(-MAX_LEASES);
  }
}

/** Recorded leases, and of the former ones those that no recorded one contradicts: imported, or older than is looked through. */
export function withFormer(
  recorded: readonly AddressLease[],
  former: readonly AddressLease[],
): AddressLease[] {
  const byAddress = Map.groupBy(recorded, ({ address }) => address);
  const kept = former.filter(
    (one) => !byAddress.get(one.address)?.some(({ from, until }) => from < one.until && one.from < until),
  );
  return [...kept, ...recorded]
    .sort((a, b) => a.from - b.from || (a.address < b.address ? -1 : 1))
    .slice(-MAX_LEASES);
}

const inTime = (a: Noted, b: Noted): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
