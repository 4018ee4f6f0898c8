/**
 * The sealing key wrapped by an RSA key inside a PKCS#11 token, which never gives its private half out. The token is
 * spoken to by OpenSC's pkcs11-tool as a process: no native module in the gateway. The PIN goes by the environment,
 * never by the command line, which every user of the machine can read.
 */
import { execFile } from 'node:child_process';
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyKeeper } from './sealing.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;
const LABEL = 'gatehouse-sealing';
const ID = '67617465';

export interface Pkcs11Options {
  /** Shared library of the token: /usr/lib/softhsm/libsofthsm2.so, /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so. */
  module: string;
  token: string;
  /** File with the PIN and nothing else. */
  pinFile: string;
  /** Where the wrapped key is kept. */
  wrapped: string;
  tool?: string;
}

export function pkcs11(options: Pkcs11Options): KeyKeeper {
  const { module, token, pinFile, wrapped, tool = 'pkcs11-tool' } = options;
  const call = async (...args: string[]): Promise<void> => {
    const pin = readFileSync(pinFile, 'utf8').trim();
    const login = ['--module', module, '--token-label', token, '--login', '--pin', 'env:GATEHOUSE_TOKEN_PIN'];
    try {
      const env = { ...process.env, GATEHOUSE_TOKEN_PIN: pin };
      await run(tool, [...login, ...args], { timeout: TIMEOUT_MS, env });
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw new Error(
        `PKCS#11 token "${token}": ${said.trim().split('\n').at(-1)?.slice(0, 200) ?? 'failed'}`,
      );
    }
  };
  /** Files of one call, in memory where the machine has /dev/shm. */
  const inFolder = async <Value>(work: (folder: string) => Promise<Value>): Promise<Value> => {
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : dirname(wrapped), 'gatehouse-'));
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return {
    kind: 'pkcs11',
    key: () =>
      inFolder(async (folder) => {
        const [input, output] = [join(folder, 'in'), join(folder, 'out')];
        if (!existsSync(wrapped)) {
          const spki = join(folder, 'public');
          const read = () => call('--read-object', '--type', 'pubkey', '--id', ID, '--output-file', spki);
          await read().catch(async () => {
            await call(
              '--keypairgen',
              '--key-type',
              'rsa:2048',
              '--label',
              LABEL,
              '--id',
              ID,
              '--usage-decrypt',
            );
            await read();
          });
          const publicKey = createPublicKey({ key: readFileSync(spki), format: 'der', type: 'spki' });
          const padding = constants.RSA_PKCS1_OAEP_PADDING;
          const box = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha1' }, randomBytes(32));
          writeFileSync(wrapped, box, { mode: 0o600, flag: 'wx', flush: true });
        }
        writeFileSync(input, readFileSync(wrapped), { mode: 0o600 });
        const oaep = ['--mechanism', 'RSA-PKCS-OAEP', '--hash-algorithm', 'SHA-1', '--mgf', 'MGF1-SHA1'];
        await call('--decrypt', '--id', ID, ...oaep, '--input-file', input, '--output-file', output);
        const key = readFileSync(output);
        if (key.length !== 32) throw new Error(`PKCS#11 token "${token}": ${wrapped} is not of this token`);
        return key;
      }),
    async wipe() {
      for (const type of ['privkey', 'pubkey'])
        await call('--delete-object', '--type', type, '--id', ID).catch(() => undefined);
      rmSync(wrapped, { force: true });
    },
  };
}
