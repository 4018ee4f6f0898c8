/** In the forms that zigbee2mqtt's guide shows. */
import type { ProfileSample } from './profile.ts';

const frontAddress = '0x00158d0004a1b2c3';
const front = `zigbee2mqtt:${frontAddress}`;
const list = JSON.stringify([
  { ieee_address: '0x00124b0014d9e0f1', type: 'Coordinator', friendly_name: 'Coordinator', definition: null },
  {
    ieee_address: frontAddress,
    type: 'EndDevice',
    network_address: 29159,
    supported: true,
    friendly_name: 'shop/front door',
    definition: {
      model: 'MCCGQ11LM',
      vendor: 'Aqara',
      description: 'Door and window sensor',
      exposes: [
        { type: 'numeric', name: 'battery', property: 'battery', unit: '%' },
        { type: 'binary', name: 'contact', property: 'contact', value_on: false, value_off: true },
        { type: 'numeric', name: 'linkquality', property: 'linkquality' },
      ],
    },
    power_source: 'Battery',
  },
  {
    ieee_address: '0x847127fffe112233',
    type: 'Router',
    friendly_name: 'siren',
    definition: {
      model: 'NAS-AB02B2',
      vendor: 'Neo',
      exposes: [{ type: 'binary', name: 'alarm', property: 'alarm', value_on: 'ON', value_off: 'OFF' }],
    },
    power_source: 'Mains (single phase)',
  },
]);
const known = { topic: 'zigbee2mqtt/bridge/devices', payload: list, retained: true };

export const samples: readonly ProfileSample[] = [
  {
    name: 'the list of devices',
    topic: 'zigbee2mqtt/bridge/devices',
    payload: list,
    retained: true,
    expect: {
      heard: [
        {
          device: front,
          described: { name: 'shop/front door', model: 'MCCGQ11LM', parts: ['battery', 'contact'] },
          readings: [],
        },
        {
          device: 'zigbee2mqtt:0x847127fffe112233',
          described: { name: 'siren', model: 'NAS-AB02B2', parts: ['siren'] },
          readings: [],
        },
      ],
    },
  },
  {
    name: 'a door opens: contact false',
    after: [known],
    topic: 'zigbee2mqtt/shop/front door',
    payload:
      '{"battery":97,"contact":false,"linkquality":120,"tamper":false,"battery_low":false,"voltage":2995}',
    expect: {
      heard: [
        {
          device: front,
          readings: [
            { type: 'measurement', part: 'battery', quantity: 'battery', value: 97 },
            { type: 'state', part: 'contact', property: 'contact', value: 'open' },
            { type: 'state', part: 'tamper', property: 'tamper', value: 'clear' },
            { type: 'state', part: 'battery', property: 'battery', value: 'normal' },
          ],
        },
      ],
    },
  },
  {
    name: 'a renamed device is the same device',
    after: [known, { ...known, payload: list.replace('shop/front door', 'entrance') }],
    topic: 'zigbee2mqtt/entrance',
    payload: '{"contact":true}',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'contact', property: 'contact', value: 'closed' }],
        },
      ],
    },
  },
  {
    name: 'a device that nobody has named yet',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"occupancy":true,"illuminance":12}',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'motion', property: 'motion', value: 'active' }],
        },
      ],
    },
  },
  {
    name: 'a fridge, with the time it was seen',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"temperature":4.6,"humidity":41,"last_seen":"2024-03-01T08:15:30.000Z"}',
    expect: {
      heard: [
        {
          device: front,
          seenAt: 1_709_280_930_000,
          readings: [
            { type: 'measurement', part: 'temperature', quantity: 'temperature', value: 4.6 },
            { type: 'measurement', part: 'humidity', quantity: 'humidity', value: 41 },
          ],
        },
      ],
    },
  },
  {
    name: 'a value not known yet',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"contact":null,"battery":null,"linkquality":88}',
    expect: { heard: [{ device: front, readings: [] }] },
  },
  {
    name: 'a lock that did not close fully',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"state":"LOCK","lock_state":"not_fully_locked"}',
    expect: {
      heard: [
        { device: front, readings: [{ type: 'state', part: 'lock', property: 'lock', value: 'jammed' }] },
      ],
    },
  },
  {
    name: 'a lock that tells only its state',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"state":"UNLOCK"}',
    expect: {
      heard: [
        { device: front, readings: [{ type: 'state', part: 'lock', property: 'lock', value: 'unlocked' }] },
      ],
    },
  },
  {
    name: 'one of two relays',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"state_right":"ON"}',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'state_right', property: 'siren', value: 'on' }],
        },
      ],
    },
  },
  {
    name: "a blind's state is none of a relay",
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"state":"OPEN","position":100}',
    expect: { heard: [{ device: front, readings: [] }] },
  },
  {
    name: 'a button is pressed',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"action":"single","linkquality":76}',
    expect: {
      heard: [{ device: front, readings: [{ type: 'moment', part: 'action', moment: 'button-pressed' }] }],
    },
  },
  {
    name: 'output as attributes',
    after: [known],
    topic: 'zigbee2mqtt/shop/front door/contact',
    payload: 'false',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'contact', property: 'contact', value: 'open' }],
        },
      ],
    },
  },
  {
    name: 'availability, version 2',
    after: [known],
    topic: 'zigbee2mqtt/shop/front door/availability',
    payload: '{"state":"offline"}',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
        },
      ],
    },
  },
  {
    name: 'availability, version 1',
    after: [known],
    topic: 'zigbee2mqtt/shop/front door/availability',
    payload: 'online',
    expect: {
      heard: [
        {
          device: front,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
        },
      ],
    },
  },
  {
    name: 'the bridge is gone, and everything behind it',
    after: [known],
    topic: 'zigbee2mqtt/bridge/state',
    payload: '{"state":"offline"}',
    expect: {
      heard: ['bridge', frontAddress, '0x847127fffe112233'].map((name) => ({
        device: `zigbee2mqtt:${name}`,
        readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
      })),
    },
  },
  {
    name: 'the bridge is back; a device that it had called offline is not',
    after: [
      known,
      { topic: 'zigbee2mqtt/siren/availability', payload: '{"state":"offline"}' },
      { topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"offline"}' },
    ],
    topic: 'zigbee2mqtt/bridge/state',
    payload: 'online',
    expect: {
      heard: ['bridge', frontAddress].map((name) => ({
        device: `zigbee2mqtt:${name}`,
        readings: [{ type: 'state', part: 'online', property: 'online', value: 'online' }],
      })),
    },
  },
  {
    name: 'an own command, coming back',
    after: [known],
    topic: 'zigbee2mqtt/siren/set',
    payload: '{"alarm":"ON"}',
    expect: { heard: [] },
  },
  {
    name: 'a name that is in no list',
    after: [known],
    topic: 'zigbee2mqtt/ghost',
    payload: '{"contact":false}',
    expect: { refused: 'topic: there is no "ghost" in zigbee2mqtt/bridge/devices' },
  },
  {
    name: 'a temperature below absolute zero',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"temperature":-300}',
    expect: { refused: "temperature: -300 °C can't be: temperature is from -200 to 150 °C" },
  },
  {
    name: 'a contact of the wrong type',
    topic: `zigbee2mqtt/${frontAddress}`,
    payload: '{"contact":"yes"}',
    expect: { refused: 'contact: "yes" is none of false, true' },
  },
];
