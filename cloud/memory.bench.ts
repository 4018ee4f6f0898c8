/** Resident memory of the cloud: empty, and after it has taken in a busy day of one access log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LINES = 100_000;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-bench-'));
const registry = `
sites: [{ id: online, name: Shop }]
assets: [{ id: web-shop, kind: shop, name: Web shop, site: online }]
`;
const configuration = `
registry: registry.yaml
state: state
http: { host: 127.0.0.1, port: 0 }
ingest: { mqtt: { plain: { port: 0 } } }
sources:
  - { name: access, format: web-access, asset: web-shop, transport: { type: followed-file, path: access.log }, quota: { perSecond: 1000000, burst: 1000000 } }
`;

const residentMegabytes = (child: ChildProcess): number =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  );

const lineOf = (index: number) =>
  `198.51.100.${index % 250} - - [23/Nov/2026:${String(Math.floor(index / 6_000) % 24).padStart(2, '0')}:${String(Math.floor(index / 100) % 60).padStart(2, '0')}:10 +0000] "GET /p/${index % 240} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n`;

let child: ChildProcess | undefined;
try {
  writeFileSync(join(folder, 'registry.yaml'), registry);
  writeFileSync(join(folder, 'cloud.yaml'), configuration);
  writeFileSync(join(folder, 'access.log'), '');
  child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), '--config', join(folder, 'cloud.yaml')],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const running = child;
  const http = await new Promise<number>((resolve, reject) => {
    running.stdout?.on('data', (chunk: Buffer) => {
      const port = /"http":(\d+)/.exec(chunk.toString())?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    running.on('exit', (code) => reject(new Error(`the cloud ended with ${code}`)));
  });
  const empty = residentMegabytes(running);
  appendFileSync(
    join(folder, 'access.log'),
    Array.from({ length: LINES }, (_, index) => lineOf(index)).join(''),
  );
  const startedAt = performance.now();
  // Its metrics say when all is taken in.
  let taken = 0;
  while (taken < LINES && performance.now() - startedAt < 120_000) {
    await delay(500);
    const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
    taken = Math.max(
      0,
      ...[...text.matchAll(/^gatehouse_source_records_total\S*\s+(\d+)/gm)].map((match) => Number(match[1])),
    );
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const full = residentMegabytes(running);
  console.log(
    `${empty} MB empty, ${full} MB after ${taken} lines of an access log in ${seconds.toFixed(1)} s`,
  );
  console.log(`  ratio ${(full / empty).toFixed(2)}`);
} finally {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
