import { z } from 'zod';
import { address } from './address.ts';
import { geofence, MAX_GEOFENCES } from './geofence.ts';
import { identifier, plainText } from './identifiers.ts';
import { planPoint } from './site.ts';

export const assetKind = z.enum([
  'door',
  'cabinet',
  'reader',
  'lock',
  'camera',
  'fridge',
  'motion-sensor',
  'siren',
  'alarm-panel',
  'gateway',
  'sensor',
  'vehicle',
  'host',
  'shop',
  'payment-service',
  'network',
]);
export type AssetKind = z.infer<typeof assetKind>;

/** Temperature that the goods inside must keep, in degrees Celsius. */
export const temperatureBand = z.strictObject({ minCelsius: z.number(), maxCelsius: z.number() });
export type TemperatureBand = z.infer<typeof temperatureBand>;

const calendarDate = z.iso.date();

/** When a probe was last compared with a reference, and how far off it was. */
export const probeCalibration = z
  .strictObject({
    calibratedOn: calendarDate,
    dueOn: calendarDate,
    /** Added to what the probe says, °C. */
    offsetCelsius: z.number().min(-5).max(5).default(0),
    /** The probe's own name: its serial number. */
    probe: plainText.max(128).optional(),
    /** Number of the calibration certificate. */
    certificate: plainText.max(128).optional(),
  })
  .refine(({ calibratedOn, dueOn }) => calibratedOn < dueOn, {
    path: ['dueOn'],
    message: 'must be after calibratedOn',
  });
export type ProbeCalibration = z.infer<typeof probeCalibration>;

/** What the record of a place with a temperature band needs to know besides the band. */
export const coldChain = z.strictObject({
  /** This close to an edge of the band is a warning already, °C. */
  warnMarginCelsius: z.number().min(0).max(10).default(0),
  /** Frozen goods: a mean kinetic temperature says nothing about them. */
  frozen: z.boolean().default(false),
  calibration: probeCalibration.optional(),
  /** Persons who decide what becomes of goods after an excursion; empty: whoever may sign in at the site. */
  responsible: z.array(identifier).max(64).default([]),
});
export type ColdChain = z.infer<typeof coldChain>;

/** Something worth protecting or something that protects: it stands in a zone or is hosted on another asset. */
export const asset = z.strictObject({
  id: identifier,
  kind: assetKind,
  name: plainText,
  site: identifier,
  zone: identifier.optional(),
  /** The asset this one runs on or is built into: a shop on its host, a lock in its door. */
  hostedOn: identifier.optional(),
  /** What this asset guards: an alarm panel its doors, a camera a zone's cabinet. */
  guards: z.array(identifier).max(256).default([]),
  /** What this asset needs to work. */
  dependsOn: z.array(identifier).max(256).default([]),
  /** For a door: the zones on its two sides. */
  connects: z.tuple([identifier, identifier]).optional(),
  /**
   * Everybody meets here (a shop's public page, the customers' entrance): sharing such an asset says
   * almost nothing about two detections belonging together.
   */
  public: z.boolean().default(false),
  /** For a door: people flee through it. Its lock is never locked by a command, unless the lock has `freeEgress`. */
  escapeRoute: z.boolean().optional(),
  /** For a lock: it always opens from inside without a key (EN 179, EN 1125). */
  freeEgress: z.boolean().optional(),
  /** How much its loss would hurt, 1 (an inconvenience) to 5 (people or the business). */
  criticality: z.number().int().min(1).max(5).default(3),
  band: temperatureBand.optional(),
  coldChain: coldChain.optional(),
  /** For what moves: the areas it belongs into. Outside of all of them it is where it should not be. */
  geofences: z.array(geofence).max(MAX_GEOFENCES).default([]),
  position: planPoint.optional(),
  /** Under which it is known on networks: IPv4, IPv6, MAC, host name. An address has one asset. */
  addresses: z.array(address).max(64).optional(),
});
export type Asset = z.infer<typeof asset>;
