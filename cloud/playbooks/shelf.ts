/** The playbooks of this installation: those of the house, and what people made of them, every version kept. */
import { z } from 'zod';
import { type AuditEntry, DocumentChanged, type DocumentWrite, type Store } from '../store/store.ts';
import { type Playbook, playbook } from './cacao.ts';
import { checkPlaybook, problemLine } from './check.ts';
import { builtIn } from './library.ts';

const CURRENT = 'response.playbook';
const VERSION = 'response.playbook-version';
/** Playbooks of an installation, and versions of one. */
export const MAX_PLAYBOOKS = 500;
export const MAX_VERSIONS = 500;

const kept = z.strictObject({
  /** 1 and up; what comes with the house is 0. */
  version: z.number(),
  at: z.number(),
  by: z.string(),
  playbook: z.unknown(),
  /** Put away: no longer suggested or listed. */
  removed: z.exactOptional(z.boolean()),
});

export interface Shelved {
  playbook: Playbook;
  version: number;
  /** Who changed it last; absent where it is as it came. */
  changed?: { at: number; by: string };
  isBuiltIn: boolean;
}

/** Somebody else changed it meanwhile, or it can't be kept. */
export class NotKept extends Error {
  readonly code: 'changed' | 'broken' | 'too-many' | 'not-there';
  constructor(code: NotKept['code'], message: string) {
    super(message);
    this.name = 'NotKept';
    this.code = code;
  }
}

export class Shelf {
  readonly #store: Pick<Store, 'document' | 'documents' | 'putDocuments'>;
  readonly #builtIn: ReadonlyMap<string, Playbook>;

  constructor(store: Pick<Store, 'document' | 'documents' | 'putDocuments'>, house = builtIn()) {
    this.#store = store;
    this.#builtIn = new Map(house.map((one) => [one.id, one]));
  }

  /** All that can be run, by name. */
  all(): Shelved[] {
    const found = new Map<string, Shelved>(
      [...this.#builtIn].map(([id, one]) => [id, { playbook: one, version: 0, isBuiltIn: true }]),
    );
    for (const { id, value } of this.#store.documents(CURRENT)) {
      const read = this.#read(id, value);
      if (read === 'removed') found.delete(id);
      else if (read !== undefined) found.set(id, read);
    }
    return [...found.values()].sort((a, b) => a.playbook.name.localeCompare(b.playbook.name, 'en'));
  }

  find(id: string): Shelved | undefined {
    const current = this.#store.document(CURRENT, id);
    const read = current === undefined ? undefined : this.#read(id, current.value);
    if (read === 'removed') return undefined;
    const house = this.#builtIn.get(id);
    return read ?? (house === undefined ? undefined : { playbook: house, version: 0, isBuiltIn: true });
  }

  /** What it was, the newest first; the house's own last. */
  versions(id: string): { version: number; at?: number; by?: string }[] {
    const changed = this.#store
      .documents(VERSION)
      .filter((document) => document.id.startsWith(`${id}@`))
      .flatMap(({ value }) => kept.safeParse(value).data ?? [])
      .map(({ version, at, by }) => ({ version, at, by }))
      .sort((a, b) => b.version - a.version);
    return this.#builtIn.has(id) ? [...changed, { version: 0 }] : changed;
  }

  version(id: string, version: number): Playbook | undefined {
    if (version === 0) return this.#builtIn.get(id);
    const document = this.#store.document(VERSION, `${id}@${version}`);
    const read = kept.safeParse(document?.value);
    return read.success ? playbook.safeParse(read.data.playbook).data : undefined;
  }

  /**
   * Keeps a playbook as a new version.
   * @param basedOn the version that it was made of; undefined: a new one, or an import over whatever is there
   * @throws NotKept
   */
  async put(given: Playbook, basedOn: number | undefined, audit: AuditEntry): Promise<Shelved> {
    const problems = checkPlaybook(given);
    const [first] = problems;
    if (first !== undefined) throw new NotKept('broken', problemLine(first, given));
    const current = this.#store.document(CURRENT, given.id);
    const before = kept.safeParse(current?.value).data?.version ?? 0;
    if (basedOn !== undefined && basedOn !== before)
      throw new NotKept('changed', 'Somebody else has changed this playbook meanwhile.');
    if (current === undefined && this.#store.documents(CURRENT).length >= MAX_PLAYBOOKS)
      throw new NotKept('too-many', `There are ${MAX_PLAYBOOKS} playbooks already.`);
    if (before >= MAX_VERSIONS) throw new NotKept('too-many', `There are ${MAX_VERSIONS} versions already.`);
    const version = before + 1;
    const { at, by } = audit;
    const value = { version, at, by, playbook: given };
    await this.#commit(
      [
        { kind: CURRENT, id: given.id, value, expected: current?.revision ?? 0 },
        { kind: VERSION, id: `${given.id}@${version}`, value },
      ],
      audit,
    );
    return { playbook: given, version, changed: { at, by }, isBuiltIn: this.#builtIn.has(given.id) };
  }

  /** Puts it away; its versions and its runs stay. @throws NotKept */
  async remove(id: string, audit: AuditEntry): Promise<void> {
    const found = this.find(id);
    if (found === undefined) throw new NotKept('not-there', 'There is no such playbook.');
    const current = this.#store.document(CURRENT, id);
    const value = {
      version: found.version,
      at: audit.at,
      by: audit.by,
      playbook: found.playbook,
      removed: true,
    };
    await this.#commit([{ kind: CURRENT, id, value, expected: current?.revision ?? 0 }], audit);
  }

  async #commit(writes: DocumentWrite[], audit: AuditEntry): Promise<void> {
    try {
      await this.#store.putDocuments(writes, audit);
    } catch (error) {
      if (error instanceof DocumentChanged)
        throw new NotKept('changed', 'Somebody else has changed this playbook meanwhile.');
      throw error;
    }
  }

  #read(id: string, value: unknown): Shelved | 'removed' | undefined {
    const read = kept.safeParse(value);
    if (!read.success) return undefined;
    if (read.data.removed === true) return 'removed';
    const parsed = playbook.safeParse(read.data.playbook);
    const { version, at, by } = read.data;
    return parsed.success
      ? { playbook: parsed.data, version, changed: { at, by }, isBuiltIn: this.#builtIn.has(id) }
      : undefined;
  }
}
