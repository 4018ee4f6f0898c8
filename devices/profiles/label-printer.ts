/**
 * A label printer (firmware-bridge/links/label-printer.ts): without labels nothing leaves a pharmacy or a warehouse. State
 * on `printer/<node>/state`, each true or false: `paperOut`, `ribbonOut`, `headOpen`, `paused`, `tooHot`, `tooCold`,
 * `memoryLost`.
 */
import { bridgeFamily } from './bridge-report.ts';
import { type FieldCapability, fault, readFields } from './capabilities.ts';
import type { ProfileSample, Reading } from './profile.ts';

const broken = fault({ active: [true], clear: [false] });
const fields: Readonly<Record<string, FieldCapability>> = {
  paperOut: { read: broken, part: 'paper' },
  ribbonOut: { read: broken, part: 'ribbon' },
  headOpen: { read: broken, part: 'head' },
  paused: { read: broken, part: 'pause' },
  tooHot: { read: broken, part: 'heat' },
  tooCold: { read: broken, part: 'cold' },
  memoryLost: { read: broken, part: 'memory' },
};

const device = 'label-printer:dispatch';
const said = (sequence: number, rest: object) => ({
  topic: 'printer/dispatch/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const state = (part: string, value: 'active' | 'clear'): Reading => ({
  type: 'state',
  part,
  property: 'fault',
  value,
});
const samples: readonly ProfileSample[] = [
  {
    name: 'out of labels',
    ...said(1, { paperOut: true, ribbonOut: false, headOpen: false, paused: true }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 1 },
          readings: [
            state('paper', 'active'),
            state('ribbon', 'clear'),
            state('head', 'clear'),
            state('pause', 'active'),
          ],
        },
      ],
    },
  },
  {
    name: 'a flag that is none',
    ...said(2, { paperOut: 1 }),
    expect: { refused: 'paperOut: 1 is none of true, false' },
  },
];

export const labelPrinter = bridgeFamily({
  name: 'label-printer',
  title: 'Label printer (ZPL)',
  family: 'printer',
  read: (document, into) => readFields(document, fields, into),
  samples,
});
