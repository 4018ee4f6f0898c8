/**
 * An incident as a bundle of STIX 2.1. Identifiers follow from what they name: the same incident exported again has
 * the same objects, and a later version of it a later `modified`. Pure.
 */
import { type Detection, severityRank } from '../../../devices/model/detection.ts';
import type { Observation } from '../../../devices/model/observation.ts';
import { patternOf } from '../imports/imported.ts';
import type { IncidentFacts } from '../incident-facts.ts';
import { compiled, type Indicator, tlpRank } from '../indicator.ts';
import type { StixObject } from '../taxii/resources.ts';
import { indicatorObject } from './export-indicator.ts';
import { extensionDefinitions, HOUSE_SINCE, INCIDENT_EXTENSION } from './house-extensions.ts';
import { houseId, stixTime } from './identifiers.ts';
import { markingDefinition, markingId } from './markings.ts';
import { observablesOf } from './observables.ts';

export interface Bundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

/** Names of tactics as ATT&CK writes its phases. */
const phases: Readonly<Record<string, string>> = {
  TA0043: 'reconnaissance',
  TA0042: 'resource-development',
  TA0001: 'initial-access',
  TA0002: 'execution',
  TA0003: 'persistence',
  TA0004: 'privilege-escalation',
  TA0005: 'defense-evasion',
  TA0006: 'credential-access',
  TA0007: 'discovery',
  TA0008: 'lateral-movement',
  TA0009: 'collection',
  TA0011: 'command-and-control',
  TA0010: 'exfiltration',
  TA0040: 'impact',
};
const MEDIUM = severityRank('medium');

/** @param libraryOf indicators that detections of threat intelligence name */
export function incidentBundle(
  facts: IncidentFacts,
  libraryOf: (source: string, id: string) => Indicator | undefined = () => undefined,
): Bundle {
  const { incident, handling, detections, observations, activities, registry, redaction, tlp } = facts;
  const objects = new Map<string, StixObject>();
  const author = houseId('identity', facts.organisation);
  const changedAt = Math.max(incident.last, handling.openedAt, ...activities.map(({ at }) => at));
  const add = (object: StixObject): string => {
    if (!objects.has(object.id)) objects.set(object.id, object);
    return object.id;
  };
  /** An object of ours. */
  const own = (type: string, names: readonly string[], from: number, to: number, more: object): string =>
    add({
      type,
      spec_version: '2.1',
      id: houseId(type, facts.organisation, ...names),
      created_by_ref: author,
      created: stixTime(from),
      modified: stixTime(Math.max(from, to)),
      object_marking_refs: [markingId(tlp)],
      ...more,
    });
  const relate = (source: string, type: string, target: string) =>
    own('relationship', [source, type, target], incident.first, incident.first, {
      relationship_type: type,
      source_ref: source,
      target_ref: target,
    });

  add({
    type: 'identity',
    spec_version: '2.1',
    id: author,
    created: HOUSE_SINCE,
    modified: HOUSE_SINCE,
    name: facts.organisation,
    identity_class: 'organization',
  });
  add(markingDefinition(tlp) as StixObject);
  if (tlp !== 'clear') add(markingDefinition('clear') as StixObject);
  for (const one of extensionDefinitions(author)) add(one as StixObject);

  const assets = incident.assets.map((id) => ({ id, asset: registry.asset(id) }));
  const sites = [...new Set(assets.flatMap(({ asset }) => asset?.site ?? []))];
  const id = own('incident', [incident.id], incident.first, changedAt, {
    name: redaction.text(incident.title),
    description: detections
      .map(({ summary }) => `- ${redaction.text(summary)}`)
      .join('\n')
      .slice(0, 20_000),
    extensions: {
      [INCIDENT_EXTENSION]: {
        extension_type: 'property-extension',
        severity: incident.severity,
        priority: incident.priority,
        state: handling.state,
        first_seen: stixTime(incident.first),
        last_seen: stixTime(incident.last),
        detections: incident.detections.length,
        ...(sites.length === 0 ? {} : { sites: sites.map((one) => registry.site(one)?.name ?? one) }),
        ...(assets.length === 0
          ? {}
          : {
              assets: assets.map(({ id: name, asset }) => ({
                id: name,
                kind: asset?.kind ?? 'unknown',
                name: asset?.name ?? name,
              })),
            }),
      },
    },
  });

  const seen = new Map(observations.map((one) => [one.id, one]));
  for (const detection of detections) {
    const evidence = detection.evidence.flatMap((one) => seen.get(one) ?? []);
    const data = observedData(detection, evidence, facts, own, add);
    if (data !== undefined) relate(id, 'related-to', data);
    const technique = attackPattern(detection, own, incident.first);
    if (technique !== undefined) relate(id, 'related-to', technique);
    const indicator = indicatorFor(detection, facts, libraryOf, own, add);
    if (indicator === undefined) continue;
    if (technique !== undefined) relate(indicator, 'indicates', technique);
    relate(id, 'related-to', indicator);
    own('sighting', [incident.id, detection.id, indicator], detection.at, changedAt, {
      sighting_of_ref: indicator,
      first_seen: stixTime(Math.min(detection.at, ...evidence.map(({ observedAt }) => observedAt))),
      last_seen: stixTime(Math.max(detection.at, ...evidence.map(({ observedAt }) => observedAt))),
      count: Math.min(detection.count, 999_999_999),
      ...(data === undefined ? {} : { observed_data_refs: [data] }),
      where_sighted_refs: [author],
    });
  }
  for (const { at, action, text } of activities) {
    if (action !== 'contained' && action !== 'resolved') continue;
    const course = own('course-of-action', [incident.id, action, String(at)], at, at, {
      name: action === 'contained' ? 'Containment' : 'Resolution',
      ...(text === undefined ? {} : { description: redaction.text(text) }),
    });
    relate(course, 'related-to', id);
  }
  return {
    type: 'bundle',
    id: houseId('bundle', facts.organisation, incident.id, stixTime(changedAt), tlp, String(redaction.isOn)),
    objects: [...objects.values()],
  };
}

