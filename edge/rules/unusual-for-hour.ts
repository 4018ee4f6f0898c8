import { measuredRule } from './anomaly/measured-rule.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';
import { SeasonalBaseline } from './anomaly/seasonal-baseline.ts';

/** A value that would be nothing at another time of the day: see anomaly/seasonal-baseline.ts. */
export const unusualForHour = measuredRule({
  kind: 'unusual-for-hour',
  title: 'Unusual for this time of day',
  instruction: 'Find out what is different from other days at this hour: heating, a door, people, a timer.',
  defaults: { intervalMs: FIVE_MINUTES, learnMs: 7 * 86_400_000 },
  make: () => new SeasonalBaseline(),
  restore: SeasonalBaseline.restored,
  samples: [
    {
      name: 'as warm at midnight as it is at noon',
      configuration: onOffice,
      observations: officeReadings(2_310, FIVE_MINUTES, (index) => (index < 2_304 ? quietDay(index) : 22)),
      expect: [{ at: 2_304 * FIVE_MINUTES, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'as warm at noon as it always is at noon',
      configuration: onOffice,
      observations: officeReadings(2_500, FIVE_MINUTES, quietDay),
      expect: [],
    },
  ],
});
