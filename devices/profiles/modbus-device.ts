/**
 * A device with registers: a fridge controller, a logger, an energy meter (firmware-bridge/links/modbus.ts, where the
 * map of its registers is). State on `modbus/<node>/state`: `values`, a list of
 * `{"part":"air","quantity":"temperature","value":4.3}` and `{"part":"door","property":"contact","value":"open"}`, in the
 * model's units and words, and `unreadable`, a list of texts about registers that could not be read.
 *
 * - `modbus/<node>/command`: `{"part":"horn","state":"on"}`; the next state is the readback
 */
import { bridgeFamily } from './bridge-report.ts';
import { type Findings, measurement, stateOf } from './capabilities.ts';
import { field, isDeviceName, type JsonObject, quote } from './payload.ts';
import { type ProfileSample, quantities, type StateReading } from './profile.ts';

const NAME = 'modbus-device';
/** Registers of one device that are worth telling. */
const MAX_VALUES = 128;

const readQuantity = new Map(quantities.map((quantity) => [quantity as string, measurement(quantity)]));
const values: Partial<Record<StateReading['property'], readonly StateReading['value'][]>> = {
  contact: ['open', 'closed'],
  motion: ['active', 'clear'],
  tamper: ['active', 'clear'],
  lock: ['locked', 'unlocked', 'jammed'],
  siren: ['on', 'off'],
  battery: ['low', 'normal'],
  power: ['present', 'failed'],
  fault: ['active', 'clear'],
};
const readProperty = new Map(
  Object.entries(values).map(([property, words]) => [
    property,
    stateOf(property as StateReading['property'], Object.fromEntries(words.map((word) => [word, [word]]))),
  ]),
);

function read(document: JsonObject, into: Findings): void {
  const said = field(document, 'values') ?? [];
  if (!Array.isArray(said) || said.length > MAX_VALUES) {
    into.refuse('values', `${quote(said)} is no list of at most ${MAX_VALUES}`);
    return;
  }
  for (const [index, entry] of said.entries()) {
    const where = `values[${index}]`;
    const part = field(entry, 'part');
    const [quantity, property] = [field(entry, 'quantity'), field(entry, 'property')];
    const capability =
      typeof quantity === 'string'
        ? readQuantity.get(quantity)
        : typeof property === 'string'
          ? readProperty.get(property)
          : undefined;
    if (!isDeviceName(part)) into.refuse(where, 'has no part');
    else if (capability === undefined)
      into.refuse(where, `${quote(quantity ?? property)} is no quantity and no property`);
    else capability(field(entry, 'value'), part, `${where} (${part})`, into);
  }
  const unreadable = field(document, 'unreadable');
  if (Array.isArray(unreadable))
    for (const text of unreadable.slice(0, MAX_VALUES)) if (isDeviceName(text)) into.problems.push(text);
}

const device = `${NAME}:fridge-1`;
const told = (sequence: number, rest: object) => ({
  topic: 'modbus/fridge-1/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const samples: readonly ProfileSample[] = [
  {
    name: 'a fridge controller',
    ...told(1, {
      values: [
        { part: 'air', quantity: 'temperature', value: 4.3 },
        { part: 'door', property: 'contact', value: 'open' },
      ],
    }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 1 },
          readings: [
            { type: 'measurement', part: 'air', quantity: 'temperature', value: 4.3 },
            { type: 'state', part: 'door', property: 'contact', value: 'open' },
          ],
        },
      ],
    },
  },
  {
    name: 'one register fails, the other is heard',
    ...told(2, {
      values: [{ part: 'air', quantity: 'temperature', value: 4.4 }],
      unreadable: ['humidity: illegal data address'],
    }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 2 },
          readings: [{ type: 'measurement', part: 'air', quantity: 'temperature', value: 4.4 }],
        },
      ],
      partly: 'humidity: illegal data address',
    },
  },
  {
    name: 'what it was set to, a bare number',
    ...told(5, { values: [{ part: 'set-point', quantity: 'setting', value: 5.5 }] }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 5 },
          readings: [{ type: 'measurement', part: 'set-point', quantity: 'setting', value: 5.5 }],
        },
      ],
    },
  },
  {
    name: 'a probe that is not there says 3276.7',
    ...told(3, { values: [{ part: 'air', quantity: 'temperature', value: 3_276.7 }] }),
    expect: { refused: "values[0] (air): 3276.7 °C can't be: temperature is from -200 to 150 °C" },
  },
  {
    name: 'a quantity that nobody knows',
    ...told(4, { values: [{ part: 'x', quantity: 'luck', value: 7 }] }),
    expect: { refused: 'values[0]: "luck" is no quantity and no property' },
  },
];

const states = {
  'siren.on': 'on',
  'siren.off': 'off',
  'buzzer.on': 'on',
  'buzzer.off': 'off',
  'lock.lock': 'locked',
  'lock.unlock': 'unlocked',
} as const;

export const modbusDevice = bridgeFamily({
  name: NAME,
  title: 'Modbus device (fridge controller, logger, meter)',
  family: 'modbus',
  read,
  command(address, part, action) {
    const state = Object.hasOwn(states, action) ? states[action as keyof typeof states] : undefined;
    if (state === undefined) return undefined;
    return {
      topic: `modbus/${address.slice(NAME.length + 1)}/command`,
      payload: JSON.stringify({ part, state }),
    };
  },
  samples,
});
