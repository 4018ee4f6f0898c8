/** How what was seen becomes an observation of this machine. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Reported } from '../sources/source.ts';
import { stamp } from '../sources/stamp.ts';

/** Which of the two watches saw it. */
export type WatchName = 'page-watch' | 'file-watch';

/** The same finding has the same name after a kill: it is stored once. */
export const nameOf = (where: string, what: string): string =>
  createHash('sha256').update(`${where}\n${what}`).digest('hex').slice(0, 32);

/** The id of the observation of that name. */
export const observationName = (name: string, watch: WatchName): string => `cloud-${watch}/${name}`;

/** What was seen at an asset just now, by this machine's own clock. */
export function observationOf(
  reported: Reported,
  id: string,
  asset: string,
  watch: WatchName,
  { registry, clock }: { registry: Registry; clock: Clock },
): Observation {
  const place = {
    name: watch,
    format: 'integrity',
    asset,
    site: registry.asset(asset)?.site ?? '',
  };
  const { observation } = stamp({ ...reported, id }, id, clock.now(), place, registry);
  return { ...observation, clock: clock.quality ?? 'set' };
}
