/**
 * Card readers on an RS-485 line, by OSDP 2.2 with secure channel. The bridge is the control panel of the line: it
 * asks each reader in turn, and speaks for each of them to the gateway with a connection of its own.
 */
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { MAX_ADDRESS } from '../osdp/frame.ts';
import { OsdpLine } from '../osdp/line.ts';
import type { ReaderSettings } from '../osdp/reader-state.ts';
import { type Conversation, type Ending, keepConnected } from './connection.ts';
import type { CommandOutcome, Link, LinkContext, LinkKind, NodeOutlet } from './link.ts';
import { KeyStore } from './osdp-keys.ts';
import { OsdpReader, type ReaderReport } from './osdp-reader.ts';
import { patternsOf, portFields } from './settings.ts';
import { Silence } from './timing.ts';

/** Electrically a line carries 32, and more would each wait longer than a person at a door does. */
export const MAX_READERS = 32;
/** Nobody on the whole line has said anything for this long: the adapter, its driver or its supply has hung. */
const LINE_SILENCE_MS = 15_000;
const BEAT_MS = 500;

const baudRate = z.union([
  z.literal(9_600),
  z.literal(19_200),
  z.literal(38_400),
  z.literal(57_600),
  z.literal(115_200),
  z.literal(230_400),
]);

const reader = z.strictObject({
  /** Its name in topics: `reader/<node>/…` */
  node: identifier,
  address: z.number().int().min(0).max(MAX_ADDRESS),
  /** False for a reader without secure channel: whoever reaches the cable can forge what it says. */
  secure: z.boolean().default(true),
  /** Codes of this length need no `#`. */
  codeLength: z.number().int().min(4).max(12).optional(),
});

const readers = z
  .array(reader)
  .min(1)
  .max(MAX_READERS)
  .superRefine((entries, context) => {
    const first = new Map<number, number>();
    for (const [index, { address }] of entries.entries()) {
      const earlier = first.get(address);
      if (earlier === undefined) first.set(address, index);
      else
        context.addIssue({
          code: 'custom',
          path: [index, 'address'],
          message: `${address} is also the address of readers[${earlier}]`,
        });
    }
  });

const settings = z.strictObject({
  ...portFields,
  baudRate: baudRate.default(9_600),
  /** Readers of the first version know only the checksum. */
  check: z.enum(['crc', 'checksum']).default('crc'),
  /** Where the readers' keys are kept; from the configuration's folder, readable for its owner alone. */
  keysFile: z.string().min(1).max(4_096).default('osdp-keys.json'),
  /** True while readers are being installed: one without a key is given its own. */
  install: z.boolean().default(false),
  readers,
});
type Settings = z.infer<typeof settings>;

class OsdpLink implements Link {
  private readonly context: LinkContext;
  private readonly patterns: readonly string[];
  private readonly baudRate: number;
  private readonly line: OsdpLine;
  private readonly readers: readonly OsdpReader[];
  /** Of the readers, in their order. */
  private readonly names: readonly string[];

  constructor(given: Settings, context: LinkContext) {
    this.context = context;
    this.patterns = patternsOf(given);
    this.baudRate = given.baudRate;
    const keys = new KeyStore(given.keysFile);
    const known = given.readers.flatMap((each) => {
      const spoken = settingsOf(each, given, keys);
      if (spoken === undefined)
        context.log.error(
          { reader: each.node },
          'has no key yet: set "install: true" once while nobody else is at the line',
        );
      // Told offline all the same: a reader that nobody speaks to must not be forgotten.
      const connection = this.connect(each.node, () => this.at(each.node));
      return spoken === undefined ? [] : [{ ...each, spoken, connection }];
    });
    this.line = new OsdpLine(
      known.map(({ spoken }) => spoken),
      {
        baudRate: given.baudRate,
        nowMs: () => performance.now(),
        onEvent: (index, event) => this.readers[index]?.hear(event),
      },
    );
    this.names = known.map(({ node }) => node);
    this.readers = known.map(
      ({ node, codeLength, connection }, index) =>
        new OsdpReader({
          codeLength,
          outlet: connection,
          clock: context.clock,
          log: context.log.child({ reader: node }),
          counters: context.counters,
          order: (order) => this.line.order(index, order),
          onKeyInstalled: () => keys.confirm(node),
        }),
    );
  }
  run(signal: AbortSignal): Promise<void> {
    const outlet: NodeOutlet = {
      publish: this.context.outlet.publish,
      // A port that closes takes all readers with it; that one is there says nothing of the readers.
      setOnline: (isOnline) => {
        if (!isOnline) this.line.end();
      },
    };
    return keepConnected(this.patterns, { ...this.context, outlet }, () => this.conversation(), signal);
  }

  /** Readers have connections of their own: nothing comes this way. */
  command(): Promise<CommandOutcome> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {
    for (const each of this.readers) each.gatewayReturned();
  }

  private at(node: string): OsdpReader | undefined {
    return this.readers[this.names.indexOf(node)];
  }

  private connect(node: string, find: () => OsdpReader | undefined) {
    return this.context.connect<ReaderReport>('reader', node, {
      onCommand: (payload) => find()?.command(payload),
      onRefusedCommand: () => this.context.counters.commandsRefused++,
      onConnected: () => find()?.gatewayReturned(),
    });
  }

  private conversation(): Conversation {
    const { counters } = this.context;
    const silence = new Silence(BEAT_MS);
    const openedAtMs = performance.now();
    let heardAtMs = this.line.heardAtMs;
    let isOver = false;
    const damagedBefore = this.line.counts.damaged;
    return {
      baudRate: this.baudRate,
      hear: (bytes) => {
        if (!isOver) this.line.hear(bytes);
      },
      hold: (opened, signal) =>
        new Promise((resolve) => {
          const end = (ending: Ending) => {
            isOver = true;
            clearInterval(timer);
            counters.framesDamaged += this.line.counts.damaged - damagedBefore;
            this.line.end();
            resolve(ending);
          };
          const beat = () => {
            if (this.line.heardAtMs !== heardAtMs) silence.end();
            heardAtMs = this.line.heardAtMs;
            const wasOnline = heardAtMs !== undefined && heardAtMs > openedAtMs;
            if (silence.beat() > LINE_SILENCE_MS) end({ because: 'silent', wasOnline });
            else for (const each of this.readers) each.look();
          };
          const timer = setInterval(beat, BEAT_MS);
          signal.addEventListener('abort', () => end({ because: 'stopped' }), { once: true });
          if (signal.aborted) end({ because: 'stopped' });
          else this.line.begin((bytes) => opened.write(bytes));
        }),
    };
  }
}

/** How a reader is spoken to; undefined where it has no key and may be given none. */
function settingsOf(
  { node, address, secure }: Settings['readers'][number],
  { check, install }: Settings,
  keys: KeyStore,
): ReaderSettings | undefined {
  if (!secure) return { address, check, security: 'none', isInstalled: false };
  const key = keys.get(node) ?? (install ? keys.create(node) : undefined);
  // A key that no reader is known to have is as good as none, unless readers are being installed.
  if (key === undefined || (!key.isInstalled && !install)) return undefined;
  return { address, check, security: 'required', baseKey: key.key, isInstalled: key.isInstalled };
}

export const osdp: LinkKind<typeof settings> = {
  type: 'osdp',
  title: 'Card readers with OSDP 2.2 on an RS-485 line',
  settings,
  create: (given, context) => new OsdpLink(given, context),
};
