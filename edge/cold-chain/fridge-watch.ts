/** What is known of one fridge by now: its newest readings, its door, and goods that wait for a decision. */
import {
  becomesExcursionAt,
  type Condition,
  conditionOf,
  type Excursion,
  type FridgeReading,
  initialWatch,
  inOrder,
  runningAt,
  type Watch,
  watchReading,
} from './excursion.ts';
import { type Forecast, forecast, type UsualWarming, usualWarming } from './forecast.ts';
import type { Happening } from './journal.ts';
import { caseOf, casesOf, type QuarantineCase } from './quarantine.ts';
import type { FridgeTerms } from './terms.ts';

/** A day of a thermometer that speaks every ten seconds. */
export const MAX_RECENT = 8_640;
/** So many more may gather before the oldest are let go, all at once. */
const TRIMMED_AT_ONCE = 500;
const RECENT_MS = 24 * 3_600_000;
/** What is usual is learned anew so often, and not from what goes on just now. */
const USUAL_EVERY_MS = 3_600_000;
const NOT_USUAL_MS = 3_600_000;
/** Excursions that have ended, the newest. */
const MAX_ENDED = 64;
/** Door, power and goods of so many happenings; the store has all. */
const MAX_HAPPENINGS = 2_000;

const isOfGoods = ({ kind }: Happening): boolean => kind.startsWith('goods.');

export class FridgeWatch {
  terms: FridgeTerms;
  #recent: FridgeReading[] = [];
  /** Where the machine stood before the first of the recent readings. */
  #base: Watch = initialWatch;
  #watch: Watch = initialWatch;
  #hasTrimmed = false;
  #ended: Excursion[] = [];
  #happenings: Happening[] = [];
  #cases: QuarantineCase[] = [];
  /** The readings of the newest millisecond: where they begin, and how it was before them. */
  #moment: { from: number; before: Watch; ended: Excursion[] } | undefined;
  #usual: { value: UsualWarming | undefined; at: number } | undefined;
  #forecast:
    | { of: FridgeReading; count: number; since: number | undefined; value: Forecast | undefined }
    | undefined;

  constructor(terms: FridgeTerms) {
    this.terms = terms;
  }

  get last(): FridgeReading | undefined {
    return this.#watch.last;
  }

