/**
 * An uninterruptible power supply with Megatec's protocol (Q1), as most smaller ones with a serial or a USB-to-serial
 * port speak it. Asked every two seconds: a power cut is told before the shop's light has gone out. What it says goes to
 * `ups/<node>/state` (devices/profiles/ups.ts).
 */
import { z } from 'zod';
import { keepConnected } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { type AnswerSoFar, pollingConversation, type Talk } from './polling.ts';
import { patternsOf, portFields } from './settings.ts';

const BAUD_RATE = 2_400;
/** The answer's 47 characters take 0.2 s at 2,400 baud; slow ones think for half a second. */
const ANSWER_MS = 1_500;
/** No status is longer; a UPS that speaks another protocol sends more, or something else. */
const MAX_STATUS_BYTES = 256;

const settings = z.strictObject({
  ...portFields,
  /** Between two questions. */
  everyMs: z.number().int().min(500).max(60_000).default(2_000),
});
type Settings = z.infer<typeof settings>;

export interface UpsState {
  mains: 'present' | 'failed';
  batteryLow: boolean;
  fault: boolean;
  inputVoltage?: number;
  outputVoltage?: number;
  batteryVoltage?: number;
  load?: number;
  frequency?: number;
  temperature?: number;
}

/** `---.-` and the like stand for what this UPS does not measure. */
const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined;

const where = (name: string, text: string | undefined): Record<string, number> => {
  const value = numberIn(text);
  return value === undefined ? {} : { [name]: value };
};

/**
 * `(MMM.M NNN.N PPP.P QQQ RR.R S.SS TT.T b7…b0<CR>`: input voltage, fault voltage, output voltage, load, frequency,
 * battery voltage, temperature, and bits: mains failed, battery low, bypass, UPS failed, standby type, test, shutting
 * down, beeper.
 */
export function readStatus(heard: Uint8Array): AnswerSoFar<UpsState> {
  const text = Buffer.from(heard).toString('latin1');
  const end = text.indexOf('\r', Math.max(0, text.indexOf('(')));
  if (end === -1) return text.length > MAX_STATUS_BYTES ? { unusable: 'no end of a status' } : 'incomplete';
  const start = text.lastIndexOf('(', end);
  const fields =
    start === -1
      ? []
      : text
          .slice(start + 1, end)
          .trim()
          .split(/ +/);
  const [input, , output, load, frequency, battery, temperature, bits, ...rest] = fields;
  if (bits === undefined || rest.length > 0 || !/^[01]{8}$/.test(bits)) {
    // It repeats a question that it does not understand.
    const said = text.slice(0, 48).replace(/[^ -~]/g, '·');
    return { unusable: `no status: "${said}"` };
  }
  if (!fields.slice(0, 7).every((field) => /^[\d.-]{1,6}$/.test(field)))
    return { unusable: 'no numbers in it' };
  return {
    answer: {
      mains: bits[0] === '1' ? 'failed' : 'present',
      batteryLow: bits[1] === '1',
      fault: bits[3] === '1',
      ...where('inputVoltage', input),
      ...where('outputVoltage', output),
      ...where('batteryVoltage', battery),
      ...where('load', load),
      ...where('frequency', frequency),
      ...where('temperature', temperature),
    },
  };
}

class UpsLink implements Link {
  private readonly context: LinkContext;
  private readonly given: Settings;
  private readonly reports: DeviceReports<UpsState>;
  private flags = '';

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('ups', context.node, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const outlet = {
      ...this.context.outlet,
      setOnline: (isOnline: boolean) => this.reports.setOnline(isOnline),
    };
    const converse = () =>
      pollingConversation({
        baudRate: BAUD_RATE,
        clock: this.context.clock,
        everyMs: this.given.everyMs,
        round: (talk) => this.round(talk),
      });
    return keepConnected(patternsOf(this.given), { ...this.context, outlet }, converse, signal);
  }

  private async round(talk: Talk): Promise<boolean> {
    const { counters, log } = this.context;
    const state = await talk.ask(Buffer.from('Q1\r'), readStatus, ANSWER_MS, (why) => {
      counters.framesDamaged++;
      log.debug(why);
    });
    if (state === undefined) return false;
    counters.framesRead++;
    this.reports.setOnline(true);
    const flags = JSON.stringify([state.mains, state.batteryLow, state.fault]);
    // The mains are never still: their voltage is told once a minute, a flag at once.
    this.reports.state(state, flags !== this.flags);
    this.flags = flags;
    return true;
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const ups: LinkKind<typeof settings> = {
  type: 'ups',
  title: 'Uninterruptible power supply (Megatec) on a serial port',
  settings,
  create: (given, context) => new UpsLink(given, context),
};
