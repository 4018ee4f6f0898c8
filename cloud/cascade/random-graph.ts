/** Made-up graphs for the bench and for tests. */
import { graphDocument } from './document.ts';
import type { GraphDocument } from './graph.ts';
import { bitsAt, sampleKey } from './random.ts';

/** Assets that depend on some of those before them, and a few of them back: circles as real networks have them. */
export function randomGraph({
  assets,
  dependencies,
  seed,
}: {
  assets: number;
  dependencies: number;
  seed: number;
}): unknown {
  const key = sampleKey(seed, 0);
  let drawn = 0;
  const next = () => bitsAt(key, drawn++) / 4_294_967_296;
  const id = (index: number) => `asset-${index}`;
  const entries = Array.from({ length: dependencies }, (_, index) => {
    const of = 1 + Math.floor(next() * (assets - 1));
    const back = next() < 0.05;
    const on = back ? (of + 1 + Math.floor(next() * (assets - 2))) % assets : Math.floor(next() * of);
    const minutes = 1 + Math.floor(next() * 60);
    return {
      id: `d-${index}`,
      of: id(of),
      on: [id(on === of ? (of + 1) % assets : on)],
      probability: Math.round((0.2 + 0.7 * next()) * 100) / 100,
      delay: next() < 0.5 ? { from: '1 min', to: `${minutes} min` } : `${minutes} min`,
      ...(next() < 0.1 ? { buffer: { from: '10 min', to: '90 min' } } : {}),
    };
  });
  return {
    horizon: '24 h',
    assets: Array.from({ length: assets }, (_, index) => ({ id: id(index) })),
    dependencies: entries,
    services: Array.from({ length: 20 }, (_, index) => ({
      id: `service-${index}`,
      perHour: 100 + index,
      needs: Array.from({ length: 5 }, (_one, at) => ({
        asset: id((index * 97 + at * 1_009) % assets),
        share: 0.5,
      })),
    })),
  };
}

export const randomDocument = (size: { assets: number; dependencies: number; seed: number }): GraphDocument =>
  graphDocument.parse(randomGraph(size));
