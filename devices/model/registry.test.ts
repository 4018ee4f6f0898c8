import { expect, test } from 'vitest';
import { registryDocument, registryOf } from './registry.ts';

const document = {
  sites: [{ id: 'linden', name: 'Linden' }],
  zones: [
    { id: 'store', site: 'linden', name: 'Store room', touches: ['shop'] },
    { id: 'shop', site: 'linden', name: 'Shop floor' },
    { id: 'yard', site: 'linden', name: 'Yard' },
  ],
  assets: [
    {
      id: 'back-door',
      kind: 'door',
      name: 'Back door',
      site: 'linden',
      zone: 'store',
      connects: ['store', 'yard'],
    },
  ],
  identities: [
    { id: 'anna', name: 'Anna', badges: ['04A1'], accounts: ['a.weber', 'admin@shop-server'] },
    { id: 'otto', name: 'Otto', accounts: ['admin@till-1'] },
  ],
};

test('a badge and an account lead to the same person, whatever their case', () => {
  const registry = registryOf(registryDocument.parse(document));
  expect(registry.resolve({ badge: '04a1' })?.id).toBe('anna');
  expect(registry.resolve({ account: 'A.Weber' })?.id).toBe('anna');
  expect(registry.resolve({ account: 'nobody' })).toBeUndefined();
});

test('an account name that two hosts share leads to the person of that host', () => {
  const registry = registryOf(registryDocument.parse(document));
  expect(registry.resolve({ account: 'admin' }, 'shop-server')?.id).toBe('anna');
  expect(registry.resolve({ account: 'admin' }, 'till-1')?.id).toBe('otto');
  expect(registry.resolve({ account: 'admin' })).toBeUndefined();
});

test('zones touch in both directions, by statement or through a door', () => {
  const registry = registryOf(registryDocument.parse(document));
  expect([...registry.touching('shop')]).toEqual(['store']);
  expect([...registry.touching('store')].sort()).toEqual(['shop', 'yard']);
});

test('a reference to nothing and an id given twice are refused by name', () => {
  const broken = structuredClone(document);
  broken.assets.push({ ...document.assets[0], zone: 'cellar' } as (typeof document.assets)[0]);
  const messages = registryDocument
    .safeParse(broken)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  expect(messages).toEqual([
    'assets.1.id: "back-door" is already taken',
    'assets.1.zone: there is no zone "cellar"',
  ]);
});
