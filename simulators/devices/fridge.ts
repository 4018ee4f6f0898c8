/** A medicine fridge's air, by Newton's law of cooling: enough physics for a believable curve. */
export interface Fridge {
  celsius: number;
  compressorOn: boolean;
  doorOpen: boolean;
}

/** The compressor starts above and stops below these, °C. */
const STARTS_ABOVE = 5.6;
const STOPS_BELOW = 3.8;
const ROOM_CELSIUS = 22;
/** What the running compressor would reach in the end, °C. */
const COOLEST_CELSIUS = -6;
/** Time constants: how fast the air follows, in minutes. */
const SHUT_MINUTES = 240;
const OPEN_MINUTES = 18;
const COOLING_MINUTES = 60;

export const coldFridge = (): Fridge => ({ celsius: 4.6, compressorOn: false, doorOpen: false });

const approach = (from: number, to: number, minutes: number, constantMinutes: number) =>
  to + (from - to) * Math.exp(-minutes / constantMinutes);

/** The fridge `elapsedMs` later. */
export function stepFridge(fridge: Fridge, elapsedMs: number): Fridge {
  const minutes = elapsedMs / 60_000;
  let { celsius, compressorOn } = fridge;
  celsius = approach(celsius, ROOM_CELSIUS, minutes, fridge.doorOpen ? OPEN_MINUTES : SHUT_MINUTES);
  if (compressorOn) celsius = approach(celsius, COOLEST_CELSIUS, minutes, COOLING_MINUTES);
  if (celsius > STARTS_ABOVE) compressorOn = true;
  if (celsius < STOPS_BELOW) compressorOn = false;
  return { celsius, compressorOn, doorOpen: fridge.doorOpen };
}
