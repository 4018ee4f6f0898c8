import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../../../devices/configuration.ts';
import { ruleConfigurations, ruleConfigurationsOf } from '../configuration.ts';
import { RuleEngine } from '../engine.ts';
import { levelChanged } from '../level-changed.ts';
import { missingReadings } from '../missing-readings.ts';
import { rapidChange } from '../rapid-change.ts';
import type { AnyRuleKind, RuleContext, RuleSample } from '../rule.ts';
import { runSample, sampleObservations } from '../sample-run.ts';
import { sampleRegistry, sampleSiteId } from '../sample-site.ts';
import { stuckValue } from '../stuck-value.ts';
import { unusualForHour } from '../unusual-for-hour.ts';
import { unusualTraffic } from '../unusual-traffic.ts';
import { unusualValue } from '../unusual-value.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './sample-series.ts';

const kinds: readonly AnyRuleKind[] = [
  unusualValue,
  unusualForHour,
  levelChanged,
  stuckValue,
  rapidChange,
  missingReadings,
  unusualTraffic,
];
const contextAt = (now: number): RuleContext => ({
  now,
  registry: sampleRegistry,
  armingMode: 'disarmed',
  isOpen: true,
});

function siteWith(kind: AnyRuleKind, configuration: RuleSample['configuration'], kept: Map<string, string>) {
  return new RuleEngine({
    site: sampleSiteId,
    registry: sampleRegistry,
    rules: ruleConfigurationsOf([kind]).parse([{ rule: kind.kind, ...configuration }]),
    kept: new Map([...kept].map(([key, text]) => [key, JSON.parse(text)])),
    keep: (key, value) => kept.set(key, JSON.stringify(value)),
    forget: (key) => kept.delete(key),
    kinds: [kind],
  });
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const [sample] = kind.samples.filter(({ expect: expected }) => expected.length > 0);
  if (sample === undefined) throw new Error(`${kind.kind} has no sample that fires`);

  test('finds the same when the gateway restarts again and again', () => {
    const kept = new Map<string, string>();
    let engine = siteWith(kind, sample.configuration, kept);
    const found = sampleObservations(sample).flatMap((given, index) => {
      if (index % 37 === 36) engine = siteWith(kind, sample.configuration, kept);
      return engine.observe(given, contextAt(given.observedAt)).detections;
    });
    if (sample.until !== undefined) found.push(...engine.wake(sample.until, contextAt).detections);
    expect(found).toEqual(runSample(kind, sample));
    for (const text of kept.values()) expect(text.length).toBeLessThanOrEqual(32 * 1_024);
  });

  test('watches nothing that was not named', () => {
    expect(runSample(kind, { ...sample, configuration: {} })).toEqual([]);
  });

  test('learns anew where its memory is of another version', () => {
    const kept = new Map<string, string>();
    let engine = siteWith(kind, sample.configuration, kept);
    const [first, second] = sampleObservations(sample);
    if (first === undefined || second === undefined) throw new Error('too few observations');
    engine.observe(first, contextAt(first.observedAt));
    for (const [key, text] of kept) kept.set(key, text.replace(/"snapshot":"[^:]*:/, '"snapshot":"old-0:'));
    engine = siteWith(kind, sample.configuration, kept);
    engine.observe(second, contextAt(second.observedAt));
    expect(engine.troubles()).toEqual([]);
  });
});

test('the configuration in the README is one', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, yaml] = /```yaml\n(.*?)```/s.exec(readme) ?? [];
  const { rules } = parseConfiguration(z.object({ rules: ruleConfigurations }), yaml ?? '', 'README.md');
  expect(rules.map(({ kind }) => kind)).toEqual(kinds.map(({ kind }) => kind));
});

test('a finding says in a sentence what was seen and what is usual', () => {
  const [sample] = unusualForHour.samples;
  if (sample === undefined) throw new Error('no sample');
  const [found] = runSample(unusualForHour, sample);
  expect(found?.summary).toMatch(
    /^Thermometer \(Office\), temperature: 22 °C is 1\.\d °C above anything seen at this hour in 8 days\.$/,
  );
  expect(found?.facts).toMatchObject({ measure: 'hour', side: 'above', seen: 22 });
});

test('a condition is over when it has been calm for long enough', () => {
  const kept = new Map<string, string>();
  const engine = siteWith(rapidChange, { ...onOffice, calmMs: 1_800_000 }, kept);
  const readings = officeReadings(400, FIVE_MINUTES, (index) => quietDay(index) + (index === 390 ? 3 : 0));
  for (const given of sampleObservations({ observations: readings })) {
    engine.observe(given, contextAt(given.observedAt));
    if (given.observedAt === 391 * FIVE_MINUTES) expect(engine.conditions()).toHaveLength(1);
  }
  expect(engine.conditions()).toEqual([]);
});

test('of several readings within the interval one is looked at', () => {
  const kept = new Map<string, string>();
  const engine = siteWith(unusualValue, onOffice, kept);
  let written = 0;
  const [before] = [new Map(kept)];
  for (const given of sampleObservations({ observations: officeReadings(100, 10_000, quietDay) })) {
    engine.observe(given, contextAt(given.observedAt));
    const [text] = [...kept].filter(([key]) => key.startsWith('rules/slot/')).map(([, value]) => value);
    if (text !== undefined && text !== before?.get('newest')) {
      before?.set('newest', text);
      written++;
    }
  }
  expect(written).toBe(4);
});
