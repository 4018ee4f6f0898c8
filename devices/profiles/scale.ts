/**
 * A weighing scale (firmware-bridge/links/scale.ts). State on `scale/<node>/state`: `weightKg` while the weight is
 * stable, and `range` `ok` | `overload` | `underload`.
 */
import { bridgeFamily } from './bridge-report.ts';
import { type FieldCapability, fault, measurement, readFields } from './capabilities.ts';
import type { ProfileSample } from './profile.ts';

const fields: Readonly<Record<string, FieldCapability>> = {
  weightKg: { read: measurement('weight'), part: 'weight' },
  range: { read: fault({ active: ['overload', 'underload'], clear: ['ok'] }) },
};

const device = 'scale:bench';
const said = (sequence: number, rest: object) => ({
  topic: 'scale/bench/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const samples: readonly ProfileSample[] = [
  {
    name: 'something was weighed',
    ...said(1, { weightKg: 0.10002, range: 'ok' }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 1 },
          readings: [
            { type: 'measurement', part: 'weight', quantity: 'weight', value: 0.10002 },
            { type: 'state', part: 'range', property: 'fault', value: 'clear' },
          ],
        },
      ],
    },
  },
  {
    name: 'more than it can bear',
    ...said(2, { range: 'overload' }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 2 },
          readings: [{ type: 'state', part: 'range', property: 'fault', value: 'active' }],
        },
      ],
    },
  },
  {
    name: 'no weight at all',
    ...said(3, { weightKg: 'heavy' }),
    expect: { refused: 'weightKg: "heavy" is not a finite number' },
  },
];

export const scale = bridgeFamily({
  name: 'scale',
  title: 'Scale (MT-SICS)',
  family: 'scale',
  read: (document, into) => readFields(document, fields, into),
  samples,
});
