import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The gateway's own Ed25519 key, made once and kept in its state directory; it signs what must be proved. */
export function signingKeyIn(stateDirectory: string): KeyObject {
  const file = join(stateDirectory, 'signing-key.pem');
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const { privateKey } = generateKeyPairSync('ed25519');
  // Only the gateway may read it; an existing file is never written over.
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return privateKey;
}
