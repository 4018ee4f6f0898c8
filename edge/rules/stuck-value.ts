import { measuredRule } from './anomaly/measured-rule.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';
import { StuckValue } from './anomaly/stuck-value.ts';

/** A sensor that keeps saying the same: see anomaly/stuck-value.ts. */
export const stuckValue = measuredRule({
  kind: 'stuck-value',
  title: 'Reading does not change any more',
  instruction:
    'Warm the probe with your hand: the reading must move. If it does not, replace the device; until then measure by hand.',
  defaults: { intervalMs: 60_000, learnMs: 86_400_000 },
  make: () => new StuckValue(),
  restore: StuckValue.restored,
  samples: [
    {
      name: 'frozen for two hours',
      configuration: onOffice,
      observations: officeReadings(700, FIVE_MINUTES, (index) => quietDay(Math.min(index, 676))),
      expect: [{ at: 687 * FIVE_MINUTES, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'a coarse sensor that moves once an hour',
      configuration: onOffice,
      observations: officeReadings(700, FIVE_MINUTES, (index) => 20 + (Math.floor(index / 12) % 3)),
      expect: [],
    },
  ],
});
