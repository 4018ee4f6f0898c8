/**
 * Enters a camera into the registry's file, where this gateway may write it: what stands there keeps its order, its
 * comments and its form. A registry that is kept elsewhere and only laid here is not written: then a person enters it.
 */
import { randomUUID } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { parseConfiguration } from '../../devices/configuration.ts';
import type { LiveRegistry } from '../../devices/model/live-registry.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { GatewayConfiguration } from '../config.ts';
import { Refused } from './problem.ts';

/** Longest name that is made into an id. */
const MAX_ID_LENGTH = 48;
const MAX_SAME_NAMES = 1_000;

/** Whether file and folder may be written: it is replaced in one go. */
export function isRegistryOpen({ registryFile }: Pick<GatewayConfiguration, 'registryFile'>): boolean {
  try {
    accessSync(registryFile, constants.W_OK);
    accessSync(dirname(registryFile), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** `Kamera Büro 2` → `kamera-buero-2`: letters as one types them without their marks. Pure. */
export function idFromName(name: string, isTaken: (id: string) => boolean): string {
  const plain = name
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH)
    .replace(/-+$/, '');
  const base = plain === '' ? 'camera' : plain;
  for (let count = 1; count <= MAX_SAME_NAMES; count++) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!isTaken(id)) return id;
  }
  throw new RangeError(`there are ${MAX_SAME_NAMES} assets named "${name}"`);
}

/** One entry after the other: each reads what the one before it wrote. */
let turn: Promise<unknown> = Promise.resolve();

/** @returns the new asset's id. @throws Refused 409 `registry-closed`; 400 where there is no such zone */
export function addCameraAsset(
  configuration: GatewayConfiguration,
  registry: LiveRegistry,
  wanted: { name: string; zone?: string | undefined },
): Promise<string> {
  const added = turn.then(() => written(configuration, registry, wanted));
  turn = added.catch(() => undefined);
  return added;
}

async function written(
  configuration: GatewayConfiguration,
  registry: LiveRegistry,
  { name, zone }: { name: string; zone?: string | undefined },
): Promise<string> {
  const { registryFile: file, gateway } = configuration;
  const closed = () =>
    new Refused(
      409,
      'registry-closed',
      `The list of what is here (${file}) can’t be changed from this gateway.`,
    );
  if (!isRegistryOpen(configuration)) throw closed();
  if (zone !== undefined && registry.zone(zone)?.site !== gateway.site)
    throw new Refused(400, 'invalid', `There is no zone "${zone}" at this site.`, { field: 'zone' });
  const document = parseDocument(readFileSync(file, 'utf8'));
  const assets = document.get('assets');
  if (document.errors.length > 0 || !isMap(document.contents) || !isSeq(assets)) throw closed();
  const id = idFromName(name, (each) => registry.asset(each) !== undefined);
  assets.add(
    document.createNode(
      { id, kind: 'camera', name, site: gateway.site, ...(zone !== undefined && { zone }) },
      { flow: true },
    ),
  );
  const text = document.toString({ lineWidth: 0 });
  // What the gateway could not read at its next start is not written.
  const next = registryOf(parseConfiguration(registryDocument, text, file));
  await replaceFile(file, text).catch(() => {
    throw closed();
  });
  registry.replace(next);
  return id;
}

/** Wholly the old or wholly the new, whenever the power fails. */
async function replaceFile(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const beside = `${file}.${randomUUID()}.new`;
  try {
    const handle = await open(beside, 'wx', mode & 0o777);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
