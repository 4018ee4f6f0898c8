import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryMark, PictureSite, PlanFloor } from '../../../cloud/api/contract.ts';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { manySites, mappedPicture } from '../fixtures/many-sites.ts';
import { CLUSTER_PX, clustered } from '../map/cluster.ts';
import { standingOf } from '../map/site-standing.ts';
import { extentOf, fitted, MAX_SCALE, panned, toScreen, within, worldPoint, zoomed } from '../map/view.ts';
import { mapKeys } from '../map/words.ts';
import { isNight, needy, nextOf } from '../wall/turns.ts';
import { wallKeys } from '../wall/words.ts';
import {
  drawingOf,
  dropAsset,
  movedOutline,
  putAsset,
  putZone,
  redone,
  resized,
  settled,
  step,
  undone,
} from './editor/edits.ts';
import { crossesItself, gridOf, inside, snapCorner, snapDoor } from './editor/geometry.ts';
import { imageTypeOf } from './editor/plan-requests.ts';
import { planKeys } from './editor/words.ts';
import { isInAlarm, siteOnFloor } from './floors.ts';
import { neighbour, STEP_MS, spread, stepped } from './replay/course.ts';
import { replayKeys } from './replay/words.ts';
import { pictureKeys } from './words.ts';

const folder = (name: string) => sourcesIn(new URL(name, import.meta.url).pathname);

describe('the texts of the picture', () => {
  it('are all there and all used', () => {
    const shared = { missing: [], unused: [] };
    expect(keyUse(folder('./editor'), 'words', planKeys)).toEqual(shared);
    expect(keyUse(folder('./replay'), 'words', replayKeys)).toEqual(shared);
    expect(keyUse(folder('../map'), 'words', mapKeys)).toEqual(shared);
    expect(keyUse(folder('../wall'), 'words', wallKeys)).toEqual(shared);
    const all = [...pictureKeys, ...planKeys, ...replayKeys];
    expect(keyUse(folder('.'), 'words', all)).toEqual(shared);
  });
});

describe('the map', () => {
  const size = { width: 800, height: 500 };
  const place = fc.record({
    latitude: fc.double({ min: -84, max: 84, noNaN: true }),
    longitude: fc.double({ min: -179, max: 179, noNaN: true }),
  });
  it('shows all sites when it is fitted to them', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 30 }), (places) => {
        const points = places.map(worldPoint);
        const view = fitted(extentOf(points), size);
        for (const point of points) {
          const { x, y } = toScreen(point, view, size);
          expect(x).toBeGreaterThanOrEqual(-0.01);
          expect(x).toBeLessThanOrEqual(size.width + 0.01);
          expect(y).toBeGreaterThanOrEqual(-0.01);
          expect(y).toBeLessThanOrEqual(size.height + 0.01);
        }
      }),
    );
  });
  it('keeps what is under the pointer where it is when it comes nearer, and moves with it', () => {
    const view = { x: 0.53, y: 0.32, scale: 20_000 };
    const berlin = worldPoint({ latitude: 52.52, longitude: 13.4 });
    const before = toScreen(berlin, view, size);
    const after = toScreen(berlin, zoomed(view, 2.5, before, size), size);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
    const moved = toScreen(berlin, panned(view, 30, -20), size);
    expect(moved).toEqual({ x: expect.closeTo(before.x + 30, 6), y: expect.closeTo(before.y - 20, 6) });
    expect(zoomed(view, 1e9, before, size).scale).toBe(MAX_SCALE);
  });
  it('never shows beyond the land that is drawn', () => {
    const land = { left: 0.5, top: 0.3, right: 0.6, bottom: 0.4 };
    const view = within({ x: 0, y: 1, scale: 10 }, land, size);
    expect(toScreen({ x: land.left, y: land.top }, view, size).x).toBeLessThanOrEqual(0.001);
    expect(toScreen({ x: land.right, y: land.bottom }, view, size).y).toBeGreaterThanOrEqual(
      size.height - 0.001,
    );
  });
  it('makes one mark of those that would cover one another, the gravest in front, none lost', () => {
    const spot = fc.record({
      entry: fc.nat(),
      x: fc.double({ min: 0, max: 800, noNaN: true }),
      y: fc.double({ min: 0, max: 500, noNaN: true }),
      weight: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(spot, { maxLength: 120 }), (spots) => {
        const clusters = clustered(spots);
        expect(clusters.reduce((sum, { entries }) => sum + entries.length, 0)).toBe(spots.length);
        clusters.forEach((one, index) => {
          for (const other of clusters.slice(index + 1))
            expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThanOrEqual(CLUSTER_PX);
        });
      }),
    );
    const [only] = clustered([
      { entry: 'calm', x: 0, y: 0, weight: 0 },
      { entry: 'critical', x: 5, y: 5, weight: 7 },
    ]);
    expect(only?.entries).toEqual(['critical', 'calm']);
  });
  it('says of a site what is gravest: an incident, a lost link, something that does not get through', () => {
    const gateway = { id: 'g', connected: false };
    expect(standingOf({ worst: 'low', gateway }).standing).toBe('unlinked');
    expect(standingOf({ worst: 'high', gateway }).standing).toBe('high');
    expect(standingOf({ linksDown: [{ kind: 'camera', id: 'c', name: 'C' }] }).standing).toBe('trouble');
    expect(standingOf({}).standing).toBe('calm');
  });
});

