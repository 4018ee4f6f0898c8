/**
 * Our own firmware (firmware/door-node). A report stays in the node until it is acknowledged, and it is
 * acknowledged here only once the gateway has it: this process may die at any moment and nothing is lost.
 */
import { z } from 'zod';
import {
  bootText,
  MAX_NODE_NAME_LENGTH,
  type NodeMessage,
  nodeNamePattern,
  readNodeMessage,
  writeBridgeMessage,
} from '../framing/frame.ts';
import { FrameReader } from '../framing/frame-reader.ts';
import { type Conversation, type Ending, keepConnected } from './connection.ts';
import type { CommandOutcome, Link, LinkContext, LinkKind, NodeCommand, NodeState } from './link.ts';
import { PendingCommand } from './pending-command.ts';
import type { SerialLine } from './serial-line.ts';
import { patienceFields, patternsOf, portFields } from './settings.ts';
import { atLeastReal, Silence } from './timing.ts';

const BAUD_RATE = 115_200;
/** Three heartbeats and a little: then the node, its cable or its driver has hung. */
const SILENCE_MS = 16_000;
/** The same outside of a faster day: this machine may be busy for a while. */
const MIN_REAL_SILENCE_MS = 4_000;
/** How long a port may take to say hello. An Uno's boot loader alone takes two seconds after the opening. */
const HELLO_MS = 5_000;
/** Between two attempts of everything that is not answered yet. */
const REAL_REPEAT_MS = 300;

type Report = Extract<NodeMessage, { kind: 'report' }>;

const settings = z.strictObject({
  ...portFields,
  ...patienceFields({ helloMs: HELLO_MS, silenceMs: SILENCE_MS }),
  /** Name in the node's own memory, where it is not the one in topics. */
  name: z.string().regex(nodeNamePattern, 'must be 1 to 24 of a-z 0-9 . _ -').optional(),
});
type Settings = z.infer<typeof settings>;

/** What a report says on `node/<node>/state`. */
export function stateOf(report: Report): NodeState {
  return {
    boot: bootText(report.boot),
    sequence: report.sequence,
    contact: report.flags.contactOpen ? 'open' : 'closed',
    tamper: report.flags.tamper,
    buzzer: report.flags.buzzer,
    ...(report.cause === 'button' && { button: 'pressed' }),
    ...(report.temperature !== undefined && { temperature: report.temperature }),
    ...(report.ageMs !== undefined && { ageMs: report.ageMs }),
  };
}

class DoorNodeLink implements Link {
  private readonly context: LinkContext;
  private readonly patterns: readonly string[];
  private readonly name: string;
  private readonly helloMs: number;
  private readonly silenceMs: number;
  private readonly pending: PendingCommand;
  /** The report that is on its way to the gateway, and the last one that it has; both outlive the port. */
  private underWay: string | undefined;
  private delivered: string | undefined;
  private boot: string | undefined;
  private lostInBoot = 0;
  private line: SerialLine | undefined;

  constructor(given: Settings, context: LinkContext) {
    this.context = context;
    this.patterns = patternsOf(given);
    this.name = given.name ?? context.node;
    this.helloMs = given.helloMs;
    this.silenceMs = given.silenceMs;
    this.pending = new PendingCommand(context.clock, context.counters);
  }

  run(signal: AbortSignal): Promise<void> {
    return keepConnected(this.patterns, this.context, () => this.conversation(), signal);
  }

  command(command: NodeCommand): Promise<CommandOutcome> {
    const outcome = this.pending.put(command);
    this.sendCommand();
    return outcome;
  }

  gatewayReturned(): void {
    this.line?.write(writeBridgeMessage({ kind: 'ask' }));
  }

  private sendCommand(): void {
    const command = this.pending.current;
    if (command !== undefined)
      this.line?.write(writeBridgeMessage({ kind: 'command', command: command.id, buzzer: command.buzzer }));
  }

