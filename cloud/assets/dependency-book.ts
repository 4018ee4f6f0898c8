/** Suggested dependencies and what people made of them: nothing is in the graph that nobody wrote or accepted. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import { graphDocument } from '../cascade/document.ts';
import { episodesOf, failureKinds } from '../cascade/episodes.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import type { Suggestion } from '../cascade/report.ts';
import { suggestionsFrom } from '../cascade/suggestions.ts';
import type { Store } from '../store/store.ts';

/** Decisions kept. */
export const MAX_DECISIONS = 10_000;
/** Observations of failures that are looked at, the newest. */
const MAX_OBSERVATIONS = 100_000;

const decision = z.strictObject({
  from: identifier,
  to: identifier,
  decision: z.enum(['accepted', 'rejected']),
  by: z.string().max(128),
  at: instant,
  probability: z.number().min(0).max(1),
  delaySeconds: z.number().int().min(0).max(86_400),
});
export type Decision = z.infer<typeof decision>;
const decisions = z.array(decision).max(MAX_DECISIONS);

export interface BookParts {
  /** What was written, without anything learned. */
  graph: GraphDocument;
  store: Pick<Store, 'observations'>;
  /** Where decisions are kept. */
  file: string;
}

export class DependencyBook {
  readonly #parts: BookParts;
  /** What was written. */
  #written: GraphDocument;
  #decisions: Decision[];
  #graph: GraphDocument;

  /** @throws Error where the file of decisions can't be read */
  constructor(parts: BookParts) {
    this.#parts = parts;
    this.#written = parts.graph;
    this.#decisions = readDecisions(parts.file);
    this.#graph = this.#whole();
  }

  /** Something else is written now. */
  rewrite(graph: GraphDocument): void {
    this.#written = graph;
    this.#graph = this.#whole();
  }

  /** With what was accepted. A new object whenever it has changed. */
  get graph(): GraphDocument {
    return this.#graph;
  }

  get decisions(): readonly Decision[] {
    return this.#decisions;
  }

  /** What waits for a decision, the surest first. */
  suggestions(): Suggestion[] {
    const seen = this.#parts.store.observations({ kinds: [...failureKinds], limit: MAX_OBSERVATIONS });
    const decided = new Set(this.#decisions.map(({ from, to }) => `${from}>${to}`));
    const known = new Set(this.#graph.assets.map(({ id }) => id));
    return suggestionsFrom(episodesOf(seen), this.#graph.dependencies).filter(
      ({ id, from, to }) => !decided.has(id) && known.has(from) && known.has(to),
    );
  }

  /**
   * Takes a person's word; on disk when it returns. The last word on a pair counts.
   * @throws RangeError where nothing like it is suggested
   */
  decide(id: string, word: Decision['decision'], by: string, at: number): Decision {
    const suggestion = this.suggestions().find((one) => one.id === id);
    const earlier = this.#decisions.find(({ from, to }) => `${from}>${to}` === id);
    if (suggestion === undefined && earlier === undefined) throw new RangeError(`"${id}" is not suggested`);
    const made: Decision = {
      from: suggestion?.from ?? earlier?.from ?? '',
      to: suggestion?.to ?? earlier?.to ?? '',
      decision: word,
      by,
      at,
      probability: suggestion?.entry.probability ?? earlier?.probability ?? 0,
      delaySeconds:
        suggestion === undefined ? (earlier?.delaySeconds ?? 0) : Math.round(suggestion.delayMs.p50 / 1_000),
    };
    const next = [...this.#decisions.filter((one) => one !== earlier), made].slice(-MAX_DECISIONS);
    writeDecisions(this.#parts.file, next);
    this.#decisions = next;
    this.#graph = this.#whole();
    return made;
  }

  #whole(): GraphDocument {
    const graph = this.#written;
    const known = new Set(graph.assets.map(({ id }) => id));
    const accepted = this.#decisions.filter(
      (one) => one.decision === 'accepted' && known.has(one.from) && known.has(one.to),
    );
    if (accepted.length === 0) return graph;
    const { dependencies } = graphDocument.parse({
      assets: [...known].map((id) => ({ id })),
      dependencies: accepted.map(({ from, to, probability, delaySeconds }) => ({
        of: to,
        on: [from],
        probability,
        delay: `${delaySeconds} s`,
      })),
    });
    return { ...graph, dependencies: [...graph.dependencies, ...dependencies] };
  }
}

function readDecisions(file: string): Decision[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  try {
    return decisions.parse(JSON.parse(text));
  } catch {
    throw new Error(`${file} does not hold decisions on dependencies; move it away to start without them`);
  }
}

/** Beside it first, then in its place: a power cut leaves the one or the other. */
function writeDecisions(file: string, list: readonly Decision[]): void {
  const beside = `${file}.new`;
  const handle = openSync(beside, 'w', 0o600);
  try {
    writeSync(handle, `${JSON.stringify(list)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, file);
}
