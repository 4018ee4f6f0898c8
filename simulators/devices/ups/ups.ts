/** A simulated line-interactive UPS with Megatec's protocol: Q1, I, F; anything else it repeats. */
import type { SpeakingDevice } from '../serial/serial-port.ts';

const fixed = (value: number, whole: number, digits: number): string =>
  value.toFixed(digits).padStart(whole + (digits > 0 ? digits + 1 : 0), '0');

export class SimulatedUps implements SpeakingDevice {
  speak: SpeakingDevice['speak'] = () => undefined;
  mainsVolts = 229.5;
  isFaulty = false;
  batteryVolts = 13.6;
  loadPercent = 23;
  celsius = 28;
  /** Times that its status was asked for. */
  asked = 0;
  #typed = '';

  /** The plug is pulled, or put back. */
  set hasMains(has: boolean) {
    this.mainsVolts = has ? 229.5 : 0;
    this.batteryVolts = has ? 13.6 : 12.1;
  }

  hear(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte !== 0x0d) this.#typed = (this.#typed + String.fromCharCode(byte)).slice(-64);
      else {
        this.#say(this.#answer(this.#typed));
        this.#typed = '';
      }
    }
  }

  #say(text: string): void {
    this.speak(Buffer.from(`${text}\r`, 'latin1'));
  }

  #answer(question: string): string {
    switch (question) {
      case 'Q1':
        this.asked++;
        return this.#status();
      case 'I':
        return `#${'Gatehouse'.padEnd(15)} ${'SIM 1000'.padEnd(10)} ${'1.0'.padEnd(10)}`;
      case 'F':
        return '#230.0 004 12.00 50.0';
      default:
        return question;
    }
  }

  #status(): string {
    const isOnBattery = this.mainsVolts < 160;
    const output = isOnBattery ? 230 : this.mainsVolts;
    const bits = [isOnBattery, this.batteryVolts < 11, false, this.isFaulty, true, false, false, isOnBattery];
    return `(${[
      fixed(this.mainsVolts, 3, 1),
      fixed(isOnBattery ? 140 : this.mainsVolts, 3, 1),
      fixed(output, 3, 1),
      fixed(this.loadPercent, 3, 0),
      fixed(isOnBattery ? 0 : 50, 2, 1),
      fixed(this.batteryVolts, 2, 1),
      fixed(this.celsius, 2, 1),
    ].join(' ')} ${bits.map(Number).join('')}`;
  }
}