  private conversation(): Conversation {
    const { clock, counters, log } = this.context;
    const reader = new FrameReader();
    const silence = new Silence(REAL_REPEAT_MS);
    const silenceMs = atLeastReal(clock, this.silenceMs, MIN_REAL_SILENCE_MS) / clock.rate;
    let isKnown = false;
    let isOver = false;
    let end: (ending: Ending) => void = () => undefined;
    let line: SerialLine | undefined;
    return {
      baudRate: BAUD_RATE,
      hear: (bytes) => {
        // Bytes may still come while the port is being closed; they must not bring the node back online.
        if (isOver) return;
        const damagedBefore = reader.counts.damaged;
        for (const content of reader.take(bytes)) {
          counters.framesRead++;
          const message = readNodeMessage(content);
          if ('refused' in message) {
            counters.framesRefused++;
            log.warn({ port: line?.path, frame: Buffer.from(content).toString('hex') }, message.refused);
            continue;
          }
          silence.end();
          if (message.kind === 'hello' && message.name !== this.name) {
            end({ because: 'foreign', found: foundInstead(message.name) });
            return;
          }
          if (message.kind === 'hello') {
            this.greet(message, line, isKnown);
            isKnown = true;
          }
          // Before its hello it could be anybody's.
          if (isKnown) this.take(message);
        }
        counters.framesDamaged += reader.counts.damaged - damagedBefore;
      },
      hold: (opened, signal) => {
        line = opened;
        this.line = undefined;
        silence.end();
        return new Promise((resolve) => {
          const timer = setInterval(() => beat(), REAL_REPEAT_MS);
          end = (ending) => {
            isOver = true;
            clearInterval(timer);
            this.line = undefined;
            resolve(ending);
          };
          const beat = () => {
            const silentMs = silence.beat();
            if (silentMs > (isKnown ? silenceMs : this.helloMs))
              end({ because: 'silent', wasOnline: isKnown });
            else if (isKnown) this.sendCommand();
            else opened.write(writeBridgeMessage({ kind: 'ask' }));
          };
          signal.addEventListener('abort', () => end({ because: 'stopped' }), { once: true });
          if (signal.aborted) end({ because: 'stopped' });
          else beat();
        });
      },
    };
  }

  private greet(
    hello: Extract<NodeMessage, { kind: 'hello' }>,
    line: SerialLine | undefined,
    isKnown: boolean,
  ): void {
    const { log, counters, outlet } = this.context;
    const boot = bootText(hello.boot);
    const isNewBoot = this.boot !== undefined && this.boot !== boot;
    if (isNewBoot) counters.nodeRestarts++;
    if (this.boot !== boot) this.lostInBoot = 0;
    this.boot = boot;
    this.line = line;
    if (!isKnown || isNewBoot) {
      const { firmware, resetCause } = hello;
      const what = isNewBoot ? 'node restarted; what it had not delivered is gone' : 'node is there';
      log.info({ port: line?.path, boot, firmware, resetCause }, what);
    }
    outlet.setOnline(true);
    this.sendCommand();
  }

  private take(message: NodeMessage): void {
    switch (message.kind) {
      case 'report':
        this.noteLoss(message.lost);
        this.forward(message);
        break;
      case 'heartbeat':
        this.noteLoss(message.lost);
        break;
      case 'result':
        this.pending.finish(message.command, message.outcome === 'done' ? 'done' : 'refused');
        break;
      case 'hello':
        break;
    }
  }

  private noteLoss(lost: number): void {
    if (lost <= this.lostInBoot) return;
    const { counters, log } = this.context;
    counters.reportsLost += lost - this.lostInBoot;
    log.error(
      { boot: this.boot, lost },
      `the node's queue was full: ${lost - this.lostInBoot} reports are lost`,
    );
    this.lostInBoot = lost;
  }

  private forward(report: Report): void {
    const { outlet, counters, log } = this.context;
    const key = `${bootText(report.boot)}/${report.sequence}`;
    const acknowledge = () => {
      const { boot, sequence } = report;
      this.line?.write(writeBridgeMessage({ kind: 'acknowledge', boot, sequence }));
    };
    if (key === this.delivered) {
      counters.reportsRepeated++;
      acknowledge();
    } else if (key === this.underWay) {
      counters.reportsRepeated++;
    } else {
      // A node sends its next report only after the acknowledgement, so one is enough to remember.
      this.underWay = key;
      outlet.publish(stateOf(report)).then(
        () => {
          counters.reportsDelivered++;
          this.delivered = key;
          if (this.underWay === key) this.underWay = undefined;
          acknowledge();
        },
        (error: unknown) => {
          if (this.underWay === key) this.underWay = undefined;
          log.debug({ report: key, error: String(error) }, 'not delivered; the node will repeat it');
        },
      );
    }
  }
}

const foundInstead = (name: string): string =>
  name === ''
    ? `a door node without a name (at most ${MAX_NODE_NAME_LENGTH} characters; give it one with --name)`
    : `the door node "${name}"`;

export const doorNode: LinkKind<typeof settings> = {
  type: 'door-node',
  title: 'Gatehouse door node on a serial port',
  settings,
  create: (given, context) => new DoorNodeLink(given, context),
};
