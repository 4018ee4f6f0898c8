/** Carries alerts out: each is on disk before it is sent, and tried again until it got through or has become pointless. */
import type { Logger } from 'pino';
import type { AuditEntry, DocumentWrite, Store } from '../store/store.ts';
import { type Alert, alert, MAX_TRIES, retryAfterMs } from './alert.ts';
import type { Channel, Links, Outcome } from './channels/channel.ts';

const KIND = 'alert';
/** Alerts on record; the oldest that are done make room. */
export const MAX_ALERTS = 10_000;
/** Deliveries at once: a slow mail server must not hold up the push services. */
const MAX_AT_ONCE = 16;

export interface DeliveringParts {
  store: Store;
  channels: Readonly<Partial<Record<Alert['channel'], Channel>>>;
  /** Where an alert leads. */
  linksOf(alert: Alert): Links;
  /** Whether it is still worth saying. */
  isWanted(alert: Alert): boolean;
  /** Its address is no more. */
  onGone(alert: Alert): Promise<void>;
  wallMs(): number;
  now(): number;
  log: Logger;
}

export class Delivering {
  readonly #parts: DeliveringParts;
  /** Oldest first. */
  readonly #all = new Map<string, Alert>();
  readonly #underWay = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #signal = AbortSignal.abort();

  constructor(parts: DeliveringParts) {
    this.#parts = parts;
    const stored = parts.store.documents(KIND).map(({ value }) => alert.parse(value));
    for (const one of stored.sort((a, b) => a.at - b.at)) this.#all.set(one.id, one);
  }

  /** Carries out what waits and what comes, until the signal; may be begun again after it. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
    this.wake();
  }

  find(id: string): Alert | undefined {
    return this.#all.get(id);
  }

  /** Newest first. */
  list(wanted: (alert: Alert) => boolean, limit: number): Alert[] {
    const found: Alert[] = [];
    for (const one of [...this.#all.values()].reverse()) {
      if (found.length >= limit) break;
      if (wanted(one)) found.push(one);
    }
    return found;
  }

  /** What they are written down as, to be committed together with why they are sent; `take` them afterwards. */
  writesOf(alerts: readonly Alert[]): DocumentWrite[] {
    return alerts.map((one) => ({ kind: KIND, id: one.id, value: one }));
  }

  /** They are on disk: from now on they are carried out. */
  take(alerts: readonly Alert[]): void {
    for (const one of alerts) this.#all.set(one.id, one);
    this.wake();
    void this.#makeRoom();
  }

  async update(id: string, change: Partial<Alert>, audit?: AuditEntry): Promise<void> {
    const before = this.#all.get(id);
    if (before === undefined) return;
    const value = { ...before, ...change };
    this.#all.set(id, value);
    await this.#parts.store.putDocuments([{ kind: KIND, id, value }], audit);
  }

  /** Begins what is due and sets out for what is due next. */
  wake(): void {
    const { wallMs } = this.#parts;
    clearTimeout(this.#timer);
    if (this.#signal.aborted) return;
    const now = wallMs();
    let next = Number.POSITIVE_INFINITY;
    for (const one of this.#all.values()) {
      if (one.state !== 'waiting' || this.#underWay.has(one.id)) continue;
      if (one.dueWallMs > now) next = Math.min(next, one.dueWallMs);
      else if (this.#underWay.size < MAX_AT_ONCE) this.#begin(one);
      // Whatever ends wakes it again.
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.wake(), Math.max(50, next - now));
    this.#timer.unref();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  #begin(one: Alert): void {
    const work = this.#carryOut(one)
      .catch((error: unknown) =>
        this.#parts.log.error({ error, alert: one.id }, 'an alert was not written down'),
      )
      .finally(() => {
        this.#underWay.delete(one.id);
        this.wake();
      });
    this.#underWay.set(one.id, work);
  }

  async #carryOut(one: Alert): Promise<void> {
    const { channels, linksOf, isWanted, onGone, wallMs, now } = this.#parts;
    const signal = this.#signal;
    if (!isWanted(one)) {
      await this.update(one.id, { state: 'pointless' });
      return;
    }
    const channel = channels[one.channel];
    const outcome: Outcome =
      channel === undefined
        ? { state: 'refused', problem: `the configuration has no way for ${one.channel}` }
        : await channel.deliver(one, linksOf(one), signal);
    // Ended in the middle: after the next start it is tried again.
    if (signal.aborted && outcome.state !== 'sent') return;
    const tries = one.tries + 1;
    if (outcome.state === 'sent') {
      await this.update(one.id, { state: 'sent', tries, sentAt: now() });
      return;
    }
    const problem = outcome.problem.slice(0, 500);
    if (outcome.state === 'failed' && tries < MAX_TRIES)
      await this.update(one.id, { tries, problem, dueWallMs: wallMs() + retryAfterMs(tries) });
    else
      await this.update(one.id, {
        state: outcome.state === 'unknown' ? 'unknown' : 'given-up',
        tries,
        problem,
      });
    if (outcome.state === 'refused' && outcome.isGone === true) await onGone(one);
  }

  async #makeRoom(): Promise<void> {
    const tooMany = this.#all.size - MAX_ALERTS;
    if (tooMany <= 0) return;
    const done = [...this.#all.values()].filter(({ state }) => state !== 'waiting').slice(0, tooMany);
    for (const { id } of done) this.#all.delete(id);
    await this.#parts.store
      .putDocuments(done.map(({ id }) => ({ kind: KIND, id, value: undefined })))
      .catch((error: unknown) => this.#parts.log.error({ error }, 'old alerts were not removed'));
  }
}
