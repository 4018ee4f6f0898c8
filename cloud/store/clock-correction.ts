/**
 * What a gateway noted while it did not know the time is put right once it does. Its `clock.set` says which of its
 * records are meant and by how much they are off; the records' own bytes stay as they came, under their chain. Pure.
 */
import { z } from 'zod';
import type { RecordBody } from '../../devices/wire.ts';

/** Records of one epoch of a gateway whose time was wrong by the same amount. */
export interface ClockCorrection {
  gateway: string;
  epoch: string;
  /** First record that is meant, and the one that says so: it is the first that is not. */
  from: number;
  until: number;
  correctionMs: number;
  /** When the clock was set: nothing before it can have happened later. */
  setAt: number;
}

/** Corrections of one epoch that are remembered: as often as its clock was set. The newest count. */
export const MAX_CORRECTIONS = 64;

const facts = z.object({
  fromSequence: z.int().min(1),
  correctionMs: z.int(),
});

interface Recorded {
  gateway: string;
  epoch: string;
  sequence: number;
  body: RecordBody;
}

/** What a record corrects, where it is a `clock.set` that corrects anything. */
export function correctionIn({ gateway, epoch, sequence, body }: Recorded): ClockCorrection | undefined {
  if (body.type !== 'observation' || body.observation.kind !== 'clock.set') return undefined;
  const said = facts.safeParse(body.observation.facts ?? {});
  if (!said.success || said.data.fromSequence >= sequence) return undefined;
  const { fromSequence, correctionMs } = said.data;
  const setAt = body.observation.observedAt;
  return { gateway, epoch, from: fromSequence, until: sequence, correctionMs, setAt };
}

/** The time as it was. Never before 1970, nor after the clock was set. */
export const correctedTime = (at: number, { correctionMs, setAt }: ClockCorrection): number =>
  Math.max(0, Math.min(at + correctionMs, setAt));

/** A record that comes after its correction (the lane of alarms is the faster one): as it should have been. */
export function correctedBody(
  sequence: number,
  body: RecordBody,
  corrections: readonly ClockCorrection[],
): RecordBody {
  const correction = corrections.find(({ from, until }) => sequence >= from && sequence < until);
  if (correction === undefined) return body;
  switch (body.type) {
    case 'observation': {
      const { observation } = body;
      if (observation.clock !== 'unset') return body;
      const observedAt = correctedTime(observation.observedAt, correction);
      return { type: 'observation', observation: { ...observation, observedAt, clock: 'corrected' } };
    }
    case 'detection': {
      const { detection } = body;
      return { type: 'detection', detection: { ...detection, at: correctedTime(detection.at, correction) } };
    }
    case 'picture': {
      const { picture } = body;
      return {
        type: 'picture',
        picture: { ...picture, takenAt: correctedTime(picture.takenAt, correction) },
      };
    }
    default:
      return body;
  }
}
