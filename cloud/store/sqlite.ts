import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { type Incident, type IncidentState, incidentState } from '../../devices/model/incident.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { type GatewayReport, type LossNotice, lane, type Picture } from '../../devices/wire.ts';
import { openDatabase, openForReading } from './database.ts';
import { Names } from './names.ts';
import {
  handlingAfter,
  handlingOfMerged,
  placeOf,
  writeOfDetection,
  writeOfHandling,
  writeOfObservation,
  writesOfActivity,
  writesOfDrop,
  writesOfForward,
  writesOfIncident,
  writesOfRecord,
} from './rows.ts';
import type { Write } from './statements.ts';
import {
  type AcceptedRecord,
  type Account,
  type Activity,
  type AuditEntry,
  type Handling,
  type LaneMove,
  type LanePosition,
  NotInState,
  type Quarantined,
  type Role,
  type Store,
} from './store.ts';
import { Writer } from './writer.ts';

/** Refused inputs kept to look at; the oldest go. */
export const MAX_QUARANTINED = 2_000;
/** Bytes of one of them. */
export const MAX_QUARANTINED_BYTES = 2_048;

type Row = Record<string, unknown>;
type ObservationQuery = Parameters<Store['observations']>[0];

export interface SqliteStoreOptions {
  file: string;
  clock: Clock;
  /** Sites that an incident concerns, by the registry. */
  sitesOf(incident: Incident): readonly string[];
  /**
   * Whether what the correlator now says of a resolved incident is worth opening it again: the activity to
   * record then. Asked within the change itself, so that no kill comes between.
   * @param before detections that it held
   */
  reopening?(
    before: ReadonlySet<string>,
    after: Incident,
    detectionOf: Store['detection'],
  ): Activity | undefined;
  /** The disk or its file has failed for good: nothing can be stored until the process starts anew. */
  onBroken?(error: Error): void;
}

