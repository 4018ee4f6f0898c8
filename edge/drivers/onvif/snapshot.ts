import { createHash, randomBytes } from 'node:crypto';

/** A picture larger than this does not travel as evidence. */
export const MAX_PICTURE_BYTES = 128 * 1024;
const ANSWER_WITHIN_MS = 8_000;

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/**
 * Answer to a digest challenge (RFC 7616, section 3.4, algorithm MD5 as cameras offer it), or undefined
 * where the challenge asks for something else.
 */
export function digestAuthorization(
  challenge: string,
  request: { method: string; uri: string; username: string; password: string },
  clientNonce = randomBytes(8).toString('hex'),
): string | undefined {
  const field = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`, 'i').exec(challenge)?.[1];
  const realm = field('realm');
  const nonce = field('nonce');
  const algorithm = field('algorithm') ?? 'MD5';
  if (!/^digest/i.test(challenge) || realm === undefined || nonce === undefined) return undefined;
  if (algorithm.toUpperCase() !== 'MD5') return undefined;
  const { method, uri, username, password } = request;
  const secret = md5(`${username}:${realm}:${password}`);
  const target = md5(`${method}:${uri}`);
  const quality = /\bqop="?[^"]*\bauth\b/i.test(challenge) ? 'auth' : undefined;
  const count = '00000001';
  const response =
    quality === undefined
      ? md5(`${secret}:${nonce}:${target}`)
      : md5(`${secret}:${nonce}:${count}:${clientNonce}:${quality}:${target}`);
  const opaque = field('opaque');
  return [
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`,
    ...(quality === undefined ? [] : [`qop=${quality}, nc=${count}, cnonce="${clientNonce}"`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(', ');
}

/**
 * Fetches a JPEG with the camera's password, by Digest where it asks for it, by Basic otherwise.
 * @throws Error that says what the camera answered instead
 */
export async function fetchSnapshot(
  uri: string,
  access: { username: string; password: string },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const ask = (authorization?: string) =>
    fetch(uri, { signal: within, ...(authorization === undefined ? {} : { headers: { authorization } }) });
  let response = await ask();
  if (response.status === 401) {
    await response.body?.cancel();
    const challenge = response.headers.get('www-authenticate') ?? '';
    const { pathname, search } = new URL(uri);
    const basic = `Basic ${Buffer.from(`${access.username}:${access.password}`).toString('base64')}`;
    const digest = digestAuthorization(challenge, { method: 'GET', uri: pathname + search, ...access });
    response = await ask(/^digest/i.test(challenge) && digest !== undefined ? digest : basic);
  }
  if (!response.ok) throw new Error(`snapshot: the camera answered ${response.status}`);
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > MAX_PICTURE_BYTES)
    throw new Error(`snapshot: ${declared} bytes, more than ${MAX_PICTURE_BYTES}`);
  const picture = new Uint8Array(await response.arrayBuffer());
  if (picture.length > MAX_PICTURE_BYTES) throw new Error(`snapshot: more than ${MAX_PICTURE_BYTES} bytes`);
  // Start of image, then a marker: ISO/IEC 10918-1, annex B.
  if (picture[0] !== 0xff || picture[1] !== 0xd8 || picture[2] !== 0xff)
    throw new Error('snapshot: not a JPEG');
  return picture;
}
