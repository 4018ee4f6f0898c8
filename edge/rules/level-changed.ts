import { ChangePoint } from './anomaly/change-point.ts';
import { measuredRule } from './anomaly/measured-rule.ts';
import { FIVE_MINUTES, officeReadings, onOffice } from './anomaly/sample-series.ts';

const wobble = (index: number): number => 5 + ((index * 7) % 11) / 10;

/** A level that moved and stays, however little: see anomaly/change-point.ts. */
export const levelChanged = measuredRule({
  kind: 'level-changed',
  title: 'Level has changed',
  instruction:
    'Somebody may have turned the thermostat, moved the probe or replaced the device. If so, note it; if not, have the device checked.',
  defaults: { intervalMs: FIVE_MINUTES, learnMs: 7 * 86_400_000 },
  make: () => new ChangePoint(),
  restore: ChangePoint.restored,
  samples: [
    {
      name: 'a degree warmer since noon, within all that was ever seen',
      configuration: { ...onOffice, learnMs: 86_400_000 },
      observations: officeReadings(420, FIVE_MINUTES, (index) => wobble(index) + (index >= 400 ? 1 : 0)),
      expect: [{ at: 408 * FIVE_MINUTES, severity: 'low', asset: 'sensor-office' }],
    },
    {
      name: 'one wild value is no change',
      configuration: { ...onOffice, learnMs: 86_400_000 },
      observations: officeReadings(420, FIVE_MINUTES, (index) => (index === 400 ? 60 : wobble(index))),
      expect: [],
    },
  ],
});
