/** A small world for the tests of correlation: a pharmacy, its web shop and a warehouse. */
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Correlated } from './traits.ts';

export const sampleDocument = {
  sites: [
    { id: 'linden', name: 'Linden Pharmacy' },
    { id: 'north', name: 'North Warehouse' },
    { id: 'online', name: 'Web shop' },
  ],
  zones: [
    { id: 'shop-floor', site: 'linden', name: 'Shop floor', touches: ['dispensary'] },
    { id: 'dispensary', site: 'linden', name: 'Dispensary', touches: ['store-room'] },
    { id: 'store-room', site: 'linden', name: 'Store room' },
    { id: 'delivery', site: 'linden', name: 'Delivery entrance', touches: ['store-room'] },
    { id: 'hall', site: 'north', name: 'Hall' },
  ],
  assets: [
    { id: 'front-door', kind: 'door', name: 'Front door', site: 'linden', zone: 'shop-floor', public: true },
    { id: 'back-door', kind: 'door', name: 'Back door', site: 'linden', zone: 'delivery', criticality: 4 },
    {
      id: 'store-camera',
      kind: 'camera',
      name: 'Store room camera',
      site: 'linden',
      zone: 'store-room',
      guards: ['drugs-cabinet'],
    },
    {
      id: 'drugs-cabinet',
      kind: 'cabinet',
      name: 'Controlled-drugs cabinet',
      site: 'linden',
      zone: 'store-room',
      criticality: 5,
    },
    {
      id: 'fridge-1',
      kind: 'fridge',
      name: 'Medicine fridge 1',
      site: 'linden',
      zone: 'dispensary',
      criticality: 5,
      band: { minCelsius: 2, maxCelsius: 8 },
    },
    { id: 'motion-1', kind: 'motion-sensor', name: 'Store room motion', site: 'linden', zone: 'store-room' },
    {
      id: 'alarm-panel',
      kind: 'alarm-panel',
      name: 'Intruder alarm',
      site: 'linden',
      zone: 'dispensary',
      guards: ['back-door', 'front-door'],
    },
    { id: 'dock-1', kind: 'door', name: 'Dock 1', site: 'north', zone: 'hall' },
    {
      id: 'dock-reader',
      kind: 'reader',
      name: 'Dock reader',
      site: 'north',
      zone: 'hall',
      hostedOn: 'dock-1',
    },
    { id: 'shop-server', kind: 'host', name: 'Shop server', site: 'online', public: true },
    { id: 'web-shop', kind: 'shop', name: 'Web shop', site: 'online', hostedOn: 'shop-server', public: true },
    { id: 'office-server', kind: 'host', name: 'Office server', site: 'linden', dependsOn: ['database'] },
    { id: 'database', kind: 'host', name: 'Database', site: 'linden' },
    { id: 'stock-system', kind: 'shop', name: 'Stock system', site: 'linden', hostedOn: 'office-server' },
  ],
  identities: [
    { id: 'anna-weber', name: 'Dr. Anna Weber', badges: ['04a1'], accounts: ['admin', 'a.weber'] },
    { id: 'jonas-keller', name: 'Jonas Keller', badges: ['04d4'], accounts: ['j.keller'] },
    { id: 'deploy', name: 'Deployment', kind: 'service', accounts: ['deploy'] },
  ],
  sharedAddresses: ['198.51.100.10'],
};

export const sampleRegistry = registryOf(registryDocument.parse(sampleDocument));

/** 02:00 UTC of some night. */
export const NIGHT = Date.UTC(2026, 10, 23, 2);
export const MINUTE = 60_000;

/** A detection with the rest filled in. */
export const detectionOf = (part: Partial<Correlated> & Pick<Correlated, 'id'>): Correlated => ({
  at: NIGHT,
  rule: 'door-forced',
  severity: 'medium',
  source: 'test',
  assets: [],
  identities: [],
  observables: {},
  ...part,
});

/** The night of the break-in: seven detections that are one story, and six that have nothing to do with it. */
export const story: Correlated[] = [
  {
    id: 's1',
    rule: 'login-brute-force',
    severity: 'medium' as const,
    assets: ['web-shop'],
    observables: { ip: '203.0.113.7', account: 'admin' },
  },
  {
    id: 's2',
    at: NIGHT + 6 * MINUTE,
    rule: 'admin-login-new-address',
    severity: 'high' as const,
    assets: ['web-shop'],
    observables: { ip: '203.0.113.7', account: 'admin' },
  },
  {
    id: 's3',
    at: NIGHT + 9 * MINUTE,
    rule: 'alarm-schedule-changed',
    severity: 'high' as const,
    assets: ['alarm-panel'],
    observables: { ip: '203.0.113.7', account: 'admin' },
  },
  {
    id: 's4',
    at: NIGHT + 23 * MINUTE,
    rule: 'door-forced',
    severity: 'critical' as const,
    assets: ['back-door'],
  },
  {
    id: 's5',
    at: NIGHT + 24 * MINUTE,
    rule: 'camera-obscured',
    severity: 'high' as const,
    assets: ['store-camera'],
  },
  {
    id: 's6',
    at: NIGHT + 26 * MINUTE,
    rule: 'cabinet-opened-without-badge',
    severity: 'critical' as const,
    assets: ['drugs-cabinet'],
  },
  {
    id: 's7',
    at: NIGHT + 48 * MINUTE,
    rule: 'cold-chain-excursion',
    severity: 'high' as const,
    assets: ['fridge-1'],
  },
].map((part) => detectionOf(part));

export const noise: Correlated[] = [
  {
    id: 'n1',
    at: NIGHT + 22 * MINUTE,
    rule: 'door-held-open',
    assets: ['dock-1'],
  },
  {
    id: 'n2',
    at: NIGHT + 2 * MINUTE,
    rule: 'web-scanner',
    assets: ['web-shop'],
    observables: { ip: '198.18.4.4', 'user-agent': 'probe/1.0' },
  },
  {
    id: 'n3',
    at: NIGHT + 25 * MINUTE,
    rule: 'access-denied',
    severity: 'low' as const,
    assets: ['dock-reader'],
    observables: { badge: '04ff' },
  },
  {
    id: 'n4',
    at: NIGHT + 24 * MINUTE,
    rule: 'battery-low',
    severity: 'low' as const,
    assets: ['motion-1'],
  },
  {
    id: 'n5',
    at: NIGHT + 7 * MINUTE,
    rule: 'login-failed',
    severity: 'low' as const,
    assets: ['web-shop'],
    observables: { ip: '198.51.100.10', account: 'j.keller' },
  },
  {
    id: 'n6',
    at: NIGHT + 5 * MINUTE,
    rule: 'access-denied',
    severity: 'low' as const,
    assets: ['front-door'],
    observables: { badge: '04d4' },
  },
].map((part) => detectionOf(part));
