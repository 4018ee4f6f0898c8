/** The sealing key as a file. Honest about what it is: whoever has the disk has both. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { KeyKeeper } from './sealing.ts';

export const KEY_FILE_WARNING =
  'secrets are sealed with a key that lies on the same disk: whoever steals the disk has them. A TPM or a PKCS#11 token protects them.';

export function keyFile(path: string): KeyKeeper {
  return {
    kind: 'key-file',
    async key() {
      if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
      // Somebody may have copied it about; no one else is to read it.
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
      const key = readFileSync(path);
      if (key.length !== 32) throw new Error(`${path} is damaged: what was sealed with it is lost`);
      return key;
    },
    async wipe() {
      if (!existsSync(path)) return;
      writeFileSync(path, randomBytes(32), { flush: true });
      rmSync(path);
    },
  };
}
