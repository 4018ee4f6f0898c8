/** One correlation with all its groups: what it keeps, what it tells, and what it passes on to others. */
import { createHash } from 'node:crypto';
import { aggregateOf, isAbsence, type Value } from './aggregate.ts';
import { numberOf } from './compile.ts';
import { type EventFields, fieldOf, textsOf } from './event-fields.ts';
import { type Episode, Group, type GroupSettings } from './group.ts';
import type { CorrelationRule } from './rule.ts';
import type { LinkedCorrelation } from './rule-set.ts';

/** Groups of one correlation; beyond it those quiet for longest are dropped, and counted. */
export const MAX_GROUPS = 100_000;
/** Events held by all groups of a correlation together. */
export const MAX_EVENTS = 1_000_000;
/** Groups that one event with lists in its fields belongs to. */
const MAX_GROUPS_OF_EVENT = 16;
/** Groups looked at to find a quiet one. */
const LOOKED_AT = 8;
/** A run of instants at which a correlation held. */
export interface CorrelationMatch {
  /** The same for the same beginning, whatever the order of arrival. */
  readonly id: string;
  readonly rule: CorrelationRule;
  /** Values of the fields of `group-by`. */
  readonly group: readonly string[];
  readonly at: number;
  readonly lastAt: number;
  /** Id of the event at its first instant. */
  readonly anchor: string;
  readonly count: number;
  /** Ids of events it rests on, oldest first. */
  readonly evidence: readonly string[];
}

export interface CorrelationChanges {
  put: CorrelationMatch[];
  withdraw: string[];
}

/** Counted since the start. */
export interface CorrelationCounts {
  /** Came after the watermark. */
  tooLate: number;
  /** Had not the fields of the group. */
  withoutGroup: number;
  /** Had not the value, or none that can be read. */
  withoutValue: number;
  /** Events that had to be dropped because there were too many. */
  droppedEvents: number;
  droppedGroups: number;
}

interface Told {
  group: Group;
  key: string;
  episodes: Map<string, string>;
  /** What correlations of this correlation were told. */
  emitted: Emitted[];
  isDirty: boolean;
}

/** An instant as one correlation of this correlation was told it. */
interface Emitted {
  at: number;
  id: string;
  /** Place in the feeds. */
  feed: number;
  /** The event at that instant, and what was made of it. */
  source: EventFields | undefined;
  event: EventFields;
}

export type Feeds = readonly { node: CorrelationNode; rule: number }[];