describe('the wall', () => {
  const site = (id: string, worst?: PictureSite['worst']): PictureSite => ({
    id,
    name: id,
    timeZone: 'UTC',
    isOpen: true,
    zones: [],
    assets: [],
    openIncidents: worst === undefined ? 0 : 1,
    ...(worst === undefined ? {} : { worst }),
  });
  it('shows those that need somebody in turn, and what has just become critical next', () => {
    const queue = needy([site('a'), site('b', 'low'), site('c', 'high')]);
    expect(queue.map(({ id }) => id)).toEqual(['c', 'b']);
    const seen = new Set(['c']);
    expect(nextOf(queue, 'c', seen)?.id).toBe('b');
    expect(nextOf(queue, 'b', seen)?.id).toBe('c');
    expect(nextOf([...queue, site('d', 'critical')], 'c', seen)?.id).toBe('d');
    expect(nextOf([], undefined, seen)).toBeUndefined();
  });
  it('is dark from nine to six, by the clock of the sites', () => {
    const at = (text: string) => isNight(Date.parse(text), 'Europe/Berlin');
    expect([at('2026-11-10T19:59:00Z'), at('2026-11-10T20:00:00Z')]).toEqual([false, true]);
    expect([at('2026-11-10T04:59:00Z'), at('2026-11-10T05:00:00Z')]).toEqual([true, false]);
  });
});

describe('the time slider', () => {
  const marks = [10, 20, 21].map(
    (hours, index): HistoryMark => ({
      incident: `i-${index}`,
      title: 'One',
      severity: index === 1 ? 'low' : 'critical',
      at: hours * 3_600_000,
      sites: [],
    }),
  );
  it('goes to the incident before and after, not to the one where it is', () => {
    const at = 20 * 3_600_000 + STEP_MS;
    expect(neighbour(marks, at, 'before')?.incident).toBe('i-0');
    expect(neighbour(marks, at, 'after')?.incident).toBe('i-2');
    expect(neighbour(marks, 0, 'before')).toBeUndefined();
  });
  it('makes one mark of those that would cover one another, the gravest of them', () => {
    const shown = spread(marks, 0, 24 * 3_600_000, 0.1);
    expect(shown.map(({ mark, count }) => [mark.incident, count])).toEqual([
      ['i-0', 1],
      ['i-2', 2],
    ]);
  });
  it('stays within what is kept', () => {
    expect([stepped(-5, 60_000, 600_000), stepped(9e9, 60_000, 600_000)]).toEqual([60_000, 600_000]);
  });
});

describe('floors', () => {
  const [pharmacy] = mappedPicture.sites;
  it('show what is on them, and what has no place on any', () => {
    if (pharmacy === undefined) throw new Error('the fixture has a pharmacy');
    const floors = pharmacy.floors ?? [];
    const [ground, cellar] = floors;
    if (ground === undefined || cellar === undefined) throw new Error('it has two floors');
    expect([isInAlarm(pharmacy, ground.id), isInAlarm(pharmacy, cellar.id)]).toEqual([true, false]);
    const below = siteOnFloor(pharmacy, cellar);
    expect(below.zones).toEqual([]);
    expect(below.assets.map(({ id }) => id)).toEqual(['gateway-lindenhof', 'pharmacy-server']);
    expect(below.plan).toEqual({ width: 120, height: 60 });
  });
});

