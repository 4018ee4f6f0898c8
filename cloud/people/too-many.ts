/** A bound was reached; nothing was taken. */
export class TooMany extends Error {
  constructor(what: string) {
    super(`too many ${what}`);
    this.name = 'TooMany';
  }
}
