/** The events of one group of a correlation in order of time, and when its condition held. */
import { type Aggregate, holds, type Value } from './aggregate.ts';
import type { EventFields } from './event-fields.ts';
import type { Bound } from './rule.ts';

/** Events kept of one group; beyond it the oldest are dropped, and counted. */
export const MAX_GROUP_EVENTS = 50_000;
/** Ids kept of an episode's events: so many of its first, and so many of its last. */
export const MAX_FIRST_EVIDENCE = 24;
export const MAX_LAST_EVIDENCE = 40;
/** Dropped events are cut off only when there are so many. */
const CUT_AT = 1_024;

export interface GroupSettings {
  readonly bounds: readonly Bound[];
  readonly spanMs: number;
  readonly isAbsence: boolean;
  /** A correlation of this correlation wants the events' fields. */
  readonly keepsEvents: boolean;
}

/** A run of instants at which the condition held, none further than the timespan from the one before. */
export interface Episode {
  /** Id of the event at its first instant. */
  anchor: string;
  at: number;
  lastAt: number;
  /** Of events that were dropped since. */
  droppedCount: number;
  droppedIds: string[];
}

/** An instant at which the condition held. */
export interface Instant {
  readonly at: number;
  readonly id: string;
  readonly begins: boolean;
  readonly event: EventFields | undefined;
}

export class Group {
  /** What the group's key stands for. */
  readonly values: readonly string[];
  readonly #aggregate: Aggregate;
  readonly #settings: GroupSettings;
  readonly #times: number[] = [];
  readonly #ids: string[] = [];
  readonly #rules: number[] = [];
  readonly #amounts: Value[] = [];
  readonly #events: (EventFields | undefined)[] = [];
  /** At the last event of an instant: whether the condition held there. */
  readonly #held: boolean[] = [];
  /** Events before it are dropped. */
  #begin = 0;
  /** The window in the aggregate: from here to before `#next`. */
  #head = 0;
  #next = 0;
  /** Instants from this time on are to be judged again. */
  #staleAt = Number.POSITIVE_INFINITY;
  episodes: Episode[] = [];

  constructor(values: readonly string[], aggregate: Aggregate, settings: GroupSettings) {
    this.values = values;
    this.#aggregate = aggregate;
    this.#settings = settings;
  }

  get size(): number {
    return this.#times.length - this.#begin;
  }

