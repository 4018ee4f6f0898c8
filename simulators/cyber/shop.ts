import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../devices/model/clock.ts';

/** Requests that one client may have under way: a shop sheds load before it falls over. */
const MAX_BODY_BYTES = 8 * 1024;
const PRODUCTS = 240;

export interface ShopOptions {
  clock: Clock;
  /** Access log in the combined format; appended to, as nginx does. */
  accessLog: string;
  /** JSON lines about accounts, as the shop's own software writes them. */
  accountLog: string;
  /** Administrators and their passwords. */
  administrators: Readonly<Record<string, string>>;
  /** What machines show to block accounts and to close the checkout; without it nobody can. */
  apiToken?: string;
  port?: number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');

/** `23/Nov/2026:07:15:02 +0000`, the time of the combined log format. */
export function logTime(at: number): string {
  const date = new Date(at);
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/**
 * A small web shop: pages, a basket, an administration with a log-in. It is a real HTTP server that writes a
 * real access log; the client's address comes from X-Forwarded-For, as behind its load balancer.
 */
export class Shop {
  readonly #options: ShopOptions;
  readonly #server: Server;
  #writing: Promise<void> = Promise.resolve();
  requests = 0;
  /** Accounts that can't log in any more. */
  readonly blocked = new Set<string>();
  isCheckoutOpen = true;

  private constructor(options: ShopOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: ShopOptions, signal: AbortSignal): Promise<Shop> {
    const shop = new Shop(options);
    await new Promise<void>((resolve, reject) => {
      shop.#server.once('error', reject);
      shop.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    signal.addEventListener(
      'abort',
      () => {
        shop.#server.closeAllConnections();
        shop.#server.close();
      },
      { once: true },
    );
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once every line so far is in the files. */
  logged(): Promise<void> {
    return this.#writing;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const address = String(request.headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? '-');
    const body = await bodyOf(request);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const { status, text, location } =
      request.method === 'POST' && path.startsWith('/admin/api/')
        ? this.#asked(path, request.headers.authorization)
        : this.#answer(request.method ?? 'GET', path, body, address);
    const bytes = Buffer.byteLength(text);
    response
      .writeHead(status, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': bytes,
        ...(location === undefined ? {} : { location }),
      })
      .end(text);
    const agent = quoted(String(request.headers['user-agent'] ?? '-'));
    const referer = quoted(String(request.headers.referer ?? '-'));
    const line = `${address} - - [${logTime(this.#options.clock.now())}] "${request.method} ${quoted(request.url ?? '/')} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}"\n`;
    this.#append(this.#options.accessLog, line);
  }

  /** Machines of partners: each call does no more when it comes twice. */
  #asked(
    path: string,
    authorization: string | undefined,
  ): { status: number; text: string; location?: string } {
    const { apiToken } = this.#options;
    if (apiToken === undefined || authorization !== `Bearer ${apiToken}`)
      return { status: 401, text: 'who?' };
    const account = /^\/admin\/api\/accounts\/([^/]{1,64})\/block$/.exec(path)?.[1];
    if (account !== undefined) {
      this.blocked.add(decodeURIComponent(account));
      return { status: 200, text: 'blocked' };
    }
    const checkout = /^\/admin\/api\/checkout\/(close|open)$/.exec(path)?.[1];
    if (checkout === undefined) return { status: 404, text: 'no such call' };
    this.isCheckoutOpen = checkout === 'open';
    return { status: 200, text: `checkout ${checkout}` };
  }

  #answer(method: string, path: string, body: URLSearchParams, address: string) {
    const page = (title: string) => `<!doctype html><title>${title}</title><h1>${title}</h1>`;
    if (method === 'POST' && path === '/admin/login') return this.#adminLogin(body, address);
    if (path === '/' || path === '/cart' || path === '/checkout' || path === '/admin/login') {
      return { status: 200, text: page('Linden web shop') };
    }
    const product = /^\/p\/(\d{1,4})$/.exec(path);
    if (product !== null && Number(product[1]) < PRODUCTS)
      return { status: 200, text: page(`Product ${product[1]}`) };
    if (/^\/(?:s\.css|a\.js|logo\.svg)$/.test(path)) return { status: 200, text: '' };
    if (path.startsWith('/admin')) return { status: 302, text: '', location: '/admin/login' };
    return { status: 404, text: page('Not found') };
  }

  #adminLogin(body: URLSearchParams, address: string) {
    const account = body.get('account') ?? '';
    const good =
      this.#options.administrators[account] === body.get('password') &&
      account !== '' &&
      !this.blocked.has(account);
    const entry = {
      time: new Date(this.#options.clock.now()).toISOString(),
      event: good ? 'login.succeeded' : 'login.failed',
      account,
      ip: address,
      role: 'admin',
    };
    this.#append(this.#options.accountLog, `${JSON.stringify(entry)}\n`);
    return good ? { status: 302, text: '', location: '/admin' } : { status: 401, text: 'wrong' };
  }

  /** One line after the other: a log has an order. */
  #append(file: string, line: string): void {
    this.#writing = this.#writing.then(() => appendFile(file, line)).catch(() => {});
  }
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) return new URLSearchParams();
  }
  return new URLSearchParams(text);
}
