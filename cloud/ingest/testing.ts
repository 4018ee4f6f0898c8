/** For tests of the ingest: a gateway that makes batches without an outbox. */
import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { chainHasher, encodeBatch, encodeLine } from '../../devices/framing/batch.ts';
import {
  GENESIS,
  type Lane,
  type LossNotice,
  lossStatement,
  type RecordBody,
  recordId,
} from '../../devices/wire.ts';
import { type GatewayCredential, tokenSha256 } from './credentials.ts';

export const testToken = 'a-token-of-a-gateway';
export const testCredential: GatewayCredential = {
  id: 'gw-1',
  site: 'pharmacy-1',
  tokenSha256: tokenSha256(testToken),
};

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));
const key = generateKeyPairSync('ed25519');

export interface MadeRecord {
  sequence: number;
  chain: string;
  line: Uint8Array;
}

export const testObservation = (id: string, over: object = {}): RecordBody => ({
  type: 'observation',
  observation: {
    id,
    kind: 'temperature.measured',
    site: 'pharmacy-1',
    asset: 'fridge-1',
    source: 'zigbee2mqtt:0x00158d0004a1b2c3',
    observedAt: 1_800_000_000_000,
    receivedAt: 1_800_000_000_000,
    clock: 'set',
    value: 4.2,
    ...over,
  },
});

/** One lane of a gateway, record after record. */
export class TestLane {
  readonly gateway: string;
  readonly epoch: string;
  readonly lane: Lane;
  sequence = 0;
  chain = GENESIS;

  constructor(lane: Lane = 'bulk', gateway = 'gw-1', epoch = 'epoch0001') {
    this.lane = lane;
    this.gateway = gateway;
    this.epoch = epoch;
  }

  record(body: (id: string) => unknown = testObservation, skip = 0): MadeRecord {
    const sequence = this.sequence + 1 + skip;
    const id = recordId(this.gateway, this.epoch, sequence);
    return this.raw(
      JSON.stringify({ sequence, after: this.sequence, at: 1_800_000_000_000, body: body(id) }),
      sequence,
    );
  }

  raw(json: string, sequence: number): MadeRecord {
    this.chain = chainOf(this.chain, Buffer.from(json));
    this.sequence = sequence;
    return { sequence, chain: this.chain, line: encodeLine(this.chain, json) };
  }

  /** Records given up from here to `to`; the lane goes on from the present chain value unless told otherwise. */
  loss(to: number, over: Partial<LossNotice> = {}, resumes = this.chain): MadeRecord {
    const stated = {
      lane: this.lane,
      from: this.sequence + 1,
      to,
      count: to - this.sequence,
      reason: 'disk-full' as const,
      at: 1,
      resumes,
      ...over,
    };
    const signature = sign(
      null,
      Buffer.from(lossStatement(this.gateway, this.epoch, stated)),
      key.privateKey,
    ).toString('base64');
    const publicKey = key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const loss: LossNotice = { ...stated, publicKey, signature };
    const json = JSON.stringify({ sequence: to, after: this.sequence, at: 1, body: { type: 'loss', loss } });
    const chain = chainOf(resumes, Buffer.from(json));
    this.sequence = to;
    this.chain = resumes;
    return { sequence: to, chain, line: encodeLine(chain, json) };
  }

  batch(records: readonly MadeRecord[], over: object = {}): Uint8Array {
    const header = {
      version: 1,
      gateway: this.gateway,
      epoch: this.epoch,
      lane: this.lane,
      boot: 'boot',
      sentAt: 1_800_000_000_000,
      count: records.length,
      ...over,
    } as const;
    return encodeBatch(header, Buffer.concat(records.map(({ line }) => line)));
  }
}