describe('the editor of floor plans', () => {
  const square = (x: number, y: number, side: number) => [
    { x, y },
    { x: x + side, y },
    { x: x + side, y: y + side },
    { x, y: y + side },
  ];
  const floor: PlanFloor = {
    id: 'ground',
    name: 'Ground',
    width: 20,
    height: 14,
    zones: [{ zone: 'shop', outline: square(2, 2, 8) }],
    assets: [{ asset: 'door', x: 2, y: 4, angle: 90 }],
  };
  it('snaps a corner to another, onto a wall, in line with the one before, else to the grid', () => {
    const around = { outlines: [square(2, 2, 8)], grid: 0.5, bounds: floor, near: 0.3 };
    expect(snapCorner({ x: 10.1, y: 2.2 }, around)).toEqual({ x: 10, y: 2 });
    expect(snapCorner({ x: 10.2, y: 5.1 }, around)).toEqual({ x: 10, y: 5 });
    expect(snapCorner({ x: 15.1, y: 7.2 }, { ...around, before: { x: 15.25, y: 1 } })).toEqual({
      x: 15.25,
      y: 7,
    });
    expect(snapCorner({ x: 17.2, y: 12.8 }, around)).toEqual({ x: 17, y: 13 });
    expect(snapCorner({ x: 99, y: -5 }, around)).toEqual({ x: 20, y: 0 });
  });
  it('puts a door into the nearest wall, turned as the wall is', () => {
    const outlines = [square(2, 2, 8)];
    expect(snapDoor({ x: 2.3, y: 5 }, outlines, floor, 1)).toEqual({ x: 2, y: 5, angle: 90 });
    expect(snapDoor({ x: 5, y: 9.8 }, outlines, floor, 1)).toEqual({ x: 5, y: 10, angle: 0 });
    expect(snapDoor({ x: 15, y: 12 }, outlines, floor, 1)).toEqual({ x: 15, y: 12 });
  });
  it('tells an outline that crosses itself', () => {
    expect(crossesItself(square(0, 0, 4))).toBe(false);
    expect(
      crossesItself([
        { x: 0, y: 0 },
        { x: 4, y: 4 },
        { x: 4, y: 0 },
        { x: 0, y: 4 },
      ]),
    ).toBe(true);
  });
  it('takes back every step, and does it again; one movement is one step', () => {
    const start = drawingOf([floor]);
    const placed = step(start, putAsset(start.floors, 'ground', { asset: 'fridge', x: 1, y: 1 }));
    const moving = step(
      placed,
      putAsset(placed.floors, 'ground', { asset: 'fridge', x: 2, y: 1 }),
      'asset fridge',
    );
    const moved = step(
      moving,
      putAsset(moving.floors, 'ground', { asset: 'fridge', x: 3, y: 1 }),
      'asset fridge',
    );
    expect(undone(moved).floors).toEqual(placed.floors);
    expect(undone(undone(moved)).floors).toEqual(start.floors);
    expect(redone(redone(undone(undone(moved)))).floors).toEqual(moved.floors);
    const again = step(
      settled(moved),
      putAsset(moved.floors, 'ground', { asset: 'fridge', x: 4, y: 1 }),
      'asset fridge',
    );
    expect(undone(again).floors).toEqual(moved.floors);
    expect(undone(start)).toBe(start);
  });
  it('keeps a zone and a device on one floor', () => {
    const floors = [floor, { ...floor, id: 'upper', zones: [], assets: [] }];
    const moved = putAsset(putZone(floors, 'upper', 'shop', square(0, 0, 3)), 'upper', {
      asset: 'door',
      x: 0,
      y: 1,
    });
    expect(moved.map(({ zones, assets }) => [zones.length, assets.length])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(dropAsset(moved, 'door').flatMap(({ assets }) => assets)).toEqual([]);
  });
  it('moves an outline as far as the plan goes, and keeps its shape', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (dx, dy) => {
        const [first, second, third] = movedOutline(square(2, 2, 8), dx, dy, floor);
        expect((second?.x ?? 0) - (first?.x ?? 0)).toBeCloseTo(8, 6);
        expect((third?.y ?? 0) - (second?.y ?? 0)).toBeCloseTo(8, 6);
        for (const corner of [first, third])
          if (corner !== undefined) expect(inside(corner, floor)).toEqual(corner);
      }),
    );
  });
  it('grows with its floor', () => {
    const large = resized(floor, 40, 28);
    expect(large.zones[0]?.outline[2]).toEqual({ x: 20, y: 20 });
    expect(large.assets[0]).toEqual({ asset: 'door', x: 4, y: 8, angle: 90 });
  });
  it('has a round grid at every size', () => {
    expect([gridOf(20), gridOf(160), gridOf(32_000)]).toEqual([0.5, 2, 500]);
  });
  it('knows an image by its kind or by its name', () => {
    expect(imageTypeOf({ type: 'image/png', name: 'x' })).toBe('image/png');
    expect(imageTypeOf({ type: '', name: 'Plan.JPG' })).toBe('image/jpeg');
    expect(imageTypeOf({ type: 'text/html', name: 'plan.html' })).toBeUndefined();
  });
});

it('five hundred sites are a small answer', () => {
  expect(JSON.stringify(manySites(500)).length).toBeLessThan(250_000);
});
