/** An incident in the words that authorities ask for: filled in from what is known, never guessed. */
import { severityRank } from '../../devices/model/detection.ts';
import { observationKinds } from '../../devices/model/observation.ts';
import { themeOf } from '../correlation/theme.ts';
import type { IncidentFacts } from '../intelligence/incident-facts.ts';
import { localText } from '../reports/calendar.ts';

/** Lines of one field. */
const MAX_LINES = 40;

export interface DutyFacts {
  incident: string;
  title: string;
  severity: string;
  state: string;
  first: number;
  last: number;
  timeZone: string;
  sites: { id: string; name: string }[];
  /** Countries cannot be known from here: a person says it. */
  services: string[];
  assets: string[];
  /** How many people of the registry the incident names. */
  people: number;
  accounts: number;
  /** Whether anything speaks for intent. */
  isSuspectedMalicious: boolean;
  worlds: string[];
  techniques: string[];
  indicators: string[];
  story: string[];
  measures: string[];
}

/** What follows from an incident's facts alone. Pure. */
export function dutyFacts(facts: IncidentFacts): DutyFacts {
  const { incident, handling, detections, observations, activities, registry, redaction } = facts;
  const assets = incident.assets.flatMap((id) => registry.asset(id) ?? []);
  const siteIds = [...new Set(assets.map(({ site }) => site))];
  const sites = siteIds.map((id) => ({ id, name: registry.site(id)?.name ?? id }));
  const timeZone = registry.site(siteIds[0] ?? '')?.timeZone ?? 'UTC';
  const time = (at: number) => localText(at, timeZone);
  const isService = (kind: string) => ['shop', 'payment-service', 'host', 'network'].includes(kind);
  const accounts = new Set(observations.flatMap(({ subjects }) => subjects?.account?.toLowerCase() ?? []));
  const indicators = new Set(
    detections.flatMap(({ observables, facts: { value, indicator } }) => [
      ...(observables.ip === undefined ? [] : [`address ${observables.ip}`]),
      ...(observables.domain === undefined ? [] : [`domain ${observables.domain}`]),
      ...(typeof indicator === 'string' && typeof value === 'string' ? [`${value} (${indicator})`] : []),
    ]),
  );
  const kinds = new Set(observations.map(({ kind }) => observationKinds[kind]));
  return {
    incident: incident.id,
    title: redaction.text(incident.title),
    severity: incident.severity,
    state: handling.state,
    first: incident.first,
    last: incident.last,
    timeZone,
    sites,
    services: assets.filter(({ kind }) => isService(kind)).map(({ name }) => name),
    assets: assets.map(({ name, kind, site }) => `${name} (${kind}, ${registry.site(site)?.name ?? site})`),
    people: incident.identities.length,
    accounts: accounts.size,
    // A step of an attack, beyond looking around, is what speaks for intent.
    isSuspectedMalicious: detections.some((one) => (themeOf(one).stage ?? 0) >= 2),
    worlds: [...kinds].sort(),
    techniques: [...new Set(detections.flatMap(({ tactic }) => tactic ?? []))].sort(),
    indicators: [...indicators].sort().slice(0, MAX_LINES),
    story: detections
      .toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity) || a.at - b.at)
      .slice(0, MAX_LINES)
      .sort((a, b) => a.at - b.at)
      .map(({ at, summary }) => `${time(at)} ${redaction.text(summary)}`),
    measures: activities
      .filter(({ action }) => ['acknowledged', 'contained', 'resolved', 'noted'].includes(action))
      .slice(-MAX_LINES)
      .map(
        ({ at, action, text }) =>
          `${time(at)} ${action}${text === undefined ? '' : `: ${redaction.text(text)}`}`,
      ),
  };
}
