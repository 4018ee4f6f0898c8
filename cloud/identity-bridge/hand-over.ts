/** A parcel's hand-over: what is proved or refused, as an observation and, refused, as a detection. Pure. */
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Credential, type RefusalReason, Refused } from './credential.ts';
import { type Presented, required } from './verification.ts';

export const HAND_OVER_RULE = 'handover-refused';

/** Who hands over, and what. */
export interface HandOver {
  courier: string;
  carrier: string;
  parcel: string;
}

/**
 * Shop to carrier to scanner: the scanner is a courier's, and the parcel is entrusted to it or to its carrier.
 * @throws Refused
 */
export function handOverIn(presented: Presented, parcel: string): HandOver {
  const courier = required(presented, 'CourierCredential', {});
  const parcels = presented.credentials.filter(({ type }) => type === 'ParcelCredential');
  if (parcels.length === 0) throw new Refused('missing', 'there is no ParcelCredential');
  const isEntrusted = ({ subject, claims }: Credential) =>
    claims.parcel === parcel && (subject === presented.holder || subject === courier.issuer);
  if (!parcels.some(isEntrusted))
    throw new Refused('wrong-parcel', `parcel ${parcel} is not entrusted to this courier`);
  return { courier: String(courier.claims.courier), carrier: courier.issuer, parcel };
}

/** How serious a refusal is: what can be a slip is a remark, what can't is an alarm. */
const severityOf: Readonly<Record<RefusalReason, Severity>> = {
  malformed: 'medium',
  signature: 'high',
  audience: 'high',
  'unknown-nonce': 'low',
  replayed: 'high',
  'not-yet-valid': 'low',
  expired: 'medium',
  revoked: 'high',
  'status-unknown': 'low',
  'untrusted-issuer': 'high',
  'not-the-holder': 'high',
  missing: 'medium',
  'wrong-parcel': 'high',
  claim: 'medium',
};

const words: Readonly<Record<RefusalReason, string>> = {
  malformed: 'what was presented could not be read',
  signature: 'a signature was false',
  audience: 'the proof was made for another place',
  'unknown-nonce': 'the proof answered no question asked here',
  replayed: 'the proof had been used before',
  'not-yet-valid': 'a credential is not valid yet',
  expired: 'a credential has expired',
  revoked: 'a credential was revoked',
  'status-unknown': 'it could not be found out whether a credential was revoked',
  'untrusted-issuer': 'an issuer is not trusted',
  'not-the-holder': 'the credentials are somebody else’s',
  missing: 'a credential is missing',
  'wrong-parcel': 'the parcel is not entrusted to this courier',
  claim: 'a credential says otherwise',
};

export interface HandOverPlace {
  /** Of the observation. */
  id: string;
  at: number;
  /** Name of the verifier. */
  verifier: string;
  asset: string;
  site: string;
  parcel: string;
}

export interface HandOverRecords {
  observation: Observation;
  detection?: Detection;
}

/**
 * @param holder as far as its signature was checked
 * @param handOver where it is proved; else why not
 */
export function recordsOf(
  place: HandOverPlace,
  outcome: { handOver: HandOver; holder: string } | { refused: Refused; holder?: string; courier?: string },
  registry: Registry,
): HandOverRecords {
  const { id, at, verifier, asset, site, parcel } = place;
  const isProved = 'handOver' in outcome;
  const courier = isProved ? outcome.handOver.courier : outcome.courier;
  const person = courier === undefined ? undefined : registry.identity(courier);
  const source = `identity-bridge:${verifier}`;
  const observables = { parcel, ...(outcome.holder === undefined ? {} : { did: outcome.holder }) };
  const observation: Observation = {
    id,
    kind: isProved ? 'handover.proved' : 'handover.refused',
    site,
    asset,
    source,
    observedAt: at,
    receivedAt: at,
    clock: 'set',
    ...(person === undefined ? {} : { subjects: { identity: person.id } }),
    observables,
    facts: {
      parcel,
      ...(courier === undefined ? {} : { courier }),
      ...(isProved
        ? { carrier: outcome.handOver.carrier }
        : { reason: outcome.refused.reason, detail: outcome.refused.message.slice(0, 256) }),
    },
  };
  if (isProved) return { observation };
  const { reason } = outcome.refused;
  const detection: Detection = {
    id: `${HAND_OVER_RULE}:${id}`.slice(0, 256),
    at,
    rule: HAND_OVER_RULE,
    severity: severityOf[reason],
    source,
    site,
    assets: [asset],
    identities: person === undefined ? [] : [person.id],
    observables,
    summary: `The hand-over of parcel ${parcel} was refused: ${words[reason]}`,
    facts: { reason, parcel, ...(courier === undefined ? {} : { courier }) },
    evidence: [id],
    tactic: 'T1656',
    count: 1,
  };
  return { observation, detection };
}
