/** What STIX has no place for: an incident's standing, and what was seen of the physical world (section 7.3). */
import { houseId } from './identifiers.ts';
import { markingId } from './markings.ts';

/** When the house's own definitions were written; they change by version. */
export const HOUSE_SINCE = '2026-11-01T00:00:00.000Z';

export const INCIDENT_EXTENSION = houseId('extension-definition', 'incident', '1');
export const PHYSICAL_EXTENSION = houseId('extension-definition', 'physical-observation', '1');
/** A new kind of observable, which the extension defines. */
export const PHYSICAL_TYPE = 'physical-observation';
/** What its identifier follows from. */
export const PHYSICAL_CONTRIBUTING = ['kind', 'asset', 'observed'] as const;

/** @param author the identity that everything here is by */
export const extensionDefinitions = (author: string): Record<string, unknown>[] => [
  {
    type: 'extension-definition',
    spec_version: '2.1',
    id: INCIDENT_EXTENSION,
    created_by_ref: author,
    created: HOUSE_SINCE,
    modified: HOUSE_SINCE,
    name: 'Incident of physical and cyber security',
    description:
      'Standing of an incident and what it touches: severity (info, low, medium, high, critical), priority, state, first_seen, last_seen, detections (a count), sites, and assets with kind and name.',
    schema: 'https://gatehouse.example/stix/incident-1.json',
    version: '1.0.0',
    extension_types: ['property-extension'],
    object_marking_refs: [markingId('clear')],
  },
  {
    type: 'extension-definition',
    spec_version: '2.1',
    id: PHYSICAL_EXTENSION,
    created_by_ref: author,
    created: HOUSE_SINCE,
    modified: HOUSE_SINCE,
    name: 'Physical observation',
    description: `A cyber observable of type ${PHYSICAL_TYPE}: something seen at a door, a reader, a refrigerator or a sensor. kind (door.opened), asset, asset_kind, observed, and value where it was measured. Its identifier follows from ${PHYSICAL_CONTRIBUTING.join(', ')}.`,
    schema: 'https://gatehouse.example/stix/physical-observation-1.json',
    version: '1.0.0',
    extension_types: ['new-sco'],
    object_marking_refs: [markingId('clear')],
  },
];
