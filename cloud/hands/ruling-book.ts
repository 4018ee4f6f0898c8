import type { Decision } from '../correlation/decisions.ts';
import type { Ruling } from '../store/store.ts';

/** Rulings that stand, at most: each is looked at wherever one of its detections is told. */
export const MAX_STANDING_RULINGS = 5_000;
/** Detections of one ruling, at most. */
export const MAX_RULED_DETECTIONS = 20_000;

/** What people ruled, in the order in which they did, and what the correlator makes of it. */
export class RulingBook {
  readonly #entries: Map<string, { ruling: Ruling; decision: Decision }>;

  constructor(rulings: readonly Ruling[]) {
    this.#entries = new Map(
      rulings.map((ruling) => [ruling.id, { ruling, decision: decisionOf(ruling) }] as const),
    );
  }

  find(id: string): Ruling | undefined {
    return this.#entries.get(id)?.ruling;
  }

  put(ruling: Ruling): void {
    this.#entries.set(ruling.id, { ruling, decision: decisionOf(ruling) });
  }

  /** Those that stand; a decision that did not change is the same object as before. */
  get decisions(): Decision[] {
    return [...this.#entries.values()].flatMap(({ ruling, decision }) =>
      ruling.undone === undefined ? [decision] : [],
    );
  }

  /** Those about any of these detections, undone ones among them. */
  about(detections: readonly string[]): Ruling[] {
    const those = new Set(detections);
    return [...this.#entries.values()].flatMap(({ ruling }) =>
      ruling.one.some((id) => those.has(id)) || ruling.other.some((id) => those.has(id)) ? [ruling] : [],
    );
  }

  /**
   * A monitor gives a finding another name when its beginning turns out to be another; a person's word is about what
   * was found, whatever it is called.
   * @param successors by the name before
   * @returns rulings that name more now; not put yet
   */
  renamed(successors: ReadonlyMap<string, string>): Ruling[] {
    if (successors.size === 0) return [];
    const renamed = (ids: readonly string[]): string[] => {
      const more = ids.flatMap((id) => successors.get(id) ?? []).filter((id) => !ids.includes(id));
      return [...ids, ...new Set(more)];
    };
    return [...this.#entries.values()].flatMap(({ ruling }) => {
      if (ruling.undone !== undefined) return [];
      const [one, other] = [renamed(ruling.one), renamed(ruling.other)];
      const isSame = one.length === ruling.one.length && other.length === ruling.other.length;
      return isSame ? [] : [{ ...ruling, one, other }];
    });
  }
}

const decisionOf = (ruling: Ruling): Decision => ({
  id: ruling.id,
  kind: ruling.kind === 'merged' ? 'together' : 'apart',
  one: ruling.one,
  other: ruling.other,
  because: reasonOf(ruling),
});

/** As the reason of a link: `joined by Mara Klein at 14:05 on 23 November: same van`. */
export function reasonOf({ kind, by, at, text, timeZone }: Ruling): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long' }).format(at);
  const deed = kind === 'merged' ? 'joined' : 'taken out together';
  return `${deed} by ${by} at ${time} on ${day}: ${text}`;
}
