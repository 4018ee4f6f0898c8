/** Reads the files of folders again and again, and tells which are not what they were. */
import type { Observation } from '../../devices/model/observation.ts';
import type { Announced } from './announced.ts';
import type { IntegritySettings } from './configuration.ts';
import { type FileDifference, fileDifferences, ignores, walk } from './file-walk.ts';
import { type FolderMemory, MAX_OPEN, type Memory } from './memory.ts';
import { nameOf, observationName, observationOf } from './sighting.ts';
import type { WatchContext, WatchHealth } from './watched.ts';

export class FolderWatch {
  readonly #options: WatchContext;
  readonly #memory: Memory;
  readonly #announced: Announced;
  readonly #walks = new Map<string, { unreadable: number; isCut: boolean }>();

  constructor(options: WatchContext, memory: Memory, announced: Announced) {
    this.#options = options;
    this.#memory = memory;
    this.#announced = announced;
  }

  health(): WatchHealth['folders'] {
    return this.#options.settings.files.map(({ path }) => {
      const known = this.#memory.folders[path];
      const walked = this.#walks.get(path);
      return {
        path,
        files: Object.keys(known?.files ?? {}).length,
        open: known?.open.length ?? 0,
        unreadable: walked?.unreadable ?? 0,
        isCut: walked?.isCut ?? false,
      };
    });
  }

  /** Every file once. */
  async sweep(signal: AbortSignal): Promise<void> {
    for (const folder of this.#options.settings.files) {
      if (signal.aborted) return;
      await this.#walk(folder, signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #walk(folder: IntegritySettings['files'][number], signal: AbortSignal): Promise<void> {
    const { settings, clock, resolve, commit } = this.#options;
    const asset = folder.asset ?? settings.asset;
    const walked = await walk(resolve(folder.path), ignores(folder.ignore), signal);
    this.#walks.set(folder.path, { unreadable: walked.unreadable.length, isCut: walked.isCut });
    const known = this.#memory.folders[folder.path];
    if (known === undefined) {
      // A folder that is not there yet is not learned as empty.
      if (walked.unreadable.includes('.')) return;
      this.#memory.folders[folder.path] = { revision: 0, files: Object.fromEntries(walked.files), open: [] };
      this.#options.save();
      return;
    }
    const now = clock.now();
    const told: Observation[] = [];
    for (const difference of fileDifferences(new Map(Object.entries(known.files)), walked)) {
      const { path, change, hash, previousHash } = difference;
      if (known.open.some((one) => one.path === path && one.hash === hash && one.change === change)) continue;
      const announced = this.#announced.hasWindow(asset, now) || this.#announced.hasHash(hash, now);
      if (!announced && known.open.length >= MAX_OPEN) break;
      const name = nameOf(folder.path, `${path} ${change} ${hash ?? ''} ${known.revision}`);
      told.push(
        observationOf(
          {
            kind: 'file.changed',
            observables: hash === undefined ? {} : { hash },
            facts: {
              file: `${folder.path}/${path}`.slice(-512),
              change,
              expected: announced,
              ...(previousHash === undefined ? {} : { previousHash }),
            },
            log: { fields: { TargetFilename: `${folder.path}/${path}` } },
          },
          name,
          asset,
          'file-watch',
          this.#options,
        ),
      );
      if (announced) takeFile(known, difference);
      else known.open.push({ id: observationName(name, 'file-watch'), at: now, ...difference });
    }
    if (told.length === 0) return;
    await commit(told);
    this.#options.save();
  }
}

/** The file is from now on what it was found to be. */
export function takeFile(known: FolderMemory, { path, change, hash }: FileDifference): void {
  if (change === 'deleted' || hash === undefined) delete known.files[path];
  else known.files[path] = hash;
  known.revision++;
  known.open = known.open.filter((one) => one.path !== path);
}
