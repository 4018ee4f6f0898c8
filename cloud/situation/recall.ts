import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import { type Situation, situationKinds } from './situation.ts';

/** Observations of each kind that are read back, the newest: what is older, the gateways' reports know. */
export const READ_BACK_PER_KIND = 5_000;

/** Finds out again what is so, after a start. The answer is what it read, oldest first. */
export function recall(
  situation: Situation,
  {
    store,
    registry,
    gateways,
  }: { store: Store; registry: Registry; gateways: readonly { id: string; site: string }[] },
): Observation[] {
  // Kind by kind: a thousand thermometers must not crowd out a door that opened last week.
  const seen = situationKinds
    .flatMap((kind) => store.observations({ kinds: [kind], limit: READ_BACK_PER_KIND }))
    .sort((a, b) => a.observedAt - b.observedAt);
  for (const observation of seen)
    if (registry.asset(observation.asset) !== undefined) situation.apply(observation);
  for (const { id, site } of gateways)
    for (const { asset, ...fact } of store.report(id)?.facts ?? [])
      if (registry.asset(asset)?.site === site) situation.learn(asset, fact);
  return seen;
}
