import { weigh } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import { type Gathering, type Judge, type Mark, type Run, type Shelf, Traits } from './memory.ts';
import { dropFrom, isAllOf, joinShelf, putOn } from './shelf.ts';
import { across, type Via } from './via.ts';

/**
 * Many runs that share a key, in groups of those that have the same head and the same places. Whether the marks
 * that two runs share could ever link them is asked once a group, and not once a run: ten thousand addresses that
 * each try one account are no links, and no ten thousand comparisons each.
 *
 * This only leaves out what could not be linked: what is linked, and so every incident, stays the same.
 */
export class Crowd implements Gathering {
  readonly #groups = new Map<string, Group>();

  note(run: Run): void {
    const name = nameOfGroup(run.traits);
    const group = this.#groups.get(name) ?? newGroup(run.traits);
    this.#groups.set(name, group);
    putOn(group, run);
    for (const mark of run.traits.marks) {
      if (!mark.hub) continue;
      const sharing = group.sharing.get(mark) ?? emptyShelf();
      group.sharing.set(mark, sharing);
      putOn(sharing, run);
    }
  }

  join(run: Run, judge: Judge): void {
    for (const group of this.#groups.values()) {
      if (isAllOf(group, run)) continue;
      if (judge.mayLink(group.like, false)) joinShelf(group, run, judge);
      else if (judge.mayLink(group.like, true))
        for (const mark of run.traits.marks) {
          const sharing = mark.hub ? group.sharing.get(mark) : undefined;
          if (sharing !== undefined) joinShelf(sharing, run, judge);
        }
    }
  }

  /** The answer: nobody is left. */
  drop(runs: ReadonlySet<Run>): boolean {
    for (const [name, group] of this.#groups) {
      for (const [mark, sharing] of group.sharing) if (dropFrom(sharing, runs)) group.sharing.delete(mark);
      if (dropFrom(group, runs)) this.#groups.delete(name);
    }
    return this.#groups.size === 0;
  }
}

interface Group extends Shelf {
  /** Any of them. */
  readonly like: Traits;
  /** Those that name the same meeting place. */
  readonly sharing: Map<Mark, Shelf>;
}

const emptyShelf = (): Shelf => ({ only: undefined, joined: undefined, rest: undefined });
const newGroup = (like: Traits): Group => ({ like, sharing: new Map(), ...emptyShelf() });

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
  last: undefined,
  earlier: undefined,
  number: -1,
  kind: 'observable',
  class: 'ip',
  value: '',
  person: undefined,
  hub: false,
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
