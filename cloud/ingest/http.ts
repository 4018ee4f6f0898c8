/** The way in where only HTTPS gets through: the same batches and receipts, commands by long poll. */
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { lane as laneName, MAX_BATCH_BYTES } from '../../devices/wire.ts';
import type { Credentials, GatewayCredential } from './credentials.ts';
import type { Ingest } from './ingest.ts';

/** A poll is answered after this at the latest, before proxies give up on it. */
export const MAX_WAIT_SECONDS = 25;
/** A gateway counts as connected for so long after its last poll ended. */
const POLL_GRACE_MS = 10_000;
/** Told to a gateway that is to come again later. */
const RETRY_AFTER_SECONDS = 2;

export interface HttpIngestOptions {
  ingest: Ingest;
  credentials: Credentials;
  /** Who the connection proves to be: in place of tokens, where certificates are shown. */
  identify?(context: Context): GatewayCredential | undefined;
}

/** Commands since `after`; the next poll asks behind the answer's `after`. */
export interface CommandsAnswer {
  commands: unknown[];
  after: number;
}

/** Routes of `/ingest/v1`: mount them at the root of an application. */
export function httpIngest({ ingest, credentials, identify }: HttpIngestOptions, signal: AbortSignal): Hono {
  const app = new Hono();
  const polling = new Map<string, { disconnect: () => void; polls: number; timer?: NodeJS.Timeout }>();

  const authenticated = (context: Context, gateway: string): GatewayCredential | undefined => {
    if (identify !== undefined) {
      const proved = identify(context);
      return proved?.id === gateway ? proved : undefined;
    }
    const token = /^Bearer ([\x21-\x7e]+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    return token === undefined ? undefined : credentials.authenticate(gateway, token, addressOf(context));
  };

  /** Connected from the first poll until some time after the last. */
  const polled = (gateway: string): (() => void) => {
    const entry = polling.get(gateway) ?? { disconnect: ingest.connect(gateway), polls: 0 };
    polling.set(gateway, entry);
    clearTimeout(entry.timer);
    entry.polls++;
    return () => {
      if (--entry.polls > 0) return;
      entry.timer = setTimeout(() => {
        polling.delete(gateway);
        entry.disconnect();
      }, POLL_GRACE_MS);
      entry.timer.unref();
    };
  };

  app.post('/ingest/v1/:gateway/:lane', async (context) => {
    const gateway = authenticated(context, context.req.param('gateway'));
    if (gateway === undefined)
      return context.json(refusal('unauthorized', 'unknown gateway or wrong token'), 401);
    const lane = laneName.safeParse(context.req.param('lane'));
    if (!lane.success) return context.json(refusal('not-found', 'there is no such lane'), 404);
    const body = await bounded(context.req.raw.body, MAX_BATCH_BYTES);
    if (body === undefined)
      return context.json(refusal('too-large', `a batch is at most ${MAX_BATCH_BYTES} bytes`), 413);
    const answer = await ingest.receive(gateway, lane.data, body);
    if ('receipt' in answer) return context.json(answer.receipt);
    if ('refused' in answer) return context.json(refusal('refused', answer.refused), 400);
    return context.json(refusal('later', answer.later), 503, { 'Retry-After': String(RETRY_AFTER_SECONDS) });
  });

  app.get('/ingest/v1/:gateway/commands', async (context) => {
    const gateway = authenticated(context, context.req.param('gateway'));
    if (gateway === undefined)
      return context.json(refusal('unauthorized', 'unknown gateway or wrong token'), 401);
    const seconds = Number(context.req.query('wait') ?? '0');
    const after = Number(context.req.query('after') ?? '0');
    if (!(seconds >= 0) || !Number.isSafeInteger(after))
      return context.json(refusal('bad-request', 'wait and after must be numbers'), 400);
    const done = polled(gateway.id);
    try {
      const ended = AbortSignal.any([signal, context.req.raw.signal]);
      const waitMs = Math.min(seconds, MAX_WAIT_SECONDS) * 1_000;
      const pending = await ingest.commands.next(gateway.id, after, waitMs, ended);
      const answer: CommandsAnswer = {
        commands: pending.map(({ command }) => command),
        after: pending.at(-1)?.number ?? after,
      };
      return context.json(answer);
    } finally {
      done();
    }
  });

  signal.addEventListener(
    'abort',
    () => {
      for (const { disconnect, timer } of polling.values()) {
        clearTimeout(timer);
        disconnect();
      }
      polling.clear();
    },
    { once: true },
  );
  return app;
}

/** Of the peer, where the application runs on a socket. */
function addressOf(context: Context): string {
  try {
    return getConnInfo(context).remote.address ?? '';
  } catch {
    return '';
  }
}

const refusal = (code: string, message: string) => ({ error: { code, message } });

/** The whole body, or undefined when it is larger than `most` bytes: it is not read any further then. */
async function bounded(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
