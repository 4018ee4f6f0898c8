import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import { logTime } from './shop.ts';

const MAX_BODY_BYTES = 16 * 1024;

/** A log that others follow: lines, one after the other. */
export class LogFile {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  /** Makes the file, empty, where there is none. */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '', { flag: 'a' });
  }

  line(text: string): void {
    this.#writing = this.#writing.then(() => appendFile(this.#file, `${text}\n`)).catch(() => {});
  }

  json(entry: Readonly<Record<string, unknown>>): void {
    this.line(JSON.stringify(entry));
  }
}

/** A request as the server behind its load balancer sees it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly address: string;
  readonly form: URLSearchParams;
  readonly cookie: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoggedServerOptions {
  readonly clock: Clock;
  /** 0 for any. */
  readonly port: number;
  /** In the combined format. */
  readonly accessLog: string;
  /** What it can answer in a second of the world; beyond it says 503. */
  readonly mostPerSecond: number;
  answer(asked: Asked): Answer;
}

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/**
 * A real HTTP server with a real access log. The client's address comes from X-Forwarded-For, as behind its load
 * balancer; asked too much, it sheds load.
 */
export class LoggedServer {
  readonly #options: LoggedServerOptions;
  readonly #log: LogFile;
  readonly #server: Server;
  #second = 0;
  #inSecond = 0;

  private constructor(options: LoggedServerOptions) {
    this.#options = options;
    this.#log = new LogFile(options.accessLog);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: LoggedServerOptions, signal: AbortSignal): Promise<LoggedServer> {
    const server = new LoggedServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port, '127.0.0.1', resolve);
    });
    signal.addEventListener(
      'abort',
      () => {
        server.#server.closeAllConnections();
        server.#server.close();
      },
      { once: true },
    );
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, answer } = this.#options;
    const now = clock.now();
    const { headers, method = 'GET', url = '/' } = request;
    const address = String(headers['x-forwarded-for'] ?? request.socket.remoteAddress ?? '-');
    const form = await bodyOf(request);
    const asked = { method, path: url.split('?')[0] ?? '/', address, form, cookie: headers.cookie ?? '' };
    const {
      status,
      text,
      headers: more = {},
    } = this.#isOverloaded(now) ? { status: 503, text: 'busy' } : answer(asked);
    const bytes = Buffer.byteLength(text);
    response
      .writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'content-length': bytes, ...more })
      .end(text);
    const agent = quoted(String(headers['user-agent'] ?? '-'));
    const referer = quoted(String(headers.referer ?? '-'));
    this.#log.line(
      `${address} - - [${logTime(now)}] "${method} ${quoted(url)} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}"`,
    );
  }

  #isOverloaded(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    return ++this.#inSecond > this.#options.mostPerSecond;
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
