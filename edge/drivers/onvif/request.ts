import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CertificateTrust, trustingAgent } from './certificate-trust.ts';
import { authorization, type HttpCredentials } from './http-digest.ts';

/** How long a camera may take for an answer, real ms. */
export const ANSWER_WITHIN_MS = 8_000;

export interface CameraRequest {
  method: 'GET' | 'POST';
  body?: string;
  contentType?: string;
  /** Bytes of an answer, at most. */
  maxBytes: number;
}

/** An answer that is none: the status, for those who tell apart a refusal from a camera that is not there. */
export class CameraAnswer extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'CameraAnswer';
    this.status = status;
  }
}

/**
 * One HTTP request to a camera with its password, by Digest where it asks for that. Neither time nor size of the
 * answer are the camera's to choose, and no redirection leads elsewhere: the password belongs to this camera.
 * @throws CameraAnswer for any status but success; Error where there is no answer
 */
export async function requestFrom(
  address: string,
  request: CameraRequest,
  { trust, ...credentials }: HttpCredentials & { trust?: CertificateTrust },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`${url.protocol}// is no address of a picture or a call`);
  const isSecure = url.protocol === 'https:';
  // Question and answer of Digest go over one connection, which ends with them.
  const agent = isSecure
    ? trustingAgent(trust ?? new CertificateTrust(), true)
    : new HttpAgent({ keepAlive: true });
  const ask = (answer?: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { hostname, port, pathname, search } = url;
      const asked = (isSecure ? httpsRequest : httpRequest)({
        agent,
        method: request.method,
        signal: within,
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port: port || (isSecure ? 443 : 80),
        path: pathname + search,
        headers: {
          ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
          ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
          ...(answer === undefined ? {} : { authorization: answer }),
        },
      });
      asked.once('response', resolve);
      asked.once('error', (error) =>
        reject(within.aborted && !signal.aborted ? new Error('the camera gave no answer') : error),
      );
      asked.end(request.body);
    });
  try {
    let response = await ask();
    if (response.statusCode === 401) {
      response.on('error', () => {}).resume();
      const challenge = response.headers['www-authenticate'] ?? '';
      const target = { method: request.method, uri: url.pathname + url.search };
      const answer = authorization(challenge, target, credentials);
      if (answer === undefined)
        throw new CameraAnswer('the camera asks for a log-in that is not supported', 401);
      response = await ask(answer);
    }
    const { statusCode: status = 0 } = response;
    // A redirection is none of the answers: the password belongs to this camera.
    if (status < 200 || status > 299) {
      response.on('error', () => {}).resume();
      throw new CameraAnswer(`the camera answered ${status}`, status);
    }
    const body = await bodyOf(response, request.maxBytes);
    if (isSecure) trust?.proved();
    return body;
  } finally {
    agent.destroy();
  }
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part: Uint8Array = chunk;
    bytes += part.length;
    // Leaving the loop ends what is still to come.
    if (bytes > maxBytes) throw new Error(`the camera sent more than ${maxBytes} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/**
 * An address that a camera gave, at the host that was configured: behind a router it names one that can't be reached,
 * and a hijacked camera would name one that must not get the password.
 */
export function atCamera(address: string, camera: { host: string; port: number }): string {
  const url = new URL(address);
  if (url.hostname === camera.host) return address;
  url.hostname = camera.host.includes(':') ? `[${camera.host}]` : camera.host;
  // A port of its own (RTSP, mostly) stays; the web port is the one that we know.
  if (url.protocol === 'http:' || url.protocol === 'https:') url.port = String(camera.port);
  return url.href;
}
