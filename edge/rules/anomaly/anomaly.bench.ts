/**
 * What a sample costs each detector, and how much memory a stream takes:
 *   node edge/rules/anomaly/anomaly.bench.ts [samples]
 * Many streams in turn, so that no stream's memory stays in the processor's nearest cache: as at a gateway. The range
 * alone (two comparisons) is measured beside them in the same run.
 */
import { numbers } from './benchmark/benchmark.ts';
import { ChangePoint } from './change-point.ts';
import type { Detector } from './detector.ts';
import { DropOut } from './drop-out.ts';
import { EnvelopeEnsemble } from './envelope-ensemble.ts';
import { MessageRate } from './message-rate.ts';
import { RateOfChange } from './rate-of-change.ts';
import { SeasonalBaseline } from './seasonal-baseline.ts';
import { StuckValue } from './stuck-value.ts';

const STREAMS = 1_000;
const SAMPLES = Number(process.argv[2]) || 2_000_000;
const FIVE_MINUTES = 300_000;
const GOAL_MICROSECONDS = 5;
const GOAL_KILOBYTES = 32;

type Measured = Pick<Detector, 'sample'> & { readonly stateBytes: number };

/** Whether a value leaves all that was seen. */
function rangeAlone(): Measured {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  return {
    stateBytes: 16,
    sample(_at, value) {
      const isOutside = value < low || value > high;
      if (value < low) low = value;
      if (value > high) high = value;
      return isOutside ? 1 : 0;
    },
  };
}

const random = numbers(1);
const values = Float64Array.from(
  { length: 65_536 },
  (_, index) => 20 + 2 * Math.sin((index / 288) * 2 * Math.PI) + random() + random() - 1,
);

function measure(title: string, make: () => Measured): void {
  const streams = Array.from({ length: STREAMS }, make);
  let alerts = 0;
  const run = (from: number, to: number) => {
    for (let sample = from; sample < to; sample++) {
      const round = Math.floor(sample / STREAMS);
      const stream = streams[sample % STREAMS];
      const value = values[(sample * 31 + round) & 65_535] ?? 0;
      if (stream !== undefined && stream.sample(round * FIVE_MINUTES, value) >= 0.5) alerts++;
    }
  };
  run(0, SAMPLES / 4);
  const before = process.cpuUsage();
  run(SAMPLES / 4, SAMPLES + SAMPLES / 4);
  const { user, system } = process.cpuUsage(before);
  const micros = (user + system) / SAMPLES;
  const kilobytes = (streams[0]?.stateBytes ?? 0) / 1_024;
  console.log(
    `${title.padEnd(20)} ${micros.toFixed(3)} µs a sample, ${kilobytes.toFixed(1)} KB a stream, ${alerts} alerts`,
  );
  console.log(
    `  ratio ${(micros / GOAL_MICROSECONDS).toFixed(2)} of ${GOAL_MICROSECONDS} µs, ${(kilobytes / GOAL_KILOBYTES).toFixed(2)} of ${GOAL_KILOBYTES} KB`,
  );
}

console.log(`${STREAMS} streams in turn, ${SAMPLES} samples, processor time`);
measure('range alone', rangeAlone);
measure('envelope ensemble', () => new EnvelopeEnsemble());
measure('seasonal baseline', () => new SeasonalBaseline());
measure('change point', () => new ChangePoint());
measure('stuck value', () => new StuckValue());
measure('rate of change', () => new RateOfChange());
measure('drop-out', () => new DropOut());
measure('message rate', () => new MessageRate());
