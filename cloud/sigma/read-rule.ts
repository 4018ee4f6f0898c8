/** A document of a rules file as a rule: Sigma 2.1, rules, filters and correlations. */
import { type Condition, isNegation, readCondition } from './condition.ts';
import { isMapping, kindOf, type Mapping, mappingAt, SigmaProblem, textAt, textsAt } from './problem.ts';
import {
  type Bound,
  type CorrelationRule,
  type CorrelationType,
  correlationTypes,
  type Expression,
  type Level,
  type Logsource,
  levels,
  type Rule,
  type RuleHead,
} from './rule.ts';
import { type Placeholders, readItem } from './value.ts';

/** Rules that a correlation may refer to. */
export const MAX_REFERENCES = 64;
const MAX_SEARCH_DEPTH = 16;
const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer windows would keep events for longer than anything else here is remembered. */
export const MAX_TIMESPAN_MS = 31 * 86_400_000;

/** @throws SigmaProblem */
export function readRule(document: unknown, file: string, number: number, placeholders: Placeholders): Rule {
  if (!isMapping(document)) throw new SigmaProblem('', `expected a mapping, not ${kindOf(document)}`);
  const head = readHead(document, file, number);
  if (document.correlation !== undefined)
    return readCorrelation(head, document, mappingAt(document, 'correlation', 'correlation'));
  if (document.filter !== undefined) {
    const section = mappingAt(document, 'filter', 'filter');
    const rules =
      section.rules === undefined || section.rules === 'any' ? [] : textsAt(section, 'rules', 'filter.rules');
    const { rules: _rules, ...searches } = section;
    return {
      ...head,
      kind: 'filter',
      logsource: readLogsource(document),
      rules: rules.length === 0 ? undefined : rules,
      expression: readSearches(searches, 'filter', placeholders, (whole, conditions) =>
        // `not selection` as pySigma has it and `selection` as the specification's example has it: both suppress.
        conditions.every(isNegation) ? whole : { op: 'not', of: whole },
      ),
    };
  }
  const detection = mappingAt(document, 'detection', 'detection');
  return {
    ...head,
    kind: 'detection',
    logsource: readLogsource(document),
    expression: readSearches(detection, 'detection', placeholders, (whole) => whole),
  };
}

function readHead(document: Mapping, file: string, number: number): RuleHead {
  const title = textAt(document, 'title', 'title');
  if (title === undefined || title.trim() === '') throw new SigmaProblem('title', 'is missing');
  const stated = textAt(document, 'level', 'level');
  const level = levels.find((one) => one === stated?.toLowerCase());
  if (stated !== undefined && level === undefined)
    throw new SigmaProblem('level', `"${stated}" is not one of ${levels.join(', ')}`);
  const name = textAt(document, 'name', 'name');
  return {
    id: textAt(document, 'id', 'id') ?? name ?? `${file}#${number}`,
    name,
    title: title.trim(),
    level: level satisfies Level | undefined,
    description: textAt(document, 'description', 'description'),
    tags: textsAt(document, 'tags', 'tags'),
    file,
    document: number,
  };
}

function readLogsource(document: Mapping): Logsource {
  const section = mappingAt(document, 'logsource', 'logsource');
  const part = (key: 'category' | 'product' | 'service') => {
    const text = textAt(section, key, `logsource.${key}`);
    return text === undefined ? {} : { [key]: text };
  };
  return { ...part('category'), ...part('product'), ...part('service') };
}

/** The searches of a section put together by its condition. */
function readSearches(
  section: Mapping,
  path: string,
  placeholders: Placeholders,
  finish: (whole: Expression, conditions: readonly Condition[]) => Expression,
): Expression {
  const { condition: stated, timeframe: _timeframe, ...searches } = section;
  const names = Object.keys(searches);
  if (names.length === 0) throw new SigmaProblem(path, 'has no search');
  if (stated === undefined) throw new SigmaProblem(`${path}.condition`, 'is missing');
  const expressions = new Map(
    names.map((name) => [name, readSearch(searches[name], `${path}.${name}`, placeholders, 0)]),
  );
  const list: unknown[] = Array.isArray(stated) ? stated : [stated];
  const conditions = list.map((text) => {
    if (typeof text !== 'string')
      throw new SigmaProblem(`${path}.condition`, `expected a text, not ${kindOf(text)}`);
    return readCondition(text, names, `${path}.condition`);
  });
  const put = (condition: Condition): Expression => {
    if (condition.op === 'search') return expressions.get(condition.name) ?? { op: 'or', of: [] };
    if (condition.op === 'not') return { op: 'not', of: put(condition.of) };
    return { op: condition.op, of: condition.of.map(put) };
  };
  return finish(any(conditions.map(put)), conditions);
}

/** A mapping: all of it. A list: any of it. Texts without a field are looked for in the whole event. */
function readSearch(search: unknown, path: string, placeholders: Placeholders, depth: number): Expression {
  if (depth > MAX_SEARCH_DEPTH) throw new SigmaProblem(path, `nested deeper than ${MAX_SEARCH_DEPTH}`);
  if (isMapping(search)) {
    const items = Object.entries(search);
    if (items.length === 0) throw new SigmaProblem(path, 'is empty');
    const [only, ...more] = items.map(([name, value]) =>
      readItem(name, value, `${path}.${name}`, placeholders),
    );
    return only !== undefined && more.length === 0
      ? only
      : { op: 'and', of: only === undefined ? more : [only, ...more] };
  }
  if (Array.isArray(search)) {
    if (search.length === 0) throw new SigmaProblem(path, 'is empty');
    return any(search.map((one, index) => readSearch(one, `${path}[${index}]`, placeholders, depth + 1)));
  }
  if (search === null || search === undefined) throw new SigmaProblem(path, 'is empty');
  return readItem('', search, path, placeholders);
}

