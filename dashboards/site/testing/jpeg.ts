/// <reference types="node" />
import { encode } from 'jpeg-js';

const WIDTH = 64;
const HEIGHT = 36;

/** A picture of nothing: a slope from dark to bright. */
export const jpeg: Uint8Array<ArrayBuffer> = (() => {
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let at = 0; at < WIDTH * HEIGHT; at++) {
    const level = 60 + Math.round(((at % WIDTH) / WIDTH) * 140);
    data.set([level, level, Math.min(255, level + 20), 255], at * 4);
  }
  return Uint8Array.from(encode({ data, width: WIDTH, height: HEIGHT }, 80).data);
})();
