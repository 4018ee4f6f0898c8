import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM, geofence, outsideByM } from './geofence.ts';

const berlin = { latitude: 52.52, longitude: 13.405 };

describe('an area', () => {
  it('is a circle or a polygon, not both and not half', () => {
    expect(geofence.safeParse({ name: 'a', centre: berlin, radiusM: 500 }).success).toBe(true);
    expect(geofence.safeParse({ name: 'a', centre: berlin }).success).toBe(false);
    expect(
      geofence.safeParse({ name: 'a', centre: berlin, radiusM: 500, corners: [berlin, berlin, berlin] })
        .success,
    ).toBe(false);
  });
});

describe('distance', () => {
  it('is that between Berlin and Munich', () => {
    const munich = { latitude: 48.137, longitude: 11.575 };
    // 504 km by published tables.
    expect(distanceM(berlin, munich) / 1_000).toBeGreaterThan(503);
    expect(distanceM(berlin, munich) / 1_000).toBeLessThan(506);
  });

  it('outside of a circle is what is beyond its radius', () => {
    const circle = { name: 'round', centre: berlin, radiusM: 1_000 };
    expect(outsideByM(circle, berlin)).toBe(0);
    // A hundredth of a degree of latitude is 1,112 m.
    expect(outsideByM(circle, { ...berlin, latitude: 52.53 })).toBeCloseTo(112, 0);
  });

  it('outside of a polygon is to its nearest edge, also across the date line', () => {
    const square = {
      name: 'square',
      corners: [
        { latitude: 0, longitude: 179.99 },
        { latitude: 0, longitude: -179.99 },
        { latitude: 0.02, longitude: -179.99 },
        { latitude: 0.02, longitude: 179.99 },
      ],
    };
    expect(outsideByM(square, { latitude: 0.01, longitude: 180 })).toBe(0);
    expect(outsideByM(square, { latitude: 0.01, longitude: -180 })).toBe(0);
    expect(outsideByM(square, { latitude: 0.01, longitude: -179.98 })).toBeCloseTo(1_112, -1);
    expect(outsideByM(square, { latitude: 0.03, longitude: 180 })).toBeCloseTo(1_112, -1);
  });

  it('is the same for a circle and for a polygon of many corners', () => {
    const radiusM = 5_000;
    const corners = Array.from({ length: 180 }, (_, index) => {
      const angle = (index * 2 * Math.PI) / 180;
      return {
        latitude: berlin.latitude + (radiusM * Math.cos(angle)) / 111_195,
        longitude:
          berlin.longitude +
          (radiusM * Math.sin(angle)) / (111_195 * Math.cos((berlin.latitude * Math.PI) / 180)),
      };
    });
    fc.assert(
      fc.property(
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
        (north, east) => {
          const point = { latitude: berlin.latitude + north, longitude: berlin.longitude + east };
          const round = outsideByM({ name: 'a', centre: berlin, radiusM }, point);
          const cornered = outsideByM({ name: 'b', corners }, point);
          expect(Math.abs(round - cornered)).toBeLessThan(60);
        },
      ),
    );
  });
});
