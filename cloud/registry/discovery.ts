/**
 * What is heard of and in no registry: machines in flows and logs, devices at gateways, vehicles, cameras. Bounded,
 * and hard to fill: who was only called is not listed, who was heard in one hour alone goes before who stays, and a
 * site takes so many new ones an hour.
 */
import { z } from 'zod';
import { addressKind, addressText } from '../../devices/model/address.ts';
import { type AssetKind, assetKind } from '../../devices/model/asset.ts';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Listed at once, and of one site. */
export const MAX_DISCOVERED = 5_000;
export const MAX_OF_SITE = 1_000;
/** New ones of a site in an hour; a scan has more. */
export const MAX_NEW_PER_HOUR = 100;
/** Ports and sources kept of each. */
const MAX_PORTS = 16;
const HOUR_MS = 3_600_000;

export const discovered = z.strictObject({
  /** `address:10.0.0.7`, `asset:van-3`. */
  id: z.string().max(300),
  /** As it was called where it was heard. */
  name: z.string().max(256),
  site: identifier,
  firstAt: instant,
  lastAt: instant,
  /** Observations. */
  count: z.number().int().min(1),
  /** Hours of the clock in which it was heard, at most 1,000. */
  hours: z.number().int().min(1),
  source: z.string().max(256),
  seems: assetKind,
  /** Ports on which it answered. */
  ports: z.array(z.number().int()).max(MAX_PORTS),
  /** An observation. */
  evidence: z.string().max(256),
});
export type Discovered = z.infer<typeof discovered>;

/** What a port says about who answers on it. */
const kindOfPort: Readonly<Record<number, AssetKind>> = {
  80: 'host',
  443: 'host',
  554: 'camera',
  8554: 'camera',
  3702: 'camera',
  37777: 'camera',
  53: 'network',
  67: 'network',
  161: 'network',
  1883: 'gateway',
  8883: 'gateway',
  502: 'sensor',
};

const insideAddress =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/;

