/** A million indicators: lookups a second, memory, and the same with a thousand for comparison. */
import { compiled } from '../indicator.ts';
import { IndicatorIndex } from './indicator-index.ts';
import type { Shown } from './observable.ts';

const patternAt = (n: number): string => {
  const address = `${1 + ((n >>> 16) % 9)}.${(n >>> 8) & 255}.${n & 255}.${(n * 7) & 255}`;
  if (n % 20 === 0) return `[ipv4-addr:value ISSUBSET '${address}/28']`;
  if (n % 2 === 0) return `[ipv4-addr:value = '${address}']`;
  return n % 3 === 0
    ? `[file:hashes.'SHA-256' = '${n.toString(16).padStart(64, '0')}']`
    : `[domain-name:value = 'host${n}.example']`;
};

for (const count of [1_000, 1_000_000]) {
  const index = new IndicatorIndex();
  const begun = performance.now();
  for (let row = 0; row < count; row++) index.add(row, compiled(patternAt(row)).anchors);
  const buildMs = performance.now() - begun;
  const shown: Shown[][] = Array.from({ length: 10_000 }, (_, n) => [
    { type: 'ip', value: `${1 + (n % 9)}.${n & 255}.${(n * 3) & 255}.9`, part: 'outbound' },
    { type: 'domain', value: `host${n * 101}.example`, part: 'outbound' },
  ]);
  let found = 0;
  const start = performance.now();
  for (let round = 0; round < 30; round++) for (const one of shown) found += index.find(one).size;
  const seconds = (performance.now() - start) / 1_000;
  console.log(
    JSON.stringify({
      indicators: count,
      observationsPerSecond: Math.round((30 * shown.length) / seconds),
      found,
      indexMegabytes: Math.round(index.bytes / 1e6),
      buildMs: Math.round(buildMs),
    }),
  );
}
