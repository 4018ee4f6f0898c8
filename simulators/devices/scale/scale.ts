/** A simulated scale with MT-SICS, level 0: S, SI, Z, T and I4. */
import type { SpeakingDevice } from '../serial/serial-port.ts';

const CAPACITY_GRAMS = 6_100;

export class SimulatedScale implements SpeakingDevice {
  speak: SpeakingDevice['speak'] = () => undefined;
  /** What stands on it. */
  grams = 0;
  /** Somebody leans on it. */
  isMoving = false;
  unit: 'g' | 'kg' = 'g';
  #zero = 0;
  #typed = '';

  hear(bytes: Uint8Array): void {
    for (const character of Buffer.from(bytes).toString('latin1')) {
      if (character === '\n') {
        this.speak(Buffer.from(`${this.#answer(this.#typed.replace('\r', ''))}\r\n`, 'latin1'));
        this.#typed = '';
      } else this.#typed = (this.#typed + character).slice(-40);
    }
  }

  #answer(command: string): string {
    switch (command) {
      case 'S':
        return this.isMoving ? 'S I' : this.#weight();
      case 'SI':
        return this.#weight();
      case 'Z':
      case 'T':
        if (this.isMoving) return `${command} I`;
        this.#zero = this.grams;
        return command === 'Z' ? 'Z A' : `T S ${this.#shown(this.grams)}`;
      case 'I4':
        return 'I4 A "0123456789"';
      default:
        return 'ES';
    }
  }

  #weight(): string {
    const grams = this.grams - this.#zero;
    if (grams > CAPACITY_GRAMS) return 'S +';
    if (grams < -CAPACITY_GRAMS) return 'S -';
    return `S ${this.isMoving ? 'D' : 'S'} ${this.#shown(grams)}`;
  }

  #shown(grams: number): string {
    const text = this.unit === 'g' ? grams.toFixed(2) : (grams / 1_000).toFixed(5);
    return `${text.padStart(10)} ${this.unit}`;
  }
}
