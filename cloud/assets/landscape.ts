/**
 * What there is, what it needs, what it is worth: the registry, the graph of dependencies that rests on it, what people
 * at the desk lay over it, and how incidents are weighed by it. A change counts without a restart: the graph at once,
 * the registry when it is taken into use; the detector then judges anew, as a start would.
 */
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { Foresight, type Harm } from '../cascade/foresight.ts';
import type { Dependency, GraphDocument } from '../cascade/graph.ts';
import type { Detector } from '../detector.ts';
import type { RegistryBook } from '../registry/book.ts';
import { type Catalogue, readCatalogue } from '../risk/catalogue.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import { installationGraph } from './dependencies.ts';
import { DependencyBook } from './dependency-book.ts';
import {
  type DependencyEntryWritten,
  dependencyId,
  type GraphOverlay,
  graphOverlay,
  MAX_ADDED,
  type Overlaid,
  overlaid,
  problemOf,
} from './graph-overlay.ts';
import { weighing } from './weighing.ts';

const OVERLAY = { kind: 'graph-overlay', id: 'desk' } as const;
const DECISION = 'risk-decision';
const COMPARISON = 'cascade-comparison';
/** Comparisons kept; who wants another takes one away first. */
export const MAX_COMPARISONS = 500;

/** What a person decided on a row of the risk register. */
export const riskDecision = z.strictObject({
  row: z.string().min(1).max(400),
  decision: z.enum(['accept', 'mitigate', 'transfer', 'avoid']),
  owner: plainText.min(1).max(128),
  reviewOn: z.iso.date(),
  text: plainText.max(1_000),
  mitigation: identifier.exactOptional(),
  by: z.string().max(128),
  at: instant,
});
export type RiskDecisionKept = z.infer<typeof riskDecision>;

/** A question to the cascade that is worth coming back to. */
export const comparison = z.strictObject({
  id: z.string().min(1).max(64),
  name: plainText.min(1).max(128),
  fail: z.array(z.string().min(1).max(300)).min(1).max(50),
  whatIf: z.array(z.string().min(1).max(300)).max(50),
  seed: z.number().int().min(0).max(0xffff_ffff),
  lastingMs: z.number().int().min(1).exactOptional(),
  by: z.string().max(128),
  at: instant,
});
export type ComparisonKept = z.infer<typeof comparison>;

/** Why something written at the desk does not fit, and at which field. */
export class DoesNotFit extends Error {
  readonly field: string | undefined;
  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

export interface LandscapeParts {
  registryBook: RegistryBook;
  /** What the file of dependencies says. */
  file: GraphDocument | undefined;
  store: Store;
  clock: Clock;
  /** Where decisions on learned dependencies are kept. */
  decisionsFile: string;
  onTrouble(message: string): void;
}

export class Landscape {
  readonly dependencies: DependencyBook;
  /** The detector's last word on an incident. */
  readonly weigh: (incident: Incident) => Incident;
  readonly #parts: LandscapeParts;
  #overlay: GraphOverlay;
  #revision: number;
  #laid: Overlaid;
  /** Dependencies that the file and the registry say, without the desk's word. */
  #written: ReadonlySet<Dependency>;
  #derived: ReadonlySet<Dependency>;
  #catalogues = new Map<Catalogue, GraphDocument>();
  #foresight: { graph: GraphDocument; document: object; foresight: Foresight } | undefined;
  #judging: Promise<void> | undefined;
  #isDueAgain = false;
  #judgingSince: number | undefined;
  #judge: (() => Promise<void>) | undefined;

