/** The lanes of a log: where their records lie, what was given up of them, and whether that has yet to be stated. */
import { GENESIS, type Lane, lanes } from '../../devices/wire.ts';
import { LaneIndex } from './lane-index.ts';
import type { Loss } from './loss.ts';
import type { Recovered } from './recovery.ts';
import type { Segment } from './segment.ts';
import type { Snapshot } from './snapshot.ts';

/** After damage at the end of the log, numbers that may have been used are not used again. */
const NUMBERS_SKIPPED = 1_000_000;

export interface LogLanesOptions {
  now: () => number;
  /** Told of each loss as it is noticed. */
  onLoss: (lane: Lane, loss: Loss) => void;
}

export class LogLanes {
  readonly alarm: LaneIndex;
  readonly bulk: LaneIndex;
  /** Something was given up, and no frame says so yet. */
  statementDue = false;
  /** Records, since the start. */
  givenUp = 0;
  readonly #options: LogLanesOptions;

  constructor(options: LogLanesOptions) {
    this.#options = options;
    const index = (name: Lane) => new LaneIndex(name, options.now, (loss) => this.#lost(name, loss));
    this.alarm = index('alarm');
    this.bulk = index('bulk');
  }

  get nextSequence(): number {
    return Math.max(this.alarm.last, this.bulk.last) + 1;
  }

  get acknowledged(): Record<Lane, number> {
    return { alarm: this.alarm.acknowledged, bulk: this.bulk.acknowledged };
  }

  /** Goes on where a log that was read back ends. What may have been committed and can't be read is stated. */
  resume({ acknowledged, losses, stated, last: told, torn }: Recovered): void {
    for (const name of lanes) {
      const lane = this[name];
      lane.settle(acknowledged[name], losses[name]);
      const read = lane.lastChainRead();
      const lostLast = lane.losses.at(-1);
      const ends = [
        { sequence: stated[name].last, chain: stated[name].chain },
        ...(read === undefined ? [] : [read]),
        ...(lostLast === undefined ? [] : [{ sequence: lostLast.to, chain: lostLast.resumes }]),
      ].sort((a, b) => b.sequence - a.sequence);
      lane.last = Math.max(lane.last, ends[0]?.sequence ?? 0);
      lane.chain = ends[0]?.chain ?? GENESIS;
      lane.acknowledge(acknowledged[name]);
      if (told[name] > lane.last) this.#unreadable(name, told[name]);
    }
    if (!torn) return;
    // What stood there may have been committed, even sent, before it was damaged: its numbers are not given again.
    const skipTo = this.nextSequence - 1 + NUMBERS_SKIPPED;
    lanes.forEach((name, index) => {
      this.#unreadable(name, skipTo + index);
    });
  }

  /** States that there was a log before this one, and that nothing of it can be read. */
  statePreviousLife(): void {
    lanes.forEach((name, index) => {
      this.#state(name, { from: index + 1, to: index + 1, count: 0, reason: 'unreadable' });
    });
  }

  /** Records that found no room. */
  refuse(name: Lane, staged: { last: number; count: number }): void {
    this.#state(name, {
      from: this[name].last + 1,
      to: staged.last,
      count: staged.count,
      reason: 'disk-full',
    });
  }

  /** Gives up what a segment still holds of a lane. */
  giveUp(name: Lane, segment: Segment): void {
    for (const loss of this[name].giveUp(segment, this.#options.now())) this.#lost(name, loss);
  }

  forget(segment: Segment): void {
    for (const name of lanes) this[name].forget(segment);
  }

  /** For a frame that says everything but the records. */
  snapshot(): Snapshot['lanes'] {
    const lane = (name: Lane) => {
      const { acknowledged, last, chain, losses } = this[name];
      return { acknowledged, last, chain, losses };
    };
    return { alarm: lane('alarm'), bulk: lane('bulk') };
  }

  #unreadable(name: Lane, to: number): void {
    this.#state(name, { from: this[name].last + 1, to, count: 0, reason: 'unreadable' });
  }

  /** A loss behind the lane's last record. */
  #state(name: Lane, loss: Pick<Loss, 'from' | 'to' | 'count' | 'reason'>): void {
    const { last, chain } = this[name];
    const stated = { ...loss, after: last, resumes: chain, at: this.#options.now() };
    this[name].lose(stated);
    this.#lost(name, stated);
  }

  #lost(name: Lane, loss: Loss): void {
    this.statementDue = true;
    this.givenUp += loss.count;
    this.#options.onLoss(name, loss);
  }
}
