import { randomUUID } from 'node:crypto';
import { xmlTime } from './soap.ts';

/** Pull points one camera has; a client that leaks them finds none left, as on a real one. */
export const MAX_PULL_POINTS = 4;
/** Notices one pull point keeps for its client. */
export const MAX_WAITING_NOTICES = 1_000;

/** How makers differ in what keeps a subscription alive. */
export interface SubscriptionManner {
  lifetimeMs: number;
  /** Pulling prolongs it. */
  pullProlongs: boolean;
  /** There is Renew; gone from pull points with Core 25.06. */
  hasRenew: boolean;
  /** Writes an end that is no time. */
  nonsenseTimes: boolean;
  /** An empty pull ends with a dropped connection. */
  dropsEmptyPulls: boolean;
  /** How long an empty pull waits, at most, ms. */
  waitAtMostMs: number;
}

export const usualManner: SubscriptionManner = {
  lifetimeMs: 120_000,
  pullProlongs: true,
  hasRenew: true,
  nonsenseTimes: false,
  dropsEmptyPulls: false,
  waitAtMostMs: 60_000,
};

interface PullPoint {
  endsAt: number;
  waiting: string[];
  wake: () => void;
}

/** The pull points of one camera, by the path of their address. */
export class PullPoints {
  readonly #points = new Map<string, PullPoint>();
  readonly #now: () => number;
  manner: SubscriptionManner = { ...usualManner };
  /** What clients have done, since the start. */
  made = 0;
  gaveBack = 0;
  renewed = 0;

  /** @param now the camera's own clock, for what it writes */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    this.#forgetEnded();
    return this.#points.size;
  }

  create(base: string, states: string[]): string | undefined {
    this.#forgetEnded();
    if (this.#points.size >= MAX_PULL_POINTS) return undefined;
    const path = `/onvif/pull/${randomUUID()}`;
    // A new client is told the state first, marked as such (ONVIF Core, section 9.1: PropertyOperation).
    const endsAt = Date.now() + this.manner.lifetimeMs;
    this.#points.set(path, { endsAt, waiting: states, wake: () => {} });
    this.made++;
    return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><a:Address>${base}${path}</a:Address></tev:SubscriptionReference>${this.#times('wsnt', endsAt)}</tev:CreatePullPointSubscriptionResponse>`;
  }

  /** @returns the answer; undefined: there is no such pull point; `dropped`: the connection ends without an answer */
  async pull(path: string, body: string): Promise<string | 'dropped' | undefined> {
    const point = this.#standing(path);
    if (point === undefined) return undefined;
    if (this.manner.pullProlongs) point.endsAt = Date.now() + this.manner.lifetimeMs;
    const [, minutes, seconds] = /<(?:\w+:)?Timeout>PT(?:(\d+)M)?(?:(\d+)S)?</.exec(body) ?? [];
    const wantedMs = (Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1_000 || 60_000;
    const limit = Number(/<(?:\w+:)?MessageLimit>(\d+)</.exec(body)?.[1] ?? 10);
    if (point.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(wantedMs, this.manner.waitAtMostMs));
        timer.unref();
        point.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    point.wake = () => {};
    if (this.#standing(path) === undefined) return undefined;
    const notices = point.waiting.splice(0, limit);
    if (notices.length === 0 && this.manner.dropsEmptyPulls) return 'dropped';
    return `<tev:PullMessagesResponse>${this.#times('tev', point.endsAt)}${notices.join('')}</tev:PullMessagesResponse>`;
  }

  renew(path: string): string | undefined {
    const point = this.#standing(path);
    if (point === undefined || !this.manner.hasRenew) return undefined;
    point.endsAt = Date.now() + this.manner.lifetimeMs;
    this.renewed++;
    return `<wsnt:RenewResponse>${this.#times('wsnt', point.endsAt)}</wsnt:RenewResponse>`;
  }

  end(path: string): boolean {
    this.#points.get(path)?.wake();
    if (!this.#points.delete(path)) return false;
    this.gaveBack++;
    return true;
  }

  /** Tells the states again, to one client (ONVIF Core, section 9.1: SetSynchronizationPoint). */
  synchronize(path: string, states: string[]): boolean {
    const point = this.#standing(path);
    if (point === undefined) return false;
    if (point.waiting.length === 0) point.waiting.push(...states);
    point.wake();
    return true;
  }

  tell(notice: string): void {
    for (const point of this.#points.values()) {
      if (point.waiting.length < MAX_WAITING_NOTICES) point.waiting.push(notice);
      point.wake();
    }
  }

  /** As after a loss of power. */
  forgetAll(): void {
    for (const { wake } of this.#points.values()) wake();
    this.#points.clear();
  }

  #standing(path: string): PullPoint | undefined {
    this.#forgetEnded();
    return this.#points.get(path);
  }

  #forgetEnded(): void {
    for (const [path, point] of this.#points) {
      if (point.endsAt >= Date.now()) continue;
      this.#points.delete(path);
      point.wake();
    }
  }

  #times(prefix: string, endsAt: number): string {
    const ownEnd = this.#now() + (endsAt - Date.now());
    const [current, end] = this.manner.nonsenseTimes
      ? ['0000-00-00T00:00:00Z', '0000-00-00T00:00:00Z']
      : [xmlTime(this.#now()), xmlTime(ownEnd)];
    return `<${prefix}:CurrentTime>${current}</${prefix}:CurrentTime><${prefix}:TerminationTime>${end}</${prefix}:TerminationTime>`;
  }
}
