/**
 * For tests: OCSF's own description of its classes (dictionary.json, events, objects; the folder is named by
 * OCSF_SCHEMAS) made into checks: what is required, of which type, out of which values, and nothing that is unknown.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const attribute = z.looseObject({
  requirement: z.string().optional(),
  type: z.string().optional(),
  is_array: z.boolean().optional(),
  observable: z.number().optional(),
  enum: z.record(z.string(), z.unknown()).optional(),
  profile: z.string().nullish(),
});
type Attribute = z.infer<typeof attribute>;
const shape = z.looseObject({
  name: z.string().optional(),
  uid: z.number().optional(),
  category: z.string().optional(),
  extends: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  observable: z.number().optional(),
  constraints: z
    .looseObject({ at_least_one: z.array(z.string()).optional(), just_one: z.array(z.string()).optional() })
    .optional(),
});
type Shape = z.infer<typeof shape>;
const dictionary = z.looseObject({
  attributes: z.record(z.string(), attribute),
  types: z.looseObject({
    attributes: z.record(
      z.string(),
      z.looseObject({
        type: z.string().optional(),
        regex: z.string().optional(),
        max_len: z.number().optional(),
        observable: z.number().optional(),
      }),
    ),
  }),
});

interface Whole {
  attributes: Map<string, Attribute>;
  constraints: NonNullable<Shape['constraints']>[];
}

const bases: Readonly<Record<string, (value: unknown) => boolean>> = {
  string_t: (value) => typeof value === 'string',
  integer_t: Number.isInteger,
  long_t: Number.isInteger,
  float_t: (value) => typeof value === 'number',
  boolean_t: (value) => typeof value === 'boolean',
  json_t: () => true,
  object: () => true,
};

export class OcsfSchema {
  readonly version: string;
  readonly #folder: string;
  readonly #dictionary: z.infer<typeof dictionary>;
  readonly #shapes = new Map<string, Shape>();
  readonly #whole = new Map<string, Whole>();

  constructor(folder: string) {
    this.#folder = folder;
    this.version = z.looseObject({ version: z.string() }).parse(this.#read('version.json')).version;
    this.#dictionary = dictionary.parse(this.#read('dictionary.json'));
    for (const part of ['events', 'objects']) this.#readAll(part);
    // Types of observables are numbered where they stand.
    const numbered = [
      ...Object.values(this.#dictionary.types.attributes),
      ...Object.values(this.#dictionary.attributes),
      ...this.#shapes.values(),
    ].flatMap(({ observable }) => observable ?? []);
    const { attributes } = this.#wholeOf('objects/observable');
    const type = attributes.get('type_id');
    attributes.set('type_id', {
      ...type,
      enum: { ...type?.enum, ...Object.fromEntries(numbered.map((number) => [number, {}])) },
    });
  }

  /** What is wrong with an event of a class of findings (`incident_finding`); empty where nothing is. */
  problems(className: string, event: unknown): string[] {
    return this.#check(`events/${className}`, event, '');
  }

  #read(path: string): unknown {
    return JSON.parse(readFileSync(join(this.#folder, path), 'utf8'));
  }

  #readAll(folder: string, part = folder): void {
    for (const name of readdirSync(join(this.#folder, folder))) {
      const path = `${folder}/${name}`;
      if (statSync(join(this.#folder, path)).isDirectory()) this.#readAll(path, part);
      else if (name.endsWith('.json')) {
        const one = shape.parse(this.#read(path));
        this.#shapes.set(`${part}/${one.name ?? name.replace('.json', '')}`, one);
      }
    }
  }

  /** With what it extends and includes; attributes of profiles are optional, for nobody claims the profile. */
  #wholeOf(name: string): Whole {
    const known = this.#whole.get(name);
    if (known !== undefined) return known;
    const own = this.#shapes.get(name);
    if (own === undefined) throw new Error(`OCSF has no ${name}`);
    const [part] = name.split('/');
    const parent = own.extends === undefined ? undefined : this.#wholeOf(`${part}/${own.extends}`);
    const whole: Whole = {
      attributes: new Map(parent?.attributes),
      // What a child says of it takes the place of what its parent said.
      constraints: own.constraints === undefined ? (parent?.constraints ?? []) : [own.constraints],
    };
    this.#merge(whole, own.attributes, false);
    this.#whole.set(name, whole);
    return whole;
  }

  #merge({ attributes }: Whole, more: Readonly<Record<string, unknown>>, isProfile: boolean): void {
    const includes = z
      .array(z.string())
      .catch([])
      .parse(more.$include ?? []);
    for (const path of includes)
      if (existsSync(join(this.#folder, path))) {
        const included = shape.parse(this.#read(path));
        this.#merge({ attributes, constraints: [] }, included.attributes, path.startsWith('profiles/'));
      }
    for (const [name, raw] of Object.entries(more)) {
      if (name === '$include') continue;
      const one = attribute.parse(raw);
      const before = attributes.get(name);
      const isOptional = isProfile || typeof one.profile === 'string';
      attributes.set(name, {
        ...before,
        ...one,
        ...(before?.enum === undefined && one.enum === undefined
          ? {}
          : { enum: { ...before?.enum, ...one.enum } }),
        requirement: isOptional ? 'optional' : (one.requirement ?? before?.requirement ?? 'optional'),
      });
    }
  }

  #check(name: string, value: unknown, path: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
    const { attributes, constraints } = this.#wholeOf(name);
    const members = Object.entries(value);
    const has = (key: string) => members.some(([other]) => other === key);
    // `object` and `unmapped` are open by definition.
    const unknown = name === 'objects/object' ? [] : members.filter(([key]) => !attributes.has(key));
    return [
      ...this.#numbers(name, new Map(members)),
      ...unknown.map(([key]) => `${path}.${key} is unknown to ${name.split('/')[1]}`),
      ...[...attributes]
        .filter(([key, { requirement }]) => requirement === 'required' && !has(key))
        .map(([key]) => `${path}.${key} is required`),
      ...constraints.flatMap(({ at_least_one: some, just_one: one }) => [
        ...(some === undefined || some.some(has) ? [] : [`${path} needs one of ${some.join(', ')}`]),
        ...(one === undefined || one.filter(has).length === 1
          ? []
          : [`${path} needs just one of ${one.join(', ')}`]),
      ]),
      ...members.flatMap(([key, member]) => {
        const local = attributes.get(key);
        return local === undefined ? [] : this.#member(key, local, member, `${path}.${key}`);
      }),
    ];
  }

  /** The class, its category and the type as the class itself says. */
  #numbers(name: string, members: ReadonlyMap<string, unknown>): string[] {
    const uid = this.#shapes.get(name)?.uid;
    if (!name.startsWith('events/') || uid === undefined) return [];
    const whole = 2_000 + uid;
    const isRight =
      members.get('category_uid') === 2 &&
      members.get('class_uid') === whole &&
      members.get('type_uid') === whole * 100 + Number(members.get('activity_id'));
    return isRight ? [] : ['.class_uid and .type_uid are not those of the class'];
  }

  #member(key: string, local: Attribute, value: unknown, path: string): string[] {
    const entry = this.#dictionary.attributes[key];
    if (entry === undefined) return [`${path} is not in the dictionary`];
    const type = local.type ?? entry.type ?? 'string_t';
    const isArray = local.is_array ?? entry.is_array ?? false;
    if (isArray !== Array.isArray(value))
      return [`${path} ${isArray ? 'must be a list' : 'must be no list'}`];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    // Numbers of classes are in the classes, not in the dictionary.
    const isNumbered = key === 'category_uid' || key === 'class_uid';
    const allowed =
      isNumbered || (local.enum === undefined && entry.enum === undefined)
        ? undefined
        : { ...entry.enum, ...local.enum };
    return values.flatMap((one) => [
      ...(allowed !== undefined && !Object.hasOwn(allowed, String(one))
        ? [`${path}: ${one} is not allowed`]
        : []),
      ...this.#typed(type, one, path),
    ]);
  }

  #typed(type: string, value: unknown, path: string): string[] {
    const found = this.#dictionary.types.attributes[type];
    if (found === undefined && this.#shapes.has(`objects/${type}`))
      return this.#check(`objects/${type}`, value, path);
    const base = bases[type] ?? bases[found?.type ?? ''];
    if (base === undefined) return [`${path}: the type ${type} is unknown`];
    if (!base(value)) return [`${path} is no ${type}`];
    if (found?.regex !== undefined && typeof value === 'string' && !new RegExp(found.regex).test(value))
      return [`${path}: "${value}" is no ${type}`];
    if (found?.max_len !== undefined && typeof value === 'string' && value.length > found.max_len)
      return [`${path} is longer than ${found.max_len}`];
    return [];
  }
}

/** Undefined: the variable is not set. */
export function ocsfSchema(): OcsfSchema | undefined {
  const folder = process.env.OCSF_SCHEMAS;
  return folder === undefined || folder === '' ? undefined : new OcsfSchema(folder);
}
