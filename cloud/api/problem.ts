import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ZodError } from 'zod';
import type { ApiError } from './contract.ts';

/** Why a request is not answered as asked: the one error of the API. Its message is fit for a person. */
export class Problem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly field: string | undefined;
  /** Seconds after which it is worth trying again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    more: { field?: string; retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.field = more.field;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get body(): ApiError {
    const { code, message, field } = this;
    return { error: { code, message, ...(field === undefined ? {} : { field }) } };
  }
}

export const notThere = (what: string): Problem => new Problem(404, 'not-found', `There is no such ${what}.`);

/** What the first of a schema's complaints says. */
export function malformed(error: ZodError): Problem {
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String).join('.');
  const message = unknown === undefined ? (issue?.message ?? 'malformed') : 'there is no such field';
  return field === ''
    ? new Problem(400, 'malformed', message)
    : new Problem(400, 'malformed', `${field}: ${message}`, { field });
}
