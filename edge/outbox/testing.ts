/** For tests of the outbox: a log with a signing key, and a reader that checks a lane as the cloud does. */
import { createPublicKey, generateKeyPairSync, hash, verify } from 'node:crypto';
import { writeSync } from 'node:fs';
import { chainHasher } from '../../devices/framing/batch.ts';
import {
  GENESIS,
  type Lane,
  type LossNotice,
  lossStatement,
  type RecordBody,
  uplinkRecord,
} from '../../devices/wire.ts';
import type { StagedLines } from './batch.ts';
import { CHAIN_SLOT_BYTES } from './frame.ts';
import { type LogOptions, OutboxLog } from './log.ts';
import { BufferPool, Staging } from './staging.ts';

export const testKey = generateKeyPairSync('ed25519').privateKey;

export const testObservation = (id: string, at: number, text = 'x'): RecordBody => ({
  type: 'observation',
  observation: {
    id,
    kind: 'temperature.measured',
    site: 'pharmacy-1',
    asset: 'fridge-1',
    source: 'zigbee2mqtt:0x00158d0004a1b2c3',
    observedAt: at,
    receivedAt: at,
    clock: 'set',
    value: 4.2,
    facts: { text },
  },
});

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

export interface LaneCheck {
  sequences: number[];
  losses: LossNotice[];
}

/**
 * Follows lines from a position as a receiver would; throws at the first that does not follow.
 * @param lines as `<chain> <json>\n`
 */
export function followLane(
  lines: Uint8Array,
  gateway: string,
  epoch: string,
  from: { sequence: number; chain: string } = { sequence: 0, chain: GENESIS },
): LaneCheck & { sequence: number; chain: string } {
  const bytes = Buffer.from(lines);
  const checked = { sequences: [] as number[], losses: [] as LossNotice[], ...from };
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const chain = bytes.toString('latin1', start, start + CHAIN_SLOT_BYTES - 1);
    const json = bytes.subarray(start + CHAIN_SLOT_BYTES, end);
    const record = uplinkRecord.parse(JSON.parse(json.toString('utf8')));
    start = end + 1;
    if (record.body.type === 'loss') {
      const { loss } = record.body;
      const key = createPublicKey({
        key: Buffer.from(loss.publicKey, 'base64'),
        format: 'der',
        type: 'spki',
      });
      const statement = Buffer.from(lossStatement(gateway, epoch, loss));
      if (!verify(null, statement, key, Buffer.from(loss.signature, 'base64')))
        throw new Error('loss: bad signature');
      if (chainOf(loss.resumes, json) !== chain || record.sequence !== loss.to)
        throw new Error('loss: bad chain');
      if (record.after > checked.sequence)
        throw new Error(`loss follows ${record.after}, position ${checked.sequence}`);
      checked.losses.push(loss);
      checked.chain = loss.resumes;
    } else {
      if (record.after !== checked.sequence)
        throw new Error(`record ${record.sequence} follows ${record.after}, position ${checked.sequence}`);
      if (chainOf(checked.chain, json) !== chain) throw new Error(`record ${record.sequence}: chain broken`);
      checked.sequences.push(record.sequence);
      checked.chain = chain;
    }
    checked.sequence = record.sequence;
  }
  return checked;
}

/** The log without its thread, fed as the thread feeds it. */
export class TestLog {
  readonly log: OutboxLog;
  readonly lost: LossNotice[] = [];
  #sequence: number;
  readonly #last: Record<Lane, number>;
  readonly #gateway: string;

  constructor(directory: string, options: Partial<LogOptions> = {}) {
    this.#gateway = options.gateway ?? 'gw-1';
    this.log = new OutboxLog({
      directory,
      gateway: this.#gateway,
      signingKey: testKey,
      maxBytes: 8 * 1024 * 1024,
      segmentBytes: 1024 * 1024,
      retainMs: 0,
      now: () => 1_800_000_000_000,
      onLoss: (_lane, notice) => this.lost.push(notice),
      ...options,
    });
    this.#sequence = this.log.nextSequence - 1;
    this.#last = { alarm: this.log.lanes.alarm.last, bulk: this.log.lanes.bulk.last };
  }

  /** Commits records; answers their sequences. */
  put(
    records: readonly { lane: Lane; text?: string }[],
    state: [string, string | null][] = [],
  ): { sequences: number[]; refused: number } {
    const staging = new Staging(new BufferPool());
    const sequences = records.map(({ lane, text }) => {
      const sequence = ++this.#sequence;
      const at = 1_800_000_000_000 + sequence;
      const body = JSON.stringify(
        testObservation(`${this.#gateway}/${this.log.epoch}/${sequence}`, at, text),
      );
      staging.add(
        lane,
        sequence,
        at,
        `{"sequence":${sequence},"after":${this.#last[lane]},"at":${at},"body":${body}}`,
      );
      this.#last[lane] = sequence;
      return sequence;
    });
    const lines: Partial<Record<Lane, StagedLines>> = {};
    for (const lane of staging.lanes) {
      const staged = staging.lines(lane);
      if (staged !== undefined) lines[lane] = staged;
    }
    const { refused } = this.log.commit({ lines, state });
    return { sequences, refused };
  }

  /** Everything of a lane behind its acknowledged position, checked. */
  follow(lane: Lane, from?: { sequence: number; chain: string }): LaneCheck {
    const parts: Uint8Array[] = [];
    for (let after = from?.sequence ?? this.log.lanes[lane].acknowledged; ; ) {
      const read = this.log.read(lane, after, { records: 100, bytes: 64 * 1024 });
      if (read.records === 0) break;
      parts.push(...read.lines.map((line) => Uint8Array.from(line)));
      after = read.last;
    }
    return followLane(Buffer.concat(parts), this.#gateway, this.log.epoch, from);
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Straight to the descriptor: what stands in the pipe survives a process that is killed. */
export function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(never, 0, 0, 1);
    }
  }
}
