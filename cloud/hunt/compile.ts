/** A query in the index's terms: names are looked up in what the installation knows. Pure. */
import { severities, severityRank } from '../../devices/model/detection.ts';
import { observationKinds } from '../../devices/model/observation.ts';
import { ruleWords } from '../correlation/theme.ts';
import { type HuntComplaint, type HuntQuery, type HuntTerm, nearest } from './query.ts';
import { isWhole, termOf, wordsOf } from './terms.ts';

/** What things and people are called here. */
export interface Vocabulary {
  rules: readonly string[];
  sites: readonly { id: string; name: string }[];
  assets: readonly { id: string; name: string; addresses: readonly string[] }[];
  people: readonly { id: string; name: string; badges: readonly string[]; accounts: readonly string[] }[];
}

/** Every one of `all` must be met by one of its terms, and none of `none` may be. A term with `*` behind is a beginning. */
export interface CompiledHunt {
  all: string[][];
  none: string[];
  from?: number;
  to?: number;
}

/** Things of one name that are looked for together, at most. */
const MAX_MEANT = 64;

export function compileHunt(
  query: HuntQuery,
  known: Vocabulary,
): { compiled: CompiledHunt } | { complaint: HuntComplaint } {
  const compiled: CompiledHunt = {
    all: [],
    none: [],
    ...(query.from === undefined ? {} : { from: query.from }),
    ...(query.to === undefined ? {} : { to: query.to }),
  };
  for (const term of query.terms) {
    const meant: string[][] = [];
    for (const value of term.values) {
      const found = meaningOf(term, value, known);
      if (!Array.isArray(found)) {
        const { column, length } = term;
        return { complaint: { column, length, ...found } };
      }
      meant.push(...found);
    }
    // Several words of which all must be there can't be one choice among others.
    const [only, ...others] = meant;
    if (only === undefined) continue;
    if (others.length === 0) {
      if (!term.isNegated) compiled.all.push(...only.map((one) => [one]));
      else if (only.length === 1) compiled.none.push(...only);
      else return { complaint: several(term) };
    } else {
      const choices = meant.flatMap((one) => (one.length === 1 ? one : []));
      if (choices.length < meant.length) return { complaint: several(term) };
      if (term.isNegated) compiled.none.push(...choices);
      else compiled.all.push(choices);
    }
  }
  return { compiled };
}

const several = ({ column, length }: HuntTerm): HuntComplaint => ({
  column,
  length,
  message: 'A choice and a minus take single words: of several words together one term each.',
  suggestions: [],
});

type Unknown = { message: string; suggestions: string[] };

/** Ways to meet a value, each of them terms that must all be there. */
function meaningOf({ key }: HuntTerm, value: string, known: Vocabulary): string[][] | Unknown {
  switch (key) {
    case 'text':
    case 'address':
      return textOf(value);
    case 'source':
      return [
        [value.endsWith('*') ? `${termOf('source', value.slice(0, -1))}*` : `${termOf('source', value)}*`],
      ];
    case 'kind':
    case 'rule':
      return kindOf(key, value, known);
    case 'severity': {
      const rank = severities.findIndex((one) => one === value.toLowerCase());
      return rank < 0
        ? unknown(`There is no severity "${value}".`, nearest(value, severities), 'severity')
        : severities.filter((one) => severityRank(one) >= rank).map((one) => [termOf('severity', one)]);
    }
    case 'site': {
      const found = named(value, known.sites);
      return found.length > 0
        ? found.map(({ id }) => [termOf('site', id)])
        : unknown(`There is no site "${value}".`, nearestNames(value, known.sites), 'site');
    }
    case 'asset': {
      const found = named(value, known.assets);
      return found.length > 0
        ? found.slice(0, MAX_MEANT).map(({ id }) => [termOf('asset', id)])
        : unknown(`There is no asset "${value}".`, nearestNames(value, known.assets), 'asset');
    }
    case 'person': {
      const sought = value.toLowerCase();
      const found = known.people.filter(
        ({ id, name, badges, accounts }) =>
          id === sought ||
          name.toLowerCase().includes(sought) ||
          [...badges, ...accounts].some((one) => one.toLowerCase() === sought),
      );
      if (found.length === 0)
        return unknown(`Nobody is called "${value}".`, nearestNames(value, known.people), 'person');
      return found
        .slice(0, MAX_MEANT)
        .flatMap(({ id, badges, accounts }) => [
          [termOf('identity', id)],
          ...badges.map((one) => [termOf('badge', one)]),
          ...accounts.map((one) => [termOf('account', one)]),
        ]);
    }
  }
}

