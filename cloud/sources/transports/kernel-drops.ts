/** What the kernel gave up because a socket's buffer was full: no datagram of it ever reaches this process. */
import { readFile } from 'node:fs/promises';

/**
 * Sum of the column `drops` of all sockets on a port, of the text of /proc/net/udp or udp6 (proc(5)). Pure.
 */
export function dropsIn(table: string, port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let sum = 0;
  for (const line of table.split('\n').slice(1)) {
    const cells = line.trim().split(/\s+/);
    const drops = Number(cells.at(-1));
    if (cells.length >= 13 && cells[1]?.endsWith(wanted) === true && Number.isSafeInteger(drops))
      sum += drops;
  }
  return sum;
}

/** Undefined where the system has no such table. */
export async function kernelDrops(port: number): Promise<number | undefined> {
  try {
    const tables = await Promise.all(
      ['/proc/net/udp', '/proc/net/udp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
    );
    return tables.every((table) => table === '')
      ? undefined
      : tables.reduce((sum, table) => sum + dropsIn(table, port), 0);
  } catch {
    return undefined;
  }
}