function any(of: readonly Expression[]): Expression {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { op: 'or', of };
}

const comparators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

function readCorrelation(head: RuleHead, document: Mapping, section: Mapping): CorrelationRule {
  const at = (key: string) => `correlation.${key}`;
  const type = correlationTypes.find((one) => one === section.type);
  if (type === undefined)
    throw new SigmaProblem(
      at('type'),
      section.type === undefined
        ? 'is missing'
        : `"${String(section.type)}" is not one of ${correlationTypes.join(', ')}`,
    );
  const rules = textsAt(section, 'rules', at('rules'));
  if (rules.length === 0) throw new SigmaProblem(at('rules'), 'is missing');
  if (rules.length > MAX_REFERENCES) throw new SigmaProblem(at('rules'), `more than ${MAX_REFERENCES}`);
  if (new Set(rules).size < rules.length) throw new SigmaProblem(at('rules'), 'names a rule twice');
  const { bounds, fields, percentile } = readBounds(section, type, rules.length);
  const generate = section.generate ?? document.generate;
  if (generate !== undefined && typeof generate !== 'boolean')
    throw new SigmaProblem('generate', 'expected true or false');
  return {
    ...head,
    kind: 'correlation',
    type,
    rules,
    groupBy: textsAt(section, 'group-by', at('group-by')),
    aliases: readAliases(section, rules),
    timespanMs: readTimespan(section),
    bounds,
    fields,
    percentile,
    generate: generate ?? false,
  };
}

function readTimespan(section: Mapping): number {
  const path = 'correlation.timespan';
  const text = textAt(section, 'timespan', path);
  if (text === undefined) throw new SigmaProblem(path, 'is missing');
  const match = /^(\d{1,9})([smhd])$/.exec(text.trim());
  const milliseconds = Number(match?.[1] ?? 0) * (unitsMs[match?.[2] ?? ''] ?? 0);
  if (milliseconds <= 0) throw new SigmaProblem(path, `"${text}" is not a number and s, m, h or d`);
  if (milliseconds > MAX_TIMESPAN_MS)
    throw new SigmaProblem(path, `longer than ${MAX_TIMESPAN_MS / 86_400_000} days`);
  return milliseconds;
}

function readAliases(section: Mapping, rules: readonly string[]): CorrelationRule['aliases'] {
  if (section.aliases === undefined || section.aliases === null) return new Map();
  const aliases = mappingAt(section, 'aliases', 'correlation.aliases');
  return new Map(
    Object.keys(aliases).map((alias) => {
      const path = `correlation.aliases.${alias}`;
      const fields = mappingAt(aliases, alias, path);
      return [
        alias,
        new Map(
          Object.keys(fields).map((rule) => {
            if (!rules.includes(rule))
              throw new SigmaProblem(`${path}.${rule}`, 'is not among the rules of this correlation');
            const field = textAt(fields, rule, `${path}.${rule}`);
            if (field === undefined) throw new SigmaProblem(`${path}.${rule}`, 'is missing');
            return [rule, field];
          }),
        ),
      ];
    }),
  );
}

function readBounds(
  section: Mapping,
  type: CorrelationType,
  references: number,
): { bounds: Bound[]; fields: string[]; percentile: number } {
  const path = 'correlation.condition';
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  if (section.condition === undefined && isTemporal)
    return { bounds: [{ by: 'gte', value: references }], fields: [], percentile: 50 };
  const condition = mappingAt(section, 'condition', path);
  for (const key of Object.keys(condition))
    if (!comparators.some((one) => one === key) && key !== 'field' && key !== 'percentile')
      throw new SigmaProblem(`${path}.${key}`, `is not one of ${comparators.join(', ')}, field, percentile`);
  const bounds = comparators.flatMap((by): Bound[] => {
    const value = condition[by];
    if (value === undefined) return [];
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw new SigmaProblem(`${path}.${by}`, `expected a number, not ${JSON.stringify(value)}`);
    return [{ by, value: number }];
  });
  if (bounds.length === 0) throw new SigmaProblem(path, `needs one of ${comparators.join(', ')}`);
  const fields = textsAt(condition.field === undefined ? section : condition, 'field', `${path}.field`);
  if (type.startsWith('value_') && fields.length === 0) throw new SigmaProblem(`${path}.field`, 'is missing');
  if (type.startsWith('value_') && type !== 'value_count' && fields.length > 1)
    throw new SigmaProblem(`${path}.field`, `${type} takes one field`);
  const percentile = condition.percentile ?? 50;
  if (typeof percentile !== 'number' || !(percentile >= 0 && percentile <= 100))
    throw new SigmaProblem(`${path}.percentile`, 'expected a number from 0 to 100');
  if (condition.percentile !== undefined && type !== 'value_percentile')
    throw new SigmaProblem(`${path}.percentile`, 'belongs to value_percentile');
  return { bounds, fields, percentile };
}
