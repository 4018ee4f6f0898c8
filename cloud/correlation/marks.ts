import type { Identity } from '../../devices/model/identity.ts';
import type { LinkRules } from './link-rules.ts';
import type { Mark } from './memory.ts';
import { NONE } from './numbers.ts';

/** Somebody or something that detections name, each one object. */
export class Marks {
  readonly #rules: LinkRules;
  readonly #shared: ReadonlySet<string>;
  readonly #identityMs: number;
  readonly #numberOfNext: () => number;
  readonly #byClass = new Map<Mark['class'], Map<string, Mark>>();

  /** @param shared addresses, in small letters, behind which many stand */
  constructor(rules: LinkRules, shared: ReadonlySet<string>, numberOfNext: () => number) {
    this.#rules = rules;
    this.#shared = shared;
    this.#numberOfNext = numberOfNext;
    const { identity, identityAcrossWorlds } = rules.strength;
    this.#identityMs = Math.max(identity.windowMs, identityAcrossWorlds.windowMs);
  }

  markOf(of: Mark['class'], value: string, person: Identity | undefined): Mark {
    const known = this.#of(of);
    const found = known.get(value);
    if (found !== undefined) return found;
    const isIdentity = of === 'identity';
    const made: Mark = {
      windowMs: isIdentity ? this.#identityMs : this.#rules.observables[of].windowMs,
      slot: NONE,
      number: this.#numberOfNext(),
      kind: isIdentity ? 'identity' : 'observable',
      class: of,
      value,
      person,
      hub: isIdentity ? person?.kind === 'service' : this.#isHub(of, value),
      alone: undefined,
    };
    known.set(value, made);
    return made;
  }

  #of(of: Mark['class']): Map<string, Mark> {
    let known = this.#byClass.get(of);
    if (known === undefined) {
      known = new Map();
      this.#byClass.set(of, known);
    }
    return known;
  }

  #isHub(of: Mark['class'], value: string): boolean {
    return of === 'other' || ((of === 'ip' || of === 'inside-ip') && this.#shared.has(value));
  }

  /** Forgets all but these. */
  retain(kept: Iterable<Mark>): void {
    this.#byClass.clear();
    for (const mark of kept) this.#of(mark.class).set(mark.value, mark);
  }
}
