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
  credentials: HttpCredentials,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const url = new URL(address);
  // fetch refuses credentials in an address; they come separately.
  url.username = '';
  url.password = '';
  const ask = (answer?: string) =>
    fetch(url, {
      method: request.method,
      signal: within,
      redirect: 'error',
      ...(request.body === undefined ? {} : { body: request.body }),
      headers: {
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
        ...(answer === undefined ? {} : { authorization: answer }),
      },
    });
  let response = await ask();
  if (response.status === 401) {
    await response.body?.cancel();
    const challenge = response.headers.get('www-authenticate') ?? '';
    const target = { method: request.method, uri: url.pathname + url.search };
    const answer = authorization(challenge, target, credentials);
    if (answer === undefined)
      throw new CameraAnswer('the camera asks for a log-in that is not supported', 401);
    response = await ask(answer);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new CameraAnswer(`the camera answered ${response.status}`, response.status);
  }
  return bodyOf(response, request.maxBytes);
}

async function bodyOf(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels what is still to come.
    if (bytes > maxBytes) throw new Error(`the camera sent more than ${maxBytes} bytes`);
    chunks.push(chunk);
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
