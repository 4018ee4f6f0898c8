/**
 * For tests: JSON schemas that others published, from a folder that the environment names (STIX_SCHEMAS,
 * CACAO_SCHEMAS, TAXII_SCHEMAS). They are no part of this repository; without the folder a test says that it skips.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const MAX_SCHEMAS = 1_000;
const document = z.looseObject({
  $id: z.exactOptional(z.string()),
  $schema: z.exactOptional(z.string()),
});

/** A folder of schemas; undefined: the variable is not set. @throws Error where there is none in it */
export function publishedSchemas(variable: string): PublishedSchemas | undefined {
  const folder = process.env[variable];
  return folder === undefined || folder === '' ? undefined : new PublishedSchemas(folder);
}

export class PublishedSchemas {
  readonly #ajv: Ajv;
  readonly #idOfFile = new Map<string, string>();
  readonly #ready = new Map<string, ValidateFunction>();

  constructor(folder: string) {
    const files = filesOf(folder).slice(0, MAX_SCHEMAS);
    if (files.length === 0) throw new Error(`${folder} holds no JSON schemas`);
    const read = files.map((file) => ({
      file,
      schema: document.parse(JSON.parse(readFileSync(file, 'utf8'))),
    }));
    const isNew = read.some(({ schema }) => schema.$schema?.includes('2020-12'));
    const options = { strict: false, allErrors: true, logger: false, unicodeRegExp: false } as const;
    this.#ajv = isNew ? (new Ajv2020(options) as Ajv) : new Ajv(options);
    addFormats.default(this.#ajv);
    for (const { file, schema } of read) {
      const id = schema.$id ?? `file://${file}`;
      if (this.#ajv.getSchema(id) !== undefined) continue;
      this.#ajv.addSchema({ ...schema }, id);
      this.#idOfFile.set(file.slice(folder.length).replace(/^\//, ''), id);
    }
  }

  get size(): number {
    return this.#idOfFile.size;
  }

  /** Whether there is a schema in a file that ends so, such as `sdos/indicator.json`. */
  has(ending: string): boolean {
    return this.#idOf(ending) !== undefined;
  }

  /** What is wrong, in words; empty where nothing is. @throws Error where there is no such schema */
  problems(ending: string, value: unknown): string[] {
    const id = this.#idOf(ending);
    if (id === undefined) throw new Error(`there is no schema ${ending}`);
    let validate = this.#ready.get(id);
    if (validate === undefined) {
      validate = this.#ajv.getSchema(id);
      if (validate === undefined) throw new Error(`${ending} can't be compiled`);
      this.#ready.set(id, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  #idOf(ending: string): string | undefined {
    for (const [file, id] of this.#idOfFile) if (`/${file}`.endsWith(`/${ending}`)) return id;
    return undefined;
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesOf(path);
      return name.endsWith('.json') ? [path] : [];
    });
}

/** Which of the schemas of STIX 2.1 an object is held against. */
export function stixSchemaOf(type: string, schemas: PublishedSchemas): string {
  for (const folder of ['sdos', 'sros', 'observables', 'common'])
    if (schemas.has(`${folder}/${type}.json`)) return `${folder}/${type}.json`;
  return 'common/cyber-observable-core.json';
}
