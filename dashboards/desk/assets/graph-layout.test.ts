import { describe, expect, it } from 'vitest';
import type { MappedAsset, MappedDependency } from '../../../cloud/api/contract.ts';
import { timesFrom, timesText } from './asset-words.ts';
import { layoutOf, NODE_HEIGHT, NODE_WIDTH, neighbourOf } from './graph-layout.ts';
import { fitting, moved, showing, zoomed } from './view-box.ts';

const asset = (id: string, more: Partial<MappedAsset> = {}): MappedAsset => ({
  id,
  name: id,
  kind: 'host',
  site: 'shop',
  criticality: 3,
  threats: [],
  incidents: [],
  ...more,
});
const need = (of: string, ...on: string[]): MappedDependency => ({
  id: `${of}<${on.join()}`,
  origin: 'written',
  of,
  effect: 'down',
  type: 'power',
  on: on.map((one) => ({ asset: one, effect: 'down' })),
  probability: 1,
  delay: '0 s',
  buffer: '0 s',
  delayMs: 0,
  bufferMs: 0,
});
const all = { site: 'shop', zone: '', kind: '', only: 'all' as const };
const assets = [
  asset('mains'),
  asset('ups'),
  asset('till', { zone: 'counter', threats: ['theft'] }),
  asset('lamp'),
  asset('far', { site: 'depot' }),
  asset('further', { site: 'depot' }),
];
const map = {
  assets,
  dependencies: [need('ups', 'mains'), need('till', 'ups', 'far'), need('further', 'far')],
};

describe('the layout', () => {
  const layout = layoutOf(map, all);
  const at = (id: string) => layout.nodes.find((one) => one.asset.id === id);
  it('puts what is needed to the left of what needs it, and nothing on another', () => {
    expect(at('mains')?.x).toBeLessThan(at('ups')?.x ?? 0);
    expect(at('ups')?.x).toBeLessThan(at('till')?.x ?? 0);
    for (const one of layout.nodes)
      for (const other of layout.nodes)
        if (one !== other)
          expect(Math.abs(one.x - other.x) >= NODE_WIDTH || Math.abs(one.y - other.y) >= NODE_HEIGHT).toBe(
            true,
          );
  });
  it('shows of other sites what this one is tied to, and below what stands alone', () => {
    expect(at('far')?.isElsewhere).toBe(true);
    expect(at('further')).toBeUndefined();
    expect(at('lamp')?.y).toBeGreaterThan(layout.aloneFrom ?? 0);
  });
  it('is the same for the same map, and only of what was asked for', () => {
    expect(layoutOf(map, all)).toEqual(layout);
    expect(
      layoutOf(map, { ...all, only: 'threatened' })
        .nodes.map((one) => one.asset.id)
        .sort(),
    ).toEqual(['far', 'till']);
    expect(layoutOf({ assets: [], dependencies: [] }, all).nodes).toEqual([]);
  });
  it('is walked by arrows', () => {
    expect(neighbourOf(layout.nodes, 'mains', 'right')).toBe('ups');
    expect(neighbourOf(layout.nodes, 'ups', 'left')).toBe('mains');
    expect(neighbourOf(layout.nodes, 'mains', 'left')).toBe('mains');
  });
});

describe('the view', () => {
  const whole = fitting(400, 100, 2);
  it('fits all in, keeps the point that is zoomed at, and never loses the drawing', () => {
    expect(whole).toEqual({ x: 0, y: -50, width: 400, height: 200 });
    const near = zoomed(whole, 0.5, { x: 100, y: 50 }, whole);
    expect(near).toEqual({ x: 50, y: 0, width: 200, height: 100 });
    expect(zoomed(whole, 1e-9, { x: 0, y: 0 }, whole).width).toBeCloseTo(32);
    const away = moved(near, 1e9, 1e9, whole);
    expect(away.x).toBeLessThan(whole.x + whole.width);
    expect(showing(near, { x: 300, y: 20, width: 50, height: 20 }).x).toBe(150);
    expect(showing(near, { x: 60, y: 20, width: 50, height: 20 })).toEqual(near);
  });
});

it('times are written as they are read', () => {
  for (const times of ['30 min', { from: '5 min', to: '20 min' }, { from: '1 h', likely: '2 h', to: '3 h' }])
    expect(timesFrom(timesText(times))).toEqual(times);
  expect(timesFrom('  ')).toBe('0 s');
});
