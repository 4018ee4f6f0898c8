import { expect, test } from 'vitest';
import { refusedAlone } from './alone.ts';
import { aloneSettings } from './settings.ts';

/** Half past ten in the evening in Berlin. */
const NIGHT = Date.parse('2026-11-24T22:30:00+01:00');
const settings = aloneSettings.parse({
  afterMs: 300_000,
  hours: { opening: [{ days: ['tue'], from: '20:00', to: '07:00' }], timeZone: 'Europe/Berlin' },
});
const approval = { danger: 'people' as const, says: ['Lock'], requestedBy: 'mia', requestedAt: NIGHT };
const asked = {
  settings,
  step: { approval },
  by: 'mia',
  role: 'supervisor' as const,
  approversOnDuty: ['mia'],
  now: NIGHT + 300_000,
};

test('who is alone at night, and has waited, may agree alone', () => {
  expect(refusedAlone(asked)).toBeUndefined();
  expect(refusedAlone({ ...asked, approversOnDuty: [] })).toBeUndefined();
});

test.each([
  ['nothing is configured', { settings: undefined }, 'two people are always needed'],
  ['the role is not named', { role: 'operator' as const }, 'Your role'],
  ['somebody else is on duty', { approversOnDuty: ['mia', 'noor'] }, 'noor is on duty'],
  ['it is day', { now: Date.parse('2026-11-25T10:00:00+01:00') }, 'time of the day'],
  ['a second person was hardly asked', { now: NIGHT + 60_000 }, '240 s more'],
] as const)('nobody agrees alone when %s', (_why, over, says) => {
  const refused = refusedAlone({ ...asked, ...over });
  expect(refused?.code).toBe('alone');
  expect(refused?.message).toContain(says);
});
