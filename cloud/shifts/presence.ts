import type { IncidentPresence } from '../api/contract/incident-desk.ts';

/** Nobody who says nothing for so long is there any more, in real time: a closed page says nothing. */
export const PRESENT_MS = 40_000;
/** People at incidents that are remembered at a time; the longest silent are forgotten first. */
export const MAX_PRESENT = 2_000;

interface Present {
  incident: string;
  name: string;
  activity: 'looking' | 'writing';
  since: number;
  heardAt: number;
}

export interface PresenceOptions {
  /** Real time, ms. */
  now(): number;
  onChange(presence: IncidentPresence): void;
}

/** Who is at which incident right now. Only in memory: after a restart everybody says so again. */
export class Presence {
  readonly #options: PresenceOptions;
  /** By incident and name, the longest silent first. */
  readonly #people = new Map<string, Present>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Somebody says that they are there. */
  say(incident: string, name: string, activity: 'looking' | 'writing' | 'gone'): IncidentPresence {
    this.expire();
    const key = JSON.stringify([incident, name]);
    const before = this.#people.get(key);
    this.#people.delete(key);
    const now = this.#options.now();
    if (activity !== 'gone')
      this.#people.set(key, { incident, name, activity, since: before?.since ?? now, heardAt: now });
    if (this.#people.size > MAX_PRESENT) {
      const [oldest] = this.#people;
      if (oldest !== undefined) {
        this.#people.delete(oldest[0]);
        this.#options.onChange(this.at(oldest[1].incident));
      }
    }
    const presence = this.at(incident);
    if (before?.activity !== (activity === 'gone' ? undefined : activity)) this.#options.onChange(presence);
    return presence;
  }

  at(incident: string): IncidentPresence {
    const people = [...this.#people.values()]
      .filter((one) => one.incident === incident)
      .map(({ name, activity, since }) => ({ name, activity, since }))
      .sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
    return { incident, people };
  }

  /** Takes out who has been silent for too long. */
  expire(): void {
    const until = this.#options.now() - PRESENT_MS;
    const left = new Set<string>();
    for (const [key, { heardAt, incident }] of this.#people) {
      if (heardAt > until) break;
      this.#people.delete(key);
      left.add(incident);
    }
    for (const incident of left) this.#options.onChange(this.at(incident));
  }

  /** Looks for the silent from now on. */
  start(signal: AbortSignal): void {
    const timer = setInterval(() => this.expire(), PRESENT_MS / 4);
    timer.unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
}
