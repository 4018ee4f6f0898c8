/** Which rows of a long list are drawn: pure geometry in px. */

/** Rows drawn beyond either edge of what is seen. */
export const BEYOND = 6;

export interface Span {
  /** First row that is drawn, and the first that is not. */
  from: number;
  to: number;
}

/**
 * @param top how far the list's beginning lies above the viewport's; negative where it lies below
 * @param height of the viewport
 */
export function drawnRows(top: number, height: number, rowHeight: number, count: number): Span {
  const from = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - BEYOND));
  const to = Math.max(from, Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND));
  return { from, to };
}

/** How far to scroll so that what was seen stays where it is, when rows came or went above it. */
export function shiftOf(
  before: readonly string[],
  after: readonly string[],
  firstSeen: number,
  rowHeight: number,
): number {
  const id = before[firstSeen];
  if (id === undefined || firstSeen === 0 || before[0] === after[0]) return 0;
  const now = after.indexOf(id);
  return now < 0 ? 0 : (now - firstSeen) * rowHeight;
}

/** A choice after one row was chosen or left out; with `range`, all rows from the last chosen one to it. Pure. */
export function chosenAfter(
  chosen: ReadonlySet<string>,
  ids: readonly string[],
  id: string,
  last: string | undefined,
  range: boolean,
): Set<string> {
  const next = new Set(chosen);
  const [a, b] = [ids.indexOf(last ?? id), ids.indexOf(id)].sort((one, other) => one - other);
  if (range && last !== undefined && a !== undefined && b !== undefined && a >= 0)
    for (const one of ids.slice(a, b + 1)) next.add(one);
  else if (!next.delete(id)) next.add(id);
  return next;
}
