import type { Clock } from '../devices/model/clock.ts';
import type { Incident } from '../devices/model/incident.ts';
import type { Observation } from '../devices/model/observation.ts';
import type { Registry } from '../devices/model/registry.ts';
import type { GatewayReport, Picture } from '../devices/wire.ts';
import { AssetUpdates } from './api/asset-updates.ts';
import { sitesOf, summaryOf } from './api/incident-summary.ts';
import type { LiveStream } from './api/stream.ts';
import type { Detected } from './detector.ts';
import type { Overview } from './situation/overview.ts';
import { type Fact, type Situation, withoutPerson } from './situation/situation.ts';
import { type Unresolved, unresolvedStates } from './situation/unresolved.ts';
import type { Store } from './store/store.ts';

/** A stream that says nothing is dead to its reader: the clock is told so often, in real time. */
export const HEARTBEAT_MS = 10_000;
/** How often shops are looked at for having opened or closed, in the site's time. */
const OPENING_EVERY_MS = 60_000;
/** A picture may belong to an incident whose last news is so near to it; of one site so many are looked at. */
const PICTURED_WITHIN_MS = 15 * 60_000;
const MAX_PICTURED = 20;
/** Pictures come in bursts: their incidents are told once, so much later, in real time. */
const PICTURED_EVERY_MS = 500;
/** Unresolved incidents read back at a time. */
const READ_BACK = 1_000;

export interface LiveParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  situation: Situation;
  unresolved: Unresolved;
  overview: Overview;
  stream: LiveStream;
  /** Sessions that may go on reading. */
  isAlive(session: string): boolean;
}

/** Keeps the picture in memory up to date, and tells everybody who watches. What it is told is in the store already. */
export class Live {
  readonly #parts: LiveParts;
  readonly #assets: AssetUpdates;
  readonly #wasOpen = new Map<string, boolean>();
  readonly #pictured = new Set<string>();
  #picturedTimer: NodeJS.Timeout | undefined;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#assets = new AssetUpdates((data) => parts.stream.publish({ type: 'asset', data }));
  }

  /** Reads back what the picture shows, and begins to tell the time. */
  start(signal: AbortSignal): void {
    const { store, unresolved, stream, overview, clock } = this.#parts;
    for (let offset = 0; ; offset += READ_BACK) {
      const page = store.incidents({ states: unresolvedStates, offset, limit: READ_BACK });
      for (const { incident, handling } of page)
        unresolved.put(incident, handling.state, this.#sitesOf(incident));
      if (page.length < READ_BACK) break;
    }
    const heartbeat = setInterval(() => {
      for (const session of stream.sessions()) if (!this.#parts.isAlive(session)) stream.endSession(session);
      stream.publish({ type: 'clock', data: overview.clock() });
    }, HEARTBEAT_MS);
    heartbeat.unref();
    let cancel: () => void = () => undefined;
    const lookAtDoors = () => {
      this.#tellOpenings();
      cancel = clock.schedule(OPENING_EVERY_MS, lookAtDoors);
    };
    lookAtDoors();
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(heartbeat);
        cancel();
        clearTimeout(this.#picturedTimer);
        this.#assets.close();
      },
      { once: true },
    );
  }

  observed(observations: readonly Observation[]): void {
    const { registry, situation } = this.#parts;
    for (const observation of observations) {
      // Nobody could look at another; a gateway that makes up names must not fill the memory.
      if (registry.asset(observation.asset) === undefined) continue;
      this.#tellFact(observation.asset, situation.apply(observation));
    }
  }

  /** Takes what a gateway says of itself and of its site. */
  reported(site: string, report: GatewayReport): void {
    const { situation, registry } = this.#parts;
    for (const { asset, ...fact } of report.facts)
      if (registry.asset(asset)?.site === site) this.#tellFact(asset, situation.learn(asset, fact));
    this.gatewayChanged(site);
  }

  gatewayChanged(site: string): void {
    const { overview, stream } = this.#parts;
    const gateway = overview.gateway(site);
    if (gateway !== undefined) stream.publish({ type: 'gateway', data: { site, gateway } });
  }

  detected({ changed, gone }: Pick<Detected, 'changed' | 'gone'>): void {
    const { unresolved, stream } = this.#parts;
    const sites = new Set<string>();
    for (const { id, into } of gone) {
      for (const site of unresolved.drop(id)) sites.add(site);
      stream.publish({ type: 'incident-gone', data: { id, into: into ?? '' } });
    }
    for (const incident of changed) for (const site of this.#tellIncident(incident)) sites.add(site);
    for (const site of sites) this.#tellSite(site);
  }

  /** Pictures have come: whoever looks at an incident that they may belong to wants to see them. */
  pictured(pictures: readonly Picture[]): void {
    const { unresolved, store } = this.#parts;
    for (const { site, takenAt } of pictures)
      for (const id of unresolved.idsOfSite(site).slice(-MAX_PICTURED)) {
        const incident = store.incident(id);
        if (incident !== undefined && Math.abs(incident.last - takenAt) <= PICTURED_WITHIN_MS)
          this.#pictured.add(id);
      }
    if (this.#pictured.size === 0 || this.#picturedTimer !== undefined) return;
    this.#picturedTimer = setTimeout(() => {
      this.#picturedTimer = undefined;
      for (const id of this.#pictured) this.handled(id);
      this.#pictured.clear();
    }, PICTURED_EVERY_MS);
    this.#picturedTimer.unref();
  }

  /** A person did something to an incident. */
  handled(id: string): void {
    const incident = this.#parts.store.incident(id);
    if (incident !== undefined) for (const site of this.#tellIncident(incident)) this.#tellSite(site);
  }

  #tellIncident(incident: Incident): string[] {
    const { store, registry, unresolved, stream } = this.#parts;
    const handling = store.handling(incident.id);
    if (handling === undefined) return [];
    const sites = unresolved.put(incident, handling.state, this.#sitesOf(incident));
    stream.publish({ type: 'incident', data: summaryOf(incident, handling, registry) });
    return sites;
  }

  #tellSite(id: string): void {
    const { overview, stream } = this.#parts;
    const state = overview.siteState(id);
    if (state !== undefined) stream.publish({ type: 'site', data: state });
  }

  #tellOpenings(): void {
    const { registry, overview } = this.#parts;
    for (const { id, opening } of registry.document.sites) {
      if (opening.length === 0) continue;
      const isOpen = overview.siteState(id)?.isOpen ?? false;
      const was = this.#wasOpen.get(id);
      this.#wasOpen.set(id, isOpen);
      if (was !== undefined && was !== isOpen) this.#tellSite(id);
    }
  }

  #tellFact(asset: string, fact: Fact | undefined): void {
    const site = this.#parts.registry.asset(asset)?.site;
    if (fact !== undefined && site !== undefined)
      this.#assets.take({ site, asset, state: withoutPerson(fact) });
  }

  #sitesOf(incident: Incident): string[] {
    return sitesOf(incident.assets, this.#parts.registry);
  }
}
