/** Which house may import what. Run as a command it lists every import that goes through a wall. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const houses = ['devices', 'edge', 'cloud', 'firmware-bridge', 'dashboards', 'simulators'] as const;
type House = (typeof houses)[number];

/** Houses that each may import besides itself. */
const doors: Record<House, readonly House[]> = {
  devices: [],
  edge: ['devices'],
  cloud: ['devices'],
  'firmware-bridge': ['devices'],
  dashboards: ['devices'],
  simulators: ['devices'],
};

/** Packages of the ground floor: what everybody stands on stays light. */
const groundFloorPackages = ['zod', 'yaml'];

/** Types of these files, and only types, may be imported through the wall by the pages. */
const contracts = ['edge/api/contract.ts', 'cloud/api/contract.ts'];

/** Tests of the whole that are commands as well: they start everything, and nobody stands on them. */
const wholeTests = ['simulators/simulation/', 'simulators/chaos/'];
const isWholeTest = (file: string): boolean => wholeTests.some((folder) => file.startsWith(folder));

export interface Breach {
  file: string;
  imports: string;
  because: string;
}

interface Import {
  specifier: string;
  typeOnly: boolean;
}

const importPattern =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(text: string): Import[] {
  return [...text.matchAll(importPattern)].map((match) => ({
    specifier: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

/** The breaches in one file; `file` is its path from the project's root. */
export function breachesIn(file: string, text: string): Breach[] {
  const house = houses.find((name) => file.startsWith(`${name}/`));
  if (house === undefined) return [];
  const isTest = /\.(test|bench)\.tsx?$/.test(file);
  // A whole-site test starts everything: that is its purpose.
  if (isWholeTest(file) || (isTest && file.startsWith('simulators/scenarios/'))) return [];
  return importsOf(text).flatMap(({ specifier, typeOnly }) => {
    const breach = (because: string): Breach[] => [{ file, imports: specifier, because }];
    if (!specifier.startsWith('.')) {
      const isBuiltIn = specifier.startsWith('node:');
      if (house !== 'devices' || isTest || groundFloorPackages.includes(specifier)) return [];
      // Bytes are framed, and the engine is set, where no browser comes.
      return isBuiltIn && (file.startsWith('devices/framing/') || file === 'devices/engine.ts')
        ? []
        : breach('devices stands on zod and yaml alone');
    }
    const target = relative('.', resolve(dirname(file), specifier));
    if (isWholeTest(target)) return breach('nobody stands on the tests of the whole');
    const other = houses.find((name) => target.startsWith(`${name}/`));
    if (other === undefined || other === house || doors[house].includes(other)) return [];
    // A driver is tested against the simulated device: the simulator is the wire.
    if (isTest && /^simulators\/(?:devices|load)\//.test(target)) return [];
    if (house === 'dashboards' && contracts.includes(target)) {
      return typeOnly ? [] : breach('the pages take types from a contract, and nothing else');
    }
    return breach(`${house} does not import ${other}`);
  });
}

/** Every source file of the houses, by its path from `root`. */
export function sourcesBelow(root: string): string[] {
  return houses.flatMap((house) =>
    readdirSync(join(root, house), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  process.chdir(root);
  const breaches = sourcesBelow(root).flatMap((file) =>
    breachesIn(file, readFileSync(join(root, file), 'utf8')),
  );
  for (const { file, imports, because } of breaches) console.error(`${file} imports ${imports}: ${because}`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
