import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

test('the committed hex was built from the committed sources', () => {
  const stated = new Map(
    text('door-node.sources')
      .trim()
      .split('\n')
      .map((line) => {
        const [digest = '', name = ''] = line.split(/\s+/);
        return [name, digest] as const;
      }),
  );
  const sources = readdirSync(folder).filter((name) => /^Makefile$|\.(ino|cpp|h)$/.test(name));
  expect([...stated.keys()].sort()).toEqual(sources.sort());
  for (const name of sources) {
    const digest = createHash('sha256').update(text(name)).digest('hex');
    expect(`${name} ${stated.get(name)}`, 'run "make install" in this folder').toBe(`${name} ${digest}`);
  }
});

test('building it again gives the same hex', () => {
  for (const [path, packageName] of [
    ['/usr/bin/avr-gcc', 'gcc-avr'],
    ['/usr/lib/avr/include/avr/io.h', 'avr-libc'],
    ['/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h', 'arduino-core-avr'],
    ['/usr/bin/make', 'make'],
  ] as const)
    expect(existsSync(path), `Debian package ${packageName} is missing`).toBe(true);
  const build = mkdtempSync(join(tmpdir(), 'gatehouse-firmware-'));
  try {
    execFileSync('make', ['--silent', `BUILD=${build}`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(readFileSync(join(build, 'door-node.hex'), 'utf8')).toBe(text('door-node.hex'));
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}, 300_000);
