/**
 * Gateways in: batches are checked in the order of their lane, stored, and only then acknowledged. While one
 * commit runs, the next batches of this and other gateways are checked already; the store commits them together.
 */

import { decodeBatch } from '../../devices/framing/batch.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import {
  type BatchHeader,
  GENESIS,
  type Lane,
  MAX_BATCHES_IN_FLIGHT,
  type Receipt,
} from '../../devices/wire.ts';
import {
  type ClockCorrection,
  correctedBody,
  correctionIn,
  MAX_CORRECTIONS,
} from '../store/clock-correction.ts';
import type { AcceptedRecord, LaneMove, Store } from '../store/store.ts';
import { type PendingCommand, PendingCommands } from './commands.ts';
import { type IngestMetrics, noCounts } from './counts.ts';
import type { Credentials, GatewayCredential } from './credentials.ts';
import { type Judgement, judgeBatch, type Stand } from './judge.ts';

/** Bytes of batches that are checked and not yet stored, of all gateways together; more are sent back. */
export const MAX_UNSTORED_BYTES = 64 * 1024 * 1024;
/**
 * Batches of one lane that wait for the store and for whoever takes them; a gateway that follows the contract never
 * has more.
 */
export const MAX_UNSTORED_BATCHES = MAX_BATCHES_IN_FLIGHT * 2;
/** A lane is asked again for the same record at most this often: one question makes many batches follow. */
const ASK_EVERY_MS = 500;
/**
 * Asked so often and for so long in vain, the lane goes on without what is missing, and says so. Long, as what was
 * asked for may be on its way behind megabytes on a slow line.
 */
const MAX_ASKS = 20;
export const ASK_FOR_MS = 10 * 60_000;
/** Lanes whose position is kept in memory; the store has them all. */
const MAX_LANES_REMEMBERED = 50_000;

/** What the ingest asks of the store. */
export type IngestStore = Pick<
  Store,
  'commit' | 'positions' | 'quarantine' | 'detection' | 'losses' | 'clockCorrections'
>;

export interface IngestOptions {
  store: IngestStore;
  credentials: Credentials;
  clock: Clock;
  /**
   * Called after each commit, in order for each lane. The receipt waits for its answer, and the batch counts as
   * unstored until then: so a gateway that is faster than whoever takes the records is held back.
   */
  onCommitted?: (records: readonly AcceptedRecord[]) => Promise<void> | void;
  /** Something that somebody should look at: a gap that nobody explains, a broken chain. */
  onTrouble?: (trouble: IngestTrouble) => void;
  /** The registry's answer, where it knows the asset. */
  siteOfAsset?: (asset: string) => string | undefined;
  onConnection?: (gateway: string, connected: boolean) => void;
  /** How long a missing record is asked for before the lane goes on without it; ASK_FOR_MS unless told. */
  askForMs?: number;
  /** Milliseconds on a clock that never jumps: how often a lane is asked is about the line, not about the site. */
  monotonicMs?: () => number;
}

export interface IngestTrouble {
  gateway: string;
  kind: 'unexplained-gap' | 'store-failed';
  message: string;
}

/** What became of a batch: a receipt, or nothing yet (send it again later), or it is not one. */
export type Answer = { receipt: Receipt } | { later: string } | { refused: string };

interface LaneState {
  /** After everything that was checked; ahead of the store by what is being stored. */
  stand: Stand;
  unstored: number;
  asked?: { sequence: number; count: number; since: number; at: number };
}

export interface Ingest {
  /** One batch, as it came from an authenticated gateway. Resolves once it is stored. */
  receive(from: GatewayCredential, lane: Lane, batch: Uint8Array): Promise<Answer>;
  /** Sends a command; it is sent again after a break, until its outcome is back or its lifetime over. */
  sendCommand(gateway: string, command: Command): { connected: boolean };
  /** Transports: a gateway can be reached over this. The answer takes it back. */
  connect(gateway: string, send?: (pending: PendingCommand) => void): () => void;
  readonly commands: PendingCommands;
  isConnected(gateway: string): boolean;
  lastSeenAt(gateway: string): number | undefined;
  metrics(): IngestMetrics;
}

const monotonicMs = (): number => performance.now();

export function createIngest(options: IngestOptions, signal: AbortSignal): Ingest {
  return new StoringIngest(options, signal);
}

class StoringIngest implements Ingest {
  readonly commands: PendingCommands;
  readonly #options: IngestOptions;
  readonly #signal: AbortSignal;
  readonly #lanes = new Map<string, LaneState>();
  readonly #lossKeys = new Map<string, string>();
  /** By gateway and epoch, the newest first. */
  readonly #corrections = new Map<string, readonly ClockCorrection[]>();
  readonly #connections = new Map<string, Set<{ send?: (pending: PendingCommand) => void }>>();
  readonly #seen = new Map<string, number>();
  readonly #counted = noCounts();

  constructor(options: IngestOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.commands = new PendingCommands(() => options.clock.now());
  }

