/** The sealing key sealed by the machine's TPM 2.0: it comes out on this very machine alone. By tpm2-tools, as processes. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { KeyKeeper } from './sealing.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;
/** What Linux calls the resource manager of a TPM 2.0. */
export const TPM_DEVICE = '/dev/tpmrm0';

const sealedObject = z.strictObject({ public: z.base64(), private: z.base64() });

/** @param tcti how to reach it, where it is not the machine's own: `swtpm:port=2321` */
export function tpm({ sealed, tcti }: { sealed: string; tcti?: string }): KeyKeeper {
  const env = { ...process.env, ...(tcti === undefined ? {} : { TPM2TOOLS_TCTI: tcti }) };
  return {
    kind: 'tpm',
    async key() {
      // Only memory ever holds the key in the clear.
      const folder = mkdtempSync(join('/dev/shm', 'gatehouse-'));
      const at = (name: string) => join(folder, name);
      const call = async (tool: string, ...args: string[]) => {
        try {
          await run(tool, args, { timeout: TIMEOUT_MS, env });
        } catch (error) {
          const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
          throw new Error(`TPM: ${tool}: ${said.trim().split('\n')[0]?.slice(0, 200) ?? 'failed'}`);
        }
      };
      try {
        // The primary follows from the TPM's own seed: the same each time, and of no use elsewhere.
        await call('tpm2_createprimary', '-Q', '-C', 'o', '-G', 'ecc', '-c', at('primary'));
        if (!existsSync(sealed)) {
          writeFileSync(at('key'), randomBytes(32), { mode: 0o600 });
          await call(
            'tpm2_create',
            '-Q',
            '-C',
            at('primary'),
            '-i',
            at('key'),
            '-u',
            at('public'),
            '-r',
            at('private'),
          );
          const parts = {
            public: readFileSync(at('public')).toString('base64'),
            private: readFileSync(at('private')).toString('base64'),
          };
          writeFileSync(sealed, JSON.stringify(parts), { mode: 0o600, flag: 'wx', flush: true });
        }
        const parts = sealedObject.parse(JSON.parse(readFileSync(sealed, 'utf8')));
        writeFileSync(at('public'), Buffer.from(parts.public, 'base64'));
        writeFileSync(at('private'), Buffer.from(parts.private, 'base64'));
        await call(
          'tpm2_load',
          '-Q',
          '-C',
          at('primary'),
          '-u',
          at('public'),
          '-r',
          at('private'),
          '-c',
          at('object'),
        );
        await call('tpm2_unseal', '-Q', '-c', at('object'), '-o', at('out'));
        return readFileSync(at('out'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    async wipe() {
      rmSync(sealed, { force: true });
    },
  };
}
