import { measuredRule } from './anomaly/measured-rule.ts';
import { RateOfChange } from './anomaly/rate-of-change.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';

/** A value that moves faster than it ever did: see anomaly/rate-of-change.ts. */
export const rapidChange = measuredRule({
  kind: 'rapid-change',
  title: 'Reading changes unusually fast',
  instruction:
    'Look at once whether a door or a lid is open, the probe has been pulled out, or something burns.',
  defaults: { intervalMs: 60_000, learnMs: 86_400_000 },
  make: () => new RateOfChange(),
  restore: RateOfChange.restored,
  samples: [
    {
      name: 'three degrees in five minutes where it was never more than a third',
      configuration: onOffice,
      observations: officeReadings(400, FIVE_MINUTES, (index) => quietDay(index) + (index === 390 ? 3 : 0)),
      expect: [{ at: 390 * FIVE_MINUTES, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'as fast as every day',
      configuration: onOffice,
      observations: officeReadings(600, FIVE_MINUTES, quietDay),
      expect: [],
    },
  ],
});
