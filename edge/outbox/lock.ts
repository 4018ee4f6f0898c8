/** One process at a time: two writers would destroy a log. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** When a process started, in ticks since boot: tells a process from a later one with the same number. */
function startedAt(process: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    // Field 22; the name before it stands in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const heldHere = new Set<string>();

/**
 * Takes the directory for this process; the answer gives it back.
 * @throws when a living process holds it
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');
  const own = `${process.pid} ${startedAt(process.pid) ?? ''}`;
  if (heldHere.has(path)) throw new Error(`${directory}: already open in this process`);
  try {
    writeFileSync(path, own, { flag: 'wx' });
  } catch {
    const [holder = '', started = ''] = readFileSync(path, 'utf8').split(' ');
    const number = Number(holder);
    const other = number > 0 && number !== process.pid && isAlive(number);
    if (other && (started === '' || startedAt(number) === started))
      throw new Error(`${directory}: in use by process ${holder}`);
    writeFileSync(path, own);
  }
  heldHere.add(path);
  return () => {
    if (heldHere.delete(path)) rmSync(path, { force: true });
  };
}
