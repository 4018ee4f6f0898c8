/** Signing in at the site page. */

/** POST /api/session {name, pin}; GET says who is signed in, or 401; DELETE ends it. */
export interface SiteSession {
  name: string;
  /** Goes with everything that changes something, as the header X-Gatehouse-Token. */
  token: string;
  /** By the site's clock; each use puts it off. */
  expiresAt: number;
}
