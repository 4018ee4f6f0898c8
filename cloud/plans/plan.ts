import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { PlanFloor } from '../api/contract.ts';

export const MAX_FLOORS = 20;
/** Zones and assets of one floor, and corners of one outline. */
export const MAX_ZONES = 300;
export const MAX_ASSETS = 2_000;
export const MAX_CORNERS = 64;
/** A plan's width and height in its own units: from a cupboard to an airport in millimetres. */
const side = z.number().positive().max(1_000_000);
const coordinate = z.number().min(-1_000_000).max(1_000_000);

export const imageId = z.string().regex(/^[0-9a-f]{32}$/, 'expected the id of an image');

export const planFloor = z.strictObject({
  id: identifier,
  name: plainText.min(1).max(64),
  width: side,
  height: side,
  image: z.strictObject({ id: imageId, opacity: z.number().min(0.1).max(1) }).optional(),
  zones: z
    .array(
      z.strictObject({
        zone: identifier,
        outline: z
          .array(z.strictObject({ x: coordinate, y: coordinate }))
          .min(3)
          .max(MAX_CORNERS),
      }),
    )
    .max(MAX_ZONES),
  assets: z
    .array(
      z.strictObject({
        asset: identifier,
        x: coordinate,
        y: coordinate,
        angle: z.number().min(0).max(180).optional(),
      }),
    )
    .max(MAX_ASSETS),
});

export const planFloors = z.array(planFloor).min(1).max(MAX_FLOORS);

/** A plan as it is kept: with who changed it last. */
export const keptPlan = z.strictObject({ by: z.string(), at: z.number(), floors: planFloors });
export type KeptPlan = z.infer<typeof keptPlan>;

/**
 * What is wrong with a plan for a site: zones and assets of elsewhere, things that are drawn twice or outside. Pure.
 * @returns the first complaint, in words, with the field
 */
export function complaintOf(
  floors: readonly z.infer<typeof planFloor>[],
  site: string,
  registry: Registry,
): { field: string; message: string } | undefined {
  const seen = new Set<string>();
  const again = (kind: string, id: string) => {
    const key = `${kind} ${id}`;
    const is = seen.has(key);
    seen.add(key);
    return is;
  };
  for (const [index, floor] of floors.entries()) {
    const field = `floors.${index}`;
    const isOutside = ({ x, y }: { x: number; y: number }) =>
      x < 0 || y < 0 || x > floor.width || y > floor.height;
    if (again('floor', floor.id)) return { field, message: `the floor "${floor.id}" is there twice` };
    for (const { zone, outline } of floor.zones) {
      if (registry.zone(zone)?.site !== site) return { field, message: `this site has no zone "${zone}"` };
      if (again('zone', zone)) return { field, message: `the zone "${zone}" is drawn twice` };
      if (outline.some(isOutside)) return { field, message: `the zone "${zone}" lies outside of its floor` };
    }
    for (const { asset, ...place } of floor.assets) {
      if (registry.asset(asset)?.site !== site)
        return { field, message: `this site has no asset "${asset}"` };
      if (again('asset', asset)) return { field, message: `the asset "${asset}" is placed twice` };
      if (isOutside(place)) return { field, message: `the asset "${asset}" lies outside of its floor` };
    }
  }
  return undefined;
}

/** The plan that the registry has of a site: one floor, where it has a size. Pure. */
export function floorsOfRegistry(site: string, registry: Registry): PlanFloor[] {
  const plan = registry.site(site)?.plan;
  if (plan === undefined) return [];
  return [
    {
      id: 'ground',
      name: 'Ground floor',
      ...plan,
      zones: registry
        .zonesOf(site)
        .filter(({ outline }) => outline.length > 2)
        .map(({ id, outline }) => ({ zone: id, outline })),
      assets: registry
        .assetsOf(site)
        .flatMap(({ id, position }) => (position === undefined ? [] : [{ asset: id, ...position }])),
    },
  ];
}
