import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  type RangeHash,
  rootOf,
} from './merkle.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The eight inputs, and the roots over the first 0 to 8 of them, that implementations of RFC 6962 compare with. */
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = inputs.map((input) => leafHash(Buffer.from(input, 'hex')));
const rangeOf =
  (hashes: readonly Uint8Array[]): RangeHash =>
  async (from, to) =>
    rootOf(hashes.slice(from, to));

test('roots are those that every implementation has', () => {
  for (const [size, root] of roots.entries()) expect(hex(rootOf(leaves.slice(0, size)))).toBe(root);
});

test('proofs are those that every implementation has', async () => {
  const range = rangeOf(leaves);
  expect((await inclusionProof(5, 8, range)).map(hex)).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  expect((await consistencyProof(6, 8, range)).map(hex)).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

const many = Array.from({ length: 700 }, (_, at) => leafHash(Buffer.from(String(at))));

test('any entry of a tree of any size is proved, and no other in its place', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 700 }),
      fc.nat(),
      fc.nat(),
      fc.nat({ max: 255 }),
      async (size, pick, where, flip) => {
        const index = pick % size;
        const hashes = many.slice(0, size);
        const leaf = hashes[index] ?? new Uint8Array();
        const root = rootOf(hashes);
        const proof = await inclusionProof(index, size, rangeOf(hashes));
        expect(isIncluded({ index, size, leaf, root }, proof)).toBe(true);
        const other = (index + 1) % size;
        if (size > 1) expect(isIncluded({ index: other, size, leaf, root }, proof)).toBe(false);
        const all = [leaf, root, ...proof].map((one) => Uint8Array.from(one));
        const broken = all[where % all.length];
        if (broken === undefined || flip === 0) return;
        broken[where % 32] = (broken[where % 32] ?? 0) ^ flip;
        const [brokenLeaf = leaf, brokenRoot = root, ...rest] = all;
        expect(isIncluded({ index, size, leaf: brokenLeaf, root: brokenRoot }, rest)).toBe(false);
        expect(isIncluded({ index, size, leaf, root }, [...proof, leaf])).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});

test('a tree that only grew is proved to have, and one that was changed before is not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), async (size, pick, where) => {
      const before = pick % (size + 1);
      const hashes = many.slice(0, size);
      const older = { size: before, root: rootOf(hashes.slice(0, before)) };
      const newer = { size, root: rootOf(hashes) };
      const proof = await consistencyProof(before, size, rangeOf(hashes));
      expect(isConsistent(older, newer, proof)).toBe(true);
      if (before === 0) return;
      const changed = hashes.slice(0, before);
      changed[where % before] = leafHash(Buffer.from('another'));
      expect(isConsistent({ size: before, root: rootOf(changed) }, newer, proof)).toBe(false);
    }),
    { numRuns: 150 },
  );
});
