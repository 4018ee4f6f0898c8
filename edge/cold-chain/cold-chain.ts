/**
 * The cold chain of a site: follows what the gateway observes, sets goods apart when an excursion has begun, takes the
 * responsible person's decision, and makes the records. Everything it knows comes from observations, so after any
 * end of the process it knows the same again.
 */
import type { KeyObject } from 'node:crypto';
import type { Asset } from '../../devices/model/asset.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { DurableOutbox } from '../outbox/open.ts';
import type { Actor } from '../panel/outcome.ts';
import type { RuleConfiguration } from '../rules/configuration.ts';
import { openingsOf } from '../rules/surroundings.ts';
import { FridgeWatch } from './fridge-watch.ts';
import type { Happening, JournalEntry } from './journal.ts';
import { keyFingerprint, type MadeRecord, madeRecord } from './made-record.ts';
import { periodOf } from './period.ts';
import { type Decision, objection, type QuarantineCase } from './quarantine.ts';
import { recalled } from './recall.ts';
import { AROUND_MS, coldChainRecord, windowOf } from './record.ts';
import type { ColdChainStore } from './store.ts';
import { type FridgeTerms, termsOf } from './terms.ts';
import { Untimed } from './untimed.ts';

/** Records looked through at a start, at most; beyond, the newest. */
export const MAX_RECALLED_RECORDS = 1_000_000;
/** Records that were made and may be asked for again in another format. */
const MAX_MADE = 8;

const kept: ReadonlySet<string> = new Set<Observation['kind']>([
  'door.opened',
  'door.closed',
  'power.failed',
  'power.restored',
  'goods.quarantined',
  'goods.released',
  'goods.discarded',
]);
const isOfColdChain = (kind: string): boolean => kind === 'temperature.measured' || kept.has(kind);

export interface ColdChainParts {
  gateway: string;
  site: string;
  registry: Registry;
  rules: readonly RuleConfiguration[];
  clock: Clock;
  store: ColdChainStore;
  outbox: DurableOutbox;
  signingKey: KeyObject;
  /** Records something in the gateway's log: it comes back as an observation. */
  note(
    kind: Observation['kind'],
    facts: NonNullable<Observation['facts']>,
    by: Actor | undefined,
    asset: string,
  ): Promise<void>;
  onTrouble(message: string): void;
}

/** Why a decision was not taken. */
export interface NotDecided {
  refused: 'no-such-case' | 'not-responsible' | 'not-now';
  message: string;
}

export class ColdChain {
  readonly #parts: ColdChainParts;
  #rules: readonly RuleConfiguration[];
  readonly #fridges = new Map<string, FridgeWatch>();
  /** Terms as they were last written to the store. */
  readonly #written = new Map<string, { at: number; text: string; terms: FridgeTerms }>();
  readonly #powerLost = new Map<string, number>();
  readonly #setApart = new Set<string>();
  readonly #made = new Map<string, Promise<MadeRecord>>();
  #newest: { epoch: string; sequence: number } | undefined;
  readonly #untimed = new Untimed();
  #isReady = false;
  #isStopped = false;
  #cancelLook: () => void = () => {};

  constructor(parts: ColdChainParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#rules = parts.rules;
    parts.store.opening = () => this.#opening();
    this.reconfigure(parts.rules);
    signal.addEventListener(
      'abort',
      () => {
        this.#isStopped = true;
        this.#cancelLook();
      },
      { once: true },
    );
  }

