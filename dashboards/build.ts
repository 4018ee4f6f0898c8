/// <reference types="node" />
/**
 * `node dashboards/build.ts [name…]`: builds the named applications into `dashboards/dist/<name>`, all of them
 * without a name. An application is a folder here that holds an index.html. Beside each file of text lies the same
 * compressed, for servers that hand that out.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = import.meta.dirname;
const compressed = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest']);
/** Less fits into one packet anyhow. */
const MIN_COMPRESSED_BYTES = 1_024;
const known = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'dist')
  .map(({ name }) => name)
  .filter((name) => existsSync(join(here, name, 'index.html')));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(
    `dashboards: there is no application "${unknown.join('", "')}"; there are: ${known.join(', ')}`,
  );
  process.exit(1);
}
for (const name of named.length === 0 ? known : named) {
  console.log(`dashboards/${name}`);
  await build({ configFile: join(here, 'vite.config.ts'), mode: name, logLevel: 'warn' });
  compress(join(here, 'dist', name));
}

function compress(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !compressed.has(extname(entry.name))) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    if (bytes.length >= MIN_COMPRESSED_BYTES) writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
