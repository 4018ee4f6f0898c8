/** For tests: sources that run on a store of their own, in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { sourceList } from './configuration.ts';
import { createSources, type Sources, type SourcesOptions } from './sources.ts';

export const rigRegistry = registryOf(
  registryDocument.parse({
    sites: [
      { id: 'online', name: 'Web shop', timeZone: 'UTC' },
      { id: 'linden', name: 'Linden', timeZone: 'Europe/Berlin' },
    ],
    zones: [{ id: 'store-room', site: 'linden', name: 'Store room' }],
    assets: [
      { id: 'web-shop', kind: 'shop', name: 'Shop', site: 'online', public: true },
      { id: 'shop-admin', kind: 'shop', name: 'Administration', site: 'online', hostedOn: 'shop-server' },
      { id: 'shop-server', kind: 'host', name: 'Server', site: 'online' },
      { id: 'fridge-1', kind: 'fridge', name: 'Fridge', site: 'linden', zone: 'store-room' },
    ],
    identities: [{ id: 'anna', name: 'Anna', badges: ['04A1'], accounts: ['a.weber'] }],
  }),
);

export interface Rig {
  folder: string;
  store: Store;
  /** Starts sources; they are stopped with the rig, or before by `stop`. */
  start(
    entries: readonly unknown[],
    over?: Partial<Pick<SourcesOptions, 'commit' | 'store' | 'clock' | 'trustProxy'>>,
  ): { sources: Sources; stop(): Promise<void> };
  observations(): Observation[];
  detections(): Detection[];
  stop(): Promise<void>;
}

export async function rigUp(clock: Clock = systemClock): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sources-'));
  const store = openRigStore(folder, clock);
  const stops: (() => Promise<void>)[] = [];
  return {
    folder,
    store,
    start(entries, over = {}) {
      const ending = new AbortController();
      const sources = createSources(sourceList.parse(entries), {
        store,
        registry: rigRegistry,
        clock,
        commit: (observations, detections) => store.append(observations, detections),
        signal: ending.signal,
        ...over,
      });
      const stop = async () => {
        ending.abort();
        await sources.done;
      };
      stops.push(stop);
      return { sources, stop };
    },
    observations: () => store.observations({ limit: 100_000 }),
    detections: () => [...store.detections({})],
    async stop() {
      for (const stop of stops) await stop();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

export const openRigStore = (folder: string, clock: Clock = systemClock): Store =>
  openSqliteStore({ file: join(folder, 'store.db'), clock, sitesOf: () => [] });

/** Generous: the machine that runs the tests may have other work. */
const PATIENCE_MS = 60_000;

/** Waits until `probe` gives something but undefined and false. @throws Error when it never does */
export async function eventually<Value>(
  what: string,
  probe: () => Value | undefined | false,
): Promise<Value> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`it never came about: ${what}`);
    await wait(50);
  }
}
