/** Pairs of detection ids that people put together or kept apart. Apart wins over together. */
export interface DecidedPairs {
  readonly together: readonly (readonly [string, string])[];
  readonly apart: readonly (readonly [string, string])[];
}

/** The same to look up, both ways. The machine keeps apart what a person kept apart. */
export interface Decisions {
  readonly together: ReadonlyMap<string, ReadonlySet<string>>;
  readonly apart: ReadonlyMap<string, ReadonlySet<string>>;
}

export const NO_DECISIONS: DecidedPairs = { together: [], apart: [] };

export const decisionsOf = ({ together, apart }: DecidedPairs): Decisions => ({
  together: bothWays(together),
  apart: bothWays(apart),
});

function bothWays(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const note = (one: string, other: string) => {
    const set = found.get(one) ?? new Set();
    found.set(one, set.add(other));
  };
  for (const [one, other] of pairs) {
    note(one, other);
    note(other, one);
  }
  return found;
}
