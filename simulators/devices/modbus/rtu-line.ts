/** Simulated units on one RS-485 line: a frame ends where the line is silent for three and a half characters. */
import type { SpeakingDevice } from '../serial/serial-port.ts';
import type { SimulatedUnit } from './units.ts';

/** Longer than on a wire: a pseudo-terminal delivers when the machine finds the time. */
const SILENCE_MS = 5;

const table = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let step = 0; step < 8; step++) value = value % 2 === 1 ? (value >> 1) ^ 0xa001 : value >> 1;
  return value;
});
const check = (bytes: Uint8Array): number =>
  bytes.reduce((sum, byte) => (sum >> 8) ^ (table[(sum ^ byte) & 0xff] ?? 0), 0xffff);

export class RtuLine implements SpeakingDevice {
  readonly #units: ReadonlyMap<number, SimulatedUnit>;
  #frame: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  speak: SpeakingDevice['speak'] = () => undefined;
  /** Frames whose check sum was wrong. */
  damaged = 0;

  constructor(units: ReadonlyMap<number, SimulatedUnit>) {
    this.#units = units;
  }

  hear(bytes: Uint8Array): void {
    clearTimeout(this.#timer);
    this.#frame.push(...bytes);
    if (this.#frame.length > 256) this.#frame = [];
    this.#timer = setTimeout(() => this.#frameEnds(), SILENCE_MS);
  }

  #frameEnds(): void {
    const frame = Uint8Array.from(this.#frame);
    this.#frame = [];
    const body = frame.subarray(0, -2);
    const [low = 0, high = 0] = frame.subarray(-2);
    if (frame.length < 4 || check(body) !== low + high * 256) {
      this.damaged++;
      return;
    }
    const [address = 0] = body;
    const unit = this.#units.get(address);
    if (unit === undefined || unit.faults.off) return;
    const answer = Uint8Array.of(address, ...unit.answer(body.slice(1)));
    const sum = check(answer);
    this.speak(Uint8Array.of(...answer, sum & 0xff, sum >> 8));
  }
}
