/**
 * What a person decided about detections: an input of the correlation with a name of its own, as the detections are.
 * `together`: all of `one` and `other` are one incident. `apart`: `one` is none with `other`, and stays together.
 */
export interface Decision {
  readonly id: string;
  readonly kind: 'together' | 'apart';
  readonly one: readonly string[];
  readonly other: readonly string[];
  /** Who, when and why: the reason of the link that comes of it. */
  readonly because?: string;
}

/** Detections that must not meet those of another side. */
export interface Side {
  readonly number: number;
  readonly opposite: number;
}

/** Detections that must be in one incident, whatever else says so or does not. */
export interface Bond {
  /** What was joined with what; nothing in `other` where it was only kept together. */
  readonly one: readonly string[];
  readonly other: readonly string[];
  readonly because: string;
  /** Place among all decisions. */
  readonly order: number;
}

const NO_WORDS = 'a person put the two together';

/** Decisions to look up. Where two say different things of the same detections, the later one counts. */
export class Decisions {
  readonly #sides = new Map<string, Side[]>();
  readonly #bonds = new Map<string, Bond[]>();
  /** All of them, the earliest decided first. */
  readonly bonds: Bond[] = [];

  /** @param list in the order in which they were made; an undone one is not in it */
  constructor(list: readonly Decision[]) {
    let barriers: (readonly [readonly string[], readonly string[]])[] = [];
    for (const [order, { kind, one, other, because = NO_WORDS }] of list.entries()) {
      if (kind === 'apart') {
        barriers.push([one, other]);
        this.#bind({ one, other: [], because, order });
      } else {
        barriers = barriers.flatMap((barrier) => lifted(barrier, new Set([...one, ...other])));
        this.#bind({ one, other, because, order });
      }
    }
    for (const [index, [one, other]] of barriers.entries()) {
      this.#stand(one, { number: 2 * index, opposite: 2 * index + 1 });
      this.#stand(other, { number: 2 * index + 1, opposite: 2 * index });
    }
  }

  get isEmpty(): boolean {
    return this.#sides.size + this.#bonds.size === 0;
  }

  has(id: string): boolean {
    return this.#sides.has(id) || this.#bonds.has(id);
  }

  sidesOf(id: string): readonly Side[] {
    return this.#sides.get(id) ?? NONE;
  }

  bondsOf(id: string): readonly Bond[] {
    return this.#bonds.get(id) ?? NONE;
  }

  #stand(ids: readonly string[], side: Side): void {
    for (const id of ids) add(this.#sides, id, side);
  }

  #bind(bond: Bond): void {
    if (bond.one.length + bond.other.length < 2) return;
    this.bonds.push(bond);
    for (const id of [...bond.one, ...bond.other]) add(this.#bonds, id, bond);
  }
}

const NONE: readonly never[] = [];

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** What is left of a barrier once those of a set were put together: all pairs of it but those within the set. */
function lifted(
  [one, other]: readonly [readonly string[], readonly string[]],
  within: ReadonlySet<string>,
): (readonly [readonly string[], readonly string[]])[] {
  const isIn = (id: string) => within.has(id);
  const isOut = (id: string) => !within.has(id);
  if (!one.some(isIn) || !other.some(isIn)) return [[one, other]];
  const left: (readonly [readonly string[], readonly string[]])[] = [
    [one.filter(isOut), other],
    [one.filter(isIn), other.filter(isOut)],
  ];
  return left.filter(([a, b]) => a.length > 0 && b.length > 0);
}
