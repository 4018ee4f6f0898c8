/** What must hold, whatever happened: told while it runs where that is possible, and when all is quiet. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { correlate } from '../../cloud/correlation/correlator.ts';
import type { AcceptedRecord } from '../../cloud/store/store.ts';
import { chainHasher } from '../../devices/framing/batch.ts';
import {
  GENESIS,
  type Lane,
  type LossNotice,
  lossStatement,
  type Receipt,
  uplinkRecord,
} from '../../devices/wire.ts';
import { GATEWAY, type Message, registry } from './site.ts';
import type { StoreModel } from './store-model.ts';

/** An alarm that has been on disk for so long must have been sent before anything else is. */
export const ALARM_GRACE_MS = 2_000;

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

interface Acknowledged {
  message: number;
  lane: Lane;
  atMs: number;
}

export class Oracle {
  readonly violations: string[] = [];
  readonly acknowledged = new Map<string, Acknowledged>();
  readonly #store: StoreModel;
  readonly #publicKey: KeyObject;
  readonly #nowMs: () => number;
  /** Alarms on disk that were not sent over the present connection: sequence and since when. */
  #unsentAlarms: { sequence: number; sinceMs: number }[] = [];
  #state = 0;
  /** A disk that was full, or too small, may give records up. */
  mayGiveUp = false;
  alarmGraceMs = ALARM_GRACE_MS;

  constructor(store: StoreModel, signingKey: KeyObject, nowMs: () => number) {
    this.#store = store;
    this.#publicKey = createPublicKey(signingKey);
    this.#nowMs = nowMs;
  }

  fault(what: string): void {
    this.violations.push(`at ${(this.#nowMs() / 1_000).toFixed(3)} s: ${what}`);
  }

