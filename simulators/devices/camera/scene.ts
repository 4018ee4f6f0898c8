import jpeg from 'jpeg-js';

/** What the lens sees. */
export interface Scene {
  /** Something covers the lens, or the light and the infrared are gone. */
  dark: boolean;
  /** The cabinet's door stands open. */
  cabinetOpen: boolean;
  /** Somebody is in the room. */
  person: boolean;
  /** Somebody has turned the camera to the ceiling. */
  turnedAway?: boolean;
  /** Grease on the lens. */
  smeared?: boolean;
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
  const fill: Fill = (left, top, width, height, [red, green, blue]) => {
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
  if (scene.turnedAway === true) {
    drawCeiling(fill);
    return encoded(pixels, scene);
  }
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
  return encoded(pixels, scene);
}

type Fill = (left: number, top: number, width: number, height: number, colour: Colour) => void;

/** Tiles, a lamp, a sprinkler: nothing of the room. */
function drawCeiling(fill: Fill): void {
  fill(0, 0, WIDTH, HEIGHT, [196, 196, 190]);
  for (let x = 40; x < WIDTH; x += 64) fill(x, 0, 3, HEIGHT, [150, 150, 146]);
  for (let y = 25; y < HEIGHT; y += 52) fill(0, y, WIDTH, 3, [150, 150, 146]);
  fill(107, 80, 60, 46, [250, 250, 246]);
  fill(250, 30, 14, 14, [90, 30, 30]);
}

/** With the grease of the lens, if there is any, and the time in the corner. */
function encoded(pixels: Uint8Array, scene: Scene): Uint8Array {
  if (scene.smeared === true) smear(pixels);
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

/** Each dot is the mean of those around it, along the lines and then along the columns. */
function smear(pixels: Uint8Array): void {
  const radius = 12;
  const along = (count: number, length: number, at: (line: number, position: number) => number) => {
    for (let line = 0; line < count; line++) {
      for (let channel = 0; channel < 3; channel++) {
        const values = Array.from({ length }, (_, position) => pixels[at(line, position) + channel] ?? 0);
        let sum = 0;
        for (let position = -radius; position < length; position++) {
          sum += values[position + radius] ?? 0;
          sum -= values[position - radius - 1] ?? 0;
          const width = Math.min(length - 1, position + radius) - Math.max(0, position - radius) + 1;
          if (position >= 0) pixels[at(line, position) + channel] = sum / width;
        }
      }
    }
  };
  along(HEIGHT, WIDTH, (line, position) => (line * WIDTH + position) * 4);
  along(WIDTH, HEIGHT, (line, position) => (position * WIDTH + line) * 4);
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
