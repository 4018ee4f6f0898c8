import { z } from 'zod';
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
  /** How much its loss would hurt, 1 (an inconvenience) to 5 (people or the business). */
  criticality: z.number().int().min(1).max(5).default(3),
  band: temperatureBand.optional(),
  position: planPoint.optional(),
});
export type Asset = z.infer<typeof asset>;
