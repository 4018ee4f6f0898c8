/**
 * How many flows a second one core takes in, learns from and judges: `node cloud/communication/communication.bench.ts
 * [flows]`. A site of 500 hosts: each has its usual parties, some browse the web, one in a thousand flows fails. Reading
 * the sensor's lines is another bench's matter.
 */
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { communicationSettings } from './settings.ts';
import { Talk } from './talk.ts';

const FLOWS = Number(process.argv[2] ?? 1_000_000);
const BATCH = 500;
const HOSTS = 500;
const PER_SECOND = 2_000;
const START = Date.UTC(2026, 10, 23);

let state = 42;
const chance = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

function flow(number: number): Observation {
  const at = START + Math.floor((number * 1_000) / PER_SECOND);
  const host = Math.floor(chance() * HOSTS);
  const ip = `10.0.${host >> 8}.${host & 255}`;
  const isQuestion = chance() < 0.2;
  const browses = host % 5 === 0;
  const party = Math.floor(chance() * (browses ? 5_000 : 12));
  const to =
    party % 3 === 0
      ? `10.1.0.${party & 255}`
      : `203.${party & 127}.${party >> 7}.${browses ? 9 : host & 255}`;
  const failed = chance() < 0.001;
  return {
    id: `cloud-zeek/e/${number}`,
    kind: isQuestion ? 'domain.resolved' : 'network.connected',
    site: 'linden',
    asset: 'sensor',
    source: 'zeek:sensor',
    observedAt: at,
    receivedAt: at,
    clock: 'foreign',
    observables: isQuestion
      ? { ip, 'destination-ip': '10.0.0.1', domain: `host${party % 40}.site${party}.example` }
      : { ip, 'destination-ip': to },
    facts: isQuestion
      ? { protocol: 'udp', destinationPort: 53, type: 'A' }
      : {
          protocol: 'tcp',
          destinationPort: party % 2 === 0 ? 443 : 5_432,
          state: failed ? 'S0' : 'SF',
          bytesOut: 1_000 + party,
          bytesIn: failed ? 0 : 20_000,
        },
    log: { service: isQuestion ? 'dns' : 'conn', fields: {} },
  };
}

const registry = registryOf(registryDocument.parse({ sites: [{ id: 'linden', name: 'Linden' }] }));
// Learning ends early, so that most of the flows are judged as they will be for years.
const talk = new Talk(communicationSettings.parse({ learningMs: 60_000 }), registry);
const before = process.memoryUsage().heapUsed;
let spent = 0;
let put = 0;
for (let from = 0; from < FLOWS; from += BATCH) {
  const batch = Array.from({ length: BATCH }, (_, index) => flow(from + index));
  const started = process.cpuUsage();
  put += talk.observe(batch).put.length;
  const { user, system } = process.cpuUsage(started);
  spent += user + system;
}
globalThis.gc?.();
const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
console.log(
  JSON.stringify({
    flows: FLOWS,
    perSecond: Math.round(FLOWS / (spent / 1e6)),
    microsecondsPerFlow: Math.round((spent / FLOWS) * 100) / 100,
    heapMegabytes: Math.round(megabytes),
    detectionsPut: put,
    forgotten: talk.forgotten,
  }),
);
