/** All that is known of an incident, gathered for export. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Activity, Handling, Store } from '../store/store.ts';
import type { Tlp } from './indicator.ts';
import { openly, type Redaction, redactionOf } from './redaction.ts';

/** Detections and observations of one export; the most serious and the first of each. */
const MAX_DETECTIONS = 500;
const MAX_OBSERVATIONS = 2_000;

export interface IncidentFacts {
  readonly incident: Incident;
  readonly handling: Pick<Handling, 'state' | 'openedAt' | 'acknowledgedAt'>;
  /** In order of time. */
  readonly detections: readonly Detection[];
  readonly observations: readonly Observation[];
  readonly activities: readonly Activity[];
  readonly registry: Registry;
  readonly organisation: string;
  readonly tlp: Tlp;
  readonly redaction: Redaction;
}

/** Undefined: there is no such incident. @param withPersons leaves names in */
export function incidentFacts(
  id: string,
  store: Pick<
    Store,
    'incident' | 'currentIncident' | 'handling' | 'detection' | 'observations' | 'activities'
  >,
  registry: Registry,
  { organisation, tlp, withPersons = false }: { organisation: string; tlp: Tlp; withPersons?: boolean },
): IncidentFacts | undefined {
  const current = store.currentIncident(id);
  const incident = store.incident(current);
  const handling = store.handling(current);
  if (incident === undefined || handling === undefined) return undefined;
  const detections = incident.detections
    .slice(0, MAX_DETECTIONS)
    .flatMap((one) => store.detection(one) ?? [])
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const ids = [...new Set(detections.flatMap(({ evidence }) => evidence))].slice(0, MAX_OBSERVATIONS);
  const observations =
    ids.length === 0
      ? []
      : store
          .observations({ ids, limit: ids.length })
          .toSorted((a, b) => a.observedAt - b.observedAt || (a.id < b.id ? -1 : 1));
  return {
    incident,
    handling,
    detections,
    observations,
    activities: store.activities(current),
    registry,
    organisation,
    tlp,
    redaction: withPersons ? openly : redactionOf(registry, detections, observations),
  };
}