function textOf(value: string): string[][] {
  if (isWhole(value)) return [[termOf('value', value)]];
  const isBeginning = value.endsWith('*');
  const words = wordsOf(value);
  const last = words.at(-1);
  if (last === undefined) return [[termOf('value', value)]];
  return [isBeginning ? [...words.slice(0, -1), `${last}*`] : words];
}

function kindOf(key: 'kind' | 'rule', value: string, known: Vocabulary): string[][] | Unknown {
  const kinds = Object.keys(observationKinds);
  const sought = value.toLowerCase().replace(/\.?\*$/, '');
  const found: string[][] = [];
  if (key === 'kind')
    found.push(
      ...kinds
        .filter((kind) => kind === sought || kind.startsWith(`${sought}.`))
        .map((kind) => [termOf('kind', kind)]),
    );
  const words = ruleWords(value);
  found.push(
    ...known.rules
      .map(ruleWords)
      .filter(
        (rule) => rule === words || (words !== '' && rule.startsWith(`${words} `)) || sameWords(rule, words),
      )
      .map((rule) => [termOf('rule', rule)]),
  );
  if (found.length > 0) return found.slice(0, MAX_MEANT);
  const names = key === 'kind' ? [...kinds, ...known.rules] : known.rules;
  return unknown(
    key === 'kind'
      ? `Nothing that is seen is called "${value}".`
      : `No rule has found anything as "${value}".`,
    nearest(value, names),
    key,
  );
}

/** `door.forced` and `forced door` are one. */
const sameWords = (one: string, other: string): boolean =>
  one.split(' ').toSorted().join(' ') === other.split(' ').toSorted().join(' ');

function named<Thing extends { id: string; name: string }>(value: string, things: readonly Thing[]): Thing[] {
  const sought = value.toLowerCase();
  const exact = things.filter(({ id, name }) => id === sought || name.toLowerCase() === sought);
  return exact.length > 0
    ? exact
    : things.filter(({ id, name }) => name.toLowerCase().includes(sought) || id.startsWith(`${sought}-`));
}

const nearestNames = (value: string, things: readonly { id: string; name: string }[]): string[] => [
  ...new Set([
    ...nearest(
      value,
      things.map(({ name }) => name),
    ),
    ...nearest(
      value,
      things.map(({ id }) => id),
    ),
  ]),
];

const unknown = (message: string, names: readonly string[], key: string): Unknown => ({
  message,
  suggestions: names.slice(0, 3).map((name) => `${key}:${/[\s",:]/.test(name) ? `"${name}"` : name}`),
});

/** For the index: FTS5's own words. Every document has a type, so that there is always something to take away from. */
export function matchOf({ all, none }: Pick<CompiledHunt, 'all' | 'none'>): string {
  const quoted = (term: string) => (term.endsWith('*') ? `"${term.slice(0, -1)}" *` : `"${term}"`);
  const types = [termOf('type', 'observation'), termOf('type', 'detection')];
  const wanted = (all.length === 0 ? [types] : all)
    .map((choices) =>
      choices.length === 1 ? quoted(choices[0] ?? '') : `(${choices.map(quoted).join(' OR ')})`,
    )
    .join(' AND ');
  return none.length === 0 ? wanted : `(${wanted}) NOT (${none.map(quoted).join(' OR ')})`;
}

/** The same for one document, wherever it comes from. */
export function isMet(
  { all, none }: Pick<CompiledHunt, 'all' | 'none'>,
  terms: ReadonlySet<string>,
): boolean {
  const has = (term: string): boolean => {
    if (!term.endsWith('*')) return terms.has(term);
    const beginning = term.slice(0, -1);
    for (const one of terms) if (one.startsWith(beginning)) return true;
    return false;
  };
  return all.every((choices) => choices.some(has)) && !none.some(has);
}
