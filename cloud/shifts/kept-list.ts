/** Things that people keep under a name: one's own, and those that everybody shares. */
import type { z } from 'zod';
import { type Actor, CannotBeDone } from '../hands/hands.ts';
import type { Store } from '../store/store.ts';

export interface Kept {
  id: string;
  owner: string;
  shared: boolean;
}

export interface KeptParts {
  store: Pick<Store, 'documents' | 'putDocuments'>;
  now(): number;
}

/** Of one kind for one person, and shared ones altogether. */
export const MAX_KEPT = 200;

export class KeptList<One extends Kept> {
  readonly #parts: KeptParts;
  readonly #kind: string;
  readonly #all: Map<string, One>;

  constructor(kind: string, schema: z.ZodType<One>, parts: KeptParts) {
    this.#parts = parts;
    this.#kind = kind;
    this.#all = new Map(
      parts.store.documents(kind).map(({ id, value }) => [id, schema.parse(value)] as const),
    );
  }

  all(): One[] {
    return [...this.#all.values()];
  }

  find(id: string): One | undefined {
    return this.#all.get(id);
  }

  /** Their own, and what is shared. */
  of(name: string): One[] {
    return this.all().filter(({ owner, shared }) => shared || owner === name);
  }

  /**
   * @param may whether the actor may change what others own
   * @throws CannotBeDone
   */
  async put(one: One, actor: Actor, may: boolean): Promise<void> {
    const before = this.#all.get(one.id);
    if (before !== undefined) this.#demandOwn(before, actor, may);
    const many = this.all().filter(({ owner, shared }) =>
      one.shared ? shared : !shared && owner === one.owner,
    );
    if (before === undefined && many.length >= MAX_KEPT)
      throw new CannotBeDone('not-possible', `There are ${MAX_KEPT} already: remove one first.`);
    await this.#write(one.id, one, `${this.#kind}.saved`, actor);
    this.#all.set(one.id, one);
  }

  /** @throws CannotBeDone */
  async remove(id: string, actor: Actor, may: boolean): Promise<void> {
    const before = this.#all.get(id);
    if (before === undefined || (!before.shared && before.owner !== actor.name && !may))
      throw new CannotBeDone('not-there', 'There is no such thing.');
    this.#demandOwn(before, actor, may);
    await this.#write(id, undefined, `${this.#kind}.removed`, actor);
    this.#all.delete(id);
  }

  #demandOwn({ owner }: One, { name }: Actor, may: boolean): void {
    if (owner !== name && !may) throw new CannotBeDone('not-possible', `This is ${owner}’s: save your own.`);
  }

  #write(id: string, value: One | undefined, action: string, { name: by, from }: Actor): Promise<void> {
    return this.#parts.store.putDocuments([{ kind: this.#kind, id, value }], {
      at: this.#parts.now(),
      by,
      from,
      action,
      about: id,
    });
  }
}
