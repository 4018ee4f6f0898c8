/**
 * Land and borders around the sites: Natural Earth's, as packed by world-atlas; part of the pages, fetched from their
 * own server when a map is shown. Only the region of the sites is turned into shapes.
 */
import { geoMercator, geoPath } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import fine from 'world-atlas/countries-50m.json?url';
import coarse from 'world-atlas/countries-110m.json?url';
import { type Extent, extentOf, type WorldPoint } from './view.ts';

/** Shapes are drawn in these units, for the whole world's width. */
export const LAND_UNITS = 65_536;
/** With sites farther apart than this, in parts of the world, fine shores would not be seen. */
const COARSE_FROM = 0.2;
/** So much of the land around the sites is drawn, in widths of theirs. */
const AROUND = 1.2;
/** At least, in parts of the world: about ten degrees. */
const LEAST_AROUND = 0.03;

export interface Land {
  land: string;
  borders: string;
  /** What is drawn; beyond there is nothing. */
  extent: Extent;
}

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

const isAtlas = (value: unknown): value is Atlas =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type === 'Topology' &&
  'objects' in value &&
  typeof value.objects === 'object' &&
  value.objects !== null &&
  'land' in value.objects &&
  'countries' in value.objects;

/** The region that is drawn for sites. Pure. */
export function regionOf(points: readonly WorldPoint[]): Extent {
  const { left, top, right, bottom } = extentOf(points);
  const across = Math.max(LEAST_AROUND, (right - left) * AROUND);
  const along = Math.max(LEAST_AROUND, (bottom - top) * AROUND);
  return {
    left: Math.max(0, left - across),
    top: Math.max(0, top - along),
    right: Math.min(1, right + across),
    bottom: Math.min(1, bottom + along),
  };
}

/** @throws Error when the land can't be had: the map is shown without it */
export async function loadLand(points: readonly WorldPoint[], until: AbortSignal): Promise<Land> {
  const extent = regionOf(points);
  const isWide = extent.right - extent.left > COARSE_FROM;
  const response = await fetch(isWide ? coarse : fine, { signal: until });
  const atlas: unknown = response.ok ? await response.json() : undefined;
  if (!isAtlas(atlas)) throw new Error(`the land was not there: ${response.status}`);
  const projection = geoMercator()
    .scale(LAND_UNITS / (2 * Math.PI))
    .translate([LAND_UNITS / 2, LAND_UNITS / 2])
    .clipExtent([
      [extent.left * LAND_UNITS, extent.top * LAND_UNITS],
      [extent.right * LAND_UNITS, extent.bottom * LAND_UNITS],
    ]);
  const path = geoPath(projection).digits(1);
  return {
    land: path(feature(atlas, atlas.objects.land)) ?? '',
    borders: path(mesh(atlas, atlas.objects.countries, (one, other) => one !== other)) ?? '',
    extent,
  };
}
