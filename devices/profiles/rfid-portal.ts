/**
 * An RFID portal that goods pass (firmware-bridge/links/rfid-portal.ts). State on `portal/<node>/state`: `antennas`
 * `[{antenna, connected}]`, `failing`, and `passage` where something has passed: `epc` in hexadecimal digits, `direction`
 * `in` | `out` | `unclear`, `reads`, `antennas`, `strongestDbm`, `stays` while it stands in the portal, `folded` where
 * passages of it were not told. What the tag says is read here: GTIN and serial number, or the number of a pallet.
 */
import type { Facts } from '../model/observation.ts';
import { bridgeFamily } from './bridge-report.ts';
import { type Findings, fault } from './capabilities.ts';
import { tagFacts } from './epc.ts';
import { field, isObject, type JsonObject, quote } from './payload.ts';
import type { ProfileSample, Reading } from './profile.ts';

/** Antennas of a portal, of both sides. */
const MAX_ANTENNAS = 64;

const readFailing = fault({ active: [true], clear: [false] });
const readAntenna = fault({ active: [false], clear: [true] });

function readAntennas(document: JsonObject, into: Findings): void {
  const antennas = field(document, 'antennas');
  if (antennas === undefined || antennas === null) return;
  if (!Array.isArray(antennas) || antennas.length > MAX_ANTENNAS) {
    into.refuse('antennas', `${quote(antennas)} is no list of at most ${MAX_ANTENNAS}`);
    return;
  }
  for (const [index, each] of antennas.entries()) {
    const [antenna, at] = [field(each, 'antenna'), `antennas[${index}]`];
    if (typeof antenna !== 'number' || !Number.isInteger(antenna) || antenna < 1 || antenna > 65_535)
      into.refuse(`${at}.antenna`, `${quote(antenna)} is no number of an antenna`);
    else readAntenna(field(each, 'connected'), `antenna:${antenna}`, `${at}.connected`, into);
  }
}

function readPassage(document: JsonObject, into: Findings): void {
  const passage = field(document, 'passage');
  if (passage === undefined || passage === null) return;
  if (!isObject(passage)) {
    into.refuse('passage', `${quote(passage)} is no passage`);
    return;
  }
  const { epc, direction } = passage;
  const tag = typeof epc === 'string' ? tagFacts(epc) : { refused: `${quote(epc)} is no text` };
  if ('refused' in tag) {
    into.refuse('passage.epc', tag.refused);
    return;
  }
  if (direction !== 'in' && direction !== 'out' && direction !== 'unclear') {
    into.refuse('passage.direction', `${quote(direction)} is none of in, out, unclear`);
    return;
  }
  const facts: Facts = { ...tag.value, direction };
  for (const name of ['reads', 'strongestDbm', 'folded'] as const) {
    const number = field(passage, name);
    if (typeof number === 'number' && Number.isFinite(number)) facts[name] = number;
  }
  if (field(passage, 'stays') === true) facts.stays = true;
  into.readings.push({ type: 'moment', part: 'passage', moment: 'item-scanned', facts });
}

const device = 'rfid-portal:dock-1';
const said = (sequence: number, rest: object) => ({
  topic: 'portal/dock-1/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const numbered = (sequence: number) => ({ device, deviceSequence: { boot: 'b1', sequence } });
const works = (part: string, value: 'active' | 'clear'): Reading => ({
  type: 'state',
  part,
  property: 'fault',
  value,
});
const antennas = [
  { antenna: 1, connected: true },
  { antenna: 2, connected: false },
];

const samples: readonly ProfileSample[] = [
  {
    name: 'a case is carried out, and one antenna has lost its cable',
    ...said(1, {
      antennas,
      failing: false,
      passage: {
        epc: '3074257BF7194E4000001A85',
        direction: 'out',
        reads: 14,
        antennas: [1, 2],
        strongestDbm: -48,
      },
    }),
    expect: {
      heard: [
        {
          ...numbered(1),
          readings: [
            works('antenna:1', 'clear'),
            works('antenna:2', 'active'),
            works('reader', 'clear'),
            {
              type: 'moment',
              part: 'passage',
              moment: 'item-scanned',
              facts: {
                epc: '3074257BF7194E4000001A85',
                code: '(01)80614141123458(21)6789',
                gtin: '80614141123458',
                serial: '6789',
                direction: 'out',
                reads: 14,
                strongestDbm: -48,
              },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'a pallet stands in the portal',
    ...said(2, {
      antennas: [],
      failing: false,
      passage: {
        epc: '3174257BF4499602D2000000',
        direction: 'unclear',
        reads: 600,
        antennas: [1],
        stays: true,
      },
    }),
    expect: {
      heard: [
        {
          ...numbered(2),
          readings: [
            works('reader', 'clear'),
            {
              type: 'moment',
              part: 'passage',
              moment: 'item-scanned',
              facts: {
                epc: '3174257BF4499602D2000000',
                code: '(00)106141412345678908',
                sscc: '106141412345678908',
                direction: 'unclear',
                reads: 600,
                stays: true,
              },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'the reader says that it can not work',
    ...said(3, { antennas: [], failing: true }),
    expect: { heard: [{ ...numbered(3), readings: [works('reader', 'active')] }] },
  },
  {
    name: 'a direction that none is: the antennas are heard all the same',
    ...said(4, { antennas: [{ antenna: 1, connected: true }], passage: { epc: 'E2', direction: 'up' } }),
    expect: {
      heard: [{ ...numbered(4), readings: [works('antenna:1', 'clear')] }],
      partly: 'passage.direction: "up" is none of in, out, unclear',
    },
  },
  {
    name: 'what is no EPC',
    ...said(5, { passage: { epc: 'pallet', direction: 'in' } }),
    expect: {
      refused: 'passage.epc: "pallet" is not an EPC of 1 to 64 bytes in hexadecimal digits',
    },
  },
  {
    name: 'the last will: the reader, its cable or the bridge is gone',
    topic: 'portal/dock-1/online',
    payload: 'false',
    expect: {
      heard: [
        { device, readings: [{ type: 'state', part: 'online', property: 'online', value: 'offline' }] },
      ],
    },
  },
];

export const rfidPortal = bridgeFamily({
  name: 'rfid-portal',
  title: 'RFID portal (LLRP)',
  family: 'portal',
  read(document, into) {
    readAntennas(document, into);
    readFailing(field(document, 'failing'), 'reader', 'failing', into);
    readPassage(document, into);
  },
  samples,
});
