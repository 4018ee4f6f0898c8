/** Threat intelligence as a whole: the library, what brings indicators in, what is matched, what partners are told. */
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { IntelligenceMonitor } from '../monitors/intelligence.ts';
import type { Store } from '../store/store.ts';
import type { IntelligenceSettings } from './configuration.ts';
import { type FeedHealth, FeedRunner } from './feeds.ts';
import { Hunt } from './hunt.ts';
import type { Imported } from './imports/imported.ts';
import { readObjects } from './imports/stix-bundle.ts';
import { type Ageing, halfLifeDays, tlpRank } from './indicator.ts';
import { type Change, Library } from './library.ts';
import { sharedIndicators } from './stix/export-indicator.ts';
import type { StixObject } from './taxii/resources.ts';
import { taxiiRoutes } from './taxii/server.ts';
import { Shelf } from './taxii/shelf.ts';

const DAY_MS = 24 * 3_600_000;
/** How often what is too old is let go. */
const FORGET_EVERY_MS = 6 * 3_600_000;

export interface IntelligenceParts {
  settings: IntelligenceSettings;
  /** Directory for what must survive a restart. */
  state: string;
  registry: Registry;
  clock: Clock;
  store: Pick<Store, 'observations'>;
  log: Pick<Logger, 'info' | 'warn'>;
  resolve(path: string): string;
}

export interface Intelligence {
  readonly library: Library;
  readonly monitor: IntelligenceMonitor;
  readonly settings: IntelligenceSettings;
  /** For partners, where something is shared. */
  readonly routes: readonly Hono[];
  health(): FeedHealth[];
  /** An incident, released by a person. @returns how many objects are new to partners; undefined: nobody is shared with */
  release(
    incident: string,
    objects: readonly StixObject[],
    tlp: IntelligenceSettings['tlp'],
  ): number | undefined;
  /** To one collection of incidents, by its alias, what was prepared for it. @returns undefined: there is no such one */
  releaseTo(collection: string, incident: string, objects: readonly StixObject[]): number | undefined;
  /**
   * Taken back by a person; an incident may have been released under other names before it was joined to this one.
   * @param collection alias of the only one to take it out of
   */
  takeBack(isMeant: (incident: string) => boolean, collection?: string): void;
  /** How what is known loses its worth. */
  readonly ageing: Ageing;
  /** Takes what a person brings, or takes back, under the name of its source. */
  take(source: string, imported: Imported): Change;
  /** @param wake what changed is judged soon */
  start(signal: AbortSignal, wake: () => void): void;
  close(): void;
}

/** @throws Error where its files can't be opened */
export function openIntelligence(parts: IntelligenceParts): Intelligence {
  const { settings, state, registry, clock, log, store } = parts;
  const ageing: Ageing = {
    halfLives: { ...halfLifeDays, ...settings.halfLifeDays },
    minimumConfidence: settings.minimumConfidence,
    beforeMs: settings.huntDays * DAY_MS,
  };
  const ignored = [...settings.ignored, ...registry.document.sharedAddresses];
  const library = new Library(join(state, 'intelligence.sqlite'), ageing, clock.now(), ignored);
  const monitor = new IntelligenceMonitor({
    library,
    registry,
    pauseMs: settings.pauseMs,
    rememberMs: Math.max(DAY_MS, settings.huntDays * DAY_MS),
  });
  const { share } = settings;
  const shelf = share === undefined ? undefined : new Shelf(join(state, 'sharing.sqlite'), () => clock.now());
  let wakeUp: () => void = () => undefined;
  let hunt: Hunt | undefined;
  const onChange = (change: Change) => {
    if (share !== undefined && shelf !== undefined)
      for (const { collection, objects } of sharedIndicators(library, share.collections, change))
        shelf.put(collection, objects);
    // The kinds that are looked at may be others now, besides what changed.
    monitor.changed(change);
    wakeUp();
    if (change.put.length > 0) hunt?.begin();
  };
  const feeds = settings.feeds.map(
    (feed) => new FeedRunner(feed, { library, clock, resolve: parts.resolve, onChange, log }),
  );
  const routes =
    share === undefined || shelf === undefined
      ? []
      : [
          taxiiRoutes({
            ...share,
            shelf,
            now: () => clock.now(),
            onPosted(partner, collection, objects) {
              log.info({ partner: partner.name, objects: objects.length }, 'a partner posted');
              if (!collection.imports) return;
              const origin = {
                source: `partner:${partner.name}`,
                confidence: 50,
                tlp: collection.tlp,
                subdomains: false,
                now: clock.now(),
              };
              onChange(library.take(origin.source, readObjects(objects, origin)));
            },
            onAsked: (asked) => log.info(asked, 'taxii'),
          }),
        ];
  const forIncidents = share?.collections.filter(({ holds }) => holds === 'incidents') ?? [];
  return {
    library,
    monitor,
    settings,
    routes,
    health: () => feeds.map(({ health }) => health),
    release(incident, objects, tlp) {
      const open = forIncidents.filter((one) => tlpRank(tlp) <= tlpRank(one.tlp));
      if (shelf === undefined || open.length === 0) return undefined;
      return open.reduce((sum, { id }) => sum + shelf.release(id, incident, objects), 0);
    },
    releaseTo(collection, incident, objects) {
      const found = forIncidents.find(({ alias }) => alias === collection);
      return found === undefined ? undefined : shelf?.release(found.id, incident, objects);
    },
    takeBack(isMeant, collection) {
      for (const { id, alias } of forIncidents)
        if (collection === undefined || alias === collection) shelf?.takeBack(id, isMeant);
    },
    ageing,
    take(source, imported) {
      const change = library.take(source, imported);
      if (change.put.length + change.gone.length > 0) onChange(change);
      return change;
    },
    start(signal, wake) {
      wakeUp = wake;
      hunt = new Hunt({ store, monitor, clock, days: settings.huntDays, wake, signal });
      for (const feed of feeds) feed.start(signal);
      let cancel: () => void = () => undefined;
      const forget = () => {
        library.forget(clock.now());
        cancel = clock.schedule(FORGET_EVERY_MS, forget);
      };
      cancel = clock.schedule(FORGET_EVERY_MS, forget);
      signal.addEventListener('abort', () => cancel(), { once: true });
    },
    close() {
      library.close();
      shelf?.close();
    },
  };
}
