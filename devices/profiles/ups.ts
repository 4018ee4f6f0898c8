/**
 * An uninterruptible power supply that speaks Megatec's protocol (firmware-bridge/links/ups.ts). State on `ups/<node>/state`:
 * `mains` `present` | `failed`, `batteryLow`, `fault`, `inputVoltage`, `outputVoltage`, `batteryVoltage` (V), `load` (%),
 * `frequency` (Hz), `temperature` (°C, inside of it); what it does not know is left out.
 */
import { bridgeFamily } from './bridge-report.ts';
import {
  batteryState,
  type FieldCapability,
  fault,
  measurement,
  power,
  readFields,
  temperature,
} from './capabilities.ts';
import type { ProfileSample, Reading } from './profile.ts';

const fields: Readonly<Record<string, FieldCapability>> = {
  mains: { read: power({ present: ['present'], failed: ['failed'] }) },
  batteryLow: { read: batteryState({ low: [true], normal: [false] }), part: 'battery' },
  fault: { read: fault({ active: [true], clear: [false] }) },
  inputVoltage: { read: measurement('voltage'), part: 'input' },
  outputVoltage: { read: measurement('voltage'), part: 'output' },
  batteryVoltage: { read: measurement('voltage'), part: 'battery' },
  frequency: { read: measurement('frequency'), part: 'input' },
  load: { read: measurement('load') },
  temperature: { read: temperature(), part: 'inside' },
};

const device = 'ups:ups-1';
const numbered = (sequence: number) => ({ device, deviceSequence: { boot: 'b1', sequence } });
const said = (sequence: number, rest: object) => ({
  topic: 'ups/ups-1/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const state = (
  part: string,
  property: 'power' | 'battery' | 'fault',
  value: 'present' | 'failed' | 'low' | 'normal' | 'clear',
): Reading => ({
  type: 'state',
  part,
  property,
  value,
});

const samples: readonly ProfileSample[] = [
  {
    name: 'on the mains',
    ...said(1, {
      mains: 'present',
      batteryLow: false,
      fault: false,
      inputVoltage: 229.5,
      outputVoltage: 229.5,
      batteryVoltage: 13.6,
      load: 23,
      frequency: 50,
      temperature: 28,
    }),
    expect: {
      heard: [
        {
          ...numbered(1),
          readings: [
            state('mains', 'power', 'present'),
            state('battery', 'battery', 'normal'),
            state('fault', 'fault', 'clear'),
            { type: 'measurement', part: 'input', quantity: 'voltage', value: 229.5 },
            { type: 'measurement', part: 'output', quantity: 'voltage', value: 229.5 },
            { type: 'measurement', part: 'battery', quantity: 'voltage', value: 13.6 },
            { type: 'measurement', part: 'input', quantity: 'frequency', value: 50 },
            { type: 'measurement', part: 'load', quantity: 'load', value: 23 },
            { type: 'measurement', part: 'inside', quantity: 'temperature', value: 28 },
          ],
        },
      ],
    },
  },
  {
    name: 'the mains have failed and the battery goes',
    ...said(2, { mains: 'failed', batteryLow: true }),
    expect: {
      heard: [
        {
          ...numbered(2),
          readings: [state('mains', 'power', 'failed'), state('battery', 'battery', 'low')],
        },
      ],
    },
  },
  {
    name: 'a word that none is',
    ...said(3, { mains: 'perhaps', load: 5 }),
    expect: {
      heard: [
        {
          ...numbered(3),
          readings: [{ type: 'measurement', part: 'load', quantity: 'load', value: 5 }],
        },
      ],
      partly: 'mains: "perhaps" is none of present, failed',
    },
  },
  {
    name: 'the last will: bridge or cable are gone',
    topic: 'ups/ups-1/online',
    payload: 'false',
    expect: {
      heard: [
        { device, readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }] },
      ],
    },
  },
];

export const ups = bridgeFamily({
  name: 'ups',
  title: 'Uninterruptible power supply (Megatec)',
  family: 'ups',
  read: (document, into) => readFields(document, fields, into),
  samples,
});
