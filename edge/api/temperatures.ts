import { MAX_DEVICES_PER_PROFILE } from '../../devices/profiles/profile.ts';

/** Readings are gathered by this much time; the lowest and the highest of each stay. */
export const SLOT_MS = 60_000;
/** Three days of them for each asset. */
export const MAX_SLOTS = 3 * 24 * 60;
/** Assets with a thermometer. */
export const MAX_ASSETS = Math.min(256, MAX_DEVICES_PER_PROFILE);
/** Points in one answer; a chart has no more pixels. */
export const MAX_POINTS = 1_000;

export interface TemperaturePoint {
  at: number;
  celsius: number;
}

interface Slot {
  slot: number;
  lowest: TemperaturePoint;
  highest: TemperaturePoint;
}

/** What the thermometers read lately: for the page's chart, not for the record. */
export class Temperatures {
  readonly #slots = new Map<string, Slot[]>();

  add(asset: string, at: number, celsius: number): void {
    let slots = this.#slots.get(asset);
    if (slots === undefined) {
      if (this.#slots.size >= MAX_ASSETS) return;
      slots = [];
      this.#slots.set(asset, slots);
    }
    const slot = Math.floor(at / SLOT_MS);
    const point = { at, celsius };
    // Nearly always the last one; a late reading finds its place.
    const index = slots.findLastIndex((known) => known.slot <= slot);
    const known = slots[index];
    if (known?.slot === slot) {
      if (celsius < known.lowest.celsius) known.lowest = point;
      if (celsius > known.highest.celsius) known.highest = point;
    } else slots.splice(index + 1, 0, { slot, lowest: point, highest: point });
    if (slots.length > MAX_SLOTS) slots.shift();
  }

  /** Readings of a stretch of time, oldest first; of many, the extremes. */
  between(asset: string, from: number, to: number): TemperaturePoint[] {
    const slots = (this.#slots.get(asset) ?? []).filter(
      ({ slot }) => slot >= Math.floor(from / SLOT_MS) && slot * SLOT_MS <= to,
    );
    const each = Math.max(1, Math.ceil(slots.length / (MAX_POINTS / 2)));
    const points: TemperaturePoint[] = [];
    for (let start = 0; start < slots.length; start += each) {
      const group = slots.slice(start, start + each);
      const lowest = group.reduce((a, b) => (b.lowest.celsius < a.lowest.celsius ? b : a)).lowest;
      const highest = group.reduce((a, b) => (b.highest.celsius > a.highest.celsius ? b : a)).highest;
      if (lowest === highest) points.push(lowest);
      else points.push(...[lowest, highest].sort((a, b) => a.at - b.at));
    }
    return points.filter(({ at }) => at >= from && at <= to);
  }
}
