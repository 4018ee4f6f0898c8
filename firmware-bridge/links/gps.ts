/**
 * A satellite receiver that speaks NMEA 0183, for instance in a delivery van. Where it is goes to `gps/<node>/state`
 * (devices/profiles/gps-receiver.ts); whether that is where it belongs, the gateway decides.
 */
import { z } from 'zod';
import { LineReader } from '../framing/line-reader.ts';
import { type Fix, MAX_SENTENCE_LENGTH, readSentence } from '../nmea/sentence.ts';
import { keepConnected } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { listeningConversation } from './listening.ts';
import { patternsOf, portFields } from './settings.ts';

/** Receivers speak once a second; one that says nothing for so long has hung. */
const SILENCE_MS = 10_000;
/** Error in metres at a dilution of 1, twice the usual one sigma. */
const METRES_PER_HDOP = 5;
/** Sentences are put together where they are of the same moment; a dilution is good for a while. */
const HDOP_GOOD_FOR_MS = 10_000;

const settings = z.strictObject({
  ...portFields,
  baudRate: z
    .union([z.literal(4_800), z.literal(9_600), z.literal(38_400), z.literal(115_200)])
    .default(9_600),
  /** A position is passed on this often. */
  everyMs: z.number().int().min(1_000).max(600_000).default(5_000),
});
type Settings = z.infer<typeof settings>;

export interface PositionState {
  fix: boolean;
  latitude?: number;
  longitude?: number;
  speedKmh?: number;
  accuracyM?: number;
}

class GpsLink implements Link {
  private readonly context: LinkContext;
  private readonly given: Settings;
  private readonly reports: DeviceReports<PositionState>;
  private hdop: { value: number; atMs: number } | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private hadFix: boolean | undefined;
  /** The receiver sends RMC, too: GGA then says nothing new of the place. */
  private rmcSeen = false;

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('gps', context.node, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const { counters } = this.context;
    const outlet = {
      ...this.context.outlet,
      setOnline: (isOnline: boolean) => this.reports.setOnline(isOnline),
    };
    const converse = () => {
      const reader = new LineReader(MAX_SENTENCE_LENGTH);
      return listeningConversation({
        baudRate: this.given.baudRate,
        clock: this.context.clock,
        silenceMs: SILENCE_MS,
        hear: (bytes) => {
          let isSense = false;
          for (const line of reader.take(bytes)) {
            const sentence = readSentence(line);
            if ('refused' in sentence) counters.framesDamaged++;
            else {
              counters.framesRead++;
              isSense = true;
              this.reports.setOnline(true);
              if ('fix' in sentence) this.take(sentence.fix);
            }
          }
          return isSense;
        },
      });
    };
    return keepConnected(patternsOf(this.given), { ...this.context, outlet }, converse, signal);
  }

  private take(fix: Fix): void {
    const nowMs = this.context.clock.monotonicMs();
    if (fix.hdop !== undefined) {
      this.hdop = { value: fix.hdop, atMs: nowMs };
      // Where the receiver sends both, RMC tells the place, with the speed.
      if (this.rmcSeen) return;
    } else this.rmcSeen = true;
    const { latitude, longitude, speedKmh, isValid } = fix;
    const hasFix = isValid && latitude !== undefined && longitude !== undefined;
    const isDue = nowMs - this.toldAtMs >= this.given.everyMs;
    if (hasFix === this.hadFix && !(hasFix && isDue)) {
      // Without a fix the same is said once a minute: the receiver is there.
      if (!hasFix) this.reports.state({ fix: false });
      return;
    }
    this.hadFix = hasFix;
    this.toldAtMs = nowMs;
    if (!hasFix) {
      this.reports.state({ fix: false });
      return;
    }
    const isHdopKnown = this.hdop !== undefined && nowMs - this.hdop.atMs <= HDOP_GOOD_FOR_MS;
    this.reports.tell({
      fix: true,
      latitude,
      longitude,
      ...(speedKmh === undefined ? {} : { speedKmh }),
      ...(isHdopKnown ? { accuracyM: Math.round((this.hdop?.value ?? 0) * METRES_PER_HDOP) } : {}),
    });
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const gps: LinkKind<typeof settings> = {
  type: 'gps',
  title: 'Satellite receiver (NMEA 0183) on a serial port',
  settings,
  create: (given, context) => new GpsLink(given, context),
};
