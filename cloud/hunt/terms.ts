/** What of an observation or a detection can be searched for, as terms of the index. Pure; docs and queries use the same. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { ruleWords } from '../correlation/theme.ts';

/** Terms of one document, at most: a command line is long, a whole file is none. */
export const MAX_DOCUMENT_TERMS = 400;
const MAX_WORD_LENGTH = 64;

/** What a term is about: its first letter behind the mark that no word has. */
export type Facet =
  | 'type'
  | 'kind'
  | 'rule'
  | 'site'
  | 'asset'
  | 'badge'
  | 'account'
  | 'identity'
  | 'value'
  | 'severity'
  | 'source';
const letters: Readonly<Record<Facet, string>> = {
  type: 't',
  kind: 'k',
  rule: 'r',
  site: 's',
  asset: 'a',
  badge: 'b',
  account: 'u',
  identity: 'p',
  value: 'v',
  severity: 'y',
  source: 'q',
};

/** No letter and no digit, and no ASCII: the index keeps it within a token, and no word holds it. */
const MARK = '§';

/** One value as one term: `§kdoorz1azopened`. What is no plain letter or digit is written as its code. */
export const termOf = (facet: Facet, value: string): string =>
  MARK +
  letters[facet] +
  value
    .toLowerCase()
    .slice(0, 256)
    .replace(/[^a-y0-9]/gu, (one) => `z${(one.codePointAt(0) ?? 0).toString(36)}z`);

/** The words of a text: lower case, without accents. */
export const wordsOf = (text: string): string[] =>
  (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => word.slice(0, MAX_WORD_LENGTH));

/** Whether a value is looked for as a whole: an address of a machine or a person, not words. */
export const isWhole = (value: string): boolean =>
  /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(value) ||
  /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(value) ||
  /^[^\s@]+@[^\s@]+$/.test(value);

export function termsOfObservation(one: Observation): Set<string> {
  const terms = new Set([
    termOf('type', 'observation'),
    termOf('kind', one.kind),
    termOf('site', one.site),
    termOf('asset', one.asset),
    termOf('source', one.source),
  ]);
  const { badge, account, identity } = one.subjects ?? {};
  if (badge !== undefined) terms.add(termOf('badge', badge)).add(termOf('value', badge));
  if (account !== undefined) terms.add(termOf('account', account)).add(termOf('value', account));
  if (identity !== undefined) terms.add(termOf('identity', identity));
  addWords(terms, `${one.kind} ${one.source} ${badge ?? ''} ${account ?? ''}`);
  addFields(terms, one.observables);
  addFields(terms, one.facts);
  addFields(terms, one.log?.fields);
  return terms;
}

export function termsOfDetection(one: Detection): Set<string> {
  const terms = new Set([
    termOf('type', 'detection'),
    termOf('rule', ruleWords(one.rule)),
    termOf('severity', one.severity),
    termOf('source', one.source),
    ...(one.site === undefined ? [] : [termOf('site', one.site)]),
    ...one.assets.map((asset) => termOf('asset', asset)),
    ...one.identities.map((identity) => termOf('identity', identity)),
  ]);
  addWords(terms, `${one.rule} ${one.summary} ${one.tactic ?? ''}`);
  addFields(terms, one.observables);
  addFields(terms, one.facts);
  return terms;
}

function addFields(
  terms: Set<string>,
  fields: Readonly<Record<string, string | number | boolean>> | undefined,
): void {
  if (fields === undefined) return;
  for (const value of Object.values(fields)) {
    if (typeof value !== 'string' || terms.size >= MAX_DOCUMENT_TERMS) continue;
    if (value.length <= 128) terms.add(termOf('value', value));
    addWords(terms, value);
  }
}

function addWords(terms: Set<string>, text: string): void {
  for (const word of wordsOf(text)) {
    if (terms.size >= MAX_DOCUMENT_TERMS) return;
    terms.add(word);
  }
}
