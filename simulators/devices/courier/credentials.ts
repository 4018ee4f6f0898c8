/**
 * Keys and credentials as the world outside makes them: did:key with Ed25519, and credentials and presentations as
 * signed tokens (W3C Verifiable Credentials 2.0, VC-JOSE-COSE). Written apart from the product, so that the two must
 * agree on the standard and on nothing else.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** PKCS #8 and SubjectPublicKeyInfo of Ed25519 (RFC 8410), up to the 32 bytes of the key. */
const PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_LENGTH = 12;
/** Multicodec of an Ed25519 public key. */
const ED25519 = Buffer.from('ed01', 'hex');

function base58(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = (ALPHABET[Number(number % 58n)] ?? '') + text;
  return text;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Somebody with a key: a wholesaler, a carrier, a courier's handheld. */
export class Party {
  readonly did: string;
  readonly #key: KeyObject;

  /** @param from the same words give the same key, so that a configuration can name it: only a simulation does that */
  constructor(from: string) {
    const seed = createHash('sha256').update(from).digest();
    this.#key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: 'der', type: 'pkcs8' });
    const raw = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_LENGTH);
    this.did = `did:key:z${base58(Buffer.concat([ED25519, raw]))}`;
  }

  /** A credential about somebody, good for a day from `at` (ms). */
  issue(type: string, subject: Party, claims: object, at: number): string {
    const day = 86_400_000;
    return this.#signed('vc', {
      '@context': [CONTEXT],
      type: ['VerifiableCredential', type],
      issuer: this.did,
      validFrom: new Date(at - day / 24).toISOString(),
      validUntil: new Date(at + day).toISOString(),
      credentialSubject: { id: subject.did, ...claims },
    });
  }

  /** Credentials, bound to the one who asked and to this moment. */
  present(credentials: readonly string[], { nonce, audience }: { nonce: string; audience: string }): string {
    return this.#signed('vp', {
      '@context': [CONTEXT],
      type: ['VerifiablePresentation'],
      holder: this.did,
      verifiableCredential: credentials.map((jwt) => ({
        '@context': CONTEXT,
        id: `data:application/vc+jwt,${jwt}`,
        type: 'EnvelopedVerifiableCredential',
      })),
      nonce,
      aud: audience,
    });
  }

  #signed(kind: 'vc' | 'vp', payload: object): string {
    const kid = `${this.did}#${this.did.slice('did:key:'.length)}`;
    const text = `${encoded({ alg: 'EdDSA', typ: `${kind}+jwt`, cty: kind, kid })}.${encoded(payload)}`;
    return `${text}.${sign(null, Buffer.from(text), this.#key).toString('base64url')}`;
  }
}