  /** @throws Error where what was kept can't be read */
  constructor(parts: LandscapeParts) {
    this.#parts = parts;
    const { store, registryBook, decisionsFile } = parts;
    const kept = store.document(OVERLAY.kind, OVERLAY.id);
    this.#overlay = graphOverlay.parse(kept?.value ?? {});
    this.#revision = kept?.revision ?? 0;
    this.#written = new Set(parts.file?.dependencies);
    this.#derived = new Set();
    this.#laid = this.#laidOver(this.#overlay);
    this.dependencies = new DependencyBook({ graph: this.#laid.graph, store, file: decisionsFile });
    this.weigh = weighing({
      detectionOf: (id) => store.detection(id),
      registry: () => registryBook.inUse,
      graph: () => this.graph,
    });
  }

  /**
   * From now on a change is judged.
   * @param renewed whatever rests on the registry beside monitors and correlator begins anew
   */
  follow(detector: Pick<Detector, 'turn'>, renewed: () => void): void {
    this.#judge = () => detector.turn((table) => table.judgeAnew(this.#parts.registryBook.inUse, renewed));
  }

  /** A new object whenever it has changed. */
  get graph(): GraphDocument {
    return this.dependencies.graph;
  }

  get overlay(): GraphOverlay {
    return this.#overlay;
  }

  get leftOut(): number {
    return this.#laid.leftOut;
  }

  /** Since when incidents are judged anew. */
  get judgingSince(): number | undefined {
    return this.#judgingSince;
  }

  originOf(one: Dependency): {
    id: string;
    origin: 'written' | 'registry' | 'learned' | 'added' | 'catalogue';
  } {
    const added = this.#laid.added.get(one);
    if (added !== undefined) return { id: added, origin: 'added' };
    const origin = this.#written.has(one)
      ? 'written'
      : this.#derived.has(one)
        ? 'registry'
        : this.#laid.fromCatalogue.has(one)
          ? 'catalogue'
          : 'learned';
    return { id: dependencyId(one), origin };
  }

  /** What the failing of an asset is expected to lead to. */
  harmOf(asset: string, effect = 'down'): Harm | undefined {
    const { registryBook } = this.#parts;
    const { graph } = this;
    const { document } = registryBook.inUse;
    if (this.#foresight?.graph !== graph || this.#foresight.document !== document)
      this.#foresight = {
        graph,
        document,
        foresight: new Foresight(graph, (id) => registryBook.inUse.asset(id)?.criticality ?? 0),
      };
    return this.#foresight.foresight.harmOf({ asset, effect });
  }

  /** What waits in the registry counts from now on. Incidents follow in the background. @returns how many changes */
  useRegistry(): number {
    const { registryBook } = this.#parts;
    const { changes } = registryBook.waiting;
    if (changes.length === 0) return 0;
    registryBook.takeIntoUse();
    this.#rewrite(this.#overlay);
    this.#judgeSoon();
    return changes.length;
  }

  /**
   * A dependency as a person writes it; in the graph when the promise resolves.
   * @param id undefined: a new one. One of the file, the registry or the records is replaced.
   * @throws DoesNotFit
   */
  async putDependency(
    id: string | undefined,
    entry: DependencyEntryWritten,
    audit: AuditEntry,
  ): Promise<string> {
    const problem = problemOf(entry, this.graph);
    if (problem !== undefined) throw new DoesNotFit(problem.message, problem.field);
    if (entry.needed !== undefined && entry.needed > entry.on.length)
      throw new DoesNotFit(`only ${entry.on.length} are named`, 'needed');
    const { added, removed } = this.#overlay;
    if (added.length >= MAX_ADDED) throw new DoesNotFit(`at most ${MAX_ADDED} dependencies are kept here`);
    const own = id !== undefined && added.some((one) => one.id === id) ? id : undefined;
    if (id !== undefined && own === undefined && !this.#has(id)) throw new RangeError(`there is no "${id}"`);
    const made = own ?? this.#freeId();
    await this.#put(
      {
        ...this.#overlay,
        added: [...added.filter((one) => one.id !== made), { id: made, entry }],
        removed: id === undefined || own !== undefined ? removed : [...new Set([...removed, id])],
      },
      { ...audit, about: `${audit.about} ${made}` },
    );
    return made;
  }

  /** @throws RangeError where there is none */
  async removeDependency(id: string, audit: AuditEntry): Promise<void> {
    const { added, removed } = this.#overlay;
    if (added.some((one) => one.id === id))
      return this.#put({ ...this.#overlay, added: added.filter((one) => one.id !== id) }, audit);
    if (!this.#has(id)) throw new RangeError(`there is no "${id}"`);
    return this.#put({ ...this.#overlay, removed: [...new Set([...removed, id])] }, audit);
  }

  /** A mitigation is adopted, or given up: the graph is another. @throws RangeError */
  adopt(id: string, inPlace: boolean, audit: AuditEntry): Promise<void> {
    if (!this.graph.mitigations.some((one) => one.id === id)) throw new RangeError(`there is no "${id}"`);
    const mitigations = [...this.#overlay.mitigations.filter((one) => one.id !== id), { id, inPlace }];
    return this.#put({ ...this.#overlay, mitigations }, audit);
  }

  /** A starter catalogue is laid over a site, in place of another one; undefined takes it away. */
  chooseCatalogue(site: string, catalogue: Catalogue | undefined, audit: AuditEntry): Promise<void> {
    const others = this.#overlay.catalogues.filter((one) => one.site !== site);
    return this.#put(
      { ...this.#overlay, catalogues: catalogue === undefined ? others : [...others, { site, catalogue }] },
      audit,
    );
  }

  catalogue(name: Catalogue): GraphDocument {
    const known = this.#catalogues.get(name) ?? readCatalogue(name);
    this.#catalogues.set(name, known);
    return known;
  }

  riskDecisions(): RiskDecisionKept[] {
    return this.#parts.store.documents(DECISION).map(({ value }) => riskDecision.parse(value));
  }

  decideRisk(decision: RiskDecisionKept, audit: AuditEntry): Promise<void> {
    return this.#parts.store.putDocuments([{ kind: DECISION, id: decision.row, value: decision }], audit);
  }

  withdrawRiskDecision(row: string, audit: AuditEntry): Promise<void> {
    if (this.#parts.store.document(DECISION, row) === undefined) throw new RangeError('no decision');
    return this.#parts.store.putDocuments([{ kind: DECISION, id: row, value: undefined }], audit);
  }

  comparisons(): ComparisonKept[] {
    return this.#parts.store
      .documents(COMPARISON)
      .map(({ value }) => comparison.parse(value))
      .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  async keepComparison(kept: ComparisonKept, audit: AuditEntry): Promise<void> {
    if (this.comparisons().length >= MAX_COMPARISONS)
      throw new DoesNotFit(`${MAX_COMPARISONS} comparisons are kept; take one away first`);
    await this.#parts.store.putDocuments(
      [{ kind: COMPARISON, id: kept.id, value: kept, expected: 0 }],
      audit,
    );
  }

  /** @throws RangeError */
  async dropComparison(id: string, audit: AuditEntry): Promise<void> {
    if (this.#parts.store.document(COMPARISON, id) === undefined) throw new RangeError(`there is no "${id}"`);
    await this.#parts.store.putDocuments([{ kind: COMPARISON, id, value: undefined }], audit);
  }

  /** Resolves once all that was changed so far is judged. */
  async settled(): Promise<void> {
    while (this.#judging !== undefined) await this.#judging;
  }

  #has(id: string): boolean {
    return this.graph.dependencies.some((one) => this.originOf(one).id === id);
  }

  #freeId(): string {
    const taken = new Set(this.#overlay.added.map(({ id }) => id));
    let number = this.#overlay.added.length + 1;
    while (taken.has(`desk-${number}`)) number++;
    return `desk-${number}`;
  }

  #laidOver(overlay: GraphOverlay): Overlaid {
    const { registryBook, file } = this.#parts;
    const base = installationGraph(registryBook.inUse, file);
    this.#derived = new Set(base.dependencies.filter((one) => !this.#written.has(one)));
    return overlaid(base, overlay, registryBook.inUse, (name) => this.catalogue(name));
  }

  #rewrite(overlay: GraphOverlay): void {
    this.#laid = this.#laidOver(overlay);
    this.dependencies.rewrite(this.#laid.graph);
  }

  async #put(next: GraphOverlay, audit: AuditEntry): Promise<void> {
    const overlay = graphOverlay.parse(next);
    await this.#parts.store.putDocuments([{ ...OVERLAY, value: overlay, expected: this.#revision }], audit);
    this.#revision = this.#parts.store.document(OVERLAY.kind, OVERLAY.id)?.revision ?? this.#revision + 1;
    this.#overlay = overlay;
    this.#rewrite(overlay);
    this.#judgeSoon();
  }

  /** One at a time; what changes while it runs is one more run. */
  #judgeSoon(): void {
    const judge = this.#judge;
    if (judge === undefined) return;
    if (this.#judging !== undefined) {
      this.#isDueAgain = true;
      return;
    }
    this.#judgingSince = this.#parts.clock.now();
    this.#judging = judge()
      .catch((error: unknown) =>
        this.#parts.onTrouble(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        this.#judging = undefined;
        this.#judgingSince = undefined;
        if (!this.#isDueAgain) return;
        this.#isDueAgain = false;
        this.#judgeSoon();
      });
  }

  /** Something that was learned was accepted or rejected. */
  learnedChanged(): void {
    this.#judgeSoon();
  }
}
