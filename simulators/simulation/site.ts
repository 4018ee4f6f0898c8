/** What happens at the simulated site, told by its devices: they say it again until the gateway has it on disk. */
import type { Detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Lane, RecordBody } from '../../devices/wire.ts';
import { pick, type Random } from '../random.ts';

export const GATEWAY = 'gw-1';
export const SITE = 'pharmacy-1';
/** 02:00 UTC of some night. */
export const ORIGIN_MS = Date.UTC(2026, 10, 23, 2);

const assets = ['front-door', 'back-door', 'cabinet', 'fridge-1', 'camera-1', 'server-1'] as const;

export const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: SITE, name: 'Pharmacy' }],
    zones: [
      { id: 'shop', site: SITE, name: 'Shop', touches: ['store'] },
      { id: 'store', site: SITE, name: 'Store room' },
    ],
    assets: [
      { id: 'front-door', kind: 'door', name: 'Front door', site: SITE, zone: 'shop', public: true },
      { id: 'back-door', kind: 'door', name: 'Back door', site: SITE, zone: 'store', criticality: 4 },
      { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: SITE, zone: 'store', criticality: 5 },
      { id: 'fridge-1', kind: 'fridge', name: 'Fridge', site: SITE, zone: 'store', criticality: 5 },
      { id: 'camera-1', kind: 'camera', name: 'Camera', site: SITE, zone: 'store', guards: ['cabinet'] },
      { id: 'server-1', kind: 'host', name: 'Server', site: SITE, zone: 'store' },
    ],
    identities: [{ id: 'anna', name: 'Anna', badges: ['b1'], accounts: ['anna'] }],
  }),
);

const rules = ['door-forced', 'door-held-open', 'tamper', 'cold-chain-excursion', 'camera-obscured'] as const;

/** One thing that a device says: all its records are committed together, with a piece of the site's state. */
export interface Message {
  number: number;
  atMs: number;
  parts: { lane: Lane; body(id: string, now: number): RecordBody }[];
}

/** What is said from `fromMs` on for `forMs`, in order of time. */
export function messagesOf(random: Random, forMs: number, everyMs: number): Message[] {
  const messages: Message[] = [];
  for (let atMs = 1_000; atMs < forMs; ) {
    const number = messages.length + 1;
    const isAlarm = random() < 0.12;
    // Now and then one that takes several sectors.
    const texts = Array.from({ length: random() < 0.02 ? 12 : 1 }, () =>
      'x'.repeat(Math.floor(random() * 300)),
    );
    const parts: Message['parts'] = [
      { lane: isAlarm ? 'alarm' : 'bulk', body: (id, now) => observed(id, number, now, texts) },
    ];
    if (isAlarm) {
      const detection = found(number, ORIGIN_MS + atMs, random);
      parts.push({ lane: 'alarm', body: () => ({ type: 'detection', detection }) });
    }
    messages.push({ number, atMs, parts });
    // Bursts, and long silence in between.
    atMs += random() < 0.5 ? random() * 50 : -Math.log(1 - random()) * everyMs * 2;
  }
  return messages;
}

const observed = (id: string, message: number, now: number, texts: readonly string[]): RecordBody => ({
  type: 'observation',
  observation: {
    id,
    kind: 'temperature.measured',
    site: SITE,
    asset: 'fridge-1',
    source: 'zigbee2mqtt:0x00158d0004a1b2c3',
    observedAt: now,
    receivedAt: now,
    clock: 'set',
    value: 4.2,
    facts: { message, ...Object.fromEntries(texts.map((text, index) => [`text${index}`, text])) },
  },
});

const found = (message: number, at: number, random: Random): Detection => ({
  id: `found-${message}`,
  at: Math.round(at),
  rule: pick(rules, random),
  severity: pick(['low', 'medium', 'high', 'critical'] as const, random),
  source: GATEWAY,
  site: SITE,
  assets: [pick(assets, random)],
  identities: random() < 0.2 ? ['anna'] : [],
  observables: {},
  summary: 'Something was found',
  facts: {},
  evidence: [],
  count: 1,
});
