/** What happened at the site lately, for "today at a glance" and the hand-over. Kept in memory, made again from the log. */
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { DayEntry, DayRecord } from './contract.ts';

/** Kinds that are told one by one. */
const told: ReadonlySet<ObservationKind> = new Set([
  'access.granted',
  'access.denied',
  'delivery.checked',
  'alarm.armed',
  'alarm.disarmed',
  'alarm.arming-refused',
  'alarm.schedule-changed',
  'alarm.acknowledged',
  'device.offline',
  'device.online',
  'goods.quarantined',
  'goods.released',
  'goods.discarded',
  'power.failed',
  'power.restored',
  'configuration.changed',
  'gateway.started',
  'command.executed',
  'command.failed',
  'tamper.started',
  'lock.jammed',
  'camera.obscured',
  'camera.restored',
  'camera.replaced',
  'transmission.failed',
  'transmission.restored',
  'gateway.hot',
  'gateway.disk-low',
  'gateway.records-lost',
  'clock.set',
  'clock.unset',
]);
/** Told of a cabinet; of a door in use all day they are counted. */
const movements: ReadonlySet<ObservationKind> = new Set(['door.opened', 'door.closed']);

/** Entries kept: a busy day of a shop has some hundreds. */
export const MAX_ENTRIES = 4_000;
/** Entries in one answer, the newest. */
export const MAX_TOLD = 400;
/** Openings of doors that are counted by the quarter of an hour, for this long. */
const SLOT_MS = 15 * 60_000;
const MAX_SLOTS = 4 * 24 * 4;

/** Words in a record that may concern this page's memory; a quick look before it is parsed. */
export const concernsDay = (json: string): boolean =>
  json.includes('"detection"') ||
  json.includes('"door.opened"') ||
  [...told].some((kind) => json.includes(`"${kind}"`));

export class Day {
  /** By the time of the event, oldest first. */
  readonly #entries: DayEntry[] = [];
  readonly #opened = new Map<string, Map<number, number>>();
  readonly #registry: Registry;
  /** Everything since then is here. */
  #dropped = Number.NEGATIVE_INFINITY;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  take({ kind, asset, observedAt, subjects, facts }: Observation): void {
    const about = this.#registry.asset(asset);
    if (kind === 'door.opened' && about?.kind !== 'cabinet') this.#count(asset, observedAt);
    const isMovement = movements.has(kind) && about?.kind === 'cabinet';
    if (!isMovement && !told.has(kind)) return;
    const word = (name: string) => (typeof facts?.[name] === 'string' ? facts[name] : undefined);
    const who = this.#registry.resolve(subjects ?? {})?.name ?? word('by');
    const detail = word('because') ?? word('mode') ?? word('change') ?? word('result') ?? word('action');
    const opens = word('opens')
      ?.split(', ')
      .filter((id) => id !== '');
    this.#insert({
      at: observedAt,
      what: kind,
      asset,
      name: about?.name ?? asset,
      ...(who === undefined ? {} : { who }),
      ...(detail === undefined ? {} : { detail: detail.slice(0, 160) }),
      ...(opens === undefined || opens.length === 0 ? {} : { doors: opens }),
    });
  }

  detected({ id, at, rule, severity, summary, assets, facts, count }: Detection): void {
    // Under threat whoever stands beside one reads along.
    if (rule.startsWith('duress')) return;
    const [asset = ''] = assets;
    // The same alarm with more to it is still one.
    const known = this.#entries.findLast((entry) => entry.id === id);
    if (known !== undefined) {
      known.detail = summary.slice(0, 300);
      known.severity = severity;
      known.facts = facts;
      known.count = count;
      return;
    }
    this.#insert({
      id,
      at,
      what: 'detection',
      asset,
      name: this.#registry.asset(asset)?.name ?? asset,
      detail: summary.slice(0, 300),
      severity,
      facts,
      count,
    });
  }

  /** The record of a stretch of time. */
  between(from: number, to: number, site: string): DayRecord {
    const entries = this.#entries.filter(({ at }) => at >= from && at < to);
    const count = (what: string) => entries.filter((entry) => entry.what === what).length;
    const doors = this.#registry
      .assetsOf(site)
      .filter(({ kind }) => kind === 'door' || kind === 'cabinet')
      .map(({ id, name }) => {
        const passes = entries.filter(
          (entry) =>
            (entry.what === 'access.granted' || entry.what === 'access.denied') && entry.doors?.includes(id),
        );
        const granted = passes.filter(({ what }) => what === 'access.granted').length;
        const cabinet = entries.filter((entry) => entry.asset === id && entry.what === 'door.opened').length;
        return {
          asset: id,
          name,
          opened: cabinet + this.#openings(id, from, to),
          granted,
          denied: passes.length - granted,
          passes: passes
            .slice(-12)
            .reverse()
            .map(({ at, who = '', what, detail }) => ({
              at,
              who,
              granted: what === 'access.granted',
              ...(detail === undefined || what === 'access.granted' ? {} : { because: detail }),
            })),
        };
      });
    return {
      from,
      to,
      opened: doors.reduce((sum, { opened }) => sum + opened, 0),
      granted: count('access.granted'),
      denied: count('access.denied'),
      alarms: count('detection'),
      doors,
      entries: entries.slice(-MAX_TOLD).reverse(),
      isWhole: this.#dropped < from && entries.length <= MAX_TOLD,
    };
  }

  #insert(entry: DayEntry): void {
    // Nearly always the last one; a late word finds its place.
    const index = this.#entries.findLastIndex(({ at }) => at <= entry.at);
    this.#entries.splice(index + 1, 0, entry);
    if (this.#entries.length > MAX_ENTRIES) this.#dropped = this.#entries.shift()?.at ?? this.#dropped;
  }

  #count(asset: string, at: number): void {
    const slots = this.#opened.get(asset) ?? new Map<number, number>();
    this.#opened.set(asset, slots);
    const slot = Math.floor(at / SLOT_MS);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
    if (slots.size <= MAX_SLOTS) return;
    const oldest = Math.min(...slots.keys());
    slots.delete(oldest);
  }

  #openings(asset: string, from: number, to: number): number {
    let sum = 0;
    for (const [slot, count] of this.#opened.get(asset) ?? [])
      if (slot >= Math.floor(from / SLOT_MS) && slot * SLOT_MS < to) sum += count;
    return sum;
  }
}