  async receive(from: GatewayCredential, lane: Lane, batch: Uint8Array): Promise<Answer> {
    if (this.#signal.aborted) return { later: 'the ingest is stopping' };
    this.#seen.set(from.id, this.#options.clock.now());
    const decoded = decodeBatch(batch);
    if ('refused' in decoded) return this.#refuse(from, decoded.refused, batch);
    const { header, lines } = decoded;
    if (header.gateway !== from.id) return this.#refuse(from, `header: gateway "${header.gateway}"`, batch);
    if (header.lane !== lane) return this.#refuse(from, `header: lane "${header.lane}" on ${lane}`, batch);
    const state = this.#lane(header);
    if (
      state.unstored >= MAX_UNSTORED_BATCHES ||
      this.#counted.unstoredBytes + batch.length > MAX_UNSTORED_BYTES
    ) {
      this.#counted.shed++;
      return { later: 'too much waits for the store' };
    }
    this.#counted.batches++;
    const before = state.stand;
    const judgement = judgeBatch(lines, lane, before, this.#sender(from, header), this.#insists(state));
    this.#correct(header, judgement);
    this.#count(from, judgement);
    state.stand = judgement.stand;
    const moved = judgement.stand.sequence > before.sequence;
    if (moved) {
      state.unstored++;
      this.#counted.unstoredBytes += batch.length;
      try {
        const failure = await this.#store(from, header, before.sequence, judgement);
        if (failure !== undefined) return failure;
        await this.#tell(from, judgement);
      } finally {
        state.unstored--;
        this.#counted.unstoredBytes -= batch.length;
      }
      return { receipt: this.#receipt(header, judgement.stand, state, judgement.problem, true) };
    }
    // A receipt may speak only of what is stored: what this batch rests on may be on its way there.
    const stored = state.unstored > 0 ? this.#stored(header) : judgement.stand;
    return { receipt: this.#receipt(header, stored, state, judgement.problem, false) };
  }

  #stored({ gateway, epoch, lane }: BatchHeader): Stand {
    const positions = this.#options.store.positions(gateway);
    const position = positions.find((entry) => entry.epoch === epoch && entry.lane === lane);
    return { sequence: position?.sequence ?? 0, chain: position?.chain ?? GENESIS };
  }

  #refuse(from: GatewayCredential, reason: string, raw: Uint8Array): Answer {
    this.#counted.refusedBatches++;
    this.#options.store.quarantine({
      at: this.#options.clock.now(),
      wall: 'ingest',
      peer: from.id,
      reason,
      raw,
    });
    return { refused: reason };
  }

