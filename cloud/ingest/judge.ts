/**
 * Follows a lane through a batch: what continues it is taken, what came before is passed over, and at the first
 * line that does not follow it stops. Pure; where the lane stands afterwards is true once the store says so.
 */
import { hash } from 'node:crypto';
import { type BatchLine, chainHasher } from '../../devices/framing/batch.ts';
import type { Lane, LossNotice, RecordBody } from '../../devices/wire.ts';
import type { AcceptedRecord } from '../store/store.ts';
import { aheadMs, CLOCK_TOLERANCE_MS, isSigned, objection, readRecord, type Sender } from './record.ts';

/** Last record of a lane, and the chain value that the next one follows. */
export interface Stand {
  sequence: number;
  chain: string;
}

export interface Judgement {
  records: AcceptedRecord[];
  /** Stood in their place, and can't be stored as what they claim to be. */
  refused: { sequence: number; reason: string; raw: Uint8Array }[];
  stand: Stand;
  duplicates: number;
  /** Taken although their time is ahead of ours. */
  clockAhead: number;
  /** Why the rest was not looked at: ask for it again. */
  problem?: { kind: 'gap' | 'broken'; detail: string };
  /** Gaps that were passed over because asking again had not helped. */
  passedOver: string[];
}

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/**
 * @param insist true when the same problem has come back after several resends: the gateway has nothing better,
 *   and one bad record must not hold up all that follow. What can't be proven is then quarantined, and told.
 */
export function judgeBatch(
  lines: readonly BatchLine[],
  lane: Lane,
  from: Stand,
  sender: Sender,
  insist: boolean,
): Judgement {
  const judgement: Judgement = {
    records: [],
    refused: [],
    stand: from,
    duplicates: 0,
    clockAhead: 0,
    passedOver: [],
  };
  for (const line of lines) {
    const problem = judgeLine(line, lane, sender, insist, judgement);
    if (problem !== undefined) return { ...judgement, problem };
  }
  return judgement;
}

function judgeLine(
  line: BatchLine,
  lane: Lane,
  sender: Sender,
  insist: boolean,
  into: Judgement,
): Judgement['problem'] {
  const { chain, json } = line;
  const text = textOf(json);
  const reading = readRecord(text);
  if ('unreadable' in reading)
    return { kind: 'broken', detail: `record behind ${into.stand.sequence}: ${reading.unreadable}` };
  const { sequence, after } = 'record' in reading ? reading.record : reading.place;
  const { stand } = into;
  if (sequence <= stand.sequence) {
    if (
      sequence === stand.sequence &&
      chain !== stand.chain &&
      !('record' in reading && reading.record.body.type === 'loss')
    )
      return { kind: 'broken', detail: `record ${sequence} differs from the one that is stored` };
    into.duplicates++;
    return undefined;
  }
  const accept = (next: Stand) => {
    into.stand = next;
    if (!('record' in reading)) {
      into.refused.push({ sequence, reason: reading.refused, raw: json });
      return;
    }
    const body = ofSite(reading.record.body, sender.site);
    const reason = objection(reading.record, sender);
    if (reason !== undefined) {
      into.refused.push({ sequence, reason, raw: json });
      return;
    }
    if (aheadMs(body, sender.now) > CLOCK_TOLERANCE_MS) into.clockAhead++;
    const { gateway, epoch, now: receivedAt } = sender;
    into.records.push({ gateway, epoch, lane, sequence, receivedAt, body, json: text, chain });
  };
  const loss =
    'record' in reading && reading.record.body.type === 'loss' ? reading.record.body.loss : undefined;
  if (loss !== undefined && after <= stand.sequence && isSoundLoss(loss, sequence, line, lane, sender)) {
    accept({ sequence, chain: loss.resumes });
    return undefined;
  }
  if (loss === undefined && after > stand.sequence) {
    const detail = `nothing between ${stand.sequence} and ${after}`;
    if (!insist) return { kind: 'gap', detail };
    into.passedOver.push(`${detail}, without a loss notice`);
    accept({ sequence, chain });
    return undefined;
  }
  if (loss === undefined && after === stand.sequence && chainOf(stand.chain, json) === chain) {
    accept({ sequence, chain });
    return undefined;
  }
  const detail =
    loss !== undefined
      ? `loss notice ${sequence} behind ${after} does not hold`
      : after === stand.sequence
        ? `chain broken at ${sequence}`
        : `record ${sequence} follows ${after}, not ${stand.sequence}`;
  if (!insist) return { kind: 'broken', detail };
  into.passedOver.push(detail);
  into.refused.push({ sequence, reason: detail, raw: json });
  into.stand = { sequence, chain };
  return undefined;
}

/** A detection that names no site is of its gateway's site: nobody else may say more of it. */
const ofSite = (body: RecordBody, site: string): RecordBody =>
  body.type === 'detection' && body.detection.site === undefined
    ? { type: 'detection', detection: { ...body.detection, site } }
    : body;

/** What it says of itself is consistent, and it is signed by the gateway. */
const isSoundLoss = (
  loss: LossNotice,
  sequence: number,
  { chain, json }: BatchLine,
  lane: Lane,
  sender: Sender,
): boolean =>
  loss.lane === lane &&
  loss.to === sequence &&
  loss.from <= loss.to &&
  chainOf(loss.resumes, json) === chain &&
  isSigned(loss, sender);