  /** By which the seal of a record is compared. */
  get fingerprint(): string {
    return keyFingerprint(this.#parts.signingKey);
  }

  /** The registry or the rules have changed: fridges come, go, or are judged by other terms. */
  reconfigure(rules: readonly RuleConfiguration[]): void {
    this.#rules = rules;
    const { registry, site } = this.#parts;
    for (const asset of registry.assetsOf(site)) {
      const terms = termsOf(asset, registry, this.#rules);
      const known = this.#fridges.get(asset.id);
      if (terms === undefined) {
        this.#fridges.delete(asset.id);
        continue;
      }
      if (known === undefined) this.#fridges.set(asset.id, new FridgeWatch(terms));
      else if (JSON.stringify(known.terms) !== JSON.stringify(terms)) known.judgeBy(terms);
    }
    if (this.#isReady) this.#writeTerms();
  }

  /** Each observation, once it has its id. */
  take(seen: Observation): void {
    this.#timed(seen);
    const end = seen.id.lastIndexOf('/');
    const epoch = seen.id.slice(seen.id.lastIndexOf('/', end - 1) + 1, end);
    this.#newest = { epoch, sequence: Number(seen.id.slice(end + 1)) };
    // What earlier lives left in the log is not all in yet: the mark must not pass over it.
    if (this.#isReady && this.#untimed.count === 0) this.#parts.store.reached(this.#newest);
    if (seen.kind === 'clock.set') this.#look();
    else if (seen.kind === 'temperature.measured') {
      const fridge = this.#fridgeOf(seen.asset);
      if (fridge !== undefined && this.#fridges.get(fridge)?.isQuiet === false) this.#look();
    }
  }

  /**
   * Takes up what the store has, and what the log has beyond it.
   * @param newest sequence up to which the log was written by earlier lives
   */
  async recall(newest: number, signal: AbortSignal): Promise<void> {
    const { store, outbox, clock } = this.#parts;
    const now = clock.now();
    for (const [asset, watch] of this.#fridges) {
      const window = await store.window([asset, ...this.#others()], now - AROUND_MS, now + AROUND_MS);
      watch.preload(
        window.readings,
        window.happenings.filter((one) => one.asset === asset),
      );
      for (const happening of window.happenings) this.#power(happening);
      const last = window.terms.at(-1);
      if (last !== undefined) this.#written.set(asset, { ...last, text: JSON.stringify(last.terms) });
      if (window.damaged.length > 0)
        this.#parts.onTrouble(`cold chain: ${window.damaged.length} stored lines were altered or damaged`);
    }
    const mark = store.mark;
    const from = mark?.epoch === outbox.epoch ? mark.sequence : 0;
    const after = Math.max(from, newest - MAX_RECALLED_RECORDS);
    const lost = await recalled({ outbox, after, newest, isWanted: isOfColdChain, signal }, (seen) =>
      this.#remember(seen),
    );
    if (lost > 0)
      this.#parts.onTrouble(
        `cold chain: observations whose time was never known: ${lost}; the record leaves them out`,
      );
    if (signal.aborted) return;
    this.#isReady = true;
    if (this.#newest !== undefined && this.#untimed.count === 0) store.reached(this.#newest);
    this.#writeTerms();
    this.#look();
  }

  watchOf(asset: string): FridgeWatch | undefined {
    return this.#fridges.get(asset);
  }

  /** Since when mains power is away somewhere at the site. */
  get powerLostSince(): number | undefined {
    return this.#powerLost.size === 0 ? undefined : Math.min(...this.#powerLost.values());
  }

  /** Release or discard, with the reason and the person's name in the log before this resolves. */
  async decide(
    asset: string,
    startedAt: number,
    decision: Decision,
    reason: string,
    by: Actor,
  ): Promise<QuarantineCase | NotDecided> {
    const { registry, clock, note, store } = this.#parts;
    const watch = this.#fridges.get(asset);
    const found = watch?.cases.find((one) => one.startedAt === startedAt);
    if (watch === undefined || found === undefined)
      return { refused: 'no-such-case', message: 'No goods were set apart for this excursion.' };
    const responsible = registry.asset(asset)?.coldChain?.responsible ?? [];
    if (responsible.length > 0 && !(by.identity !== undefined && responsible.includes(by.identity))) {
      const names = responsible.map((id) => registry.identity(id)?.name ?? id).join(' or ');
      return { refused: 'not-responsible', message: `Only ${names} may decide about these goods.` };
    }
    const running = watch.excursion(clock.now());
    const isRunning = running !== undefined && running.startedAt <= found.quarantinedAt;
    const message = objection(found, decision, isRunning);
    if (message !== undefined) return { refused: 'not-now', message };
    const kind = decision === 'release' ? 'goods.released' : 'goods.discarded';
    await note(kind, { startedAt, reason: reason.slice(0, 512) }, by, asset);
    await store.write();
    return watch.cases.find((one) => one.startedAt === startedAt) ?? found;
  }

  /**
   * The record of a day (`2026-11-22`) or a month (`2026-11`), as it was known at `asOf`.
   * @returns undefined where there is no such fridge or no such period
   */
  record(assetId: string, name: string, asOf: number): Promise<MadeRecord> | undefined {
    const { registry, site: siteId } = this.#parts;
    const asset = registry.asset(assetId);
    const watch = this.#fridges.get(assetId);
    const site = registry.site(siteId);
    if (asset === undefined || watch === undefined || site === undefined) return undefined;
    const period = periodOf(name, site.timeZone);
    if (period === undefined) return undefined;
    // Both formats and the seal come from one making, or they would not fit each other.
    const key = `${assetId} ${name} ${asOf}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const zone = asset.zone === undefined ? undefined : registry.zone(asset.zone)?.name;
    const question = {
      gateway: this.#parts.gateway,
      site: { id: site.id, name: site.name, timeZone: site.timeZone },
      fridge: { id: asset.id, name: asset.name, ...(zone !== undefined && { zone }) },
      period,
      asOf,
      terms: watch.terms,
    };
    const making = this.#make(question);
    this.#made.set(key, making);
    making.catch(() => this.#made.delete(key));
    const [oldest] = this.#made.keys();
    if (this.#made.size > MAX_MADE && oldest !== undefined) this.#made.delete(oldest);
    return making;
  }

  async #make(question: Parameters<typeof coldChainRecord>[0]): Promise<MadeRecord> {
    const { store, signingKey } = this.#parts;
    const { from, to, until } = windowOf(question);
    const window = await store.window([question.fridge.id, ...this.#others()], from, to, until);
    const record = coldChainRecord(question, window);
    const log = await this.#logHead();
    return madeRecord(record, { journal: store.head, ...(log !== undefined && { log }) }, signingKey);
  }

  /** The newest record of the gateway's log that this has followed, and its chain value. */
  async #logHead(): Promise<{ record: string; chain: string } | undefined> {
    const { outbox, gateway } = this.#parts;
    const sequence = this.#newest?.sequence ?? 0;
    if (sequence === 0) return undefined;
    const read = await Promise.all(
      (['bulk', 'alarm'] as const).map((lane) => outbox.read(lane, sequence - 1, { records: 1, bytes: 1 })),
    );
    const found = read.flat().find((one) => one.sequence === sequence);
    return found && { record: `${gateway}/${outbox.epoch}/${sequence}`, chain: found.chain };
  }

  /** What was seen without the time waits for it. */
  #timed(seen: Observation): void {
    if (seen.kind === 'clock.set') for (const late of this.#untimed.timed(seen)) this.#remember(late);
    else if (seen.clock !== 'unset') this.#remember(seen);
    else if (isOfColdChain(seen.kind)) this.#untimed.hold(seen);
  }

  #remember(seen: Observation): void {
    const { kind, asset, observedAt, value, source, facts } = seen;
    if (kind === 'temperature.measured') {
      const fridge = this.#fridgeOf(asset);
      if (fridge === undefined || value === undefined) return;
      const reading = { at: observedAt, celsius: value, probe: source };
      this.#fridges.get(fridge)?.add(reading);
      const offset = typeof facts?.offsetCelsius === 'number' ? facts.offsetCelsius : 0;
      this.#parts.store.addReading(fridge, reading, offset);
      return;
    }
    if (!kept.has(kind)) return;
    const about = kind.startsWith('power.') ? asset : this.#fridgeOf(asset);
    if (about === undefined || this.#fridges.size === 0) return;
    const happening = happeningOf(seen, about);
    this.#power(happening);
    this.#fridges.get(about)?.happened(happening);
    this.#parts.store.addHappening(happening);
  }

  #power({ kind, asset, at }: Happening): void {
    if (kind === 'power.failed') this.#powerLost.set(asset, Math.min(at, this.#powerLost.get(asset) ?? at));
    if (kind === 'power.restored') this.#powerLost.delete(asset);
  }

  /** The fridge that an asset's word is about: itself, or what its probe or its door is built into. */
  #fridgeOf(assetId: string): string | undefined {
    if (this.#fridges.has(assetId)) return assetId;
    const { registry } = this.#parts;
    const asset: Asset | undefined = registry.asset(assetId);
    if (asset === undefined || !(asset.kind === 'sensor' || asset.kind === 'door')) return undefined;
    const around = [asset.hostedOn, ...asset.guards, ...openingsOf(assetId, registry).map(({ id }) => id)];
    return around.find((id) => id !== undefined && this.#fridges.has(id));
  }

  /** Assets that are no fridges: their power is everybody's. */
  #others(): string[] {
    const { registry, site } = this.#parts;
    return registry.assetsOf(site).flatMap(({ id }) => (this.#fridges.has(id) ? [] : [id]));
  }

  #writeTerms(): void {
    const { store, clock } = this.#parts;
    for (const [asset, { terms }] of this.#fridges) {
      const text = JSON.stringify(terms);
      if (this.#written.get(asset)?.text === text) continue;
      const at = clock.now();
      this.#written.set(asset, { at, text, terms });
      store.addTerms(asset, at, terms);
    }
  }

  #opening(): JournalEntry[] {
    return [...this.#fridges].flatMap(([asset, watch]): JournalEntry[] => {
      const terms = this.#written.get(asset);
      return [
        ...(terms === undefined ? [] : [{ t: 'terms' as const, asset, at: terms.at, terms: terms.terms }]),
        ...watch.waitingHappenings().map((one) => ({ t: 'happened' as const, ...one })),
      ];
    });
  }

  /** Sets apart what must be, and looks again when time alone will make an excursion. */
  #look(): void {
    if (!this.#isReady || this.#isStopped) return;
    const { clock, note, onTrouble } = this.#parts;
    const now = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [asset, watch] of this.#fridges) {
      next = Math.min(next, watch.nextLookAt(now) ?? Number.POSITIVE_INFINITY);
      const excursion = watch.unquarantined(now);
      if (excursion === undefined || this.#setApart.has(asset)) continue;
      // Until it has come back as an observation, it is not said again.
      this.#setApart.add(asset);
      const { startedAt, side, peakCelsius, peakAt } = excursion;
      // Not within the observation that this follows from: the log's order stays the order of things.
      setImmediate(() => {
        if (this.#isStopped) return;
        note('goods.quarantined', { startedAt, side, peakCelsius, peakAt }, undefined, asset).then(
          () => {
            this.#setApart.delete(asset);
            void this.#parts.store.write();
            // There may have been more than one.
            this.#look();
          },
          (error: unknown) => {
            this.#setApart.delete(asset);
            onTrouble(`goods of ${asset} could not be set apart: ${String(error)}`);
          },
        );
      });
    }
    this.#cancelLook();
    if (next !== Number.POSITIVE_INFINITY)
      this.#cancelLook = clock.schedule(Math.max(1, next - now), () => this.#look());
  }
}

function happeningOf({ kind, observedAt, id, subjects, facts }: Observation, asset: string): Happening {
  const isOfGoods = kind.startsWith('goods.');
  return {
    at: observedAt,
    kind,
    asset,
    id,
    ...(isOfGoods && typeof facts?.by === 'string' && { by: facts.by }),
    ...(isOfGoods && subjects?.identity !== undefined && { identity: subjects.identity }),
    ...(isOfGoods && facts !== undefined && { facts }),
  };
}
