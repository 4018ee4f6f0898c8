/** How much one incident is like another, and in which words. Pure. */
import type { Detection } from '../../devices/model/detection.ts';
import { ruleWords, type ThemeName, themeOf } from '../correlation/theme.ts';

/** What of an incident is compared. */
export interface IncidentTraits {
  first: number;
  /** In order of time, each once. */
  rules: string[];
  themes: ThemeName[];
  tactics: string[];
  assets: string[];
  people: string[];
}

export interface Names {
  asset(id: string): string;
  person(id: string): string;
}

/** What each kind of likeness is worth; together 1. */
const weights = { order: 0.3, rules: 0.2, assets: 0.25, themes: 0.15, people: 0.05, tactics: 0.05 };
/** Names told in one reason. */
const MAX_TOLD = 3;

export function traitsOf(
  incident: { first: number; assets: readonly string[]; identities: readonly string[] },
  detections: readonly Detection[],
): IncidentTraits {
  const sorted = [...detections].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
  return {
    first: incident.first,
    rules: unique(sorted.map(({ rule }) => rule)),
    themes: unique(sorted.map((one) => themeOf(one).name)).filter((name) => name !== 'other'),
    tactics: unique(sorted.flatMap(({ tactic }) => tactic ?? [])),
    assets: [...incident.assets],
    people: [...incident.identities],
  };
}

/** Of two sets: what they share, and which part of all of it that is (Jaccard's). */
function shared<Value>(one: readonly Value[], other: readonly Value[]): { both: Value[]; part: number } {
  const there = new Set(other);
  const both = one.filter((value) => there.has(value));
  const all = new Set([...one, ...other]).size;
  return { both, part: all === 0 ? 0 : both.length / all };
}

/** Length of the longest sequence that both have in the same order. */
export function commonOrder(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const rule of one) {
    const next = [0];
    other.forEach((against, index) => {
      next.push(rule === against ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return row[other.length] ?? 0;
}

/** 0 to 1, with reasons; nothing that neither has counts for or against. */
export function likeness(
  one: IncidentTraits,
  other: IncidentTraits,
  names: Names,
): { similarity: number; because: string[] } {
  const rules = shared(one.rules, other.rules);
  const assets = shared(one.assets, other.assets);
  const themes = shared(one.themes, other.themes);
  const people = shared(one.people, other.people);
  const tactics = shared(one.tactics, other.tactics);
  const order = commonOrder(one.rules, other.rules);
  const parts = {
    order: order < 2 ? 0 : order / Math.max(one.rules.length, other.rules.length),
    rules: rules.part,
    assets: assets.part,
    themes: themes.part,
    people: people.part,
    tactics: tactics.part,
  };
  const counts = {
    order: Math.min(one.rules.length, other.rules.length) >= 2,
    rules: true,
    assets: one.assets.length + other.assets.length > 0,
    themes: one.themes.length + other.themes.length > 0,
    people: one.people.length + other.people.length > 0,
    tactics: one.tactics.length + other.tactics.length > 0,
  };
  let sum = 0;
  let most = 0;
  for (const name of Object.keys(weights) as (keyof typeof weights)[]) {
    if (!counts[name]) continue;
    sum += parts[name] * weights[name];
    most += weights[name];
  }
  const because: string[] = [];
  if (assets.both.length > 0) because.push(`the same ${list(assets.both.map(names.asset))}`);
  if (people.both.length > 0) because.push(`the same person: ${list(people.both.map(names.person))}`);
  if (order >= 2 && order === one.rules.length && order === other.rules.length)
    because.push('the same steps in the same order');
  else if (order >= 2) because.push(`${order} of ${one.rules.length} steps in the same order`);
  else if (rules.both.length > 0) because.push(`the same rule: ${list(rules.both.map(ruleWords))}`);
  else if (themes.both.length > 0) because.push(`the same kind of thing: ${list(themes.both)}`);
  return { similarity: most === 0 ? 0 : Math.round((sum / most) * 1_000) / 1_000, because };
}

const list = (names: readonly string[]): string =>
  names.length > MAX_TOLD
    ? `${names.slice(0, MAX_TOLD).join(', ')} and ${names.length - MAX_TOLD} more`
    : names.join(', ');
