import { expect, it } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { newerPassage, passageOf } from './passage.ts';

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'shop', name: 'Shop' }],
    identities: [{ id: 'anna', name: 'Anna Weber', sites: ['shop'], badges: ['04a1b2c3'] }],
  }),
);
const seen = (kind: Observation['kind'], at: number, more: Partial<Observation>): Observation => ({
  ...{ id: `gateway/1/${at}`, kind, site: 'shop', asset: 'reader-back', source: 'gateway:gateway' },
  ...{ observedAt: at, receivedAt: at, clock: 'set' },
  ...more,
});
const unlocked = (at: number, by: string) =>
  passageOf(seen('command.executed', at, { facts: { action: 'lock.unlock', by } }), registry);
const badge = passageOf(seen('access.granted', 1_000, { subjects: { badge: '04a1b2c3' } }), registry);

it('a lock that does what a badge was shown for is still the passage of whoever showed it', () => {
  const command = unlocked(4_000, 'access');
  expect(command).toBeDefined();
  expect(command && newerPassage(badge, command)).toMatchObject({
    who: 'Anna Weber',
    at: 4_000,
    how: 'granted',
  });
});

it('a command of the desk is a passage of its own, and so is one after a refusal', () => {
  const desk = unlocked(4_000, 'desk');
  expect(desk && newerPassage(badge, desk)).toMatchObject({ who: 'desk', how: 'command' });
  const refused = passageOf(seen('access.denied', 1_000, { subjects: { badge: 'ffff' } }), registry);
  const command = unlocked(4_000, 'access');
  expect(command && newerPassage(refused, command)).toEqual(command);
});
