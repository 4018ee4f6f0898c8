/** How people are told of incidents: what the desk's page of alerts exchanges with the cloud. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { OpeningHours } from '../../../devices/model/site.ts';
import type { Role } from '../../store/store.ts';

export type AlertFrom = Severity | 'off';

/** PUT /api/alerting/preferences */
export interface AlertPreferences {
  push: AlertFrom;
  mail: AlertFrom;
  /** In place of the account's own. */
  address?: string;
  /** The desk's tone while it is open. */
  sound: AlertFrom;
  quiet?: { hours: OpeningHours[]; timeZone: string; except: AlertFrom };
}

export type AlertTarget =
  | { kind: 'on-duty' }
  | { kind: 'role'; role: Role }
  | { kind: 'person'; account: string }
  | { kind: 'webhook'; name: string };

/** PUT /api/alerting/chains/:id */
export interface AlertChain {
  id: string;
  title: string;
  sites: string[];
  from: Severity;
  steps: { afterMs: number; to: AlertTarget[] }[];
  repeats: number;
}

/** GET /api/alerting */
export interface AlertingPage {
  preferences: AlertPreferences;
  /** The account's own address, where it has one. */
  address?: string;
  devices: { id: string; name: string; at: number }[];
  /** For PushManager.subscribe. */
  pushKey: string;
  /** Whether mail is configured. */
  hasMail: boolean;
  webhooks: { name: string; title: string }[];
  chains: AlertChain[];
  /** Nobody has written a chain: the one there is comes with the house. */
  isDefaultChain: boolean;
  mayArrange: boolean;
  /** Who may be named in a chain, and where. */
  people: { name: string; role: Role }[];
  sites: { id: string; name: string }[];
}

export type AlertState = 'waiting' | 'sent' | 'given-up' | 'unknown' | 'pointless';
export type AlertReason =
  | 'opened'
  | 'graver'
  | 'not-taken'
  | 'opened-again'
  | 'milder'
  | 'after-quiet'
  | 'trial';

/** GET /api/alerting/sent: newest first; one's own, or all for who may arrange. */
export interface SentAlerts {
  items: {
    id: string;
    incident: string;
    channel: 'push' | 'mail' | 'webhook';
    to: string;
    /** The device's name, or the address. */
    where: string;
    reason: AlertReason;
    severity: Severity;
    title: string;
    text: string;
    at: number;
    state: AlertState;
    tries: number;
    problem?: string;
    acknowledgedAt?: number;
  }[];
}

/** POST /api/alerting/devices */
export interface NewAlertDevice {
  name: string;
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } };
}

/** POST /api/alerting/trial */
export interface AlertTrial {
  ways: number;
}
