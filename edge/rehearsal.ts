/**
 * Before a gateway opens its walls it plays through a few hours at a shop that does not exist. What it runs is
 * compiled as it is used: without this, the first badge takes several times as long as the thousandth, and those between
 * wait now and then while the compiler takes the processor. Broker and sockets are not rehearsed.
 */
import { z } from 'zod';
import { manualClock } from '../devices/model/clock.ts';
import { registryDocument, registryOf } from '../devices/model/registry.ts';
import { PageMemory } from './api/memory.ts';
import { type GatewayConfiguration, gatewayDocument } from './config.ts';
import { MqttDriver } from './drivers/mqtt.ts';
import { Gateway } from './gateway.ts';
import { volatileOutbox } from './outbox/volatile.ts';

/** Visits to the door that are played through: from here on another one is no quicker than the one before. */
export const REHEARSED_VISITS = 1_000;
/** Between two visits: longer than a lock stays open for a badge. */
const VISIT_EVERY_MS = 30_000;
/** Every so often somebody comes whose badge nobody knows. */
const STRANGER_EVERY = 5;

const site = 'rehearsal';
const registry = {
  sites: [
    {
      id: site,
      name: 'Rehearsal',
      opening: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, from: '00:00', to: '00:00' },
      ],
    },
  ],
  zones: [{ id: 'hall', site, name: 'Hall' }],
  assets: [
    { id: 'panel', kind: 'alarm-panel', name: 'Panel', site, zone: 'hall' },
    { id: 'door', kind: 'door', name: 'Door', site, zone: 'hall' },
    { id: 'reader', kind: 'reader', name: 'Reader', site, zone: 'hall', hostedOn: 'door' },
    { id: 'lock', kind: 'lock', name: 'Lock', site, zone: 'hall', hostedOn: 'door' },
    {
      id: 'fridge',
      kind: 'fridge',
      name: 'Fridge',
      site,
      zone: 'hall',
      band: { minCelsius: 2, maxCelsius: 8 },
    },
  ],
  identities: [{ id: 'anna', name: 'Anna', sites: [site], badges: ['04a1'] }],
};
const configuration = {
  gateway: { id: 'rehearsal', site, state: 'state' },
  registry: 'registry.yaml',
  broker: {},
  devices: [
    {
      device: 'esphome:door',
      assets: { strike: 'lock', badge: 'reader', online: 'reader', contact: 'door' },
    },
    { device: 'zigbee2mqtt:0x0000000000000001', asset: 'fridge' },
  ],
  panel: { asset: 'panel' },
  access: { readers: [{ reader: 'reader', opens: ['door'] }] },
};

/** What came of a rehearsal. */
export interface Rehearsed {
  /** How often the door was told to open. */
  unlocked: number;
}

/** Plays through so many visits, in one go: a few tenths of a second on a desktop, a second or two on a small board. */
export function rehearse(visits = REHEARSED_VISITS): Rehearsed {
  const clock = manualClock(Date.UTC(2026, 0, 5, 6));
  const people = registryOf(registryDocument.parse(registry));
  const memory = new PageMemory(people);
  const driver = new MqttDriver({ quarantine: () => {} });
  let unlocked = 0;
  const gateway: Gateway = new Gateway({
    configuration: rehearsed(people),
    clock,
    outbox: volatileOutbox('rehearsal'),
    deliver: (command) => {
      const sent = driver.command(command, gateway.site.commandTargets(command.asset, command.action));
      if (command.action === 'lock.unlock' && 'messages' in sent) unlocked++;
      return 'messages' in sent;
    },
    onChanged: () => {},
    onObserved: (observation) => memory.take(observation),
    onDetected: (detection) => memory.detected(detection),
    onTrouble: () => {},
  });
  const say = (topic: string, payload: string) => {
    const receivedAt = clock.now();
    const heard = driver.read({ client: 'door', topic, payload: Buffer.from(payload), qos: 1, receivedAt });
    if (heard.length > 0) void gateway.hear(heard);
  };
  say(
    'zigbee2mqtt/bridge/devices',
    '[{"ieee_address":"0x0000000000000001","friendly_name":"fridge","type":"EndDevice","power_source":"Battery"}]',
  );
  say('door/status', 'online');
  say('door/lock/strike/state', 'LOCKED');
  say('door/binary_sensor/contact/state', 'OFF');
  clock.advance(VISIT_EVERY_MS);
  for (let visit = 0; visit < visits; visit++) {
    say('door/text_sensor/badge/state', visit % STRANGER_EVERY === 0 ? '04FF' : '04A1');
    say('door/lock/strike/state', 'UNLOCKED');
    say('door/binary_sensor/contact/state', 'ON');
    clock.advance(VISIT_EVERY_MS / 10);
    say('door/binary_sensor/contact/state', 'OFF');
    say('door/lock/strike/state', 'LOCKED');
    say('zigbee2mqtt/fridge', `{"temperature":${4 + (visit % 30) / 10},"humidity":41,"battery":97}`);
    clock.advance((VISIT_EVERY_MS * 9) / 10);
  }
  gateway.stop();
  return { unlocked };
}

function rehearsed(people: ReturnType<typeof registryOf>): GatewayConfiguration {
  const document = z.parse(gatewayDocument, configuration);
  return { ...document, file: '', registryFile: '', registry: people, resolve: (path) => path };
}
