/** What one line of a batch says, and whether this gateway may say it. Pure. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  type LossNotice,
  lossStatement,
  type RecordBody,
  recordId,
  type UplinkRecord,
  uplinkRecord,
} from '../../devices/wire.ts';
import { isSoundObservationRecord } from './observation-shape.ts';

/** Times up to here in the future are two clocks that differ; beyond it they are flagged, and kept. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** A time further ahead would stand at the top of every list for a day or more: refused. */
export const MAX_AHEAD_MS = 24 * 3_600_000;

/** Where a record stands, readable even when the rest of it is not. */
export interface Place {
  sequence: number;
  after: number;
}

export type RecordReading =
  | { record: UplinkRecord }
  /** Its place is known: the lane can go on behind it. */
  | { refused: string; place: Place }
  | { unreadable: string };

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Reads a record's JSON. */
export function readRecord(json: string): RecordReading {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { unreadable: 'no JSON' };
  }
  if (isSoundObservationRecord(value)) return { record: value };
  const result = uplinkRecord.safeParse(value);
  if (result.success) return { record: result.data };
  const issue = result.error.issues[0];
  const reason = `${issue?.path.join('.') || 'record'}: ${issue?.message ?? 'refused'}`;
  if (typeof value === 'object' && value !== null && 'sequence' in value && 'after' in value) {
    const { sequence, after } = value;
    if (isCount(sequence) && isCount(after) && after < sequence)
      return { refused: reason, place: { sequence, after } };
  }
  return { unreadable: reason };
}

/** What the cloud knows of a gateway when it judges its records. */
export interface Sender {
  gateway: string;
  epoch: string;
  site: string;
  now: number;
  /** SubjectPublicKeyInfo (DER, base64) of the key that signs its loss notices, where it is known. */
  publicKey?: string;
  /** Site of a detection that is stored already under this id; empty: it has none; undefined: there is none. */
  siteOfDetection(id: string): string | undefined;
  /** False when the registry knows the asset at another site. */
  mayName(asset: string): boolean;
}

/** Why a sound record is still refused, or undefined. */
export function objection({ sequence, body }: UplinkRecord, sender: Sender): string | undefined {
  const { gateway, epoch, site, now } = sender;
  const ahead = aheadMs(body, now);
  if (ahead > MAX_AHEAD_MS) return `time: ${Math.round(ahead / 60_000)} minutes in the future`;
  switch (body.type) {
    case 'observation': {
      const { observation } = body;
      if (observation.id !== recordId(gateway, epoch, sequence))
        return `id: "${observation.id}" is not its own`;
      if (observation.site !== site) return `site: "${observation.site}" is not this gateway's`;
      return sender.mayName(observation.asset)
        ? undefined
        : `asset: "${observation.asset}" is another site's`;
    }
    case 'detection': {
      const { detection } = body;
      if (detection.site !== undefined && detection.site !== site)
        return `site: "${detection.site}" is not this gateway's`;
      const before = sender.siteOfDetection(detection.id);
      if (before !== undefined && before !== site) return `id: "${detection.id}" is another site's detection`;
      const foreign = detection.assets.find((asset) => !sender.mayName(asset));
      return foreign === undefined ? undefined : `asset: "${foreign}" is another site's`;
    }
    case 'picture': {
      const { picture } = body;
      if (!picture.id.startsWith(`${gateway}/`)) return `id: "${picture.id}" is not its own`;
      if (picture.site !== site) return `site: "${picture.site}" is not this gateway's`;
      return sender.mayName(picture.asset) ? undefined : `asset: "${picture.asset}" is another site's`;
    }
    default:
      return undefined;
  }
}

/** How far ahead of the cloud's clock a record's own time is; negative for the past. */
export function aheadMs(body: RecordBody, now: number): number {
  switch (body.type) {
    case 'observation':
      return body.observation.observedAt - now;
    case 'detection':
      return body.detection.at - now;
    case 'picture':
      return body.picture.takenAt - now;
    default:
      return 0;
  }
}

/** Whether a loss notice is signed by the key that it names, and that key is the gateway's. */
export function isSigned(loss: LossNotice, sender: Pick<Sender, 'gateway' | 'epoch' | 'publicKey'>): boolean {
  if (sender.publicKey !== undefined && loss.publicKey !== sender.publicKey) return false;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(loss.publicKey, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return false;
  }
  if (key.asymmetricKeyType !== 'ed25519') return false;
  const statement = Buffer.from(lossStatement(sender.gateway, sender.epoch, loss));
  return verify(null, statement, key, Buffer.from(loss.signature, 'base64'));
}
