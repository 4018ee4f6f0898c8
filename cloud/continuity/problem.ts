/** Who does something, and from where; what stands in the audit trail. */
export interface Doer {
  name: string;
  /** An address. */
  from: string;
}

/** What stands in the way; its message is fit for a person. */
export class ContinuityProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ContinuityProblem';
    this.code = code;
  }
}