const unanswered: ReadonlySet<unknown> = new Set(['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'new']);

interface Heard {
  readonly id: string;
  readonly name: string;
  readonly seems: AssetKind;
  readonly port?: number;
}

/** What an observation names that is in no registry. Pure. */
export function unknownIn(observation: Observation, registry: Registry): Heard[] {
  const { asset, kind, observables, facts } = observation;
  const found: Heard[] = [];
  if (registry.asset(asset) === undefined)
    found.push({ id: `asset:${asset}`, name: asset, seems: kindSeen(observation) });
  const address = (text: string | undefined, seems: AssetKind, port?: number) => {
    if (text === undefined) return;
    const plain = addressText(text);
    if (addressKind(plain) === undefined || registry.assetAt(plain) !== undefined) return;
    if (addressKind(plain) !== 'name' && !insideAddress.test(plain)) return;
    if (registry.document.sharedAddresses.includes(plain)) return;
    found.push({ id: `address:${plain}`, name: plain, seems, ...(port === undefined ? {} : { port }) });
  };
  if (kind === 'network.connected' || kind === 'domain.resolved') {
    const failed = facts?.action === 'blocked' || facts?.action === 'failed' || unanswered.has(facts?.state);
    // Who begins is there; who is called is there only if it answers.
    if (!failed) address(observables?.ip, 'host');
    const answered = !failed && typeof facts?.bytesIn === 'number' && facts.bytesIn > 0;
    const port = facts?.destinationPort;
    if (kind === 'network.connected' && answered && typeof port === 'number')
      address(observables?.['destination-ip'], kindOfPort[port] ?? 'host', port);
  } else if (facts?.application === 'dhcp') address(observables?.ip, 'host');
  else if (typeof facts?.host === 'string' && registry.asset(facts.host.toLowerCase()) === undefined)
    address(facts.host, 'host');
  return found;
}

function kindSeen({ kind }: Observation): AssetKind {
  const [what] = kind.split('.');
  if (kind === 'position.reported' || what === 'zone') return 'vehicle';
  if (what === 'camera' || what === 'object' || what === 'picture') return 'camera';
  if (what === 'door') return 'door';
  if (what === 'lock') return 'lock';
  if (what === 'badge' || what === 'access') return 'reader';
  if (what === 'motion') return 'motion-sensor';
  if (what === 'login' || what === 'process' || what === 'host' || what === 'file') return 'host';
  return 'sensor';
}

export class Discovery {
  readonly #registry: Registry;
  readonly #entries = new Map<string, { entry: Discovered; lastHour: number }>();
  readonly #bySite = new Map<string, number>();
  readonly #admitted = new Map<string, { hour: number; count: number }>();
  /** Heard and not listed, because there was no room or too many were new at once. */
  leftOut = 0;

  constructor(registry: Registry, known: readonly Discovered[] = []) {
    this.#registry = registry;
    for (const entry of known.slice(0, MAX_DISCOVERED)) {
      if (this.#isKnown(entry.id)) continue;
      this.#entries.set(entry.id, { entry, lastHour: Math.floor(entry.lastAt / HOUR_MS) });
      this.#bySite.set(entry.site, (this.#bySite.get(entry.site) ?? 0) + 1);
    }
  }

  heard(observations: readonly Observation[]): void {
    for (const observation of observations)
      for (const one of unknownIn(observation, this.#registry)) this.#note(one, observation);
  }

  /** Those heard in the most hours first. */
  list(): Discovered[] {
    return [...this.#entries.values()]
      .map(({ entry }) => entry)
      .sort((a, b) => b.hours - a.hours || b.count - a.count || (a.id < b.id ? -1 : 1));
  }

  find(id: string): Discovered | undefined {
    return this.#entries.get(id)?.entry;
  }

  drop(id: string): void {
    const found = this.#entries.get(id);
    if (found === undefined) return;
    this.#entries.delete(id);
    this.#bySite.set(found.entry.site, (this.#bySite.get(found.entry.site) ?? 1) - 1);
  }

  #isKnown(id: string): boolean {
    const name = id.slice(id.indexOf(':') + 1);
    return id.startsWith('asset:')
      ? this.#registry.asset(name) !== undefined
      : this.#registry.assetAt(name) !== undefined;
  }

  #note({ id, name, seems, port }: Heard, { site, observedAt: at, source, id: evidence }: Observation): void {
    const hour = Math.floor(at / HOUR_MS);
    const known = this.#entries.get(id);
    if (known === undefined) {
      if (!this.#admits(site, hour)) {
        this.leftOut++;
        return;
      }
      this.#bySite.set(site, (this.#bySite.get(site) ?? 0) + 1);
      const ports = port === undefined ? [] : [port];
      const entry = {
        id,
        name: name.slice(0, 256),
        site,
        firstAt: at,
        lastAt: at,
        count: 1,
        hours: 1,
        source: source.slice(0, 256),
        seems,
        ports,
        evidence,
      };
      this.#entries.set(id, { entry, lastHour: hour });
      return;
    }
    const { entry } = known;
    entry.count++;
    if (hour > known.lastHour) {
      entry.hours = Math.min(1_000, entry.hours + 1);
      known.lastHour = hour;
    }
    entry.firstAt = Math.min(entry.firstAt, at);
    if (at >= entry.lastAt) {
      entry.lastAt = at;
      entry.evidence = evidence;
    }
    if (port !== undefined && !entry.ports.includes(port) && entry.ports.length < MAX_PORTS) {
      entry.ports = [...entry.ports, port].sort((a, b) => a - b);
      // A camera that has a page as well is a camera.
      if (entry.seems === 'host') entry.seems = seems;
    }
  }

  #admits(site: string, hour: number): boolean {
    const admitted = this.#admitted.get(site);
    if (admitted !== undefined && admitted.hour === hour && admitted.count >= MAX_NEW_PER_HOUR) return false;
    if (this.#entries.size >= MAX_DISCOVERED || (this.#bySite.get(site) ?? 0) >= MAX_OF_SITE)
      if (!this.#makeRoom(site, hour)) {
        // Nobody makes room within the hour either: to look once is enough.
        this.#admitted.set(site, { hour, count: MAX_NEW_PER_HOUR });
        return false;
      }
    this.#admitted.set(site, {
      hour,
      count: admitted !== undefined && admitted.hour === hour ? admitted.count + 1 : 1,
    });
    return true;
  }

  /** Who was heard in one hour alone, a day ago or longer, makes room; whoever stays, stays. */
  #makeRoom(site: string, hour: number): boolean {
    let oldest: Discovered | undefined;
    for (const { entry, lastHour } of this.#entries.values()) {
      if (entry.hours > 1 || hour - lastHour < 24) continue;
      if ((this.#bySite.get(site) ?? 0) >= MAX_OF_SITE && entry.site !== site) continue;
      if (oldest === undefined || entry.lastAt < oldest.lastAt) oldest = entry;
    }
    if (oldest === undefined) return false;
    this.drop(oldest.id);
    return true;
  }
}
