/**
 * All that a correlator knows, in parts of bounded size that can be written down as JSON, and put into another one that
 * knows nothing yet and has the same registry, rules and decisions. What was linked is not compared again: that two
 * detections belong together follows from what is the same here and there.
 */
import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import type { Components } from './components.ts';
import { type Habits, savedHabit, savedPairs } from './habits.ts';
import type { Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import { type SavedTraits, savedTraits } from './saved-traits.ts';

/** Detections in a part. */
export const SAVED_AT_ONCE = 500;

export const savedPart = z.discriminatedUnion('part', [
  z.strictObject({
    part: z.literal('detections'),
    /** Those that none of the parts before had. */
    traits: z.array(savedTraits),
    ids: z.array(z.string()),
    at: z.array(z.number()),
    /** Of each, the number of its traits, in the order in which they came. */
    has: z.array(z.int()),
    /** Of each, the number of the first detection of its component, in the order in which they came. */
    with: z.array(z.int()),
  }),
  z.strictObject({
    part: z.literal('told'),
    /** Any detection of a component, whether there is news of it, and what was told of it: id and earliest. */
    list: z.array(z.tuple([z.int(), z.boolean(), z.array(z.tuple([z.string(), z.string()]))])),
  }),
  z.strictObject({ part: z.literal('habits'), ...savedHabit.shape }),
  z.strictObject({ part: z.literal('pairs'), ...savedPairs.shape }),
  /** What the last word on was put off (see Correlator.revise). */
  z.strictObject({ part: z.literal('waiting'), ids: z.array(z.string()) }),
]);
export type SavedPart = z.infer<typeof savedPart>;

interface Known {
  readonly components: Components;
  readonly habits: Habits;
  readonly waiting: Iterable<string>;
}

/** Nothing may change between the first part and the last. */
export function* savedParts({ components, habits, waiting }: Known): Generator<SavedPart> {
  for (const part of habits.saved())
    yield 'assets' in part ? { part: 'pairs', ...part } : { part: 'habits', ...part };
  const numbers = new Map<Traits, number>();
  /** By its root, the first detection of a component. */
  const firsts = new Map<number, number>();
  let part = emptyPart();
  let count = 0;
  for (const item of components.items()) {
    const traits = components.traitsOf(item);
    let number = numbers.get(traits);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(traits, number);
      part.traits.push(toSave(traits));
    }
    const root = components.rootOf(item);
    const first = firsts.get(root) ?? count;
    if (first === count) firsts.set(root, first);
    part.ids.push(components.idOf(item));
    part.at.push(components.atOf(item));
    part.has.push(number);
    part.with.push(first);
    count++;
    if (part.ids.length < SAVED_AT_ONCE) continue;
    yield part;
    part = emptyPart();
  }
  yield part;
  let list: Extract<SavedPart, { part: 'told' }>['list'] = [];
  for (const [root, first] of firsts) {
    const told = components.standing.standingOf(root)?.told ?? [];
    list.push([first, components.isUntold(root), told.map(({ id, earliest }) => [id, earliest])]);
    if (list.length < SAVED_AT_ONCE) continue;
    yield { part: 'told', list };
    list = [];
  }
  yield { part: 'told', list };
  yield { part: 'waiting', ids: [...waiting] };
}

const emptyPart = (): Extract<SavedPart, { part: 'detections' }> => ({
  part: 'detections',
  traits: [],
  ids: [],
  at: [],
  has: [],
  with: [],
});

function toSave({ head, places, marks, via, bits }: Traits): SavedTraits {
  const { rule, severity, tactic, site } = head;
  return {
    rule,
    severity,
    ...(tactic === undefined ? {} : { tactic }),
    ...(site === undefined ? {} : { site }),
    places: places.map(({ id }) => id),
    marks: marks.map((mark, index) => [mark.class, mark.value, via[index] ?? 'itself']),
    ...(bits === undefined ? {} : { bits }),
  };
}

/** Takes the parts that another one has written down, in their order. */
export class Reviving {
  readonly #components: Components;
  readonly #catalogue: Catalogue;
  readonly #habits: Habits;
  readonly #traits: Traits[] = [];
  readonly #items: number[] = [];
  /** What was put off: to be looked up where detections are kept. */
  waiting: readonly string[] = [];

  constructor(components: Components, catalogue: Catalogue, habits: Habits) {
    this.#components = components;
    this.#catalogue = catalogue;
    this.#habits = habits;
  }

  /** @throws RangeError where a part speaks of what none before it had */
  take(part: SavedPart): void {
    switch (part.part) {
      case 'detections':
        this.#takeDetections(part);
        break;
      case 'told':
        this.#takeTold(part);
        break;
      case 'habits':
      case 'pairs':
        this.#habits.revive(part);
        break;
      case 'waiting':
        this.waiting = part.ids;
    }
  }

  #takeDetections({ traits, ids, at, has, with: firsts }: Extract<SavedPart, { part: 'detections' }>): void {
    const components = this.#components;
    for (const one of traits) this.#traits.push(this.#catalogue.revived(one));
    for (let index = 0; index < ids.length; index++) {
      const [id, atMs] = [ids[index], at[index]];
      const known = this.#traits[has[index] ?? NONE];
      if (id === undefined || atMs === undefined || known === undefined)
        throw new RangeError(`detection ${this.#items.length} is not whole`);
      const item = components.admit(id, atMs);
      if (item === NONE) throw new RangeError(`detection ${id} is there twice`);
      components.reinsert(item, known);
      this.#items.push(item);
      components.unite(this.#itemAt(firsts[index] ?? NONE), item);
    }
  }

  #takeTold({ list }: Extract<SavedPart, { part: 'told' }>): void {
    const { standing, untold } = this.#components;
    for (const [index, isUntold, told] of list) {
      const root = this.#components.rootOf(this.#itemAt(index));
      if (told.length > 0)
        standing.setStanding(root, {
          told: told.map(([id, earliest]) => ({ id, earliest })),
          pace: undefined,
        });
      if (isUntold) untold.note(root);
    }
  }

  #itemAt(index: number): number {
    const item = this.#items[index];
    if (item === undefined) throw new RangeError(`there is no detection ${index}`);
    return item;
  }
}
