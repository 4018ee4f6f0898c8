/** A client of TAXII 2.1: one request at a time, bounded in size and time, pages until there are no more. */
import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import {
  type Collection,
  collections,
  discovery,
  envelope,
  MEDIA_TYPE,
  type StixObject,
} from './resources.ts';

/** One answer, at most. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Real time for one request. */
const WITHIN_MS = 60_000;
/** Pages of one poll; the next poll goes on from there. */
export const MAX_PAGES = 1_000;
const PAGE = 1_000;
/** Tries of one request that the server is too busy for. */
const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export type Sign = { kind: 'bearer'; token: string } | { kind: 'basic'; name: string; password: string };

/** Where a collection was read up to; kept after each page. */
export interface Place {
  /** As the server writes times. */
  addedAfter?: string;
  /** Within the answer to that: the page that comes next. */
  next?: string;
}

export interface Page {
  readonly objects: readonly StixObject[];
  readonly place: Place;
  readonly more: boolean;
}

export class TaxiiError extends Error {
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.name = 'TaxiiError';
    this.status = status;
  }
}

export class TaxiiClient {
  readonly #sign: Sign | undefined;
  readonly #signal: AbortSignal;

  constructor(sign: Sign | undefined, signal: AbortSignal) {
    this.#sign = sign;
    this.#signal = signal;
  }

  /** API roots that a discovery address names. @throws TaxiiError */
  async apiRoots(url: string): Promise<string[]> {
    const { body } = await this.#get(url, discovery);
    const roots = [...(body.default === undefined ? [] : [body.default]), ...(body.api_roots ?? [])];
    return [...new Set(roots.map((root) => sameOrigin(root, url)))];
  }

  /** Collections of an API root that may be read. @throws TaxiiError */
  async collections(root: string): Promise<Collection[]> {
    const { body } = await this.#get(new URL('collections/', slashed(root)).href, collections);
    return (body.collections ?? []).filter(({ can_read }) => can_read);
  }

  /**
   * Objects added after a place, page by page; each page says from where to go on.
   * @throws TaxiiError
   */
  async *objects(root: string, collection: string, from: Place): AsyncGenerator<Page> {
    let { addedAfter, next } = from;
    let newest = addedAfter;
    for (let page = 0; page < MAX_PAGES; page++) {
      const url = new URL(`collections/${encodeURIComponent(collection)}/objects/`, slashed(root));
      url.searchParams.set('limit', String(PAGE));
      if (addedAfter !== undefined) url.searchParams.set('added_after', addedAfter);
      if (next !== undefined) url.searchParams.set('next', next);
      const { body, headers } = await this.#get(url.href, envelope);
      newest = headers.get('x-taxii-date-added-last') ?? newest;
      const objects = body.objects ?? [];
      const more = body.more === true;
      // A server that has more and does not say where is asked by the time of what it gave last.
      if (more && body.next === undefined) {
        if (newest === undefined || newest === addedAfter)
          throw new TaxiiError('it has more and does not say where');
        addedAfter = newest;
      }
      next = more ? body.next : undefined;
      if (!more) addedAfter = newest;
      const place: Place = {
        ...(addedAfter === undefined ? {} : { addedAfter }),
        ...(next === undefined ? {} : { next }),
      };
      yield { objects, place, more };
      if (!more) return;
    }
  }

  async #get<Schema extends z.ZodType>(
    url: string,
    schema: Schema,
  ): Promise<{ body: z.output<Schema>; headers: Headers }> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let attempt = 1; ; attempt++) {
      const response = await this.#ask(url);
      if (response.ok) {
        const type = response.headers.get('content-type') ?? '';
        if (!/^application\/(taxii\+)?json\b/i.test(type))
          throw new TaxiiError(`${url} answers ${type}, not TAXII`);
        const read = schema.safeParse(await jsonOf(response));
        if (!read.success) throw new TaxiiError(`${url}: ${read.error.issues[0]?.message}`);
        return { body: read.data, headers: response.headers };
      }
      await response.body?.cancel();
      const isBusy = response.status === 429 || response.status >= 500;
      if (!isBusy || attempt >= MAX_TRIES)
        throw new TaxiiError(`${url} answers ${response.status}`, response.status);
      const asked = Number(response.headers.get('retry-after') ?? Number.NaN) * 1_000;
      await wait(Math.min(Number.isNaN(asked) ? pauseMs : asked, LONGEST_PAUSE_MS), undefined, {
        signal: this.#signal,
      });
      pauseMs *= 2;
    }
  }

  async #ask(url: string): Promise<Response> {
    const sign = this.#sign;
    const authorization =
      sign === undefined
        ? undefined
        : sign.kind === 'bearer'
          ? `Bearer ${sign.token}`
          : `Basic ${Buffer.from(`${sign.name}:${sign.password}`).toString('base64')}`;
    try {
      return await fetch(url, {
        headers: { accept: MEDIA_TYPE, ...(authorization === undefined ? {} : { authorization }) },
        // Elsewhere the token has no business.
        redirect: 'error',
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(WITHIN_MS)]),
      });
    } catch (error) {
      this.#signal.throwIfAborted();
      throw new TaxiiError(
        `${url} can't be reached: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

const slashed = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

/** What a server names elsewhere is not followed with our token. */
function sameOrigin(root: string, base: string): string {
  const url = new URL(root, base);
  if (url.origin !== new URL(base).origin)
    throw new TaxiiError(`it names an API root elsewhere: ${url.origin}`);
  return slashed(url.href);
}

async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new TaxiiError(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new TaxiiError('an answer that is not JSON');
  }
}
