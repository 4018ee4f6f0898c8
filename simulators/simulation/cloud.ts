/** The cloud of the simulation: the real ingest and the real correlator over the model of the store, life after life. */

import { Correlator } from '../../cloud/correlation/correlator.ts';
import { createCredentials } from '../../cloud/ingest/credentials.ts';
import { createIngest } from '../../cloud/ingest/ingest.ts';
import type { AcceptedRecord } from '../../cloud/store/store.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Lane, Receipt } from '../../devices/wire.ts';
import type { Random } from '../random.ts';
import { type BoardClock, Life } from './life.ts';
import type { CloudDoor } from './link.ts';
import { type CommitFate, ModelWriter, type StoreModel } from './store-model.ts';
import type { Timeline } from './timeline.ts';

export interface CloudSurroundings {
  timeline: Timeline;
  board: BoardClock;
  random: Random;
  store: StoreModel;
  registry: Registry;
  gateway: string;
  site: string;
  fate(): CommitFate;
  /** Each receipt, before it goes out. */
  onReceipt(receipt: Receipt): void;
  /** Something that may not happen. */
  onFault(what: string): void;
  /** The process has ended itself: its store can't be written any more. */
  onEnded(): void;
}

export class CloudLife implements CloudDoor {
  readonly #life: Life;
  readonly #writer: ModelWriter;
  readonly #correlator: Correlator;
  readonly #surroundings: CloudSurroundings;
  readonly #ingest: ReturnType<typeof createIngest>;
  /** Incidents that are not in the store yet: so many calls. */
  #puts = 0;
  #putting = Promise.resolve();
  readonly #credential: { id: string; site: string; tokenSha256: string };

  constructor(surroundings: CloudSurroundings) {
    const { timeline, board, random, store, registry, gateway, site } = surroundings;
    this.#surroundings = surroundings;
    this.#life = new Life(timeline, board, random);
    const { clock, machine, ending } = this.#life;
    this.#writer = new ModelWriter(
      (ms, task) => void machine.after(ms, task),
      () => surroundings.fate(),
      () => surroundings.onEnded(),
    );
    this.#credential = { id: gateway, site, tokenSha256: '0'.repeat(64) };
    this.#correlator = new Correlator(registry);
    this.#restore();
    this.#ingest = createIngest(
      {
        store: {
          commit: (records, moves) => this.#writer.write(store.commitCall(records, moves)),
          positions: (of) => store.positions(of),
          quarantine: (entry) => void store.quarantined.push(entry),
          detection: (id) => store.detection(id),
          losses: (of) => store.losses(of),
          clockCorrections: () => [],
        },
        credentials: createCredentials([this.#credential], machine.monotonicMs),
        clock,
        monotonicMs: machine.monotonicMs,
        siteOfAsset: (asset) => registry.asset(asset)?.site,
        onCommitted: (records) => this.#judge(records),
        onTrouble: ({ kind, message }) => {
          if (kind === 'unexplained-gap') surroundings.onFault(`a gap that nobody explains: ${message}`);
        },
      },
      ending.signal,
    );
  }

  get isAlive(): boolean {
    return this.#life.isAlive;
  }

  /** A commit is under way, or incidents wait for a store that has no room. */
  get isBusy(): boolean {
    return this.#writer.isWriting || this.#puts > 0;
  }

  async receive(lane: Lane, batch: Uint8Array) {
    const answer = await this.#ingest.receive(this.#credential, lane, batch);
    if (this.isAlive && 'receipt' in answer) this.#surroundings.onReceipt(answer.receipt);
    if ('refused' in answer) this.#surroundings.onFault(`a batch was refused: ${answer.refused}`);
    return answer;
  }

  connect(): () => void {
    return this.#ingest.connect(this.#surroundings.gateway);
  }

  /** Killed. @param arrived whether a commit that was under way has come to the disk */
  end(arrived: boolean): void {
    this.#life.end();
    this.#writer.end(arrived);
  }

  /** What was stored and not judged yet is judged now, as after every start. */
  #restore(): void {
    const { store } = this.#surroundings;
    const { changed } = this.#correlator.add(store.detections());
    const ids = new Set(changed.map(({ id }) => id));
    const gone = [...store.incidents.keys()].filter((id) => !ids.has(id)).map((id) => ({ id }));
    void this.#put(changed, gone);
  }

  async #judge(records: readonly AcceptedRecord[]): Promise<void> {
    if (!this.isAlive) return;
    const detections = records.flatMap(({ body }): Detection[] =>
      body.type === 'detection' ? [body.detection] : [],
    );
    if (detections.length === 0) return;
    const { changed, gone } = this.#correlator.revise(detections);
    await this.#put(changed, gone);
  }

  /** One after the other, as the detector does: an older word on an incident must not come behind a newer one. */
  #put(...changes: Parameters<StoreModel['incidentsCall']>): Promise<void> {
    this.#puts++;
    this.#putting = this.#putting.then(() => this.#putUntilStored(changes));
    return this.#putting;
  }

  async #putUntilStored(changes: Parameters<StoreModel['incidentsCall']>): Promise<void> {
    const { store } = this.#surroundings;
    for (let waitMs = 100; this.isAlive; waitMs = Math.min(10_000, waitMs * 2)) {
      const isStored = await this.#writer.write(store.incidentsCall(...changes)).then(
        () => true,
        () => false,
      );
      if (isStored) break;
      await new Promise<void>((resolve) => void this.#life.machine.after(waitMs, resolve));
    }
    this.#puts--;
  }
}
