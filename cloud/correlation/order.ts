/** Orders that do not depend on what came first. */

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By time, then by id. */
export const inOrder = (a: { at: number; id: string }, b: { at: number; id: string }): number =>
  a.at - b.at || compareText(a.id, b.id);
