/** Expressions as functions of an event. */
import type { FieldNames, Subject, Texts } from './event-fields.ts';
import { fold } from './fold.ts';
import { matcherOf, plainTextOf } from './pattern.ts';
import type { Comparison, Expression, Placement, Test } from './rule.ts';
import { timePart } from './time-part.ts';

export type Judge = (subject: Subject) => boolean;

type TextTest = (text: string) => boolean;

/** From so many equal values on a set is asked. */
const LEAST_FOR_SET = 4;

export function compile(expression: Expression, names: FieldNames): Judge {
  switch (expression.op) {
    case 'and': {
      const all = expression.of.map((one) => compile(one, names));
      const [first, second] = all;
      if (all.length === 1 && first !== undefined) return first;
      if (all.length === 2 && first !== undefined && second !== undefined)
        return (subject) => first(subject) && second(subject);
      return (subject) => {
        for (const judge of all) if (!judge(subject)) return false;
        return true;
      };
    }
    case 'or': {
      const any = grouped(expression.of, names);
      const [first] = any;
      if (any.length === 1 && first !== undefined) return first;
      return (subject) => {
        for (const judge of any) if (judge(subject)) return true;
        return false;
      };
    }
    case 'not': {
      const inner = compile(expression.of, names);
      return (subject) => !inner(subject);
    }
    default:
      return compileTest(expression, names);
  }
}

/** Alternatives for the text of one field become one function. */
function grouped(of: readonly Expression[], names: FieldNames): Judge[] {
  const judges: Judge[] = [];
  const byField = new Map<string, (Test & { op: 'text' })[]>();
  for (const one of of) {
    if (one.op !== 'text') {
      judges.push(compile(one, names));
      continue;
    }
    const key = `${one.cased} ${one.field ?? ''} ${one.field === undefined}`;
    const known = byField.get(key);
    if (known === undefined) byField.set(key, [one]);
    else known.push(one);
  }
  const texts = [...byField.values()].map((tests) => {
    const [first] = tests;
    return onTexts(first?.field, first?.cased ?? false, anyText(tests), names);
  });
  return [...texts, ...judges];
}

function anyText(tests: readonly (Test & { op: 'text' })[]): TextTest {
  const exact: string[] = [];
  const others: TextTest[] = [];
  for (const { pattern, cased } of tests) {
    const plain = plainTextOf(pattern);
    if (plain === undefined) others.push(matcherOf(pattern, cased));
    else exact.push(cased ? plain : fold(plain));
  }
  if (exact.length >= LEAST_FOR_SET) {
    const set = new Set(exact);
    others.unshift((text) => set.has(text));
  } else
    others.unshift(
      ...exact.map(
        (one): TextTest =>
          (text) =>
            text === one,
      ),
    );
  const [only] = others;
  if (others.length === 1 && only !== undefined) return only;
  return (text) => {
    for (const test of others) if (test(text)) return true;
    return false;
  };
}

/** Lists of values: one of them is enough. */
function anyOf(texts: Texts, test: TextTest): boolean {
  if (typeof texts === 'string') return test(texts);
  return texts?.some(test) ?? false;
}

function onTexts(field: string | undefined, cased: boolean, test: TextTest, names: FieldNames): Judge {
  if (field === undefined)
    return cased ? (subject) => subject.leaves.some(test) : (subject) => subject.foldedLeaves.some(test);
  const number = names.numberOf(field);
  return cased
    ? (subject) => anyOf(subject.texts(number), test)
    : (subject) => anyOf(subject.folded(number), test);
}

function compileTest(test: Test, names: FieldNames): Judge {
  switch (test.op) {
    case 'text':
      return onTexts(test.field, test.cased, matcherOf(test.pattern, test.cased), names);
    case 'expression':
      return onTexts(test.field, true, test.matches, names);
    case 'cidr':
      return onTexts(test.field, true, test.contains, names);
    case 'compare':
      return comparing(test, names.numberOf(test.field));
    case 'exists': {
      const number = names.numberOf(test.field);
      return (subject) => (subject.raw(number) !== undefined) === test.wanted;
    }
    case 'null': {
      const number = names.numberOf(test.field);
      return (subject) => isNothing(subject.raw(number));
    }
    case 'same': {
      const number = names.numberOf(test.field);
      const other = names.numberOf(test.other);
      const isSame = placed(test.placement);
      return test.cased
        ? (subject) => anyOf(subject.texts(number), (a) => anyOf(subject.texts(other), (b) => isSame(a, b)))
        : (subject) =>
            anyOf(subject.folded(number), (a) => anyOf(subject.folded(other), (b) => isSame(a, b)));
    }
  }
}

/** Null, not there, or a list of nothing else. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.every(isNothing));

function placed(placement: Placement): (a: string, b: string) => boolean {
  if (placement === 'startswith') return (a, b) => a.startsWith(b);
  if (placement === 'endswith') return (a, b) => a.endsWith(b);
  if (placement === 'contains') return (a, b) => a.includes(b);
  return (a, b) => a === b;
}

function compared(by: Comparison): (a: number, b: number) => boolean {
  if (by === 'lt') return (a, b) => a < b;
  if (by === 'lte') return (a, b) => a <= b;
  if (by === 'gt') return (a, b) => a > b;
  if (by === 'gte') return (a, b) => a >= b;
  return (a, b) => a === b;
}

/** A number as it stands, or a text that is one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function comparing({ by, value, part }: Test & { op: 'compare' }, field: number): Judge {
  const holds = compared(by);
  const one = (raw: unknown): boolean => {
    const found =
      part === undefined
        ? numberOf(raw)
        : typeof raw === 'string' || typeof raw === 'number'
          ? timePart(raw, part)
          : undefined;
    return found !== undefined && holds(found, value);
  };
  return (subject) => {
    const raw = subject.raw(field);
    return Array.isArray(raw) ? raw.some(one) : one(raw);
  };
}
