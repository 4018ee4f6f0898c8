import type { z } from 'zod';
import type { AuditEntry, Store } from '../store/store.ts';
import { ContinuityProblem } from './problem.ts';

/** Documents of one kind, read once and kept in mind; every change is in one commit with its line of the audit trail. */
export class Kept<Value extends { id: string }> {
  readonly #store: Pick<Store, 'putDocuments'>;
  readonly #kind: string;
  readonly #max: number;
  readonly #known = new Map<string, { value: Value; revision: number }>();

  /** @param onTrouble told of what can't be read; it stays in the store as it is */
  constructor(
    store: Pick<Store, 'documents' | 'putDocuments'>,
    kind: string,
    schema: z.ZodType<Value>,
    max: number,
    onTrouble: (message: string) => void,
  ) {
    this.#store = store;
    this.#kind = kind;
    this.#max = max;
    for (const { id, value, revision } of store.documents(kind)) {
      const read = schema.safeParse(value);
      if (read.success) this.#known.set(id, { value: read.data, revision });
      else onTrouble(`${kind} ${id} can't be read: ${read.error.issues[0]?.message ?? ''}`);
    }
  }

  all(): Value[] {
    return [...this.#known.values()].map(({ value }) => value);
  }

  find(id: string): Value | undefined {
    return this.#known.get(id)?.value;
  }

  /**
   * @throws DocumentChanged when somebody else was faster
   * @throws ContinuityProblem when there are too many
   */
  async put(value: Value, audit: AuditEntry): Promise<Value> {
    const expected = this.#known.get(value.id)?.revision ?? 0;
    if (expected === 0 && this.#known.size >= this.#max)
      throw new ContinuityProblem('too-many', `There are ${this.#max} of these already.`);
    await this.#store.putDocuments([{ kind: this.#kind, id: value.id, value, expected }], audit);
    this.#known.set(value.id, { value, revision: expected + 1 });
    return value;
  }
}
