/** People's hands on what is found: take apart, join, keep back, and take each of these back. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Detector, Table } from '../detector.ts';
import { HOUSE, type Ruling, type Store, type Suppression } from '../store/store.ts';
import { MAX_RULED_DETECTIONS, MAX_STANDING_RULINGS, type RulingBook } from './ruling-book.ts';
import { MAX_SUPPRESSIONS, matches, type Suppressions } from './suppressions.ts';

/** Detections that a suppression concerns are put at a time. */
const PUT_AT_ONCE = 5_000;
/** An expiry is looked at again after so long: no timer waits for months. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** It can't be done, and why in words fit for a person. */
export class CannotBeDone extends Error {
  readonly code: 'not-there' | 'not-possible';
  constructor(code: CannotBeDone['code'], message: string) {
    super(message);
    this.name = 'CannotBeDone';
    this.code = code;
  }
}

/** Who acts, and from where. */
export interface Actor {
  name: string;
  from: string;
}

export interface HandsParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  detector: Detector;
  book: RulingBook;
  suppressions: Suppressions;
  /** People have said something of an incident. */
  onHandled(incident: string): void;
  onSuppression(suppression: Suppression): void;
}

export type NewSuppression = Pick<
  Suppression,
  'rule' | 'asset' | 'site' | 'observable' | 'owner' | 'text' | 'until'
> & { from: number | undefined };

/**
 * Everything is stored with its line of the audit trail before it is done, and done between two rounds of the
 * detector: a kill in between only means that the next start does it.
 */
export class Hands {
  readonly #parts: HandsParts;
  #cancel: () => void = () => undefined;
  #signal: AbortSignal | undefined;

  constructor(parts: HandsParts) {
    this.#parts = parts;
  }

  get suppressions(): Suppressions {
    return this.#parts.suppressions;
  }

  /** Rulings about an incident, the latest first. */
  rulingsOf(detections: readonly string[]): Ruling[] {
    return this.#parts.book.about(detections).reverse();
  }

