/**
 * An RFID portal: a reader with LLRP in the network (TCP 5084), with antennas on the inner and on the outer side of a gate.
 * What passes goes to `portal/<node>/state` (devices/profiles/rfid-portal.ts), each passage once, with its direction. The
 * protocol knows no password (LLRP 1.0.1, section 7): keep readers in a network of their own.
 */
import { z } from 'zod';
import type { ReaderNews, TagRead } from '../llrp/answers.ts';
import { type Passage, PassageFold } from '../llrp/passages.ts';
import { BEAT_MS, portalConversation } from '../llrp/portal-conversation.ts';
import type { Conversation } from './connection.ts';
import { DeviceReports } from './device-reports.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { keepConnectedByTcp, networkFields } from './tcp-connection.ts';
import { atLeastReal } from './timing.ts';

const LLRP_PORT = 5_084;
/** Antennas of one side; readers have four, with hubs thirty-two. */
const MAX_ANTENNAS = 32;
/** Where a day is run faster, tags are still read in real time. */
const MIN_REAL_GONE_MS = 300;
/** Between two beats no more time passes for tags: while this process stood still, nobody looked whether they were there. */
const MAX_BEATS_AT_ONCE = 2;
/** The reader's word that it can't work has no end of its own: without another one it is over after this. */
const EXCEPTION_LASTS_MS = 5 * 60_000;

const antennas = z.array(z.number().int().min(1).max(65_535)).min(1).max(MAX_ANTENNAS);

const settings = z.strictObject({
  ...networkFields(LLRP_PORT),
  /** Numbers of the antennas on the inner side. */
  inside: antennas,
  /** And on the outer side; no number is on both. */
  outside: antennas,
  /** The reader says that it is there this often; three times nothing, and it is offline. Real time. */
  keepaliveMs: z.number().int().min(500).max(60_000).default(5_000),
  /** Not read for so long, goods have passed. */
  goneMs: z.number().int().min(300).max(60_000).default(2_000),
  /** In view for so long, goods stand in the portal. */
  staysMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
  /** Without a direction the same tag is told this often at most. */
  repeatWithinMs: z.number().int().min(0).max(3_600_000).default(60_000),
});
type Settings = z.infer<typeof settings>;

export interface PortalState {
  /** Each antenna of which the reader has said whether it is connected. */
  antennas: { antenna: number; connected: boolean }[];
  /** The reader has said of itself that it can't do its work. */
  failing: boolean;
  passage?: Passage;
}

class RfidPortalLink implements Link {
  private readonly given: Settings;
  private readonly context: LinkContext;
  private readonly reports: DeviceReports<PortalState>;
  private readonly fold: PassageFold;
  private readonly connected = new Map<number, boolean>();
  private failedAtMs: number | undefined;
  /** Time in which this process looked at tags, in the site's ms, and when it was counted last. */
  private lookedMs = 0;
  private countedAtMs: number;
  private isReady = false;

  constructor(given: Settings, context: LinkContext) {
    const { inside, outside, staysMs, repeatWithinMs } = given;
    this.given = given;
    this.context = context;
    this.countedAtMs = context.clock.monotonicMs();
    this.reports = new DeviceReports('portal', context.node, context);
    const goneMs = atLeastReal(context.clock, given.goneMs, MIN_REAL_GONE_MS);
    this.fold = new PassageFold({ inside, outside }, { goneMs, staysMs, repeatWithinMs });
  }

  async run(signal: AbortSignal): Promise<void> {
    const setOnline = (isOnline: boolean) => {
      if (!isOnline) this.left();
      this.reports.setOnline(isOnline);
    };
    const context = { ...this.context, outlet: { ...this.context.outlet, setOnline } };
    await keepConnectedByTcp(this.given, context, () => this.converse(), signal);
  }

  private converse(): Conversation {
    const { counters, log } = this.context;
    const { inside, outside, keepaliveMs } = this.given;
    return portalConversation(
      { antennas: [...new Set([...inside, ...outside])], keepaliveMs, log },
      {
        onMessage: () => counters.framesRead++,
        onDamaged: (why) => {
          counters.framesDamaged++;
          log.debug(why);
        },
        onReady: ({ firmware, antennas: known }) => {
          log.info({ firmware }, 'the reader is set up');
          for (const [antenna, isConnected] of known) this.antennaIs(antenna, isConnected);
          this.isReady = true;
          this.reports.setOnline(true);
          this.reports.state(this.health());
        },
        onReads: (reads) => this.seen(reads),
        onNews: (news) => this.heed(news),
        onBeat: () => this.beat(),
      },
    );
  }

  private seen(reads: readonly TagRead[]): void {
    const nowMs = this.looked();
    for (const read of reads) this.tell(this.fold.see(read, nowMs));
  }

  private beat(): void {
    this.tell(this.fold.due(this.looked()));
    const nowMs = this.context.clock.monotonicMs();
    if (this.failedAtMs !== undefined && nowMs - this.failedAtMs >= EXCEPTION_LASTS_MS)
      this.failedAtMs = undefined;
    if (this.isReady) this.reports.state(this.health());
  }

  private looked(): number {
    const { clock } = this.context;
    const nowMs = clock.monotonicMs();
    this.lookedMs += Math.min(nowMs - this.countedAtMs, BEAT_MS * MAX_BEATS_AT_ONCE * clock.rate);
    this.countedAtMs = nowMs;
    return this.lookedMs;
  }

  private tell(passages: readonly Passage[]): void {
    for (const passage of passages) this.reports.tell({ ...this.health(), passage });
  }

  /** The connection is gone: what was in view is told as far as it was seen, and nothing is known of the reader. */
  private left(): void {
    this.tell(this.fold.end());
    this.isReady = false;
    this.connected.clear();
    this.failedAtMs = undefined;
  }

  private heed(news: ReaderNews): void {
    const { counters, log, clock } = this.context;
    if (news.type === 'antenna') {
      this.antennaIs(news.antenna, news.connected);
      log.warn({ antenna: news.antenna }, news.connected ? 'antenna connected' : 'antenna not connected');
    } else if (news.type === 'exception') {
      this.failedAtMs = clock.monotonicMs();
      log.error({ says: news.text }, 'the reader can not do its work');
    } else if (news.type === 'overflow') {
      counters.reportsLost++;
      log.error('the reader has lost reads: its buffer was full');
    }
  }

  /** Only antennas that the portal uses: a reader names all that it could have. */
  private antennaIs(antenna: number, isConnected: boolean): void {
    const { inside, outside } = this.given;
    if (inside.includes(antenna) || outside.includes(antenna)) this.connected.set(antenna, isConnected);
  }

  private health(): PortalState {
    return {
      antennas: [...this.connected]
        .sort(([one], [other]) => one - other)
        .map(([antenna, connected]) => ({ antenna, connected })),
      failing: this.failedAtMs !== undefined,
    };
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const rfidPortal: LinkKind<typeof settings> = {
  type: 'rfid-portal',
  title: 'RFID portal (LLRP) in the network',
  settings,
  create: (given, context) => new RfidPortalLink(given, context),
};
