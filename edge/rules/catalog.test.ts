import { describe, expect, test } from 'vitest';
import { detection } from '../../devices/model/detection.ts';
import { observation } from '../../devices/model/observation.ts';
import { catalog } from './catalog.ts';
import { everyRule } from './configuration.ts';
import { runSample, sampleObservations } from './sample-run.ts';
import { sampleRegistry, sampleSiteId } from './sample-site.ts';

describe.each(catalog.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  test.each(kind.samples.map((sample) => [sample.name, sample] as const))('%s', (_sample, sample) => {
    for (const given of sampleObservations(sample))
      expect(observation.safeParse(given).error?.issues ?? []).toEqual([]);
    const detections = runSample(kind, sample);
    expect(detections.map(({ at, severity, assets }) => ({ at, severity, asset: assets[0] }))).toEqual(
      sample.expect,
    );
    for (const made of detections) expect(detection.safeParse(made).error?.issues ?? []).toEqual([]);
    expect(new Set(detections.map(({ id }) => id)).size).toBe(detections.length);
  });

  test('has samples that fire and samples that do not, and tells people what to do', () => {
    expect(kind.samples.some((sample) => sample.expect.length > 0)).toBe(true);
    expect(kind.samples.some((sample) => sample.expect.length === 0)).toBe(true);
    expect(kind.instruction).toMatch(/\.$/);
    expect(kind.title.length).toBeGreaterThan(0);
  });

  test('has nothing to say at rest to the values it says so of', () => {
    const configuration = kind.configuration.parse({});
    const resting = kind.initial(configuration);
    for (const asset of sampleRegistry.assetsOf(sampleSiteId)) {
      for (const observed of kind.observes) {
        const range = kind.restsWithin?.(observed, configuration, asset);
        if (range === undefined) continue;
        const [min, max] = [Math.max(range.min, -1e6), Math.min(range.max, 1e6)];
        for (const value of [min, (min + max) / 2, max]) {
          const [given] = sampleObservations({
            observations: [{ kind: observed, asset: asset.id, observedAt: 1, value }],
          });
          if (given === undefined) throw new Error('no observation');
          const context = { now: 1, registry: sampleRegistry, armingMode: 'away', isOpen: false } as const;
          expect(kind.step(resting, given, asset.id, configuration, context)).toBeUndefined();
        }
      }
    }
  });

  test('works without any configuration', () => {
    expect(kind.configuration.safeParse({}).success).toBe(true);
  });

  test('keeps states that its own schema takes back', () => {
    const resting = kind.initial(kind.configuration.parse({}));
    expect(kind.state.parse(JSON.parse(JSON.stringify(resting)))).toEqual(resting);
  });
});

test('kinds have different names', () => {
  expect(new Set(everyRule().map(({ name }) => name)).size).toBe(catalog.length);
});
