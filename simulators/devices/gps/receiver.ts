/** A simulated satellite receiver: each second GGA and RMC of where it is. */
import type { SpeakingDevice } from '../serial/serial-port.ts';

const hex = '0123456789ABCDEF';

/** Degrees as degrees and minutes run together: 52.516 → 5230.9600 */
function angle(value: number, digits: number): string {
  const all = Math.round(Math.abs(value) * 600_000);
  const degrees = Math.floor(all / 600_000);
  const minutes = (all - degrees * 600_000) / 10_000;
  return String(degrees).padStart(digits, '0') + minutes.toFixed(4).padStart(7, '0');
}

export class SimulatedReceiver implements SpeakingDevice {
  speak: SpeakingDevice['speak'] = () => undefined;
  latitude = 52.516;
  longitude = 13.378;
  knots = 0;
  hdop = 1.2;
  hasFix = true;
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;

  /** @param everyMs between two moments, real time */
  constructor(signal: AbortSignal, everyMs = 1_000, now = () => Date.now()) {
    this.#now = now;
    this.#timer = setInterval(() => this.#tell(), everyMs);
    signal.addEventListener('abort', () => clearInterval(this.#timer), { once: true });
  }

  /** It only speaks. */
  hear(): void {}

  #tell(): void {
    const at = new Date(this.#now()).toISOString();
    const time = `${at.slice(11, 13)}${at.slice(14, 16)}${at.slice(17, 19)}.00`;
    const date = at.slice(8, 10) + at.slice(5, 7) + at.slice(2, 4);
    const where = this.hasFix
      ? [
          angle(this.latitude, 2),
          this.latitude < 0 ? 'S' : 'N',
          angle(this.longitude, 3),
          this.longitude < 0 ? 'W' : 'E',
        ]
      : ['', '', '', ''];
    const [quality, used] = this.hasFix ? ['1', '09'] : ['0', '00'];
    const hdop = this.hasFix ? this.hdop.toFixed(1) : '99.9';
    this.#say(['GPGGA', time, ...where, quality, used, hdop, '34.0', 'M', '45.0', 'M', '', '']);
    this.#say([
      'GPRMC',
      time,
      this.hasFix ? 'A' : 'V',
      ...where,
      this.knots.toFixed(1),
      '084.4',
      date,
      '',
      '',
      this.hasFix ? 'A' : 'N',
    ]);
  }

  #say(fields: readonly string[]): void {
    const body = fields.join(',');
    let sum = 0;
    for (const character of body) sum ^= character.charCodeAt(0);
    this.speak(Buffer.from(`$${body}*${hex[sum >> 4]}${hex[sum & 15]}\r\n`, 'latin1'));
  }
}
