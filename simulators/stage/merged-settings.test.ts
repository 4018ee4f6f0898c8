import { expect, test } from 'vitest';
import { merged } from './merged-settings.ts';

test('lists stand one after the other, maps are joined key by key, and nothing is twice', () => {
  const ground = { state: 'cloud', sources: [{ name: 'a' }], monitors: { one: { days: 2 } } };
  const pilot = { state: 'cloud', sources: [{ name: 'a' }, { name: 'b' }], monitors: { two: {} } };
  expect(merged(ground, pilot)).toEqual({
    state: 'cloud',
    sources: [{ name: 'a' }, { name: 'b' }],
    monitors: { one: { days: 2 }, two: {} },
  });
});

test('what two pilots can not both have is named', () => {
  expect(() => merged({ integrity: { asset: 'shop' } }, { integrity: { asset: 'bank' } })).toThrow(
    'integrity.asset: "shop" and "bank" can\'t both hold',
  );
  expect(() => merged({ sources: [] }, { sources: {} })).toThrow('sources: [] and {}');
});
