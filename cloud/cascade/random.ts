/**
 * Random numbers by place instead of by order: one for each (seed, sample, thing). A dependency has the same luck in
 * sample 17 whether or not another one is asked first, was removed, or got a UPS: that is what makes a what-if a
 * difference and not noise, and the order of a file's lines indifferent.
 */

/** Mixes 32 bits so that each one moves about half of the others. */
function mixed(bits: number): number {
  let value = bits | 0;
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return value ^ (value >>> 16);
}

/** What a text stands for: 32 bits. */
export function keyOf(text: string): number {
  let value = 0x2f0b4a35;
  for (let index = 0; index < text.length; index++) value = mixed(value ^ text.charCodeAt(index)) + index;
  return mixed(value);
}

/** The start of one sample's numbers. */
export const sampleKey = (seed: number, sample: number): number =>
  mixed(mixed(seed) + mixed(sample ^ 0x51ed27));

/** 0 to 2³²−1. */
export const bitsAt = (sample: number, key: number): number => mixed(mixed(sample ^ key) + key) >>> 0;

/** Above 0 and below 1. */
export const chanceAt = (sample: number, key: number): number => (bitsAt(sample, key) + 0.5) / 4_294_967_296;
