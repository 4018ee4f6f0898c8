import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyFile } from './key-file.ts';
import { pkcs11 } from './pkcs11.ts';
import { isSealed, Sealer } from './sealing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-sealing-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('what was sealed opens under its own name alone, and no altered bit of it', async () => {
  const sealer = await Sealer.open(keyFile(join(folder, 'key')));
  expect(statSync(join(folder, 'key')).mode & 0o077).toBe(0);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (secret, at, by) => {
        const sealed = sealer.seal('one', secret);
        expect(isSealed(sealed)).toBe(true);
        expect(Uint8Array.from(sealer.unseal('one', sealed))).toEqual(secret);
        expect(() => sealer.unseal('two', sealed)).toThrow();
        const place = at % sealed.length;
        sealed[place] = (sealed[place] ?? 0) ^ by;
        expect(() => sealer.unseal('one', sealed)).toThrow();
      },
    ),
  );
  const elsewhere = await Sealer.open(keyFile(join(folder, 'another')));
  expect(() => elsewhere.unseal('one', sealer.seal('one', Buffer.from('x')))).toThrow('another machine');
});

const module = '/usr/lib/softhsm/libsofthsm2.so';
const hasToken = existsSync(module) && existsSync('/usr/bin/pkcs11-tool');

test.skipIf(!hasToken)(
  'a token gives the key back, another does not, and a wiped one never again',
  async () => {
    const tokens = join(folder, 'tokens');
    mkdirSync(tokens);
    writeFileSync(
      join(folder, 'softhsm2.conf'),
      `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`,
    );
    writeFileSync(join(folder, 'pin'), '4711-4711\n', { mode: 0o600 });
    process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf');
    try {
      for (const label of ['gateway', 'stranger'])
        execFileSync(
          'softhsm2-util',
          ['--init-token', '--free', '--label', label, '--pin', '4711-4711', '--so-pin', '4711-4711'],
          { stdio: 'pipe' },
        );
      const options = {
        module,
        token: 'gateway',
        pinFile: join(folder, 'pin'),
        wrapped: join(folder, 'wrapped'),
      };
      const keeper = pkcs11(options);
      const key = await keeper.key();
      expect(key).toHaveLength(32);
      expect(await pkcs11(options).key()).toEqual(key);
      await expect(pkcs11({ ...options, token: 'stranger' }).key()).rejects.toThrow('stranger');
      writeFileSync(join(folder, 'wrong-pin'), '0000\n');
      await expect(pkcs11({ ...options, pinFile: join(folder, 'wrong-pin') }).key()).rejects.toThrow(
        'PKCS#11',
      );
      await keeper.wipe();
      expect(existsSync(options.wrapped)).toBe(false);
      expect(await keeper.key()).not.toEqual(key);
    } finally {
      delete process.env.SOFTHSM2_CONF;
    }
  },
  60_000,
);
