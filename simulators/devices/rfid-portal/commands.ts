/** What can be typed at a simulated portal. */
import type { SimulatedPortalReader } from './reader.ts';

const MAX_GARBAGE_BYTES = 65_536;

export const commandHelp = `  carry EPC in|out      a tag goes through the gate (hexadecimal digits)
  stand EPC ANTENNA     a tag is put down before an antenna
  take EPC              it is taken away
  antenna NUMBER on|off an antenna's cable
  exception TEXT        the reader says that it can't work
  clock MS              its clock goes so much wrong
  unplug, plug, reboot  its power
  mute on|off           nothing that it says gets through
  slow MS               all it says comes later
  pieces on|off         its bytes come in pieces
  refuse on|off         it refuses inventories
  garbage COUNT         bytes that nobody meant
  quit
`;

const isOn = (word: string | undefined): boolean | undefined =>
  word === 'on' ? true : word === 'off' ? false : undefined;
const isEpc = (word: string | undefined): word is string =>
  word !== undefined && /^(?:[0-9A-Fa-f]{2}){1,62}$/.test(word);

/** Carries out one line. False: not understood. */
export async function obey(reader: SimulatedPortalReader, typed: string): Promise<boolean> {
  const [word, first, second] = typed.trim().split(/\s+/);
  const [is, number] = [isOn(first), first === undefined ? Number.NaN : Number(first)];
  const isCount = Number.isInteger(number) && number >= 0;
  if (word === 'carry' && isEpc(first) && (second === 'in' || second === 'out'))
    await reader.carry(first, second);
  else if (word === 'stand' && isEpc(first) && Number.isInteger(Number(second)))
    reader.stand(first, Number(second));
  else if (word === 'take' && isEpc(first)) reader.take(first);
  else if (word === 'antenna' && isCount && isOn(second) !== undefined)
    reader.antenna(number, second === 'on');
  else if (word === 'exception' && first !== undefined)
    reader.exception(typed.trim().slice('exception '.length));
  else if (word === 'clock' && Number.isInteger(number)) reader.clockOffsetMs = number;
  else if (word === 'unplug') reader.unplug();
  else if (word === 'plug') await reader.plug();
  else if (word === 'reboot') await reader.reboot();
  else if (word === 'mute' && is !== undefined) reader.faults.mute = is;
  else if (word === 'pieces' && is !== undefined) reader.faults.pieces = is;
  else if (word === 'refuse' && is !== undefined) reader.faults.refuses = is;
  else if (word === 'slow' && isCount) reader.faults.delayMs = number;
  else if (word === 'garbage' && isCount && number > 0 && number <= MAX_GARBAGE_BYTES) reader.garbage(number);
  else return false;
  return true;
}
