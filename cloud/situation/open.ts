import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { PlanBook } from '../plans/plan-book.ts';
import type { Store } from '../store/store.ts';
import { History } from './history.ts';
import { LinkHistory } from './link-history.ts';
import { Presence } from './presence.ts';
import type { PictureSettings } from './settings.ts';

/** What the picture keeps beside the present: plans, whereabouts, the past. */
export interface PictureParts {
  settings: PictureSettings;
  plans: PlanBook;
  presence: Presence;
  links: LinkHistory;
  history: History;
}

export function openPicture({
  settings,
  store,
  registry,
  clock,
  log,
}: {
  settings: PictureSettings;
  store: Store;
  registry: Registry;
  clock: Clock;
  log: Pick<Logger, 'error'>;
}): PictureParts {
  const onTrouble = (message: string) => log.error({ message }, 'picture');
  return {
    settings,
    plans: new PlanBook({ store, registry, clock }, onTrouble),
    presence: new Presence(registry),
    links: new LinkHistory({ store, clock }, onTrouble),
    history: new History({ store, registry, clock, replayForMs: settings.replayForMs }),
  };
}
