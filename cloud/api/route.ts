import type { Context } from 'hono';
import { z } from 'zod';
import type { Role } from '../store/store.ts';
import { malformed, Problem } from './problem.ts';
import type { Right } from './rights.ts';
import type { Scope } from './scope.ts';

/** A request's JSON, at most: the longest is a note. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Who asks. */
export interface Caller {
  name: string;
  role: Role;
  /** Names the session in the store. */
  session: string;
  /** What a change must carry in X-Gatehouse-Token. */
  token: string;
  expiresAt: number;
  /** Which sites are theirs to see. */
  scope: Scope;
  /** Has proved who they are within the last minutes: what a `fresh` route demands. */
  isFresh: boolean;
  /** Their role demands a second factor or a passkey, and there is none yet: they may add one, and nothing else. */
  mustEnrol: boolean;
}

/** What an answer is, for the OpenAPI document. */
export type AnswerKind =
  | { schema: z.ZodType; title: string }
  | { mediaType: string; title: string }
  | { title: string };

interface Described {
  method: 'get' | 'post' | 'put' | 'delete';
  /** `/api/incidents/:id` */
  path: string;
  title: string;
  answer: AnswerKind;
  /** A longer body than usual, bytes. */
  maxBytes?: number;
  /** 200 where it is not said. */
  status?: 200 | 202 | 204;
  /** Demands that its caller has proved who they are a moment ago (step-up). */
  fresh?: boolean;
  /** Of the installation as a whole: for callers who see all sites. */
  wholeOnly?: boolean;
  /** Open to callers who must first add a second factor. */
  beforeEnrolment?: boolean;
}

/** One route of the API: everything that is known of it, in one place. */
export interface Route extends Described {
  /** What its caller must be allowed; `signed-in`: anybody with a session; `anyone`: no session needed. */
  needs: Right | 'signed-in' | 'anyone';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  respond(context: Context, caller: Caller | undefined): Promise<Response>;
}

interface Inputs<P, Q, B> {
  params?: P;
  query?: Q;
  body?: B;
}

export interface Asked<P, Q, B> {
  context: Context;
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
}

const nothing = z.strictObject({});
const noBody = z.undefined();
type Nothing = typeof nothing;
type NoBody = typeof noBody;

type Answer = Response | Promise<Response>;

/** A route for people with a session: its inputs are checked by the schemas that the document describes. */
export function route<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = NoBody,
>(
  definition: Described &
    Inputs<P, Q, B> & { needs: Right | 'signed-in' } & {
      handle(asked: Asked<P, Q, B>, caller: Caller): Answer;
    },
): Route {
  const { handle, ...described } = definition;
  return {
    ...described,
    async respond(context, caller) {
      if (caller === undefined) throw new Error(`${definition.path} was reached without a caller`);
      return handle(await inputsOf(context, definition), caller);
    },
  };
}

/** A route for everybody. */
export function openRoute<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = NoBody,
>(definition: Described & Inputs<P, Q, B> & { handle(asked: Asked<P, Q, B>): Answer }): Route {
  const { handle, ...described } = definition;
  return {
    ...described,
    needs: 'anyone',
    respond: async (context) => handle(await inputsOf(context, definition)),
  };
}

async function inputsOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  context: Context,
  { params, query, body, maxBytes }: Inputs<P, Q, B> & Pick<Described, 'maxBytes'>,
): Promise<Asked<P, Q, B>> {
  return {
    context,
    params: checked<P>(params ?? nothing, context.req.param()),
    query: checked<Q>(query ?? nothing, singleValues(context)),
    body: checked<B>(
      body ?? noBody,
      body === undefined ? undefined : await jsonOf(context.req.raw, maxBytes),
    ),
  };
}

function checked<Schema extends z.ZodType>(schema: z.ZodType, value: unknown): z.output<Schema> {
  const result = (schema as Schema).safeParse(value);
  if (!result.success) throw malformed(result.error);
  return result.data;
}

/** A parameter that is given twice would be read differently by two readers. */
function singleValues(context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => {
      if (values.length > 1)
        throw new Problem(400, 'malformed', `${name}: given more than once`, { field: name });
      return [name, values[0] ?? ''];
    }),
  );
}

async function jsonOf(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  // Forms of other sites can't send this type unasked.
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Problem(415, 'media-type', 'The body must be application/json.');
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBytes)
      throw new Problem(413, 'too-large', `The body may be ${maxBytes} bytes long at most.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new Problem(400, 'malformed', 'The body is not JSON.');
  }
}
