import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTemplate, render } from './value-template.ts';

const made = (template: string, payload: string) => {
  const parsed = parseTemplate(template);
  return 'refused' in parsed ? parsed.refused : render(parsed.value, payload);
};

describe('value templates', () => {
  it.each([
    ['{{ value }}', 'plain', 'plain'],
    ['{{value_json.a.b}}', '{"a":{"b":4.8}}', '4.8'],
    ["{{ value_json['a b'][1] }}", '{"a b":[1,2]}', '2'],
    ['{{ value_json["x"] | float | round(1) }}', '{"x":"4.84"}', '4.8'],
    ['{{ value_json.x|int }}', '{"x":4.9}', '4'],
    ['{{ value_json.x | upper | trim }}', '{"x":" on "}', 'ON'],
    ['{{- value_json.x -}}', '{"x":true}', 'True'],
    ['{{ value_json.missing.deeper }}', '{"x":1}', 'None'],
    ['{{ value_json.x | float(0) }}', '{"x":"broken"}', 'broken'],
  ])('%s of %s is %s', (template, payload, expected) => {
    expect(made(template, payload)).toEqual({ value: expected });
  });

  it.each([
    '{{ value_json.a + 1 }}',
    '{{ value_json.a | regex_replace("a","b") }}',
    '{% if value_json.a %}ON{% endif %}',
    "{{ 'ON' if value_json.a else 'OFF' }}",
    '{{ states("x") }}',
    '{{ value_json.a }}{{ value_json.b }}',
    '{{ value_jsonx }}',
    '',
  ])('does not evaluate %s', (template) => {
    expect(made(template, '{"a":1}')).toMatch(/not supported/);
  });

  it('says what is wrong with a payload that is not JSON', () => {
    expect(made('{{ value_json.a }}', 'ON')).toEqual({ refused: 'payload is not JSON: "ON"' });
  });

  it('reaches own fields only', () => {
    expect(made('{{ value_json.constructor }}', '{}')).toEqual({ value: 'None' });
    expect(made('{{ value_json.__proto__.x }}', '{"a":1}')).toEqual({ value: 'None' });
  });

  it('reads any path of a document back', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 8 }), fc.integer(), (path, leaf) => {
        const document = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), leaf);
        expect(made(`{{ value_json.${path.join('.')} }}`, JSON.stringify(document))).toEqual({
          value: String(leaf),
        });
      }),
    );
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '{{',
      '}}',
      'value',
      '_json',
      '.a',
      "['b']",
      '[0]',
      '|',
      'float',
      '(1)',
      ' ',
      '-',
      '"',
    );
    const template = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 20 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(template, fc.oneof(fc.json(), fc.string()), (source, payload) => {
        const parsed = parseTemplate(source);
        if ('refused' in parsed) expect(parsed.refused).not.toBe('');
        else expect(Object.keys(render(parsed.value, payload))).toHaveLength(1);
      }),
    );
  });
});
