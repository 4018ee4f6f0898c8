/** The sign-ins that wait for a badge: who waits at which reader, and who a badge belongs to. See badge-sign-in.ts. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Person } from '../config.ts';
import {
  type BadgeRefusal,
  type BadgeWait,
  badgeShown,
  FEWEST_TIMES,
  MOST_TIMES,
  pinWrong,
  refusedFor,
  type SecondFactor,
  timePassed,
  waitFor,
} from './badge-sign-in.ts';
import type { PeerAddress } from './peer.ts';

/** An address that let a sign-in come to nothing leaves the reader to others for so long, real ms. */
export const REST_MS = 15_000;
/** Addresses that rest. */
const MAX_RESTING = 1_000;
/** What a reader says later than this was said before somebody chose it: a bridge that was away sends it now. */
const FRESH_MS = 15_000;

/** Short, unlike one another on paper and by telephone. Nothing secret: they only tell two pages apart. */
const words = [
  ...[
    'amber',
    'anchor',
    'apple',
    'arrow',
    'basil',
    'beacon',
    'birch',
    'bridge',
    'button',
    'candle',
    'castle',
  ],
  ...['cedar', 'cherry', 'cloud', 'copper', 'coral', 'cotton', 'daisy', 'desert', 'eagle', 'ember', 'falcon'],
  ...[
    'feather',
    'fern',
    'flute',
    'forest',
    'garden',
    'ginger',
    'harbor',
    'hazel',
    'honey',
    'island',
    'ivory',
  ],
  ...['jade', 'kettle', 'ladder', 'lemon', 'lilac', 'lotus', 'maple', 'marble', 'meadow', 'mint', 'mirror'],
  ...[
    'olive',
    'orchid',
    'otter',
    'paper',
    'pearl',
    'pepper',
    'quartz',
    'ribbon',
    'river',
    'saddle',
    'silver',
  ],
  ...['sparrow', 'thistle', 'tulip', 'umber', 'velvet', 'violet', 'walnut', 'willow', 'window', 'zephyr'],
];

export interface BadgeReaderSetting {
  reader: string;
  secondFactor: SecondFactor;
}

interface Waiting {
  wait: BadgeWait;
  readonly key: string;
  readonly reader: string;
  readonly word: string;
  readonly from: PeerAddress;
  /** By the site's clock. */
  readonly begunAt: number;
  /** Of the observation that counted last, for the record. */
  observation?: string;
}

export interface BadgeSignInsOptions {
  readers: readonly BadgeReaderSetting[];
  registry: Pick<Registry, 'resolve'>;
  people(): readonly Person[];
  /** By the site's clock: what a reader says must be newer than the choice. */
  siteNow(): number;
  /** A time that never jumps, ms. */
  nowMs?: () => number;
  /** The reader shows that it is awaited, or that it was right. */
  tellReader(reader: string, action: 'reader.waiting' | 'reader.granted' | 'reader.denied'): void;
  /** It came to nothing after a badge was presented. */
  onRefused(because: BadgeRefusal, person: Person | undefined, from: PeerAddress, facts: BadgeFacts): void;
}

/** What the record says of how somebody signed in. */
export interface BadgeFacts {
  reader: string;
  /** The observation of the badge. */
  presented?: string;
}

export type Begun =
  | { begun: Waiting; cookie: string }
  | { refused: 'no-such-reader' }
  /** `word`: of the page that waits there; absent where this address has to rest. */
  | { refused: 'busy'; word?: string; retryAfterMs: number };

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

