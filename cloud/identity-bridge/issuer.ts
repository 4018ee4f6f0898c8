/** The installation as an issuer: its key, what it issued, what it revoked. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { instant } from '../../devices/model/identifiers.ts';
import { makeKey } from '../audit/note.ts';
import { CONTEXT, claimsOf, credentialType, Refused, type SigningKey, signed } from './credential.ts';
import { did } from './did.ts';
import { signingKeyFrom } from './signing-key.ts';
import { bitsWith, LIST_LENGTH, listCredential } from './status-list.ts';

/** Credentials that one installation may have issued: so many lists are served. */
export const MAX_ISSUED = 8 * LIST_LENGTH;
const DAY_MS = 24 * 3_600_000;
export const MAX_VALID_DAYS = 3_660;

export const issueWish = z.strictObject({
  type: credentialType,
  /** Who or what it is about. */
  subject: did,
  claims: z.record(z.string().max(64), z.unknown()),
  validDays: z.number().min(0.01).max(MAX_VALID_DAYS),
});
export type IssueWish = z.infer<typeof issueWish>;

const issued = z.strictObject({
  id: z.string(),
  index: z.number().int().min(0),
  type: credentialType,
  subject: z.string(),
  validUntil: instant,
  at: instant,
  by: z.string(),
});
const revoked = z.strictObject({ id: z.string(), at: instant, by: z.string(), reason: z.string() });
const line = z.union([z.strictObject({ issued }), z.strictObject({ revoked })]);
export type Issued = z.infer<typeof issued> & { revokedAt?: number; reason?: string };

export interface IssuerOptions {
  /** Folder in the state directory. */
  folder: string;
  /** did:web that the key is published under; did:key without it. */
  did?: string | undefined;
  /** Where others reach this cloud, without a slash at the end: status lists are addressed by it. */
  address: string;
}

export class Issuer {
  readonly signer: SigningKey;
  readonly raw: Uint8Array;
  readonly #options: IssuerOptions;
  readonly #file: string;
  readonly #issued = new Map<string, Issued>();
  readonly #lists = new Map<number, string>();
  readonly #indexes = new Set<number>();
  #next = 0;
  /** Length of the register as it was read. */
  #length = 0;

