/** Simulated devices with registers, as they stand on one line or behind one address: what each answers to a request. */

/** What a unit may be told to get wrong. */
export interface UnitFaults {
  /** It does not answer at all. */
  off: boolean;
  /** It answers every request with this exception. */
  exception: number;
}

export class SimulatedUnit {
  readonly holding = new Map<number, number>();
  readonly input = new Map<number, number>();
  readonly faults: UnitFaults = { off: false, exception: 0 };
  /** Requests that it answered. */
  answered = 0;
  /** What was written into it, in order. */
  readonly written: { address: number; value: number }[] = [];

  /** A value of 32 bits, high half first. */
  setLong(table: 'holding' | 'input', address: number, value: number): void {
    this[table].set(address, (value >>> 16) & 0xffff);
    this[table].set(address + 1, value & 0xffff);
  }

  setFloat(table: 'holding' | 'input', address: number, value: number): void {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    this.setLong(table, address, view.getUint32(0));
  }

  /** Function code and data in, function code and data out. */
  answer(request: Uint8Array): Uint8Array {
    const view = new DataView(request.buffer, request.byteOffset, request.byteLength);
    const code = request.length > 0 ? view.getUint8(0) : 0;
    const refuse = (exception: number) => Uint8Array.of(code | 0x80, exception);
    this.answered++;
    if (this.faults.exception !== 0) return refuse(this.faults.exception);
    if (code !== 3 && code !== 4 && code !== 6) return refuse(1);
    if (request.length !== 5) return refuse(3);
    const [address, last] = [view.getUint16(1), view.getUint16(3)];
    if (code === 6) {
      if (!this.holding.has(address)) return refuse(2);
      this.holding.set(address, last);
      this.written.push({ address, value: last });
      return Uint8Array.from(request);
    }
    if (last < 1 || last > 125) return refuse(3);
    const table = code === 3 ? this.holding : this.input;
    const values = Array.from({ length: last }, (_, index) => table.get(address + index));
    if (values.some((value) => value === undefined)) return refuse(2);
    return Uint8Array.of(
      code,
      last * 2,
      ...values.flatMap((value = 0) => [(value >> 8) & 0xff, value & 0xff]),
    );
  }
}
