import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ZodType } from 'zod';
import type { ApiProblem } from './contract.ts';

/** A request that can't be done, with words for the person who asked. */
export class Refused extends Error {
  readonly status: ContentfulStatusCode;
  readonly problem: ApiProblem['error'];
  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    more: Partial<ApiProblem['error']> = {},
  ) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.problem = { code, message, ...more };
  }
}

export const answerRefused = (context: Context, { status, problem }: Refused): Response => {
  if (problem.retryAfterMs !== undefined)
    context.header('Retry-After', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1_000))));
  return context.json({ error: problem } satisfies ApiProblem, status);
};

/** @throws Refused 400 that names the first field that is wrong */
export function read<Value>(schema: ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue?.path;
  const field = (path ?? []).map(String).join('.').slice(0, 200);
  const message =
    issue?.code === 'unrecognized_keys' ? 'there is no such field' : (issue?.message ?? 'not readable');
  throw new Refused(
    400,
    'invalid',
    field === '' ? message : `${field}: ${message}`,
    field === '' ? {} : { field },
  );
}

/** The body of a request as the schema wants it. @throws Refused */
export async function readBody<Value>(context: Context, schema: ZodType<Value>): Promise<Value> {
  const type = context.req.header('content-type') ?? '';
  // A form of another site's page can't send this type unasked.
  if (!/^application\/json\b/i.test(type))
    throw new Refused(415, 'not-json', 'send JSON: content-type application/json');
  let value: unknown;
  try {
    value = JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused(400, 'not-json', 'the body is not JSON');
    throw error;
  }
  return read(schema, value);
}