  add(reading: FridgeReading): void {
    const recent = this.#recent;
    const last = recent.at(-1);
    if (last === undefined || inOrder(last, reading) < 0) {
      if (last === undefined || last.at < reading.at)
        this.#moment = { from: recent.length, before: this.#watch, ended: [...this.#ended] };
      recent.push(reading);
      this.#step(reading);
    } else {
      const place = recent.findLastIndex((known) => inOrder(known, reading) <= 0);
      const before = recent[place];
      if (before !== undefined && inOrder(before, reading) === 0) return;
      // Older than what is remembered: the record has it, what is so now does not hang on it.
      if (before === undefined && this.#hasTrimmed) return;
      recent.splice(place + 1, 0, reading);
      const moment = this.#moment;
      // A burst of readings in one millisecond: only they are gone over again.
      if (moment !== undefined && place + 1 >= moment.from) {
        this.#watch = moment.before;
        this.#ended = [...moment.ended];
        for (const one of recent.slice(moment.from)) this.#step(one);
      } else this.#again();
    }
    const first = recent[0]?.at ?? reading.at;
    if (recent.length >= MAX_RECENT + TRIMMED_AT_ONCE || reading.at - first > 2 * RECENT_MS)
      this.#trim(reading.at);
  }

  /** What the store has from before this process began. */
  preload(readings: readonly FridgeReading[], happenings: readonly Happening[]): void {
    const newer = this.#recent;
    this.#recent = [];
    this.#base = this.#watch = initialWatch;
    this.#ended = [];
    this.#moment = undefined;
    this.#hasTrimmed = false;
    for (const reading of [...readings, ...newer].sort(inOrder)) this.add(reading);
    for (const happening of happenings) this.happened(happening);
  }

  happened(happening: Happening): void {
    if (this.#happenings.some(({ id }) => id === happening.id)) return;
    this.#happenings.push(happening);
    this.#happenings.sort((a, b) => a.at - b.at);
    if (this.#happenings.length > MAX_HAPPENINGS) {
      // Cases that wait are never let go.
      const waiting = new Set(this.waiting().map(({ startedAt }) => startedAt));
      const gone = this.#happenings.findIndex(
        (one) => !(isOfGoods(one) && waiting.has(Number(one.facts?.startedAt))),
      );
      this.#happenings.splice(Math.max(0, gone), 1);
    }
    if (isOfGoods(happening)) this.#cases = casesOf(this.#happenings);
  }

  /** Other terms: everything that is remembered is judged by them. */
  judgeBy(terms: FridgeTerms): void {
    this.terms = terms;
    this.#again();
  }

  excursion(now: number): Excursion | undefined {
    return runningAt(this.#watch, now, this.terms);
  }

  condition(now: number): Condition {
    return conditionOf(this.#watch, now, this.terms);
  }

  /** When to look again though nothing was heard. */
  nextLookAt(now: number): number | undefined {
    return becomesExcursionAt(this.#watch, now, this.terms);
  }

  get cases(): readonly QuarantineCase[] {
    return this.#cases;
  }

  /** Nearly always: inside its band, and no excursion is remembered. */
  get isQuiet(): boolean {
    return this.#ended.length === 0 && this.#watch.running === undefined;
  }

  /** Goods that nobody has decided about. */
  waiting(): QuarantineCase[] {
    return this.#cases.filter(({ decisions }) => decisions.length === 0);
  }

  /** The observations that opened the waiting cases: each month of the store begins with them. */
  waitingHappenings(): Happening[] {
    const waiting = new Set(this.waiting().map(({ startedAt }) => startedAt));
    return this.#happenings.filter((one) => isOfGoods(one) && waiting.has(Number(one.facts?.startedAt)));
  }

  /** An excursion for whose goods no case was opened yet; also one that was over before anybody here heard of it. */
  unquarantined(now: number): Excursion | undefined {
    if (this.isQuiet) return undefined;
    const running = this.excursion(now);
    return [...this.#ended, ...(running === undefined ? [] : [running])].find(
      (one) => one.excursionAt !== undefined && caseOf(one, this.#cases) === undefined,
    );
  }

  get doorOpenSince(): number | undefined {
    const last = this.#happenings.findLast(({ kind }) => kind === 'door.opened' || kind === 'door.closed');
    return last?.kind === 'door.opened' ? last.at : undefined;
  }

  /** @param powerLostSince of the site */
  forecast(now: number, powerLostSince?: number): Forecast | undefined {
    const { last } = this.#watch;
    const { gapMs } = this.terms.limits;
    if (last === undefined || now - last.at > gapMs) return undefined;
    const causes = [this.doorOpenSince, powerLostSince].filter((since) => since !== undefined);
    const since = causes.length === 0 ? undefined : Math.max(...causes);
    const known = this.#forecast;
    if (known?.of === last && known.count === this.#recent.length && known.since === since)
      return known.value !== undefined && known.value.leavesAt >= now ? known.value : undefined;
    const value = forecast(this.#recent, this.terms.band, last.at, {
      gapMs,
      usual: this.#usualAt(now),
      since,
    });
    this.#forecast = { of: last, count: this.#recent.length, since, value };
    return value !== undefined && value.leavesAt >= now ? value : undefined;
  }

  #usualAt(now: number): UsualWarming | undefined {
    if (this.#usual === undefined || Math.abs(now - this.#usual.at) > USUAL_EVERY_MS)
      this.#usual = {
        value: usualWarming(this.#recent.filter(({ at }) => at < now - NOT_USUAL_MS)),
        at: now,
      };
    return this.#usual.value;
  }

  #again(): void {
    this.#moment = undefined;
    this.#watch = this.#base;
    this.#ended = [];
    for (const reading of this.#recent) this.#step(reading);
  }

  #step(reading: FridgeReading): void {
    const { watch, ended } = watchReading(this.#watch, reading, this.terms);
    this.#watch = watch;
    if (ended?.excursionAt === undefined) return;
    this.#ended.push(ended);
    if (this.#ended.length > MAX_ENDED) this.#ended.shift();
  }

  #trim(now: number): void {
    const tooMany = this.#recent.length - MAX_RECENT;
    const young = this.#recent.findIndex(({ at }) => now - at <= RECENT_MS);
    const count = Math.max(tooMany, young === -1 ? 0 : young);
    if (count <= 0) return;
    for (const reading of this.#recent.splice(0, count))
      this.#base = watchReading(this.#base, reading, this.terms).watch;
    this.#hasTrimmed = true;
    this.#moment = undefined;
  }
}
