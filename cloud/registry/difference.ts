/** What an import would change. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { linkId } from '../../devices/model/identity-link.ts';
import type { RegistryDocument } from '../../devices/model/registry.ts';

export const lists = ['sites', 'zones', 'assets', 'identities', 'links', 'sharedAddresses'] as const;
export type ListName = (typeof lists)[number];

export interface Changed {
  readonly list: ListName;
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Of a changed entry: what differs, as `key: before → after`. */
  readonly fields: readonly string[];
}

export interface Difference {
  readonly changes: readonly Changed[];
  /** Entries that are there and the import does not name, or names as they are. */
  readonly same: number;
}

/** Longest value shown. */
const MAX_SHOWN = 120;

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};

/** Entries of a list by name. */
function namesOf(document: RegistryDocument, list: ListName): Map<string, Readonly<Record<string, unknown>>> {
  switch (list) {
    case 'links':
      return new Map((document.links ?? []).map((one) => [linkId(one), one]));
    case 'sharedAddresses':
      return new Map(document.sharedAddresses.map((one) => [one, {}]));
    default:
      return new Map(document[list].map((one) => [one.id, one]));
  }
}

/** Entries of `after` that `before` lacks or has otherwise. */
export function differenceOf(before: RegistryDocument, after: RegistryDocument): Difference {
  const changes: Changed[] = [];
  let same = 0;
  for (const list of lists) {
    const known = namesOf(before, list);
    for (const [id, entry] of namesOf(after, list)) {
      const old = known.get(id);
      if (old === undefined) changes.push({ list, id, change: 'added', fields: [] });
      else if (isDeepStrictEqual(old, entry)) same++;
      else {
        const keys = [...new Set([...Object.keys(old), ...Object.keys(entry)])];
        const fields = keys.flatMap((key) =>
          isDeepStrictEqual(old[key], entry[key])
            ? []
            : [`${key}: ${shown(old[key])} → ${shown(entry[key])}`],
        );
        // Keys that say nothing (undefined) are no change.
        if (fields.length === 0) same++;
        else changes.push({ list, id, change: 'changed', fields });
      }
    }
  }
  return { changes, same };
}

/** Assets and people of `before` that `after` no longer has: only an editor takes them out, never an import. */
export function removedFrom(before: RegistryDocument, after: RegistryDocument): Changed[] {
  return (['assets', 'identities'] as const).flatMap((list) => {
    const kept = new Set(after[list].map(({ id }) => id));
    return before[list].flatMap(({ id }) =>
      kept.has(id) ? [] : [{ list, id, change: 'removed' as const, fields: [] }],
    );
  });
}

/** `2 assets added, 1 person changed`. */
export function differenceWords({ changes }: Difference): string {
  if (changes.length === 0) return 'nothing differs';
  const counts = new Map<string, number>();
  for (const { list, change } of changes)
    counts.set(`${list} ${change}`, (counts.get(`${list} ${change}`) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
}