  /** Ends what is over, now and from now on. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#cancel(), { once: true });
    this.#wait();
  }

  #wait(): void {
    this.#cancel();
    const { clock, suppressions } = this.#parts;
    const next = suppressions.nextEnd;
    if (next === undefined || this.#signal?.aborted !== false) return;
    this.#cancel = clock.schedule(Math.min(Math.max(0, next - clock.now()), LONGEST_WAIT_MS), () => {
      this.#endDue()
        .catch(() => undefined)
        .finally(() => this.#wait());
    });
  }

  async #endDue(): Promise<void> {
    const { suppressions, clock } = this.#parts;
    for (const { id } of suppressions.due(clock.now()))
      await this.#end(id, { name: HOUSE, from: '' }, 'suppression.expired', undefined);
  }

  /** @throws CannotBeDone */
  split(incident: string, chosen: readonly string[], text: string, actor: Actor): Promise<string[]> {
    return this.#parts.detector.turn(async (table) => {
      await table.tell();
      const whole = this.#incident(incident);
      const one = whole.detections.filter((id) => chosen.includes(id));
      const other = whole.detections.filter((id) => !chosen.includes(id));
      if (one.length < new Set(chosen).size)
        throw new CannotBeDone('not-possible', 'Not all of these detections are in this incident any more.');
      if (one.length === 0 || other.length === 0)
        throw new CannotBeDone('not-possible', 'Choose some of the detections, not all of them.');
      const about = `${whole.id}: ${one.length} of ${whole.detections.length} detections`;
      return this.#rule(table, 'split', [whole.id], one, other, text, about, actor);
    });
  }

  /** @throws CannotBeDone */
  merge(incident: string, other: string, text: string, actor: Actor): Promise<string[]> {
    return this.#parts.detector.turn(async (table) => {
      await table.tell();
      const [a, b] = [this.#incident(incident), this.#incident(other)];
      if (a.id === b.id) throw new CannotBeDone('not-possible', 'These two are one incident already.');
      const about = `${a.id} with ${b.id}`;
      return this.#rule(table, 'merged', [a.id, b.id], a.detections, b.detections, text, about, actor);
    });
  }

  /** @throws CannotBeDone */
  undo(id: string, text: string | undefined, { name, from }: Actor): Promise<string[]> {
    const { store, book, clock } = this.#parts;
    return this.#parts.detector.turn(async (table) => {
      await table.tell();
      const ruling = book.find(id);
      if (ruling === undefined) throw new CannotBeDone('not-there', 'There is no such decision.');
      if (ruling.undone !== undefined)
        throw new CannotBeDone('not-possible', `${ruling.undone.by} has undone this already.`);
      const at = clock.now();
      const undone = { ...ruling, undone: { at, by: name, ...(text === undefined ? {} : { text }) } };
      const about = `${ruling.kind} ${ruling.incidents.join(' ')}, ${ruling.id}`;
      await store.putRuling(undone, { at, by: name, from, action: 'incident.undone', about });
      book.put(undone);
      return this.#carryOut(table, undone, { action: 'undone', at, by: name, text });
    });
  }

  async #rule(
    table: Table,
    kind: Ruling['kind'],
    incidents: string[],
    one: string[],
    other: string[],
    text: string,
    about: string,
    { name, from }: Actor,
  ): Promise<string[]> {
    const { store, book, clock, registry } = this.#parts;
    if (one.length + other.length > MAX_RULED_DETECTIONS)
      throw new CannotBeDone(
        'not-possible',
        `More than ${MAX_RULED_DETECTIONS} detections are too many to be ruled on by hand.`,
      );
    if (book.decisions.length >= MAX_STANDING_RULINGS)
      throw new CannotBeDone(
        'not-possible',
        `${MAX_STANDING_RULINGS} decisions stand already; undo some first.`,
      );
    const at = clock.now();
    const site = store
      .incident(incidents[0] ?? '')
      ?.assets.map((id) => registry.asset(id)?.site)
      .find((id) => id !== undefined);
    const timeZone = (site === undefined ? undefined : registry.site(site)?.timeZone) ?? 'UTC';
    const ruling: Ruling = {
      id: `ruling-${randomUUID()}`,
      kind,
      at,
      by: name,
      text,
      timeZone,
      incidents,
      one,
      other,
    };
    const action = kind === 'split' ? 'incident.split' : 'incident.merged';
    await store.putRuling(ruling, { at, by: name, from, action, about: `${about}: ${text}`.slice(0, 500) });
    book.put(ruling);
    return this.#carryOut(table, ruling, { action: kind, at, by: name, text });
  }

  /** The correlator does it, and whoever looks at one of the incidents reads who did. */
  async #carryOut(
    table: Table,
    { incidents, one, other }: Ruling,
    said: { action: 'split' | 'merged' | 'undone'; at: number; by: string; text: string | undefined },
  ): Promise<string[]> {
    const { store, book, onHandled } = this.#parts;
    const before = incidents.flatMap((id) => store.incident(id)?.detections ?? []);
    await table.decide(book.decisions, [...before, ...one, ...other], incidents[0]);
    const now = new Set(table.holding([...one, ...other]));
    const { text, ...rest } = said;
    for (const incident of now) {
      await store.act({ incident, ...rest, ...(text === undefined ? {} : { text }) }).catch(() => undefined);
      onHandled(incident);
    }
    return [...now];
  }

  #incident(id: string) {
    const found = this.#parts.store.incident(id);
    if (found === undefined) throw new CannotBeDone('not-there', 'There is no such incident.');
    return found;
  }

  /** @throws CannotBeDone */
  suppress({ from, ...wanted }: NewSuppression, actor: Actor): Promise<Suppression> {
    const { store, suppressions, clock, detector, onSuppression } = this.#parts;
    return detector.turn(async (table) => {
      const at = clock.now();
      if (wanted.until <= at) throw new CannotBeDone('not-possible', 'Its time would be over already.');
      if (suppressions.working >= MAX_SUPPRESSIONS)
        throw new CannotBeDone('not-possible', `${MAX_SUPPRESSIONS} suppressions are at work already.`);
      const suppression: Suppression = {
        ...wanted,
        id: `suppression-${randomUUID()}`,
        by: actor.name,
        at,
        from: Math.min(from ?? at, at),
      };
      await store.putSuppression(suppression, {
        at,
        by: actor.name,
        from: actor.from,
        action: 'suppression.made',
        about: wordsOf(suppression),
      });
      suppressions.begin(suppression);
      await this.#putAll(table, suppression);
      onSuppression(suppression);
      this.#wait();
      return suppression;
    });
  }

  /** All that a suppression matches is, or is no longer, kept back: however much that is, as the store has it. */
  async #putAll(table: Table, suppression: Suppression): Promise<void> {
    const { store, registry } = this.#parts;
    let some: Detection[] = [];
    for (const one of store.detections({ from: suppression.from })) {
      if (matches(suppression, one, registry)) some.push(one);
      if (some.length < PUT_AT_ONCE) continue;
      await table.put(some);
      some = [];
    }
    await table.put(some);
  }

  /** What it kept back is in incidents again. @throws CannotBeDone */
  end(id: string, text: string | undefined, actor: Actor): Promise<Suppression> {
    return this.#end(id, actor, 'suppression.ended', text);
  }

  #end(id: string, { name, from }: Actor, action: string, text: string | undefined): Promise<Suppression> {
    const { store, suppressions, clock, detector, onSuppression } = this.#parts;
    return detector.turn(async (table) => {
      const known = suppressions.find(id);
      if (known === undefined) throw new CannotBeDone('not-there', 'There is no such suppression.');
      if (known.ended !== undefined) throw new CannotBeDone('not-possible', 'It is over already.');
      const at = clock.now();
      const ended: Suppression = {
        ...known,
        ended: {
          at,
          by: name,
          ...(text === undefined ? {} : { text }),
          held: suppressions.kept(id),
          newest: suppressions.newest(id),
        },
      };
      const about = `${wordsOf(known)}; ${ended.ended?.held ?? 0} detections come back`;
      await store.putSuppression(ended, { at, by: name, from, action, about });
      suppressions.end(ended);
      await this.#putAll(table, known);
      onSuppression(ended);
      return ended;
    });
  }
}

/** For the audit trail. */
function wordsOf({ id, rule, asset, site, observable, owner, until, text }: Suppression): string {
  const where = [
    ...(asset === undefined ? [] : [`at ${asset}`]),
    ...(site === undefined ? [] : [`on site ${site}`]),
    ...(observable === undefined ? [] : [`with ${observable.name} ${observable.value}`]),
  ].join(' ');
  return `${id}: ${rule} ${where} until ${new Date(until).toISOString()}, answered for by ${owner}: ${text}`.slice(
    0,
    1_000,
  );
}
