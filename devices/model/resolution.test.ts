import { expect, it } from 'vitest';
import type { IdentityLink } from './identity-link.ts';
import { registryDocument, registryOf } from './registry.ts';

const link = (over: Partial<IdentityLink> & Pick<IdentityLink, 'kind' | 'a' | 'b'>): IdentityLink => ({
  state: 'inferred',
  confidence: 0.97,
  together: 14,
  days: 15,
  ...over,
});
const withLinks = (links: IdentityLink[]) =>
  registryOf(
    registryDocument.parse({
      sites: [{ id: 's', name: 'S', timeZone: 'UTC' }],
      assets: [
        { id: 'van', kind: 'vehicle', name: 'Van', site: 's' },
        { id: 'ws', kind: 'host', name: 'Ws', site: 's', addresses: ['10.0.0.7', 'AA-BB-CC-00-11-22'] },
      ],
      identities: [
        { id: 'anna', name: 'Anna Weber', badges: ['04A1'] },
        { id: 'ben', name: 'Ben Klein', badges: ['04B2'], accounts: ['b.klein'] },
      ],
      links,
    }),
  );

it('a learned link names the person and says what it rests on', () => {
  const registry = withLinks([
    link({ kind: 'badge-account', a: '04a1', b: 'a.weber' }),
    link({ kind: 'account-account', a: 'a.weber', b: 'anna@shop.example', confidence: 0.96 }),
    link({ kind: 'badge-vehicle', a: '04a1', b: 'van' }),
  ]);
  expect(registry.resolved({ badge: '04A1' })).toEqual({ person: registry.identity('anna') });
  expect(registry.resolved({ account: 'A.Weber' })).toMatchObject({
    person: { id: 'anna' },
    by: { b: 'a.weber' },
  });
  // Of two links in a row the weaker one is named.
  expect(registry.resolved({ account: 'anna@shop.example' })?.by?.confidence).toBe(0.96);
  expect(registry.userOf('van')).toMatchObject({ person: { id: 'anna' }, by: { kind: 'badge-vehicle' } });
});

it('two who are written down stay two, whatever was learned', () => {
  const registry = withLinks([
    link({ kind: 'badge-account', a: '04a1', b: 'b.klein', confidence: 0.99 }),
    link({ kind: 'badge-account', a: '04a1', b: 'x' }),
    link({ kind: 'account-account', a: 'x', b: 'b.klein' }),
  ]);
  expect(registry.resolve({ account: 'b.klein' })?.id).toBe('ben');
  expect(registry.resolve({ account: 'x' })?.id).toBe('anna');
});

it('a badge and an account of nobody known are somebody all the same', () => {
  const registry = withLinks([link({ kind: 'badge-account', a: '04ff', b: 'stranger' })]);
  const holder = registry.resolve({ account: 'stranger' });
  expect(holder).toMatchObject({ id: 'holder-of-badge-04ff', badges: ['04ff'], accounts: ['stranger'] });
  expect(registry.resolve({ badge: '04FF' })).toBe(holder);
  expect(registry.identity('holder-of-badge-04ff')).toBe(holder);
});

it('an address has one asset, in whatever spelling', () => {
  const registry = withLinks([link({ kind: 'address-asset', a: '10.0.0.9', b: 'ws' })]);
  expect(registry.assetAt('aa:bb:cc:00:11:22')?.id).toBe('ws');
  expect(registry.assetAt('10.0.0.9')?.id).toBe('ws');
  const twice = registryDocument.safeParse({
    sites: [{ id: 's', name: 'S', timeZone: 'UTC' }],
    assets: ['a', 'b'].map((id) => ({ id, kind: 'host', name: id, site: 's', addresses: ['POS-1'] })),
  });
  expect(twice.error?.issues[0]).toMatchObject({ path: ['assets', 1, 'addresses', 0] });
});
