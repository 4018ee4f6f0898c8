import { expect, test } from 'vitest';
import { themeOf } from './theme.ts';
import { happening } from './wording.ts';

test.each([
  ['suricata:2260002', 'suricata alert'],
  ['sigma:5f1b7a52-3a4b-4c8e-9d21-0a1b2c3d4e5f', 'sigma alert'],
  ['new-listener', 'talk with somebody new'],
  ['something:else', 'something else'],
  ['...', 'detection'],
])('%s is told as "%s"', (rule, told) => {
  expect(happening(themeOf({ rule }).name, rule)).toBe(told);
});
