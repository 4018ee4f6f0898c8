/**
 * Counts the table of rarity.ts anew: how far the features of unlabelled series leave their bounds, and how often.
 *   node edge/rules/anomaly/benchmark/calibrate.ts DIR
 * Labels are not looked at; only rows behind the probation count, when the bounds have settled.
 */
import { EnvelopeEnsemble } from '../envelope-ensemble.ts';
import { TABLE_BITS } from '../rarity.ts';
import { features } from '../stream-features.ts';
import { hasBenchmark, readBenchmark } from './nab-data.ts';
import { probationRows } from './nab-score.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined || !hasBenchmark(folder)) {
  process.stderr.write('usage: calibrate.ts DIR: the folder with combined_windows.json\n');
  process.exitCode = 2;
} else {
  const counted = features.map((): number[] => []);
  let rows = 0;
  for (const { times, values } of readBenchmark(folder)) {
    const ensemble = new EnvelopeEnsemble();
    const from = probationRows(values.length);
    values.forEach((value, row) => {
      ensemble.sample(times[row] ?? 0, value);
      if (row < from) return;
      rows++;
      ensemble.excess.forEach((excess, feature) => {
        if (excess > 0) counted[feature]?.push(excess);
      });
    });
  }
  features.forEach(({ name }, feature) => {
    const sorted = (counted[feature] ?? []).sort((one, other) => other - one);
    // The last row is the least excess at all: how rare it is that the feature leaves its bounds.
    const ranks = [...TABLE_BITS.map((bits) => Math.max(1, Math.round(rows * 2 ** -bits))), sorted.length];
    const table = new Map<string, string>();
    for (const rank of ranks.sort((one, other) => other - one)) {
      const size = sorted[Math.min(rank, sorted.length) - 1];
      if (size === undefined) continue;
      const asFar = sorted.findLastIndex((other) => other >= size) + 1;
      table.set(Math.log2(size).toFixed(2), (-Math.log2(asFar / rows)).toFixed(2));
    }
    const row = [...table].map(([size, bits]) => `[${size}, ${bits}]`);
    console.log(`  ${name}: [${row.join(', ')}],`);
  });
}
