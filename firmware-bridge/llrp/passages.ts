/**
 * Reads of tags folded into passages: a tag that is carried through a portal is read many times by both of its sides.
 * Which side saw it first and which last is the direction. Pure; times are given.
 */
import type { TagRead } from './answers.ts';

/** Tags in view at once: a lorry's pallets. Beyond it the one that was seen longest ago is told as it stands. */
export const MAX_IN_VIEW = 2_000;
/** Passages kept in mind so as to fold what flickers. */
export const MAX_REMEMBERED = 5_000;
const MAX_ANTENNAS_TOLD = 8;
const MAX_READS_TOLD = 1_000_000;

export interface PortalSides {
  inside: readonly number[];
  outside: readonly number[];
}

export interface Passage {
  epc: string;
  /** `unclear`: only one side has seen it, or it turned back. */
  direction: 'in' | 'out' | 'unclear';
  reads: number;
  /** In the order in which they saw it first. */
  antennas: number[];
  /** dBm, of the strongest read. */
  strongestDbm?: number;
  /** It has not gone: it stands in the portal. */
  stays?: true;
  /** Passages of the same tag without a direction that were not told. */
  folded?: number;
}

export interface PassageTimes {
  /** Not read for so long, a tag has gone. */
  goneMs: number;
  /** In view for so long, it stands there, and is told once. */
  staysMs: number;
  /** Within so long after a passage the same tag is not told again, unless it has a direction. */
  repeatWithinMs: number;
}

interface InView {
  passage: Passage;
  firstSide: 'inside' | 'outside' | undefined;
  lastSide: 'inside' | 'outside' | undefined;
  firstAtMs: number;
  lastAtMs: number;
}

export class PassageFold {
  private readonly sides: PortalSides;
  private readonly times: PassageTimes;
  /** In the order in which they were last seen. */
  private readonly inView = new Map<string, InView>();
  private readonly remembered = new Map<string, { atMs: number; folded: number }>();

  constructor(sides: PortalSides, times: PassageTimes) {
    this.sides = sides;
    this.times = times;
  }

  /** Takes one read in. What comes back is told because there are more tags than can be kept in mind. */
  see({ epc, antenna, rssi, reads }: TagRead, nowMs: number): Passage[] {
    const known = this.inView.get(epc);
    const seen: InView = known ?? {
      passage: { epc, direction: 'unclear', reads: 0, antennas: [] },
      firstSide: undefined,
      lastSide: undefined,
      firstAtMs: nowMs,
      lastAtMs: nowMs,
    };
    const { passage } = seen;
    seen.lastAtMs = nowMs;
    passage.reads = Math.min(passage.reads + reads, MAX_READS_TOLD);
    if (rssi !== undefined) passage.strongestDbm = Math.max(passage.strongestDbm ?? rssi, rssi);
    if (antenna !== undefined) {
      if (!passage.antennas.includes(antenna) && passage.antennas.length < MAX_ANTENNAS_TOLD)
        passage.antennas.push(antenna);
      const side = this.sideOf(antenna);
      if (side !== undefined) {
        seen.firstSide ??= side;
        seen.lastSide = side;
        passage.direction = seen.firstSide === side ? 'unclear' : side === 'inside' ? 'in' : 'out';
      }
    }
    // Behind all others: it was seen last.
    this.inView.delete(epc);
    this.inView.set(epc, seen);
    if (this.inView.size <= MAX_IN_VIEW) return [];
    const [oldest] = this.inView.values();
    return oldest === undefined ? [] : this.gone(oldest);
  }

  /** What has gone by now, and what has stood in the portal for too long. */
  due(nowMs: number): Passage[] {
    const told: Passage[] = [];
    for (const seen of [...this.inView.values()]) {
      if (nowMs - seen.lastAtMs >= this.times.goneMs) told.push(...this.gone(seen));
      else if (nowMs - seen.firstAtMs >= this.times.staysMs && seen.passage.stays === undefined) {
        seen.passage.stays = true;
        told.push({ ...seen.passage, antennas: [...seen.passage.antennas] });
      }
    }
    return told;
  }

  /** Nobody looks any more: what is in view is told as far as it was seen. */
  end(): Passage[] {
    return [...this.inView.values()].flatMap((seen) => this.gone(seen));
  }

  private sideOf(antenna: number): 'inside' | 'outside' | undefined {
    if (this.sides.inside.includes(antenna)) return 'inside';
    return this.sides.outside.includes(antenna) ? 'outside' : undefined;
  }

  private gone({ passage, lastAtMs }: InView): Passage[] {
    const { epc } = passage;
    this.inView.delete(epc);
    const before = this.remembered.get(epc);
    const isRepeat = before !== undefined && lastAtMs - before.atMs < this.times.repeatWithinMs;
    const isFolded = passage.direction === 'unclear' && (isRepeat || passage.stays === true);
    this.remembered.delete(epc);
    this.remembered.set(epc, {
      // Folded ones do not put off the next that is told.
      atMs: isFolded && before !== undefined ? before.atMs : lastAtMs,
      folded: isFolded ? (before?.folded ?? 0) + 1 : 0,
    });
    if (this.remembered.size > MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    if (isFolded) return [];
    const { stays: _stays, ...rest } = passage;
    const folded = before?.folded ?? 0;
    return [folded > 0 ? { ...rest, folded } : rest];
  }
}
