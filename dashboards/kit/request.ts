/** Requests to the server that served the page. Addresses are relative, so that any path can carry the pages. */
import { kitText } from './text.ts';

/** The header that shows that a change was asked for by our page and not by another site's form. */
const TOKEN_HEADER = 'X-Gatehouse-Token';

/** No answer for this long is no answer. */
const TIMEOUT_MS = 15_000;

/** What the server refused, in words fit for a person. `status` 0: no answer at all. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  /** The whole answer, for what it says beside the error. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(
    status: number,
    code: string,
    message: string,
    field?: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.field = field;
    this.details = details;
  }
}

/** Whether an answer is what its type says; see `shaped`. */
export type Check<Answer> = (value: unknown) => value is Answer;

type FieldType = 'string' | 'number' | 'boolean' | 'object' | 'array';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A check of an answer's own fields (not of what lies deeper: page and server are of one release, and a
 * proxy's log-in page or an older server is told apart by the first level already).
 */
export const shaped =
  <Answer>(fields: Partial<Record<keyof Answer & string, FieldType>>): Check<Answer> =>
  (value): value is Answer =>
    isRecord(value) &&
    Object.entries(fields).every(([name, type]) =>
      type === 'array' ? Array.isArray(value[name]) : typeof value[name] === type,
    );

export interface Requests {
  get<Answer>(path: string, check: Check<Answer>, until?: AbortSignal): Promise<Answer>;
  /** POST, or another method, with a JSON body. The answer's body is handed back unparsed. */
  send(path: string, body?: unknown, method?: 'POST' | 'PUT' | 'DELETE'): Promise<unknown>;
}

/**
 * @param token what the session gave; undefined while signed out
 * @param onSignedOut called when the server says 401
 * @param inWords what a refusal's code means in the reader's language; undefined: as the server says it
 */
export function requests(
  token: () => string | undefined,
  onSignedOut: () => void,
  inWords?: (code: string, error: Readonly<Record<string, unknown>>) => string | undefined,
): Requests {
  async function ask(path: string, options: RequestInit): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(path, {
        ...options,
        credentials: 'same-origin',
        signal: AbortSignal.any([
          AbortSignal.timeout(TIMEOUT_MS),
          ...(options.signal instanceof AbortSignal ? [options.signal] : []),
        ]),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new RequestError(0, 'unreachable', kitText('kit.error.unreachable'));
    }
    const text = await response.text();
    let body: unknown;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      const detail = `${path}: ${response.status}`;
      throw new RequestError(response.status, 'unexpected', kitText('kit.error.unexpected', { detail }));
    }
    if (response.ok) return body;
    const error = isRecord(body) && isRecord(body.error) ? body.error : {};
    const code = typeof error.code === 'string' ? error.code : 'unexpected';
    if (response.status === 401) onSignedOut();
    throw new RequestError(
      response.status,
      code,
      typeof error.message === 'string'
        ? (inWords?.(code, error) ?? error.message)
        : kitText('kit.error.unexpected', { detail: `${path}: ${response.status}` }),
      typeof error.field === 'string' ? error.field : undefined,
      isRecord(body) ? body : {},
    );
  }
  return {
    async get(path, check, until) {
      const answer = await ask(path, { headers: { accept: 'application/json' }, signal: until ?? null });
      if (check(answer)) return answer;
      throw new RequestError(200, 'unexpected', kitText('kit.error.unexpected', { detail: path }));
    },
    send(path, body, method = 'POST') {
      const current = token();
      return ask(path, {
        method,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          ...(current === undefined ? {} : { [TOKEN_HEADER]: current }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
  };
}
