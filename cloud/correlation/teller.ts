import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Changes, goneInto } from './changes.ts';
import type { Components } from './components.ts';
import type { Decisions } from './decisions.ts';
import { spanningForest } from './forest.ts';
import { byUrgency, incidentOf, MAX_TOLD_LINKS, type Outline, outlineOf } from './incident.ts';
import type { LinkRules } from './link-rules.ts';
import type { Pace } from './memory.ts';
import { paceOf } from './pace.ts';
import { at } from './run.ts';

/** What was told of a component, with the detections that it may go on with, the first choice first. */
export interface Heir {
  readonly id: string;
  readonly held: readonly string[];
  readonly pace: Pace | undefined;
}

/** Puts components into incidents, and remembers at each component what was told of it. */
export class Teller {
  readonly #components: Components;
  readonly #registry: Registry;
  readonly #rules: LinkRules;

  constructor(components: Components, registry: Registry, rules: LinkRules) {
    this.#components = components;
    this.#registry = registry;
    this.#rules = rules;
  }

  outlinesOf(root: number, decisions: Decisions): Outline[] {
    return spanningForest(this.#components.runsOf(root), this.#rules, decisions).map((tree) =>
      outlineOf(tree, this.#registry, this.#rules),
    );
  }

  /** One incident as `changes` tells it: of very many links not all. */
  tell(outline: Outline): Incident {
    return incidentOf(outline, this.#registry, this.#rules, MAX_TOLD_LINKS);
  }

  /** What changed since this was last asked, as far as it is due (see pace.ts and untold.ts); without a time all of it. */
  changesSince(nowMs: number | undefined, decisions: Decisions): Changes {
    const { untold } = this.#components;
    return this.#changesOf(nowMs === undefined ? untold.takeAll() : untold.takeDue(nowMs), nowMs, decisions);
  }

  /** Of what changed only some incidents, which hold about so many detections together. */
  someChanges(most: number, decisions: Decisions): Changes {
    return this.#changesOf(this.#components.untold.takeSome(most), undefined, decisions);
  }

  #changesOf(roots: Iterable<number>, nowMs: number | undefined, decisions: Decisions): Changes {
    const { standing } = this.#components;
    const changed: Incident[] = [];
    const gone: { id: string; into?: string }[] = [];
    for (const root of roots) {
      const outlines = this.outlinesOf(root, decisions);
      for (const outline of outlines) changed.push(this.tell(outline));
      gone.push(...goneInto(standing.standingOf(root)?.told ?? [], outlines));
      const now = { size: standing.sizeOf(root), worst: standing.worstOf(root) };
      standing.setStanding(root, {
        told: outlines.map(({ id, detections }) => ({ id, earliest: at(detections, 0) })),
        pace: nowMs === undefined ? undefined : paceOf(now, nowMs),
      });
    }
    return { changed: changed.sort(byUrgency), gone };
  }

  /** Says of the components that any of these was told of that they are to be told again; the answer: of which none was. */
  retell(ids: readonly string[]): string[] {
    const { standing, untold } = this.#components;
    const left = new Set(ids);
    for (const [root, { told }] of standing.standings()) {
      const names = told.filter(({ id }) => left.has(id));
      if (names.length === 0) continue;
      for (const { id } of names) left.delete(id);
      untold.note(root);
    }
    return [...left];
  }

  /** Whom what was told of a component may go on with, where some of its detections leave. */
  heirsOf(root: number, leaving: ReadonlySet<string>, decisions: Decisions): Heir[] {
    const { told = [], pace } = this.#components.standing.standingOf(root) ?? {};
    const outlines = told.some(({ earliest }) => leaving.has(earliest))
      ? this.outlinesOf(root, decisions)
      : [];
    return told.map(({ id, earliest }) => {
      const now = outlines.find(({ detections }) => detections.includes(earliest));
      return { id, pace, held: [earliest, ...(now?.detections ?? [])] };
    });
  }

  /** Gives what was told to the components that it goes on with; the answer is what goes on with none. */
  hand(heirs: readonly Heir[]): { id: string }[] {
    const { standing } = this.#components;
    return heirs.flatMap(({ id, held, pace }) => {
      const earliest = held.find((one) => this.#components.has(one));
      if (earliest === undefined) return [{ id }];
      const root = this.#components.rootOf(this.#components.find(earliest));
      const before = standing.standingOf(root);
      standing.setStanding(root, {
        told: [...(before?.told ?? []), { id, earliest }],
        pace: before?.pace ?? pace,
      });
      return [];
    });
  }
}
