import { expect, test } from 'vitest';
import { calibrationState, calibrationText, corrected } from './calibration.ts';

const calibration = {
  calibratedOn: '2025-03-01',
  dueOn: '2026-03-01',
  offsetCelsius: -0.2,
  certificate: 'K-77',
};

test('a calibration counts through the day it is due, is announced, and is overdue the day after', () => {
  expect(
    ['2026-01-29', '2026-01-30', '2026-03-01', '2026-03-02'].map((day) => calibrationState(calibration, day)),
  ).toEqual(['valid', 'due-soon', 'due-soon', 'overdue']);
  expect(calibrationState(undefined, '2026-01-01')).toBe('not-recorded');
});

test('what is overdue is said', () => {
  expect(calibrationText(calibration, '2026-03-11')).toBe(
    'Probe calibrated 2025-03-01 (certificate K-77), OVERDUE since 2026-03-01 (10 days); readings corrected by -0.2 °C.',
  );
  expect(calibrationText({ ...calibration, offsetCelsius: 0, probe: 'T-9' }, '2025-04-01')).toBe(
    'Probe T-9 calibrated 2025-03-01 (certificate K-77), due 2026-03-01; no correction.',
  );
  expect(calibrationText(undefined, '2026-01-01')).toMatch(/No calibration/);
});

test('the offset is added to what the probe says', () => {
  expect(corrected(4.6, { ...calibration, offsetCelsius: 0.1 })).toBe(4.7);
  expect(corrected(4.6123456, undefined)).toBe(4.6123456);
});
