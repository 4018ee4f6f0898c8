/** Marks that would cover one another are one mark with a number. Pure. */

export interface Spot<Entry> {
  entry: Entry;
  /** On the screen, px. */
  x: number;
  y: number;
  /** Higher first: it decides what a mark of many looks like, and where it stands. */
  weight: number;
}

export interface Cluster<Entry> {
  x: number;
  y: number;
  /** The weightiest first. */
  entries: Entry[];
}

/** Marks nearer than this are one, px. */
export const CLUSTER_PX = 40;

/**
 * @param spots those outside of the screen are left out by the caller
 */
export function clustered<Entry>(spots: readonly Spot<Entry>[], apart = CLUSTER_PX): Cluster<Entry>[] {
  const clusters: Cluster<Entry>[] = [];
  // A grid of cells as wide as a mark: only neighbours can be near.
  const cells = new Map<string, Cluster<Entry>[]>();
  const cell = (value: number) => Math.floor(value / apart);
  for (const { entry, x, y } of [...spots].sort((a, b) => b.weight - a.weight)) {
    let near: Cluster<Entry> | undefined;
    let distance = apart;
    for (let column = cell(x) - 1; column <= cell(x) + 1; column++)
      for (let row = cell(y) - 1; row <= cell(y) + 1; row++)
        for (const one of cells.get(`${column} ${row}`) ?? []) {
          const away = Math.hypot(one.x - x, one.y - y);
          if (away >= distance) continue;
          near = one;
          distance = away;
        }
    if (near !== undefined) {
      near.entries.push(entry);
      continue;
    }
    const made = { x, y, entries: [entry] };
    clusters.push(made);
    const key = `${cell(x)} ${cell(y)}`;
    const there = cells.get(key);
    if (there === undefined) cells.set(key, [made]);
    else there.push(made);
  }
  return clusters;
}
