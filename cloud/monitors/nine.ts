/** The nine monitors of the house, each with what belongs to it. One line of a rule or a part is moved here alone. */
import type { Detection } from '../../devices/model/detection.ts';
import type { ObservationKind } from '../../devices/model/observation.ts';
import { HAND_OVER_RULE } from '../identity-bridge/hand-over.ts';
import { orderRules } from '../orders/model.ts';
import type { MonitorSwitch } from '../store/store.ts';
import { INTELLIGENCE_RULE } from './intelligence-match.ts';
import { SIGMA } from './monitors.ts';

export const monitorIds = [
  'physical-asset',
  'access',
  'communication',
  'behavioural',
  'application-integrity',
  'policy',
  'identity-bridge',
  'audit-trail',
  'incident-detector',
] as const;
export type MonitorId = (typeof monitorIds)[number];

export interface NamedMonitor {
  readonly id: MonitorId;
  readonly title: string;
  /** What it watches, in a sentence. */
  readonly about: string;
  /** Beginnings of the kinds of observations that feed it: `door.` or a whole kind. */
  readonly fedBy: readonly string[];
  /** Rules whose detections are its own, or their beginnings where they end in `*`. */
  readonly rules: readonly string[];
  /** What the detector runs for it, by kind (see catalog.ts); the rest of it runs elsewhere. */
  readonly runs: readonly string[];
  /** It is used now and then: silence says nothing. */
  readonly isOftenIdle?: boolean;
}

