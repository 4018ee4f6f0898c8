import { createHash, randomBytes } from 'node:crypto';

/** What a camera's web server asks for before it hands out a picture. */
export type LogIn = 'basic' | 'digest-md5' | 'digest-sha256' | 'digest-both';

const REALM = 'camera';
const NONCES_KEPT = 64;

/** HTTP authentication as a camera does it (RFC 7617, RFC 7616), with nonces that are good once. */
export class HttpLogIn {
  readonly #credentials: { username: string; password: string };
  readonly #nonces = new Set<string>();
  asks: LogIn;

  constructor(credentials: { username: string; password: string }, asks: LogIn) {
    this.#credentials = credentials;
    this.asks = asks;
  }

  challenges(): string[] {
    if (this.asks === 'basic') return [`Basic realm="${REALM}"`];
    const nonce = randomBytes(12).toString('hex');
    this.#nonces.add(nonce);
    const [oldest] = this.#nonces;
    if (this.#nonces.size > NONCES_KEPT && oldest !== undefined) this.#nonces.delete(oldest);
    const ask = (algorithm?: string) =>
      `Digest qop="auth", realm="${REALM}", nonce="${nonce}"${algorithm === undefined ? '' : `, algorithm=${algorithm}`}`;
    if (this.asks === 'digest-md5') return [ask()];
    return this.asks === 'digest-sha256' ? [ask('SHA-256')] : [ask(), ask('SHA-256')];
  }

  accepts(header: string | undefined, method: string): boolean {
    const { username, password } = this.#credentials;
    if (this.asks === 'basic')
      return header === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const field = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`).exec(header ?? '')?.[1] ?? '';
    const nonce = field('nonce');
    if (!/^digest /i.test(header ?? '') || !this.#nonces.delete(nonce)) return false;
    const algorithm = field('algorithm') === 'SHA-256' ? 'sha256' : 'md5';
    if (this.asks === 'digest-sha256' && algorithm !== 'sha256') return false;
    const hash = (text: string) => createHash(algorithm).update(text).digest('hex');
    const secret = hash(`${username}:${REALM}:${password}`);
    const target = hash(`${method}:${field('uri')}`);
    const expected = hash(`${secret}:${nonce}:${field('nc')}:${field('cnonce')}:${field('qop')}:${target}`);
    return field('response') === expected && field('username') === username;
  }
}
