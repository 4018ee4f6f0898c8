import { describe, expect, test } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import { sampleRegistry, sampleSiteId } from '../rules/sample-site.ts';
import { type AccessInput, accessStep } from './access.ts';
import { initialAccess, nextAccessWake } from './door/access-state.ts';
import { accessConfiguration } from './door/configuration.ts';

const context = { site: sampleSiteId, registry: sampleRegistry };
const configuration = accessConfiguration.parse({});
const noon = Date.parse('2026-11-23T12:00+01:00');
const midnight = Date.parse('2026-11-23T23:59+01:00');

const badge = (id: string, at: number, reader = 'reader-back'): AccessInput => {
  const observation: Observation = {
    id: 'gateway-1/epoch001/7',
    kind: 'badge.presented',
    asset: reader,
    site: sampleSiteId,
    source: 'test',
    observedAt: at,
    receivedAt: at,
    clock: 'set',
    subjects: { badge: id },
  };
  return { type: 'observation', observation };
};
const step = (input: AccessInput, settings = configuration, state = initialAccess()) =>
  accessStep(state, input, settings, context);

describe('a badge', () => {
  test('of somebody who may come in unlocks the door, and is said to be granted', () => {
    const { observations, actions, state } = step(badge('04a1b2c3', noon));
    expect(observations).toEqual([
      {
        kind: 'access.granted',
        asset: 'reader-back',
        observedAt: noon,
        subjects: { badge: '04a1b2c3', identity: 'weber' },
        facts: { presented: 'gateway-1/epoch001/7', opens: 'door-back' },
      },
    ]);
    expect(actions).toEqual([
      {
        action: 'lock.unlock',
        asset: 'lock-back',
        reason: 'badge of Maria Weber',
        lifetimeMs: 5_000,
        issuedBy: 'access',
      },
      {
        action: 'reader.granted',
        asset: 'reader-back',
        reason: 'badge of Maria Weber',
        lifetimeMs: 3_000,
        issuedBy: 'access',
      },
    ]);
    expect(nextAccessWake(state, configuration)).toBe(noon + 5_000);
  });

  test('opens for a while: then the door is locked again, also after a restart', () => {
    const { state } = step(badge('04a1b2c3', noon));
    const later = step({ type: 'time', at: noon + 4_999 }, configuration, JSON.parse(JSON.stringify(state)));
    expect(later.actions).toEqual([]);
    const over = step({ type: 'time', at: noon + 5_000 }, configuration, later.state);
    expect(over.actions.map(({ action, asset }) => `${action} ${asset}`)).toEqual(['lock.lock lock-back']);
    expect(nextAccessWake(over.state, configuration)).toBeUndefined();
  });

  test('shown twice keeps the door open for the second time', () => {
    const first = step(badge('04a1b2c3', noon));
    const second = step(badge('04a1b2c3', noon + 3_000), configuration, first.state);
    expect(second.actions.map(({ action }) => action)).toEqual(['lock.unlock', 'reader.granted']);
    expect(nextAccessWake(second.state, configuration)).toBe(noon + 8_000);
  });

  test('at a lock that locks by itself needs no second command', () => {
    const settings = accessConfiguration.parse({ selfLocking: ['lock-back'] });
    expect(nextAccessWake(step(badge('04a1b2c3', noon), settings).state, settings)).toBeUndefined();
  });

  test.each([
    ['nobody knows', 'ffffffff', 'reader-back', noon, 'unknown-badge'],
    ['of a courier at the cabinet', '0badcafe', 'reader-cabinet', noon, 'not-this-door'],
    ['of a courier at night', '0badcafe', 'reader-back', midnight, 'outside-hours'],
    ['at a reader without a door', '04a1b2c3', 'sensor-office', noon, 'no-door'],
  ])('%s is refused, with the reason, and nothing is unlocked', (_name, id, reader, at, because) => {
    const { observations, actions, state } = step(badge(id, at, reader));
    expect(observations).toMatchObject([{ kind: 'access.denied', asset: reader, facts: { because } }]);
    expect(actions.map(({ action }) => action)).toEqual(['reader.denied']);
    expect(state).toEqual(initialAccess());
  });

  test('at a reader for signing in that opens nothing is nobody’s refusal: no record, no red light', () => {
    const desk = { ...configuration, signInReaders: ['sensor-office', 'reader-back'] };
    for (const id of ['04a1b2c3', 'ffffffff']) {
      const { observations, actions, state } = step(badge(id, noon, 'sensor-office'), desk);
      expect([observations, actions, state]).toEqual([[], [], initialAccess()]);
    }
    // What is due is done all the same.
    const open = step(badge('04a1b2c3', noon), desk).state;
    const later = step(badge('04a1b2c3', noon + 6_000, 'sensor-office'), desk, open);
    expect(later.actions.map(({ action }) => action)).toEqual(['lock.lock']);
    const typed: AccessInput = { type: 'code', reader: 'sensor-office', at: noon, outcome: 'wrong' };
    expect(step(typed, desk).observations).toEqual([]);
    // A door's own reader, at which one can sign in besides, is a door's.
    expect(step(badge('ffffffff', noon), desk).observations).toMatchObject([{ kind: 'access.denied' }]);
  });

  test('of staff works at night, of a courier during the hours of that reader', () => {
    expect(step(badge('04a1b2c3', midnight)).observations[0]?.kind).toBe('access.granted');
    const settings = accessConfiguration.parse({
      readers: [{ reader: 'reader-back', hours: [{ days: ['mon'], from: '22:00', to: '06:00' }] }],
    });
    expect(step(badge('0badcafe', midnight), settings).observations[0]?.kind).toBe('access.granted');
    expect(step(badge('0badcafe', noon), settings).observations[0]?.kind).toBe('access.denied');
  });
});
