import type { LinkRules } from './link-rules.ts';
import { type Judge, type Mark, type Shelf, Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import { dropFrom, isAllOf, joinShelf, putOn, shelfOf } from './shelf.ts';
import { across, type Via } from './via.ts';
import { weigh } from './weighing.ts';

/**
 * Many runs that share a key, in groups of those that have the same head and the same places. Whether the marks
 * that two runs share could ever link them is asked once a group, and not once a run: ten thousand addresses that
 * each try one account are no links, and no ten thousand comparisons each.
 *
 * This only leaves out what could not be linked: what is linked, and so every incident, stays the same.
 */
export class Crowd {
  readonly #groups = new Map<string, Group>();
  readonly #traitsOf: (run: number) => Traits;

  constructor(traitsOf: (run: number) => Traits) {
    this.#traitsOf = traitsOf;
  }

  note(run: number): void {
    const traits = this.#traitsOf(run);
    const name = nameOfGroup(traits);
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { like: traits, sharing: new Map(), ...shelfOf(run) };
      this.#groups.set(name, group);
    } else putOn(group, run);
    for (const mark of traits.marks) {
      if (!mark.hub) continue;
      const sharing = group.sharing.get(mark);
      if (sharing === undefined) group.sharing.set(mark, run);
      else if (typeof sharing === 'number') group.sharing.set(mark, shelfOf(sharing, run));
      else putOn(sharing, run);
    }
  }

  join(judge: Judge): void {
    const { marks } = judge.traits;
    for (const group of this.#groups.values()) {
      if (isAllOf(group, judge)) continue;
      if (judge.mayLink(group.like, false)) joinShelf(group, judge);
      else if (judge.mayLink(group.like, true))
        for (const mark of marks) {
          const sharing = mark.hub ? group.sharing.get(mark) : undefined;
          if (typeof sharing === 'number') judge.join(judge.living(sharing));
          else if (sharing !== undefined) joinShelf(sharing, judge);
        }
    }
  }

  /** The answer: nobody is left. */
  drop(runs: ReadonlySet<number>): boolean {
    for (const [name, group] of this.#groups) {
      for (const [mark, sharing] of group.sharing) {
        const isLeft = typeof sharing === 'number' ? !runs.has(sharing) : !dropFrom(sharing, runs);
        if (!isLeft) group.sharing.delete(mark);
      }
      if (dropFrom(group, runs)) this.#groups.delete(name);
    }
    return this.#groups.size === 0;
  }
}

interface Group extends Shelf {
  /** Any of them. */
  readonly like: Traits;
  /** Those that name the same meeting place: the one that does, or several. */
  readonly sharing: Map<Mark, number | Shelf>;
}

const hasAddress = ({ marks }: Traits): boolean => marks.some(({ class: of }) => of === 'ip');

/** All that linking goes by but the marks themselves. */
function nameOfGroup(traits: Traits): string {
  let name = `${traits.head.number}${hasAddress(traits) ? 'a' : ''}`;
  if (traits.bits !== undefined) name += `b${traits.bits}`;
  for (const { number } of traits.places) name += `,${number}`;
  return name;
}

/** Stands for every address that the other one does not have. */
const elsewhere: Mark = {
  windowMs: 0,
  slot: NONE,
  number: -1,
  kind: 'observable',
  class: 'ip',
  value: '',
  person: undefined,
  hub: false,
  alone: undefined,
};

/**
 * Whether a run of the group of `like` can be linked to one of `traits` at all, where the two share no mark but
 * some of `shared`, and meeting places if so said: asks for the likest that there could be, at the same moment.
 */
export function couldLink(
  traits: Traits,
  like: Traits,
  shared: readonly Mark[],
  sharesHubs: boolean,
  rules: LinkRules,
): boolean {
  // An address counts as shared however long ago it was seen: its own list may not reach as far back.
  const reachesBack = ({ class: of, windowMs }: Mark) =>
    of === 'ip' && shared.some((other) => other.windowMs > windowMs);
  const marks = traits.marks.filter((mark) =>
    mark.hub ? sharesHubs : shared.includes(mark) || reachesBack(mark),
  );
  const others = hasAddress(like) && !marks.some(({ class: of }) => of === 'ip') ? [elsewhere] : [];
  const viaOf = (mark: Mark): Via => traits.via[traits.marks.indexOf(mark)] ?? 'itself';
  const likest = (via: (of: Via) => Via): Traits =>
    new Traits(
      like.head,
      like.places,
      [...marks, ...others],
      [...marks.map((mark) => via(viaOf(mark))), ...others.map((): Via => 'itself')],
      like.bits,
      like.rarity,
    );
  // A badge here and an account there weigh otherwise than two accounts.
  return [likest((via) => via), likest(across)].some(
    (other) => weigh(traits, other, 0, rules) > 0 || weigh(other, traits, 0, rules) > 0,
  );
}
