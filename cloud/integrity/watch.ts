/**
 * Looks at the shop's pages and files again and again, and says what is not as it was. What was found is told once and
 * stays open until somebody accepts it, or until it turns out to have been announced; the judging is the monitors'.
 */
import type { Observation } from '../../devices/model/observation.ts';
import { Announced, type DeployWindow } from './announced.ts';
import type { Difference } from './baseline.ts';
import { FolderWatch, takeFile } from './folder-watch.ts';
import { type Memory, readMemory, writeMemory } from './memory.ts';
import { PageWatch, takeDifference } from './page-watch.ts';
import type { WatchContext, WatchHealth, WatchOptions } from './watched.ts';

/** Something that is not as it was, for people. */
export interface Finding {
  id: string;
  at: number;
  kind: Difference['kind'] | 'file.changed';
  /** The page's address or the folder. */
  where: string;
  what: string;
  /** Whether the last look still showed it. */
  isThere: boolean;
}

export class IntegrityWatch {
  readonly #options: WatchOptions;
  readonly #memory: Memory;
  readonly #announced: Announced;
  readonly #pages: PageWatch;
  readonly #folders: FolderWatch;
  #busy: Promise<void> = Promise.resolve();

  /** @throws Error where the memory can't be read, or the registry does not know an asset */
  constructor(options: WatchOptions) {
    this.#options = options;
    const { settings, registry } = options;
    for (const asset of [
      settings.asset,
      ...[...settings.pages, ...settings.files].flatMap((one) => one.asset ?? []),
    ])
      if (registry.asset(asset) === undefined)
        throw new Error(`integrity: there is no asset "${asset}" in the registry`);
    this.#memory = readMemory(options.file);
    this.#announced = new Announced(this.#memory, settings, registry);
    const context: WatchContext = { ...options, save: () => this.#save() };
    this.#pages = new PageWatch(context, this.#memory, this.#announced);
    this.#folders = new FolderWatch(context, this.#memory, this.#announced);
  }

  /** Looks now and then on, until the signal; `done` resolves when the last look has ended. */
  start(signal: AbortSignal): { done: Promise<void> } {
    const { settings, clock } = this.#options;
    const every = (periodMs: number, look: () => Promise<void>): Promise<void> =>
      new Promise((resolve) => {
        let cancel = () => {};
        const end = () => {
          cancel();
          resolve();
        };
        const next = async () => {
          if (!signal.aborted)
            await this.#inTurn(look).catch((error: unknown) => {
              if (!signal.aborted)
                this.#options.onTrouble(error instanceof Error ? error.message : String(error));
            });
          if (signal.aborted) end();
          else cancel = clock.schedule(periodMs, () => void next());
        };
        signal.addEventListener('abort', end, { once: true });
        void next();
      });
    const looks = [
      ...(settings.pages.length === 0 ? [] : [every(settings.everyMs, () => this.#pages.sweep(signal))]),
      ...(settings.files.length === 0
        ? []
        : [every(settings.filesEveryMs, () => this.#folders.sweep(signal))]),
    ];
    return { done: Promise.all(looks).then(() => this.#busy) };
  }

  /** Every page once. */
  lookAtPages(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#pages.sweep(signal));
  }

  /** Every file once. */
  lookAtFiles(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#folders.sweep(signal));
  }

  /** What is open, the newest first. */
  findings(): Finding[] {
    const { pages, folders } = this.#memory;
    const ofPages = Object.entries(pages).flatMap(([url, { open, reachedAt }]) =>
      open.map(({ id, at, lastAt, difference: { kind, facts } }) => ({
        id,
        at,
        kind,
        where: url,
        what: wordsOf(kind, facts),
        isThere: lastAt === reachedAt,
      })),
    );
    const ofFolders = Object.entries(folders).flatMap(([path, { open }]) =>
      open.map(({ id, at, path: file, change }) => ({
        id,
        at,
        kind: 'file.changed' as const,
        where: path,
        what: `${file} was ${change}`,
        isThere: true,
      })),
    );
    return [...ofPages, ...ofFolders].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  health(): WatchHealth {
    return { pages: this.#pages.health(), folders: this.#folders.health() };
  }

  /**
   * A person takes a finding for right: what was found is part of the page from now on.
   * @throws RangeError where nothing of that name is open
   */
  accept(id: string): Promise<void> {
    return this.#inTurn(async () => {
      for (const known of Object.values(this.#memory.pages)) {
        const finding = known.open.find((one) => one.id === id);
        if (finding === undefined) continue;
        takeDifference(known, finding.difference);
        return this.#save();
      }
      for (const known of Object.values(this.#memory.folders)) {
        const finding = known.open.find((one) => one.id === id);
        if (finding === undefined) continue;
        takeFile(known, finding);
        return this.#save();
      }
      throw new RangeError(`no finding "${id}" is open`);
    });
  }

  /** Somebody says that the shop is being deployed: its own scripts and files may change meanwhile. */
  announce(window: DeployWindow): Promise<void> {
    return this.#inTurn(async () => {
      this.#announced.addWindow(window);
      this.#save();
    });
  }

  /** Reports of a deployment excuse what has the content they tell of. */
  heard(observations: readonly Observation[]): void {
    if (!observations.some(({ kind }) => kind === 'file.changed')) return;
    void this.#inTurn(async () => {
      if (!this.#announced.hear(observations)) return;
      for (const known of Object.values(this.#memory.pages))
        for (const { difference, at } of [...known.open])
          if (difference.isOwn && this.#announced.hasHash(difference.observables.hash, at))
            takeDifference(known, difference);
      for (const known of Object.values(this.#memory.folders))
        for (const file of [...known.open])
          if (this.#announced.hasHash(file.hash, file.at)) takeFile(known, file);
      this.#save();
    });
  }

  #inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#busy.then(task);
    this.#busy = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #save(): void {
    writeMemory(this.#options.file, this.#memory);
  }
}

function wordsOf(kind: Difference['kind'], facts: Difference['facts']): string {
  const told = ['script', 'form', 'target', 'frame', 'change', 'names', 'title', 'words']
    .flatMap((name) => facts[name] ?? [])
    .join(' · ');
  return `${kind}: ${told}`.slice(0, 600);
}
