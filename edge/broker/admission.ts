/** Who may connect: password, client id, last will, session. */
import type { AuthenticateError, Client } from 'aedes';
import type { Clock } from '../../devices/model/clock.ts';
import { type Identities, type IdentityEntry, Rights } from './identities.ts';
import type { BrokerMetrics } from './metrics.ts';
import type { ConnectRefused, Quarantined } from './options.ts';
import type { ClientName, Peer } from './peer.ts';
import type { BrokerState } from './state.ts';

/** CONNACK return codes, MQTT 3.1.1 table 3.1. */
const returnCode = { identifierRejected: 2, unavailable: 3, badCredentials: 4, notAuthorized: 5 } as const;

export interface AdmissionParts {
  identities: Identities;
  state: BrokerState;
  metrics: BrokerMetrics;
  clock: Clock;
  /** Who is connected with a client id. */
  holderOf: (clientId: string) => ClientName | undefined;
  onAdmitted: (client: Client, peer: Peer) => void;
  onRefused: (refused: ConnectRefused) => void;
  quarantine: (quarantined: Omit<Quarantined, 'at'>) => void;
}

export interface Applicant {
  client: Client;
  peer: Peer;
  username: string | undefined;
  password: Uint8Array | undefined;
}

interface Denial {
  code: number;
  reason: string;
}

/** @returns a function that admits an applicant, or says why not; it never rejects */
export function admission(
  parts: AdmissionParts,
): (applicant: Applicant) => Promise<AuthenticateError | null> {
  return async (applicant) => {
    const { peer, username } = applicant;
    let denial: Denial | undefined;
    try {
      denial = await judge(parts, applicant);
    } catch (error) {
      denial = { code: returnCode.unavailable, reason: `could not be checked: ${String(error)}` };
    }
    if (denial === undefined) return null;
    const { code, reason } = denial;
    peer.endedBecause ??= reason;
    parts.onRefused({ at: parts.clock.now(), address: peer.address, username: username ?? '', reason });
    return Object.assign(new Error(reason), { returnCode: code });
  };
}

async function judge(parts: AdmissionParts, applicant: Applicant): Promise<Denial | undefined> {
  const { identities, metrics, state, clock } = parts;
  const { client, peer, username, password } = applicant;
  const verdict = await identities.check(peer.address, username, password);
  if ('refused' in verdict) {
    if (verdict.refused === 'wrong') {
      metrics.wrongPasswords++;
      return { code: returnCode.badCredentials, reason: 'wrong user name or password' };
    }
    metrics.throttledGuesses++;
    return { code: returnCode.unavailable, reason: `password not checked: ${verdict.refused}` };
  }
  const rights = new Rights(verdict.admitted, client.id);
  const denial = deny(parts, applicant, verdict.admitted, rights);
  if (denial !== undefined) {
    metrics.connectsDenied++;
    return denial;
  }
  if (client.closed) return { code: returnCode.unavailable, reason: 'gone before it was admitted' };
  peer.admit({ id: client.id, identity: verdict.admitted.username }, rights);
  if (!client.clean)
    peer.subscriber?.hold(state.sessions.open(client.id, verdict.admitted.username, clock.now()));
  // In the same turn as the check: two identities must not be admitted with one client id.
  parts.onAdmitted(client, peer);
  return undefined;
}

/** What stands against a client whose password is right. */
function deny(
  { state, holderOf, quarantine }: AdmissionParts,
  { client, peer }: Applicant,
  { username: identity }: IdentityEntry,
  rights: Rights,
): Denial | undefined {
  const session = state.sessions.get(client.id);
  const holder = holderOf(client.id) ?? session;
  if (holder !== undefined && holder.identity !== identity)
    return {
      code: returnCode.identifierRejected,
      reason: `client id ${client.id} belongs to another identity`,
    };
  if (peer.will !== undefined && !rights.mayPublish(peer.will.topic)) {
    const { topic } = peer.will;
    const reason = `${identity} may not publish its will to ${topic}`;
    const bytes = new Uint8Array(0);
    quarantine({
      address: peer.address,
      client: { id: client.id, identity },
      kind: 'will-denied',
      reason,
      topic,
      bytes,
    });
    return { code: returnCode.notAuthorized, reason };
  }
  if (!client.clean && session === undefined && !state.sessions.hasRoom(identity))
    return { code: returnCode.unavailable, reason: 'no room for another session' };
  return undefined;
}
