/** Many rules against one event after the other. */
import { compile, type Judge } from './compile.ts';
import { type EventFields, FieldNames, Subject } from './event-fields.ts';
import { type DetectionRule, isRouted, type Logsource } from './rule.ts';
import { RuleIndex } from './rule-index.ts';

/** Logsources for which an index of their own is kept; beyond it the one asked longest ago is dropped. */
export const MAX_ROUTES = 64;

export class Matcher {
  readonly rules: readonly DetectionRule[];
  readonly #names = new FieldNames();
  readonly #judges: readonly Judge[];
  readonly #routes = new Map<string, RuleIndex>();
  readonly #subject: Subject;

  constructor(rules: readonly DetectionRule[]) {
    this.rules = rules;
    this.#judges = rules.map(({ expression }) => compile(expression, this.#names));
    this.#subject = new Subject(this.#names);
  }

  /** Rules that match, in the order in which they were given. Without a logsource all are asked. */
  match(event: EventFields, logsource?: Logsource): DetectionRule[] {
    const index = this.#routeOf(logsource);
    const subject = this.#subject;
    subject.load(event);
    const matching: number[] = [];
    for (const rule of index.candidates(subject)) if (this.#judges[rule]?.(subject)) matching.push(rule);
    if (matching.length > 1) matching.sort((a, b) => a - b);
    const found: DetectionRule[] = [];
    for (const number of matching) {
      const rule = this.rules[number];
      if (rule !== undefined) found.push(rule);
    }
    return found;
  }

  /** Rules that an event of this logsource is compared with. */
  candidatesOf(event: EventFields, logsource?: Logsource): number {
    const index = this.#routeOf(logsource);
    this.#subject.load(event);
    return index.candidates(this.#subject).length;
  }

  #routeOf(logsource: Logsource | undefined): RuleIndex {
    const name =
      logsource === undefined
        ? ''
        : `${logsource.category ?? ''}\n${logsource.product ?? ''}\n${logsource.service ?? ''}`;
    const known = this.#routes.get(name);
    if (known !== undefined) return known;
    const members = this.rules.flatMap((rule, number) =>
      isRouted(rule.logsource, logsource) ? [number] : [],
    );
    const index = new RuleIndex(
      this.rules.map(({ expression }) => expression),
      members,
      this.#names,
    );
    const oldest = this.#routes.keys().next().value;
    if (this.#routes.size >= MAX_ROUTES && oldest !== undefined) this.#routes.delete(oldest);
    this.#routes.set(name, index);
    return index;
  }
}
