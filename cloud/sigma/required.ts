/** What an event must have for a rule to match: the rule is asked only where one of its atoms is there. */
import { fold } from './fold.ts';
import { plainTextOf } from './pattern.ts';
import type { Expression, Test } from './rule.ts';

/** `field` undefined: any value. Text is folded. */
export interface Atom {
  readonly field: string | undefined;
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'anywhere' | 'present';
  readonly text: string;
}

export interface Requirement {
  /** One of them is there whenever the rule matches; empty: it never matches. */
  readonly atoms: readonly Atom[];
  /** A guess at how often one is there for nothing. */
  readonly cost: number;
}

/** Undefined: the rule may match an event in which nothing of it stands. Pure. */
export function requirementOf(expression: Expression, isNegated = false): Requirement | undefined {
  switch (expression.op) {
    case 'not':
      return requirementOf(expression.of, !isNegated);
    case 'and':
    case 'or': {
      const parts = expression.of.map((one) => requirementOf(one, isNegated));
      return (expression.op === 'and') === isNegated ? oneOf(parts) : cheapest(parts);
    }
    default: {
      const atom = isNegated ? negatedAtom(expression) : atomOf(expression);
      return atom === undefined ? undefined : { atoms: [atom], cost: costOf(atom) };
    }
  }
}

function cheapest(parts: readonly (Requirement | undefined)[]): Requirement | undefined {
  let best: Requirement | undefined;
  for (const part of parts)
    if (part !== undefined && (best === undefined || part.cost < best.cost)) best = part;
  return best;
}

function oneOf(parts: readonly (Requirement | undefined)[]): Requirement | undefined {
  const atoms = new Map<string, Atom>();
  let cost = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    cost += part.cost;
    for (const atom of part.atoms) atoms.set(`${atom.kind} ${atom.field ?? ''}\n${atom.text}`, atom);
  }
  return { atoms: [...atoms.values()], cost };
}

const present = (field: string): Atom => ({ field, kind: 'present', text: '' });

function atomOf(test: Test): Atom | undefined {
  switch (test.op) {
    case 'text':
      return textAtom(test);
    case 'exists':
      return test.wanted ? present(test.field) : undefined;
    case 'null':
      return undefined;
    case 'expression':
      return expressionAtom(test);
    default:
      return present(test.field);
  }
}

/** What is not true of an event without the field. */
function negatedAtom(test: Test): Atom | undefined {
  if (test.op === 'null' || (test.op === 'exists' && !test.wanted)) return present(test.field);
  return undefined;
}

function textAtom({ field, pattern }: Test & { op: 'text' }): Atom | undefined {
  const plain = plainTextOf(pattern);
  if (plain !== undefined) return { field, kind: 'exact', text: fold(plain) };
  let best: Atom | undefined;
  pattern.forEach((part, index) => {
    if (typeof part === 'string') return;
    const text = fold(part.text);
    if (best !== undefined && text.length <= best.text.length) return;
    const kind = index === 0 ? 'prefix' : index === pattern.length - 1 ? 'suffix' : 'anywhere';
    best = { field, kind, text };
  });
  return best === undefined ? (field === undefined ? undefined : present(field)) : cut(best);
}

/** A part of a long text is enough to look for. */
const MAX_WORD_LENGTH = 48;

function cut(atom: Atom): Atom {
  const text =
    atom.kind === 'suffix' ? atom.text.slice(-MAX_WORD_LENGTH) : atom.text.slice(0, MAX_WORD_LENGTH);
  return { ...atom, text };
}

/** The longest text that every match of a regular expression has in it. */
function expressionAtom({ field, source }: Test & { op: 'expression' }): Atom | undefined {
  const text = fold(literalIn(source.replace(/^\(\?[ims]+\)/, '')));
  if (text !== '') return cut({ field, kind: 'anywhere', text });
  return field === undefined ? undefined : present(field);
}

/** Reads what stands outside groups and classes; where it is not sure, it has nothing. */
export function literalIn(source: string): string {
  let best = '';
  let run = '';
  let depth = 0;
  const end = () => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '|' && depth === 0) return '';
    // Flags from here on, \Q…\E and classes within classes: let alone.
    if (
      /^(?:\(\?[a-z-]+\)|\\[QEpPx0-9]|\[\^?\[?[:=.])/.test(source.slice(at, at + 12)) ||
      source.includes('[[')
    )
      return '';
    if (character === '[') {
      const close = /^\[\^?\]?(?:\\.|[^\]\\])*\]/s.exec(source.slice(at));
      if (close === null) return '';
      at += close[0].length - 1;
      end();
      continue;
    }
    if (character === '(' || character === ')') {
      depth += character === '(' ? 1 : -1;
      end();
      continue;
    }
    const count = character === '{' ? /^\{\d*,?\d*\}/.exec(source.slice(at)) : null;
    if (count !== null) {
      at += count[0].length - 1;
      end();
      continue;
    }
    const escaped = character === '\\' ? source.charAt(++at) : '';
    const means = escaped === '' ? character : escaped;
    const isLetter =
      escaped === '' ? /[A-Za-z0-9 _/:"'=,;<>!@#%&~`-]/.test(means) : /[^A-Za-z0-9]/.test(means);
    if (!isLetter || depth > 0 || means > '~') {
      end();
      continue;
    }
    const after = source.charAt(at + 1);
    // It may be there or not.
    if (/[*?{]/.test(after)) end();
    else {
      run += means;
      if (after === '+') end();
    }
  }
  end();
  return best;
}

function costOf({ kind, text, field }: Atom): number {
  // Brackets, quotes and dollars are rarer than letters.
  const letters = text.length + (text.match(/[^\p{L}\p{N} ./_:=&-]/gu)?.length ?? 0);
  // Searches in any field are looked for in all of them.
  const everywhere = field === undefined ? 4 : 1;
  if (kind === 'present') return 1;
  // Short words (GET, tcp, true) are in every other event; numbers (4688) mostly name a kind of event.
  if (kind === 'exact') return (letters > 5 ? 0.005 : /^\d{3,}$/.test(text) ? 0.02 : 0.5) * everywhere;
  if (kind === 'anywhere') return Math.max(0.0005, 0.4 ** letters) * everywhere;
  return Math.max(0.0005, 0.35 ** letters) * everywhere;
}
