/**
 * A card reader that speaks OSDP, as the firmware bridge passes on what it says (firmware-bridge/links/osdp.ts).
 *
 * - `reader/<node>/online`, retained, last will: `true` | `false`
 * - `reader/<node>/state`, QoS 1: JSON, numbered by `boot` and `sequence`; with `ageMs` where it had to wait
 * - `reader/<node>/command`: `{"output":0,"on":true}`, whose readback is the next state's `outputs`;
 *   `{"buzzer":"on"|"off"}`; `{"show":"granted"|"denied"|"waiting"}` on its light
 */
import { bridgeFamily } from './bridge-report.ts';
import { badge, batteryState, contact, type Findings, relay, tamper } from './capabilities.ts';
import { field, quote } from './payload.ts';
import type { ProfileSample } from './profile.ts';

const NAME = 'osdp-reader';
/** Relays or inputs of one reader; real ones have two or three. */
const MAX_LINES = 64;

const readTamper = tamper({ active: [true], clear: [false] });
const readPower = batteryState({ low: ['failing'], normal: ['good'] });
const readBuzzer = relay({ on: [true], off: [false] });
const readOutput = relay({ on: [true], off: [false] });
const readInput = contact({ open: [true], closed: [false] });
const readBadge = badge();

/** `outputs` and `inputs`: one state each, by its place. */
function readLines(
  document: unknown,
  name: 'outputs' | 'inputs',
  part: 'output' | 'input',
  into: Findings,
): void {
  const states = field(document, name);
  if (states === undefined || states === null) return;
  if (!Array.isArray(states) || states.length > MAX_LINES) {
    into.refuse(name, `${quote(states)} is no list of at most ${MAX_LINES}`);
    return;
  }
  const read = part === 'output' ? readOutput : readInput;
  for (const [index, state] of states.entries()) read(state, `${part}:${index}`, `${name}[${index}]`, into);
}

/** A code is of digits alone, and is quoted in no refusal. */
function readCode(document: unknown, into: Findings): void {
  const code = field(document, 'code');
  if (code === undefined || code === null) return;
  if (typeof code !== 'string' || !/^\d{1,12}$/.test(code)) into.refuse('code', 'is not of 1 to 12 digits');
  else into.readings.push({ type: 'moment', part: 'keypad', moment: 'code-entered', code });
}

const back = 'osdp-reader:back-door';
const shows = {
  'reader.granted': 'granted',
  'reader.denied': 'denied',
  'reader.waiting': 'waiting',
} as const;

const samples: readonly ProfileSample[] = [
  {
    name: 'a badge is presented',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":12,"badge":"123-45678"}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 12 },
          readings: [
            { type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '123-45678' } },
          ],
        },
      ],
    },
  },
  {
    name: 'how it stands: the lid is on, the supply is good, the lock’s relay is drawn, an input is open',
    topic: 'reader/back-door/state',
    payload:
      '{"boot":"osdp-7f3a","sequence":13,"tamper":false,"power":"good","inputs":[true,false],"outputs":[true],"buzzer":false}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 13 },
          readings: [
            { type: 'state', part: 'tamper', property: 'tamper', value: 'clear' },
            { type: 'state', part: 'power', property: 'battery', value: 'normal' },
            { type: 'state', part: 'input:0', property: 'contact', value: 'open' },
            { type: 'state', part: 'input:1', property: 'contact', value: 'closed' },
            { type: 'state', part: 'output:0', property: 'siren', value: 'on' },
            { type: 'state', part: 'siren', property: 'siren', value: 'off' },
          ],
        },
      ],
    },
  },
  {
    name: 'somebody has opened its lid while its supply fails',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":14,"tamper":true,"power":"failing"}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 14 },
          readings: [
            { type: 'state', part: 'tamper', property: 'tamper', value: 'active' },
            { type: 'state', part: 'power', property: 'battery', value: 'low' },
          ],
        },
      ],
    },
  },
  {
    name: 'a code is entered',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":15,"code":"246810"}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 15 },
          readings: [{ type: 'moment', part: 'keypad', moment: 'code-entered', code: '246810' }],
        },
      ],
    },
  },
  {
    name: 'a code that is none is refused without being quoted',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":16,"code":"12x4"}',
    expect: { refused: 'code: is not of 1 to 12 digits' },
  },
  {
    name: 'a badge that had to wait for the gateway',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":17,"badge":"04A1B2C3","ageMs":90000}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 17 },
          seenAt: 1_700_000_000_000 - 90_000,
          readings: [
            { type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '04A1B2C3' } },
          ],
        },
      ],
    },
  },
  {
    name: 'the last will: the reader, its line or its bridge is gone',
    topic: 'reader/back-door/online',
    payload: 'false',
    expect: {
      heard: [
        {
          device: back,
          readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }],
        },
      ],
    },
  },
  {
    name: 'its lock is heard although an input makes no sense',
    topic: 'reader/back-door/state',
    payload: '{"boot":"osdp-7f3a","sequence":18,"inputs":"open","outputs":[false]}',
    expect: {
      heard: [
        {
          device: back,
          deviceSequence: { boot: 'osdp-7f3a', sequence: 18 },
          readings: [{ type: 'state', part: 'output:0', property: 'siren', value: 'off' }],
        },
      ],
      partly: 'inputs: "open" is no list of at most 64',
    },
  },
  {
    name: 'a state without a number could be counted twice and is refused',
    topic: 'reader/back-door/state',
    payload: '{"badge":"04A1B2C3"}',
    expect: { refused: 'boot, sequence: a state needs a text boot and a whole number sequence' },
  },
];

export const osdpReader = bridgeFamily({
  name: NAME,
  title: 'Card reader (OSDP)',
  family: 'reader',
  read(document, into) {
    readTamper(field(document, 'tamper'), 'tamper', 'tamper', into);
    readPower(field(document, 'power'), 'power', 'power', into);
    readLines(document, 'inputs', 'input', into);
    readLines(document, 'outputs', 'output', into);
    readBuzzer(field(document, 'buzzer'), 'siren', 'buzzer', into);
    readBadge(field(document, 'badge'), 'badge', 'badge', into);
    readCode(document, into);
  },
  command(device, part, action) {
    const topic = `reader/${device.slice(NAME.length + 1)}/command`;
    if (action === 'reader.granted' || action === 'reader.denied' || action === 'reader.waiting')
      return part === 'badge' ? { topic, payload: JSON.stringify({ show: shows[action] }) } : undefined;
    if (action === 'picture.take' || action === 'camera.go-to-preset') return undefined;
    const on = action === 'lock.unlock' || action === 'siren.on' || action === 'buzzer.on';
    if (part === 'siren') {
      if (action === 'lock.lock' || action === 'lock.unlock') return undefined;
      return { topic, payload: JSON.stringify({ buzzer: on ? 'on' : 'off' }) };
    }
    const [, output] = /^output:(\d{1,2})$/.exec(part) ?? [];
    if (output === undefined || Number(output) >= MAX_LINES) return undefined;
    return { topic, payload: JSON.stringify({ output: Number(output), on }) };
  },
  samples,
});
