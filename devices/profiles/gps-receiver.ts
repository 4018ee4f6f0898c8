/**
 * A satellite receiver, for instance in a delivery van (firmware-bridge/links/gps.ts). State on `gps/<node>/state`:
 * `fix`, and while that is true `latitude`, `longitude` (degrees, WGS 84), `speedKmh`, `accuracyM`. Whether the van is
 * where it belongs is decided by the gateway, from the areas of the asset.
 */
import { bridgeFamily } from './bridge-report.ts';
import type { Findings } from './capabilities.ts';
import { field, type JsonObject, quote } from './payload.ts';
import type { ProfileSample } from './profile.ts';

/** No van is faster, and no receiver that errs by more says where it is. */
const MAX_SPEED_KMH = 400;
const MAX_ACCURACY_M = 50_000;

function inRange(
  document: JsonObject,
  name: string,
  least: number,
  most: number,
  into: Findings,
): number | undefined {
  const value = field(document, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  into.refuse(name, `${quote(value)} is no number from ${least} to ${most}`);
  return undefined;
}

function read(document: JsonObject, into: Findings): void {
  const fix = field(document, 'fix');
  if (typeof fix !== 'boolean') into.refuse('fix', `${quote(fix)} is neither true nor false`);
  if (fix !== true) return;
  const latitude = inRange(document, 'latitude', -90, 90, into);
  const longitude = inRange(document, 'longitude', -180, 180, into);
  if (latitude === undefined || longitude === undefined) {
    if (into.problems.length === 0) into.refuse('latitude, longitude', 'a fix has both');
    return;
  }
  const speedKmh = inRange(document, 'speedKmh', 0, MAX_SPEED_KMH, into);
  const accuracyM = inRange(document, 'accuracyM', 0, MAX_ACCURACY_M, into);
  into.readings.push({
    type: 'position',
    part: 'position',
    latitude,
    longitude,
    ...(speedKmh === undefined ? {} : { speedKmh }),
    ...(accuracyM === undefined ? {} : { accuracyM }),
  });
}

const device = 'gps-receiver:van-1';
const said = (sequence: number, rest: object) => ({
  topic: 'gps/van-1/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const samples: readonly ProfileSample[] = [
  {
    name: 'a van on the road',
    ...said(1, { fix: true, latitude: 52.516, longitude: 13.378, speedKmh: 42.5, accuracyM: 6 }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 1 },
          readings: [
            {
              type: 'position',
              part: 'position',
              latitude: 52.516,
              longitude: 13.378,
              speedKmh: 42.5,
              accuracyM: 6,
            },
          ],
        },
      ],
    },
  },
  {
    name: 'in its garage it sees no satellite: nothing is said of where it is',
    ...said(2, { fix: false, latitude: 0, longitude: 0 }),
    expect: { heard: [{ device, deviceSequence: { boot: 'b1', sequence: 2 }, readings: [] }] },
  },
  {
    name: 'a place that is none on Earth',
    ...said(3, { fix: true, latitude: 91, longitude: 13 }),
    expect: { refused: 'latitude: 91 is no number from -90 to 90' },
  },
];

export const gpsReceiver = bridgeFamily({
  name: 'gps-receiver',
  title: 'Satellite receiver (NMEA)',
  family: 'gps',
  read,
  samples,
});
