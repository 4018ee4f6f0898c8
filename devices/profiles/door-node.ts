/**
 * Our own firmware (firmware-bridge/firmware): a door contact, a tamper switch, an exit button, a badge
 * reader, a thermometer, a buzzer.
 *
 * - `node/<node>/online`, retained, last will: `true` | `false`
 * - `node/<node>/state`, QoS 1: JSON, numbered by `boot` and `sequence`; repeated until it is acknowledged,
 *   with `ageMs` where it had to wait for that
 * - `node/<node>/command`: `{"buzzer":"on"|"off"}`; the next state's `buzzer` is the readback
 */
import { bridgeFamily } from './bridge-report.ts';
import {
  badge,
  batteryPercent,
  button,
  contact,
  type FieldCapability,
  readFields,
  relay,
  tamper,
  temperature,
} from './capabilities.ts';
import type { ProfileSample } from './profile.ts';

const NAME = 'door-node';

const fields: Readonly<Record<string, FieldCapability>> = {
  contact: { read: contact({ open: ['open'], closed: ['closed'] }) },
  tamper: { read: tamper({ active: [true], clear: [false] }) },
  button: { read: button('exit-requested', ['pressed']) },
  badge: { read: badge() },
  temperature: { read: temperature() },
  buzzer: { read: relay({ on: [true], off: [false] }), part: 'siren' },
  battery: { read: batteryPercent() },
};

const front = 'door-node:front-door';

const samples: readonly ProfileSample[] = [
  {
    name: 'a door opens',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":12,"contact":"open","tamper":false,"buzzer":false}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 12 },
          readings: [
            { type: 'state', part: 'contact', property: 'contact', value: 'open' },
            { type: 'state', part: 'tamper', property: 'tamper', value: 'clear' },
            { type: 'state', part: 'siren', property: 'siren', value: 'off' },
          ],
        },
      ],
    },
  },
  {
    name: 'a badge is presented',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":13,"badge":"04A1B2C3"}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 13 },
          readings: [
            { type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '04A1B2C3' } },
          ],
        },
      ],
    },
  },
  {
    name: 'somebody asks to leave, with a fridge thermometer beside it',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":14,"button":"pressed","temperature":4.31,"battery":88}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 14 },
          readings: [
            { type: 'moment', part: 'button', moment: 'exit-requested' },
            { type: 'measurement', part: 'temperature', quantity: 'temperature', value: 4.31 },
            { type: 'measurement', part: 'battery', quantity: 'battery', value: 88 },
          ],
        },
      ],
    },
  },
  {
    name: 'a report that had to wait for the gateway',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":17,"contact":"open","ageMs":90000}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 17 },
          seenAt: 1_700_000_000_000 - 90_000,
          readings: [{ type: 'state', part: 'contact', property: 'contact', value: 'open' }],
        },
      ],
    },
  },
  {
    name: 'an age that can not be leaves the time to the gateway',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":18,"contact":"open","ageMs":-5}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 18 },
          readings: [{ type: 'state', part: 'contact', property: 'contact', value: 'open' }],
        },
      ],
      partly: 'ageMs: -5 is no age from 0 to 4233600000 ms',
    },
  },
  {
    name: 'the last will: the node is gone',
    topic: 'node/front-door/online',
    payload: 'false',
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
    name: 'a door is heard although its thermometer is broken',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":15,"contact":"closed","temperature":-273.15}',
    expect: {
      heard: [
        {
          device: front,
          deviceSequence: { boot: '7f3a', sequence: 15 },
          readings: [{ type: 'state', part: 'contact', property: 'contact', value: 'closed' }],
        },
      ],
      partly: "temperature: -273.15 °C can't be: temperature is from -200 to 150 °C",
    },
  },
  {
    name: 'a state without a number could be counted twice and is refused',
    topic: 'node/front-door/state',
    payload: '{"contact":"open"}',
    expect: { refused: 'boot, sequence: a state needs a text boot and a whole number sequence' },
  },
  {
    name: 'a word that no door knows',
    topic: 'node/front-door/state',
    payload: '{"boot":"7f3a","sequence":16,"contact":"ajar"}',
    expect: { refused: 'contact: "ajar" is none of open, closed' },
  },
];

export const doorNode = bridgeFamily({
  name: NAME,
  title: 'Gatehouse door node',
  family: 'node',
  read: (document, into) => readFields(document, fields, into),
  command(device, part, action) {
    const node = device.slice(NAME.length + 1);
    if (part !== 'siren') return undefined;
    const on = action === 'siren.on' || action === 'buzzer.on';
    if (!on && action !== 'siren.off' && action !== 'buzzer.off') return undefined;
    return { topic: `node/${node}/command`, payload: JSON.stringify({ buzzer: on ? 'on' : 'off' }) };
  },
  samples,
});
