/** Whether whoever came to deliver is who should come, now, and with this vehicle. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { Facts } from '../../devices/model/observation.ts';
import { nameOf } from '../rules/wording.ts';
import { wallOfDay } from './door/hours.ts';
import type { DeliveryConfiguration, ExpectedDelivery } from './hand-over-configuration.ts';
import type { PanelContext } from './outcome.ts';
import { instantOf, timeOfDayMs, wallDay, weekdayOf } from './zone-time.ts';

export type DeliveryOutcome =
  | 'as-expected'
  | 'wrong-person'
  | 'too-early'
  | 'too-late'
  | 'wrong-vehicle'
  | 'unexpected'
  | 'missed';

/** A delivery of one day. */
export interface Occurrence {
  delivery: ExpectedDelivery;
  /** `<delivery>@<day>`: what was handed over once is not expected again that day. */
  key: string;
  from: number;
  to: number;
}

/** What is announced for the day, on the site's wall clock, that an instant lies in. */
export function occurrencesOn(
  at: number,
  { expected }: DeliveryConfiguration,
  timeZone: string,
): Occurrence[] {
  const wall = wallDay(timeZone, at);
  return expected.flatMap((delivery) => {
    const { id, on, days, from, to } = delivery;
    const isToday = on === undefined ? days?.includes(weekdayOf(wall)) === true : wallOfDay(on) === wall;
    if (!isToday) return [];
    return [
      {
        delivery,
        key: `${id}@${wall}`,
        from: instantOf(timeZone, wall + timeOfDayMs(from)),
        to: instantOf(timeZone, wall + timeOfDayMs(to)),
      },
    ];
  });
}

/** Somebody at a point. */
export interface Comer {
  person: Pick<Identity, 'id'>;
  reader: string;
  at: number;
}

export interface Judgement {
  outcome: DeliveryOutcome;
  occurrence?: Occurrence;
  /** The vehicle that was seen instead. */
  seenVehicle?: string;
}

/**
 * @param isDone whether an occurrence was handed over already
 * @param vehicles when each vehicle was last seen; with an unknown plate, by that plate
 */
export function judge(
  { person, reader, at }: Comer,
  configuration: DeliveryConfiguration,
  { site, registry }: PanelContext,
  isDone: (key: string) => boolean,
  vehicles: Readonly<Record<string, number>>,
): Judgement {
  const timeZone = registry.site(site)?.timeZone;
  if (timeZone === undefined) return { outcome: 'unexpected' };
  const { toleranceMs, vehicleMs } = configuration;
  const open = occurrencesOn(at, configuration, timeZone)
    .filter(({ key, delivery }) => !isDone(key) && (delivery.at === undefined || delivery.at === reader))
    .sort((a, b) => a.to - b.to || (a.key < b.key ? -1 : 1));
  const isOnTime = ({ from, to }: Occurrence) => at >= from - toleranceMs && at <= to + toleranceMs;
  const own = open.filter(({ delivery }) => delivery.who.includes(person.id));
  const due = own.filter(isOnTime);
  const fits = due.find(
    ({ delivery }) => delivery.vehicle === undefined || isSeen(delivery.vehicle, at, vehicles, vehicleMs),
  );
  if (fits !== undefined) return { outcome: 'as-expected', occurrence: fits };
  const [first] = due;
  if (first !== undefined) {
    const seen = Object.entries(vehicles)
      .filter(([, seenAt]) => Math.abs(at - seenAt) <= vehicleMs)
      .sort(([, a], [, b]) => b - a)[0]?.[0];
    return { outcome: 'wrong-vehicle', occurrence: first, ...(seen !== undefined && { seenVehicle: seen }) };
  }
  const apart = ({ from, to }: Occurrence) => (at < from ? from - at : at - to);
  const nearest = own.sort((a, b) => apart(a) - apart(b))[0];
  if (nearest !== undefined)
    return { outcome: at < nearest.from ? 'too-early' : 'too-late', occurrence: nearest };
  const others = open.find(isOnTime);
  return others === undefined ? { outcome: 'unexpected' } : { outcome: 'wrong-person', occurrence: others };
}

const isSeen = (
  vehicle: string,
  at: number,
  vehicles: Readonly<Record<string, number>>,
  withinMs: number,
): boolean => Math.abs(at - (vehicles[vehicle] ?? Number.NEGATIVE_INFINITY)) <= withinMs;

/** How serious each is. */
export const severities: Record<Exclude<DeliveryOutcome, 'as-expected'>, Severity> = {
  'wrong-person': 'high',
  'wrong-vehicle': 'medium',
  unexpected: 'medium',
  'too-early': 'low',
  'too-late': 'low',
  missed: 'low',
};

export const factsOf = ({ outcome, occurrence }: Judgement): Facts => ({
  outcome,
  ...(occurrence !== undefined && {
    delivery: occurrence.delivery.id,
    what: occurrence.delivery.what,
    expectedFrom: occurrence.from,
    expectedTo: occurrence.to,
    ...(occurrence.delivery.vehicle !== undefined && { vehicle: occurrence.delivery.vehicle }),
  }),
});

/** What is not as announced, in words. */
export function words({ outcome, occurrence, seenVehicle }: Judgement, { registry }: PanelContext): string {
  const { delivery } = occurrence ?? {};
  const announced =
    delivery === undefined ? '' : `"${delivery.what}" is announced from ${delivery.from} to ${delivery.to}`;
  switch (outcome) {
    case 'wrong-person':
      return `${announced}, but for somebody else`;
    case 'too-early':
    case 'too-late':
      return `${announced}: this is ${outcome === 'too-early' ? 'too early' : 'too late'}`;
    case 'wrong-vehicle':
      return `${announced} with ${delivery?.vehicle === undefined ? 'another vehicle' : nameOf(delivery.vehicle, registry)}, ${
        seenVehicle === undefined ? 'which was not seen' : `but ${nameOf(seenVehicle, registry)} was seen`
      }`;
    case 'missed':
      return `${announced}, and nobody came`;
    default:
      return 'no delivery is announced for now';
  }
}
