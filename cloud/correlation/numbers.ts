/** Stands for no item, no run, no slot: all of them are numbers from 0 on. */
export const NONE = -1;

/** Room for so many to begin with. */
export const FIRST_ROOM = 1_024;

/** The same numbers with room for at least so many, at least doubled: a table that grows is copied a few times only. */
export function widened(numbers: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(Math.max(least, numbers.length * 2));
  wide.set(numbers);
  return wide;
}
