/**
 * A scale with MT-SICS (level 0: `SI`), as laboratory and bench scales speak it. Stable weights go to
 * `scale/<node>/state` (devices/profiles/scale.ts), in kilograms.
 */
import { z } from 'zod';
import { converter } from '../../devices/profiles/units.ts';
import { keepConnected } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { type AnswerSoFar, pollingConversation, type Talk } from './polling.ts';
import { patternsOf, portFields } from './settings.ts';

const ANSWER_MS = 1_000;
const MAX_ANSWER_BYTES = 128;

const settings = z.strictObject({
  ...portFields,
  baudRate: z
    .union([z.literal(2_400), z.literal(4_800), z.literal(9_600), z.literal(19_200), z.literal(38_400)])
    .default(9_600),
  everyMs: z.number().int().min(100).max(60_000).default(500),
});
type Settings = z.infer<typeof settings>;

export type Weighed =
  | { kind: 'stable' | 'dynamic'; kilograms: number }
  | { kind: 'overload' | 'underload' | 'busy' };

interface ScaleState {
  weightKg?: number;
  range: 'ok' | 'overload' | 'underload';
}

const words = { '+': 'overload', '-': 'underload', I: 'busy' } as const;

/** `S S     100.00 g`, `S D …`, `S I`, `S +`, `S -`, each with CR LF. */
export function readWeight(heard: Uint8Array): AnswerSoFar<Weighed> {
  const text = Buffer.from(heard).toString('latin1');
  const end = text.indexOf('\r\n');
  if (end === -1) return text.length > MAX_ANSWER_BYTES ? { unusable: 'no end of an answer' } : 'incomplete';
  const line = text.slice(0, end);
  const said = line.replace(/[^ -~]/g, '·').slice(0, 40);
  const word = /^S ([+\-I])$/.exec(line)?.[1];
  if (word === '+' || word === '-' || word === 'I') return { answer: { kind: words[word] } };
  const [, stability, digits, unit] =
    /^S ([SD]) +(-? *\d{1,9}(?:\.\d{1,6})?) ([A-Za-z]{1,4}) *$/.exec(line) ?? [];
  if (digits === undefined || unit === undefined) return { unusable: `not understood: "${said}"` };
  const convert = converter('weight', unit);
  if (convert === undefined) return { unusable: `a unit that is no weight: "${said}"` };
  return {
    answer: {
      kind: stability === 'S' ? 'stable' : 'dynamic',
      kilograms: convert(Number(digits.replaceAll(' ', ''))),
    },
  };
}

class ScaleLink implements Link {
  private readonly context: LinkContext;
  private readonly given: Settings;
  private readonly reports: DeviceReports<ScaleState>;
  private state: ScaleState = { range: 'ok' };
  private told = '';

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('scale', context.node, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const outlet = {
      ...this.context.outlet,
      setOnline: (isOnline: boolean) => this.reports.setOnline(isOnline),
    };
    const { baudRate, everyMs } = this.given;
    const converse = () =>
      pollingConversation({
        baudRate,
        clock: this.context.clock,
        everyMs,
        round: (talk) => this.round(talk),
      });
    return keepConnected(patternsOf(this.given), { ...this.context, outlet }, converse, signal);
  }

  private async round(talk: Talk): Promise<boolean> {
    const { counters, log } = this.context;
    const weighed = await talk.ask(Buffer.from('SI\r\n'), readWeight, ANSWER_MS, (why) => {
      counters.framesDamaged++;
      if (why !== this.told) log.warn(why);
      this.told = why;
    });
    if (weighed === undefined) return false;
    counters.framesRead++;
    this.reports.setOnline(true);
    // While it moves, nothing is known; what it last was at rest is still the last weight.
    if (weighed.kind === 'stable') this.state = { weightKg: weighed.kilograms, range: 'ok' };
    if (weighed.kind === 'overload' || weighed.kind === 'underload') this.state = { range: weighed.kind };
    this.reports.state(this.state);
    return true;
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const scale: LinkKind<typeof settings> = {
  type: 'scale',
  title: 'Scale (MT-SICS) on a serial port',
  settings,
  create: (given, context) => new ScaleLink(given, context),
};
