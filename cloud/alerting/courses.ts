/** The courses that are under way, in memory and on disk. */
import { z } from 'zod';
import type { DocumentWrite, Store } from '../store/store.ts';
import { course } from './course.ts';

const KIND = 'alert-course';

const keptCourse = course.extend({
  /** Accounts whose quiet hours hold it back. */
  held: z.array(z.string()).max(1_000).optional(),
});
export type KeptCourse = z.infer<typeof keptCourse>;

export class Courses {
  readonly #all = new Map<string, KeptCourse>();
  readonly #lookAt = new Map<string, number>();

  constructor(store: Pick<Store, 'documents'>) {
    for (const { id, value } of store.documents(KIND)) {
      this.#all.set(id, keptCourse.parse(value));
      // Whatever was due while nothing ran is due now.
      this.#lookAt.set(id, 0);
    }
  }

  of(incident: string): KeptCourse | undefined {
    return this.#all.get(incident);
  }

  /** @returns what must be written for it: nothing where nothing is different */
  put(incident: string, next: KeptCourse | undefined, lookAt: number | undefined): DocumentWrite[] {
    if (lookAt === undefined) this.#lookAt.delete(incident);
    else this.#lookAt.set(incident, lookAt);
    const before = this.#all.get(incident);
    if (next === undefined) {
      if (before === undefined) return [];
      this.#all.delete(incident);
      return [{ kind: KIND, id: incident, value: undefined }];
    }
    const kept = withoutNothing(next);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(kept)) return [];
    this.#all.set(incident, kept);
    return [{ kind: KIND, id: incident, value: kept }];
  }

  /** Another incident took one over: who was told of either is not told again. */
  move(from: string, into: string | undefined): DocumentWrite[] {
    const moved = this.#all.get(from);
    if (moved === undefined) return [];
    const target = into === undefined ? undefined : this.#all.get(into);
    const gone = this.put(from, undefined, undefined);
    if (into === undefined) return gone;
    const first = target === undefined || moved.startedAt < target.startedAt ? moved : target;
    const held = [...new Set([...(moved.held ?? []), ...(target?.held ?? [])])];
    const joined: KeptCourse = { ...first, incident: into, held };
    return [...gone, ...this.put(into, joined, 0)];
  }

  /** Incidents whose next step is due. */
  due(now: number): string[] {
    return [...this.#lookAt].flatMap(([id, at]) => (at <= now ? [id] : []));
  }

  holding(): KeptCourse[] {
    return [...this.#all.values()].filter(({ held }) => held !== undefined);
  }

  /** These people have been told after all. */
  release(incident: string, told: ReadonlySet<string>): DocumentWrite[] {
    const before = this.#all.get(incident);
    if (before === undefined) return [];
    const held = before.held?.filter((account) => !told.has(account)) ?? [];
    return this.put(incident, { ...before, held }, this.#lookAt.get(incident));
  }
}

function withoutNothing({ held, ...rest }: KeptCourse): KeptCourse {
  return held === undefined || held.length === 0 ? rest : { ...rest, held };
}
