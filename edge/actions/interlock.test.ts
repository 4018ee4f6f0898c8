import { describe, expect, it } from 'vitest';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { interlock } from './interlock.ts';

const lock = (id: string, more: object) => ({
  id,
  kind: 'lock',
  name: `Lock of ${id}`,
  site: 'shop',
  ...more,
});
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'shop', name: 'Shop', opening: [] }],
    zones: [{ id: 'room', site: 'shop', name: 'Room' }],
    assets: [
      { id: 'exit', kind: 'door', name: 'Emergency exit', site: 'shop', zone: 'room', escapeRoute: true },
      { id: 'store', kind: 'door', name: 'Store', site: 'shop', zone: 'room' },
      lock('bolt', { hostedOn: 'exit' }),
      lock('gate', { guards: ['exit'] }),
      lock('panic-bar', { hostedOn: 'exit', freeEgress: true }),
      lock('plain', { hostedOn: 'store' }),
    ],
    identities: [],
  }),
);
const context = (online: 'online' | 'offline' | undefined = 'online') => ({
  registry,
  current: (_asset: string, property: string) => (property === 'online' ? online : undefined),
});

describe('an interlock', () => {
  it.each(['bolt', 'gate'])('never locks an escape route (%s)', (asset) => {
    expect(interlock({ action: 'lock.lock', asset }, context())).toMatch(/Emergency exit is an escape route/);
    expect(interlock({ action: 'lock.unlock', asset }, context())).toBeUndefined();
  });

  it('locks a lock that always opens from inside, and doors nobody flees through', () => {
    for (const asset of ['panic-bar', 'plain'])
      expect(interlock({ action: 'lock.lock', asset }, context())).toBeUndefined();
  });

  it('never unlocks what is not connected; locking and sirens are tried all the same', () => {
    expect(interlock({ action: 'lock.unlock', asset: 'plain' }, context('offline'))).toMatch(/not connected/);
    expect(interlock({ action: 'lock.unlock', asset: 'plain' }, context(undefined))).toBeUndefined();
    expect(interlock({ action: 'lock.lock', asset: 'plain' }, context('offline'))).toBeUndefined();
    expect(interlock({ action: 'siren.on', asset: 'plain' }, context('offline'))).toBeUndefined();
  });
});
