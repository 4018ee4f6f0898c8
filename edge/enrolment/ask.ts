/** One question over a connection whose peer is known. */
import { request } from 'node:http';
import type { z } from 'zod';
import type { CloudPeer } from './cloud-trust.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/** The cloud has understood and says no. */
export class CloudRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'CloudRefusal';
    this.status = status;
    this.code = code;
  }
}

/**
 * Asks, and ends the connection.
 * @param most bytes of the answer
 * @throws CloudRefusal, or Error where there was no answer that can be read
 */
export async function ask<Schema extends z.ZodType>(
  { socket }: CloudPeer,
  { method, path, body }: { method: 'GET' | 'POST'; path: string; body?: unknown },
  schema: Schema,
  most = 64 * 1024,
): Promise<z.output<Schema>> {
  try {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
      const sent = request(
        {
          method,
          path,
          // The connection is there already, encrypted and known.
          createConnection: () => socket,
          headers: {
            host: 'cloud',
            connection: 'close',
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
          timeout: ANSWER_TIMEOUT_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > most) sent.destroy(new Error(`answer of more than ${most} bytes`));
            else chunks.push(chunk);
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString('utf8') }),
          );
          response.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`)));
      sent.on('error', reject);
      sent.end(text);
    });
    if (status === 200) return schema.parse(JSON.parse(answer));
    throw refusalOf(status, answer);
  } finally {
    socket.destroy();
  }
}

function refusalOf(status: number, answer: string): CloudRefusal {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    value = undefined;
  }
  const error = isObject(value) && isObject(value.error) ? value.error : {};
  const { code, message } = error;
  return new CloudRefusal(
    status,
    typeof code === 'string' ? code.slice(0, 64) : 'failed',
    typeof message === 'string' ? message.slice(0, 300) : `the cloud answered ${status}`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
