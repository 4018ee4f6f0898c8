import type { IncidentLink } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import { linkOf } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import type { Placed } from './memory.ts';
import type { Correlated } from './traits.ts';

/**
 * Whether two detections belong together: a pure function of the two, the registry and the rules, the same
 * whichever is named first. `a` of the answer is the earlier one.
 */
export function link(
  a: Correlated,
  b: Correlated,
  registry: Registry,
  rules: LinkRules,
  catalogue: Catalogue = catalogueOf(registry, rules),
): IncidentLink | undefined {
  const placed = (detection: Correlated): Placed => ({
    id: detection.id,
    at: detection.at,
    traits: catalogue.traitsOf(detection),
  });
  return linkOf(placed(a), placed(b), registry, rules);
}
