/**
 * A barcode scanner on a serial port or with a USB cable that looks like one, set to end each code with CR or LF. What was
 * scanned goes to `scanner/<node>/state` as it came (devices/profiles/barcode-scanner.ts says what it means).
 *
 * A scanner says nothing by itself, so its port is taken for it: name the port by its `by-id` path.
 */
import { z } from 'zod';
import { LineReader } from '../framing/line-reader.ts';
import { keepConnected } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { listeningConversation } from './listening.ts';
import { patternsOf, portFields } from './settings.ts';

/** A QR code holds more; what a pharmacy scans does not. */
const MAX_SCAN_BYTES = 1_024;
/** A code is sent at once: what has begun and does not end within this is none. */
const UNFINISHED_MS = 2_000;

const settings = z.strictObject({
  ...portFields,
  baudRate: z
    .union([z.literal(9_600), z.literal(19_200), z.literal(38_400), z.literal(115_200)])
    .default(9_600),
});
type Settings = z.infer<typeof settings>;

interface ScanState {
  text?: string;
}

/** What can stand in a code: printable characters, and the separator of GS1 elements. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separator is one.
const scanned = /^[\x1d -~\x80-\xff]+$/;

class ScannerLink implements Link {
  private readonly context: LinkContext;
  private readonly given: Settings;
  private readonly reports: DeviceReports<ScanState>;

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('scanner', context.node, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const { counters, log, clock } = this.context;
    const outlet = {
      ...this.context.outlet,
      setOnline: (isOnline: boolean) => this.reports.setOnline(isOnline),
    };
    const converse = () => {
      const reader = new LineReader(MAX_SCAN_BYTES);
      let heardAtMs = 0;
      return listeningConversation({
        baudRate: this.given.baudRate,
        clock,
        silenceMs: Number.POSITIVE_INFINITY,
        hear: (bytes) => {
          heardAtMs = performance.now();
          const before = reader.tooLong;
          for (const line of reader.take(bytes)) {
            if (scanned.test(line)) {
              counters.framesRead++;
              this.reports.tell({ text: line });
            } else {
              counters.framesDamaged++;
              log.warn('characters that no code holds; is the baud rate right?');
            }
          }
          counters.framesDamaged += reader.tooLong - before;
          return true;
        },
        onOpen: () => this.reports.setOnline(true),
        onBeat: () => {
          this.reports.state({});
          if (reader.pending === 0 || performance.now() - heardAtMs < UNFINISHED_MS) return;
          counters.framesDamaged++;
          log.warn('a code without an end: set the scanner to send CR or LF after each');
          reader.drop();
        },
      });
    };
    return keepConnected(patternsOf(this.given), { ...this.context, outlet }, converse, signal);
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const scanner: LinkKind<typeof settings> = {
  type: 'scanner',
  title: 'Barcode scanner on a serial port',
  settings,
  create: (given, context) => new ScannerLink(given, context),
};
