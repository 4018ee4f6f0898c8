/** A simulated barcode scanner that is set to send the AIM symbology identifier first and CR LF behind. */
import type { SpeakingDevice } from '../serial/serial-port.ts';

const GS = '\x1d';

/** What is printed on a medicine pack. */
export interface Pack {
  gtin: string;
  batch: string;
  /** `YYMMDD` */
  expiry: string;
  serial: string;
}

export class SimulatedScanner implements SpeakingDevice {
  speak: SpeakingDevice['speak'] = () => undefined;
  /** What ends each code. */
  suffix = '\r\n';

  hear(): void {}

  /** The data matrix of a pack is held before it. */
  scanPack({ gtin, batch, expiry, serial }: Pack): void {
    this.scan(`]d201${gtin}17${expiry}10${batch}${GS}21${serial}`);
  }

  scan(text: string): void {
    this.speak(Buffer.from(text + this.suffix, 'latin1'));
  }
}
