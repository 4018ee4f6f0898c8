/** An incident as events of OCSF: one Incident Finding (2005) and the Detection Findings (2004) it rests on. Pure. */
import type { Detection } from '../../../devices/model/detection.ts';
import type { IncidentState } from '../../../devices/model/incident.ts';
import { OCSF_VERSION, severityId } from '../../sources/ocsf.ts';
import type { IncidentFacts } from '../incident-facts.ts';
import { canonicalAddress } from '../matching/network-address.ts';

type Members = Record<string, unknown>;

const activityOf = (state: IncidentState): number =>
  state === 'resolved' || state === 'false-alarm' ? 3 : state === 'open' ? 1 : 2;
const statusOf: Readonly<Record<IncidentState, number>> = {
  open: 1,
  acknowledged: 2,
  contained: 2,
  resolved: 4,
  'false-alarm': 5,
};
/** False positive, true positive; while it is open nothing is said. */
const verdictOf: Readonly<Record<IncidentState, number>> = {
  open: 0,
  acknowledged: 4,
  contained: 2,
  resolved: 2,
  'false-alarm': 1,
};
/** Tactics and techniques of ATT&CK: `TA0006`, `T1110.001`. */
function attackOf(tactic: string | undefined): Members | undefined {
  if (tactic === undefined || !/^TA?\d{4}(\.\d{3})?$/.test(tactic)) return undefined;
  if (tactic.startsWith('TA')) return { tactic: { uid: tactic }, version: '16' };
  const [technique, sub] = tactic.split('.');
  return {
    technique: { uid: technique },
    ...(sub === undefined ? {} : { sub_technique: { uid: tactic } }),
    version: '16',
  };
}

const present = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** The Incident Finding first, then its detections in order of time. */
export function ocsfFindings(facts: IncidentFacts): Members[] {
  const { incident, handling, detections, activities, redaction } = facts;
  const changedAt = Math.max(incident.last, handling.openedAt, ...activities.map(({ at }) => at));
  const activity = activityOf(handling.state);
  const attacks = [...new Set(detections.flatMap(({ tactic }) => tactic ?? []))].flatMap(
    (tactic) => attackOf(tactic) ?? [],
  );
  const severity = severityId(incident.severity);
  const finding = present({
    activity_id: activity,
    category_uid: 2,
    class_uid: 2005,
    class_name: 'Incident Finding',
    type_uid: 200_500 + activity,
    time: handling.openedAt,
    start_time: incident.first,
    end_time: incident.last,
    severity_id: severity,
    status_id: statusOf[handling.state],
    verdict_id: verdictOf[handling.state],
    priority_id: Math.max(1, Math.min(4, severity - 1)),
    impact_id: Math.max(1, Math.min(4, severity - 1)),
    desc: redaction.text(incident.title),
    message: redaction.text(incident.title),
    assignee_group: { name: 'Security desk', type: 'role' },
    attacks: attacks.length === 0 ? undefined : attacks,
    finding_info_list: detections.map((one) => infoOf(one, facts)),
    metadata: metadataOf(incident.id, facts, changedAt),
    unmapped: {
      state: handling.state,
      priority: incident.priority,
      assets: incident.assets,
      tlp: facts.tlp,
    },
  });
  return [finding, ...detections.map((one) => detectionFinding(one, facts, changedAt))];
}

function metadataOf(uid: string, { incident }: IncidentFacts, modifiedAt: number): Members {
  return {
    uid,
    correlation_uid: incident.id,
    version: OCSF_VERSION,
    modified_time: modifiedAt,
    product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
  };
}

function infoOf(
  { id, rule, at, summary, tactic, evidence }: Detection,
  { redaction, observations }: IncidentFacts,
): Members {
  const seen = observations.filter((one) => evidence.includes(one.id)).map(({ observedAt }) => observedAt);
  const attack = attackOf(tactic);
  return present({
    uid: id,
    title: redaction.text(summary).slice(0, 256),
    desc: redaction.text(summary),
    created_time: at,
    first_seen_time: Math.min(at, ...seen),
    last_seen_time: Math.max(at, ...seen),
    analytic: { name: rule, uid: rule, type_id: 1 },
    attacks: attack === undefined ? undefined : [attack],
  });
}

function detectionFinding(detection: Detection, facts: IncidentFacts, modifiedAt: number): Members {
  const { id, at, severity, source, assets, count, summary } = detection;
  const { registry, redaction, handling } = facts;
  const activity = activityOf(handling.state);
  const observables = Object.entries(redaction.observables(detection.observables)).map(([name, value]) => ({
    name,
    value,
    type_id: observableType(name, value),
  }));
  const address = canonicalAddress(detection.observables.ip ?? '');
  return present({
    activity_id: activity,
    category_uid: 2,
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_400 + activity,
    time: at,
    count,
    severity_id: severityId(severity),
    status_id: handling.state === 'open' ? 1 : activity === 3 ? 4 : 2,
    message: redaction.text(summary),
    finding_info: infoOf(detection, facts),
    metadata: { ...metadataOf(id, facts, modifiedAt), log_name: source },
    observables: observables.length === 0 ? undefined : observables,
    evidences: address === undefined ? undefined : [{ src_endpoint: { ip: detection.observables.ip } }],
    resources:
      assets.length === 0
        ? undefined
        : assets.map((one) => {
            const asset = registry.asset(one);
            return present({
              uid: one,
              name: asset?.name,
              type: asset?.kind,
              criticality: asset === undefined ? undefined : String(asset.criticality),
            });
          }),
  });
}

/** Of the few types that OCSF numbers. */
function observableType(name: string, value: string): number {
  if (canonicalAddress(value) !== undefined) return 2;
  if (name === 'domain' || name === 'host') return 1;
  if (name === 'mac') return 3;
  if (name === 'email') return 5;
  if (name === 'url') return 6;
  return name === 'hash' ? 8 : 99;
}
