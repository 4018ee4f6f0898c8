import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Input, type Intake, MAX_BATCH_INPUTS, MAX_REPORTED_PER_INPUT, type Tally } from '../intake.ts';
import { isObject } from '../json-line.ts';
import { TokenBucket } from '../token-bucket.ts';

/** A body of lines; a document may be as long as its format allows. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_BODY_LINES = 10_000;
/** Requests of one source that are being stored at the same time. */
const MAX_UNDER_WAY = 16;
/** Wrong tokens that are answered; more of them are turned away unread. */
const WRONG_TOKENS_PER_SECOND = 1;
const WRONG_TOKENS_BURST = 20;

export const httpPost = z
  .strictObject({
    type: z.literal('http-post'),
    /** Path of the cloud's HTTP server; `/sources/<name>` where it is not said. */
    path: z
      .string()
      .regex(/^\/[A-Za-z0-9/_.-]{1,200}$/, 'expected a path such as /sources/shop')
      .optional(),
    /** Asked for as `Authorization: Bearer …`. */
    token: z.string().min(16).max(256).optional(),
    /** The same, as the SHA-256 in hex, so that the configuration holds no secret. */
    tokenSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
      .optional(),
  })
  .refine(({ token, tokenSha256 }) => (token === undefined) !== (tokenSha256 === undefined), {
    error: 'give either token or tokenSha256',
  });
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
): Hono {
  const expected =
    settings.tokenSha256 === undefined
      ? sha256(settings.token ?? '')
      : Buffer.from(settings.tokenSha256, 'hex');
  const wrongTokens = new TokenBucket(WRONG_TOKENS_PER_SECOND, WRONG_TOKENS_BURST);
  const limit = unit === 'document' ? intake.maxBytes : MAX_BODY_BYTES;
  let underWay = 0;
  let sequence = 0;

  const inputsOf = (body: Uint8Array, key: string | undefined, peer: string): Input[] | undefined => {
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
    }));
  };

  const receive = async (context: Context): Promise<Response> => {
    const peer = peerOf(context.env);
    if (Number(context.req.header('content-length') ?? 0) > limit) return tooLarge(context, peer);
    const encoding = context.req.header('content-encoding') ?? 'identity';
    if (encoding !== 'identity')
      return problem(context, 415, 'encoding', `send it without content-encoding, not as ${encoding}`);
    const body = await bodyOf(context.req.raw, limit);
    if (body === undefined) return tooLarge(context, peer);
    const inputs = inputsOf(body, context.req.header('idempotency-key'), peer);
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

  return new Hono().post(settings.path ?? `/sources/${intake.name}`, async (context) => {
    const given = /^Bearer +(\S{1,512})$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(sha256(given), expected)) {
      context.header('WWW-Authenticate', 'Bearer');
      if (!wrongTokens.tryTake(1)) return problem(context, 429, 'too-many-guesses', 'too many wrong tokens');
      return problem(context, 401, 'unauthorised', 'a valid bearer token is needed');
    }
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

function problem(context: Context, status: 401 | 413 | 415 | 422 | 429 | 503, code: string, message: string) {
  return context.json({ error: { code, message } }, status);
}

/** Undefined: longer than the limit; what is beyond it is not read. */
async function bodyOf(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null)
    for await (const part of request.body) {
      length += part.length;
      if (length > limit) return undefined;
      parts.push(part);
    }
  return Buffer.concat(parts);
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

/** The address of who sent it, where the server tells: it passes Node's own request on. */
function peerOf(environment: unknown): string {
  const incoming = isObject(environment) ? environment.incoming : undefined;
  const socket = isObject(incoming) ? incoming.socket : undefined;
  const address = isObject(socket) ? socket.remoteAddress : undefined;
  return typeof address === 'string' ? address : 'http';
}
