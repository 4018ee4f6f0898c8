import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCredentialTool } from './tool.ts';

const command = resolve(import.meta.dirname, 'command.ts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-credential-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
async function credential(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const status = await runCredentialTool(args, {
    out: (text) => {
      stdout += text;
    },
    remark: (text) => {
      stderr += text;
    },
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

test('a carrier’s courier proves a parcel with files alone, until the parcel is revoked', async () => {
  const shop = await credential(
    'key',
    at('shop'),
    '--did',
    'did:web:shop.example',
    '--document',
    at('did.json'),
  );
  expect(shop.stdout).toBe('did:web:shop.example');
  expect(shop.stderr).toContain('https://shop.example/.well-known/did.json');
  const { stdout: scanner } = await credential('key', at('scanner'));
  expect(scanner).toMatch(/^did:key:z/);
  const issued = await credential(
    ...[
      'issue',
      '--folder',
      at('shop'),
      '--did',
      'did:web:shop.example',
      '--address',
      'https://shop.example',
    ],
    ...[
      '--type',
      'ParcelCredential',
      '--subject',
      scanner,
      '--claim',
      'parcel=4711',
      '--out',
      at('parcel.jwt'),
    ],
  );
  expect(issued).toMatchObject({ status: 0, stderr: expect.stringMatching(/^issued urn:uuid:/) });
  const to = ['--audience', 'https://door.example', '--nonce', 'n-1'];
  await credential(
    'present',
    '--key',
    at('scanner/key.pem'),
    ...to,
    at('parcel.jwt'),
    '--out',
    at('shown.jwt'),
  );
  await credential(
    ...[
      'status',
      '--folder',
      at('shop'),
      '--did',
      'did:web:shop.example',
      '--address',
      'https://shop.example',
    ],
    ...['--out', at('list.jwt')],
  );
  const verify = (...more: string[]) =>
    credential(
      ...['verify', '--root', 'did:web:shop.example=ParcelCredential', '--document', at('did.json')],
      ...['--status', at('list.jwt'), ...more, at('shown.jwt')],
    );
  const good = await verify(...to, '--want', 'ParcelCredential', '--claim', 'parcel=4711', '--json');
  expect(good.stderr).toBe('');
  expect(JSON.parse(good.stdout)).toMatchObject({
    believed: true,
    holder: scanner,
    credentials: [{ type: 'ParcelCredential', claims: { parcel: '4711' } }],
    unchecked: [],
  });
  expect(await verify('--audience', 'https://door.example', '--nonce', 'n-2')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('refused (unknown-nonce)'),
  });
  const revoked = await credential(
    ...[
      'revoke',
      '--folder',
      at('shop'),
      '--did',
      'did:web:shop.example',
      '--address',
      'https://shop.example',
    ],
    ...['--reason', 'stolen', at('parcel.jwt')],
  );
  expect(revoked).toMatchObject({ status: 0, stdout: expect.stringContaining(': stolen') });
  await credential(
    ...[
      'status',
      '--folder',
      at('shop'),
      '--did',
      'did:web:shop.example',
      '--address',
      'https://shop.example',
    ],
    ...['--out', at('list.jwt')],
  );
  expect(await verify(...to)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('refused (revoked)'),
  });
});

test('what is wrong with a question is said, with what to do', async () => {
  writeFileSync(at('junk.jwt'), 'not a token');
  const questions = [
    ['verify', at('junk.jwt')],
    ['verify', '--root', 'did:key:zJunk', at('junk.jwt')],
    ['verify', '--root', 'me', at('junk.jwt')],
    ['issue', '--folder', at('nowhere'), '--type', 'AgeCredential', '--subject', 'did:key:z6Mk'],
    ['issue', '--folder', at('shop'), '--type', 'Passport', '--subject', 'did:key:z6Mk'],
    ['present', '--key', at('gone.pem'), '--nonce', 'n'],
  ];
  const wrong = await Promise.all(questions.map((args) => credential(...args)));
  expect(wrong.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2, 2]);
  expect(wrong.map(({ stderr }) => stderr.replaceAll(folder, '')).join('\n')).toBe(
    [
      'gatehouse credential: verify: needs --root DID: whose word is believed; or --folder of your own issuer',
      'gatehouse credential: /junk.jwt: holds no credential: expected one token of three parts with dots between',
      'gatehouse credential: --root: expected did:key:… or did:web:…, got "me"',
      'gatehouse credential: --claim ageOver18: Invalid input: expected boolean, received undefined; a AgeCredential claims ageOver18',
      'gatehouse credential: --type: there is no type "Passport"; known are PersonCredential, DeviceCredential, CarrierCredential, CourierCredential, ParcelCredential, ProductCredential, AgeCredential',
      'gatehouse credential: present: needs the file of a credential',
    ].join('\n'),
  );
  expect(readFileSync(at('junk.jwt'), 'utf8')).toBe('not a token');
});

test('the command itself tells how it is used', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--help'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const verb of ['key', 'issue', 'present', 'verify', 'revoke', 'status'])
    expect(stdout).toContain(`gatehouse credential ${verb} `);
});
