/**
 * Any Arduino with StandardFirmata: the bridge sets up its pins and reads them. Firmata has neither
 * acknowledgements nor a memory, so what happens while the bridge is not there is not known afterwards; the
 * states are read again on every connection, and the log says so.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Conversation, type Ending, keepConnected } from './connection.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { FirmataBoard, type FirmataReading } from './firmata-board.ts';
import type { CommandOutcome, Link, LinkContext, LinkKind, NodeCommand } from './link.ts';
import { PendingCommand } from './pending-command.ts';
import { patienceFields, patternsOf, portFields } from './settings.ts';
import { atLeastReal, Silence } from './timing.ts';

/** StandardFirmata's speed. */
const BAUD_RATE = 57_600;
/** Nothing heard for so long, and the port is opened anew: three pings that went unanswered. */
const SILENCE_MS = 15_000;
const PINGS_IN_SILENCE = 3;
/** How often the board is asked for a sign of life and for its pins, at least; in the site's time. */
const PING_MS = 5_000;
/** The same outside of a faster day: this machine may be busy for a while. */
const MIN_REAL_SILENCE_MS = 3_000;
const MIN_REAL_PING_MS = 1_000;
/** An Uno's boot loader takes two seconds after the opening, the questions and answers some more. */
const HELLO_MS = 8_000;
/** How long the board may take to confirm its output, in real time, before it is told again. */
const REAL_CONFIRMATION_MS = 1_000;
/** The whole state is reported at least this often, so that a gateway which restarted learns it. */
const REPORT_MS = 60_000;
/** A change of the temperature that is worth a report of its own. */
const TEMPERATURE_STEP = 0.5;
const BOOT_BYTES = 6;
const REAL_BEAT_MS = 200;

const digitalPin = z.number().int().min(2, 'pins 0 and 1 are the serial line').max(19);

const settings = z.strictObject({
  ...portFields,
  ...patienceFields({ helloMs: HELLO_MS, silenceMs: SILENCE_MS }),
  pins: z.strictObject({
    contact: digitalPin,
    tamper: digitalPin.optional(),
    button: digitalPin.optional(),
    buzzer: digitalPin.optional(),
    temperature: z
      .string()
      .regex(/^A[0-5]$/, 'must be A0 to A5')
      .optional(),
  }),
  /** Volts of the board's supply, to which the thermometer is compared. */
  supplyVolts: z.number().min(1.8).max(5.5).default(5),
});
type Settings = z.infer<typeof settings>;

class FirmataLink implements Link {
  private readonly context: LinkContext;
  private readonly patterns: readonly string[];
  private readonly helloMs: number;
  private readonly silenceMs: number;
  private readonly board: FirmataBoard;
  private readonly queue: DeliveryQueue;
  private readonly pending: PendingCommand;
  private readonly boot = `firmata-${randomBytes(BOOT_BYTES).toString('hex')}`;
  private sequence = 0;
  private reported: FirmataReading | undefined;
  private reportedAtMs = 0;
  private isOnline = false;
  private commanding = 0;

  constructor(given: Settings, context: LinkContext) {
    const { temperature, ...pins } = given.pins;
    const { outlet, counters, log, clock } = context;
    this.context = context;
    this.patterns = patternsOf(given);
    this.helloMs = given.helloMs;
    this.silenceMs = given.silenceMs;
    const channel = temperature === undefined ? undefined : Number(temperature.slice(1));
    this.board = new FirmataBoard({ ...pins, temperature: channel }, given.supplyVolts);
    this.queue = new DeliveryQueue(outlet, counters, log, () => clock.monotonicMs());
    this.pending = new PendingCommand(clock, counters);
    this.board.onReading = (reading) => this.look(reading);
    this.board.onButton = () => this.look(this.board.reading, true);
  }

  run(signal: AbortSignal): Promise<void> {
    this.context.log.info(
      'Firmata has no acknowledgements: what happens while the bridge or the port is away is not seen, only how it stands afterwards',
    );
    return keepConnected(this.patterns, this.context, () => this.conversation(), signal);
  }

  command(command: NodeCommand): Promise<CommandOutcome> {
    const outcome = this.pending.put(command);
    this.obey();
    return outcome;
  }

  gatewayReturned(): void {
    this.queue.hurry();
  }

