/**
 * A label printer with ZPL, in the network (port 9100) or on a serial port, asked how it is with `~HS` (ZPL II Programming
 * Guide, host status return): paper, ribbon, head, pause, heat, memory. Goes to `printer/<node>/state`
 * (devices/profiles/label-printer.ts).
 */
import { z } from 'zod';
import { keepConnected } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { type AnswerSoFar, pollingConversation, type Talk } from './polling.ts';
import { patternsOf, portFields } from './settings.ts';
import { keepConnectedByTcp, networkFields } from './tcp-connection.ts';

const ANSWER_MS = 3_000;
/** Three strings of some 80 characters. */
const MAX_ANSWER_BYTES = 512;
const RAW_PORT = 9_100;

const settings = z.strictObject({
  ...portFields,
  host: networkFields(RAW_PORT).host.optional(),
  tcpPort: networkFields(RAW_PORT).tcpPort,
  baudRate: z
    .union([z.literal(9_600), z.literal(19_200), z.literal(57_600), z.literal(115_200)])
    .default(9_600),
  everyMs: z.number().int().min(1_000).max(600_000).default(10_000),
});
type Settings = z.infer<typeof settings>;

export interface PrinterState {
  paperOut: boolean;
  ribbonOut: boolean;
  headOpen: boolean;
  paused: boolean;
  tooHot: boolean;
  tooCold: boolean;
  memoryLost: boolean;
}

/** `STX aaa,b,c,…ETX CR LF` three times; flags are 0 or 1. */
export function readHostStatus(heard: Uint8Array): AnswerSoFar<PrinterState> {
  const text = Buffer.from(heard).toString('latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: STX and ETX are the frame.
  const strings = [...text.matchAll(/\x02([^\x02\x03]*)\x03/g)].map(([, inside = '']) => inside.split(','));
  if (strings.length < 3)
    return text.length > MAX_ANSWER_BYTES ? { unusable: 'no host status' } : 'incomplete';
  // A late answer to an earlier question may stand before it.
  const [first = [], second = [], third = []] = strings.slice(-3);
  if (first.length !== 12 || second.length !== 11 || third.length !== 2)
    return { unusable: `strings of ${first.length}, ${second.length} and ${third.length} fields` };
  const flags = [first[1], first[2], first[9], first[10], first[11], second[2], second[3]];
  if (!flags.every((flag) => flag === '0' || flag === '1')) return { unusable: 'a flag that is not 0 or 1' };
  const [paperOut, paused, memoryLost, tooCold, tooHot, headOpen, ribbonOut] = flags.map(
    (flag) => flag === '1',
  );
  return {
    answer: {
      paperOut: paperOut === true,
      ribbonOut: ribbonOut === true,
      headOpen: headOpen === true,
      paused: paused === true,
      tooHot: tooHot === true,
      tooCold: tooCold === true,
      memoryLost: memoryLost === true,
    },
  };
}

class LabelPrinterLink implements Link {
  private readonly context: LinkContext;
  private readonly given: Settings;
  private readonly reports: DeviceReports<PrinterState>;

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('printer', context.node, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const setOnline = (isOnline: boolean) => this.reports.setOnline(isOnline);
    const context = { ...this.context, outlet: { ...this.context.outlet, setOnline } };
    const { baudRate, everyMs, host, tcpPort } = this.given;
    const converse = () =>
      pollingConversation({
        baudRate,
        clock: this.context.clock,
        everyMs,
        round: (talk) => this.round(talk),
      });
    return host === undefined
      ? keepConnected(patternsOf(this.given), context, converse, signal)
      : keepConnectedByTcp({ host, tcpPort }, context, converse, signal);
  }

  private async round(talk: Talk): Promise<boolean> {
    const { counters, log } = this.context;
    const state = await talk.ask(Buffer.from('~HS\r\n'), readHostStatus, ANSWER_MS, (why) => {
      counters.framesDamaged++;
      log.debug(why);
    });
    if (state === undefined) return false;
    counters.framesRead++;
    this.reports.setOnline(true);
    this.reports.state(state);
    return true;
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const labelPrinter: LinkKind<typeof settings> = {
  type: 'label-printer',
  title: 'Label printer (ZPL) in the network or on a serial port',
  settings,
  create: (given, context) => new LabelPrinterLink(given, context),
};
