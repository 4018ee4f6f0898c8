/**
 * A gateway on another box: its configuration, the files it names, its keys, and what was set up at the page. The log
 * stays behind: the other box begins one of its own, with an epoch of its own, so that no id is ever given twice.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../../../devices/configuration.ts';
import { ADDED_FILE } from '../../cameras/added-cameras.ts';
import type { GatewayConfiguration } from '../../config.ts';
import { readGatewayConfiguration } from '../../config.ts';
import type { Gateway } from '../../gateway.ts';
import { scheduleEntries } from '../../panel/schedule.ts';
import { assignment } from '../../site/assignments.ts';

/** Files in one back-up, and the largest of them. */
const MAX_FILES = 64;
const MAX_FILE_BYTES = 1024 * 1024;
/**
 * What of the state directory makes this gateway this one: its key, the certificate that devices pin, and the authority
 * that phones have installed, and cameras that were added at the page.
 */
const stateFiles = ['signing-key.pem', 'broker.pem', 'page-authority.json', ADDED_FILE] as const;

const backup = z.strictObject({
  gateway: z.string().max(256),
  site: z.string().max(256),
  files: z
    .array(
      z.strictObject({
        place: z.enum(['configuration', 'registry', 'named', 'state']),
        name: z.string().min(1).max(512),
        base64: z.base64().max(2 * MAX_FILE_BYTES),
      }),
    )
    .max(MAX_FILES),
  assignments: z.array(assignment).max(2_000),
  schedule: scheduleEntries,
});
export type Backup = z.infer<typeof backup>;

export class RestoreProblem extends Error {}

/** Every file that the configuration names by a key that ends in `File`. */
function* filesNamedIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* filesNamedIn(each);
  else if (typeof value === 'object' && value !== null)
    for (const [key, own] of Object.entries(value))
      if (key.endsWith('File') && typeof own === 'string') yield own;
      else yield* filesNamedIn(own);
}

/** @returns the content to seal, and the files that have to be carried over by hand */
export function backupOf(gateway: Gateway): { content: string; leftOut: string[] } {
  const { configuration } = gateway;
  const folder = dirname(configuration.file);
  const state = configuration.resolve(configuration.gateway.state);
  const { registry: _registry, file: _file, registryFile, resolve: _resolve, ...document } = configuration;
  const leftOut: string[] = [];
  const files: Backup['files'] = [];
  const take = (place: Backup['files'][number]['place'], name: string, path: string) => {
    if (!existsSync(path) || statSync(path).size > MAX_FILE_BYTES || files.length >= MAX_FILES)
      leftOut.push(name);
    else files.push({ place, name, base64: readFileSync(path).toString('base64') });
  };
  take('configuration', basename(configuration.file), configuration.file);
  take('registry', basename(registryFile), registryFile);
  for (const named of new Set(filesNamedIn(document))) {
    const path = configuration.resolve(named);
    // One that lies elsewhere on this machine may not be written to on another.
    if (isInside(relative(folder, path))) take('named', relative(folder, path), path);
    else leftOut.push(named);
  }
  for (const name of stateFiles) if (existsSync(join(state, name))) take('state', name, join(state, name));
  const inFile = new Map(configuration.devices.map((entry) => [entry.device, JSON.stringify(entry)]));
  const assignments = gateway.site.devices().flatMap(({ device }) => {
    const entry = gateway.site.assignmentOf(device);
    return entry === undefined || inFile.get(device) === JSON.stringify(entry) ? [] : [entry];
  });
  const content: Backup = {
    gateway: configuration.gateway.id,
    site: configuration.gateway.site,
    files,
    assignments,
    schedule: gateway.panel.status().schedule.entries,
  };
  return { content: JSON.stringify(content), leftOut };
}

const isInside = (path: string): boolean =>
  path !== '' && !path.startsWith('..') && resolve('/x', path).startsWith('/x/');

/** @throws RestoreProblem */
export function backupIn(content: string): Backup {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new RestoreProblem('The back-up holds nothing that this gateway can read.');
  }
  const read = backup.safeParse(value);
  if (!read.success)
    throw new RestoreProblem(
      `The back-up holds something that this gateway can't read: ${read.error.issues[0]?.path.join('.')}.`,
    );
  const stray = read.data.files.find(
    ({ place, name }) =>
      !isInside(name) || (place === 'state' && !stateFiles.some((known) => known === name)),
  );
  if (stray !== undefined)
    throw new RestoreProblem(`The back-up names a file in a place of its own: ${stray.name}.`);
  return read.data;
}

/**
 * Writes the files of a back-up in place of this gateway's own; those are kept beside, with `.before-restore`.
 * Nothing has changed when it throws.
 * @throws RestoreProblem where the configuration does not hold together
 */
export function putInPlace(wanted: Backup, present: GatewayConfiguration): void {
  const folder = dirname(present.file);
  const trial = mkdtempSync(join(folder, '.restore-'));
  try {
    const configuration = wanted.files.find(({ place }) => place === 'configuration');
    const registry = wanted.files.find(({ place }) => place === 'registry');
    if (configuration === undefined || registry === undefined)
      throw new RestoreProblem('The back-up has no configuration.');
    const write = (path: string, base64: string) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, Buffer.from(base64, 'base64'), { mode: 0o600 });
    };
    for (const { place, name, base64 } of wanted.files)
      if (place !== 'state') write(join(trial, name), base64);
    let next: GatewayConfiguration;
    try {
      next = readGatewayConfiguration(join(trial, configuration.name));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new RestoreProblem(
        `The configuration of the back-up does not hold together: ${error.message.slice(0, 300)}`,
      );
    }
    // From here on each file takes its place whole.
    const state = resolve(folder, next.gateway.state);
    mkdirSync(state, { recursive: true, mode: 0o700 });
    for (const { place, name, base64 } of wanted.files) {
      const target =
        place === 'configuration' ? present.file : place === 'state' ? join(state, name) : join(folder, name);
      if (existsSync(target)) copyFileSync(target, `${target}.before-restore`);
      const beside = `${target}.restoring`;
      write(beside, base64);
      renameSync(beside, target);
    }
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}
