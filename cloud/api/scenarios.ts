import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { CloudConfiguration } from '../config.ts';
import { Problem } from './problem.ts';
import type { LiveStream } from './stream.ts';

const ANSWER_WITHIN_MS = 3_000;
const ASK_EVERY_MS = 2_000;
const MAX_ANSWER_BYTES = 256 * 1024;

const list = z
  .array(z.object({ id: z.string().max(128), title: z.string().max(256), running: z.boolean() }))
  .max(256);
export type ScenarioList = z.infer<typeof list>;

/** A simulator's scenarios, offered on the desk. It may come and go: while it is away there are none. */
export class Scenarios {
  readonly #url: string;
  readonly #token: string;
  readonly #onChanged: (scenario: { id: string; running: boolean }) => void;
  #list: ScenarioList = [];

  /**
   * Asks for the scenarios now and then until the signal ends it.
   * @throws Error when the token's file can't be read
   */
  constructor(
    { url, tokenFile }: { url: string; tokenFile: string },
    onChanged: (scenario: { id: string; running: boolean }) => void,
    signal: AbortSignal,
  ) {
    this.#url = url.replace(/\/+$/, '');
    this.#token = readFileSync(tokenFile, 'utf8').trim();
    this.#onChanged = onChanged;
    void this.#follow(signal);
  }

  get list(): ScenarioList {
    return this.#list;
  }

  /** @throws Problem when there is no such scenario, or the simulator refuses or does not answer */
  async start(id: string): Promise<void> {
    if (!this.#list.some((scenario) => scenario.id === id))
      throw new Problem(404, 'not-found', 'There is no such scenario.');
    const response = await this.#ask('POST', `/${encodeURIComponent(id)}`).catch(() => undefined);
    if (response === undefined) throw new Problem(502, 'no-answer', 'The simulator does not answer.');
    await response.body?.cancel();
    if (response.status === 409) throw new Problem(409, 'running', 'The scenario is running already.');
    if (!response.ok) throw new Problem(502, 'refused', `The simulator answered ${response.status}.`);
    await this.#refresh();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#refresh();
      await delay(ASK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #refresh(): Promise<void> {
    const before = new Map(this.#list.map(({ id, running }) => [id, running]));
    this.#list = await this.#fetch().catch(() => []);
    for (const { id, running } of this.#list)
      if (before.has(id) && before.get(id) !== running) this.#onChanged({ id, running });
  }

  async #fetch(): Promise<ScenarioList> {
    const response = await this.#ask('GET', '');
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new Error('too long an answer');
      chunks.push(chunk);
    }
    return list.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  }

  #ask(method: 'GET' | 'POST', path: string): Promise<Response> {
    return fetch(`${this.#url}/scenarios${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  }
}

/** Where the installation drives a simulator. */
export function openScenarios(
  { scenarios, resolve }: Pick<CloudConfiguration, 'scenarios' | 'resolve'>,
  stream: LiveStream,
  signal: AbortSignal,
): Scenarios | undefined {
  if (scenarios === undefined) return undefined;
  const tokenFile = resolve(scenarios.tokenFile);
  const onChanged = (data: { id: string; running: boolean }) => stream.publish({ type: 'scenario', data });
  return new Scenarios({ url: scenarios.url, tokenFile }, onChanged, signal);
}
