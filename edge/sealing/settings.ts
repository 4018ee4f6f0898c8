import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { KEY_FILE_WARNING, keyFile } from './key-file.ts';
import { pkcs11 } from './pkcs11.ts';
import type { KeyKeeper } from './sealing.ts';
import { TPM_DEVICE, tpm } from './tpm.ts';

const path = z.string().min(1).max(4_096);

/** Where the key lies that secrets are sealed with. `auto`: in the TPM where the machine has one, else in a file. */
export const sealingSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto') }),
  z.strictObject({ kind: z.literal('key-file') }),
  z.strictObject({ kind: z.literal('tpm'), tcti: z.string().max(200).optional() }),
  z.strictObject({
    kind: z.literal('pkcs11'),
    module: path,
    token: z.string().min(1).max(32),
    pinFile: path,
  }),
]);
export type SealingSettings = z.infer<typeof sealingSettings>;

/** @returns the keeper, and what a person should know of it */
export function keeperFor(
  settings: SealingSettings,
  folder: string,
  resolve: (path: string) => string,
): { keeper: KeyKeeper; warning?: string } {
  const kind = settings.kind === 'auto' ? (existsSync(TPM_DEVICE) ? 'tpm' : 'key-file') : settings.kind;
  if (settings.kind === 'pkcs11')
    return {
      keeper: pkcs11({
        module: resolve(settings.module),
        token: settings.token,
        pinFile: resolve(settings.pinFile),
        wrapped: join(folder, 'sealing-key.pkcs11'),
      }),
    };
  if (kind === 'tpm') {
    const tcti = settings.kind === 'tpm' ? settings.tcti : undefined;
    const sealed = join(folder, 'sealing-key.tpm');
    return { keeper: tpm(tcti === undefined ? { sealed } : { sealed, tcti }) };
  }
  return { keeper: keyFile(join(folder, 'sealing.key')), warning: KEY_FILE_WARNING };
}
