/** Which of many rules an event may match: those one of whose required literals it has. */
import { Automaton } from './automaton.ts';
import {
  type EventFields,
  type FieldNames,
  MAX_DEPTH,
  MAX_LEAVES,
  type Subject,
  textsOf,
} from './event-fields.ts';
import { fold } from './fold.ts';
import { type Atom, requirementOf } from './required.ts';
import type { Expression } from './rule.ts';

/** Words, each with the rules that want it. */
class Words {
  readonly #automaton: Automaton;
  readonly #rules: readonly (readonly number[])[];

  constructor(words: ReadonlyMap<string, readonly number[]>, where: 'prefix' | 'suffix' | 'anywhere') {
    this.#automaton = new Automaton([...words.keys()], where);
    this.#rules = [...words.values()];
  }

  search(text: string, candidates: Candidates): void {
    this.#automaton.search(text, (word) => candidates.addAll(this.#rules[word]));
  }
}

/** What rules want of one field, or of any. */
interface FieldIndex {
  /** Its number among the names; -1: any field. */
  field: number;
  present: readonly number[] | undefined;
  exact: ReadonlyMap<string, readonly number[]> | undefined;
  words: readonly Words[];
}

/** Rules by number, each once. */
class Candidates {
  readonly #turns: Int32Array;
  #turn = 0;
  readonly found: number[] = [];

  constructor(rules: number) {
    this.#turns = new Int32Array(rules);
  }

  clear(): void {
    this.found.length = 0;
    if (++this.#turn === 0x7fff_ffff) {
      this.#turns.fill(0);
      this.#turn = 1;
    }
  }

  addAll(rules: readonly number[] | undefined): void {
    if (rules === undefined) return;
    for (const rule of rules) {
      if (this.#turns[rule] === this.#turn) continue;
      this.#turns[rule] = this.#turn;
      this.found.push(rule);
    }
  }
}

export class RuleIndex {
  readonly #fields = new Map<string, FieldIndex>();
  readonly #anywhere: FieldIndex | undefined;
  /** Nested objects are walked over only below these. */
  readonly #prefixes = new Set<string>();
  readonly #always: readonly number[];
  readonly #candidates: Candidates;
  #leaves = 0;

  /** @param members numbers of the rules that are asked here */
  constructor(expressions: readonly Expression[], members: readonly number[], names: FieldNames) {
    const always: number[] = [];
    const byField = new Map<string | undefined, { atom: Atom; rule: number }[]>();
    for (const rule of members) {
      const expression = expressions[rule];
      const requirement = expression === undefined ? undefined : requirementOf(expression);
      if (requirement === undefined) always.push(rule);
      for (const atom of requirement?.atoms ?? []) {
        const known = byField.get(atom.field);
        if (known === undefined) byField.set(atom.field, [{ atom, rule }]);
        else known.push({ atom, rule });
      }
    }
    this.#always = always;
    this.#candidates = new Candidates(expressions.length);
    for (const [field, wanted] of byField) {
      if (field === undefined) continue;
      this.#fields.set(field, fieldIndexOf(names.numberOf(field), wanted));
      for (let dot = field.indexOf('.'); dot >= 0; dot = field.indexOf('.', dot + 1))
        this.#prefixes.add(field.slice(0, dot));
    }
    const any = byField.get(undefined);
    this.#anywhere = any === undefined ? undefined : fieldIndexOf(-1, any);
  }

  /** Rules that are asked about every event. */
  get always(): number {
    return this.#always.length;
  }

  /** Numbers of the rules to ask; good until the next call. */
  candidates(subject: Subject): readonly number[] {
    const candidates = this.#candidates;
    candidates.clear();
    candidates.addAll(this.#always);
    this.#leaves = 0;
    const { event } = subject;
    for (const key in event) {
      const value = event[key];
      const index = this.#fields.get(key);
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        if (index === undefined && this.#anywhere === undefined) continue;
        const text = fold(typeof value === 'string' ? value : String(value));
        if (index !== undefined) {
          subject.setFolded(index.field, text);
          this.#ask(index, text);
        }
        if (this.#anywhere !== undefined) this.#ask(this.#anywhere, text);
      } else this.#walk(key, value, 1);
    }
    return candidates.found;
  }

  #ask({ present, exact, words }: FieldIndex, text: string): void {
    const candidates = this.#candidates;
    if (present !== undefined) candidates.addAll(present);
    if (exact !== undefined) candidates.addAll(exact.get(text));
    for (const one of words) one.search(text, candidates);
  }

  #walk(path: string, value: unknown, depth: number): void {
    if (++this.#leaves > MAX_LEAVES || depth > MAX_DEPTH) return;
    const index = this.#fields.get(path);
    if (index?.present !== undefined) this.#candidates.addAll(index.present);
    if (Array.isArray(value)) {
      for (const one of value) this.#walk(path, one, depth + 1);
      return;
    }
    if (typeof value === 'object' && value !== null) {
      if (this.#anywhere === undefined && !this.#prefixes.has(path)) return;
      const inner = value as EventFields;
      for (const key in inner) this.#walk(`${path}.${key}`, inner[key], depth + 1);
      return;
    }
    const texts = textsOf(value);
    if (typeof texts !== 'string') return;
    const text = fold(texts);
    if (index !== undefined) this.#ask(index, text);
    if (this.#anywhere !== undefined) this.#ask(this.#anywhere, text);
  }
}

function fieldIndexOf(field: number, wanted: readonly { atom: Atom; rule: number }[]): FieldIndex {
  const present = new Set<number>();
  const byKind = {
    exact: new Map<string, number[]>(),
    prefix: new Map<string, number[]>(),
    suffix: new Map<string, number[]>(),
    anywhere: new Map<string, number[]>(),
  };
  for (const { atom, rule } of wanted) {
    if (atom.kind === 'present' || (atom.text === '' && atom.kind !== 'exact')) {
      present.add(rule);
      continue;
    }
    const words = byKind[atom.kind];
    const known = words.get(atom.text);
    if (known === undefined) words.set(atom.text, [rule]);
    else if (!known.includes(rule)) known.push(rule);
  }
  const words = (['prefix', 'suffix', 'anywhere'] as const).flatMap((kind) =>
    byKind[kind].size === 0 ? [] : [new Words(byKind[kind], kind)],
  );
  return {
    field,
    present: present.size === 0 ? undefined : [...present],
    exact: byKind.exact.size === 0 ? undefined : byKind.exact,
    words,
  };
}