  get lastAt(): number {
    return this.#times.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** When the watermark passes it, the next window of absence can be judged. */
  get dueAt(): number {
    return (this.#times[this.#next] ?? Number.POSITIVE_INFINITY) + this.#settings.spanMs;
  }

  /** How many events more there are now: 0 where it was there already. */
  add(at: number, rule: number, id: string, amount: Value, event: EventFields | undefined): 0 | 1 {
    const length = this.#times.length;
    if (length === this.#begin || at > (this.#times[length - 1] ?? 0)) {
      this.#times.push(at);
      this.#ids.push(id);
      this.#rules.push(rule);
      this.#amounts.push(amount);
      this.#held.push(false);
      if (this.#settings.keepsEvents) this.#events.push(event);
    } else {
      const place = this.#placeOf(at, rule, id);
      if (this.#isAt(place, at, rule, id)) return 0;
      this.#times.splice(place, 0, at);
      this.#ids.splice(place, 0, id);
      this.#rules.splice(place, 0, rule);
      this.#amounts.splice(place, 0, amount);
      this.#held.splice(place, 0, false);
      if (this.#settings.keepsEvents) this.#events.splice(place, 0, event);
      if (place < this.#next) {
        this.#next++;
        this.#staleAt = Math.min(this.#staleAt, at);
      }
    }
    this.#markWindows(at);
    return 1;
  }

  /** Takes an event back. */
  remove(at: number, rule: number, id: string): 0 | 1 {
    const place = this.#placeOf(at, rule, id);
    if (!this.#isAt(place, at, rule, id)) return 0;
    for (const list of [this.#times, this.#ids, this.#rules, this.#amounts, this.#held])
      list.splice(place, 1);
    if (this.#settings.keepsEvents) this.#events.splice(place, 1);
    if (place < this.#next) {
      this.#next--;
      this.#staleAt = Math.min(this.#staleAt, at);
    }
    this.#markWindows(at);
    return 1;
  }

  /** Windows of absence reach forward: one that is judged already may hold the event. */
  #markWindows(at: number): void {
    if (!this.#settings.isAbsence || this.#next <= this.#begin) return;
    if (at <= (this.#times[this.#next - 1] ?? 0) + this.#settings.spanMs)
      this.#staleAt = Math.min(this.#staleAt, at);
  }

  #isAt(place: number, at: number, rule: number, id: string): boolean {
    return this.#times[place] === at && this.#rules[place] === rule && this.#ids[place] === id;
  }

  /** In order of time; at the same time in the order of the rules, so that what happens at once is in order. */
  #placeOf(at: number, rule: number, id: string): number {
    let low = this.#begin;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const time = this.#times[middle] ?? 0;
      const other = this.#rules[middle] ?? 0;
      const isBefore =
        time < at || (time === at && (other < rule || (other === rule && (this.#ids[middle] ?? '') < id)));
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First place at a time or after it. */
  #from(at: number): number {
    let low = this.#begin;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First place after a time. */
  #after(at: number): number {
    let low = this.#begin;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Judges what is new or changed. Where absence is looked for, an instant is judged once the watermark has passed it.
   * @returns time from which on instants may have changed; undefined: nothing changed
   */
  settle(watermark: number): number | undefined {
    const staleAt = this.#staleAt;
    this.#staleAt = Number.POSITIVE_INFINITY;
    return this.#settings.isAbsence ? this.#judgeAbsence(staleAt, watermark) : this.#judge(staleAt);
  }

  #judge(stale: number): number | undefined {
    const { spanMs, bounds } = this.#settings;
    const times = this.#times;
    const end = times.length;
    const lastJudged = this.#next > this.#begin ? times[this.#next - 1] : undefined;
    // More of the instant that was judged last belongs to it.
    const staleAt =
      this.#next < end && times[this.#next] === lastJudged ? Math.min(stale, lastJudged ?? stale) : stale;
    let from = this.#next;
    if (staleAt !== Number.POSITIVE_INFINITY) {
      // What was taken back may have been later than what is new and not judged at all.
      from = Math.min(from, this.#from(staleAt));
      this.#aggregate.clear();
      this.#head = end === this.#begin ? end : this.#after((times[Math.min(from, end - 1)] ?? 0) - spanMs);
      this.#next = this.#head;
    } else if (from >= end) return undefined;
    const changedFrom = Math.min(staleAt, times[from] ?? Number.POSITIVE_INFINITY);
    let open = this.#cutEpisodes(changedFrom, from - 1);
    while (this.#next < end) {
      const place = this.#next++;
      const at = times[place] ?? 0;
      this.#aggregate.add(at, this.#rules[place] ?? 0, this.#amounts[place] ?? 0);
      if (place < from) continue;
      this.#held[place] = false;
      if (times[place + 1] === at) continue;
      while ((times[this.#head] ?? 0) <= at - spanMs) {
        this.#aggregate.remove(this.#rules[this.#head] ?? 0, this.#amounts[this.#head] ?? 0);
        this.#head++;
      }
      const isHeld = holds(bounds, this.#aggregate.read(at));
      this.#held[place] = isHeld;
      open = isHeld ? this.#extended(open, at, place) : undefined;
    }
    return changedFrom;
  }

  /** A window begins after each event; once the watermark has passed its end, all that could fall into it is known. */
  #judgeAbsence(staleAt: number, watermark: number): number | undefined {
    const { spanMs, bounds } = this.#settings;
    const times = this.#times;
    const isStale = staleAt !== Number.POSITIVE_INFINITY;
    const from = isStale ? Math.min(this.#next, this.#from(staleAt - spanMs)) : this.#next;
    const firstAt = (times[from] ?? Number.POSITIVE_INFINITY) + spanMs;
    if (!isStale && firstAt > watermark) return undefined;
    const changedFrom = Math.min(firstAt, isStale ? staleAt : firstAt);
    let open = this.#cutEpisodes(changedFrom, from - 1);
    this.#aggregate.clear();
    let head = from;
    let tail = from;
    this.#next = from;
    for (let place = from; place < times.length; place++) {
      const at = times[place] ?? 0;
      if (at + spanMs > watermark) break;
      this.#next = place + 1;
      this.#held[place] = false;
      if (times[place + 1] === at) continue;
      for (; tail < times.length && (times[tail] ?? 0) <= at + spanMs; tail++)
        this.#aggregate.add(times[tail] ?? 0, this.#rules[tail] ?? 0, this.#amounts[tail] ?? 0);
      for (; head <= place; head++) this.#aggregate.remove(this.#rules[head] ?? 0, this.#amounts[head] ?? 0);
      const isHeld = holds(bounds, this.#aggregate.read(at + spanMs));
      this.#held[place] = isHeld;
      open = isHeld ? this.#extended(open, at + spanMs, place) : undefined;
    }
    return changedFrom;
  }

  #firstOf(place: number): number {
    let first = place;
    while (first > this.#begin && this.#times[first - 1] === this.#times[place]) first--;
    return first;
  }

  #extended(open: Episode | undefined, at: number, place: number): Episode {
    if (open !== undefined && at - open.lastAt < this.#settings.spanMs) {
      open.lastAt = at;
      return open;
    }
    const anchor = this.#ids[this.#firstOf(place)] ?? '';
    const begun: Episode = { anchor, at, lastAt: at, droppedCount: 0, droppedIds: [] };
    this.episodes.push(begun);
    return begun;
  }

  /** Forgets what was found from a time on; gives the episode that may go on, where the instant before it held. */
  #cutEpisodes(changedFrom: number, before: number): Episode | undefined {
    const last = this.episodes.at(-1);
    if (last === undefined) return undefined;
    if (last.at >= changedFrom) this.episodes = this.episodes.filter(({ at }) => at < changedFrom);
    const open = this.episodes.at(-1);
    if (open === undefined || before < this.#begin) return open;
    const beforeAt = (this.#times[before] ?? 0) + (this.#settings.isAbsence ? this.#settings.spanMs : 0);
    if (open.lastAt >= changedFrom) open.lastAt = Math.max(open.at, beforeAt);
    return this.#held[before] === true ? open : undefined;
  }

  /** Instants at which the condition held, from a time on. */
  instantsFrom(at: number): Instant[] {
    const shift = this.#settings.isAbsence ? this.#settings.spanMs : 0;
    const found: Instant[] = [];
    const begun = new Set(this.episodes.map((one) => one.at));
    for (let place = this.#from(at - shift); place < this.#times.length; place++)
      if (this.#held[place] === true) {
        const time = (this.#times[place] ?? 0) + shift;
        found.push({
          at: time,
          id: this.#ids[this.#firstOf(place)] ?? '',
          begins: begun.has(time),
          event: this.#events[place],
        });
      }
    return found;
  }

  /** Number of events that an episode rests on, and the ids of the first and the last of them. */
  restsOn({ at, lastAt, droppedCount, droppedIds }: Episode): { count: number; ids: string[] } {
    const { spanMs, isAbsence } = this.#settings;
    // Of what is absent nothing can be shown but the last before it.
    const from = isAbsence ? this.#from(at - spanMs) : this.#after(at - spanMs);
    const to = isAbsence ? this.#after(lastAt - spanMs) : this.#after(lastAt);
    const firstIds = [...droppedIds];
    let place = from;
    for (; place < to && firstIds.length < MAX_FIRST_EVIDENCE; place++) firstIds.push(this.#ids[place] ?? '');
    const lastIds = this.#ids.slice(Math.max(place, to - MAX_LAST_EVIDENCE), to);
    return { count: droppedCount + to - from, ids: [...new Set([...firstIds, ...lastIds])] };
  }

  /**
   * Drops events up to a time, and the oldest beyond the bound.
   * @returns how many were dropped, and how many of them because there were too many
   */
  drop(until: number): { dropped: number; lost: number } {
    const { isAbsence, spanMs } = this.#settings;
    let end = this.#after(until);
    const most = this.#times.length - MAX_GROUP_EVENTS;
    const lost = Math.max(0, most - end);
    end = Math.max(end, most);
    end = Math.min(end, this.#next);
    const shift = isAbsence ? spanMs : 0;
    const dropped = Math.max(0, end - this.#begin);
    if (dropped === 0) return { dropped: 0, lost: 0 };
    for (const episode of this.episodes)
      for (let place = Math.max(this.#begin, this.#after(episode.at - spanMs)); place < end; place++) {
        if ((this.#times[place] ?? 0) + shift > episode.lastAt) break;
        episode.droppedCount++;
        if (episode.droppedIds.length < MAX_FIRST_EVIDENCE) episode.droppedIds.push(this.#ids[place] ?? '');
      }
    while (!isAbsence && this.#head < end) {
      this.#aggregate.remove(this.#rules[this.#head] ?? 0, this.#amounts[this.#head] ?? 0);
      this.#head++;
    }
    this.#begin = end;
    if (this.#begin >= CUT_AT || this.#begin === this.#times.length) this.#cut();
    return { dropped, lost };
  }

  #cut(): void {
    const count = this.#begin;
    for (const list of [this.#times, this.#ids, this.#rules, this.#amounts, this.#held])
      list.splice(0, count);
    if (this.#settings.keepsEvents) this.#events.splice(0, count);
    this.#head = Math.max(0, this.#head - count);
    this.#next = Math.max(0, this.#next - count);
    this.#begin = 0;
  }
}
