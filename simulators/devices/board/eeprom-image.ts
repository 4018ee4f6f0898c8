/** What an installer's programmer writes into a door node's EEPROM: see the firmware's PROTOCOL.md, EEPROM. */
import { EEPROM_BYTES } from './processor.ts';

const MAX_NAME_LENGTH = 24;
const namePattern = /^[a-z0-9._-]{1,24}$/;

/** @throws Error where no node can have this name */
export function doorNodeEeprom(name: string): Uint8Array {
  if (!namePattern.test(name))
    throw new Error(`"${name}" can't be a node's name: 1 to ${MAX_NAME_LENGTH} of a-z 0-9 . _ -`);
  const image = new Uint8Array(EEPROM_BYTES).fill(0xff);
  image[0] = name.length;
  image[1] = ~name.length;
  image.set(new TextEncoder().encode(name), 2);
  return image;
}
