import { couldLink } from './crowd.ts';
import { type Candidate, compare } from './edge.ts';
import { ownOf, probesOf } from './keys.ts';
import type { LinkRules } from './link-rules.ts';
import { type Judge, type Key, type Mark, newKey, type Run, type Traits } from './memory.ts';
import { at, firstOf, lastOf } from './run.ts';
import { slotNumber, Timelines } from './timelines.ts';

/** The way the correlator itself finds components, over whole runs in order of time: one link for each joining. */
export function addConnecting(runs: readonly Run[], rules: LinkRules, found: Candidate[]): void {
  const judge = new RunJudge(runs, rules, found);
  for (let index = 0; index < runs.length; index++) judge.take(index);
}

/** Each run is its place in the list. */
class RunJudge implements Judge {
  readonly #runs: readonly Run[];
  readonly #rules: LinkRules;
  readonly #found: Candidate[];
  readonly #timelines: Timelines;
  /** The keys here for those there, on which other runs stand. */
  readonly #keys = new Map<Key, Key>();
  readonly #parents: number[];
  #index = 0;
  #fromMs = 0;
  #toMs = 0;
  #crowded: readonly Mark[] | undefined;
  traits: Traits;

  constructor(runs: readonly Run[], rules: LinkRules, found: Candidate[]) {
    this.#runs = runs;
    this.#rules = rules;
    this.#found = found;
    this.#timelines = new Timelines((run) => at(runs, run).traits);
    this.#parents = runs.map((_, index) => index);
    this.traits = at(runs, 0).traits;
  }

  /** Joins one with those before it, and notes it for those that follow. */
  take(index: number): void {
    const run = at(this.#runs, index);
    const timelines = this.#timelines;
    this.#index = index;
    this.#fromMs = firstOf(run).at;
    this.#toMs = lastOf(run).at;
    this.#crowded = undefined;
    this.traits = run.traits;
    for (const there of probesOf(run.traits)) {
      const key = this.#keys.get(there);
      if (key !== undefined) timelines.join(key, this.#fromMs, this.#toMs, this);
    }
    for (const there of ownOf(run.traits)) {
      const key = this.#keys.get(there) ?? newKey(there.windowMs);
      this.#keys.set(there, key);
      for (let slot = slotNumber(key, this.#fromMs); slot <= slotNumber(key, this.#toMs); slot++)
        timelines.note(key, index, slot);
    }
  }

  living(run: number): number {
    return run;
  }

  rootOf(run: number): number {
    const parents = this.#parents;
    let root = run;
    while (at(parents, root) !== root) {
      parents[root] = at(parents, at(parents, root));
      root = at(parents, root);
    }
    return root;
  }

  isJoined(other: number): boolean {
    return this.rootOf(other) === this.rootOf(this.#index);
  }

  join(other: number): boolean {
    if (this.isJoined(other)) return false;
    const before = this.#found.length;
    compare(this.#runs, other, this.#index, this.#rules, this.#found);
    if (this.#found.length === before) return false;
    this.#parents[this.rootOf(other)] = this.rootOf(this.#index);
    return true;
  }

  mayLink(like: Traits, sharesHubs: boolean): boolean {
    this.#crowded ??= this.traits.marks.filter((mark) => {
      const key = mark.hub ? undefined : this.#keys.get(mark);
      return key !== undefined && this.#timelines.isCrowded(key, this.#fromMs, this.#toMs);
    });
    return couldLink(this.traits, like, this.#crowded, sharesHubs, this.#rules);
  }
}
