/// <reference types="node" />
/**
 * `node dashboards/build.ts [name…]`: builds the named applications into `dashboards/dist/<name>`, all of them
 * without a name. An application is a folder here that holds an index.html.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;
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
}
