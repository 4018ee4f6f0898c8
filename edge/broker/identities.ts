/** Who may connect, and which topics each may publish and subscribe to. */
import { z } from 'zod';
import { filterProblem, MAX_TOPIC_BYTES } from '../../devices/framing/mqtt-text.ts';
import { PasswordChecker, type PasswordHash, parsePasswordHash, TooBusy } from './password.ts';
import { GuessThrottle } from './throttle.ts';
import { filterCovers, filterMatches } from './topics.ts';

const filter = z
  .string()
  .max(MAX_TOPIC_BYTES)
  .refine((text) => {
    const bytes = Buffer.from(text);
    return filterProblem(bytes, 0, bytes.length) === undefined;
  }, 'must be an MQTT filter; %u stands for the user name, %c for the client id');

/** Filters in one list of rights. */
const MAX_FILTERS = 64;
/** Identities of one broker. */
export const MAX_IDENTITIES = 10_000;

/**
 * One identity. `%u` and `%c` in a filter stand for its user name and client id; an entry whose placeholder
 * would bring in a `/`, `+` or `#` grants nothing. Nothing is granted that is not listed; `$SYS` can only be
 * subscribed to, and only through a filter that starts with `$SYS`.
 */
export const identityEntry = z.strictObject({
  username: z
    .string()
    .min(1)
    .max(128)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
    .regex(/^[^\u0000-\u001f\u007f/+#]+$/, 'must not hold control characters, / + or #'),
  passwordHash: z
    .string()
    .refine((text) => parsePasswordHash(text) !== undefined, 'must be scrypt$N$r$p$salt$key'),
  publish: z.array(filter).max(MAX_FILTERS).default([]),
  subscribe: z.array(filter).max(MAX_FILTERS).default([]),
});
export type IdentityEntry = z.input<typeof identityEntry>;

/** What one client may do, its placeholders filled in. */
export class Rights {
  readonly #publish: readonly (readonly string[])[];
  readonly #subscribe: readonly (readonly string[])[];

  constructor(entry: IdentityEntry, clientId: string) {
    this.#publish = fill(entry.publish ?? [], entry.username, clientId);
    this.#subscribe = fill(entry.subscribe ?? [], entry.username, clientId);
  }

  /** Publishing below `$SYS` is refused whatever is granted: aedes's own messages there close connections. */
  mayPublish(topic: string): boolean {
    if (topic === '$SYS' || topic.startsWith('$SYS/')) return false;
    const levels = topic.split('/');
    return this.#publish.some((granted) => filterMatches(granted, levels));
  }

  /** Only a filter all of whose topics are granted. */
  maySubscribe(requested: string): boolean {
    const levels = requested.split('/');
    return this.#subscribe.some((granted) => filterCovers(granted, levels));
  }
}

function fill(filters: readonly string[], username: string, clientId: string): string[][] {
  return filters.flatMap((text) => {
    if (text.includes('%c') && (clientId === '' || /[/+#]/.test(clientId))) return [];
    if (text.includes('%u') && /[/+#]/.test(username)) return [];
    return [text.replaceAll(/%[uc]/g, (which) => (which === '%u' ? username : clientId)).split('/')];
  });
}

export type Verdict =
  | { admitted: IdentityEntry }
  | { refused: 'wrong' | 'throttled' | 'busy'; retryAfterMs: number };

interface Known {
  entry: IdentityEntry;
  hash: PasswordHash | undefined;
}

/** The identities, and the check of who says to be one. */
export class Identities {
  #known = new Map<string, Known>();
  readonly #checker = new PasswordChecker();
  readonly #throttle: GuessThrottle;
  readonly #underWay = new Map<string, Promise<Verdict>>();

  /** @param nowMs a time that never jumps, for the throttle */
  constructor(entries: readonly IdentityEntry[], nowMs: () => number = () => performance.now()) {
    this.#throttle = new GuessThrottle(nowMs);
    this.replace(entries);
  }

  /**
   * Takes a new list in place of the old one.
   * @returns the user names that are gone or have changed: what they have open must be closed
   * @throws RangeError when a user name stands twice or there are too many
   */
  replace(entries: readonly IdentityEntry[]): string[] {
    if (entries.length > MAX_IDENTITIES) throw new RangeError(`identities: more than ${MAX_IDENTITIES}`);
    const known = new Map<string, Known>();
    for (const entry of entries) {
      if (known.has(entry.username)) throw new RangeError(`identities: "${entry.username}" stands twice`);
      known.set(entry.username, { entry, hash: parsePasswordHash(entry.passwordHash) });
    }
    const before = this.#known;
    this.#known = known;
    return [...before]
      .filter(([name, old]) => JSON.stringify(known.get(name)?.entry) !== JSON.stringify(old.entry))
      .map(([name]) => name);
  }

  get(username: string): IdentityEntry | undefined {
    return this.#known.get(username)?.entry;
  }

  async check(
    address: string,
    username: string | undefined,
    password: Uint8Array | undefined,
  ): Promise<Verdict> {
    const name = username ?? '';
    const retryAfterMs = this.#throttle.waitMs(address, name);
    if (retryAfterMs > 0) return { refused: 'throttled', retryAfterMs };
    const known = this.#known.get(name);
    const offered = password ?? new Uint8Array(0);
    const digest = this.#checker.digest(offered, known?.hash);
    if (known !== undefined && this.#checker.isProven(name, digest)) return { admitted: known.entry };
    // The same offer by several connections at once (one user name, many clients) is one guess.
    const offer = `${address} ${name} ${digest.toString('base64')}`;
    const underWay = this.#underWay.get(offer);
    if (underWay !== undefined) return underWay;
    const verdict = this.#derive(address, name, offered, known);
    this.#underWay.set(offer, verdict);
    verdict.finally(() => this.#underWay.delete(offer)).catch(() => {});
    return verdict;
  }

  async #derive(
    address: string,
    name: string,
    password: Uint8Array,
    known: Known | undefined,
  ): Promise<Verdict> {
    this.#throttle.begin(address, name);
    try {
      const right = await this.#checker.check(name, password, known?.hash);
      // The list may have been replaced meanwhile.
      if (right && known !== undefined && this.#known.get(name) === known) {
        this.#throttle.right(address, name);
        return { admitted: known.entry };
      }
    } catch (error) {
      this.#throttle.right(address, name);
      if (error instanceof TooBusy) return { refused: 'busy', retryAfterMs: 0 };
      throw error;
    }
    this.#throttle.wrong(address);
    return { refused: 'wrong', retryAfterMs: 0 };
  }
}
