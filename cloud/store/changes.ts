import type { Incident } from '../../devices/model/incident.ts';
import { type LossNotice, lane, lanes } from '../../devices/wire.ts';
import { optional, parsed, type Reader, type Row } from './reader.ts';
import type {
  Activity,
  AuditEntry,
  ChainedRecord,
  Change,
  LanePosition,
  Quarantined,
  Role,
} from './store.ts';
import type { Writer } from './writer.ts';

/** What has changed and waits for the audit trail: rows that triggers of the schema write beside each change. */
export class Changes {
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  changes(limit: number, after = 0): Change[] {
    return this.#reader
      .all('SELECT number, kind, key FROM change WHERE number > ? ORDER BY number LIMIT ?', after, limit)
      .map((row) => this.#whole(Number(row.number), String(row.kind), String(row.key)));
  }

  lastChange(): number {
    return Number(this.#reader.one("SELECT seq FROM sqlite_sequence WHERE name = 'change'")?.seq ?? 0);
  }

  take(upTo: number): Promise<void> {
    return this.#writer.write([['takeChanges', upTo]]);
  }

  chained(
    { gateway, epoch, lane: of }: Pick<LanePosition, 'gateway' | 'epoch' | 'lane'>,
    after: number,
    limit: number,
  ): ChainedRecord[] {
    return this.#reader
      .all(
        `SELECT sequence, lower(hex(chain)) AS chain, json FROM record
         WHERE source = (SELECT number FROM name WHERE text = ?) AND sequence > ? AND lane = ?
           AND chain IS NOT NULL ORDER BY sequence LIMIT ?`,
        `${gateway}/${epoch}`,
        after,
        lanes.indexOf(of),
        limit,
      )
      .map((row) => ({
        sequence: Number(row.sequence),
        chain: String(row.chain),
        json: String(row.json),
      }));
  }

  #whole(number: number, kind: string, key: string): Change {
    const one = (sql: string, ...keys: string[]): Row | undefined => this.#reader.one(sql, ...keys);
    switch (kind) {
      case 'audit': {
        const row = one('SELECT * FROM audit WHERE number = ?', key);
        return { number, kind, entry: row === undefined ? undefined : auditEntryOf(row) };
      }
      case 'activity': {
        const row = one('SELECT json FROM activity WHERE number = ?', key);
        return { number, kind, activity: optional<Activity>(row) };
      }
      case 'quarantine': {
        const row = one('SELECT * FROM quarantine WHERE number = ?', key);
        return { number, kind, entry: row === undefined ? undefined : quarantinedOf(row) };
      }
      case 'loss': {
        const row = one('SELECT gateway, epoch, json FROM loss WHERE id = ?', key);
        const loss =
          row === undefined
            ? undefined
            : { ...parsed<LossNotice>(row.json), gateway: String(row.gateway), epoch: String(row.epoch) };
        return { number, kind, loss };
      }
      case 'incident': {
        const incident = optional<Incident>(one('SELECT json FROM incident WHERE id = ?', key));
        const target = one('SELECT target FROM incident_forward WHERE id = ?', key)?.target;
        return {
          number,
          kind,
          id: key,
          incident,
          into: incident !== undefined || target === undefined ? undefined : String(target),
        };
      }
      case 'lane': {
        const [gateway = '', epoch = '', of = ''] = key.split('/');
        const row = one(
          'SELECT sequence, chain FROM lane_position WHERE gateway = ? AND epoch = ? AND lane = ?',
          gateway,
          epoch,
          of,
        );
        const position =
          row === undefined
            ? undefined
            : {
                gateway,
                epoch,
                lane: lane.parse(of),
                sequence: Number(row.sequence),
                chain: String(row.chain),
              };
        return { number, kind, position };
      }
      case 'account': {
        const role = one('SELECT role FROM account WHERE name = ?', key)?.role;
        return { number, kind, name: key, role: role === undefined ? undefined : (String(role) as Role) };
      }
      default:
        throw new Error(`a change of an unknown kind "${kind}"`);
    }
  }
}

const auditEntryOf = (row: Row): AuditEntry => ({
  at: Number(row.at),
  by: String(row.by),
  from: String(row.whence),
  action: String(row.action),
  about: String(row.about),
});

const quarantinedOf = (row: Row): Quarantined => ({
  at: Number(row.at),
  wall: String(row.wall),
  peer: String(row.peer),
  reason: String(row.reason),
  raw: row.raw instanceof Uint8Array ? row.raw : new Uint8Array(),
});
