import type { SQLInputValue } from 'node:sqlite';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import {
  type GatewayReport,
  type LossNotice,
  lane,
  type Picture,
  type RecordBody,
} from '../../devices/wire.ts';
import { type ClockCorrection, correctionIn, MAX_CORRECTIONS } from './clock-correction.ts';
import { Names } from './names.ts';
import { optional, parsed, type Reader, type Row } from './reader.ts';
import {
  DETECTION_TYPE,
  NEXT_POSITION,
  placeOf,
  writeOfDetection,
  writeOfObservation,
  writesOfRecord,
} from './rows.ts';
import type { Write } from './statements.ts';
import type { AcceptedRecord, LaneMove, LanePosition, Store } from './store.ts';
import type { Writer } from './writer.ts';

type ObservationQuery = Parameters<Store['observations']>[0];

/** What was seen and judged: records of gateways and of the cloud's own sources, and what they carried. */
export class Records {
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #names: Names;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
    const names = reader.all('SELECT number, text FROM name');
    this.#names = new Names(
      names.map(({ number, text }) => ({ number: Number(number), text: String(text) })),
    );
  }

  commit(records: readonly AcceptedRecord[], moves: readonly LaneMove[] = []): Promise<void> {
    const names = this.#names.use();
    const writes = records.flatMap((record) => writesOfRecord(record, names));
    const last = new Map<string, LanePosition & { after?: number }>();
    for (const position of [...records, ...moves])
      last.set(`${position.gateway}/${position.epoch}/${position.lane}`, position);
    for (const { gateway, epoch, lane: of, sequence, chain, after } of last.values()) {
      writes.push(['moveLane', gateway, epoch, of, sequence, chain, after ?? null]);
    }
    return this.#writer.write([...names.writes(), NEXT_POSITION, ...writes]).then(names.stored);
  }

  append(observations: readonly Observation[], detections: readonly Detection[]): Promise<void> {
    const names = this.#names.use();
    const writes = observations.map((one) => writeOfObservation(one, names));
    return this.#writer
      .write([
        ...names.writes(),
        ...writes,
        ...(detections.length === 0 ? [] : [NEXT_POSITION, ...detections.map(writeOfDetection)]),
      ])
      .then(names.stored);
  }

  withdraw(ids: readonly string[]): Promise<void> {
    return this.#writer.write(ids.map((id): Write => ['withdrawDetection', id]));
  }

  positions(gateway: string): LanePosition[] {
    return this.#reader.all('SELECT * FROM lane_position WHERE gateway = ?', gateway).map((row) => ({
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
    const rows = this.#reader.each(
      'SELECT json FROM detection WHERE at >= ? AND at <= ? ORDER BY at, id',
      from,
      to,
    );
    for (const { json } of rows) yield parsed<Detection>(json);
  }

  /** Names of those from a time on, in order of time, then id: an index alone is read. */
  *found(from: number): Iterable<{ id: string; at: number; rule: string }> {
    const rows = this.#reader.each(
      'SELECT id, at, rule FROM detection WHERE at >= ? ORDER BY at, rule, id',
      from,
    );
    for (const { id, at, rule } of rows) yield { id: String(id), at: Number(at), rule: String(rule) };
  }

  position(): number {
    return Number(this.#reader.one('SELECT number FROM position')?.number ?? 0);
  }

  /** Names of detections and incidents that were put since. */
  changedSince(position: number): { detections: string[]; incidents: string[] } {
    const of = (table: 'detection' | 'incident') =>
      this.#reader.all(`SELECT id FROM ${table} WHERE changed > ?`, position).map(({ id }) => String(id));
    return { detections: of('detection'), incidents: of('incident') };
  }

  detection(id: string): Detection | undefined {
    return optional<Detection>(this.#reader.one('SELECT json FROM detection WHERE id = ?', id));
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
      this.#reader.all(
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
    return optional<Picture>(this.#reader.one('SELECT json FROM picture WHERE id = ?', id));
  }

  picturesOf(assets: readonly string[], from: number, to: number, limit: number): Omit<Picture, 'base64'>[] {
    return this.#reader
      .all(
        `SELECT json_remove(json, '$.base64') AS json FROM picture
       WHERE asset IN (${assets.map(() => '?').join(', ')}) AND at >= ? AND at <= ? ORDER BY at LIMIT ?`,
        ...assets,
        from,
        to,
        limit,
      )
      .map(({ json }) => parsed<Omit<Picture, 'base64'>>(json));
  }

  clockCorrections(gateway: string, epoch: string): ClockCorrection[] {
    const kind = this.#names.find('clock.set');
    const source = this.#names.find(`${gateway}/${epoch}`);
    if (kind === undefined || source === undefined) return [];
    return this.#reader
      .all(
        `SELECT sequence, json FROM record
         WHERE kind = ? AND source = ? AND chain IS NOT NULL ORDER BY sequence DESC LIMIT ?`,
        kind,
        source,
        MAX_CORRECTIONS,
      )
      .flatMap(({ sequence, json }) => {
        const { body } = parsed<{ body: RecordBody }>(json);
        return correctionIn({ gateway, epoch, sequence: Number(sequence), body }) ?? [];
      });
  }

  detectionsOf({
    gateway,
    epoch,
    from,
    until,
  }: Omit<ClockCorrection, 'correctionMs' | 'setAt'>): Detection[] {
    return this.#reader
      .all(
        `SELECT DISTINCT detection.json FROM record
         JOIN detection ON detection.id = json_extract(record.json, '$.body.detection.id')
         WHERE source = ? AND sequence >= ? AND sequence < ? AND type = ?`,
        this.#names.find(`${gateway}/${epoch}`) ?? 0,
        from,
        until,
        DETECTION_TYPE,
      )
      .map(({ json }) => parsed<Detection>(json));
  }

  losses(gateway?: string): (LossNotice & { gateway: string; epoch: string })[] {
    return this.#reader
      .all('SELECT * FROM loss WHERE ?1 IS NULL OR gateway = ?1 ORDER BY id', gateway ?? null)
      .map((row) => ({
        ...parsed<LossNotice>(row.json),
        gateway: String(row.gateway),
        epoch: String(row.epoch),
      }));
  }

  report(gateway: string): GatewayReport | undefined {
    return optional<GatewayReport>(this.#reader.one('SELECT json FROM report WHERE gateway = ?', gateway));
  }

  counts(): Record<string, number> {
    const count = (table: string) =>
      Number(this.#reader.one(`SELECT count(*) AS number FROM ${table}`)?.number ?? 0);
    return {
      record: count('record WHERE chain IS NOT NULL'),
      observation: count('record WHERE kind IS NOT NULL'),
      detection: count('detection'),
      picture: count('picture'),
      incident: count('incident'),
      loss: count('loss'),
    };
  }
}

/** A gateway's record holds its observation, the cloud's own is one. */
function observationOf({ own, at, json }: Row): Observation {
  if (own === 1) return parsed<Observation>(json);
  const { observation } = parsed<{ body: { observation: Observation } }>(json).body;
  // The bytes are as they came; the row knows the time better.
  return observation.clock === 'unset' && observation.observedAt !== at
    ? { ...observation, observedAt: Number(at), clock: 'corrected' }
    : observation;
}