  private conversation(): Conversation {
    const { clock, log, counters } = this.context;
    const silence = new Silence(REAL_BEAT_MS);
    const silenceMs = atLeastReal(clock, this.silenceMs, MIN_REAL_SILENCE_MS) / clock.rate;
    return {
      baudRate: BAUD_RATE,
      hear: (bytes) => {
        silence.end();
        if (!this.board.hear(bytes)) counters.framesDamaged++;
      },
      hold: async (line, signal) => {
        // Not part of the greeting: on a busy machine it takes longer than the board does.
        await this.board.load();
        const greeting = AbortSignal.any([signal, AbortSignal.timeout(this.helloMs)]);
        const isGreeted = await this.board.greet((bytes) => line.write(bytes), greeting);
        if (signal.aborted) return this.close({ because: 'stopped' });
        if (!isGreeted) return this.close({ because: 'silent', wasOnline: false });
        log.info(
          { port: line.path, firmware: this.board.firmware },
          'Firmata board is there; states read again',
        );
        silence.end();
        this.isOnline = true;
        this.reported = undefined;
        this.look(this.board.reading);
        const pingMs = Math.min(
          atLeastReal(clock, PING_MS, MIN_REAL_PING_MS) / clock.rate,
          silenceMs / PINGS_IN_SILENCE,
        );
        let pingedAtMs = Number.NEGATIVE_INFINITY;
        return new Promise((resolve) => {
          const timer = setInterval(() => beat(), REAL_BEAT_MS);
          const end = (ending: Ending) => {
            clearInterval(timer);
            resolve(this.close(ending));
          };
          const beat = () => {
            if (silence.beat() > silenceMs) return end({ because: 'silent', wasOnline: true });
            const nowMs = performance.now();
            if (nowMs - pingedAtMs > pingMs) {
              this.board.ping();
              pingedAtMs = nowMs;
            }
            this.look(this.board.reading);
            this.obey();
          };
          this.board.onRestart = () => {
            counters.nodeRestarts++;
            log.warn({ port: line.path }, 'the board has restarted; its pins are set up again');
            end({ because: 'hung-up', detail: 'restarted' });
          };
          signal.addEventListener('abort', () => end({ because: 'stopped' }), { once: true });
          beat();
        });
      },
    };
  }

  private close(ending: Ending): Ending {
    this.isOnline = false;
    this.board.onRestart = () => undefined;
    this.board.leave();
    return ending;
  }

  /** Reports where something has changed or the last report is old. */
  private look(reading: FirmataReading | undefined, isButton = false): void {
    if (!this.isOnline || reading === undefined) return;
    const nowMs = this.context.clock.monotonicMs();
    const isDue = nowMs - this.reportedAtMs >= REPORT_MS;
    if (!isButton && !isDue && this.reported !== undefined && !differs(this.reported, reading)) return;
    if (this.reported === undefined) this.context.outlet.setOnline(true);
    this.reported = reading;
    this.reportedAtMs = nowMs;
    this.sequence++;
    this.queue.put({
      boot: this.boot,
      sequence: this.sequence,
      ...reading,
      ...(isButton && { button: 'pressed' as const }),
    });
  }

  private obey(): void {
    const command = this.pending.current;
    if (command === undefined || !this.isOnline || this.commanding === command.id) return;
    this.commanding = command.id;
    const answer = AbortSignal.timeout(REAL_CONFIRMATION_MS);
    this.board.sound(command.buzzer, answer).then((isConfirmed) => {
      this.commanding = 0;
      if (!isConfirmed) return;
      this.pending.finish(command.id, 'done');
      this.look(this.board.reading);
    });
  }
}

const differs = (before: FirmataReading, now: FirmataReading): boolean =>
  before.contact !== now.contact ||
  before.tamper !== now.tamper ||
  before.buzzer !== now.buzzer ||
  (before.temperature === undefined) !== (now.temperature === undefined) ||
  Math.abs((before.temperature ?? 0) - (now.temperature ?? 0)) >= TEMPERATURE_STEP;

export const firmata: LinkKind<typeof settings> = {
  type: 'firmata',
  title: 'Arduino with StandardFirmata, through johnny-five',
  settings,
  create: (given, context) => new FirmataLink(given, context),
};
