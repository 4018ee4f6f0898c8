/** What was found, on its way into the store and to whoever watches. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Store } from '../store/store.ts';

/** Incidents put at a time. */
const INCIDENTS_AT_ONCE = 1_000;

/** What was found; already in the store when it is told. */
export interface Detected {
  changed: readonly Incident[];
  /** Without `into`: nothing took it over. */
  gone: readonly { id: string; into?: string }[];
}

/** So many incidents at a time, each with those that went into it; those that went nowhere come last. Pure. */
export function* partsOf({ changed, gone }: Detected): Generator<Detected> {
  const joining = Map.groupBy(gone, ({ into }) => into);
  for (let from = 0; from < changed.length; from += INCIDENTS_AT_ONCE) {
    const part = changed.slice(from, from + INCIDENTS_AT_ONCE);
    yield {
      changed: part,
      gone: part.flatMap(({ id }) => {
        const joined = joining.get(id) ?? [];
        joining.delete(id);
        return joined;
      }),
    };
  }
  const left = [...joining.values()].flat();
  if (left.length > 0) yield { changed: [], gone: left };
}

/**
 * A finding whose beginning turns out to be another gets another name: the new one rests on some of the same
 * observations. Pure.
 */
export function successorsOf(
  withdrawn: readonly Detection[],
  put: readonly Detection[],
): Map<string, string> {
  const restingOn = new Map(
    put.flatMap(({ id, rule, evidence }) => evidence.map((one) => [`${rule} ${one}`, id])),
  );
  const found = new Map<string, string>();
  for (const { id, rule, evidence } of withdrawn) {
    const successor = evidence.map((one) => restingOn.get(`${rule} ${one}`)).find((one) => one !== undefined);
    if (successor !== undefined) found.set(id, successor);
  }
  return found;
}

/** An incident all of whose detections were taken back goes on where they go on under other names. */
export function succeeded(
  store: Pick<Store, 'incident'>,
  gone: readonly { id: string; into?: string }[],
  changed: readonly Incident[],
  successors: ReadonlyMap<string, string>,
): { id: string; into?: string }[] {
  return gone.map(({ id, into }) => {
    const held = into === undefined ? (store.incident(id)?.detections ?? []) : [];
    const successor = held.map((one) => successors.get(one)).find((one) => one !== undefined);
    const holder =
      successor === undefined ? into : changed.find(({ detections }) => detections.includes(successor))?.id;
    return holder === undefined ? { id } : { id, into: holder };
  });
}
