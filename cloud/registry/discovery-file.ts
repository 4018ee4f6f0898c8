import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Discovered, discovered, MAX_DISCOVERED } from './discovery.ts';

/** Names that people do not want to see again; the oldest go. */
const MAX_IGNORED = 10_000;

const content = z.strictObject({
  known: z.array(discovered).max(MAX_DISCOVERED),
  ignored: z.array(z.string().max(300)).max(MAX_IGNORED),
});

/**
 * What was heard, over a restart: first and last seen would be lost otherwise. A file that can't be read is begun
 * anew: it is heard again.
 */
export function openDiscoveryFile(file: string) {
  let known: Discovered[] = [];
  const ignored = new Set<string>();
  try {
    const read = content.parse(JSON.parse(readFileSync(file, 'utf8')));
    known = read.known;
    for (const id of read.ignored) ignored.add(id);
  } catch {
    // Nothing was kept, or nothing that can be read.
  }
  return {
    known,
    get ignored(): ReadonlySet<string> {
      return ignored;
    },
    ignore(id: string) {
      ignored.add(id);
      const [oldest] = ignored;
      if (ignored.size > MAX_IGNORED && oldest !== undefined) ignored.delete(oldest);
    },
    save(list: readonly Discovered[]) {
      writeFileSync(`${file}.new`, JSON.stringify({ known: list, ignored: [...ignored] }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
