/** The Merkle tree of RFC 9162, section 2.1: hashes, roots, proofs that an entry is in it and that it only grew. */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(Buffer.concat([LEAF, entry]));

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return sha256(bytes);
}

/** The root of a tree without entries: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array());

export const isEqual = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;

/** Root over hashes that stand for leaves, or for complete subtrees of one size with perhaps a smaller last one. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return emptyRoot();
  let level: readonly Uint8Array[] = hashes;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at];
      const right = level[at + 1];
      if (left === undefined) continue;
      next.push(right === undefined ? left : nodeHash(left, right));
    }
    level = next;
  }
  return level[0] ?? emptyRoot();
}

/** The largest power of two that is smaller than `size`. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over the entries from `from` up to `to`; whoever keeps the tree answers. */
export type RangeHash = (from: number, to: number) => Promise<Uint8Array>;

/**
 * The hashes that lead from an entry to the root of the first `size` entries (2.1.3.1).
 * @throws RangeError
 */
export async function inclusionProof(index: number, size: number, range: RangeHash): Promise<Uint8Array[]> {
  if (index < 0 || index >= size) throw new RangeError(`entry ${index} is not among ${size}`);
  const proof: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      proof.push(await range(middle, to));
      to = middle;
    } else {
      proof.push(await range(from, middle));
      from = middle;
    }
  }
  return proof.reverse();
}

/**
 * The hashes that show that the first `older` of `size` entries are still the same (2.1.4.1).
 * @throws RangeError
 */
export async function consistencyProof(older: number, size: number, range: RangeHash): Promise<Uint8Array[]> {
  if (older < 0 || older > size) throw new RangeError(`${older} entries are not among ${size}`);
  if (older === 0 || older === size) return [];
  const proof: Uint8Array[] = [];
  let from = 0;
  let to = size;
  let isWhole = true;
  while (older !== to) {
    const middle = from + splitOf(to - from);
    if (older <= middle) {
      proof.push(await range(middle, to));
      to = middle;
    } else {
      proof.push(await range(from, middle));
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) proof.push(await range(from, to));
  return proof.reverse();
}

// Numbers of entries go beyond 32 bits: halves and parities are taken without bit operations.
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/** Whether the proof leads from the entry to the root (2.1.3.2). */
export function isIncluded(
  { index, size, leaf, root }: { index: number; size: number; leaf: Uint8Array; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let found = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      found = nodeHash(sibling, found);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else found = nodeHash(found, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && isEqual(found, root);
}

/** Whether the proof shows that the newer tree begins with the older one (2.1.4.2). */
export function isConsistent(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && isEqual(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && isEqual(older.root, emptyRoot());
  const isPower = Number.isInteger(Math.log2(older.size));
  const path = isPower ? [older.root, ...proof] : [...proof];
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  let oldRoot = first;
  let newRoot = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else newRoot = nodeHash(newRoot, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && isEqual(oldRoot, older.root) && isEqual(newRoot, newer.root);
}
