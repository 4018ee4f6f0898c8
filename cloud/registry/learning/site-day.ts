/** Working days of a site: they begin at four in the morning, so that a late shift is one day. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGINS_AT_MS = 4 * HOUR_MS;
/** Hours whose distance from UTC is kept: of a dozen time zones some three months. */
const MAX_KEPT = 30_000;

export class SiteDays {
  readonly #zones: ReadonlyMap<string, string>;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  #offsets = new Map<string, number>();

  constructor(sites: readonly { readonly id: string; readonly timeZone: string }[]) {
    this.#zones = new Map(sites.map(({ id, timeZone }) => [id, timeZone]));
  }

  /** Days since 1970, counted on the site's own clock. */
  dayOf(site: string, at: number): number {
    return Math.floor((at + this.#offset(this.#zones.get(site) ?? 'UTC', at) - BEGINS_AT_MS) / DAY_MS);
  }

  #offset(zone: string, at: number): number {
    const hour = Math.floor(at / HOUR_MS);
    const key = `${zone} ${hour}`;
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = this.#look(zone, hour * HOUR_MS);
    if (this.#offsets.size >= MAX_KEPT) this.#offsets = new Map();
    this.#offsets.set(key, offset);
    return offset;
  }

  #look(timeZone: string, at: number): number {
    let format = this.#formats.get(timeZone);
    if (format === undefined) {
      format = new Intl.DateTimeFormat('en-GB', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      });
      this.#formats.set(timeZone, format);
    }
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const of = (name: Intl.DateTimeFormatPartTypes) => part.get(name) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) - at;
  }
}
