import { expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import { Unresolved } from './unresolved.ts';

const found = (id: string, over: Partial<Incident> = {}): Incident => ({
  id,
  title: id,
  first: 1,
  last: 2,
  severity: 'medium',
  priority: 1,
  detections: [],
  assets: ['back-door'],
  identities: [],
  links: [],
  ...over,
});

test('an asset shows the gravest of its incidents, until that is resolved', () => {
  const unresolved = new Unresolved();
  unresolved.put(found('i1'), 'open', ['linden']);
  unresolved.put(found('i2', { severity: 'critical' }), 'acknowledged', ['linden']);
  expect(unresolved.alarmOf('back-door')).toBe('critical');
  expect(unresolved.ofSite('linden')).toEqual({ openIncidents: 2, worst: 'critical' });
  expect(unresolved.put(found('i2', { severity: 'critical' }), 'resolved', ['linden'])).toEqual(['linden']);
  expect(unresolved.alarmOf('back-door')).toBe('medium');
  expect(unresolved.ofSite('linden')).toEqual({ openIncidents: 1, worst: 'medium' });
});

test('an incident that moves on concerns the sites of before and of now', () => {
  const unresolved = new Unresolved();
  unresolved.put(found('i1'), 'open', ['linden']);
  const moved = unresolved.put(found('i1', { assets: ['dock-1'] }), 'open', ['north']);
  expect(moved.sort()).toEqual(['linden', 'north']);
  expect(unresolved.alarmOf('back-door')).toBeUndefined();
  expect(unresolved.ofSite('linden')).toEqual({ openIncidents: 0 });
  expect(unresolved.drop('i1')).toEqual(['north']);
  expect(unresolved.drop('i1')).toEqual([]);
  expect(unresolved.size).toBe(0);
});
