import { writeOfAudit } from './people.ts';
import { parsed, type Reader, type Row } from './reader.ts';
import type { Write } from './statements.ts';
import { type AuditEntry, DocumentChanged, type DocumentWrite, type StoredDocument } from './store.ts';
import type { Writer } from './writer.ts';

/** What SQLite says of a document that was not where it was expected. */
const NOT_AS_EXPECTED = 'NOT NULL constraint failed: document.json';

/** What the tools for people keep. */
export class Documents {
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  document(kind: string, id: string): StoredDocument | undefined {
    const row = this.#reader.one('SELECT * FROM document WHERE kind = ? AND id = ?', kind, id);
    return row === undefined ? undefined : documentOf(row);
  }

  documents(kind: string): StoredDocument[] {
    return this.#reader.all('SELECT * FROM document WHERE kind = ? ORDER BY id', kind).map(documentOf);
  }

  async put(writes: readonly DocumentWrite[], audit: AuditEntry | readonly AuditEntry[] = []): Promise<void> {
    const entries: readonly AuditEntry[] = 'action' in audit ? [audit] : audit;
    try {
      await this.#writer.write([...writes.map(writeOf), ...entries.map(writeOfAudit)]);
    } catch (error) {
      if (error instanceof Error && error.message.includes(NOT_AS_EXPECTED)) throw new DocumentChanged();
      throw error;
    }
  }
}

const writeOf = ({ kind, id, value, expected }: DocumentWrite): Write =>
  value === undefined
    ? ['dropDocument', kind, id]
    : ['putDocument', kind, id, JSON.stringify(value), expected ?? null];

const documentOf = (row: Row): StoredDocument => ({
  kind: String(row.kind),
  id: String(row.id),
  revision: Number(row.revision),
  value: parsed<unknown>(row.json),
});
