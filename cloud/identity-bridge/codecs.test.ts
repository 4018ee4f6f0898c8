import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base58, fromBase58 } from './base58.ts';
import { didKeyOf, documentAddress, multibaseOf, Resolver, rawFromMultibase } from './did.ts';
import { bitsWith, decodedList, encodedList, isSet, LIST_LENGTH } from './status-list.ts';

test('base58: published examples, and any bytes come back', () => {
  expect(base58(Buffer.from('Hello World!'))).toBe('2NEpo7TZRRrLZSi2U');
  expect(base58(Buffer.from('0000287fb4cd', 'hex'))).toBe('11233QC4');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(fromBase58(base58(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = fromBase58(text);
      if (bytes !== undefined) expect(base58(bytes)).toBe(text);
    }),
  );
  expect(fromBase58('0OIl')).toBeUndefined();
  expect(fromBase58('1'.repeat(1_000))).toBeUndefined();
});

test('did:key of any Ed25519 key begins with z6Mk and names its key; others name none', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (raw) => {
      const name = didKeyOf(raw);
      expect(name).toMatch(/^did:key:z6Mk/);
      expect(rawFromMultibase(name.slice('did:key:'.length))).toEqual(raw);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void rawFromMultibase(text)));
  const resolver = new Resolver({ hosts: [] });
  // The key of a specification's example, and the same with another fragment.
  const example = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
  expect((await resolver.key(example, 'assertionMethod')).asymmetricKeyType).toBe('ed25519');
  await expect(resolver.key(`${example}#z6Mkother`, 'assertionMethod')).rejects.toThrow('no Ed25519 key');
  await expect(resolver.key('did:key:zQ3shokFTS3', 'assertionMethod')).rejects.toThrow();
  await expect(resolver.key('did:ion:abc', 'assertionMethod')).rejects.toThrow('of a kind known here');
});

test('did:web leads to its host and nowhere else', () => {
  expect(documentAddress('did:web:shop.example')?.href).toBe('https://shop.example/.well-known/did.json');
  expect(documentAddress('did:web:shop.example%3A8443:a:b')?.href).toBe(
    'https://shop.example:8443/a/b/did.json',
  );
  for (const bad of [
    'did:web:a@b.example',
    'did:web:shop.example:..',
    'did:web:shop.example:a%2Fb',
    'did:web:%2F%2Fx',
  ])
    expect(
      documentAddress(bad)?.host === 'b.example' || documentAddress(bad)?.pathname.includes('..'),
      bad,
    ).toBeFalsy();
  expect(documentAddress('did:web:shop.example:..')).toBeUndefined();
  expect(documentAddress('did:web:shop.example:a%2Fb')).toBeUndefined();
});

test('a document is fetched from a configured host alone, once, within its bound, and must be its own', async () => {
  const raw = new Uint8Array(32).fill(9);
  const asked: string[] = [];
  const document = {
    id: 'did:web:bank.example',
    verificationMethod: [
      { id: '#k', controller: 'did:web:bank.example', publicKeyMultibase: multibaseOf(raw) },
    ],
    assertionMethod: ['#k'],
  };
  let body = JSON.stringify(document);
  const fetch = async (url: URL) => {
    asked.push(url.href);
    return new Response(body);
  };
  const resolver = new Resolver({ hosts: ['bank.example', 'thief.example', 'big.example'], fetch });
  await resolver.key('did:web:bank.example#k', 'assertionMethod');
  await resolver.key('did:web:bank.example#k', 'assertionMethod');
  expect(asked).toEqual(['https://bank.example/.well-known/did.json']);
  // The key is for issuing alone.
  await expect(resolver.key('did:web:bank.example#k', 'authentication')).rejects.toThrow('for this');
  await expect(resolver.key('did:web:other.example#k', 'assertionMethod')).rejects.toThrow(
    'no host that may be asked',
  );
  await expect(resolver.key('did:web:thief.example#k', 'assertionMethod')).rejects.toThrow(
    'is of "did:web:bank.example"',
  );
  body = ' '.repeat(100_000);
  await expect(resolver.key('did:web:big.example#k', 'assertionMethod')).rejects.toThrow(
    'more than 65536 bytes',
  );
  expect(asked).toHaveLength(3);
});

test('a status list has its bits from the left, and bombs are not unpacked', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: LIST_LENGTH - 1 }), { maxLength: 20 }), (indexes) => {
      const bits = decodedList(encodedList(bitsWith(indexes)));
      for (const index of indexes) expect(isSet(bits, index)).toBe(true);
      expect(bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)).toBe(
        indexes.length,
      );
    }),
    { numRuns: 20 },
  );
  expect(bitsWith([0])[0]).toBe(0x80);
  expect(() => decodedList(encodedList(new Uint8Array(8 * 1024 * 1024)))).toThrow();
  expect(() => decodedList(encodedList(new Uint8Array(10)))).toThrow('shorter');
});
