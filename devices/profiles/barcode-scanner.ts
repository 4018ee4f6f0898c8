/**
 * A barcode scanner (firmware-bridge/links/scanner.ts). State on `scanner/<node>/state`: `text`, as it was scanned, with
 * the AIM symbology identifier in front where the scanner sends one and with FNC1 as U+001D. What the text says is read
 * here: GTIN, batch, expiry and serial number of a medicine pack.
 */
import { bridgeFamily } from './bridge-report.ts';
import { scannedItem } from './gs1.ts';
import { field, quote } from './payload.ts';
import type { ProfileSample } from './profile.ts';

const device = 'barcode-scanner:goods-in';
const said = (sequence: number, rest: object) => ({
  topic: 'scanner/goods-in/state',
  payload: JSON.stringify({ boot: 'b1', sequence, ...rest }),
});
const samples: readonly ProfileSample[] = [
  {
    name: 'a medicine pack',
    ...said(1, { text: ']d201095060001343521727022810AB-12\u001d21XK9' }),
    expect: {
      heard: [
        {
          device,
          deviceSequence: { boot: 'b1', sequence: 1 },
          readings: [
            {
              type: 'moment',
              part: 'scan',
              moment: 'item-scanned',
              facts: {
                symbology: ']d2',
                code: '(01)09506000134352(17)270228(10)AB-12(21)XK9',
                gtin: '09506000134352',
                expiresOn: '2027-02-28',
                batch: 'AB-12',
                serial: 'XK9',
              },
            },
          ],
        },
      ],
    },
  },
  {
    name: 'a state without a scan says that the scanner is there',
    ...said(2, {}),
    expect: { heard: [{ device, deviceSequence: { boot: 'b1', sequence: 2 }, readings: [] }] },
  },
  {
    name: 'a number whose check digit is wrong was misread',
    ...said(3, { text: ']d20109506000134353' }),
    expect: { refused: 'text: (01) 09506000134353: its check digit is wrong' },
  },
];

export const barcodeScanner = bridgeFamily({
  name: 'barcode-scanner',
  title: 'Barcode scanner (GS1)',
  family: 'scanner',
  read(document, into, receivedAt) {
    const text = field(document, 'text');
    if (text === undefined || text === null) return;
    const item =
      typeof text === 'string' ? scannedItem(text, receivedAt) : { refused: `${quote(text)} is no text` };
    if ('refused' in item) into.refuse('text', item.refused);
    else into.readings.push({ type: 'moment', part: 'scan', moment: 'item-scanned', facts: item.value });
  },
  samples,
});
