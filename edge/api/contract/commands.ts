/** What a person tells a device to do. */

/** POST /api/commands {action, asset}, and POST /api/commands/:confirm/confirm: it was given. What came of it is seen. */
export interface CommandAnswer {
  command: string;
}

/** 202 to POST /api/commands: it is dangerous, and is done only when the person confirms what it says. */
export interface CommandQuestion {
  confirm: string;
  /** What will happen, in words. */
  says: string;
  withinMs: number;
}
