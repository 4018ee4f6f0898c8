/** What went wrong. */

/** Every answer that is no success. */
export interface ApiProblem {
  error: { code: string; message: string; field?: string; retryAfterMs?: number };
}
