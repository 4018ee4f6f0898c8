import { hash } from 'node:crypto';

/**
 * JSON in its one canonical form (RFC 8785): keys in order of their UTF-16 units, no blanks, numbers and strings as
 * ECMAScript writes them. Members that are undefined are left out, as JSON.stringify does.
 * @throws TypeError for what JSON has no form for
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('a number without end');
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no form for ${typeof value}`);
  return text;
}

export const sha256Of = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');
