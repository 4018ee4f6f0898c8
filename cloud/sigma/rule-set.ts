/** All rules of a folder, put together: filters applied, references of correlations resolved. */
import { type RawDocument, readDocuments } from './documents.ts';
import { SigmaProblem } from './problem.ts';
import { readRule } from './read-rule.ts';
import type { CorrelationRule, DetectionRule, FilterRule, Logsource, Rule } from './rule.ts';
import type { Placeholders } from './value.ts';

/** Correlations of correlations of …; a longer chain is a mistake. */
export const MAX_CHAIN = 16;

export interface RuleFile {
  /** From the folder, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** A file whose documents were read before. */
export interface ReadFile {
  readonly file: string;
  readonly documents: readonly RawDocument[];
}

export interface Failure {
  readonly file: string;
  /** Names document and key. */
  readonly error: string;
}

export interface LinkedCorrelation {
  readonly rule: CorrelationRule;
  /** Ids of the rules it refers to, in its order. */
  readonly references: readonly string[];
}

export interface RuleSet {
  /** With their filters in their expressions. */
  readonly detections: readonly DetectionRule[];
  /** What a correlation refers to stands before it. */
  readonly correlations: readonly LinkedCorrelation[];
  /** Ids of the rules that only serve correlations. */
  readonly silent: ReadonlySet<string>;
  /** Documents that are rules, good or bad. */
  readonly rules: number;
  readonly loaded: number;
  readonly failed: readonly Failure[];
}

/** Never throws: what can't be used is among `failed`, the others are loaded. Pure. */
export function ruleSetOf(
  files: readonly (RuleFile | ReadFile)[],
  placeholders: Placeholders = new Map(),
): RuleSet {
  const failed: Failure[] = [];
  const rules: Rule[] = [];
  const several = new Set<string>();
  let count = 0;
  const fail = (file: string, document: number, error: unknown) => {
    const where = several.has(file) ? `document ${document}: ` : '';
    failed.push({ file, error: where + (error instanceof Error ? error.message : String(error)) });
  };
  for (const given of files) {
    const { file } = given;
    const documents = 'text' in given ? readDocuments(given.text) : given.documents;
    if (documents.length > 1 || documents.some(({ number }) => number > 1)) several.add(file);
    for (const document of documents) {
      count++;
      try {
        if ('error' in document) throw new SigmaProblem('', document.error);
        rules.push(readRule(document.value, file, document.number, placeholders));
      } catch (error) {
        if (!(error instanceof SigmaProblem)) throw error;
        fail(file, document.number, error);
      }
    }
  }
  const linked = new Linking(rules, (rule, error) => fail(rule.file, rule.document, error)).link();
  return { ...linked, rules: count, loaded: count - failed.length, failed };
}

class Linking {
  readonly #rules: Rule[] = [];
  readonly #byReference = new Map<string, Rule>();
  readonly #fail: (rule: Rule, error: SigmaProblem) => void;
  readonly #ordered = new Map<string, LinkedCorrelation>();
  readonly #broken = new Set<string>();

  constructor(rules: readonly Rule[], fail: (rule: Rule, error: SigmaProblem) => void) {
    this.#fail = fail;
    for (const rule of rules) {
      const taken =
        this.#byReference.get(rule.id) ??
        (rule.name === undefined ? undefined : this.#byReference.get(rule.name));
      if (taken !== undefined) {
        const key = taken.id === rule.id ? 'id' : 'name';
        fail(rule, new SigmaProblem(key, `is already taken by ${taken.file}`));
        continue;
      }
      this.#rules.push(rule);
      this.#byReference.set(rule.id, rule);
      if (rule.name !== undefined) this.#byReference.set(rule.name, rule);
    }
  }

  link(): Pick<RuleSet, 'detections' | 'correlations' | 'silent'> {
    const filters = this.#rules.filter((rule) => rule.kind === 'filter');
    const used = filters.filter((filter) => this.#isUsable(filter));
    const detections = this.#rules.flatMap((rule) =>
      rule.kind === 'detection' ? [filtered(rule, used)] : [],
    );
    for (const rule of this.#rules) if (rule.kind === 'correlation') this.#order(rule, []);
    const correlations = [...this.#ordered.values()];
    const silent = new Set<string>();
    const loud = new Set<string>();
    for (const { rule, references } of correlations)
      for (const id of references) (rule.generate ? loud : silent).add(id);
    for (const id of loud) silent.delete(id);
    return { detections, correlations, silent };
  }

  #isUsable(filter: FilterRule): boolean {
    const unknown = filter.rules?.find((one) => this.#byReference.get(one)?.kind !== 'detection');
    if (unknown === undefined) return true;
    this.#fail(filter, new SigmaProblem('filter.rules', `there is no rule "${unknown}"`));
    return false;
  }

  /** Whether it is usable; those it refers to come before it. */
  #order(rule: CorrelationRule, chain: readonly string[]): boolean {
    if (this.#ordered.has(rule.id)) return true;
    if (this.#broken.has(rule.id)) return false;
    const problem = this.#problemOf(rule, chain);
    if (problem === undefined) {
      this.#ordered.set(rule.id, {
        rule,
        references: rule.rules.map((one) => this.#byReference.get(one)?.id ?? one),
      });
      return true;
    }
    this.#broken.add(rule.id);
    this.#fail(rule, new SigmaProblem('correlation.rules', problem));
    return false;
  }

  #problemOf(rule: CorrelationRule, chain: readonly string[]): string | undefined {
    if (chain.includes(rule.id)) return 'the correlation refers to itself';
    if (chain.length >= MAX_CHAIN) return `a chain of more than ${MAX_CHAIN} correlations`;
    for (const reference of rule.rules) {
      const other = this.#byReference.get(reference);
      if (other === undefined || other.kind === 'filter') return `there is no rule "${reference}"`;
      if (other.kind === 'correlation' && !this.#order(other, [...chain, rule.id]))
        return `"${reference}" can't be used`;
    }
    return undefined;
  }
}

/** A rule with the filters that are meant for it. */
function filtered(rule: DetectionRule, filters: readonly FilterRule[]): DetectionRule {
  const own = filters.filter(
    ({ rules, logsource }) =>
      (rules === undefined || rules.some((one) => one === rule.id || one === rule.name)) &&
      isWithin(rule.logsource, logsource),
  );
  if (own.length === 0) return rule;
  return {
    ...rule,
    expression: { op: 'and', of: [rule.expression, ...own.map(({ expression }) => expression)] },
  };
}

/** Whether a rule's logsource has all that a filter's asks for. */
function isWithin(rule: Logsource, filter: Logsource): boolean {
  return (['category', 'product', 'service'] as const).every(
    (key) => filter[key] === undefined || filter[key].toLowerCase() === rule[key]?.toLowerCase(),
  );
}
