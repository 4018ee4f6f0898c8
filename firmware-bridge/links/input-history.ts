/**
 * What an input went through while its changes were gathered. johnny-five tells a change once the pin has held still
 * for five milliseconds of this machine's time; on a busy machine a whole opening, open and closed again, may come
 * in one piece and would look like no change at all.
 */
export class InputHistory {
  private settled: number | undefined;
  private latest: number | undefined;
  private hasStrayed = false;

  /** One reading of the pin, as the board sent it. */
  hear(value: number): void {
    this.latest = value;
    if (this.settled !== undefined && value !== this.settled) this.hasStrayed = true;
  }

  /** From here on changes count: what was read before belonged to the setting up. */
  begin(): void {
    this.settled = this.latest;
    this.hasStrayed = false;
  }

  /** The pin holds still. True where it is as it was, and was otherwise in between. */
  settle(): boolean {
    const isBack = this.hasStrayed && this.latest === this.settled;
    this.begin();
    return isBack;
  }

  /** Nothing is known any more, until `begin`. */
  forget(): void {
    this.settled = undefined;
    this.latest = undefined;
    this.hasStrayed = false;
  }
}
