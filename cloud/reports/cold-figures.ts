/** The cold chain in two checks: was it kept, and are the probes calibrated. */

import type { Check } from './check.ts';
import { excursionsOf } from './cold-chain.ts';
import { assetsOn, observationsIn, type ReportParts, type ReportScope } from './evidence-reader.ts';

export function coldFiguresOf(
  parts: ReportParts,
  scope: ReportScope,
): Record<'cold-chain' | 'calibration', Check> {
  const fridges = assetsOn(parts, scope.sites).filter(({ band }) => band !== undefined);
  let readings = 0;
  let excursions = 0;
  for (const { id, band } of fridges) {
    if (band === undefined) continue;
    const own = observationsIn(parts, ['temperature.measured'], scope, id).items.flatMap(
      ({ observedAt, value }) => (value === undefined ? [] : [{ at: observedAt, celsius: value }]),
    );
    readings += own.length;
    excursions += excursionsOf(own, band).length;
  }
  const calibrated = fridges.flatMap(({ coldChain }) => coldChain?.calibration ?? []);
  const late = calibrated.filter(({ dueOn }) => Date.parse(dueOn) < parts.clock.now());
  return {
    'cold-chain':
      readings === 0
        ? { state: 'no-data', evidence: 'No readings of a fridge in this period.' }
        : excursions === 0
          ? { state: 'met', evidence: `${fridges.length} fridges, ${readings} readings, all in their bands.` }
          : { state: 'violated', evidence: `${excursions} excursions in ${readings} readings.` },
    calibration:
      calibrated.length === 0
        ? { state: 'no-data', evidence: `${fridges.length} fridges, no calibration recorded.` }
        : late.length === 0
          ? { state: 'met', evidence: `${calibrated.length} probes calibrated, none overdue.` }
          : { state: 'violated', evidence: `${late.length} calibrations are overdue.` },
  };
}
