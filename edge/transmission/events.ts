/**
 * What a monitoring station is told, in the two vocabularies it understands: Contact ID (SIA DC-05) and the codes of
 * SIA (DC-03). One line for each rule or alarm; what has no line is told as a general alarm when it is serious.
 */
import { type Detection, type Severity, severityRank } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { kindOfRule } from '../rules/configuration.ts';

export interface EventCode {
  /** Contact ID, three digits, without the qualifier. */
  contactId: number;
  /** SIA: alarm, and what says that it is over. */
  sia: string;
  siaRestored: string;
}

const code = (contactId: number, sia: string, siaRestored: string): EventCode => ({
  contactId,
  sia,
  siaRestored,
});

const general = code(140, 'UA', 'UR');

/** By kind of rule, or alarm of the panel. */
export const eventCodes: Readonly<Record<string, EventCode>> = {
  intrusion: code(130, 'BA', 'BR'),
  duress: code(121, 'HA', 'HR'),
  'arming-refused': code(454, 'CD', 'CR'),
  tailgating: code(421, 'DK', 'DR'),
  'anti-passback': code(421, 'DK', 'DR'),
  'door-propped': code(426, 'DN', 'DR'),
  'lock-not-following': code(427, 'DT', 'DJ'),
  'opened-after-hours': code(131, 'BA', 'BR'),
  'forced-open': code(131, 'BA', 'BR'),
  'motion-while-armed': code(132, 'BA', 'BR'),
  'cabinet-opened': code(133, 'BA', 'BR'),
  'held-open': code(426, 'DN', 'DR'),
  tamper: code(137, 'TA', 'TR'),
  'camera-obscured': code(144, 'TA', 'TR'),
  'camera-blind': code(144, 'TA', 'TR'),
  'camera-replaced': code(144, 'TA', 'TR'),
  'camera-not-recording': code(380, 'UT', 'UJ'),
  'door-controller-alarm': code(131, 'BA', 'BR'),
  'silent-device': code(380, 'UT', 'UJ'),
  'low-battery': code(384, 'XT', 'XR'),
  flapping: code(377, 'UT', 'UJ'),
  'access-denied-burst': code(421, 'DK', 'DR'),
  'badge-in-two-places': code(421, 'DK', 'DR'),
  'alarm-schedule-changed': code(416, 'JL', 'JL'),
  'transmission-lost': code(350, 'YC', 'YK'),
  'gateway-trouble': code(300, 'YX', 'YZ'),
  'mains-lost': code(301, 'AT', 'AR'),
  'device-fault': code(380, 'UT', 'UJ'),
  'setting-changed': code(150, 'UA', 'UR'),
  'left-area': code(140, 'UA', 'UR'),
  'expired-item': code(140, 'UA', 'UR'),
  'exit-unused': code(428, 'DT', 'DJ'),
  delivery: code(422, 'DK', 'DR'),
  'camera-login-failures': code(461, 'JA', 'JA'),
  'unusual-value': code(380, 'UT', 'UJ'),
  'unusual-for-hour': code(380, 'UT', 'UJ'),
  'unusual-traffic': code(380, 'UT', 'UJ'),
  'level-changed': code(380, 'UT', 'UJ'),
  'rapid-change': code(380, 'UT', 'UJ'),
  'stuck-value': code(380, 'UT', 'UJ'),
  'missing-readings': code(380, 'UT', 'UJ'),
};

const tooWarm = code(158, 'KA', 'KR');
const tooCold = code(159, 'ZA', 'ZR');

/** An event on its way to the station. Its sequence number stays the same however often it is sent. */
export interface StationEvent {
  contactId: number;
  sia: string;
  /** Contact ID's qualifier: 1 new or opening, 3 restored or closing. */
  qualifier: 1 | 3;
  /** A zone for alarms, a user for arming; 0 where there is none. */
  number: number;
  at: number;
}

/** Which event a detection is; undefined where it is not worth one. */
export function eventOf(
  detection: Detection,
  zoneOf: (assets: readonly string[]) => number,
  fromSeverity: Severity,
): StationEvent | undefined {
  const kind = kindOfRule(detection.rule);
  const isTemperature = kind === 'temperature-excursion';
  const known = isTemperature ? temperature(detection) : eventCodes[kind];
  if (severityRank(detection.severity) < severityRank(fromSeverity)) return undefined;
  const { contactId, sia } = known ?? general;
  return { contactId, sia, qualifier: 1, number: zoneOf(detection.assets), at: detection.at };
}

/** The end of what an event told. */
export function restored(event: StationEvent, at: number): StationEvent {
  const all = [...Object.values(eventCodes), tooWarm, tooCold, general];
  const known = all.find(({ contactId, sia }) => contactId === event.contactId && sia === event.sia);
  return { ...event, sia: (known ?? general).siaRestored, qualifier: 3, at };
}

function temperature({ facts }: Detection): EventCode {
  return facts.side === 'below' ? tooCold : tooWarm;
}

/** Arming and disarming, as every station expects them. */
export function armingEventOf(
  { kind, subjects, observedAt: at }: Observation,
  userOf: (identity: string | undefined) => number,
): StationEvent | undefined {
  const number = userOf(subjects?.identity);
  if (kind === 'alarm.armed') return { contactId: 401, sia: 'CL', qualifier: 3, number, at };
  if (kind === 'alarm.disarmed') return { contactId: 401, sia: 'OP', qualifier: 1, number, at };
  return undefined;
}

/** Area of a site; a gateway guards one. */
const AREA = '01';
const three = (number: number) => String(Math.min(number, 999)).padStart(3, '0');

/** The event as data of an `ADM-CID` message: `1131 01 002` (DC-09, annex B; SIA DC-05). */
export const contactIdData = ({ qualifier, contactId, number }: StationEvent): string =>
  `${qualifier}${three(contactId)} ${AREA} ${three(number)}`;

/** The event as data of an `SIA-DCS` message: `Nri01/BA002` (SIA DC-03). */
export const siaData = ({ sia, number }: StationEvent): string => `Nri${AREA}/${sia}${three(number)}`;