type Own = (type: string, names: readonly string[], from: number, to: number, more: object) => string;

function observedData(
  detection: Detection,
  evidence: readonly Observation[],
  { incident, registry, redaction }: IncidentFacts,
  own: Own,
  add: (object: StixObject) => string,
): string | undefined {
  const refs = new Set(
    evidence.flatMap((one) =>
      observablesOf(one, redaction, registry.asset(one.asset)?.kind).map((object) => add(object)),
    ),
  );
  if (refs.size === 0) return undefined;
  const times = evidence.map(({ observedAt }) => observedAt);
  return own('observed-data', [incident.id, detection.id], Math.min(...times), Math.max(...times), {
    first_observed: stixTime(Math.min(...times)),
    last_observed: stixTime(Math.max(...times)),
    number_observed: Math.max(1, evidence.length),
    object_refs: [...refs],
  });
}

function attackPattern({ tactic }: Detection, own: Own, at: number): string | undefined {
  const technique = /^T\d{4}(\.\d{3})?$/.test(tactic ?? '') ? tactic : undefined;
  const phase = tactic === undefined ? undefined : phases[tactic];
  if (tactic === undefined || (technique === undefined && phase === undefined)) return undefined;
  return own('attack-pattern', [tactic], at, at, {
    name: tactic,
    external_references: [
      {
        source_name: 'mitre-attack',
        external_id: tactic,
        url: `https://attack.mitre.org/${technique === undefined ? 'tactics' : 'techniques'}/${tactic.replace('.', '/')}/`,
      },
    ],
    ...(phase === undefined
      ? {}
      : { kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: phase }] }),
  });
}

/** The indicator that was matched, where it may be passed on; else the address that attacked, from outside. */
function indicatorFor(
  detection: Detection,
  { incident, tlp }: IncidentFacts,
  libraryOf: (source: string, id: string) => Indicator | undefined,
  own: Own,
  add: (object: StixObject) => string,
): string | undefined {
  const { indicator, source } = detection.facts;
  if (typeof indicator === 'string' && typeof source === 'string') {
    const known = libraryOf(source, indicator);
    return known === undefined || tlpRank(known.tlp) > tlpRank(tlp) ? undefined : add(indicatorObject(known));
  }
  const { ip } = detection.observables;
  const pattern = ip === undefined ? undefined : patternOf('ip', ip);
  if (pattern === undefined || severityRank(detection.severity) < MEDIUM || !isOutside(pattern))
    return undefined;
  return own('indicator', [incident.id, pattern], incident.first, incident.first, {
    name: `Address that attacked: ${ip}`,
    indicator_types: ['malicious-activity'],
    pattern,
    pattern_type: 'stix',
    valid_from: stixTime(detection.at),
  });
}

function isOutside(pattern: string): boolean {
  try {
    compiled(pattern);
    return true;
  } catch {
    return false;
  }
}