  #lane(header: BatchHeader): LaneState {
    const { gateway, epoch, lane } = header;
    const key = `${gateway}/${epoch}/${lane}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MAX_LANES_REMEMBERED) this.#forgetIdle();
    const state: LaneState = { stand: this.#stored(header), unstored: 0 };
    this.#lanes.set(key, state);
    return state;
  }

  #forgetIdle(): void {
    for (const [key, { unstored }] of this.#lanes) if (unstored === 0) this.#lanes.delete(key);
  }

  #sender(from: GatewayCredential, { epoch }: BatchHeader) {
    const { store, clock, siteOfAsset } = this.#options;
    const publicKey = from.publicKey ?? this.#lossKey(from.id, epoch);
    return {
      gateway: from.id,
      epoch,
      site: from.site,
      now: clock.now(),
      ...(publicKey === undefined ? {} : { publicKey }),
      siteOfDetection(id: string) {
        const stored = store.detection(id);
        return stored === undefined ? undefined : (stored.site ?? '');
      },
      mayName: (asset: string) => (siteOfAsset?.(asset) ?? from.site) === from.site,
    };
  }

  /** The key that signed this epoch's first loss notice. */
  #lossKey(gateway: string, epoch: string): string | undefined {
    const key = `${gateway}/${epoch}`;
    const known = this.#lossKeys.get(key);
    if (known !== undefined) return known === '' ? undefined : known;
    // Only what was looked up before: an epoch costs whoever makes it up nothing.
    if (this.#lossKeys.size >= MAX_LANES_REMEMBERED) this.#lossKeys.clear();
    const first = this.#options.store.losses(gateway).find((loss) => loss.epoch === epoch)?.publicKey;
    this.#lossKeys.set(key, first ?? '');
    return first;
  }

  /** Times that a gateway has put right before their records came. */
  #correct({ gateway, epoch }: BatchHeader, { records }: Judgement): void {
    const key = `${gateway}/${epoch}`;
    let known = this.#corrections.get(key);
    if (known === undefined) {
      if (this.#corrections.size >= MAX_LANES_REMEMBERED) this.#corrections.clear();
      known = this.#options.store.clockCorrections(gateway, epoch);
      this.#corrections.set(key, known);
    }
    if (known.length > 0)
      for (const record of records) record.body = correctedBody(record.sequence, record.body, known);
    // Known from here on: what comes on the other lane meanwhile is stored behind this.
    const news = records.flatMap((record) => correctionIn(record) ?? []);
    if (news.length > 0) this.#corrections.set(key, [...news.reverse(), ...known].slice(0, MAX_CORRECTIONS));
  }

  #count(from: GatewayCredential, judgement: Judgement): void {
    const counted = this.#counted;
    counted.duplicates += judgement.duplicates;
    counted.refusedRecords += judgement.refused.length;
    counted.clockAhead += judgement.clockAhead;
    counted.unexplainedGaps += judgement.passedOver.length;
    for (const { body, gateway, epoch } of judgement.records) {
      if (body.type !== 'loss') continue;
      counted.lossNotices++;
      this.#lossKeys.set(`${gateway}/${epoch}`, body.loss.publicKey);
    }
    for (const message of judgement.passedOver)
      this.#options.onTrouble?.({ gateway: from.id, kind: 'unexplained-gap', message });
  }

  #insists({ asked, stand }: LaneState): boolean {
    if (asked === undefined || asked.sequence !== stand.sequence || asked.count < MAX_ASKS) return false;
    return asked.at - asked.since >= (this.#options.askForMs ?? ASK_FOR_MS);
  }

  /** The answer where it could not be stored. */
  async #store(
    from: GatewayCredential,
    header: BatchHeader,
    after: number,
    judgement: Judgement,
  ): Promise<Answer | undefined> {
    const { store, clock } = this.#options;
    const { epoch, lane } = header;
    const at = clock.now();
    for (const { sequence, reason, raw } of judgement.refused)
      store.quarantine({ at, wall: 'ingest', peer: `${from.id}/${epoch}/${sequence}`, reason, raw });
    for (const reason of judgement.passedOver)
      store.quarantine({ at, wall: 'ingest', peer: from.id, reason, raw: new Uint8Array() });
    const move: LaneMove = { gateway: from.id, epoch, lane, ...judgement.stand, after };
    try {
      await store.commit(judgement.records, [move]);
      return undefined;
    } catch (error) {
      return this.#failed(from, header, error);
    }
  }

  /** What was checked after the failed batch rests on it: positions are read from the store again. */
  #failed(from: GatewayCredential, { gateway, epoch, lane }: BatchHeader, error: unknown): Answer {
    this.#lanes.delete(`${gateway}/${epoch}/${lane}`);
    this.#corrections.delete(`${gateway}/${epoch}`);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.onTrouble?.({ gateway: from.id, kind: 'store-failed', message });
    return { later: 'the store failed' };
  }

  async #tell(from: GatewayCredential, { records }: Judgement): Promise<void> {
    this.#counted.records += records.length;
    for (const { body } of records)
      if (body.type === 'observation') this.commands.settle(from.id, body.observation);
    if (records.length > 0) await this.#options.onCommitted?.(records);
  }

  #receipt(
    { epoch, lane }: BatchHeader,
    stored: Stand,
    state: LaneState,
    problem: Judgement['problem'],
    moved: boolean,
  ): Receipt {
    const receipt: Receipt = { epoch, lane, sequence: stored.sequence, chain: stored.chain, resend: false };
    if (problem === undefined) return receipt;
    const now = (this.#options.monotonicMs ?? monotonicMs)();
    const { sequence } = state.stand;
    const asked = state.asked?.sequence === sequence && !moved ? state.asked : undefined;
    if (asked !== undefined && now - asked.at < ASK_EVERY_MS) return receipt;
    state.asked = { sequence, count: (asked?.count ?? 0) + 1, since: asked?.since ?? now, at: now };
    this.#counted.resendsAsked++;
    return { ...receipt, resend: true };
  }

  sendCommand(gateway: string, command: Command): { connected: boolean } {
    if (this.#options.credentials.get(gateway) === undefined)
      throw new RangeError(`there is no gateway "${gateway}"`);
    const pending = this.commands.add(gateway, command);
    for (const { send } of this.#connections.get(gateway) ?? []) send?.(pending);
    return { connected: this.isConnected(gateway) };
  }

  connect(gateway: string, send?: (pending: PendingCommand) => void): () => void {
    const connections = this.#connections.get(gateway) ?? new Set();
    const entry = send === undefined ? {} : { send };
    const first = connections.size === 0;
    connections.add(entry);
    this.#connections.set(gateway, connections);
    if (first) {
      this.#counted.connected++;
      this.#options.onConnection?.(gateway, true);
    }
    for (const pending of this.commands.behind(gateway, 0)) send?.(pending);
    let gone = false;
    return () => {
      if (gone) return;
      gone = true;
      connections.delete(entry);
      if (connections.size > 0) return;
      this.#connections.delete(gateway);
      this.#counted.connected--;
      this.#options.onConnection?.(gateway, false);
    };
  }

  isConnected(gateway: string): boolean {
    return this.#connections.has(gateway);
  }

  lastSeenAt(gateway: string): number | undefined {
    return this.#seen.get(gateway);
  }

  metrics(): IngestMetrics {
    return { ...this.#counted };
  }
}