export class CorrelationNode {
  readonly rule: CorrelationRule;
  readonly #references: number;
  readonly #settings: GroupSettings;
  readonly #counts: CorrelationCounts;
  /** Fields of the group, by rule. */
  readonly #groupFields: readonly (readonly string[])[];
  readonly #valueFields: readonly (readonly string[])[];
  readonly #isNumeric: boolean;
  readonly #groups = new Map<string, Told>();
  #dirty: Told[] = [];
  #events = 0;
  /** When the watermark comes here, groups in which nothing happens are looked at. */
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor({ rule, references }: LinkedCorrelation, counts: CorrelationCounts, keepsEvents: boolean) {
    this.rule = rule;
    this.#counts = counts;
    this.#references = references.length;
    this.#settings = {
      bounds: rule.bounds,
      spanMs: rule.timespanMs,
      isAbsence: isAbsence(rule),
      keepsEvents,
    };
    const named = (reference: number) => (field: string) =>
      rule.aliases.get(field)?.get(rule.rules[reference] ?? '') ?? field;
    this.#groupFields = references.map((_, reference) => rule.groupBy.map(named(reference)));
    this.#valueFields = references.map((_, reference) => rule.fields.map(named(reference)));
    this.#isNumeric = rule.type.startsWith('value_') && rule.type !== 'value_count';
  }

  get events(): number {
    return this.#events;
  }

  get hasGroups(): boolean {
    return this.#groups.size > 0;
  }

  add(reference: number, at: number, id: string, event: EventFields): void {
    const amount = this.#amountOf(reference, event);
    if (amount === undefined) {
      this.#counts.withoutValue++;
      return;
    }
    const fields = this.#groupFields[reference] ?? [];
    const [only] = fields;
    if (fields.length === 1 && only !== undefined) {
      const texts = textsOf(fieldOf(event, only));
      if (typeof texts === 'string') {
        this.#addTo(texts, [texts], reference, at, id, amount, event);
        return;
      }
    }
    const keys = keysOf(event, fields);
    if (keys.length === 0) this.#counts.withoutGroup++;
    for (const values of keys)
      this.#addTo(
        values.length === 1 ? (values[0] ?? '') : values.join('\0'),
        values,
        reference,
        at,
        id,
        amount,
        event,
      );
  }

  #addTo(
    key: string,
    values: readonly string[],
    reference: number,
    at: number,
    id: string,
    amount: Value,
    event: EventFields,
  ): void {
    let told = this.#groups.get(key);
    if (told === undefined) {
      if (this.#groups.size >= MAX_GROUPS) this.#dropQuiet();
      const group = new Group(values, aggregateOf(this.rule, this.#references), this.#settings);
      told = { group, key, episodes: new Map(), emitted: [], isDirty: false };
      this.#groups.set(key, told);
    }
    this.#events += told.group.add(at, reference, id, amount, event);
    if (at + this.rule.timespanMs < this.#lookAt) this.#lookAt = at + this.rule.timespanMs;
    if (this.#events > MAX_EVENTS) this.#dropQuiet();
    if (told.isDirty) return;
    told.isDirty = true;
    this.#dirty.push(told);
  }

  /** An event of a correlation that this one refers to is no longer one. */
  remove(reference: number, at: number, id: string, event: EventFields): void {
    for (const values of keysOf(event, this.#groupFields[reference] ?? [])) {
      const told = this.#groups.get(values.length === 1 ? (values[0] ?? '') : values.join('\0'));
      if (told === undefined) continue;
      this.#events -= told.group.remove(at, reference, id);
      if (told.isDirty) continue;
      told.isDirty = true;
      this.#dirty.push(told);
    }
  }

  #amountOf(reference: number, event: EventFields): Value | undefined {
    const fields = this.#valueFields[reference] ?? [];
    const [only] = fields;
    if (only === undefined || !this.rule.type.startsWith('value_')) return 0;
    if (this.#isNumeric) return numberOf(fieldOf(event, only));
    if (fields.length === 1) return textOf(fieldOf(event, only));
    const texts = fields.map((field) => textOf(fieldOf(event, field)));
    return texts.some((text) => text === undefined) ? undefined : texts.join('\0');
  }

  /** Of a few groups the quietest. */
  #dropQuiet(): void {
    const looked: Told[] = [];
    for (const told of this.#groups.values()) if (looked.push(told) >= LOOKED_AT) break;
    let quietest = looked[0];
    for (const told of looked)
      if (quietest !== undefined && told.group.lastAt < quietest.group.lastAt) quietest = told;
    // Those that were looked at go to the end, so that others are looked at next.
    for (const told of looked) {
      this.#groups.delete(told.key);
      if (told !== quietest) this.#groups.set(told.key, told);
    }
    if (quietest === undefined) return;
    this.#events -= quietest.group.size;
    this.#counts.droppedGroups++;
    this.#counts.droppedEvents += quietest.group.size;
    // What was told of it stands; it is only no longer revised.
    quietest.isDirty = true;
    this.#dirty = this.#dirty.filter((one) => one !== quietest);
  }

  settle(watermark: number, changes: CorrelationChanges, feeds: Feeds | undefined): void {
    this.#lookAtQuiet(watermark);
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const told of dirty) {
      told.isDirty = false;
      const changedFrom = told.group.settle(watermark);
      if (changedFrom !== undefined) {
        if (feeds !== undefined) this.#emit(told, changedFrom, feeds);
        this.#tell(told, changes);
      }
      this.#drop(told, watermark);
      if (this.#settings.isAbsence) this.#lookAt = Math.min(this.#lookAt, told.group.dueAt);
    }
  }

  /** Groups in which nothing happens: their windows end as well, and what is over leaves memory. */
  #lookAtQuiet(watermark: number): void {
    if (watermark < this.#lookAt) return;
    const { isAbsence } = this.#settings;
    let nextAt = Number.POSITIVE_INFINITY;
    for (const told of this.#groups.values()) {
      const overAt = isAbsence ? told.group.dueAt : told.group.lastAt + this.rule.timespanMs;
      if (overAt > watermark) nextAt = Math.min(nextAt, overAt);
      else if (!told.isDirty) {
        told.isDirty = true;
        this.#dirty.push(told);
      }
    }
    // What leaves memory need not leave it at once.
    const restMs = isAbsence ? 0 : Math.max(1_000, this.rule.timespanMs / 8);
    this.#lookAt = Math.max(nextAt, watermark + restMs);
  }

  #drop(told: Told, watermark: number): void {
    const until = watermark - this.rule.timespanMs;
    const { dropped, lost } = told.group.drop(until);
    this.#events -= dropped;
    this.#counts.droppedEvents += lost;
    if (told.group.size === 0) {
      this.#groups.delete(told.key);
      return;
    }
    // What can no longer change: instants that were passed on, also of an episode that goes on, and whole episodes.
    if (told.emitted.some(({ at }) => at <= until))
      told.emitted = told.emitted.filter(({ at }) => at > until);
    const { episodes } = told.group;
    if ((episodes[0]?.lastAt ?? Number.POSITIVE_INFINITY) > until) return;
    const kept = episodes.filter(({ lastAt }) => lastAt > until);
    for (const episode of episodes)
      if (episode.lastAt <= until) told.episodes.delete(this.#idOf(told, episode));
    told.group.episodes = kept;
  }

  #idOf({ key }: Told, { anchor }: Episode): string {
    return createHash('sha256')
      .update(`${this.rule.id}\n${key}\n${eventIn(anchor)}`)
      .digest('hex')
      .slice(0, 24);
  }

  #tell(told: Told, changes: CorrelationChanges): void {
    const before = told.episodes;
    if (before.size === 0 && told.group.episodes.length === 0) return;
    const now = new Map<string, string>();
    for (const episode of told.group.episodes) {
      const id = this.#idOf(told, episode);
      const { count, ids } = told.group.restsOn(episode);
      const state = `${episode.at} ${episode.lastAt} ${count} ${ids.length} ${ids.at(-1)} ${ids[0]}`;
      now.set(id, state);
      if (before.get(id) === state) continue;
      const { at, lastAt, anchor } = episode;
      changes.put.push({
        id,
        rule: this.rule,
        group: told.group.values,
        at,
        lastAt,
        anchor: eventIn(anchor),
        count,
        evidence: [...new Set(ids.map(eventIn))],
      });
    }
    for (const id of before.keys()) if (!now.has(id)) changes.withdraw.push(id);
    told.episodes = now;
  }

  /** Correlations of this one: those of time see every instant, those that count see each episode once. */
  #emit(told: Told, changedFrom: number, feeds: Feeds): void {
    const { key, group } = told;
    const kept: Emitted[] = [];
    const before = new Map<string, Emitted>();
    for (const one of told.emitted)
      if (one.at < changedFrom) kept.push(one);
      else before.set(`${one.feed} ${one.at} ${one.id}`, one);
    const begun: Emitted[] = [];
    for (const { at, id: anchor, begins, event: source } of group.instantsFrom(changedFrom)) {
      const id = `${anchor}${OF_GROUP}${key}`;
      let event: EventFields | undefined;
      for (const [feed, { node }] of feeds.entries()) {
        if (!begins && !node.rule.type.startsWith('temporal')) continue;
        const known = before.get(`${feed} ${at} ${id}`);
        if (known !== undefined && known.source === source) {
          before.delete(`${feed} ${at} ${id}`);
          kept.push(known);
          continue;
        }
        event ??= { ...source, ...this.#fieldsOf(group) };
        begun.push({ at, id, feed, source, event });
      }
    }
    // First what no longer is: another event at the same instant may stand under the same name.
    for (const { at, id, feed, event } of before.values())
      feeds[feed]?.node.remove(feeds[feed].rule, at, id, event);
    for (const { at, id, feed, event } of begun) feeds[feed]?.node.add(feeds[feed].rule, at, id, event);
    kept.push(...begun);
    told.emitted = kept;
  }

  #fieldsOf({ values }: Group): EventFields {
    return Object.fromEntries(this.rule.groupBy.map((field, index) => [field, values[index]]));
  }
}

/** Sets the group apart from the event, where an event stands for a correlation that held in one of its groups. */
const OF_GROUP = '\0';

/** Id of the event itself. */
function eventIn(id: string): string {
  const end = id.indexOf(OF_GROUP);
  return end < 0 ? id : id.slice(0, end);
}

const textOf = (value: unknown): string | undefined => {
  const texts = textsOf(value);
  return typeof texts === 'object' ? JSON.stringify(texts) : texts;
};

/** Values of the group's fields; several where a field is a list, none where one is missing. */
function keysOf(event: EventFields, fields: readonly string[]): string[][] {
  let keys: string[][] = [[]];
  for (const field of fields) {
    const texts = textsOf(fieldOf(event, field));
    const values = texts === undefined ? [] : typeof texts === 'string' ? [texts] : [...new Set(texts)];
    keys = keys.flatMap((key) => values.map((value) => [...key, value])).slice(0, MAX_GROUPS_OF_EVENT);
  }
  return keys;
}