  onAcknowledged(message: Message, state: number, records: readonly { id: string; lane: Lane }[]): void {
    this.#state = Math.max(this.#state, state);
    for (const { id, lane } of records) {
      if (this.acknowledged.has(id)) this.fault(`the name ${id} was given twice`);
      this.acknowledged.set(id, { message: message.number, lane, atMs: this.#nowMs() });
      if (lane === 'alarm')
        this.#unsentAlarms.push({ sequence: Number(id.split('/').at(-1)), sinceMs: this.#nowMs() });
    }
  }

  /** A gateway's process has started: what it remembers of the site. */
  onKept(state: number): void {
    if (state < this.#state) this.fault(`the state on disk is ${state}, ${this.#state} was acknowledged`);
  }

  onReceipt({ epoch, lane, sequence, chain }: Receipt): void {
    const position = this.#store.position({ gateway: GATEWAY, epoch, lane });
    const stored = position?.sequence ?? 0;
    if (sequence > stored) this.fault(`a receipt for ${lane} ${sequence}, stored is ${stored}`);
    if (sequence === stored && sequence > 0 && chain !== position?.chain)
      this.fault(`a receipt for ${lane} ${sequence} with another chain than the stored one`);
  }

  onSent(lane: Lane, batch: Uint8Array): void {
    if (lane === 'alarm') {
      const text = Buffer.from(batch).toString('latin1');
      const last = Number(/"sequence":(\d+)/.exec(text.slice(text.lastIndexOf('{"sequence":')))?.[1] ?? 0);
      this.#unsentAlarms = this.#unsentAlarms.filter(({ sequence }) => sequence > last);
      return;
    }
    const late = this.#unsentAlarms.find(({ sinceMs }) => sinceMs < this.#nowMs() - this.alarmGraceMs);
    if (late !== undefined)
      this.fault(
        `bulk is sent while alarm ${late.sequence}, on disk since ${(late.sinceMs / 1_000).toFixed(3)} s, is not`,
      );
  }

  /** When all is quiet. */
  check(messages: readonly Message[]): void {
    const losses = this.#store.losses();
    for (const loss of losses) this.#checkLoss(loss);
    const given = (id: string, lane: Lane): boolean => {
      const { epoch, sequence } = partsOf(id);
      return losses.some(
        (loss) =>
          (loss.reason === 'disk-full' || this.mayGiveUp) &&
          loss.epoch === epoch &&
          loss.lane === lane &&
          loss.from <= sequence &&
          sequence <= loss.to,
      );
    };
    for (const [id, { message, lane }] of this.acknowledged) {
      const record = this.#store.records.get(id);
      if (record === undefined || record.body.type === 'loss') {
        if (!given(id, lane)) this.fault(`${lane} ${id} was acknowledged and is not stored`);
      } else if (record.lane !== lane) this.fault(`${id} is stored in the lane ${record.lane}`);
      else if (record.body.type === 'observation' && record.body.observation.facts?.message !== message)
        this.fault(`${id} is stored as something else`);
    }
    for (const lane of this.#store.lanes) this.#followLane(this.#store.lane(lane), lane);
    for (const { peer, reason } of this.#store.quarantined) this.fault(`in quarantine: ${peer} ${reason}`);
    this.#checkIncidents(
      messages,
      losses.some(({ count }) => count > 0),
    );
  }

  #checkLoss(loss: LossNotice & { gateway: string; epoch: string }): void {
    const { gateway, epoch, lane, from, to, count, reason } = loss;
    const statement = Buffer.from(lossStatement(gateway, epoch, loss));
    if (!verify(null, statement, this.#publicKey, Buffer.from(loss.signature, 'base64')))
      this.fault(`the loss of ${lane} ${from} to ${to} is not signed`);
    if (reason === 'disk-full' && !this.mayGiveUp)
      this.fault(`${count} records of ${lane} were given up, and there was room`);
  }

  /** The chain as an auditor would follow it: from the beginning, over what was stated as lost. */
  #followLane(
    records: readonly AcceptedRecord[],
    { lane, sequence: last, chain: lastChain }: { lane: Lane; sequence: number; chain: string },
  ): void {
    let at = { sequence: 0, chain: GENESIS };
    for (const { sequence, json, chain } of records) {
      const record = uplinkRecord.parse(JSON.parse(json));
      const { body, after } = record;
      if (body.type === 'loss') {
        if (after > at.sequence) this.fault(`${lane}: loss ${sequence} follows ${after}, not ${at.sequence}`);
        if (chainOf(body.loss.resumes, Buffer.from(json)) !== chain)
          this.fault(`${lane}: loss ${sequence} has a wrong chain`);
        at = { sequence, chain: body.loss.resumes };
        continue;
      }
      if (after !== at.sequence) this.fault(`${lane}: ${sequence} follows ${after}, not ${at.sequence}`);
      if (chainOf(at.chain, Buffer.from(json)) !== chain)
        this.fault(`${lane}: the chain is broken at ${sequence}`);
      at = { sequence, chain };
    }
    if (at.sequence !== last || at.chain !== lastChain)
      this.fault(`${lane}: the store stands at ${last}, its records end at ${at.sequence}`);
  }

  /** The incidents are those of a run in which nothing ever went wrong. */
  #checkIncidents(messages: readonly Message[], hasLosses: boolean): void {
    const stored = this.#store.detections();
    const told = messages.flatMap(({ parts }) =>
      parts.flatMap(({ body }) => {
        const made = body('', 0);
        return made.type === 'detection' ? [made.detection] : [];
      }),
    );
    if (!hasLosses && stored.length !== told.length)
      this.fault(`${told.length} detections were made, ${stored.length} are stored`);
    const ids = new Set(stored.map(({ id }) => id));
    const undisturbed = correlate(
      told.filter(({ id }) => ids.has(id)),
      registry,
    );
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    const found = JSON.stringify([...this.#store.incidents.values()].sort(byId));
    if (found !== JSON.stringify(undisturbed.sort(byId)))
      this.fault(
        `the incidents are not those of an undisturbed run: ${this.#store.incidents.size} instead of ${undisturbed.length}`,
      );
  }
}

function partsOf(id: string): { epoch: string; sequence: number } {
  const [, epoch = '', sequence = ''] = id.split('/');
  return { epoch, sequence: Number(sequence) };
}
