import { hash } from 'node:crypto';
import type { Observation } from '../../devices/model/observation.ts';
import { lanes } from '../../devices/wire.ts';
import { writeOfAudit } from './people.ts';
import { parsed, type Reader } from './reader.ts';
import type { Write } from './statements.ts';
import { type AuditEntry, HOUSE } from './store.ts';
import type { Writer } from './writer.ts';

/** Records redacted in one call: what is told of them in the audit trail is one line for each lane. */
export const MAX_REDACTED_AT_ONCE = 80;
/** Digits (hexadecimal) that the trail keeps of each redacted record's SHA-256. */
const DIGEST_DIGITS = 32;

/** An observation with its row's number. */
export interface NumberedObservation {
  number: number;
  observation: Observation;
  /** Covered by its gateway's hash chain. */
  isChained: boolean;
}

/** What became of a record's content; `json` keeps its place in the chain. */
interface Redacted {
  number: number;
  lane: string | undefined;
  sequence: number;
  json: string;
}

/** What is asked of the store where personal data has had its time. */
export class Personal {
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Observations behind a number that were received before a moment, in their order. */
  observationsAfter(number: number, receivedBefore: number, limit: number): NumberedObservation[] {
    return this.#reader
      .all(
        `SELECT number, chain IS NULL AS own, json FROM record
         WHERE number > ? AND kind IS NOT NULL AND received_at < ? ORDER BY number LIMIT ?`,
        number,
        receivedBefore,
        limit,
      )
      .map((row) => ({
        number: Number(row.number),
        isChained: row.own !== 1,
        observation:
          row.own === 1
            ? parsed<Observation>(row.json)
            : parsed<{ body: { observation: Observation } }>(row.json).body.observation,
      }));
  }

  picturesBefore(at: number, limit: number): { id: string; asset: string; at: number }[] {
    return this.#reader
      .all('SELECT id, asset, at FROM picture WHERE at < ? ORDER BY at LIMIT ?', at, limit)
      .map((row) => ({ id: String(row.id), asset: String(row.asset), at: Number(row.at) }));
  }

  /**
   * Takes content out of records. A record of a gateway keeps its number, its place and its chain value, and says
   * that it was redacted; the audit trail says so as well, with the hash of what is left, so that nobody else's
   * change passes for one.
   */
  async redactObservations(
    changed: readonly { number: number; observation: Observation }[],
    at: number,
  ): Promise<void> {
    const redacted = changed.flatMap(({ number, observation }) => {
      const found = this.#recordOf(number);
      return found === undefined ? [] : [{ ...found, json: withContent(found, observation, at) }];
    });
    await this.#write(redacted, at, []);
  }

  /** Deletes pictures; the record that brought one keeps its place in the chain and loses the picture's bytes. */
  async dropPictures(ids: readonly string[], at: number): Promise<void> {
    const redacted = ids.flatMap((id) => {
      const end = id.lastIndexOf('/');
      const row = this.#reader.one(
        'SELECT number FROM record WHERE source = (SELECT number FROM name WHERE text = ?) AND sequence = ?',
        id.slice(0, end),
        Number(id.slice(end + 1)) || 0,
      );
      const found = row === undefined ? undefined : this.#recordOf(Number(row.number));
      return found === undefined ? [] : [{ ...found, json: withoutPicture(found.json, at) }];
    });
    await this.#write(
      redacted,
      at,
      ids.map((id): Write => ['dropPicture', id]),
    );
  }

  /** Addresses in the list of who did what; gives how many. What the tamper-evident trail holds stays there. */
  async dropAuditAddresses(before: number, limit: number): Promise<number> {
    const rows = this.#reader.all(
      `SELECT number FROM audit WHERE at < ? AND whence <> ''
         AND number NOT IN (SELECT CAST(key AS INTEGER) FROM change WHERE kind = 'audit') LIMIT ?`,
      before,
      limit,
    );
    await this.#writer.write(rows.map(({ number }): Write => ['dropAddress', Number(number)]));
    return rows.length;
  }

  #recordOf(number: number): Redacted | undefined {
    const row = this.#reader.one(
      `SELECT r.sequence, r.lane, r.chain, r.json, n.text AS source FROM record r JOIN name n ON n.number = r.source
       WHERE r.number = ?`,
      number,
    );
    if (row === undefined) return undefined;
    const lane = row.chain === null ? undefined : `${String(row.source)}/${lanes[Number(row.lane)] ?? ''}`;
    return { number, lane, sequence: Number(row.sequence), json: String(row.json) };
  }

  #write(redacted: readonly Redacted[], at: number, more: readonly Write[]): Promise<void> {
    const told = [...Map.groupBy(redacted, ({ lane }) => lane)].flatMap(([lane, records]): AuditEntry[] => {
      if (lane === undefined) return [];
      const digests = records.map(({ sequence, json }) => `${sequence}:${digestOfRedacted(json)}`);
      return [{ at, by: HOUSE, from: '', action: REDACTED, about: `${lane} ${digests.join(' ')}` }];
    });
    return this.#writer.write([
      ...redacted.flatMap(({ number, json }): Write[] => [
        ['redactRecord', json, number],
        ['forgetSought', String(number)],
        ['seekAgain', String(number)],
      ]),
      ...more,
      ...told.map(writeOfAudit),
    ]);
  }
}

/** How the audit trail calls it; `gatehouse verify` reads it. */
export const REDACTED = 'record.redacted';

export const digestOfRedacted = (json: string): string => hash('sha256', json, 'hex').slice(0, DIGEST_DIGITS);

interface Content {
  lane: string | undefined;
  json: string;
}

function withContent({ lane, json }: Content, observation: Observation, at: number): string {
  if (lane === undefined) return JSON.stringify(observation);
  const record = parsed<{ body: object; redacted?: { sha256?: unknown } }>(json);
  return JSON.stringify({
    ...record,
    body: { ...record.body, observation },
    redacted: markOf(record, json, at),
  });
}

function withoutPicture(json: string, at: number): string {
  const record = parsed<{ body: { picture?: object }; redacted?: { sha256?: unknown } }>(json);
  const picture = { ...record.body.picture, base64: '' };
  return JSON.stringify({ ...record, body: { ...record.body, picture }, redacted: markOf(record, json, at) });
}

/** The hash of what was there first stays, however often something is taken out. */
function markOf(record: { redacted?: { sha256?: unknown } }, json: string, at: number) {
  const first = record.redacted?.sha256;
  return { at, sha256: typeof first === 'string' ? first : hash('sha256', json, 'hex') };
}
