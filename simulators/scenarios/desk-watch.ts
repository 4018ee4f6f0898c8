/** Looks at the desk again and again and notes when it first told of what. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';
import { DeskClient, type DeskPage } from './desk-client.ts';
import type { ToldIncident } from './score.ts';

/** Between two looks, in real time: a person's screen is told at once, this is asked. */
const LOOK_EVERY_MS = 400;

export class DeskWatch {
  readonly #client: DeskClient;
  readonly #clock: Clock;
  readonly #pages = new Map<string, DeskPage>();
  readonly #seenAt = new Map<string, number>();

  private constructor(client: DeskClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Signs in and looks until the signal. */
  static async open(
    desk: { url: string; name: string; password: string },
    clock: Clock,
    signal: AbortSignal,
  ): Promise<DeskWatch> {
    const client = new DeskClient(desk.url);
    await client.signIn(desk.name, desk.password);
    const watch = new DeskWatch(client, clock);
    void watch.#run(signal);
    return watch;
  }

  /** Every incident, asked for now. */
  async incidents(): Promise<ToldIncident[]> {
    await this.#look();
    return [...this.#pages.values()].map(({ summary, story }) => ({
      id: summary.id,
      title: summary.title,
      severity: summary.severity,
      priority: summary.priority,
      sites: summary.sites.map(({ id }) => id),
      story: story.map(({ detection, belongs }) => ({
        ...detection,
        because: belongs?.because ?? [],
        seenAt: this.#seenAt.get(detection.id) ?? this.#clock.now(),
      })),
    }));
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A desk that is away for a moment is asked again.
      await this.#look().catch(() => {});
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const summaries = await this.#client.incidents();
    const known = new Set(summaries.map(({ id }) => id));
    for (const id of this.#pages.keys()) if (!known.has(id)) this.#pages.delete(id);
    for (const summary of summaries) {
      const before = this.#pages.get(summary.id);
      if (before !== undefined && JSON.stringify(before.summary) === JSON.stringify(summary)) continue;
      const page = await this.#client.page(summary.id);
      this.#pages.set(summary.id, page);
      const now = this.#clock.now();
      for (const { detection } of page.story)
        if (!this.#seenAt.has(detection.id)) this.#seenAt.set(detection.id, now);
    }
  }
}
