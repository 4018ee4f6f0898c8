import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { checkpointFrom, checkpointText, noteKeyFrom, noteSigner, openCheckpoint, openNote } from './note.ts';
import { bundleOf, entriesOf, MAX_LEVEL, type TilePlace, tilePath, tilePlace } from './tiles.ts';

test('tiles lie where the specification says', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 1, index: 0, width: 7 })).toBe('tile/1/000.p/7');
  expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112');
  for (const path of [
    '0/67',
    '0/x000/067',
    '6/000',
    '0/000.p/256',
    '0/000.p/0',
    '0/../key',
    'entries/000.p/01',
  ])
    expect(tilePlace(path), path).toBeUndefined();
});

test('a path names one place, and bytes of any kind pass through a bundle', () => {
  const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: MAX_LEVEL }));
  fc.assert(
    fc.property(level, fc.nat({ max: 999_999_999 }), fc.integer({ min: 1, max: 256 }), (of, index, width) => {
      const place: TilePlace = { level: of, index, width };
      expect(tilePlace(tilePath(place).slice('tile/'.length))).toEqual(place);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
      expect(entriesOf(bundleOf(entries))?.map((one) => Uint8Array.from(one))).toEqual(entries);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void entriesOf(bytes)));
});

test('a note of another implementation is opened, and not with one letter changed', () => {
  const key = noteKeyFrom('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  if (key === undefined) throw new Error('the key can be read');
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
  expect(openNote(note, key)).toBe(text);
  fc.assert(
    fc.property(fc.nat({ max: note.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
      fc.pre(note[at] !== letter);
      expect(openNote(note.slice(0, at) + letter + note.slice(at + 1), key)).toBeUndefined();
    }),
  );
});

test('a key is made once and kept for its owner alone; checkpoints it signs are its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
  const file = join(folder, 'key.pem');
  const signer = noteSigner('shop.example/audit', file);
  expect(noteSigner('shop.example/audit', file).text).toBe(signer.text);
  expect(noteKeyFrom(signer.text)?.id).toBe(signer.id);
  const checkpoint = { origin: signer.name, size: 70_000, root: new Uint8Array(32).fill(7) };
  const note = signer.sign(checkpointText(checkpoint));
  expect(openCheckpoint(note, signer)).toMatchObject({ size: 70_000 });
  const other = noteSigner('other.example/audit', join(folder, 'other.pem'));
  expect(openCheckpoint(note, other)).toMatch(/not signed by other.example/);
  expect(checkpointFrom('a\n007\nAAAA\n')).toBeUndefined();
  writeFileSync(file, 'no key');
  expect(() => noteSigner('shop.example/audit', file)).toThrow();
  rmSync(folder, { recursive: true });
});

test('canonical JSON has one order and no blanks, and what it stands for comes back', () => {
  expect(canonicalJson({ b: [1, 'ä', null], a: { d: 1e21, c: undefined } })).toBe(
    '{"a":{"d":1e+21},"b":[1,"ä",null]}',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
