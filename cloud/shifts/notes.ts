/** Notes for the next shift, written while there is time to: at an incident, not at the end of the day. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { ShiftNote } from '../api/contract/shifts.ts';
import { type Actor, CannotBeDone } from '../hands/hands.ts';
import type { Store } from '../store/store.ts';

const KIND = 'shift-note';
/** Notes that are kept; of more, the oldest that were read go. */
export const MAX_NOTES = 500;
/** Notes that wait to be read; more would not be read. */
export const MAX_UNREAD = 200;
/** Notes that were read, in one answer. */
const MAX_READ = 20;

const at = z.number().int().min(0);
const name = z.string().min(1).max(64);
const shiftNote: z.ZodType<ShiftNote> = z.strictObject({
  id: z.string(),
  at,
  by: name,
  text: z.string(),
  incident: z.exactOptional(z.strictObject({ id: z.string(), title: z.string() })),
  read: z.exactOptional(z.strictObject({ by: name, at })),
});

export interface ShiftNotesParts {
  store: Pick<Store, 'documents' | 'putDocuments'>;
  clock: Clock;
  onChange(): void;
}

export class ShiftNotes {
  readonly #parts: ShiftNotesParts;
  readonly #notes: Map<string, ShiftNote>;

  constructor(parts: ShiftNotesParts) {
    this.#parts = parts;
    this.#notes = new Map(
      parts.store.documents(KIND).map(({ id, value }) => [id, shiftNote.parse(value)] as const),
    );
  }

  /** What nobody has read yet, the oldest first; then what was read last. */
  list(): ShiftNote[] {
    const all = [...this.#notes.values()];
    const unread = all.filter(({ read }) => read === undefined).sort((a, b) => a.at - b.at);
    const read = all.filter((one) => one.read !== undefined).sort((a, b) => readAt(b) - readAt(a));
    return [...unread, ...read.slice(0, MAX_READ)];
  }

  /** @throws CannotBeDone */
  async write(
    text: string,
    incident: { id: string; title: string } | undefined,
    actor: Actor,
  ): Promise<ShiftNote> {
    const unread = [...this.#notes.values()].filter(({ read }) => read === undefined).length;
    if (unread >= MAX_UNREAD)
      throw new CannotBeDone('not-possible', `${MAX_UNREAD} notes wait to be read already.`);
    const note: ShiftNote = {
      id: randomUUID(),
      at: this.#parts.clock.now(),
      by: actor.name,
      text,
      ...(incident === undefined ? {} : { incident }),
    };
    await this.#put(note, 'shift.noted', actor);
    return note;
  }

  /** Somebody else has read it. @throws CannotBeDone */
  async read(id: string, actor: Actor): Promise<void> {
    const note = this.#notes.get(id);
    if (note === undefined) throw new CannotBeDone('not-there', 'There is no such note.');
    if (note.read !== undefined)
      throw new CannotBeDone('not-possible', `${note.read.by} has read it already.`);
    if (note.by === actor.name) throw new CannotBeDone('not-possible', 'Somebody else reads what you wrote.');
    await this.#put(
      { ...note, read: { by: actor.name, at: this.#parts.clock.now() } },
      'shift.note-read',
      actor,
    );
  }

  async #put(note: ShiftNote, action: string, { name: by, from }: Actor): Promise<void> {
    const { store, clock, onChange } = this.#parts;
    const read = [...this.#notes.values()]
      .filter((one) => one.read !== undefined)
      .sort((a, b) => readAt(a) - readAt(b));
    const tooMany = read.slice(0, Math.max(0, this.#notes.size + 1 - MAX_NOTES));
    await store.putDocuments(
      [
        { kind: KIND, id: note.id, value: note },
        ...tooMany.map(({ id }) => ({ kind: KIND, id, value: undefined })),
      ],
      { at: clock.now(), by, from, action, about: note.incident?.id ?? note.id },
    );
    this.#notes.set(note.id, note);
    for (const { id } of tooMany) this.#notes.delete(id);
    onChange();
  }
}

const readAt = ({ read }: ShiftNote): number => read?.at ?? 0;