  /** @throws Error where key or register can't be read */
  constructor(options: IssuerOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const keyFile = join(options.folder, 'key.pem');
    this.#file = join(options.folder, 'issued.ndjson');
    if (!existsSync(keyFile)) {
      if (existsSync(this.#file))
        throw new Error(`${keyFile} is gone, and credentials were issued with it; put it back from a copy`);
      makeKey(keyFile);
    }
    ({ signer: this.signer, raw: this.raw } = signingKeyFrom(keyFile, options.did));
    this.#refresh();
  }

  /** @throws Refused where the claims do not fit the type; RangeError where no more can be issued */
  async issue(wish: IssueWish, by: string, now: number): Promise<{ id: string; jwt: string }> {
    const claims = claimsOf[wish.type].safeParse(wish.claims);
    if (!claims.success) {
      const [issue] = claims.error.issues;
      throw new Refused('malformed', `claims.${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    }
    this.#refresh();
    if (this.#next >= MAX_ISSUED) throw new RangeError(`${MAX_ISSUED} credentials were issued; no more`);
    const index = this.#next++;
    const id = `urn:uuid:${randomUUID()}`;
    const validUntil = Math.round(now + wish.validDays * DAY_MS);
    const list = this.listAddress(Math.floor(index / LIST_LENGTH));
    const document = {
      '@context': [CONTEXT],
      id,
      type: ['VerifiableCredential', wish.type],
      issuer: this.signer.did,
      validFrom: new Date(now).toISOString(),
      validUntil: new Date(validUntil).toISOString(),
      credentialSubject: { id: wish.subject, ...claims.data },
      credentialStatus: {
        id: `${list}#${index % LIST_LENGTH}`,
        type: 'BitstringStatusListEntry',
        statusPurpose: 'revocation',
        statusListIndex: String(index % LIST_LENGTH),
        statusListCredential: list,
      },
    };
    const jwt = await signed(document, 'vc', this.signer);
    const entry = { id, index, type: wish.type, subject: wish.subject, validUntil, at: now, by };
    if (this.#indexes.has(index))
      throw new Error(`${this.#file} was changed by another program at the same moment; try again`);
    // Known for good before anybody has it: what is not in the register could not be revoked.
    this.#append({ issued: entry });
    this.#indexes.add(index);
    this.#issued.set(id, entry);
    return { id, jwt };
  }

  /** On disk when it returns; again is no change. @throws RangeError where it was not issued here */
  revoke(id: string, reason: string, by: string, now: number): Issued {
    this.#refresh();
    const known = this.#issued.get(id);
    if (known === undefined) throw new RangeError(`"${id}" was not issued here`);
    if (known.revokedAt !== undefined) return known;
    this.#append({ revoked: { id, at: now, by, reason } });
    return this.#revoked(known, now, reason);
  }

  get counts(): { issued: number; revoked: number } {
    return { issued: this.#issued.size, revoked: this.#revokedIndexes.size };
  }

  /** Newest first. */
  list(limit: number): Issued[] {
    this.#refresh();
    return [...this.#issued.values()].slice(-limit).reverse();
  }

  listAddress(number: number): string {
    return `${this.#options.address}/api/identity/status/${number}`;
  }

  /** Whether a list is one of these, and the entry in it is set; undefined: it is somebody else's. */
  isRevoked(list: string, index: number): boolean | undefined {
    const prefix = this.listAddress(0).slice(0, -1);
    if (!list.startsWith(prefix) || !/^\d{1,3}$/.test(list.slice(prefix.length))) return undefined;
    this.#refresh();
    const whole = Number(list.slice(prefix.length)) * LIST_LENGTH + index;
    return this.#revokedIndexes.has(whole);
  }

  readonly #revokedIndexes = new Set<number>();

  /** A list as a signed credential; undefined where there is no such list. */
  async statusList(number: number, now: number): Promise<string | undefined> {
    this.#refresh();
    if (number < 0 || number > Math.floor(Math.max(0, this.#next - 1) / LIST_LENGTH)) return undefined;
    const kept = this.#lists.get(number);
    if (kept !== undefined) return kept;
    const from = number * LIST_LENGTH;
    const indexes = [...this.#revokedIndexes]
      .filter((index) => index >= from && index < from + LIST_LENGTH)
      .map((index) => index - from);
    const address = this.listAddress(number);
    const jwt = await signed(
      listCredential(address, this.signer.did, bitsWith(indexes), now),
      'vc',
      this.signer,
    );
    this.#lists.set(number, jwt);
    return jwt;
  }

  #revoked(known: Issued, at: number, reason: string): Issued {
    const now = { ...known, revokedAt: at, reason };
    this.#issued.set(known.id, now);
    this.#revokedIndexes.add(known.index);
    this.#lists.delete(Math.floor(known.index / LIST_LENGTH));
    return now;
  }

  /** What another program wrote since: the command-line tool beside a running cloud. */
  #refresh(): void {
    const length = this.#lengthNow();
    if (length === this.#length) return;
    this.#read(readFileSync(this.#file, 'utf8'));
    this.#length = length;
  }

  #lengthNow(): number {
    return existsSync(this.#file) ? statSync(this.#file).size : 0;
  }

  /** @throws Error where another program wrote since it was read: two credentials may not share one entry */
  #append(what: z.infer<typeof line>): void {
    if (this.#lengthNow() !== this.#length)
      throw new Error(`${this.#file} was changed by another program at the same moment; try again`);
    const handle = openSync(this.#file, 'a', 0o600);
    try {
      // Its own line even where a kill left half of one before it.
      writeSync(handle, `\n${JSON.stringify(what)}\n`);
      fsyncSync(handle);
      this.#length = this.#lengthNow();
    } finally {
      closeSync(handle);
    }
  }

  #read(text: string): void {
    const parts = text.split('\n').filter((one) => one !== '');
    for (const part of parts) {
      const read = line.safeParse(jsonOf(part));
      // Half a line of a killed process: nobody was given that credential.
      if (!read.success) continue;
      if ('issued' in read.data) {
        if (!this.#issued.has(read.data.issued.id)) this.#issued.set(read.data.issued.id, read.data.issued);
        this.#indexes.add(read.data.issued.index);
        this.#next = Math.max(this.#next, read.data.issued.index + 1);
      } else {
        const known = this.#issued.get(read.data.revoked.id);
        if (known?.revokedAt === undefined && known !== undefined)
          this.#revoked(known, read.data.revoked.at, read.data.revoked.reason);
      }
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
