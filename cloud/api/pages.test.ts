import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudRig, startRig } from '../testing.ts';

let rig: CloudRig;
let outside: string;
beforeAll(async () => {
  rig = await startRig();
  outside = mkdtempSync(join(tmpdir(), 'gatehouse-outside-'));
  writeFileSync(join(outside, 'secret.js'), 'SECRET');
});
afterAll(async () => {
  await rig.stop();
  rmSync(outside, { recursive: true });
});

/** Just as it is written: no client that tidies the address up. */
function raw(path: string): Promise<string> {
  const { hostname, port } = new URL(rig.address);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  });
}

test('pages that are not built say so', async () => {
  const response = await fetch(rig.address);
  expect(response.status).toBe(503);
  expect(await response.text()).toMatch(/not built/);
});

test('built pages are served: the page always asked for again, what never changes kept for good', async () => {
  const pages = join(rig.folder, 'pages');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Desk</title>');
  writeFileSync(join(pages, 'assets', 'index-BxV3kR2a.js'), 'export {};');
  writeFileSync(join(pages, 'theme.js'), '1;');
  writeFileSync(join(pages, '.secret.js'), 'SECRET');
  symlinkSync(join(outside, 'secret.js'), join(pages, 'link.js'));
  const page = await fetch(rig.address);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(await page.text()).toContain('Desk');
  const again = await fetch(rig.address, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
  const script = await fetch(`${rig.address}/assets/index-BxV3kR2a.js`);
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await fetch(`${rig.address}/theme.js`)).headers.get('cache-control')).toBe('no-cache');
});

test('what the build has compressed goes out so to whoever takes it, and plain to others', async () => {
  const plain = 'export const text = 1;';
  writeFileSync(join(rig.folder, 'pages', 'packed.js'), plain);
  writeFileSync(join(rig.folder, 'pages', 'packed.js.gz'), gzipSync(plain));
  const packed = await fetch(`${rig.address}/packed.js`, { headers: { 'accept-encoding': 'gzip' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(await packed.text()).toBe(plain);
  const refused = await fetch(`${rig.address}/packed.js`, { headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(refused.headers.get('content-encoding')).toBeNull();
  expect(await refused.text()).toBe(plain);
});

test('an address within the page gets the page where a browser asks for one, and nothing else does', async () => {
  const asBrowser = { headers: { accept: 'text/html,*/*' } };
  expect(await (await fetch(`${rig.address}/incidents/i-1`, asBrowser)).text()).toContain('Desk');
  expect((await fetch(`${rig.address}/incidents/i-1`)).status).toBe(404);
  expect((await fetch(`${rig.address}/missing.js`, asBrowser)).status).toBe(404);
  expect((await fetch(`${rig.address}/api/missing`, asBrowser)).status).toBe(404);
});

test.each([
  '/../secret.js',
  '/..%2fsecret.js',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/assets/..%2f..%2f..%2fcloud.yaml',
  '/assets/%2e%2e%2f%2e%2e%2fcloud.yaml',
  '/..%5c..%5ccloud.yaml',
  '//etc/passwd',
  '/%00index.html',
  '/%ff',
  '/.secret.js',
  '/link.js',
  '/assets',
  '/../cloud.yaml',
])('%s leads nowhere', async (path) => {
  const answer = await raw(path);
  expect(answer).toMatch(/^HTTP\/1\.1 40[04]/);
  expect(answer).not.toMatch(/SECRET|root:|registry/);
});
