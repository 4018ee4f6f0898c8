/** What everything else stands on: the registry, the store, the time series. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../devices/model/clock.ts';
import type { Registry } from '../devices/model/registry.ts';
import { sitesOf } from './api/incident-summary.ts';
import type { CloudConfiguration } from './config.ts';
import { RegistryBook } from './registry/book.ts';
import { reopening } from './situation/reopening.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { openTelemetry } from './telemetry/open.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export interface Foundations {
  /** Directory for everything that must survive a restart. */
  state: string;
  store: Store;
  registryBook: RegistryBook;
  /** It changes while the cloud runs; whoever keeps something made out of it is told by the landscape. */
  registry: Registry;
  telemetry: Telemetry;
}

/**
 * Opens what is on disk.
 * @param onBroken the store refuses for good
 */
export async function openFoundations(
  { configuration, clock }: { configuration: CloudConfiguration; clock: Clock },
  onBroken: (error: Error) => void,
  closing: (() => Promise<void> | void)[],
): Promise<Foundations> {
  const state = configuration.resolve(configuration.state);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const registryBook = new RegistryBook({
    given: configuration.registry.document,
    file: join(state, 'registry-overlay.json'),
    discoveryFile: join(state, 'discovered.json'),
  });
  const store = openSqliteStore({
    file: join(state, 'store.sqlite'),
    clock,
    sitesOf: ({ assets }) => sitesOf(assets, registryBook.inUse),
    reopening: (before, after, detectionOf) => reopening(before, after, detectionOf, clock.now()),
    onBroken,
  });
  closing.push(() => store.close());
  // Before anything goes by the registry: what was learned since the last start counts from here on.
  await registryBook.learn(store, clock.now());
  registryBook.takeIntoUse();
  const telemetry = openTelemetry(configuration, state);
  closing.push(() => telemetry.close());
  return { state, store, registryBook, registry: registryBook.live, telemetry };
}
