import type { TemperatureBand } from '../../../edge/api/contract.ts';

/** How much of the scale lies beside the band, each side, as a share of the band. */
const AIR = 0.6;

/** Where on the scale a temperature stands, 0 to 1, and where the band lies. Pure. */
export function placeOnScale(celsius: number, { minCelsius, maxCelsius }: TemperatureBand) {
  const air = Math.max(1, (maxCelsius - minCelsius) * AIR);
  const low = minCelsius - air;
  const span = maxCelsius + air - low;
  const share = (value: number) => Math.min(1, Math.max(0, (value - low) / span));
  return { at: share(celsius), from: share(minCelsius), to: share(maxCelsius) };
}

/** The allowed range, and where the reading stands. The numbers beside it say the same. */
export function Gauge({ celsius, band }: { celsius: number; band: TemperatureBand }) {
  const { at, from, to } = placeOnScale(celsius, band);
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  return (
    <span class="gauge" aria-hidden="true">
      <span class="gauge-band" style={{ left: percent(from), width: percent(to - from) }} />
      <span class="gauge-mark" style={{ left: percent(at) }} />
    </span>
  );
}
