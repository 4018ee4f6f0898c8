/** A folder of rules that is read again when it changes. */
import { type FSWatcher, readFileSync, statSync, watch } from 'node:fs';
import { relative, sep } from 'node:path';
import { type RawDocument, readDocuments } from './documents.ts';
import { ruleFilesOf } from './folder.ts';
import { type Failure, type RuleSet, ruleSetOf } from './rule-set.ts';
import type { Placeholders } from './value.ts';

/** Editors write a file in several steps. */
const SETTLED_MS = 300;
/** Looked at anyway, where the system tells no changes (network disks). */
const POLL_MS = 30_000;

interface Known {
  readonly stamp: string;
  readonly documents: readonly RawDocument[];
}

/** Reads a folder again and again; what did not change is not parsed again. Times are real ones: a disk's. */
export class RuleFolder {
  readonly #folder: string;
  readonly #placeholders: Placeholders;
  #known = new Map<string, Known>();
  #stamp = '';

  constructor(folder: string, placeholders: Placeholders = new Map()) {
    this.#folder = folder;
    this.#placeholders = placeholders;
  }

  /** Never throws: a folder that can't be read has no rules and one failure. Undefined: nothing has changed. */
  load(): RuleSet | undefined {
    const known = new Map<string, Known>();
    const failed: Failure[] = [];
    let paths: string[] = [];
    try {
      paths = ruleFilesOf(this.#folder);
    } catch (error) {
      failed.push({ file: this.#folder, error: `can't be read: ${messageOf(error)}` });
    }
    for (const path of paths) {
      try {
        const { mtimeMs, size, ino } = statSync(path);
        const stamp = `${mtimeMs} ${size} ${ino}`;
        const before = this.#known.get(path);
        known.set(
          path,
          before?.stamp === stamp ? before : { stamp, documents: readDocuments(readFileSync(path, 'utf8')) },
        );
      } catch (error) {
        failed.push({ file: this.#nameOf(path), error: `can't be read: ${messageOf(error)}` });
      }
    }
    const stamp = [
      ...[...known].map(([path, one]) => `${path} ${one.stamp}`),
      ...failed.map(({ file, error }) => `${file} ${error}`),
    ].join('\n');
    if (stamp === this.#stamp) return undefined;
    this.#stamp = stamp;
    this.#known = known;
    const set = ruleSetOf(
      [...known].map(([path, { documents }]) => ({ file: this.#nameOf(path), documents })),
      this.#placeholders,
    );
    return { ...set, failed: [...failed, ...set.failed] };
  }

  /** Tells the rules whenever the folder has changed. */
  watch(signal: AbortSignal, onChanged: (set: RuleSet) => void): void {
    if (signal.aborted) return;
    let soon: NodeJS.Timeout | undefined;
    const look = () => {
      const set = this.load();
      if (set !== undefined) onChanged(set);
    };
    const lookSoon = () => {
      clearTimeout(soon);
      soon = setTimeout(look, SETTLED_MS);
      soon.unref();
    };
    const poll = setInterval(look, POLL_MS);
    poll.unref();
    let watcher: FSWatcher | undefined;
    try {
      watcher = watch(this.#folder, { recursive: true, persistent: false }, lookSoon);
      // A folder that goes away is found by looking.
      watcher.on('error', () => watcher?.close());
    } catch {
      watcher = undefined;
    }
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(soon);
        clearInterval(poll);
        watcher?.close();
      },
      { once: true },
    );
  }

  #nameOf(path: string): string {
    return path === this.#folder ? path : relative(this.#folder, path).split(sep).join('/');
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
