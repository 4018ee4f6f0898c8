import { expect, test } from 'vitest';
import { assetKind } from '../../devices/model/asset.ts';
import { detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { installationGraph } from '../assets/dependencies.ts';
import { cascade } from './cascade.ts';
import { graphDocument } from './document.ts';
import { effectOf, happenedIn } from './incident.ts';

test.each([
  ['forced-open', 'high', 'door', 'intruded'],
  ['cabinet-opened', 'critical', 'cabinet', 'intruded'],
  ['held-open', 'medium', 'door', undefined],
  ['temperature-excursion', 'high', 'fridge', 'warm'],
  ['silent-device', 'medium', 'camera', 'down'],
  ['camera-obscured', 'medium', 'camera', 'down'],
  ['mains-lost', 'high', 'gateway', 'down'],
  ['brute-force', 'medium', 'shop', undefined],
  ['privilege-escalation', 'medium', 'host', 'compromised'],
  ['integrity:unexpected-change', 'high', 'shop', 'altered'],
  ['integrity-new-script', 'high', 'shop', 'altered'],
  ['integrity-defaced', 'high', 'shop', 'altered'],
  ['page-policy-weakened', 'medium', 'shop', undefined],
  ['certificate-expiring', 'low', 'shop', undefined],
  ['policy:log-in-without-badge-in', 'high', 'host', undefined],
  ['policy:controlled-drugs-two-people', 'high', 'cabinet', undefined],
  ['web-scanner', 'low', 'shop', undefined],
  ['beaconing', 'medium', 'host', 'compromised'],
  ['device-talks-outside', 'high', 'lock', undefined],
  ['exfiltration-volume', 'high', 'host', 'disclosed'],
  ['payment-not-authorised', 'high', 'shop', undefined],
  ['network-scan', 'high', 'host', undefined],
  ['handover-refused', 'high', 'door', undefined],
  ['badge-in-two-places', 'high', 'reader', undefined],
  ['setting-changed', 'high', 'fridge', 'down'],
] as const)('%s, %s, at a %s says: %s', (rule, severity, kind, effect) => {
  expect(effectOf({ rule, severity }, { kind: assetKind.parse(kind) })).toBe(effect);
});

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 's', name: 'S', timeZone: 'UTC' }],
    zones: [{ id: 'room', site: 's', name: 'Room' }],
    assets: [
      { id: 'door', kind: 'door', name: 'Door', site: 's', zone: 'room' },
      { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 's', zone: 'room' },
      { id: 'camera', kind: 'camera', name: 'Camera', site: 's', guards: ['cabinet'] },
      { id: 'server', kind: 'host', name: 'Server', site: 's' },
      { id: 'shop', kind: 'shop', name: 'Shop', site: 's', hostedOn: 'server', dependsOn: ['pay'] },
      { id: 'pay', kind: 'payment-service', name: 'Pay', site: 's' },
    ],
  }),
);

test('what has happened is told once, from when it was first seen', () => {
  const seen = (id: string, at: number, rule: string, assets: string[]) =>
    detection.parse({
      id,
      at,
      rule,
      severity: 'high',
      source: 'x',
      assets,
      identities: [],
      observables: {},
      summary: 'x',
    });
  const detections = [
    seen('2', 20, 'forced-open', ['door']),
    seen('1', 10, 'forced-open', ['door', 'nowhere']),
    seen('3', 5, 'privilege-escalation', ['server']),
  ];
  expect(happenedIn(detections, registry.asset)).toEqual([
    { asset: 'server', effect: 'compromised', at: 5, detection: '3' },
    { asset: 'door', effect: 'intruded', at: 10, detection: '1' },
  ]);
});

test('the registry says by itself what hangs on what, but where a file says it otherwise', () => {
  const follows = (graph: ReturnType<typeof installationGraph>, asset: string, effect: string) =>
    cascade(graph, { failures: [{ asset, effect }] }).effects.map((one) => `${one.asset}:${one.effect}`);
  const graph = installationGraph(registry);
  expect(follows(graph, 'server', 'down')).toEqual(['shop:down']);
  expect(follows(graph, 'server', 'compromised')).toEqual(['shop:compromised']);
  expect(follows(graph, 'pay', 'down')).toEqual(['shop:down']);
  expect(follows(graph, 'camera', 'down')).toEqual(['cabinet:unguarded']);
  expect(follows(graph, 'door', 'intruded')).toEqual(['cabinet:intruded']);
  const file = graphDocument.parse({
    assets: [{ id: 'server' }, { id: 'shop' }, { id: 'mains', name: 'Mains' }],
    dependencies: [
      { of: 'server', on: ['mains'] },
      { of: 'shop', on: ['server'], probability: 0.25 },
    ],
  });
  const whole = installationGraph(registry, file);
  expect(follows(whole, 'mains', 'down')).toEqual(['server:down', 'shop:down']);
  expect(cascade(whole, { failures: [{ asset: 'server', effect: 'down' }] }).effects[0]).toMatchObject({
    name: 'Shop',
    chance: 0.25,
  });
});
