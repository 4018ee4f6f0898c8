/** Who is on duty, and what one hands to the next. Kept as documents; each change with its line of the audit trail. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { severities, severity } from '../../devices/model/detection.ts';
import { incidentState } from '../../devices/model/incident.ts';
import type { OpenSummary, Shift, ShiftList } from '../api/contract/shifts.ts';
import { type Actor, CannotBeDone } from '../hands/hands.ts';
import type { Store } from '../store/store.ts';
import { ShiftNotes } from './notes.ts';

const KIND = 'shift';
/** Shifts that are kept; of more, the longest over go. */
export const MAX_SHIFTS = 500;
/** Shifts that are over, in one answer. */
const MAX_PAST = 20;
/** Incidents named in a hand-over. */
export const MAX_HANDED = 12;

const at = z.number().int().min(0);
const name = z.string().min(1).max(64);
const openSummary = z.strictObject({
  total: z.number(),
  bySeverity: z.record(severity, z.number()),
  unassigned: z.number(),
  incidents: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      severity,
      state: incidentState,
      assignee: z.exactOptional(z.string()),
      site: z.exactOptional(z.string()),
    }),
  ),
});
export const shift: z.ZodType<Shift> = z.strictObject({
  id: z.string(),
  name,
  startedAt: at,
  endedAt: z.exactOptional(at),
  handOver: z.exactOptional(
    z.strictObject({
      at,
      note: z.string(),
      open: openSummary,
      to: z.exactOptional(name),
      confirmed: z.exactOptional(z.strictObject({ by: name, at })),
    }),
  ),
});

export interface ShiftsParts {
  store: Pick<Store, 'documents' | 'putDocuments' | 'queue'>;
  clock: Clock;
  siteName(incident: { assets: readonly string[] }): string | undefined;
  onChange(): void;
}

const active = ['open', 'acknowledged', 'contained'] as const;

export class Shifts {
  readonly notes: ShiftNotes;
  readonly #parts: ShiftsParts;
  readonly #shifts: Map<string, Shift>;

  constructor(parts: ShiftsParts) {
    this.#parts = parts;
    this.notes = new ShiftNotes(parts);
    this.#shifts = new Map(
      parts.store.documents(KIND).map(({ id, value }) => [id, shift.parse(value)] as const),
    );
  }

  /** Accounts. */
  onDuty(): string[] {
    return [...this.#shifts.values()].flatMap(({ name, endedAt }) => (endedAt === undefined ? [name] : []));
  }

  /** @param sites those that the asker may see */
  list(asker: string, sites?: readonly string[]): ShiftList {
    const all = [...this.#shifts.values()].sort((a, b) => b.startedAt - a.startedAt);
    return {
      onDuty: all.filter(({ endedAt }) => endedAt === undefined),
      waiting: all.filter(isWaiting),
      past: all.filter((one) => one.endedAt !== undefined && !isWaiting(one)).slice(0, MAX_PAST),
      notes: this.notes.list(),
      open: this.open(asker, sites),
    };
  }

  /** What is open now: counts of all, and the most urgent by name, those of the asker first. */
  open(asker: string, sites?: readonly string[]): OpenSummary {
    const { queue } = this.#parts.store;
    const of = { states: active, ...(sites === undefined ? {} : { sites }) };
    const total = queue.count(of);
    const atLeast = severities.map((one) => queue.count({ ...of, severity: one }));
    const bySeverity = Object.fromEntries(
      severities.map((one, rank) => [one, (atLeast[rank] ?? 0) - (atLeast[rank + 1] ?? 0)]),
    ) as OpenSummary['bySeverity'];
    const own = queue.page({ ...of, assignee: asker, limit: MAX_HANDED });
    const urgent = queue.page({ ...of, limit: MAX_HANDED });
    const ids = new Set(own.map(({ incident }) => incident.id));
    return {
      total,
      bySeverity,
      unassigned: queue.count({ ...of, assignee: '' }),
      incidents: [...own, ...urgent.filter(({ incident }) => !ids.has(incident.id))]
        .slice(0, MAX_HANDED)
        .map(({ incident, handling }) => {
          const site = this.#parts.siteName(incident);
          return {
            id: incident.id,
            title: incident.title,
            severity: incident.severity,
            state: handling.state,
            ...(handling.assignee === undefined ? {} : { assignee: handling.assignee }),
            ...(site === undefined ? {} : { site }),
          };
        }),
    };
  }

  /** @throws CannotBeDone */
  async start(actor: Actor): Promise<Shift> {
    if (this.#ofNow(actor.name) !== undefined)
      throw new CannotBeDone('not-possible', 'You are on duty already.');
    const begun: Shift = { id: randomUUID(), name: actor.name, startedAt: this.#parts.clock.now() };
    await this.#put(begun, 'shift.started', actor);
    return begun;
  }

  /** Ends the actor's shift, with what is open and a note for the next. @throws CannotBeDone */
  async handOver(
    note: string,
    to: string | undefined,
    actor: Actor,
    sites?: readonly string[],
  ): Promise<Shift> {
    const own = this.#ofNow(actor.name);
    if (own === undefined) throw new CannotBeDone('not-possible', 'You are not on duty.');
    const now = this.#parts.clock.now();
    const open = this.open(actor.name, sites);
    const over: Shift = {
      ...own,
      endedAt: now,
      handOver: { at: now, note, open, ...(to === undefined ? {} : { to }) },
    };
    await this.#put(over, 'shift.handed-over', actor);
    return over;
  }

  /** The next one says that they have read it. @throws CannotBeDone */
  async confirm(id: string, actor: Actor): Promise<Shift> {
    const over = this.#shifts.get(id);
    if (over?.handOver === undefined) throw new CannotBeDone('not-there', 'There is no such hand-over.');
    if (over.handOver.confirmed !== undefined)
      throw new CannotBeDone('not-possible', `${over.handOver.confirmed.by} has confirmed it already.`);
    if (over.name === actor.name)
      throw new CannotBeDone('not-possible', 'Somebody else confirms what you handed over.');
    const { to } = over.handOver;
    if (to !== undefined && to !== actor.name)
      throw new CannotBeDone('not-possible', `This was handed to ${to}.`);
    const confirmed: Shift = {
      ...over,
      handOver: { ...over.handOver, confirmed: { by: actor.name, at: this.#parts.clock.now() } },
    };
    await this.#put(confirmed, 'shift.confirmed', actor);
    return confirmed;
  }

  #ofNow(of: string): Shift | undefined {
    return [...this.#shifts.values()].find((one) => one.name === of && one.endedAt === undefined);
  }

  async #put(one: Shift, action: string, { name: by, from }: Actor): Promise<void> {
    const over = [...this.#shifts.values()]
      .filter((other) => other.endedAt !== undefined && !isWaiting(other))
      .sort((a, b) => a.startedAt - b.startedAt);
    const tooMany = over.slice(0, Math.max(0, this.#shifts.size + 1 - MAX_SHIFTS));
    const { store, clock, onChange } = this.#parts;
    await store.putDocuments(
      [
        { kind: KIND, id: one.id, value: one },
        ...tooMany.map(({ id }) => ({ kind: KIND, id, value: undefined })),
      ],
      { at: clock.now(), by, from, action, about: one.id },
    );
    this.#shifts.set(one.id, one);
    for (const { id } of tooMany) this.#shifts.delete(id);
    onChange();
  }
}

const isWaiting = ({ handOver }: Shift): boolean =>
  handOver !== undefined && handOver.confirmed === undefined;
