/** Why a document can't be used, and at which key. */
export class SigmaProblem extends Error {
  /** `detection.selection.Image|endswith`; empty for the whole document. */
  readonly key: string;
  constructor(key: string, message: string) {
    super(key === '' ? message : `${key}: ${message}`);
    this.name = 'SigmaProblem';
    this.key = key;
  }
}

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** What a person calls it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return isMapping(value) ? 'a mapping' : `a ${typeof value}`;
}

/** @throws SigmaProblem */
export function mappingAt(parent: Mapping, key: string, path: string): Mapping {
  const value = parent[key];
  if (!isMapping(value))
    throw new SigmaProblem(
      path,
      value === undefined ? 'is missing' : `expected a mapping, not ${kindOf(value)}`,
    );
  return value;
}

/** @throws SigmaProblem where it is there and not a text; numbers count as text */
export function textAt(parent: Mapping, key: string, path: string): string | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new SigmaProblem(path, `expected a text, not ${kindOf(value)}`);
}

/** One text or a list of texts. @throws SigmaProblem */
export function textsAt(parent: Mapping, key: string, path: string): string[] {
  const value = parent[key];
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one, index) => {
    if (typeof one === 'string' && one !== '') return one;
    if (typeof one === 'number') return String(one);
    throw new SigmaProblem(
      Array.isArray(value) ? `${path}[${index}]` : path,
      `expected a text, not ${kindOf(one)}`,
    );
  });
}