export class BadgeSignIns {
  readonly #options: BadgeSignInsOptions;
  readonly #nowMs: () => number;
  /** By reader: one page waits at each, so that there are never more than readers. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #restsUntilMs = new Map<string, number>();

  constructor(options: BadgeSignInsOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** A page begins to wait at a reader. */
  begin(reader: string, from: PeerAddress): Begun {
    this.sweep();
    const setting = this.#options.readers.find((known) => known.reader === reader);
    if (setting === undefined) return { refused: 'no-such-reader' };
    const now = this.#nowMs();
    const standing = this.#waiting.get(reader);
    if (standing !== undefined && standing.wait.phase.is !== 'refused')
      return { refused: 'busy', word: standing.word, retryAfterMs: standing.wait.untilMs - now };
    const restMs = (this.#restsUntilMs.get(restOf(reader, from)) ?? now) - now;
    if (restMs > 0) return { refused: 'busy', retryAfterMs: restMs };
    const cookie = randomBytes(32).toString('base64url');
    const begun: Waiting = {
      wait: waitFor(setting.secondFactor, randomInt(FEWEST_TIMES, MOST_TIMES + 1), now),
      key: digest(cookie),
      reader,
      word: this.#word(),
      from,
      begunAt: this.#options.siteNow(),
    };
    this.#waiting.set(reader, begun);
    this.#options.tellReader(reader, 'reader.waiting');
    return { begun, cookie };
  }

  /** The sign-in of a cookie, while there is one. */
  of(cookie: string | undefined): Waiting | undefined {
    this.sweep();
    if (cookie === undefined) return undefined;
    const key = digest(cookie);
    return [...this.#waiting.values()].find((waiting) => waiting.key === key);
  }

  /** Whom the badge belongs to that was presented, once that is all or only a PIN is missing. */
  personOf({ wait: { phase } }: Waiting): Person | undefined {
    return phase.is === 'presented' || phase.is === 'ready' ? this.#personOf(phase.badge) : undefined;
  }

  /** Any observation: a badge at a reader where a page waits is taken note of. */
  observed({ kind, asset, subjects, observedAt, receivedAt, id }: Observation): void {
    const badge = subjects?.badge;
    if (kind !== 'badge.presented' || badge === undefined) return;
    this.sweep();
    const waiting = this.#waiting.get(asset);
    // What was said before somebody chose this reader was not said for them.
    if (waiting === undefined || Math.min(observedAt, receivedAt) < waiting.begunAt) return;
    if (receivedAt - observedAt > FRESH_MS || waiting.wait.phase.is === 'refused') return;
    waiting.observation = id;
    const user = this.#personOf(badge);
    if (user !== undefined) this.#become(waiting, badgeShown(waiting.wait, badge, this.#nowMs()));
    else {
      const isKnown = this.#options.registry.resolve({ badge }) !== undefined;
      this.#become(waiting, refusedFor(waiting.wait, isKnown ? 'not-a-user' : 'unknown-badge', badge));
    }
  }

  /** The PIN was wrong. */
  wrongPin(waiting: Waiting): void {
    this.#become(waiting, pinWrong(waiting.wait));
  }

  /** Somebody is signed in by it. */
  done(waiting: Waiting): void {
    this.#waiting.delete(waiting.reader);
    this.#options.tellReader(waiting.reader, 'reader.granted');
  }

  giveUp(waiting: Waiting): void {
    this.#end(waiting);
  }

  /** What has lasted too long is over. */
  sweep(): void {
    const now = this.#nowMs();
    for (const waiting of [...this.#waiting.values()]) {
      this.#become(waiting, timePassed(waiting.wait, now));
      const { phase, untilMs } = waiting.wait;
      if (now < untilMs) continue;
      // Held there too seldom: perhaps somebody who wanted something else of that reader.
      if (phase.is === 'waiting' && phase.badge !== undefined)
        this.#become(waiting, refusedFor(waiting.wait, 'wrong-count', phase.badge));
      this.#end(waiting);
    }
    for (const [key, untilMs] of this.#restsUntilMs) if (untilMs <= now) this.#restsUntilMs.delete(key);
  }

  #become(waiting: Waiting, next: BadgeWait): void {
    const before = waiting.wait.phase.is;
    waiting.wait = next;
    const { phase } = next;
    if (phase.is !== 'refused' || before === 'refused') return;
    this.#options.tellReader(waiting.reader, 'reader.denied');
    const person = phase.badge === undefined ? undefined : this.#personOf(phase.badge);
    this.#options.onRefused(phase.because, person, waiting.from, factsOf(waiting));
    this.#rest(waiting);
  }

  #end(waiting: Waiting): void {
    if (this.#waiting.get(waiting.reader) === waiting) this.#waiting.delete(waiting.reader);
    this.#rest(waiting);
  }

  /** Nobody may hold a reader for ever by beginning again and again. */
  #rest({ reader, from }: Waiting): void {
    const key = restOf(reader, from);
    this.#restsUntilMs.delete(key);
    this.#restsUntilMs.set(key, this.#nowMs() + REST_MS);
    const [oldest] = this.#restsUntilMs.keys();
    if (this.#restsUntilMs.size > MAX_RESTING && oldest !== undefined) this.#restsUntilMs.delete(oldest);
  }

  #personOf(badge: string): Person | undefined {
    const identity = this.#options.registry.resolve({ badge })?.id;
    return identity === undefined
      ? undefined
      : this.#options.people().find((person) => person.identity === identity);
  }

  /** One that no other page shows now. */
  #word(): string {
    const taken = new Set([...this.#waiting.values()].map(({ word }) => word));
    const free = words.filter((word) => !taken.has(word));
    return free[randomInt(Math.max(1, free.length))] ?? 'badge';
  }
}

export const factsOf = ({ reader, observation }: Waiting): BadgeFacts => ({
  reader,
  ...(observation !== undefined && { presented: observation }),
});

const restOf = (reader: string, { ip }: PeerAddress) => `${reader} ${ip}`;
