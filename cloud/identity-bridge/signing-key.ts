import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SigningKey } from './credential.ts';
import { didKeyOf, rawKey } from './did.ts';

/**
 * A key in a file (PEM, PKCS #8, Ed25519) as somebody's: under a did:web's `#key-1`, or by itself as a did:key.
 * @throws Error, fit for a person, where the file holds no such key
 */
export function signingKeyFrom(file: string, did?: string): { signer: SigningKey; raw: Uint8Array } {
  const text = readFileSync(file, 'utf8');
  let key: SigningKey['key'];
  try {
    key = createPrivateKey(text);
  } catch {
    throw new Error(`${file} holds no private key in PEM`);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key`);
  const raw = rawKey(key);
  const own = did ?? didKeyOf(raw);
  const fragment = own.startsWith('did:key:') ? own.slice('did:key:'.length) : 'key-1';
  return { signer: { did: own, method: `${own}#${fragment}`, key }, raw };
}
