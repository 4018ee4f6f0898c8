/** What can be typed at an emulated board, one line a command. */
import type { Board } from './board.ts';

export const commandHelp = `  contact open|closed      the door
  tamper on|off            the lid
  button                   somebody asks to leave
  temperature CELSIUS|off  the thermometer; off: torn from its cable
  buzzer                   tells whether it sounds
  unplug [lost]            pulls the cable; lost: and with it the power
  plug                     puts it back, under another name
  reset                    the reset button
  noise BYTES              so many random bytes on the line to the host
  cut BYTES                the line to the host loses all but the first bytes of each piece; cut off: no more
  slow MILLISECONDS        what the firmware says comes so much later; 0: at once
  figures                  time run, instructions, losses
  quit
`;

/** Random bytes in one go, at most. */
const MAX_NOISE_BYTES = 65_536;
const MAX_LATE_MS = 60_000;

/** Carries out one line. The answer is a line, or nothing where the line was empty. */
export function obeyLine(board: Board, line: string): string | undefined {
  const [word = '', argument = '', ...rest] = line.trim().split(/\s+/);
  if (word === '') return undefined;
  const wrong = `error: ${line.trim()}: not understood`;
  if (rest.length > 0) return wrong;
  switch (word) {
    case 'contact':
      if (argument !== 'open' && argument !== 'closed') return wrong;
      board.contact(argument);
      return `contact ${argument}`;
    case 'tamper':
      if (argument !== 'on' && argument !== 'off') return wrong;
      board.tamper(argument === 'on');
      return `tamper ${argument}`;
    case 'button':
      board.button();
      return 'button pressed';
    case 'temperature': {
      const celsius = Number(argument);
      if (argument === 'off') board.temperature(undefined);
      else if (argument === '' || !Number.isFinite(celsius)) return wrong;
      else board.temperature(celsius);
      return `temperature ${argument}`;
    }
    case 'buzzer':
      return `buzzer ${board.buzzer ? 'on' : 'off'}`;
    case 'unplug':
      if (argument !== '' && argument !== 'lost') return wrong;
      board.unplug(argument === 'lost' ? 'lost' : 'kept');
      return 'unplugged';
    case 'plug':
      return `port ${board.plug()}`;
    case 'reset':
      board.reset();
      return 'reset';
    case 'slow': {
      const ms = Number(argument);
      if (argument === '' || !Number.isInteger(ms) || ms < 0 || ms > MAX_LATE_MS) return wrong;
      board.slow(ms);
      return `slow ${ms}`;
    }
    case 'noise': {
      const count = Number(argument);
      if (!Number.isInteger(count) || count < 1 || count > MAX_NOISE_BYTES) return wrong;
      board.noise(crypto.getRandomValues(new Uint8Array(count)));
      return `noise ${count}`;
    }
    case 'cut': {
      const count = Number(argument);
      if (argument === 'off') board.disturb();
      else if (!Number.isInteger(count) || count < 0) return wrong;
      else board.disturb((bytes) => bytes.subarray(0, count));
      return `cut ${argument}`;
    }
    case 'figures':
      return `figures ${JSON.stringify(board.figures)}`;
    default:
      return wrong;
  }
}
