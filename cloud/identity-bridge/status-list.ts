/** Which credentials were revoked: Bitstring Status List v1.0. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { CONTEXT, opened, Refused } from './credential.ts';
import { boundedText, did, type Fetch, type Resolver, webFetch } from './did.ts';

/** Entries of one list: the least that the standard allows, so that a list tells little of who is asked about. */
export const LIST_LENGTH = 131_072;
const MAX_LIST_BYTES = 1024 * 1024;
const MAX_CREDENTIAL_BYTES = 512 * 1024;
/** A list that was fetched is good for so long, real time. */
const KEEP_MS = 60_000;
const MAX_KEPT = 256;

/** Index 0 is the left-most bit of the first byte. */
export const isSet = (bits: Uint8Array, index: number): boolean =>
  ((bits[Math.floor(index / 8)] ?? 0) & (0x80 >> (index % 8))) !== 0;

export function bitsWith(indexes: Iterable<number>): Uint8Array {
  const bits = new Uint8Array(LIST_LENGTH / 8);
  for (const index of indexes) {
    const byte = Math.floor(index / 8);
    bits[byte] = (bits[byte] ?? 0) | (0x80 >> (index % 8));
  }
  return bits;
}

/** GZIP, base64url without padding, behind multibase's `u`. */
export const encodedList = (bits: Uint8Array): string => `u${gzipSync(bits).toString('base64url')}`;

/** @throws Error where it is none, or larger than it may be */
export function decodedList(text: string): Uint8Array {
  if (!text.startsWith('u')) throw new Error('the list is not in base64url');
  const bits = gunzipSync(Buffer.from(text.slice(1), 'base64url'), { maxOutputLength: MAX_LIST_BYTES });
  if (bits.length * 8 < LIST_LENGTH) throw new Error('the list is shorter than the standard allows');
  return bits;
}

export const listCredential = (address: string, issuer: string, bits: Uint8Array, at: number): object => ({
  '@context': [CONTEXT],
  id: address,
  type: ['VerifiableCredential', 'BitstringStatusListCredential'],
  issuer,
  validFrom: new Date(at).toISOString(),
  credentialSubject: {
    id: `${address}#list`,
    type: 'BitstringStatusList',
    statusPurpose: 'revocation',
    encodedList: encodedList(bits),
  },
});

const listDocument = z.looseObject({
  type: z.array(z.string()).refine((all) => all.includes('BitstringStatusListCredential')),
  issuer: z.union([did, z.looseObject({ id: did })]),
  validUntil: z.iso.datetime({ offset: true }).optional(),
  credentialSubject: z.looseObject({
    type: z.literal('BitstringStatusList'),
    statusPurpose: z.literal('revocation'),
    encodedList: z.string().max(MAX_CREDENTIAL_BYTES),
  }),
});

export interface StatusOptions {
  resolver: Resolver;
  hosts: readonly string[];
  fetch?: Fetch;
  nowMs?: () => number;
}

/** Asks the lists of other issuers. What can't be asked is not known, and so not believed. */
export class StatusLists {
  readonly #options: StatusOptions;
  readonly #kept = new Map<string, { bits: Uint8Array; issuer: string; until: number }>();

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  /** @throws Refused where the list can't be had, or is another's */
  async isRevoked(list: string, index: number, issuer: string, now: number): Promise<boolean> {
    try {
      const found = await this.#list(list, now);
      if (found.issuer !== issuer) throw new Error(`the list is of ${found.issuer}`);
      if (index >= found.bits.length * 8) throw new Error('the list ends before the entry');
      return isSet(found.bits, index);
    } catch (error) {
      throw new Refused('status-unknown', error instanceof Error ? error.message : String(error));
    }
  }

  async #list(address: string, now: number) {
    const nowMs = (this.#options.nowMs ?? (() => performance.now()))();
    const kept = this.#kept.get(address);
    if (kept !== undefined && kept.until > nowMs) return kept;
    const url = new URL(address);
    if (url.protocol !== 'https:' || !this.#options.hosts.includes(url.host))
      throw new Error(`${url.host} may not be asked for a list`);
    const jwt = await boundedText(this.#options.fetch ?? webFetch, url, MAX_CREDENTIAL_BYTES);
    const { signer, payload } = await opened(jwt.trim(), 'vc', this.#options.resolver, MAX_CREDENTIAL_BYTES);
    const { issuer: by, validUntil, credentialSubject } = listDocument.parse(payload);
    const issuer = typeof by === 'string' ? by : by.id;
    if (issuer !== signer) throw new Error(`the list is signed by ${signer} in the name of ${issuer}`);
    if (validUntil !== undefined && Date.parse(validUntil) < now) throw new Error('the list is out of date');
    const found = { bits: decodedList(credentialSubject.encodedList), issuer, until: nowMs + KEEP_MS };
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(address, found);
    return found;
  }
}
