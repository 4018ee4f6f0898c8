import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const world = fileURLToPath(new URL('../world/', import.meta.url));

const MARK = '.stage';

/**
 * An earlier run's folder may go; anything else is somebody's.
 * @throws Error where no simulation has made it
 */
export function emptyFolder(folder: string): void {
  if (existsSync(folder) && !existsSync(join(folder, MARK))) {
    throw new Error(`${folder} exists and was not made by a simulation; choose another with --state`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(join(folder, MARK), '');
}

/** Fills in `${name}`. @throws RangeError for a name that has no value */
export function filledIn(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`no value for \${${name}}`);
    return String(value);
  });
}

/** Writes the world's configuration into a folder, filled in for this run, with the secrets beside it. */
export function writeSettings(
  folder: string,
  values: Readonly<Record<string, string | number>>,
  secrets: Readonly<Record<string, string>>,
): void {
  mkdirSync(join(folder, 'shop'), { recursive: true });
  for (const name of readdirSync(world).filter((file) => file.endsWith('.yaml'))) {
    writeFileSync(join(folder, name), filledIn(readFileSync(join(world, name), 'utf8'), values));
  }
  for (const [name, secret] of Object.entries(secrets))
    writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 });
  for (const log of ['access.log', 'accounts.log', 'eve.json'])
    writeFileSync(join(folder, 'shop', log), '', { flag: 'a' });
}
