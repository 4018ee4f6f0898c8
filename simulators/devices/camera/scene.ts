import jpeg from 'jpeg-js';

/** What the lens sees. */
export interface Scene {
  /** Something covers the lens, or the light and the infrared are gone. */
  dark: boolean;
  /** The cabinet's door stands open. */
  cabinetOpen: boolean;
  /** Somebody is in the room. */
  person: boolean;
  takenAt: number;
}

const WIDTH = 320;
const HEIGHT = 180;
/** Of 100: small enough to travel as evidence, good enough to recognise a person. */
const QUALITY = 55;

type Colour = readonly [red: number, green: number, blue: number];

/** Five by seven dots a digit, a row a number: enough for the time in the corner. */
const digits: Record<string, readonly number[]> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 6, 8, 16, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  ':': [0, 4, 4, 0, 4, 4, 0],
};

/** A store room as its camera would show it: shelves, a cabinet, a fridge, perhaps a person, the time. */
export function drawScene(scene: Scene): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  const grain = grainFrom(scene.takenAt);
  const brightness = scene.dark ? 0.03 : 1;
  const fill = (left: number, top: number, width: number, height: number, [red, green, blue]: Colour) => {
    for (let y = Math.max(0, top); y < Math.min(HEIGHT, top + height); y++) {
      for (let x = Math.max(0, left); x < Math.min(WIDTH, left + width); x++) {
        const noise = grain() * 10 * brightness;
        const at = (y * WIDTH + x) * 4;
        pixels[at] = clamp(red * brightness + noise);
        pixels[at + 1] = clamp(green * brightness + noise);
        pixels[at + 2] = clamp(blue * brightness + noise);
      }
    }
  };
  fill(0, 0, WIDTH, 120, [124, 132, 138]);
  fill(0, 120, WIDTH, 60, [92, 88, 84]);
  for (const [index, top] of [30, 58, 86].entries()) {
    fill(14, top + 20, 110, 4, [70, 64, 58]);
    for (let box = 0; box < 6; box++) {
      const tone = 120 + ((box * 37 + index * 53) % 90);
      fill(18 + box * 17, top + 4, 13, 16, [tone, tone - 14, 110]);
    }
  }
  fill(150, 34, 50, 92, [206, 212, 216]);
  fill(152, 36, 46, 88, [188, 198, 204]);
  fill(193, 74, 3, 16, [90, 96, 100]);
  fill(232, 30, 70, 96, [86, 98, 92]);
  if (scene.cabinetOpen) {
    fill(240, 36, 58, 84, [34, 38, 36]);
    for (const shelf of [58, 80, 102]) fill(240, shelf, 58, 3, [120, 124, 118]);
    fill(212, 28, 20, 100, [104, 116, 110]);
  } else {
    fill(266, 34, 2, 88, [58, 66, 62]);
    fill(260, 72, 4, 14, [190, 180, 90]);
  }
  if (scene.person) {
    fill(202, 62, 26, 66, [40, 42, 52]);
    fill(206, 40, 18, 22, [28, 28, 34]);
    fill(222, 76, 26, 9, [40, 42, 52]);
  }
  const time = new Date(scene.takenAt).toISOString().slice(11, 19);
  for (const [position, character] of [...time].entries()) {
    for (const [row, bits] of (digits[character] ?? []).entries()) {
      for (let column = 0; column < 5; column++) {
        if ((bits >> (4 - column)) & 1) dot(pixels, 10 + (position * 6 + column) * 2, 160 + row * 2);
      }
    }
  }
  return jpeg.encode({ data: pixels, width: WIDTH, height: HEIGHT }, QUALITY).data;
}

/** The clock is drawn by the camera's electronics: it shows whatever the lens sees. */
function dot(pixels: Uint8Array, left: number, top: number): void {
  for (let y = top; y < top + 2; y++) {
    for (let x = left; x < left + 2; x++) pixels.fill(235, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3);
  }
}

const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));

/** A sensor's grain, the same for the same moment. */
function grainFrom(seed: number): () => number {
  let state = (seed | 0) ^ 0x9e3779b9;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state ^= state >>> 12;
    return ((state >>> 8) & 0xff) / 255 - 0.5;
  };
}
