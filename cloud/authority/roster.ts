/**
 * Gateways that have joined: which certificates are theirs, what they said last, and which are cut off. A certificate
 * counts while it stands here: to revoke is to strike it off, and takes effect with the next look.
 */
import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { contactRequest } from '../../devices/enrolment.ts';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import type { Credentials, GatewayCredential } from '../ingest/credentials.ts';
import type { AuditEntry, DocumentWrite, Store } from '../store/store.ts';
import type { Authority } from './authority.ts';

export const GATEWAY_KIND = 'gateway';
/** Certificates of one gateway that count: the current, the one before, and one whose answer was lost on its way. */
const MAX_CERTIFICATES = 3;
/** Unchanged, a contact is written down this often: in between it is in memory alone. */
const WRITE_CONTACT_MS = 3_600_000;

/** What a gateway that was reset holds open is ended after this: its own last word is answered by then. */
const GOODBYE_MS = 1_000;

const certificateEntry = z.strictObject({
  serial: z.string().regex(/^[0-9A-F]{1,64}$/),
  notBefore: instant,
  notAfter: instant,
});

export const gatewayEntry = z.strictObject({
  id: identifier,
  site: identifier,
  state: z.enum(['enrolled', 'revoked', 'reset']),
  enrolledAt: instant,
  /** Who made the code. */
  enrolledBy: z.string().max(128),
  /** The newest first. */
  certificates: z.array(certificateEntry).max(MAX_CERTIFICATES),
  ended: z.strictObject({ at: instant, by: z.string().max(128), reason: z.string().max(300) }).optional(),
  contact: contactRequest.extend({ heardAt: instant }).optional(),
});
export type GatewayEntry = z.infer<typeof gatewayEntry>;

export interface Identified {
  entry: GatewayEntry;
  /** Its certificate has ended: it may ask for another, and nothing else. */
  isExpired: boolean;
}

export interface RosterParts {
  store: Pick<Store, 'documents' | 'putDocuments'>;
  authority: Pick<Authority, 'signed'>;
  /** Gateways of the configuration. */
  configured: readonly GatewayCredential[];
  /** Whether a gateway that has joined may go on with its password. */
  passwordsAfterEnrolment: boolean;
  /** Real time. */
  now(): number;
}

export class Roster {
  /** Every gateway there is, configured or joined; it grows while the cloud runs. */
  readonly gateways: GatewayCredential[];
  readonly #parts: RosterParts;
  readonly #entries = new Map<string, GatewayEntry>();
  readonly #bySerial = new Map<string, string>();
  readonly #writtenAt = new Map<string, number>();
  readonly #cuts: ((gateway: string) => void)[] = [];

  /** @throws ZodError where a kept gateway can't be read: who is cut off must not be guessed */
  constructor(parts: RosterParts) {
    this.#parts = parts;
    this.gateways = [...parts.configured];
    for (const { value } of parts.store.documents(GATEWAY_KIND)) this.#take(gatewayEntry.parse(value));
  }

  get(id: string): GatewayEntry | undefined {
    return this.#entries.get(id);
  }

