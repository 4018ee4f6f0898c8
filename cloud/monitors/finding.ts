import { createHash } from 'node:crypto';
import type { Detection } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Found, Judgement } from './monitor.ts';

/** What a monitor found of a key, as a detection. The name follows from rule, key and anchor alone. Pure. */
export function detectionFrom(
  rule: string,
  key: string,
  found: Found,
  source: string,
  registry: Registry,
): Detection {
  const { anchor, count, tactic, facts, site: stated, ...rest } = found;
  const digest = createHash('sha256').update(`${rule}\n${key}\n${anchor}`).digest('hex').slice(0, 24);
  const site = registry.asset(found.assets[0] ?? '')?.site ?? stated;
  return {
    id: `${rule}/${digest}`,
    rule,
    source,
    ...(site === undefined ? {} : { site }),
    ...rest,
    facts: facts ?? {},
    ...(tactic === undefined ? {} : { tactic }),
    count: Math.max(1, count ?? 1),
  };
}

/** What is found at the moment, by key; tells what a new look at a key changed. */
export class FindingBook {
  readonly #byKey = new Map<string, Map<string, string>>();

  /** Whether anything is found of this key. */
  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** @param found all that is found of the key now; what was found before and is no more is withdrawn */
  put(key: string, found: readonly Detection[], judgement: Judgement): void {
    const before = this.#byKey.get(key);
    const now = new Map<string, string>();
    for (const detection of found) {
      const text = JSON.stringify(detection);
      now.set(detection.id, text);
      if (before?.get(detection.id) !== text) judgement.put.push(detection);
    }
    if (before !== undefined) for (const id of before.keys()) if (!now.has(id)) judgement.withdraw.push(id);
    if (now.size === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, now);
  }

  /** What was found of the key stands and is revised no more. */
  forget(key: string): void {
    this.#byKey.delete(key);
  }
}
