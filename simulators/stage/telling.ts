import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tidyUp } from '../scenarios/break-in.ts';
import { catalog } from '../scenarios/catalog.ts';
import type { Scenario, World } from '../scenarios/world.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Tells stories on request: `GET /scenarios` lists them, `POST /scenarios/<id>` begins one. For the button on the
 * desk, on the loopback interface, with a token.
 */
export class Telling {
  readonly #world: World;
  readonly #running = new Map<string, Promise<void>>();

  private constructor(world: World) {
    this.#world = world;
  }

  static async open(world: World, { port, token }: { port: number; token: string }): Promise<Telling> {
    const telling = new Telling(world);
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
    world.signal.addEventListener('abort', () => server.close(), { once: true });
    return telling;
  }

  list(): { id: string; title: string; running: boolean }[] {
    return catalog.map(({ id, title }) => ({ id, title, running: this.#running.has(id) }));
  }

  /** Begins a story; one that is being told goes on. @throws RangeError for an unknown one */
  begin(id: string): Promise<void> {
    const scenario = catalog.find((each) => each.id === id);
    if (scenario === undefined) throw new RangeError(`there is no scenario "${id}"`);
    const running = this.#running.get(id) ?? this.#tell(scenario);
    this.#running.set(id, running);
    return running;
  }

  async #tell(scenario: Scenario): Promise<void> {
    const { say } = this.#world;
    say(`${scenario.title}: ${scenario.story}`);
    try {
      await tidyUp(this.#world);
      await scenario.run(this.#world);
    } catch (error) {
      if (!this.#world.signal.aborted)
        say(`${scenario.id} broke off: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#running.delete(scenario.id);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const [, collection, id] = (request.url ?? '').split('/');
    if (collection !== 'scenarios') reply(404, { error: 'there is only /scenarios' });
    else if (request.method === 'GET' && id === undefined) reply(200, this.list());
    else if (request.method === 'POST' && id !== undefined && catalog.some((each) => each.id === id)) {
      void this.begin(id);
      reply(202, { id, running: true });
    } else reply(404, { error: `there is no scenario "${id ?? ''}"` });
  }
}