/**
 * The embedded store: one SQLite file, one thread that writes it, one connection here that reads it.
 * @throws Error when the file can't be opened or was written by a later version
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  // Schema first, in this thread, so that a wrong file is an error here and now.
  openDatabase(options.file).close();
  return new SqliteStore(options, new Writer(options.file, options.onBroken), openForReading(options.file));
}

class SqliteStore implements Store {
  readonly #options: SqliteStoreOptions;
  readonly #writer: Writer;
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #names: Names;
  /** The last change of incidents under way: what people do and what the correlator finds take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SqliteStoreOptions, writer: Writer, database: DatabaseSync) {
    this.#options = options;
    this.#writer = writer;
    this.#database = database;
    const names = this.#all('SELECT number, text FROM name');
    this.#names = new Names(
      names.map(({ number, text }) => ({ number: Number(number), text: String(text) })),
    );
  }

  // Records

  commit(records: readonly AcceptedRecord[], moves: readonly LaneMove[] = []): Promise<void> {
    const names = this.#names.use();
    const writes = records.flatMap((record) => writesOfRecord(record, names));
    const last = new Map<string, LanePosition & { after?: number }>();
    for (const position of [...records, ...moves])
      last.set(`${position.gateway}/${position.epoch}/${position.lane}`, position);
    for (const { gateway, epoch, lane: of, sequence, chain, after } of last.values()) {
      writes.push(['moveLane', gateway, epoch, of, sequence, chain, after ?? null]);
    }
    return this.#writer.write([...names.writes(), ...writes]).then(names.stored);
  }

  append(observations: readonly Observation[], detections: readonly Detection[]): Promise<void> {
    const names = this.#names.use();
    const writes = observations.map((one) => writeOfObservation(one, names));
    return this.#writer
      .write([...names.writes(), ...writes, ...detections.map(writeOfDetection)])
      .then(names.stored);
  }

  withdraw(ids: readonly string[]): Promise<void> {
    return this.#writer.write(ids.map((id): Write => ['withdrawDetection', id]));
  }

  positions(gateway: string): LanePosition[] {
    return this.#all('SELECT * FROM lane_position WHERE gateway = ?', gateway).map((row) => ({
      gateway,
      epoch: String(row.epoch),
      lane: lane.parse(row.lane),
      sequence: Number(row.sequence),
      chain: String(row.chain),
    }));
  }

  *detections({
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
  }: {
    from?: number;
    to?: number;
  }): Iterable<Detection> {
    // A statement of its own: it stays open while the caller takes its time.
    const rows = this.#database
      .prepare('SELECT json FROM detection WHERE at >= ? AND at <= ? ORDER BY at, id')
      .iterate(from, to);
    for (const { json } of rows) yield parsed<Detection>(json);
  }

  detection(id: string): Detection | undefined {
    return optional<Detection>(this.#one('SELECT json FROM detection WHERE id = ?', id));
  }

  observations({
    ids,
    kinds,
    asset,
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
    limit,
  }: ObservationQuery): Observation[] {
    const kindNumbers = kinds?.flatMap((kind) => this.#names.find(kind) ?? []);
    const assetNumber = asset === undefined ? undefined : (this.#names.find(asset) ?? 0);
    const conditions = ['kind IS NOT NULL', 'at >= ?', 'at <= ?'];
    const parameters: SQLInputValue[] = [from, to];
    if (kindNumbers !== undefined) {
      conditions.push(`kind IN (${kindNumbers.map(() => '?').join(', ')})`);
      parameters.push(...kindNumbers);
    }
    if (assetNumber !== undefined) {
      conditions.push('asset = ?');
      parameters.push(assetNumber);
    }
    const found = (more: readonly string[], values: readonly SQLInputValue[]) =>
      this.#all(
        `SELECT chain IS NULL AS own, at, number, json FROM record
         WHERE ${[...conditions, ...more].join(' AND ')} ORDER BY at DESC, number DESC LIMIT ?`,
        ...parameters,
        ...values,
        limit,
      );
    if (ids === undefined) return found([], []).map(observationOf);
    // One look each: a list of pairs would be a new statement for each length.
    const rows = [...new Set(ids)].flatMap((id) => {
      const { source, sequence } = placeOf(id);
      return found(['source = ?', 'sequence = ?'], [this.#names.find(source) ?? 0, sequence]);
    });
    const newestFirst = (a: Row, b: Row) =>
      Number(b.at) - Number(a.at) || Number(b.number) - Number(a.number);
    return rows.sort(newestFirst).slice(0, limit).map(observationOf);
  }

  picture(id: string): Picture | undefined {
    return optional<Picture>(this.#one('SELECT json FROM picture WHERE id = ?', id));
  }

  picturesOf(assets: readonly string[], from: number, to: number, limit: number): Omit<Picture, 'base64'>[] {
    return this.#all(
      `SELECT json_remove(json, '$.base64') AS json FROM picture
       WHERE asset IN (${assets.map(() => '?').join(', ')}) AND at >= ? AND at <= ? ORDER BY at LIMIT ?`,
      ...assets,
      from,
      to,
      limit,
    ).map(({ json }) => parsed<Omit<Picture, 'base64'>>(json));
  }

  losses(gateway?: string): (LossNotice & { gateway: string; epoch: string })[] {
    return this.#all('SELECT * FROM loss WHERE ?1 IS NULL OR gateway = ?1 ORDER BY id', gateway ?? null).map(
      (row) => ({
        ...parsed<LossNotice>(row.json),
        gateway: String(row.gateway),
        epoch: String(row.epoch),
      }),
    );
  }

  report(gateway: string): GatewayReport | undefined {
    return optional<GatewayReport>(this.#one('SELECT json FROM report WHERE gateway = ?', gateway));
  }

  // Incidents

  putIncidents(changed: readonly Incident[], gone: readonly { id: string; into?: string }[]): Promise<void> {
    return this.#inTurn(() => {
      const now = this.#options.clock.now();
      const joining = Map.groupBy(gone, ({ into }) => into);
      return this.#writer.write([
        ...changed.flatMap((incident) => writesOfIncident(incident, this.#options.sitesOf(incident), now)),
        ...gone.flatMap(({ id, into }) =>
          into === undefined ? writesOfDrop(id) : writesOfForward(id, into),
        ),
        ...changed.flatMap((incident) =>
          this.#rehandled(
            incident,
            (joining.get(incident.id) ?? []).map(({ id }) => id),
          ),
        ),
      ]);
    });
  }

  /** What a changed incident takes over from those that went into it, and whether it is open again. */
  #rehandled(after: Incident, joined: readonly string[]): Write[] {
    const [first, ...others] = [after.id, ...joined].flatMap((id) => this.#ownHandling(id) ?? []);
    if (first === undefined) return [];
    const handling = joined.length === 0 ? first : handlingOfMerged(after.id, [first, ...others]);
    const merged = joined.length === 0 ? [] : [writeOfHandling(handling)];
    if (handling.state !== 'resolved' || this.#options.reopening === undefined) return merged;
    const before = new Set([after.id, ...joined].flatMap((id) => this.#ownIncident(id)?.detections ?? []));
    const activity = this.#options.reopening(before, after, (id) => this.detection(id));
    if (activity === undefined) return merged;
    return [...merged, ...writesOfActivity(activity, handlingAfter(handling, activity))];
  }

  /** Reads and then writes incidents, with nobody else's change in between. */
  #inTurn<Value>(change: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  currentIncident(id: string): string {
    const forwarded = this.#one('SELECT target FROM incident_forward WHERE id = ?', id);
    return forwarded === undefined ? id : String(forwarded.target);
  }

  incident(id: string): Incident | undefined {
    return this.#ownIncident(this.currentIncident(id));
  }

  #ownIncident(id: string): Incident | undefined {
    return optional<Incident>(this.#one('SELECT json FROM incident WHERE id = ?', id));
  }

  incidents(query: Parameters<Store['incidents']>[0]): { incident: Incident; handling: Handling }[] {
    const { states, site, offset, limit } = query;
    const conditions = ['1'];
    const parameters: SQLInputValue[] = [];
    if (states !== undefined) {
      conditions.push(`h.state IN (${states.map(() => '?').join(', ')})`);
      parameters.push(...states);
    }
    if (site !== undefined) {
      conditions.push('i.id IN (SELECT incident FROM incident_site WHERE site = ?)');
      parameters.push(site);
    }
    return this.#all(
      `SELECT i.json, h.* FROM incident i JOIN handling h ON h.incident = i.id
       WHERE ${conditions.join(' AND ')} ORDER BY i.priority DESC, i.first DESC, i.id LIMIT ? OFFSET ?`,
      ...parameters,
      limit,
      offset,
    ).map((row) => ({ incident: parsed<Incident>(row.json), handling: handlingOf(row) }));
  }

  incidentCounts(site?: string): Record<IncidentState, number> {
    const counts = { open: 0, acknowledged: 0, contained: 0, resolved: 0, 'false-alarm': 0 };
    const rows = this.#all(
      `SELECT h.state, count(*) AS number FROM incident i JOIN handling h ON h.incident = i.id
       WHERE ?1 IS NULL OR i.id IN (SELECT incident FROM incident_site WHERE site = ?1) GROUP BY h.state`,
      site ?? null,
    );
    for (const { state, number } of rows) counts[incidentState.parse(state)] = Number(number);
    return counts;
  }

  handling(incident: string): Handling | undefined {
    return this.#ownHandling(this.currentIncident(incident));
  }

  #ownHandling(id: string): Handling | undefined {
    const row = this.#one('SELECT * FROM handling WHERE incident = ?', id);
    return row === undefined ? undefined : handlingOf(row);
  }

  act(activity: Activity, from?: readonly IncidentState[]): Promise<Handling> {
    return this.#inTurn(async () => {
      const incident = this.currentIncident(activity.incident);
      const before = this.handling(incident);
      if (before === undefined || this.incident(incident) === undefined)
        throw new RangeError(`there is no incident ${activity.incident}`);
      if (from !== undefined && !from.includes(before.state)) throw new NotInState(before.state);
      const after = handlingAfter(before, activity);
      await this.#writer.write(writesOfActivity({ ...activity, incident }, after));
      return after;
    });
  }

  activities(incident: string): Activity[] {
    const current = this.currentIncident(incident);
    return this.#all(
      `SELECT json FROM activity WHERE incident = ?1
       OR incident IN (SELECT id FROM incident_forward WHERE target = ?1) ORDER BY at, number`,
      current,
    ).map(({ json }) => parsed<Activity>(json));
  }

  // People, cursors, the wall

  account(name: string): Account | undefined {
    const row = this.#one('SELECT * FROM account WHERE name = ?', name);
    if (row === undefined) return undefined;
    return { name, passwordHash: String(row.password_hash), role: row.role as Role };
  }

  accounts(): Account[] {
    return this.#all('SELECT * FROM account ORDER BY name').map((row) => ({
      name: String(row.name),
      passwordHash: String(row.password_hash),
      role: row.role as Role,
    }));
  }

  putAccount({ name, passwordHash, role }: Account): Promise<void> {
    return this.#writer.write([['putAccount', name, passwordHash, role]]);
  }

  session(tokenHash: string): { account: string; expiresAt: number } | undefined {
    const row = this.#one('SELECT * FROM session WHERE token_hash = ?', tokenHash);
    return row === undefined
      ? undefined
      : { account: String(row.account), expiresAt: Number(row.expires_at) };
  }

  putSession(tokenHash: string, account: string, expiresAt: number): Promise<void> {
    return this.#writer.write([
      ['expireSessions', this.#options.clock.now()],
      ['putSession', tokenHash, account, expiresAt],
    ]);
  }

  endSession(tokenHash: string): Promise<void> {
    return this.#writer.write([['endSession', tokenHash]]);
  }

  audit(entry: AuditEntry): Promise<void> {
    return this.#writer.write([['addAudit', entry.at, entry.by, entry.from, entry.action, entry.about]]);
  }

  audited({ offset, limit }: { offset: number; limit: number }): AuditEntry[] {
    return this.#all('SELECT * FROM audit ORDER BY number DESC LIMIT ? OFFSET ?', limit, offset).map(
      (row) => ({
        at: Number(row.at),
        by: String(row.by),
        from: String(row.whence),
        action: String(row.action),
        about: String(row.about),
      }),
    );
  }

  cursor(source: string): string | undefined {
    const row = this.#one('SELECT value FROM cursor WHERE source = ?', source);
    return row === undefined ? undefined : String(row.value);
  }

  putCursor(source: string, value: string): Promise<void> {
    return this.#writer.write([['putCursor', source, value]]);
  }

  quarantine({ at, wall, peer, reason, raw }: Quarantined): void {
    const writes: Write[] = [
      ['addQuarantine', at, wall, peer, reason, raw.slice(0, MAX_QUARANTINED_BYTES)],
      ['trimQuarantine', MAX_QUARANTINED],
      ['count', 'quarantined', 1],
    ];
    // What can't even be quarantined is told by the store's own failure, which stops the ingest.
    this.#writer.write(writes).catch(() => {});
  }

  quarantined(limit: number): { total: number; newest: Quarantined[] } {
    const total = Number(this.#one("SELECT value FROM tally WHERE name = 'quarantined'")?.value ?? 0);
    const newest = this.#all('SELECT * FROM quarantine ORDER BY number DESC LIMIT ?', limit).map((row) => ({
      at: Number(row.at),
      wall: String(row.wall),
      peer: String(row.peer),
      reason: String(row.reason),
      raw: row.raw instanceof Uint8Array ? row.raw : new Uint8Array(),
    }));
    return { total, newest };
  }

  counts(): Record<string, number> {
    const count = (table: string) =>
      Number(this.#one(`SELECT count(*) AS number FROM ${table}`)?.number ?? 0);
    return {
      record: count('record WHERE chain IS NOT NULL'),
      observation: count('record WHERE kind IS NOT NULL'),
      detection: count('detection'),
      picture: count('picture'),
      incident: count('incident'),
      loss: count('loss'),
    };
  }

  async close(): Promise<void> {
    await this.#writer.close();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let found = this.#prepared.get(sql);
    if (found === undefined) {
      if (this.#prepared.size > 200) this.#prepared.clear();
      found = this.#database.prepare(sql);
      this.#prepared.set(sql, found);
    }
    return found;
  }

  #all(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...parameters);
  }

  #one(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters);
  }
}

/** A gateway's record holds its observation, the cloud's own is one. */
function observationOf({ own, json }: Row): Observation {
  if (own === 1) return parsed<Observation>(json);
  return parsed<{ body: { observation: Observation } }>(json).body.observation;
}

/** What this store wrote it trusts: it was checked at the wall. */
const parsed = <Value>(json: unknown): Value => JSON.parse(String(json)) as Value;
const optional = <Value>(row: Row | undefined): Value | undefined =>
  row === undefined ? undefined : parsed<Value>(row.json);

const handlingOf = (row: Row): Handling => ({
  incident: String(row.incident),
  state: incidentState.parse(row.state),
  openedAt: Number(row.opened_at),
  ...(row.assignee === null ? {} : { assignee: String(row.assignee) }),
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: Number(row.acknowledged_at) }),
});
