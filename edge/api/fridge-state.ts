/** What the page says of a fridge besides its temperature. */
import { calibrationState, calibrationText } from '../cold-chain/calibration.ts';
import type { ColdChain } from '../cold-chain/cold-chain.ts';
import { dayAt } from '../cold-chain/period.ts';
import type { SiteTemperature } from './contract.ts';

type FridgeState = Pick<
  SiteTemperature,
  'excursion' | 'forecast' | 'calibration' | 'doorOpenSince' | 'powerLostSince' | 'setApart'
>;

export function fridgeState(
  coldChain: ColdChain,
  asset: string,
  timeZone: string,
  now: number,
): FridgeState & { isNearEdge: boolean } {
  const watch = coldChain.watchOf(asset);
  if (watch === undefined) return { isNearEdge: false };
  const { powerLostSince } = coldChain;
  const { doorOpenSince, terms } = watch;
  const excursion = watch.excursion(now);
  const forecast = watch.forecast(now, powerLostSince);
  const day = dayAt(timeZone, now);
  return {
    isNearEdge: excursion === undefined && watch.condition(now) === 'warning',
    ...(excursion && {
      excursion: {
        side: excursion.side,
        startedAt: excursion.startedAt,
        peakCelsius: excursion.peakCelsius,
        peakAt: excursion.peakAt,
        stage: excursion.stage,
      },
    }),
    ...(forecast && {
      forecast: {
        leavesAt: forecast.leavesAt,
        earliestAt: forecast.earliestAt,
        latestAt: forecast.latestAt,
        confidence: forecast.confidence,
      },
    }),
    calibration: {
      state: calibrationState(terms.calibration, day),
      text: calibrationText(terms.calibration, day),
    },
    ...(doorOpenSince !== undefined && { doorOpenSince }),
    ...(powerLostSince !== undefined && { powerLostSince }),
    setApart: watch.waiting().map(({ startedAt, quarantinedAt, side, peakCelsius }) => ({
      startedAt,
      quarantinedAt,
      side,
      peakCelsius,
    })),
  };
}
