/** What can be typed at a simulated line of readers, one line a command. */
import type { ReaderLine } from './line.ts';
import type { SimulatedReader } from './reader.ts';

export const commandHelp = `  N card 123-45678|HEX     a card is held before reader N
  N keys 1234#             keys are pressed
  N tamper on|off          its lid
  N supply failing|good    its supply
  N input I on|off         one of its inputs
  N look                   its light, relays, beeps, text, channel
  N reboot                 its power goes and comes back
  N off | N on             its power goes, comes back
  N reset                  back to the factory: its key is forgotten
  N slow MS                so long before each answer
  N lose COUNT             so many answers get lost
  N damage COUNT           so many answers arrive damaged
  N busy COUNT             so many commands are answered with "busy"
  N stuck on|off           its relays do not move
  unplug                   pulls the adapter
  plug                     puts it back, under another name
  noise BYTES              so many random bytes on the line
  figures                  of all readers
  quit
`;

/** Random bytes in one go, at most. */
const MAX_NOISE_BYTES = 65_536;

/** Carries out one line. The answer is a line, or nothing where the line was empty. */
export function obeyLine(line: ReaderLine, typed: string): string | undefined {
  const [first = '', ...words] = typed.trim().split(/\s+/);
  if (first === '') return undefined;
  const wrong = `error: ${typed.trim()}: not understood`;
  try {
    if (/^\d+$/.test(first)) return atReader(line.reader(Number(first)), words) ?? wrong;
    switch (first) {
      case 'unplug':
        line.unplug();
        return 'unplugged';
      case 'plug':
        return `port ${line.plug()}`;
      case 'noise': {
        const count = Number(words[0]);
        if (!Number.isInteger(count) || count < 1 || count > MAX_NOISE_BYTES) return wrong;
        line.noise(crypto.getRandomValues(new Uint8Array(count)));
        return `noise ${count}`;
      }
      case 'figures':
        return `figures ${JSON.stringify({
          collisions: line.collisions,
          readers: Object.fromEntries(line.readers.map(({ address, figures }) => [address, figures])),
        })}`;
      default:
        return wrong;
    }
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const looked = (reader: SimulatedReader): string =>
  JSON.stringify({
    light: reader.light,
    outputs: Array.from({ length: reader.outputCount }, (_, index) => reader.output(index)),
    beeps: reader.figures.beeps,
    text: reader.text,
    secure: reader.isSecure,
    hasKey: reader.key !== undefined,
    handshakes: reader.figures.handshakes,
  });

function atReader(
  reader: SimulatedReader,
  [word = '', argument = '', last = '']: string[],
): string | undefined {
  const isOn = argument === 'on';
  const isSwitch = isOn || argument === 'off';
  const count = Number(argument);
  const isCount = argument !== '' && Number.isInteger(count) && count >= 0;
  const done = `${reader.address} ${[word, argument, last].filter((part) => part !== '').join(' ')}`;
  switch (word) {
    case 'card':
      reader.present(argument);
      return done;
    case 'keys':
      reader.press(argument);
      return `${reader.address} keys`;
    case 'tamper':
      if (!isSwitch) return undefined;
      reader.tamper(isOn);
      return done;
    case 'supply':
      reader.powerFails(argument === 'failing');
      return done;
    case 'input':
      if (!isCount || (last !== 'on' && last !== 'off')) return undefined;
      reader.input(count, last === 'on');
      return done;
    case 'look':
      return looked(reader);
    case 'reboot':
      reader.reboot();
      return done;
    case 'reset':
      reader.reset();
      return done;
    case 'off':
      reader.isPowered = false;
      return done;
    case 'on':
      reader.isPowered = true;
      reader.reboot();
      return done;
    case 'slow':
      if (!isCount) return undefined;
      reader.faults.delayMs = count;
      return done;
    case 'lose':
      if (!isCount) return undefined;
      reader.faults.loseReplies = count;
      return done;
    case 'damage':
      if (!isCount) return undefined;
      reader.faults.damageReplies = count;
      return done;
    case 'busy':
      if (!isCount) return undefined;
      reader.faults.busy = count;
      return done;
    case 'stuck':
      if (!isSwitch) return undefined;
      reader.faults.stuckRelay = isOn;
      return done;
    default:
      return undefined;
  }
}
