import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import { type Account, type AuditEntry, DocumentChanged, type Store } from '../store/store.ts';
import { type AccountProfile, accountProfile, emptyProfile } from './account.ts';

const KIND = 'account';
/** Times that a change is tried again when somebody else was faster. */
const MAX_TRIES = 5;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An account with all that is known of it. */
export interface WholeAccount extends Account {
  profile: AccountProfile;
}

export interface AccountsParts {
  store: Pick<
    Store,
    'account' | 'accounts' | 'putAccount' | 'document' | 'documents' | 'putDocuments' | 'audit'
  >;
  clock: Clock;
  /** Role, scope or standing of an account has changed: its open streams must not go on as before. */
  onChanged(name: string): void;
}

/** The accounts of the desk. What it gives is read afresh each time; what it changes is on disk when it returns. */
export class Accounts {
  readonly #parts: AccountsParts;
  /** Parsed once for each revision. */
  readonly #parsed = new Map<string, { revision: number; profile: AccountProfile }>();

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  find(name: string): WholeAccount | undefined {
    const account = this.#parts.store.account(name);
    return account === undefined ? undefined : { ...account, profile: this.profile(name) };
  }

  all(): WholeAccount[] {
    return this.#parts.store
      .accounts()
      .map((account) => ({ ...account, profile: this.profile(account.name) }));
  }

  profile(name: string): AccountProfile {
    const stored = this.#parts.store.document(KIND, name);
    if (stored === undefined) return emptyProfile();
    const known = this.#parsed.get(name);
    if (known?.revision === stored.revision) return known.profile;
    const profile = accountProfile.parse(stored.value);
    this.#parsed.set(name, { revision: stored.revision, profile });
    return profile;
  }

  /**
   * Changes a profile by what it is at that moment; `change` gives undefined to leave it, and may be asked again.
   * @throws DocumentChanged when others kept being faster
   */
  async update(
    name: string,
    change: (profile: AccountProfile) => AccountProfile | undefined,
    audit: AuditEntry | readonly AuditEntry[] = [],
  ): Promise<AccountProfile | undefined> {
    const changed = await this.keep(name, change, audit);
    if (changed !== undefined) this.#parts.onChanged(name);
    return changed;
  }

  /** The same for what makes no difference to what the account may see and do. @throws DocumentChanged */
  async keep(
    name: string,
    change: (profile: AccountProfile) => AccountProfile | undefined,
    audit: AuditEntry | readonly AuditEntry[] = [],
  ): Promise<AccountProfile | undefined> {
    for (let tries = 1; ; tries++) {
      const expected = this.#parts.store.document(KIND, name)?.revision ?? 0;
      const next = change(this.profile(name));
      if (next === undefined) return undefined;
      const value = accountProfile.parse(next);
      try {
        await this.#parts.store.putDocuments([{ kind: KIND, id: name, value, expected }], audit);
        return value;
      } catch (error) {
        if (!(error instanceof DocumentChanged) || tries >= MAX_TRIES) throw error;
      }
    }
  }

  async noteSignIn(name: string, at: number): Promise<void> {
    await this.keep(name, (profile) => ({ ...profile, lastSignInAt: at }));
  }

  /** Role or password; the profile stays. */
  async put(account: Account, audit?: AuditEntry): Promise<void> {
    await this.#parts.store.putAccount(account);
    if (audit !== undefined) await this.#parts.store.audit(audit);
    this.#parts.onChanged(account.name);
  }

  /** Whose passkey this is. */
  byPasskey(id: string): WholeAccount | undefined {
    return this.all().find(({ profile }) => profile.passkeys.some((one) => one.id === id));
  }

  /** Whose one-time link this is, as long as it is good. */
  byInvitation(secret: string): WholeAccount | undefined {
    const wanted = sha256(secret);
    const now = this.#parts.clock.now();
    return this.all().find(({ profile: { invitation } }) => {
      return invitation !== undefined && invitation.sha256 === wanted && invitation.expiresAt > now;
    });
  }

  bySubject(provider: string, subject: string): WholeAccount | undefined {
    return this.all().find(
      ({ profile: { openIdConnect } }) =>
        openIdConnect?.provider === provider && openIdConnect.subject === subject,
    );
  }
}

/** The secret of a one-time link, 256 bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
