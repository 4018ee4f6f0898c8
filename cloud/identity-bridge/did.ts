/** Who a decentralised identifier is: did:key out of itself, did:web from its host. Ed25519 alone. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { base58, fromBase58 } from './base58.ts';

/** Multicodec of an Ed25519 public key, as a varint. */
const ED25519 = Uint8Array.of(0xed, 0x01);
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export const MAX_DID_LENGTH = 512;
/** A document of did:web, and how long it may take, and is good for (real time). */
const MAX_DOCUMENT_BYTES = 64 * 1024;
const FETCH_WITHIN_MS = 5_000;
const KEEP_MS = 10 * 60_000;
const MAX_KEPT = 1_000;

export const did = z
  .string()
  .max(MAX_DID_LENGTH)
  .regex(/^did:(key:z[1-9A-HJ-NP-Za-km-z]+|web:[A-Za-z0-9.%:_-]+)$/, 'expected did:key:… or did:web:…');

const keyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });

/** The 32 bytes of an Ed25519 public key. */
export const rawKey = (key: KeyObject): Uint8Array =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);

export const multibaseOf = (raw: Uint8Array): string => `z${base58(Buffer.concat([ED25519, raw]))}`;
export const didKeyOf = (raw: Uint8Array): string => `did:key:${multibaseOf(raw)}`;

/** The bytes of a key in multibase; undefined where it is no Ed25519 key. */
export function rawFromMultibase(text: string): Uint8Array | undefined {
  if (!text.startsWith('z')) return undefined;
  const bytes = fromBase58(text.slice(1));
  if (bytes?.length !== ED25519.length + 32 || bytes[0] !== ED25519[0] || bytes[1] !== ED25519[1])
    return undefined;
  return bytes.subarray(ED25519.length);
}

/** Where the document of a did:web lies; undefined where the name is none. `%3A` stands before a port. */
export function documentAddress(of: string): URL | undefined {
  const [host = '', ...path] = of.replace(/^did:web:/, '').split(':');
  const parts = path.map((part) => decodeURIComponent(part));
  if (parts.some((part) => !/^[\w.-]+$/.test(part) || part === '.' || part === '..')) return undefined;
  const place = parts.length === 0 ? '/.well-known/did.json' : `/${parts.join('/')}/did.json`;
  const address = `https://${host.replace(/%3A/i, ':')}${place}`;
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.username === '' && url.pathname === place ? url : undefined;
}

const didDocument = z.looseObject({
  id: z.string(),
  verificationMethod: z
    .array(
      z.looseObject({
        id: z.string(),
        controller: z.string(),
        publicKeyMultibase: z.string().optional(),
        publicKeyJwk: z
          .looseObject({ kty: z.string(), crv: z.string().optional(), x: z.string().optional() })
          .optional(),
      }),
    )
    .max(64),
  assertionMethod: z.array(z.unknown()).max(64).default([]),
  authentication: z.array(z.unknown()).max(64).default([]),
});

/** What a key is used for: to issue (`assertionMethod`), or to say who one is (`authentication`). */
export type Purpose = 'assertionMethod' | 'authentication';

/** Only bytes of this URL, or why not. Handed in, so that tests use a server of their own. */
export type Fetch = (url: URL, signal: AbortSignal) => Promise<Response>;

export const webFetch: Fetch = (url, signal) => fetch(url, { redirect: 'error', signal });

/** A bounded body as text. @throws Error */
export async function boundedText(from: Fetch, url: URL, maxBytes: number): Promise<string> {
  const response = await from(url, AbortSignal.timeout(FETCH_WITHIN_MS));
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`${url.host} sent more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export interface ResolverOptions {
  /** Hosts (with port, where it is not 443) that documents are fetched from; no others are ever asked. */
  hosts: readonly string[];
  fetch?: Fetch;
  /** A clock that only runs forward, real time. */
  nowMs?: () => number;
}

/** Finds the key behind `did#fragment`. */
export class Resolver {
  readonly #options: ResolverOptions;
  readonly #own = new Map<string, KeyObject>();
  readonly #kept = new Map<string, { document: z.output<typeof didDocument>; until: number }>();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** A key that needs no asking: the installation's own. */
  know(of: string, method: string, raw: Uint8Array): void {
    if (of.startsWith('did:web:')) this.#own.set(method, keyOf(raw));
  }

  /** @throws Error, fit for a person, where there is no such key */
  async key(method: string, purpose: Purpose): Promise<KeyObject> {
    const [of = '', fragment = ''] = method.split('#');
    if (!did.safeParse(of).success)
      throw new Error(`"${of.slice(0, 64)}" is no identifier of a kind known here`);
    if (of.startsWith('did:key:')) {
      const raw = rawFromMultibase(of.slice('did:key:'.length));
      if (raw === undefined || (fragment !== '' && fragment !== of.slice('did:key:'.length)))
        throw new Error(`${of.slice(0, 64)} names no Ed25519 key`);
      return keyOf(raw);
    }
    const own = this.#own.get(method);
    if (own !== undefined) return own;
    const document = await this.#document(of);
    const used = document[purpose].some((one) => one === method || one === `#${fragment}`);
    const found = document.verificationMethod.find(({ id }) => id === method || id === `#${fragment}`);
    if (found === undefined || !used) throw new Error(`${of} has no key "${fragment}" for this`);
    const { publicKeyMultibase, publicKeyJwk } = found;
    const raw =
      publicKeyMultibase !== undefined
        ? rawFromMultibase(publicKeyMultibase)
        : publicKeyJwk?.kty === 'OKP' && publicKeyJwk.crv === 'Ed25519'
          ? Buffer.from(publicKeyJwk.x ?? '', 'base64url')
          : undefined;
    if (raw?.length !== 32) throw new Error(`the key "${fragment}" of ${of} is no Ed25519 key`);
    return keyOf(raw);
  }

  async #document(of: string): Promise<z.output<typeof didDocument>> {
    const now = (this.#options.nowMs ?? (() => performance.now()))();
    const kept = this.#kept.get(of);
    if (kept !== undefined && kept.until > now) return kept.document;
    const url = documentAddress(of);
    if (url === undefined || !this.#options.hosts.includes(url.host))
      throw new Error(`${of.slice(0, 128)} is on no host that may be asked`);
    const text = await boundedText(this.#options.fetch ?? webFetch, url, MAX_DOCUMENT_BYTES);
    const document = didDocument.parse(JSON.parse(text));
    if (document.id !== of) throw new Error(`the document of ${of} is of "${document.id.slice(0, 128)}"`);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(of, { document, until: now + KEEP_MS });
    return document;
  }
}

/** The document that makes a key a did:web. */
export const documentOf = (of: string, raw: Uint8Array): object => ({
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: of,
  verificationMethod: [
    { id: `${of}#key-1`, type: 'Multikey', controller: of, publicKeyMultibase: multibaseOf(raw) },
  ],
  assertionMethod: [`${of}#key-1`],
  authentication: [`${of}#key-1`],
});
