import { describe, expect, it } from 'vitest';
import type { Reading } from '../../devices/profiles/profile.ts';
import { assigned, registry, START, TestSite } from './fixture.ts';
import { AllWhereabouts, DRIVING_TOLD_MS, FIXES_TO_LEAVE, STANDING_TOLD_MS } from './whereabouts.ts';

const round = [{ name: 'Delivery round', centre: { latitude: 52.52, longitude: 13.405 }, radiusM: 5_000 }];
const inside = { latitude: 52.52, longitude: 13.41 };
/** 2 km beyond the edge. */
const outside = { latitude: 52.583, longitude: 13.405 };

describe('a vehicle', () => {
  it('has left only after several positions in a row say so, and is back with one', () => {
    const where = new AllWhereabouts();
    expect(where.judge('van', inside, round, 0).geofence).toBe('inside');
    for (let fix = 1; fix < FIXES_TO_LEAVE; fix++)
      expect(where.judge('van', outside, round, fix * 1_000).geofence).toBeUndefined();
    expect(where.judge('van', outside, round, 9_000).geofence).toBe('outside');
    expect(where.judge('van', inside, round, 10_000).geofence).toBe('inside');
    // One stray position each time: never left.
    for (let minute = 0; minute < 20; minute++) {
      expect(where.judge('van', outside, round, minute * 60_000).geofence).toBeUndefined();
      expect(where.judge('van', inside, round, minute * 60_000 + 1_000).geofence).toBe('inside');
    }
  });

  it('is nowhere decided near the edge, or while its position is that uncertain', () => {
    const where = new AllWhereabouts();
    const edge = { latitude: 52.52 + 5_010 / 111_195, longitude: 13.405 };
    for (let fix = 0; fix < 10; fix++) {
      expect(where.judge('van', edge, round, fix).geofence).toBeUndefined();
      expect(where.judge('lost', { ...outside, accuracyM: 3_000 }, round, fix).geofence).toBeUndefined();
    }
  });

  it('is told as it drives, and now and then where it stands', () => {
    const where = new AllWhereabouts();
    expect(where.judge('van', inside, [], 0).tell).toBe(true);
    expect(where.judge('van', inside, [], DRIVING_TOLD_MS).tell).toBe(false);
    expect(where.judge('van', inside, [], STANDING_TOLD_MS).tell).toBe(true);
    expect(where.judge('van', { ...inside, latitude: 52.5211 }, [], STANDING_TOLD_MS + 1_000).tell).toBe(
      true,
    );
  });
});

describe('at the site', () => {
  const VAN = 'gps-receiver:van';
  const at = (point: { latitude: number; longitude: number }): Reading[] => [
    { type: 'position', part: 'position', ...point, speedKmh: 42 },
  ];

  it('leaving and coming back are observations, across a restart too; a stored position is none', () => {
    const asset = registry.asset('siren');
    if (asset === undefined) throw new Error('no asset');
    const before = asset.geofences;
    asset.geofences = round;
    try {
      const site = new TestSite([assigned({ device: VAN, asset: 'siren' })]);
      expect(site.hear(VAN, at(outside), { retained: true }).observations).toEqual([]);
      expect(site.kinds(VAN, at(inside))).toEqual(['position.reported']);
      for (let fix = 1; fix < FIXES_TO_LEAVE; fix++) site.hear(VAN, at(outside));
      site.clock.advance(60_000);
      site.restart();
      const told: string[] = [];
      for (let fix = 0; fix < FIXES_TO_LEAVE + 2; fix++) {
        site.clock.advance(10_000);
        told.push(...site.kinds(VAN, at(outside)));
      }
      expect(told).toEqual(['position.reported', 'zone.left']);
      site.clock.advance(60_000);
      const [position, back] = site.hear(VAN, at(inside)).observations;
      expect(position?.facts).toEqual({ part: 'position', ...inside, speedKmh: 42, area: 'Delivery round' });
      expect(back?.kind).toBe('zone.entered');
      expect(back?.observedAt).toBeGreaterThan(START);
    } finally {
      asset.geofences = before;
    }
  });
});
