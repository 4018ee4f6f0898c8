import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTopicFilter, TopicIndex } from './topic-index.ts';

/** The same by the letter of section 4.7, filter by filter. */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length || wanted[levels.length] === '#';
}

describe('topic index', () => {
  it.each([
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['+/+', '/x', true],
    ['#', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['+/b/#', 'a/b', true],
  ])('%s matches %s: %s', (filter, topic, expected) => {
    const index = new TopicIndex<string>();
    index.add(filter, 'x');
    expect(index.match(topic).has('x')).toBe(expected);
  });

  it('agrees with the letter of the specification', () => {
    const level = fc.constantFrom('a', 'b', '', '$SYS', 'constructor');
    const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
    const filter = fc
      .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
      .map(([levels, hash]) => (hash ? [...levels, '#'] : levels).join('/'))
      .filter(isTopicFilter);
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 8 }), topic, (filters, said) => {
        const index = new TopicIndex<string>();
        for (const one of filters) index.add(one, one);
        const wanted = new Set(filters.filter((one) => matches(one, said)));
        // `a/#` matches `a`, and so does the empty first level alone.
        expect(index.match(said)).toEqual(wanted);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', 'a#', 'a/#/b', '+a', 'a/b+'])('refuses %j as a filter', (filter) => {
    expect(() => new TopicIndex().add(filter, 1)).toThrow('is not an MQTT topic filter');
  });
});
