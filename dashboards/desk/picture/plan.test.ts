import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PictureAsset, PictureSite } from '../../../cloud/api/contract.ts';
import { NOW, pharmacy, webShop } from '../fixtures/sites.ts';
import { conditionOf, propertyName, valueWords } from './condition.ts';
import { middleOf, placeAssets, placeName } from './placing.ts';

const asset = (rest: Partial<PictureAsset>): PictureAsset => ({
  id: 'a',
  name: 'A',
  kind: 'door',
  criticality: 3,
  states: [],
  ...rest,
});
const state = (property: string, value: string | number) => ({ property, value, since: NOW, seenAt: NOW });
const box = [
  { x: 0, y: 0 },
  { x: 60, y: 0 },
  { x: 60, y: 40 },
  { x: 0, y: 40 },
];
const site = (assets: PictureAsset[]): PictureSite => ({
  id: 's',
  name: 'S',
  timeZone: 'UTC',
  isOpen: true,
  plan: { width: 100, height: 50 },
  zones: [{ id: 'room', name: 'Room', outline: box, touches: [] }],
  assets,
  openIncidents: 0,
});

describe('assets on the plan', () => {
  it('stand at their position, else in the middle of their zone, else beside the plan', () => {
    const { placed, elsewhere } = placeAssets(
      site([
        asset({ id: 'at', position: { x: 90, y: 10 } }),
        asset({ id: 'in', zone: 'room' }),
        asset({ id: 'nowhere' }),
      ]),
      0.05,
    );
    expect(placed.map(({ asset: { id }, x, y }) => [id, x, y])).toEqual([
      ['at', 0.9, 0.2],
      ['in', 0.3, 0.4],
    ]);
    expect(elsewhere.map(({ id }) => id)).toEqual(['nowhere']);
  });
  it('move apart where they would cover one another, always in the same way', () => {
    const crowded = site(['a', 'b', 'c'].map((id) => asset({ id, position: { x: 50, y: 25 } })));
    const { placed } = placeAssets(crowded, 0.08);
    for (const one of placed) {
      for (const other of placed) {
        if (one === other) continue;
        expect(Math.hypot(one.x - other.x, (one.y - other.y) * 0.5)).toBeGreaterThan(0.07);
      }
    }
    expect(placeAssets(crowded, 0.08).placed).toEqual(placed);
  });
  it('never leave the plan', () => {
    const point = fc.record({ x: fc.integer({ min: -20, max: 120 }), y: fc.integer({ min: -20, max: 70 }) });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), (points) => {
        const assets = points.map((position, index) => asset({ id: `a${index}`, position }));
        for (const { x, y } of placeAssets(site(assets), 0.06).placed) {
          expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
        }
      }),
    );
  });
  it('of a site without a plan are all listed', () => {
    expect(placeAssets(webShop, 0.1)).toEqual({ placed: [], elsewhere: webShop.assets });
  });
});

describe('a zone', () => {
  it('has its middle where its area is', () => {
    expect(middleOf(box)).toEqual({ x: 30, y: 20 });
    expect(middleOf([{ x: 4, y: 8 }])).toEqual({ x: 4, y: 8 });
  });
  it('has its name in a corner that no mark covers', () => {
    const plan = { width: 100, height: 50 };
    const size = { width: 500, height: 250 };
    const zone = { name: 'Room', outline: box };
    const mark = { asset: asset({}), x: 0.03, y: 0.06 };
    expect(placeName(zone, plan, size, []).corner).toBe('top-left');
    expect(placeName(zone, plan, size, [mark]).corner).toBe('bottom-left');
  });
  it('that is no box has its name in its middle', () => {
    const outline = [...box, { x: -5, y: 20 }];
    const { corner } = placeName(
      { name: 'L', outline },
      { width: 100, height: 50 },
      { width: 500, height: 250 },
      [],
    );
    expect(corner).toBe('middle');
  });
});

describe('an asset’s condition', () => {
  const band = { minCelsius: 2, maxCelsius: 8 };
  it('is bad outside its band, worth a look near its limit, calm within', () => {
    const at = (celsius: number) =>
      conditionOf(asset({ kind: 'fridge', band, states: [state('temperature', celsius)] }));
    expect([at(9.4).tone, at(1.9).tone, at(7.7).tone, at(5).tone]).toEqual(['bad', 'bad', 'notice', 'calm']);
    expect(at(9.4)).toMatchObject({ words: '9.4 °C', reading: '9.4°' });
  });
  it('is what matters most of several states', () => {
    const door = asset({ states: [state('lock', 'locked'), state('contact', 'open')] });
    expect(conditionOf(door)).toMatchObject({ tone: 'notice', icon: 'door-open', words: 'open' });
    const silent = asset({ states: [state('contact', 'open'), state('online', 'offline')] });
    expect(conditionOf(silent)).toMatchObject({ tone: 'silent', words: 'offline' });
  });
  it('shows a camera that sees nothing as such', () => {
    const camera = asset({ kind: 'camera', states: [state('picture', 'obscured')] });
    expect(conditionOf(camera)).toMatchObject({ tone: 'bad', icon: 'camera-off' });
  });
  it('says nothing where nothing is known', () => {
    expect(conditionOf(asset({ kind: 'host' }))).toEqual({ icon: 'host', tone: 'calm', words: '' });
  });
  it('shows words that it does not know as they came', () => {
    expect(propertyName('vibration')).toBe('vibration');
    expect(valueWords({ property: 'vibration', value: 'strong' })).toBe('strong');
    expect(valueWords({ property: 'badge', value: 'open' })).toBe('open');
    expect(valueWords({ property: 'humidity', value: 41.6 })).toBe('42 %');
  });
  it('of everything in the fixtures has a glyph', () => {
    for (const entry of pharmacy.assets) expect(conditionOf(entry).icon).not.toBe('');
  });
});
