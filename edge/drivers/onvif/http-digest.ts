import { createHash, randomBytes } from 'node:crypto';

export interface HttpCredentials {
  username: string;
  password: string;
}

/** Algorithms by their names in a challenge, the strongest first (RFC 7616, section 3.7). */
const algorithms = { 'SHA-256': 'sha256', MD5: 'md5' } as const;
type Algorithm = keyof typeof algorithms;

interface Challenge {
  scheme: string;
  fields: ReadonlyMap<string, string>;
}

/** The challenges of a WWW-Authenticate header; several headers come joined by commas. */
function challengesIn(header: string): Challenge[] {
  const starts = [...header.matchAll(/(?:^|,)\s*(digest|basic)(?=\s|$)/gi)];
  return starts.map((start, index) => {
    const from = start.index + start[0].length;
    const text = header.slice(from, starts[index + 1]?.index);
    const fields = [...text.matchAll(/([a-z0-9]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)].map(
      ([, name = '', quoted, plain]): [string, string] => [name.toLowerCase(), quoted ?? plain ?? ''],
    );
    return { scheme: (start[1] ?? '').toLowerCase(), fields: new Map(fields) };
  });
}

const algorithmOf = ({ fields }: Challenge): Algorithm | undefined => {
  const name = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : undefined;
};

/**
 * The Authorization header that answers a challenge: Digest with SHA-256 or MD5 (RFC 7616, section 3.4), or Basic
 * where nothing better is offered. Undefined: the challenge asks for what we can't do.
 */
export function authorization(
  header: string,
  request: { method: string; uri: string },
  credentials: HttpCredentials,
  clientNonce = randomBytes(8).toString('hex'),
): string | undefined {
  const challenges = challengesIn(header);
  const digests = challenges.filter(({ scheme }) => scheme === 'digest');
  for (const wanted of Object.keys(algorithms)) {
    const challenge = digests.find((candidate) => algorithmOf(candidate) === wanted);
    const answer = challenge && digestAnswer(challenge, request, credentials, clientNonce);
    if (answer !== undefined) return answer;
  }
  if (!challenges.some(({ scheme }) => scheme === 'basic')) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** Quotes and backslashes would end the quoted text (RFC 9110, section 5.6.4). */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function digestAnswer(
  challenge: Challenge,
  { method, uri }: { method: string; uri: string },
  { username, password }: HttpCredentials,
  clientNonce: string,
): string | undefined {
  const algorithm = algorithmOf(challenge);
  const { fields } = challenge;
  const [realm, nonce, opaque] = [fields.get('realm'), fields.get('nonce'), fields.get('opaque')];
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined;
  const hash = (text: string) => createHash(algorithms[algorithm]).update(text).digest('hex');
  const secret = hash(`${username}:${realm}:${password}`);
  const target = hash(`${method}:${uri}`);
  const offered = fields
    .get('qop')
    ?.split(',')
    .map((word) => word.trim().toLowerCase());
  // Only the body's protection is offered: rare, and no use for a picture.
  if (offered !== undefined && !offered.includes('auth')) return undefined;
  const count = '00000001';
  const response =
    offered === undefined
      ? hash(`${secret}:${nonce}:${target}`)
      : hash(`${secret}:${nonce}:${count}:${clientNonce}:auth:${target}`);
  return `Digest ${[
    `username=${quoted(username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(fields.has('algorithm') ? [`algorithm=${fields.get('algorithm')}`] : []),
    `response="${response}"`,
    ...(offered === undefined ? [] : ['qop=auth', `nc=${count}`, `cnonce="${clientNonce}"`]),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ')}`;
}
