import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Something that can be told to a world. */
export interface Story {
  readonly id: string;
  readonly title: string;
  /** One line: what happens. */
  readonly story: string;
  tell(): Promise<void>;
}

export interface TellingOptions {
  readonly stories: readonly Story[];
  readonly signal: AbortSignal;
  say(text: string): void;
}

/**
 * Tells stories on request: `GET /scenarios` lists them, `POST /scenarios/<id>` begins one. For the button on the
 * desk, on the loopback interface, with a token.
 */
export class Telling {
  readonly #options: TellingOptions;
  readonly #running = new Map<string, Promise<void>>();

  private constructor(options: TellingOptions) {
    this.#options = options;
  }

  static async open(
    options: TellingOptions,
    { port, token }: { port: number; token: string },
  ): Promise<Telling> {
    const telling = new Telling(options);
    const expected = digest(`Bearer ${token}`);
    const server = createServer((request, response) => {
      const given = digest(request.headers.authorization ?? '');
      if (!timingSafeEqual(given, expected)) response.writeHead(401).end();
      else telling.#answer(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    options.signal.addEventListener('abort', () => server.close(), { once: true });
    return telling;
  }

  list(): { id: string; title: string; running: boolean }[] {
    return this.#options.stories.map(({ id, title }) => ({ id, title, running: this.#running.has(id) }));
  }

  /** Begins a story; one that is being told goes on. @throws RangeError for an unknown one */
  begin(id: string): Promise<void> {
    const story = this.#options.stories.find((each) => each.id === id);
    if (story === undefined) throw new RangeError(`there is no scenario "${id}"`);
    const running = this.#running.get(id) ?? this.#tell(story);
    this.#running.set(id, running);
    return running;
  }

  async #tell({ id, title, story, tell }: Story): Promise<void> {
    const { say, signal } = this.#options;
    say(`${title}: ${story}`);
    try {
      await tell();
    } catch (error) {
      if (!signal.aborted) say(`${id} broke off: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#running.delete(id);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const [, collection, id] = (request.url ?? '').split('/');
    if (collection !== 'scenarios') reply(404, { error: 'there is only /scenarios' });
    else if (request.method === 'GET' && id === undefined) reply(200, this.list());
    else if (
      request.method === 'POST' &&
      id !== undefined &&
      this.#options.stories.some((each) => each.id === id)
    ) {
      void this.begin(id);
      reply(202, { id, running: true });
    } else reply(404, { error: `there is no scenario "${id ?? ''}"` });
  }
}
