/** Registries as files: out as YAML or CSV, in again, with what would change told first. Pure. */
import { stringify } from 'yaml';
import { z } from 'zod';
import {
  ConfigurationError,
  MAX_CONFIGURATION_BYTES,
  parseConfiguration,
} from '../../devices/configuration.ts';
import { type AddressLease, addressLease, MAX_LEASES } from '../../devices/model/address-book.ts';
import { asset } from '../../devices/model/asset.ts';
import { identity } from '../../devices/model/identity.ts';
import { identityLink, linkId } from '../../devices/model/identity-link.ts';
import { danglingReferences, type RegistryDocument } from '../../devices/model/registry.ts';
import { site, zone } from '../../devices/model/site.ts';
import { laidOver } from './overlay.ts';
import { readTable, type Table, withTables } from './tables.ts';

/** One file of an import. */
export interface ImportedFile {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

/** A registry's own format, or a part of one: what it does not name stays. */
const part = z.strictObject({
  sites: z.array(site).max(100_000).default([]),
  zones: z.array(zone).max(1_000_000).default([]),
  assets: z.array(asset).max(1_000_000).default([]),
  identities: z.array(identity).max(1_000_000).default([]),
  sharedAddresses: z.array(z.string().max(64)).max(10_000).default([]),
  links: z.array(identityLink).max(100_000).default([]),
  leases: z.array(addressLease).max(MAX_LEASES).default([]),
});

/** The whole registry in the configuration's own format. */
export function yamlText(document: RegistryDocument): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

const isTable = ({ name, text }: ImportedFile): boolean =>
  /\.csv$/i.test(name) || (!/\.(ya?ml|json)$/i.test(name) && /^\uFEFF?"?[a-zA-Z]+"?,/.test(text));

/**
 * A registry with what files say: entries of the same name are replaced, others added, nothing is taken away.
 * @throws ConfigurationError: file, line, and key or column
 */
export function withFiles(before: RegistryDocument, files: readonly ImportedFile[]): RegistryDocument {
  let after = before;
  const tables: Table[] = [];
  const lineOf = new Map<string, { file: string; line: number }>();
  for (const file of files) {
    if (file.text.length > MAX_CONFIGURATION_BYTES)
      throw new ConfigurationError(file.name, [
        { line: 1, key: '', message: `larger than ${MAX_CONFIGURATION_BYTES} bytes` },
      ]);
    if (isTable(file)) {
      const table = readTable(file.text, file.name);
      tables.push(table);
      for (const { line, cells } of table.rows)
        if (cells.id !== undefined) lineOf.set(`${table.name} ${cells.id}`, { file: file.name, line });
      continue;
    }
    const earlier = after;
    // With the schema in one pass, so that a name that nothing has is told with its line.
    const fitting = part.superRefine((said, context) => {
      for (const { path, message } of danglingReferences(laidOut(earlier, said)))
        context.addIssue({ code: 'custom', path: placed(path, said, laidOut(earlier, said)), message });
    });
    after = laidOut(earlier, parseConfiguration(fitting, file.text, file.name));
  }
  after = withTables(after, tables);
  const [problem] = danglingReferences(after);
  if (problem !== undefined) {
    const [list, index, key] = problem.path;
    const entry = list === 'assets' || list === 'identities' ? after[list][Number(index)] : undefined;
    const where = lineOf.get(`${list === 'assets' ? 'assets' : 'people'} ${entry?.id ?? ''}`);
    throw new ConfigurationError(where?.file ?? files[0]?.name ?? 'import', [
      { line: where?.line ?? 1, key: `column ${String(key)}`, message: problem.message },
    ]);
  }
  return after;
}

const byId = ({ id }: { readonly id: string }) => id;

function laidOut(before: RegistryDocument, said: z.output<typeof part>): RegistryDocument {
  const links = laidOver(before.links ?? [], said.links, linkId);
  const { links: _former, leases: _formerLeases, ...rest } = before;
  const leaseName = ({ address, from }: AddressLease) => `${address} ${from}`;
  const leases = laidOver(before.leases ?? [], said.leases, leaseName).slice(-MAX_LEASES);
  return {
    ...rest,
    sites: laidOver(before.sites, said.sites, byId),
    zones: laidOver(before.zones, said.zones, byId),
    assets: laidOver(before.assets, said.assets, byId),
    identities: laidOver(before.identities, said.identities, byId),
    sharedAddresses: [...new Set([...before.sharedAddresses, ...said.sharedAddresses])],
    ...(links.length === 0 ? {} : { links }),
    ...(leases.length === 0 ? {} : { leases }),
  };
}

/** Where the file itself says what does not fit in the whole. */
function placed(
  path: readonly (string | number)[],
  said: z.output<typeof part>,
  whole: RegistryDocument,
): (string | number)[] {
  const [list, index, ...rest] = path;
  if (list !== 'zones' && list !== 'assets' && list !== 'identities' && list !== 'sites') return [...path];
  const id = whole[list][Number(index)]?.id;
  const at = said[list].findIndex((entry) => entry.id === id);
  return at === -1 ? [] : [list, at, ...rest];
}