export const nineMonitors: readonly NamedMonitor[] = [
  {
    id: 'physical-asset',
    title: 'Physical assets',
    about: 'Fridges, cameras, vehicles, sensors and power, as the gateways of all sites see them.',
    fedBy: [
      'motion.',
      'tamper.',
      'siren.',
      'battery.',
      'temperature.',
      'humidity.',
      'power.',
      'energy.',
      'voltage.',
      'current.',
      'frequency.',
      'load.',
      'weight.',
      'setting.',
      'goods.',
      'fault.',
      'position.',
      'zone.',
      'object.',
      'camera.',
      'signal.',
      'line.',
      'field.',
      'input.',
      'picture.',
      'device.',
      'gateway.',
      'clock.',
      'transmission.',
    ],
    rules: [
      'temperature-excursion',
      'silent-device',
      'low-battery',
      'camera-*',
      'transmission-lost',
      'gateway-trouble',
      'mains-lost',
      'device-fault',
      'setting-changed',
      'left-area',
      'expired-item',
      'unusual-*',
      'level-changed',
      'stuck-value',
      'rapid-change',
      'missing-readings',
      'flapping',
      'tamper',
      'motion-while-armed',
      'rule-keys-full',
      'impossible-position',
    ],
    runs: ['impossible-position'],
  },
  {
    id: 'access',
    title: 'Access',
    about: 'Doors, locks, badges, arming and deliveries, as the gateways of all sites see them.',
    fedBy: [
      'door.',
      'lock.',
      'badge.',
      'access.',
      'exit.',
      'alarm.',
      'duress.',
      'delivery.',
      'command.',
      'configuration.',
    ],
    rules: [
      'opened-after-hours',
      'forced-open',
      'held-open',
      'cabinet-opened',
      'door-controller-alarm',
      'access-denied-burst',
      'alarm-schedule-changed',
      'arming-refused',
      'badge-in-two-places',
      'anti-passback',
      'door-propped',
      'lock-not-following',
      'exit-unused',
      'tailgating*',
      'duress',
      'delivery-*',
    ],
    runs: [],
  },
  {
    id: 'communication',
    title: 'Communication',
    about:
      'Who talks to whom in the networks, how much and in which rhythm, and what is asked of web servers.',
    fedBy: ['network.', 'domain.', 'web.requested'],
    rules: [
      'device-talks-outside',
      'new-peer',
      'new-domain',
      'new-listener',
      'beaconing',
      'network-scan',
      'exfiltration-volume',
      'dns-tunnel',
      'web-scanner',
      'web-attack',
      'request-flood',
    ],
    runs: ['communication', 'web-scanner', 'web-attack', 'request-flood'],
  },
  {
    id: 'behavioural',
    title: 'Behaviour',
    about: 'Orders, payments and accounts, held against the model of how they go.',
    fedBy: [
      'order.',
      'cart.',
      'payment.',
      'refund.',
      'payout.',
      'stock.',
      'item.',
      'handover.',
      'login.',
      'account.',
      'process.',
      'host.',
    ],
    rules: [
      ...orderRules,
      'brute-force',
      'new-address-login',
      'privilege-escalation',
      'account-takeover',
      'card-testing',
      'credential-stuffing',
      'distributed-stuffing',
      'impossible-travel',
      'payout-diverted',
    ],
    runs: [
      'order-flow',
      'brute-force',
      'new-address-login',
      'privilege-escalation',
      'account-takeover',
      'card-testing',
      'credential-stuffing',
      'distributed-stuffing',
      'impossible-travel',
      'payout-diverted',
    ],
  },
  {
    id: 'application-integrity',
    title: 'Application integrity',
    about: "The shop's pages, scripts, certificates and files, compared with what they were.",
    fedBy: ['page.', 'script.', 'form.', 'frame.', 'certificate.', 'file.'],
    rules: ['integrity-*', 'page-policy-weakened', 'certificate-*'],
    runs: [
      'integrity-new-script',
      'integrity-script-changed',
      'integrity-form-target',
      'integrity-payment-frame',
      'page-policy-weakened',
      'integrity-defaced',
      'certificate-changed',
      'certificate-expiring',
      'integrity-file-changed',
    ],
  },
  {
    id: 'policy',
    title: 'Policy',
    about: 'The rules of the house, each with the law or standard that it serves.',
    // Whatever its rules look at; see `fedBy` of the running one.
    fedBy: [],
    rules: ['policy:*'],
    runs: ['policies'],
  },
  {
    id: 'identity-bridge',
    title: 'Identity bridge',
    about: 'People, devices and couriers prove who they are with verifiable credentials.',
    fedBy: ['handover.'],
    rules: [HAND_OVER_RULE],
    runs: [],
    isOftenIdle: true,
  },
  {
    id: 'audit-trail',
    title: 'Audit trail',
    about: 'Every change and every incident, in a log that shows when it was altered.',
    fedBy: [],
    rules: [],
    runs: [],
    isOftenIdle: true,
  },
  {
    id: 'incident-detector',
    title: 'Incident detector',
    about: 'Joins the detections of all monitors, of Sigma rules and of threat intelligence into incidents.',
    fedBy: [],
    rules: [INTELLIGENCE_RULE, 'sigma:*'],
    // What is matched with indicators runs for threat intelligence: see toolkit/catalog.ts.
    runs: [SIGMA],
  },
];

const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Whose detections carry a rule. What nobody else claims (Sigma's, those that partners report) is the detector's. */
export const monitorOfRule = (rule: string): MonitorId =>
  nineMonitors.find(({ rules }) => rules.some((pattern) => fits(pattern, rule)))?.id ?? 'incident-detector';

/** Which of them look at a kind of observation, the policy monitor aside: it says so itself. */
export const monitorsOfKind = (kind: ObservationKind): MonitorId[] =>
  nineMonitors.flatMap(({ id, fedBy }) =>
    fedBy.some((beginning) => (beginning.endsWith('.') ? kind.startsWith(beginning) : kind === beginning))
      ? [id]
      : [],
  );

/** Whether a detection came since its monitor, or the incident detector, was switched off: it is in no incident then. */
export const isSwitchedOff = (
  switches: readonly Pick<MonitorSwitch, 'monitor' | 'enabled' | 'at'>[],
  { rule, at }: Pick<Detection, 'rule' | 'at'>,
): boolean =>
  switches.some(
    (one) =>
      !one.enabled &&
      at >= one.at &&
      (one.monitor === 'incident-detector' || one.monitor === monitorOfRule(rule)),
  );
