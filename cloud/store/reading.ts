import { existsSync } from 'node:fs';
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { optional, parsed, Reader } from './reader.ts';
import { readRulings, readSuppressions, readSwitches } from './rulings.ts';
import type { MonitorSwitch, Ruling, Suppression } from './store.ts';

/** A store's detections and incidents for somebody who only reads, while a cloud may be writing. */
export interface StoreReading {
  /** In order of time, then id; both ends are within. */
  detections(range: { from?: number; to?: number }): Iterable<Detection>;
  detection(id: string): Detection | undefined;
  incident(id: string): Incident | undefined;
  /** Those whose last detection is no older, and whose first is older where that is said. */
  incidentsSince(lastFrom: number, firstBefore?: number): Iterable<Incident>;
  /** Those whose last detection is no older; ordered by id. */
  incidents(query: { lastFrom?: number; offset: number; limit: number }): { incident: Incident }[];
  /** What people decided; nothing where the store is of a time before they could. */
  rulings(): Ruling[];
  suppressions(): Suppression[];
  switches(): MonitorSwitch[];
  /** The value of a document; undefined where there is none, or the store is of a time before there were any. */
  document(kind: string, id: string): { value: unknown } | undefined;
  close(): void;
}

/** @throws Error when there is no such file, or it can't be opened */
export function readStore(file: string): StoreReading {
  if (!existsSync(file)) throw new Error(`${file}: there is no such store`);
  const reader = new Reader(file);
  const hasRulings =
    reader.one("SELECT 1 AS there FROM sqlite_master WHERE type = 'table' AND name = 'ruling'") !== undefined;
  const hasDocuments =
    reader.one("SELECT 1 AS there FROM sqlite_master WHERE type = 'table' AND name = 'document'") !==
    undefined;
  return {
    *detections({ from = 0, to = Number.MAX_SAFE_INTEGER }) {
      const rows = reader.each(
        'SELECT json FROM detection WHERE at >= ? AND at <= ? ORDER BY at, id',
        from,
        to,
      );
      for (const { json } of rows) yield parsed<Detection>(json);
    },
    detection: (id) => optional<Detection>(reader.one('SELECT json FROM detection WHERE id = ?', id)),
    incident: (id) => optional<Incident>(reader.one('SELECT json FROM incident WHERE id = ?', id)),
    *incidentsSince(lastFrom, firstBefore = Number.MAX_SAFE_INTEGER) {
      const sql = 'SELECT json FROM incident WHERE last >= ? AND first < ?';
      for (const { json } of reader.each(sql, lastFrom, firstBefore)) yield parsed<Incident>(json);
    },
    incidents: ({ lastFrom = 0, offset, limit }) =>
      reader
        .all(
          'SELECT json FROM incident WHERE last >= ? ORDER BY id LIMIT ? OFFSET ?',
          lastFrom,
          limit,
          offset,
        )
        .map(({ json }) => ({ incident: parsed<Incident>(json) })),
    rulings: () => (hasRulings ? readRulings(reader) : []),
    suppressions: () => (hasRulings ? readSuppressions(reader) : []),
    switches: () => (hasRulings ? readSwitches(reader) : []),
    document: (kind, id) => {
      const row = hasDocuments
        ? reader.one('SELECT json FROM document WHERE kind = ? AND id = ?', kind, id)
        : undefined;
      return row === undefined ? undefined : { value: parsed<unknown>(row.json) };
    },
    close: () => reader.close(),
  };
}
