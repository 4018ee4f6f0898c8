import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { likeness, traitsOf } from '../shifts/similarity.ts';
import type { Store } from '../store/store.ts';
import type { SimilarIncidents } from './contract.ts';
import { namedAsset, namedPerson, summaryOf } from './incident-summary.ts';

/** Incidents that are compared: those that share most rules, the newest first. */
const MAX_COMPARED = 150;
/** Of each so many detections. */
const MAX_DETECTIONS = 48;
const MAX_SHOWN = 5;
/** Less than this is no likeness that anybody would see. */
const LEAST = 0.25;

const closing = new Set(['resolved', 'false-alarm']);

/**
 * What was like an incident, the most similar first, with what came of it.
 * @param part what the asker may see of another; undefined: nothing
 */
export function similarTo(
  incident: Incident,
  { store, registry }: { store: Store; registry: Registry; now: number },
  part: (one: Incident) => Incident | undefined,
): SimilarIncidents {
  const traits = (one: Incident) =>
    traitsOf(
      one,
      one.detections.slice(0, MAX_DETECTIONS).flatMap((id) => store.detection(id) ?? []),
    );
  const own = traits(incident);
  const names = {
    asset: (id: string) => namedAsset(id, registry).name,
    person: (id: string) => namedPerson(id, registry).name,
  };
  const compared = store.queue.sharing(own.rules, incident.id, MAX_COMPARED).flatMap((id) => {
    const whole = store.incident(id);
    const other = whole === undefined ? undefined : part(whole);
    if (other === undefined || whole === undefined) return [];
    const like = likeness(own, traits(other), names);
    return like.similarity < LEAST ? [] : [{ other, isWhole: other === whole, ...like }];
  });
  compared.sort((a, b) => b.similarity - a.similarity || b.other.last - a.other.last);
  return {
    items: compared.slice(0, MAX_SHOWN).flatMap(({ other, isWhole, similarity, because }) => {
      const handling = store.handling(other.id);
      if (handling === undefined) return [];
      const last = isWhole
        ? store.activities(other.id).findLast(({ action }) => closing.has(action))
        : undefined;
      return [
        {
          summary: summaryOf(other, handling, registry),
          similarity,
          because,
          ...(last === undefined || !closing.has(handling.state)
            ? {}
            : {
                outcome: {
                  state: handling.state,
                  by: last.by,
                  at: last.at,
                  ...(last.text === undefined ? {} : { text: last.text }),
                },
              }),
        },
      ];
    }),
  };
}
