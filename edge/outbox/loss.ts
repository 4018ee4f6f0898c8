/** Records given up, and the signed notice that stands in their place. */
import { createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { type Lane, type LossNotice, lossStatement } from '../../devices/wire.ts';

/** A gap in a lane. Its record has the number `to`. */
export interface Loss {
  from: number;
  to: number;
  /** Last record before the gap. */
  after: number;
  /** Chain value that the lane goes on from behind it. */
  resumes: string;
  count: number;
  reason: LossNotice['reason'];
  at: number;
}

/** Writes loss notices in a gateway's name. */
export interface LossNotary {
  notice(lane: Lane, loss: Loss): LossNotice;
  /** The notice as a line of a batch. */
  line(lane: Lane, loss: Loss): Buffer;
}

export function lossNotary(gateway: string, epoch: string, signingKey: KeyObject): LossNotary {
  const publicKey = createPublicKey(signingKey).export({ format: 'der', type: 'spki' }).toString('base64');
  const notice = (lane: Lane, loss: Loss): LossNotice => {
    const { from, to, count, reason, at, resumes } = loss;
    const stated = { lane, from, to, count, reason, at, resumes };
    const statement = Buffer.from(lossStatement(gateway, epoch, stated));
    return { ...stated, publicKey, signature: sign(null, statement, signingKey).toString('base64') };
  };
  return {
    notice,
    line(lane, loss) {
      const body = { type: 'loss', loss: notice(lane, loss) };
      const json = JSON.stringify({ sequence: loss.to, after: loss.after, at: loss.at, body });
      return Buffer.from(`${hash('sha256', loss.resumes + json)} ${json}\n`);
    },
  };
}

/** Adds a loss to a list in order of sequence; neighbours become one. Answers the loss it became. */
export function addLoss(losses: Loss[], added: Loss): Loss {
  let merged = added;
  for (const other of [...losses]) {
    const before = other.to === merged.after;
    const behind = merged.to === other.after;
    if (!before && !behind) continue;
    const [lower, upper] = before ? [other, merged] : [merged, other];
    losses.splice(losses.indexOf(other), 1);
    merged = {
      from: lower.from,
      after: lower.after,
      to: upper.to,
      resumes: upper.resumes,
      count: lower.count + upper.count,
      reason: added.reason,
      at: added.at,
    };
  }
  losses.push(merged);
  losses.sort((a, b) => a.from - b.from);
  return merged;
}
