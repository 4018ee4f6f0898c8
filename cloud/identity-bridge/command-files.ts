/** Files that the credential tool reads and what they stand for: tokens, status lists, documents of did:web. */
import { readFileSync, statSync } from 'node:fs';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { MAX_TOKEN_LENGTH } from './credential.ts';
import { documentAddress, type Fetch, webFetch } from './did.ts';

/** A status list is the largest of them. */
const MAX_FILE_BYTES = 1024 * 1024;

/** A question that can't be answered as it was put. */
export class CommandProblem extends Error {}

/** @throws CommandProblem that names the file */
export function textOf(file: string): string {
  let text: string;
  try {
    if (file !== '-' && statSync(file).size > MAX_FILE_BYTES)
      throw new CommandProblem(`${file}: larger than ${MAX_FILE_BYTES} bytes`);
    text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new CommandProblem(`${file}: ${isMissing ? 'there is no such file' : 'can’t be read'}`);
  }
  if (text === '') throw new CommandProblem(`${file}: is empty`);
  return text;
}

/** One token, as issue and present write them. @throws CommandProblem */
export function tokenOf(file: string): string {
  const text = textOf(file);
  if (text.length <= MAX_TOKEN_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return text;
  throw new CommandProblem(
    `${file}: holds no credential: expected one token of three parts with dots between`,
  );
}

/** Type and id of a token, of which nothing has been checked. */
export function glimpse(jwt: string): { type: readonly string[]; id?: string } {
  const read = z
    .looseObject({ type: z.array(z.string()).default([]), id: z.string().optional() })
    .safeParse(decodeJwt(jwt));
  if (!read.success) return { type: [] };
  const { type, id } = read.data;
  return id === undefined ? { type } : { type, id };
}

/** What can be had without the network: files that were handed over stand in for the addresses they lie at. */
export class Handed {
  readonly #texts = new Map<string, string>();

  /** @throws CommandProblem */
  addStatus(file: string): void {
    const text = textOf(file);
    let id: string | undefined;
    try {
      ({ id } = glimpse(text));
    } catch {
      id = undefined;
    }
    if (id === undefined || !URL.canParse(id)) throw new CommandProblem(`${file}: holds no status list`);
    this.#texts.set(new URL(id).href, text);
  }

  /** @throws CommandProblem */
  addDocument(file: string): void {
    const text = textOf(file);
    let id: unknown;
    try {
      ({ id } = z.looseObject({ id: z.string() }).parse(JSON.parse(text)));
    } catch {
      throw new CommandProblem(`${file}: holds no document of a did:web`);
    }
    const address = documentAddress(String(id));
    if (address === undefined)
      throw new CommandProblem(`${file}: "${String(id).slice(0, 128)}" is no did:web`);
    this.#texts.set(address.href, text);
  }

  get hosts(): string[] {
    return [...this.#texts.keys()].map((address) => new URL(address).host);
  }

  /** @param hosts that may be asked for what was not handed over */
  fetch(hosts: readonly string[]): Fetch {
    return async (url, signal) => {
      const text = this.#texts.get(url.href);
      if (text !== undefined) return new Response(text);
      if (!hosts.includes(url.host))
        throw new Error(`${url.href} was not handed over, and ${url.host} may not be asked`);
      return webFetch(url, signal);
    };
  }
}