  get entries(): GatewayEntry[] {
    return [...this.#entries.values()];
  }

  /** Called with each gateway that is cut off, at once: whoever holds a connection of it ends it. */
  onCut(cut: (gateway: string) => void): void {
    this.#cuts.push(cut);
  }

  isCutOff(id: string): boolean {
    const state = this.#entries.get(id)?.state;
    return state === 'revoked' || state === 'reset';
  }

  /** Whose certificate this is; undefined where it is nobody's, or struck off. The handshake has proved the key. */
  identify(certificate: X509Certificate | undefined): Identified | undefined {
    if (certificate === undefined) return undefined;
    const id = this.#bySerial.get(certificate.serialNumber);
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (entry === undefined || entry.state !== 'enrolled') return undefined;
    const held = entry.certificates.find(({ serial }) => serial === certificate.serialNumber);
    if (held === undefined || !this.#parts.authority.signed(certificate)) return undefined;
    return { entry, isExpired: held.notAfter <= this.#parts.now() };
  }

  /** For the ingest: a certificate that holds. */
  credentialOf(certificate: X509Certificate | undefined): GatewayCredential | undefined {
    const found = this.identify(certificate);
    return found === undefined || found.isExpired ? undefined : this.#credential(found.entry.id);
  }

  /** Passwords and names, without those that are cut off. */
  guard(credentials: Credentials): Credentials {
    const { gateways } = this;
    const mayUsePassword = (id: string) =>
      !this.isCutOff(id) && (this.#parts.passwordsAfterEnrolment || this.#entries.get(id) === undefined);
    return {
      authenticate: (id, token, address) => {
        const found = credentials.authenticate(id, token, address);
        return found !== undefined && mayUsePassword(id) ? found : undefined;
      },
      get: (id) => (this.isCutOff(id) ? undefined : this.#credential(id)),
      get all() {
        return gateways;
      },
    };
  }

  /** A certificate was made: it counts from here on, in one commit with what else is written. */
  async certified(
    entry: Omit<GatewayEntry, 'certificates'>,
    certificate: X509Certificate,
    audit: AuditEntry,
    also: readonly DocumentWrite[] = [],
  ): Promise<void> {
    const before = this.#entries.get(entry.id);
    const made = {
      serial: certificate.serialNumber,
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
    };
    // Who joins anew is another machine: what the one before had counts no more.
    const isSame = before?.state === 'enrolled' && before.enrolledAt === entry.enrolledAt;
    const older = isSame ? before.certificates : [];
    const next: GatewayEntry = {
      ...entry,
      certificates: [made, ...older].slice(0, MAX_CERTIFICATES),
    };
    await this.#put(next, audit, also);
    if (before !== undefined && !isSame) this.#cut(entry.id);
  }

  /** What a gateway says of itself. */
  async heard(id: string, contact: NonNullable<GatewayEntry['contact']>): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.state !== 'enrolled') return;
    const { heardAt: _heard, at: _at, ...said } = contact;
    const { heardAt: _before, at: _then, ...known } = entry.contact ?? { heardAt: 0, at: 0 };
    const next = { ...entry, contact };
    const isNews = JSON.stringify(said) !== JSON.stringify(known);
    const isOld = this.#parts.now() - (this.#writtenAt.get(id) ?? 0) > WRITE_CONTACT_MS;
    if (isNews || isOld) await this.#put(next);
    else this.#entries.set(id, next);
  }

  /**
   * Cuts a gateway off, also one that never joined: refused and cut in this very turn, then written down.
   * @throws what the store throws; it stays cut off in this life of the cloud all the same
   */
  async end(
    id: string,
    state: 'revoked' | 'reset',
    ended: NonNullable<GatewayEntry['ended']>,
    audit: AuditEntry,
  ): Promise<void> {
    const known = this.#entries.get(id);
    const site = this.gateways.find((one) => one.id === id)?.site;
    if (site === undefined) throw new RangeError(`there is no gateway "${id}"`);
    const next: GatewayEntry = {
      ...(known ?? { id, site, enrolledAt: ended.at, enrolledBy: '' }),
      state,
      certificates: [],
      ended,
    };
    this.#take(next);
    if (state === 'revoked') this.#cut(id);
    await this.#put(next, audit);
    // Who says farewell still hears that it was heard.
    if (state === 'reset') setTimeout(() => this.isCutOff(id) && this.#cut(id), GOODBYE_MS).unref();
  }

  #cut(id: string): void {
    for (const cut of this.#cuts) cut(id);
  }

  #credential(id: string): GatewayCredential | undefined {
    return this.gateways.find((one) => one.id === id);
  }

  async #put(entry: GatewayEntry, audit?: AuditEntry, also: readonly DocumentWrite[] = []): Promise<void> {
    const write = { kind: GATEWAY_KIND, id: entry.id, value: entry };
    const before = this.#entries.get(entry.id);
    await this.#parts.store.putDocuments([write, ...also], audit);
    // Cut off in the meantime: that word is the last, here as in the store.
    if (this.#entries.get(entry.id) !== before && this.isCutOff(entry.id)) return;
    this.#writtenAt.set(entry.id, this.#parts.now());
    this.#take(entry);
  }

  #take(entry: GatewayEntry): void {
    for (const { serial } of this.#entries.get(entry.id)?.certificates ?? []) this.#bySerial.delete(serial);
    this.#entries.set(entry.id, entry);
    for (const { serial } of entry.certificates) this.#bySerial.set(serial, entry.id);
    const at = this.gateways.findIndex(({ id }) => id === entry.id);
    const known = this.gateways[at];
    if (known === undefined) this.gateways.push({ id: entry.id, site: entry.site });
    else if (known.site !== entry.site) this.gateways[at] = { ...known, site: entry.site };
  }
}
