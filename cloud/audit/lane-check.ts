/** Checks the hash chains of gateways' records, as far as an export holds them, against what the trail says. Pure. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { chainHasher } from '../../devices/framing/batch.ts';
import { GENESIS, uplinkRecord } from '../../devices/wire.ts';
import { digestOfRedacted, REDACTED } from '../store/personal.ts';
import { HOUSE } from '../store/store.ts';
import type { EntryBody } from './entry.ts';
import type { Finding } from './verdict.ts';

const chainOf = chainHasher((bytes) => hash('sha256', bytes, 'hex'));

/** Enough of a record to follow its lane. */
const followed = z.object({
  sequence: uplinkRecord.shape.sequence,
  after: uplinkRecord.shape.after,
  redacted: z.unknown().optional(),
});
const lossBody = z.object({
  body: z.object({ type: z.literal('loss'), loss: z.object({ resumes: z.string() }) }),
});

export interface LaneRecord {
  sequence: number;
  chain: string;
  json: string;
  line: number;
}

/** What the trail says of lanes. */
export class LaneBook {
  readonly #stops = new Map<string, Map<number, string>>();
  readonly #refused = new Set<string>();
  readonly #gaps = new Set<string>();
  /** Digests of redacted records as they were told last, by lane and sequence. */
  readonly #redacted = new Map<string, string>();

  note(body: EntryBody): void {
    if (body.type === 'lane') {
      const name = `${body.gateway}/${body.epoch}/${body.lane}`;
      const stops = this.#stops.get(name) ?? new Map<number, string>();
      stops.set(body.sequence, body.chain);
      this.#stops.set(name, stops);
    }
    if (body.type === 'acted' && body.action === REDACTED && body.by === HOUSE) {
      const [name = '', ...digests] = body.about.split(' ');
      for (const one of digests) {
        const [sequence = '', digest = ''] = one.split(':');
        this.#redacted.set(`${name}/${sequence}`, digest);
      }
    }
    // Refused records are named by gateway, epoch and sequence, gaps that nobody explained by gateway.
    if (body.type === 'quarantined' && body.wall === 'ingest')
      (body.peer.includes('/') ? this.#refused : this.#gaps).add(body.peer);
  }

  /** Whether the trail tells why records of a lane are not there. */
  explains(gateway: string, epoch: string, sequence: number): boolean {
    return this.#refused.has(`${gateway}/${epoch}/${sequence}`) || this.#gaps.has(gateway);
  }

  /** Whether the trail says that this record lost its content, and that this is what was left of it. */
  tellsRedaction(name: string, sequence: number, json: string): boolean {
    return this.#redacted.get(`${name}/${sequence}`) === digestOfRedacted(json);
  }

  stopsOf(name: string): ReadonlyMap<number, string> {
    return this.#stops.get(name) ?? new Map();
  }
}

/** Follows one lane, record by record. */
export class LaneCheck {
  readonly #name: string;
  readonly #gateway: string;
  readonly #epoch: string;
  readonly #book: LaneBook;
  #sequence = 0;
  #chain = GENESIS;
  /** Stops of the trail that a record answered to. */
  readonly #met = new Set<number>();
  #first = 0;

  constructor(lane: { gateway: string; epoch: string; lane: string }, book: LaneBook) {
    this.#name = `${lane.gateway}/${lane.epoch}/${lane.lane}`;
    this.#gateway = lane.gateway;
    this.#epoch = lane.epoch;
    this.#book = book;
  }

  take({ sequence, chain, json, line }: LaneRecord): Finding | undefined {
    const wrong = (what: Finding['what'], message: string): Finding => ({ what, line, message });
    const name = `record ${this.#name}/${sequence}`;
    const read = followed.safeParse(jsonOf(json));
    if (!read.success) return wrong('altered', `${name} was altered: it can't be read`);
    if (read.data.sequence !== sequence)
      return wrong('altered', `${name} was altered: its own number differs`);
    if (sequence <= this.#sequence) return wrong('reordered', `${name} stands behind ${this.#sequence}`);
    const loss = lossBody.safeParse(jsonOf(json));
    const before = loss.success
      ? loss.data.body.loss.resumes
      : read.data.after === this.#sequence
        ? this.#chain
        : undefined;
    const gapFrom = this.#sequence;
    this.#sequence = sequence;
    this.#chain = chain;
    if (before === undefined) {
      if (!this.#book.explains(this.#gateway, this.#epoch, read.data.after))
        return wrong(
          'missing',
          `record ${this.#name}/${read.data.after} is missing, behind ${gapFrom}, and nothing in the trail says why`,
        );
    } else if (read.data.redacted !== undefined) {
      // Its chain value stays, and what follows rests on it; what was left of it is vouched for by the trail.
      if (!this.#book.tellsRedaction(this.#name, sequence, json))
        return wrong('altered', `${name} was altered: it says that it was redacted, and the trail does not`);
    } else if (chainOf(before, Buffer.from(json)) !== chain)
      return wrong('altered', `${name} was altered: it does not follow from the one before`);
    const stop = this.#book.stopsOf(this.#name).get(sequence);
    if (stop !== undefined && stop !== chain)
      return wrong('altered', `a record of ${this.#name} from ${this.#first + 1} to ${sequence} was altered`);
    if (stop !== undefined) {
      this.#first = sequence;
      this.#met.add(sequence);
    }
    return undefined;
  }

  /** Records that the trail knows and the export lacks at its end. */
  end(): Finding | undefined {
    const last = Math.max(0, ...this.#book.stopsOf(this.#name).keys());
    if (last <= this.#sequence || this.#book.explains(this.#gateway, this.#epoch, last)) return undefined;
    return {
      what: 'missing',
      message: `records of ${this.#name} behind ${this.#sequence} are missing: the trail knows ${last}`,
    };
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
