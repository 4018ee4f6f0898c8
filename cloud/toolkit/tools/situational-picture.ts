import type { Observation } from '../../../devices/model/observation.ts';
import { recall } from '../../situation/recall.ts';
import { Situation } from '../../situation/situation.ts';
import type { ToolLife } from '../tool-life.ts';
import type { House } from './house.ts';

/** What is so at each site is the house's memory; the picture's own is who is where. */
export function pictureLife({ picture, registry, store, configuration, recalled }: House): ToolLife {
  let known: readonly Observation[] | undefined = recalled;
  return {
    start(signal) {
      const { gateways } = configuration;
      for (const one of known ?? recall(new Situation(), { store, registry, gateways }))
        picture.presence.apply(one);
      known = undefined;
      signal.addEventListener('abort', () => picture.presence.forgetAll(), { once: true });
    },
    observed(observations) {
      for (const one of observations) picture.presence.apply(one);
    },
    figures: () => ({ sites: registry.document.sites.length }),
  };
}
