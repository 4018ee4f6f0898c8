/** Finding serial ports by pattern, and seeing to it that no two links take the same one. */
import { glob, realpath } from 'node:fs/promises';

/** Candidates looked at in one search, at most; a pattern like `/dev/*` is a mistake. */
export const MAX_CANDIDATES = 64;

export interface Candidate {
  /** As found by the pattern: the name to show. */
  path: string;
  /** The device itself: two names of one device have the same. */
  device: string;
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
      const device = await realpath(path).catch(() => undefined);
      if (device !== undefined && !found.has(device)) found.set(device, { path, device });
    }
  }
  return [...found.values()].slice(0, MAX_CANDIDATES);
}

/** Shared by all links of a bridge: who has which device, and what others learnt while they searched. */
export class PortClaims {
  private readonly taken = new Set<string>();
  private readonly seen = new Map<string, string>();

  /** Takes a device for one link; undefined where another has it. The answer gives it back. */
  claim(device: string): (() => void) | undefined {
    if (this.taken.has(device)) return undefined;
    this.taken.add(device);
    return () => this.taken.delete(device);
  }

  /** A link found another node than its own there. */
  noteNode(device: string, node: string): void {
    // Bounded by the ports that exist: a device is forgotten when its name is gone.
    this.seen.set(device, node);
  }

  forgetNode(device: string): void {
    this.seen.delete(device);
  }

  /** Devices where this node was seen go first. */
  likelyFirst(candidates: readonly Candidate[], node: string): Candidate[] {
    const existing = new Set(candidates.map(({ device }) => device));
    for (const device of this.seen.keys()) {
      if (!existing.has(device) && this.seen.get(device) === node) this.seen.delete(device);
    }
    const isLikely = ({ device }: Candidate) => this.seen.get(device) === node;
    return [...candidates].sort((a, b) => Number(isLikely(b)) - Number(isLikely(a)));
  }
}
