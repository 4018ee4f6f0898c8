import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { addressOf } from '../address.ts';
import { type Input, type Intake, MAX_BATCH_INPUTS, MAX_REPORTED_PER_INPUT, type Tally } from '../intake.ts';
import { isObject } from '../json-line.ts';
import { TokenBucket } from '../token-bucket.ts';
import { isOneWay, type Refusal, senderCheck, senders } from './sender-check.ts';

/** A body of lines; a document may be as long as its format allows. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_BODY_LINES = 10_000;
/** Of whom it is known only after the body who they are, or never. */
const MAX_STRANGER_BYTES = 1024 * 1024;
/** And so long their body may take: it holds one of the few requests under way. */
const STRANGER_WITHIN_MS = 10_000;
/** Requests of one source that are being stored at the same time. */
const MAX_UNDER_WAY = 16;
/** Wrong tokens and signatures that are answered; more of them are turned away unread. */
const WRONG_SENDERS_PER_SECOND = 1;
const WRONG_SENDERS_BURST = 20;

export const httpPost = z
  .strictObject({
    type: z.literal('http-post'),
    /** Path of the cloud's HTTP server; `/sources/<name>` where it is not said. */
    path: z
      .string()
      .regex(/^\/[A-Za-z0-9/_.-]{1,200}$/, 'expected a path such as /sources/shop')
      .optional(),
    ...senders,
  })
  .refine(isOneWay, { error: 'give one of token, tokenSha256, signature and anonymous' });
export type HttpPost = z.infer<typeof httpPost>;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * A route that takes one document, or lines, in a POST. It answers 202 once they are stored, and so may be
 * sent again after any other answer. A header `Idempotency-Key` makes the same lines sent twice the same records.
 */
export function httpPostRoute(
  settings: HttpPost,
  unit: 'line' | 'document',
  intake: Intake,
  boot: string,
  trustProxy: boolean,
): Hono {
  const check = senderCheck(settings);
  const wrongSenders = new TokenBucket(WRONG_SENDERS_PER_SECOND, WRONG_SENDERS_BURST);
  const mostBytes = check.isKnownBefore ? MAX_BODY_BYTES : MAX_STRANGER_BYTES;
  const limit = unit === 'document' ? Math.min(intake.maxBytes, mostBytes) : mostBytes;
  let underWay = 0;
  let sequence = 0;

  const inputsOf = (
    body: Uint8Array,
    key: string | undefined,
    peer: string,
    topic: string | undefined,
  ): Input[] | undefined => {
    const raws = unit === 'document' ? [body] : linesOf(body);
    if (raws.length > MAX_BODY_LINES) return undefined;
    const receivedAt = intake.clock.now();
    const epoch = key === undefined ? boot : sha256(key).toString('hex').slice(0, 24);
    const first = key === undefined ? sequence : 0;
    if (key === undefined) sequence += raws.length * MAX_REPORTED_PER_INPUT;
    return raws.map((raw, index) => ({
      raw,
      receivedAt,
      epoch,
      sequence: first + (index + 1) * MAX_REPORTED_PER_INPUT,
      peer,
      ...(topic === undefined ? {} : { topic }),
    }));
  };

  const turnAway = (context: Context, refusal: Refusal, note: () => void = () => undefined): Response => {
    if (refusal.status === 401) {
      if (!check.isSigned) context.header('WWW-Authenticate', 'Bearer');
      if (!wrongSenders.tryTake(1))
        return problem(context, 429, 'too-many-guesses', 'too many wrong tokens or signatures');
      note();
    }
    if (refusal.status === 429) context.header('Retry-After', '30');
    return problem(context, refusal.status, refusal.code, refusal.because);
  };

  const receive = async (context: Context): Promise<Response> => {
    const peer = senderOf(context, trustProxy);
    if (Number(context.req.header('content-length') ?? 0) > limit) return tooLarge(context, peer);
    const encoding = context.req.header('content-encoding') ?? 'identity';
    if (encoding !== 'identity')
      return problem(context, 415, 'encoding', `send it without content-encoding, not as ${encoding}`);
    const body = await bodyOf(
      context.req.raw,
      limit,
      check.isKnownBefore ? undefined : AbortSignal.timeout(STRANGER_WITHIN_MS),
    );
    if (body === 'too slow') return problem(context, 408, 'too-slow', 'the body did not come in time');
    if (body === undefined) return tooLarge(context, peer);
    const { refusal, topic } = check.after((name) => context.req.header(name), body, intake.clock.now());
    if (refusal !== undefined)
      return turnAway(context, refusal, () => intake.note(body, peer, refusal.because));
    // What was signed says the same whenever it comes: a delivery that is repeated, by whomever, is the same records.
    // Headers are not signed: with another topic it is still the same delivery.
    const key = check.isSigned
      ? createHash('sha256').update(body).digest('hex')
      : context.req.header('idempotency-key');
    const inputs = inputsOf(body, key, peer, topic);
    if (inputs === undefined) return tooLarge(context, peer);
    if (!intake.quota.tryTake(inputs.length)) {
      context.header('Retry-After', '1');
      return problem(context, 429, 'over-quota', 'more than this source may send; try again later');
    }
    let tally: Tally;
    try {
      tally = await takeAll(intake, inputs);
    } catch {
      context.header('Retry-After', '5');
      return problem(context, 503, 'not-stored', 'it could not be stored; send it again');
    }
    // Lines stand for themselves; a document that can't be read is its sender's to mend.
    if (unit === 'document' && tally.refused > 0)
      return problem(context, 422, 'refused', tally.because ?? 'unreadable');
    const { records, ignored, refused, because } = tally;
    return context.json({ records, ignored, refused, ...(because === undefined ? {} : { because }) }, 202);
  };

  const tooLarge = (context: Context, peer: string): Response => {
    intake.refuse(new Uint8Array(), peer, `a body longer than ${limit} bytes or ${MAX_BODY_LINES} lines`);
    return problem(context, 413, 'too-large', `at most ${limit} bytes and ${MAX_BODY_LINES} lines`);
  };

  const path = settings.path ?? `/sources/${intake.name}`;
  const routes = new Hono();
  if (check.origins !== undefined) routes.options(path, (context) => allowed(context, check.origins ?? []));
  return routes.post(path, async (context) => {
    const refusal = check.before((name) => context.req.header(name), senderOf(context, trustProxy));
    if (refusal !== undefined) return turnAway(context, refusal);
    if (underWay >= MAX_UNDER_WAY) {
      context.header('Retry-After', '1');
      return problem(context, 503, 'busy', `more than ${MAX_UNDER_WAY} requests at once`);
    }
    underWay++;
    try {
      return await receive(context);
    } finally {
      underWay--;
    }
  });
}

