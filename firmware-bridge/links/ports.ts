/** Finding serial ports by pattern, and seeing to it that no two links take the same one. */
import { glob, realpath, stat } from 'node:fs/promises';

/** Candidates looked at in one search, at most; a pattern like `/dev/*` is a mistake. */
export const MAX_CANDIDATES = 64;

export interface Candidate {
  /** As found by the pattern: the name to show. */
  path: string;
  /** The device itself: two names of one device have the same. */
  device: string;
  /** Changes when another device comes under the same name. */
  plugging: string;
}

/** Ports that match, in the order of the patterns, each device once. Names that lead nowhere are left out. */
export async function findPorts(patterns: readonly string[]): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  for (const pattern of patterns) {
    const paths: string[] = [];
    for await (const path of glob(pattern)) {
      paths.push(path);
      if (paths.length >= MAX_CANDIDATES) break;
    }
    for (const path of paths.sort()) {
      // Gone between the search and the look: then it is no candidate.
      const device = await realpath(path).catch(() => undefined);
      if (device === undefined || found.has(device)) continue;
      const status = await stat(device).catch(() => undefined);
      if (status !== undefined) found.set(device, { path, device, plugging: `${device} ${status.ctimeMs}` });
    }
  }
  return [...found.values()].slice(0, MAX_CANDIDATES);
}

/** Shared by all links of a bridge: who has which device. */
export class PortClaims {
  private readonly taken = new Set<string>();

  /** Takes a device for one link; undefined where another has it. The answer gives it back. */
  claim(device: string): (() => void) | undefined {
    if (this.taken.has(device)) return undefined;
    this.taken.add(device);
    return () => this.taken.delete(device);
  }
}
