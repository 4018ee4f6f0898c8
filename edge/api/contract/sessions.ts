/** Signing in at the site page. */

/** POST /api/session {name, pin}; GET says who is signed in, or 401; DELETE ends it. */
export interface SiteSession {
  name: string;
  /** Goes with everything that changes something, as the header X-Gatehouse-Token. */
  token: string;
  /** By the site's clock; each use puts it off. */
  expiresAt: number;
}

/**
 * A sign-in that waits for a badge. POST /api/session/badge {reader} begins one (201; 404 no such reader, 409 where
 * another page waits at that reader: `ReaderBusy`); GET /api/session/badge tells how it stands, 404 once there is
 * none; DELETE gives it up; POST /api/session/badge/finish {pin?} answers SiteSession. A cookie ties it to this
 * browser: nothing has to be remembered. To be asked about once a second.
 */
export interface BadgeSignIn {
  /** At most so long, by the site's clock. */
  until: number;
  /** Tells this sign-in from others: also shown where somebody else finds the reader taken. */
  word: string;
  reader: { asset: string; name: string };
  /** Hold the badge to the reader so many times, no more and no less; 1 where a PIN follows. */
  times: number;
  secondFactor: 'pin' | 'none';
  /**
   * `waiting`: for the badge; `presented`: now the PIN is wanted; `ready`: finish it (without a PIN);
   * `refused`: it is over, `because` says why.
   */
  state: 'waiting' | 'presented' | 'ready' | 'refused';
  because?: 'unknown-badge' | 'not-a-user' | 'wrong-count' | 'another-badge' | 'too-many-wrong-pins';
}

/** Where somebody can sign in with a badge. */
export interface BadgeReader {
  asset: string;
  name: string;
  secondFactor: 'pin' | 'none';
}

/** 409 to POST /api/session/badge, beside the usual error. */
export interface ReaderBusy {
  /** Shown at the page that is waiting: not this one, then no badge is to be held to the reader. */
  word: string;
  retryAfterMs: number;
}