/** A browser asks before it sends reports from a page of another origin (Fetch, CORS preflight). */
function allowed(context: Context, origins: readonly string[]): Response {
  const origin = context.req.header('origin') ?? '';
  if (!origins.includes(origin)) return problem(context, 403, 'origin', 'not for pages of this origin');
  context.header('Access-Control-Allow-Origin', origin);
  context.header('Access-Control-Allow-Methods', 'POST');
  context.header('Access-Control-Allow-Headers', 'Content-Type');
  context.header('Access-Control-Max-Age', '86400');
  context.header('Vary', 'Origin');
  return context.body(null, 204);
}

async function takeAll(intake: Intake, inputs: readonly Input[]): Promise<Tally> {
  const sum: Tally = { records: 0, ignored: 0, refused: 0 };
  for (let at = 0; at < inputs.length; at += MAX_BATCH_INPUTS) {
    const part = await intake.take(inputs.slice(at, at + MAX_BATCH_INPUTS));
    sum.records += part.records;
    sum.ignored += part.ignored;
    sum.refused += part.refused;
    if (part.because !== undefined) sum.because ??= part.because;
  }
  return sum;
}

function problem(
  context: Context,
  status: 401 | 403 | 408 | 413 | 415 | 422 | 429 | 503,
  code: string,
  message: string,
) {
  return context.json({ error: { code, message } }, status);
}

/** Undefined: longer than the limit; what is beyond it is not read. */
async function bodyOf(
  request: Request,
  limit: number,
  within: AbortSignal | undefined,
): Promise<Uint8Array | 'too slow' | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const late = () => void reader.cancel().catch(() => undefined);
  within?.addEventListener('abort', late, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (within?.aborted === true) return 'too slow';
      if (done) return Buffer.concat(parts);
      length += value.length;
      if (length > limit) {
        late();
        return undefined;
      }
      parts.push(value);
    }
  } finally {
    within?.removeEventListener('abort', late);
  }
}

function linesOf(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < body.length && lines.length <= MAX_BODY_LINES; ) {
    const end = body.indexOf(0x0a, at);
    const stop = end < 0 ? body.length : end;
    const line = body.subarray(at, stop > at && body[stop - 1] === 0x0d ? stop - 1 : stop);
    if (line.length > 0) lines.push(line);
    at = stop + 1;
  }
  return lines;
}

/** The address of who sent it: the last one that the trusted proxy wrote, else the peer's. */
function senderOf(context: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1) : undefined;
  const named = forwarded === undefined ? undefined : addressOf(forwarded);
  return named ?? peerOf(context.env);
}

/** Node's own request is passed on by the server. */
function peerOf(environment: unknown): string {
  const incoming = isObject(environment) ? environment.incoming : undefined;
  const socket = isObject(incoming) ? incoming.socket : undefined;
  const address = isObject(socket) ? socket.remoteAddress : undefined;
  return typeof address === 'string' ? address : 'http';
}
