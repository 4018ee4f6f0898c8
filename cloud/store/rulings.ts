import type { Detection } from '../../devices/model/detection.ts';
import { writeOfAudit } from './people.ts';
import { parsed, type Reader } from './reader.ts';
import type { Write } from './statements.ts';
import type { Activity, AuditEntry, MonitorSwitch, Ruling, Suppression } from './store.ts';
import type { Writer } from './writer.ts';

/** What people decide about what is found: which belongs together, what is kept back, which monitor looks. */
export class Rulings {
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  rulings(): Ruling[] {
    return readRulings(this.#reader);
  }

  suppressions(): Suppression[] {
    return readSuppressions(this.#reader);
  }

  switches(): MonitorSwitch[] {
    return readSwitches(this.#reader);
  }

  putRuling(ruling: Ruling, audit?: AuditEntry, activities: readonly Activity[] = []): Promise<void> {
    return this.#writer.write([
      ['putRuling', ruling.id, JSON.stringify(ruling)],
      ...(audit === undefined ? [] : [writeOfAudit(audit)]),
      ...activities.map((one): Write => ['addActivity', one.incident, one.at, JSON.stringify(one)]),
    ]);
  }

  putSuppression(suppression: Suppression, audit: AuditEntry): Promise<void> {
    return this.#writer.write([
      ['putSuppression', suppression.id, JSON.stringify(suppression)],
      writeOfAudit(audit),
    ]);
  }

  putSwitch({ monitor, enabled, at, by }: MonitorSwitch, audit: AuditEntry): Promise<void> {
    return this.#writer.write([['putSwitch', monitor, Number(enabled), at, by], writeOfAudit(audit)]);
  }

  foundSince(from: number): { rule: string; count: number; last: number }[] {
    return this.#reader
      .all('SELECT rule, count(*) AS count, max(at) AS last FROM detection WHERE at >= ? GROUP BY rule', from)
      .map(({ rule, count, last }) => ({ rule: String(rule), count: Number(count), last: Number(last) }));
  }

  newestOf(rules: readonly string[], from: number, limit: number): Detection[] {
    return this.#reader
      .all(
        `SELECT json FROM detection WHERE at >= ? AND rule IN (SELECT value FROM json_each(?))
         ORDER BY at DESC LIMIT ?`,
        from,
        JSON.stringify(rules),
        limit,
      )
      .map(({ json }) => parsed<Detection>(json));
  }
}

export const readRulings = (reader: Reader): Ruling[] =>
  reader.all('SELECT json FROM ruling ORDER BY number').map(({ json }) => parsed<Ruling>(json));

export const readSuppressions = (reader: Reader): Suppression[] =>
  reader.all('SELECT json FROM suppression ORDER BY number').map(({ json }) => parsed<Suppression>(json));

export const readSwitches = (reader: Reader): MonitorSwitch[] =>
  reader.all('SELECT * FROM switch').map(({ monitor, enabled, at, by }) => ({
    monitor: String(monitor),
    enabled: enabled === 1,
    at: Number(at),
    by: String(by),
  }));
