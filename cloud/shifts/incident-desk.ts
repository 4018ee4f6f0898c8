/** The incident desk's parts of the cloud, put together. */
import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { SavedHunt } from '../api/contract/hunt.ts';
import type { SavedView } from '../api/contract/incident-desk.ts';
import { sitesOf } from '../api/incident-summary.ts';
import type { LiveStream } from '../api/stream.ts';
import { compileHunt } from '../hunt/compile.ts';
import { Hunt } from '../hunt/hunt.ts';
import { readHunt } from '../hunt/query.ts';
import type { Watched } from '../hunt/search-index.ts';
import { detectionsOf } from '../hunt/watches.ts';
import type { Store } from '../store/store.ts';
import { savedHunt, savedView } from './kept.ts';
import { KeptList } from './kept-list.ts';
import { Presence } from './presence.ts';
import type { ServiceLevelSettings } from './service-levels.ts';
import { Shifts } from './shifts.ts';

export interface IncidentDeskOptions {
  store: Store;
  /** The store's file, and the folder for the index beside it. */
  storeFile: string;
  state: string;
  registry: Registry;
  clock: Clock;
  stream: LiveStream;
  serviceLevels: ServiceLevelSettings;
  /** Stores detections and lets them be judged. */
  commit(detections: readonly Detection[]): Promise<void>;
  onTrouble(message: string): void;
}

export interface IncidentDesk {
  readonly serviceLevels: ServiceLevelSettings;
  readonly views: KeptList<SavedView>;
  readonly hunts: KeptList<SavedHunt>;
  readonly hunt: Hunt;
  readonly shifts: Shifts;
  readonly presence: Presence;
  /** Watched searches have changed. */
  watch(): void;
  /** Looks after presence and the search's index until the signal; may be begun again after it. */
  start(signal: AbortSignal): void;
  close(): Promise<void>;
}

export function openIncidentDesk(options: IncidentDeskOptions): IncidentDesk {
  const { store, registry, clock, stream, serviceLevels, commit, onTrouble } = options;
  const kept = { store, now: () => clock.now() };
  const hunts = new KeptList('hunt', savedHunt, kept);
  const hunt = new Hunt({
    store: options.storeFile,
    index: join(options.state, 'search.sqlite'),
    registry,
    rules: () => store.queue.rules(),
    onHits(hits) {
      const found = detectionsOf(
        hits,
        (id) => hunts.find(id),
        (id) => store.detection(id),
      );
      if (found.length > 0)
        commit(found).catch((error: unknown) =>
          onTrouble(error instanceof Error ? error.message : String(error)),
        );
    },
    onTrouble,
  });
  const watch = () =>
    hunt.watch(
      hunts.all().flatMap(({ id, query, watch: watched }): Watched[] => {
        const read = watched === undefined ? undefined : readHunt(query, clock.now());
        if (read === undefined || 'complaint' in read) return [];
        const made = compileHunt(read.query, hunt.vocabulary());
        return 'complaint' in made ? [] : [{ id, all: made.compiled.all, none: made.compiled.none }];
      }),
    );
  if (hunts.all().some((one) => one.watch !== undefined)) watch();
  const presence = new Presence({
    now: () => performance.now(),
    onChange: (data) => stream.publish({ type: 'presence', data }),
  });
  return {
    serviceLevels,
    views: new KeptList('view', savedView, kept),
    hunts,
    hunt,
    shifts: new Shifts({
      store,
      clock,
      siteName: ({ assets }) => {
        const [site] = sitesOf(assets, registry);
        return site === undefined ? undefined : (registry.site(site)?.name ?? site);
      },
      onChange: () => stream.publish({ type: 'shift', data: {} }),
    }),
    presence,
    watch,
    start(signal) {
      presence.start(signal);
      hunt.start();
    },
    close: () => hunt.close(),
  };
}
