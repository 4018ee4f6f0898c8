import { EnvelopeEnsemble } from './anomaly/envelope-ensemble.ts';
import { measuredRule } from './anomaly/measured-rule.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';

/** A measured value, or the way it moves, is like nothing seen before: see anomaly/envelope-ensemble.ts. */
export const unusualValue = measuredRule({
  kind: 'unusual-value',
  title: 'Unusual readings',
  instruction:
    'Look at the asset and at its readings of the last days. If there is a harmless reason, note it; otherwise have the device checked.',
  // At its working point of 0.5 the ensemble finds the most; 0.6 is one false alarm in weeks where nothing happens.
  defaults: { intervalMs: FIVE_MINUTES, learnMs: 3 * 86_400_000, alertScore: 0.6 },
  make: () => new EnvelopeEnsemble(),
  restore: EnvelopeEnsemble.restored,
  samples: [
    {
      name: 'five quiet days, then a heater that does not stop',
      configuration: onOffice,
      observations: officeReadings(1_450, FIVE_MINUTES, (index) =>
        index < 1_440 ? quietDay(index) : 25 + (index - 1_440) / 2,
      ),
      expect: [{ at: 1_440 * FIVE_MINUTES, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'six days alike',
      configuration: onOffice,
      observations: officeReadings(1_728, FIVE_MINUTES, quietDay),
      expect: [],
    },
    {
      name: 'nothing is said while it learns',
      configuration: onOffice,
      observations: officeReadings(600, FIVE_MINUTES, (index) => (index < 590 ? quietDay(index) : 40)),
      expect: [],
    },
  ],
});
