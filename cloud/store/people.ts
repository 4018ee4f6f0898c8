import type { Clock } from '../../devices/model/clock.ts';
import type { Reader } from './reader.ts';
import type { Write } from './statements.ts';
import type { Account, AuditEntry, Role } from './store.ts';
import type { Writer } from './writer.ts';

/** Accounts, sessions, and the trail of who did what. */
export class People {
  readonly #clock: Clock;
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(clock: Clock, reader: Reader, writer: Writer) {
    this.#clock = clock;
    this.#reader = reader;
    this.#writer = writer;
  }

  account(name: string): Account | undefined {
    const row = this.#reader.one('SELECT * FROM account WHERE name = ?', name);
    if (row === undefined) return undefined;
    return { name, passwordHash: String(row.password_hash), role: row.role as Role };
  }

  accounts(): Account[] {
    return this.#reader.all('SELECT * FROM account ORDER BY name').map((row) => ({
      name: String(row.name),
      passwordHash: String(row.password_hash),
      role: row.role as Role,
    }));
  }

  putAccount({ name, passwordHash, role }: Account): Promise<void> {
    return this.#writer.write([['putAccount', name, passwordHash, role]]);
  }

  session(tokenHash: string): { account: string; expiresAt: number } | undefined {
    const row = this.#reader.one('SELECT * FROM session WHERE token_hash = ?', tokenHash);
    return row === undefined
      ? undefined
      : { account: String(row.account), expiresAt: Number(row.expires_at) };
  }

  putSession(tokenHash: string, account: string, expiresAt: number): Promise<void> {
    return this.#writer.write([
      ['expireSessions', this.#clock.now()],
      ['putSession', tokenHash, account, expiresAt],
    ]);
  }

  endSession(tokenHash: string): Promise<void> {
    return this.#writer.write([['endSession', tokenHash]]);
  }

  audit(entry: AuditEntry): Promise<void> {
    return this.#writer.write([writeOfAudit(entry)]);
  }

  audited({ offset, limit }: { offset: number; limit: number }): AuditEntry[] {
    return this.#reader
      .all('SELECT * FROM audit ORDER BY number DESC LIMIT ? OFFSET ?', limit, offset)
      .map((row) => ({
        at: Number(row.at),
        by: String(row.by),
        from: String(row.whence),
        action: String(row.action),
        about: String(row.about),
      }));
  }
}

export const writeOfAudit = ({ at, by, from, action, about }: AuditEntry): Write => [
  'addAudit',
  at,
  by,
  from,
  action,
  about,
];
