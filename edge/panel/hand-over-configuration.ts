/** The `deliveries` part of a gateway's configuration: who should come, when, and with which vehicle. */
import { z } from 'zod';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { openingHours } from '../../devices/model/site.ts';
import { calendarDay, unique } from './door/hours.ts';

/** Announcements that are kept at a time; a busy warehouse has some fifty a day. */
const MAX_EXPECTED = 1_000;
const MAX_VEHICLES = 500;
const MAX_POINTS = 32;

const vehicle = z.strictObject({
  /** The registered vehicle. */
  asset: identifier,
  /** Tags that a long-range reader reads as badges. */
  tags: z.array(z.string().min(1).max(64)).max(8).default([]),
  /** Number plates, as a camera tells them. */
  plates: z.array(z.string().min(1).max(16)).max(8).default([]),
});

const expected = z
  .strictObject({
    id: identifier,
    what: plainText.max(256),
    /** Anyone of these people. */
    who: z.array(identifier).min(1).max(64),
    /** On this day alone, or every week on these. */
    on: calendarDay.optional(),
    days: openingHours.shape.days.optional(),
    from: openingHours.shape.from,
    to: openingHours.shape.to,
    /** Absent: any, or on foot. */
    vehicle: identifier.optional(),
    /** The reader where it is handed over; absent: any of the points. */
    at: identifier.optional(),
  })
  .refine(({ on, days }) => (on === undefined) !== (days === undefined), 'needs either on or days')
  .refine(({ from, to }) => from < to, 'from must be before to, on the same day');
export type ExpectedDelivery = z.infer<typeof expected>;

export const deliveryConfiguration = z
  .strictObject({
    /** Readers at which those who deliver show their badge. */
    points: z.array(identifier).max(MAX_POINTS).default([]),
    /** So much earlier or later is still on time. */
    toleranceMs: durationMs.max(12 * 3_600_000).default(15 * 60_000),
    /** A vehicle that was seen belongs to a badge that is shown within this time. */
    vehicleMs: durationMs
      .min(10_000)
      .max(3_600_000)
      .default(10 * 60_000),
    /** How long the vehicle may be seen after the badge. */
    settleMs: durationMs.max(600_000).default(20_000),
    /** Couriers whom nobody expects are not let in. */
    refusesOthers: z.boolean().default(false),
    vehicles: z
      .array(vehicle)
      .max(MAX_VEHICLES)
      .default([])
      .superRefine(unique<z.infer<typeof vehicle>>(({ asset }) => asset, 'asset')),
    expected: z
      .array(expected)
      .max(MAX_EXPECTED)
      .default([])
      .superRefine(unique<ExpectedDelivery>(({ id }) => id, 'id')),
  })
  .superRefine(({ expected: announced, vehicles, points }, context) => {
    const known = new Set(vehicles.map(({ asset }) => asset));
    for (const [index, entry] of announced.entries()) {
      const issue = (key: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['expected', index, key], message });
      if (entry.vehicle !== undefined && !known.has(entry.vehicle))
        issue('vehicle', `"${entry.vehicle}" is none of the vehicles`);
      if (entry.at !== undefined && !points.includes(entry.at))
        issue('at', `"${entry.at}" is none of the points`);
    }
  });
export type DeliveryConfiguration = z.infer<typeof deliveryConfiguration>;

/** Every person that the configuration names, with the key under which it does. */
export const peopleInDeliveries = ({ expected: announced }: DeliveryConfiguration): [string, string][] =>
  announced.flatMap(({ who }, index) =>
    who.map((identity, at): [string, string] => [`deliveries.expected[${index}].who[${at}]`, identity]),
  );

/** Every asset that the configuration names, with the key under which it does. */
export function namedInDeliveries({ points, vehicles }: DeliveryConfiguration): [string, string][] {
  return [
    ...points.map((asset, index): [string, string] => [`deliveries.points[${index}]`, asset]),
    ...vehicles.map(({ asset }, index): [string, string] => [`deliveries.vehicles[${index}].asset`, asset]),
  ];
}
