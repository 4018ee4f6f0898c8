import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FilterTree, filterCovers, filterMatches, TopicTree } from './topics.ts';

const levels = (text: string): string[] => text.split('/');
const matches = (filter: string, topic: string): boolean => filterMatches(levels(filter), levels(topic));
const covers = (granted: string, requested: string): boolean =>
  filterCovers(levels(granted), levels(requested));

const word = fc.constantFrom('a', 'b', '', '$SYS');
const topic = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .filter(([words, hash]) => words.length > 0 || hash)
  .map(([words, hash]) => [...words, ...(hash ? ['#'] : [])].join('/'));

describe('a filter', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['+', '/a', false],
    ['+/+', '/a', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a', 'A', false],
  ])('%s on %s: %s', (text, name, expected) => {
    expect(matches(text, name)).toBe(expected);
  });

  it('covers another only if it matches all that the other matches', () => {
    fc.assert(
      fc.property(filter, filter, topic, (granted, requested, name) => {
        if (covers(granted, requested) && matches(requested, name)) expect(matches(granted, name)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['a/#', 'a/+/c', true],
    ['a/#', 'a/#', true],
    ['a/#', '#', false],
    ['a/+', 'a/#', false],
    ['a/+/#', 'a/#', false],
    ['+/b', 'a/b', true],
    ['a/b', 'a/+', false],
    ['#', '$SYS/#', false],
    ['+/#', '$SYS/#', false],
    ['$SYS/#', '$SYS/broker/+', true],
  ])('%s covers %s: %s', (granted, requested, expected) => {
    expect(covers(granted, requested)).toBe(expected);
  });
});

describe('the trees', () => {
  it('find by topic what matching one by one finds, also after removals', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(filter, { maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 4 }),
        topic,
        (filters, removals, name) => {
          const tree = new FilterTree<string>();
          for (const one of filters) tree.add(one, one);
          const gone = new Set(removals.map((index) => filters[index]));
          for (const one of gone) if (one !== undefined) tree.remove(one, one);
          const left = filters.filter((one) => !gone.has(one));
          expect(tree.match(name).sort()).toEqual(left.filter((one) => matches(one, name)).sort());
          expect(tree.size).toBe(left.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('find by filter what matching one by one finds, also after removals', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(topic, { maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 4 }),
        filter,
        (topics, removals, text) => {
          const tree = new TopicTree<string>();
          for (const one of topics) tree.set(one, one);
          const gone = new Set(removals.map((index) => topics[index]));
          for (const one of gone) if (one !== undefined) tree.delete(one);
          const left = topics.filter((one) => !gone.has(one));
          expect(tree.match(text).sort()).toEqual(left.filter((one) => matches(text, one)).sort());
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('give a value once although several of its filters match', () => {
    const tree = new FilterTree<string>();
    tree.add('a/#', 'x');
    tree.add('a/b', 'x');
    expect(tree.match('a/b')).toEqual(['x']);
  });
});
