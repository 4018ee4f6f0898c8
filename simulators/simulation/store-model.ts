/**
 * The cloud's store as the ingest and the correlator see it, with the commits of the real one: calls gather while a
 * transaction runs, each call is there as a whole or not at all, and one that is refused takes no other along. What
 * SQLite itself does when it is killed or the power goes is tried on the real one (simulators/chaos); that this model
 * and the real one do the same is a test (store-model.test.ts).
 */
import type { AcceptedRecord, LaneMove, LanePosition, Quarantined } from '../../cloud/store/store.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { type LossNotice, recordId } from '../../devices/wire.ts';

/** What one call writes: applied as a whole, or it throws and has changed nothing. */
export type ModelCall = () => void;

export class StoreModel {
  readonly records = new Map<string, AcceptedRecord>();
  readonly incidents = new Map<string, Incident>();
  readonly quarantined: Quarantined[] = [];
  readonly #positions = new Map<string, LanePosition>();
  readonly #detections = new Map<string, Detection>();
  readonly #losses = new Map<string, LossNotice & { gateway: string; epoch: string }>();
  /** How often a record came that was there already: the ingest should have passed it over. */
  duplicates = 0;

  commitCall(records: readonly AcceptedRecord[], moves: readonly LaneMove[] = []): ModelCall {
    return () => {
      const last = new Map<string, LanePosition & { after?: number }>();
      for (const position of [...records, ...moves]) last.set(laneKey(position), position);
      for (const [key, { after = 0 }] of last)
        if (after > (this.#positions.get(key)?.sequence ?? 0))
          throw new Error(`the lane ${key} stands before ${after}`);
      for (const record of records) this.#add(record);
      for (const [key, { gateway, epoch, lane, sequence, chain }] of last)
        if (sequence > (this.#positions.get(key)?.sequence ?? 0))
          this.#positions.set(key, { gateway, epoch, lane, sequence, chain });
    };
  }

  #add(record: AcceptedRecord): void {
    const { gateway, epoch, sequence, body } = record;
    const id = recordId(gateway, epoch, sequence);
    if (this.records.has(id)) this.duplicates++;
    else this.records.set(id, record);
    if (body.type === 'detection') this.#detections.set(body.detection.id, body.detection);
    if (body.type === 'loss' && !this.#losses.has(id)) this.#losses.set(id, { ...body.loss, gateway, epoch });
  }

  incidentsCall(changed: readonly Incident[], gone: readonly { id: string }[]): ModelCall {
    return () => {
      for (const { id } of gone) this.incidents.delete(id);
      for (const incident of changed) this.incidents.set(incident.id, incident);
    };
  }

  positions(gateway: string): LanePosition[] {
    return [...this.#positions.values()].filter((position) => position.gateway === gateway);
  }

  position(lane: Pick<LanePosition, 'gateway' | 'epoch' | 'lane'>): LanePosition | undefined {
    return this.#positions.get(laneKey(lane));
  }

  detection(id: string): Detection | undefined {
    return this.#detections.get(id);
  }

  detections(): Detection[] {
    return [...this.#detections.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  losses(gateway?: string): (LossNotice & { gateway: string; epoch: string })[] {
    return [...this.#losses].flatMap(([, loss]) =>
      gateway === undefined || loss.gateway === gateway ? [loss] : [],
    );
  }

  /** A lane's records in order. */
  lane(of: Pick<LanePosition, 'gateway' | 'epoch' | 'lane'>): AcceptedRecord[] {
    const key = laneKey(of);
    return [...this.records.values()]
      .filter((record) => laneKey(record) === key)
      .sort((a, b) => a.sequence - b.sequence);
  }

  get lanes(): LanePosition[] {
    return [...this.#positions.values()];
  }
}

const laneKey = ({ gateway, epoch, lane }: Pick<LanePosition, 'gateway' | 'epoch' | 'lane'>): string =>
  `${gateway}/${epoch}/${lane}`;

interface Waiting {
  call: ModelCall;
  resolve: () => void;
  reject: (error: Error) => void;
}

export type CommitFate =
  /** It takes so long, and is there. */
  | { ms: number }
  /** There is no room for it now. */
  | { ms: number; full: true }
  /** The disk has failed: nothing can be written any more. */
  | { ms: number; broken: true };

/** The writer of one life of the cloud's process. */
export class ModelWriter {
  #waiting: Waiting[] = [];
  #running: Waiting[] | undefined;
  #broken: Error | undefined;
  readonly #after: (ms: number, task: () => void) => void;
  readonly #fate: () => CommitFate;
  readonly #onBroken: (error: Error) => void;

  /** @param fate asked at the begin of each transaction */
  constructor(
    after: (ms: number, task: () => void) => void,
    fate: () => CommitFate,
    onBroken: (error: Error) => void,
  ) {
    this.#after = after;
    this.#fate = fate;
    this.#onBroken = onBroken;
  }

  /** Resolves when the call is on disk. */
  write(call: ModelCall): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, resolve, reject });
      if (this.#running === undefined) this.#next();
    });
  }

  /** A transaction is under way. */
  get isWriting(): boolean {
    return this.#running !== undefined;
  }

  /** The process is killed. What was under way has come to the disk as a whole, or not at all. */
  end(arrived: boolean): void {
    if (arrived) for (const one of this.#running ?? []) attempt(one.call);
    this.#running = undefined;
    this.#waiting = [];
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const running = this.#waiting;
    this.#waiting = [];
    this.#running = running;
    const fate = this.#fate();
    this.#after(fate.ms, () => {
      this.#running = undefined;
      if ('broken' in fate) {
        const error = new Error('disk I/O error');
        this.#broken = error;
        for (const { reject } of [...running, ...this.#waiting]) reject(error);
        this.#waiting = [];
        this.#onBroken(error);
        return;
      }
      for (const { call, resolve, reject } of running) {
        const error = 'full' in fate ? new Error('database or disk is full') : attempt(call);
        if (error === undefined) resolve();
        else reject(new Error(`the store refused: ${error.message}`));
      }
      this.#next();
    });
  }
}

function attempt(call: ModelCall): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
