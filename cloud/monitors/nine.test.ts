import { expect, test } from 'vitest';
import { observationKind } from '../../devices/model/observation.ts';
import { catalog, standingCatalog } from './catalog.ts';
import { monitorIds, monitorOfRule, monitorsOfKind, nineMonitors } from './nine.ts';

test('there are nine, and each monitor of the catalog runs for exactly one of them', () => {
  expect(nineMonitors.map(({ id }) => id)).toEqual([...monitorIds]);
  for (const { kind } of [...catalog, ...standingCatalog])
    expect([kind, nineMonitors.filter(({ runs }) => runs.includes(kind)).length]).toEqual([kind, 1]);
});

test('what each finds is its own', () => {
  for (const { kind } of catalog)
    expect([kind, monitorOfRule(kind)]).toEqual([
      kind,
      nineMonitors.find((one) => one.runs.includes(kind))?.id,
    ]);
  for (const { kind, rules } of standingCatalog)
    for (const rule of rules)
      expect([rule, monitorOfRule(rule)]).toEqual([
        rule,
        nineMonitors.find((one) => one.runs.includes(kind))?.id,
      ]);
  expect(monitorOfRule('camera-obscured')).toBe('physical-asset');
  expect(monitorOfRule('policy:backups')).toBe('policy');
  expect(monitorOfRule('sigma:3f1')).toBe('incident-detector');
});

test('whatever can be seen is looked at by one of them', () => {
  const blind = observationKind.options.filter((kind) => monitorsOfKind(kind).length === 0);
  expect(blind).toEqual([]);
});
