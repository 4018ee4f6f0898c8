/** To the cloud over HTTPS, where nothing else gets through: one batch of a lane at a time, commands by long poll. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Lane } from '../../devices/wire.ts';
import {
  type CloudAddress,
  type Transport,
  type TransportEvents,
  takeCommand,
  takeReceipt,
} from './transport.ts';

const HTTPS_PORT = 443;
const WAIT_SECONDS = 25;
const POST_TIMEOUT_MS = 30_000;
const POLL_TIMEOUT_MS = (WAIT_SECONDS + 15) * 1_000;
/** An answer is a receipt or a few commands. */
const MAX_ANSWER_BYTES = 512 * 1024;
const MAX_RETRY_AFTER_SECONDS = 60;

const commandsAnswer = z.object({ commands: z.array(z.unknown()).max(1_000), after: z.number().int() });

interface HttpAnswer {
  status: number;
  retryAfterMs: number;
  body: Buffer;
}

/**
 * @param url origin of the cloud: `https://host[:port]`, or `http://` on the same machine
 * @throws when the cloud can't be reached or refuses the gateway
 */
export async function connectHttps(
  url: string,
  { gateway, token, ca, connect: proved }: CloudAddress,
  events: TransportEvents,
  signal: AbortSignal,
): Promise<Transport> {
  signal.throwIfAborted();
  const origin = new URL(url);
  const secure = origin.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true });
  const ending = new AbortController();
  if (proved !== undefined)
    // Agents ask for connections; these come with the peer known already.
    agent.createConnection = (_options, done) => {
      proved({ host: origin.hostname, port: Number(origin.port) || HTTPS_PORT }, ending.signal).then(
        ({ socket }) => done?.(null, socket),
        (error: unknown) => done?.(error instanceof Error ? error : new Error(String(error)), new Socket()),
      );
      return undefined;
    };
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  const end = (reason: string) => {
    resolve(reason);
    ending.abort();
    agent.destroy();
  };
  const abort = () => end('stopped');
  signal.addEventListener('abort', abort, { once: true });
  closed.then(() => signal.removeEventListener('abort', abort));

  const call = (
    method: 'GET' | 'POST',
    path: string,
    timeoutMs: number,
    body?: Uint8Array,
  ): Promise<HttpAnswer> =>
    new Promise((done, fail) => {
      const sent = (secure ? httpsRequest : httpRequest)(
        new URL(path, origin),
        {
          method,
          agent,
          timeout: timeoutMs,
          signal: ending.signal,
          headers: {
            ...(proved === undefined ? { authorization: `Bearer ${token}` } : {}),
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/octet-stream', 'content-length': body.length }),
          },
        },
        (response) => readAnswer(response).then(done, fail),
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      sent.on('error', fail);
      sent.end(body);
    });

  let after = 0;
  const poll = async (waitSeconds: number): Promise<void> => {
    const path = `/ingest/v1/${gateway}/commands?wait=${waitSeconds}&after=${after}`;
    const { status, body } = await call('GET', path, POLL_TIMEOUT_MS);
    if (status !== 200) throw new Error(`commands: status ${status}`);
    const answer = commandsAnswer.parse(JSON.parse(body.toString('utf8')));
    after = Math.max(after, answer.after);
    for (const command of answer.commands) takeCommand(command, events);
  };
  try {
    await poll(0);
  } catch (error) {
    end('not connected');
    throw error;
  }
  const keepPolling = async (): Promise<void> => {
    while (!ending.signal.aborted) await poll(WAIT_SECONDS);
  };
  keepPolling().catch((error: unknown) => end(error instanceof Error ? error.message : String(error)));

  const post = async (lane: Lane, batch: Uint8Array): Promise<void> => {
    const { status, retryAfterMs, body } = await call(
      'POST',
      `/ingest/v1/${gateway}/${lane}`,
      POST_TIMEOUT_MS,
      batch,
    );
    if (status === 200) takeReceipt(body, events);
    else if (status === 503) {
      await sleep(retryAfterMs, undefined, { signal: ending.signal });
      events.onLater(lane, 0);
    } else throw new Error(`batch: status ${status}`);
  };
  return {
    via: 'https',
    maxInFlight: 1,
    send(lane, batch) {
      post(lane, batch).catch((error: unknown) =>
        end(error instanceof Error ? error.message : String(error)),
      );
    },
    closed,
    close: end,
  };
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  const seconds = Number(response.headers['retry-after'] ?? '1');
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: Math.min(seconds >= 0 ? seconds : 1, MAX_RETRY_AFTER_SECONDS) * 1_000,
    body: Buffer.concat(chunks),
  };
}
