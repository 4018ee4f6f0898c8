/**
 * The registry as people work on it: what the file says, what was added, what was learned, what was heard. What the
 * rest of the cloud goes by (`inUse`) changes as a whole, when a person takes what waits into use or at the next start;
 * the last seven days are then judged again with it. So an incident and the reason it gives always rest on one registry.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { addressKind } from '../../devices/model/address.ts';
import { type Asset, type AssetKind, asset } from '../../devices/model/asset.ts';
import type { Clock } from '../../devices/model/clock.ts';
import { type IdentityLink, linkId } from '../../devices/model/identity-link.ts';
import type { Observation } from '../../devices/model/observation.ts';
import {
  type Registry,
  type RegistryDocument,
  registryDocument,
  registryOf,
} from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import { type Difference, differenceOf, removedFrom } from './difference.ts';
import { type Discovered, Discovery } from './discovery.ts';
import { openDiscoveryFile } from './discovery-file.ts';
import { type ImportedFile, withFiles } from './exchange.ts';
import {
  isSure,
  LEARNED_DAYS,
  Learning,
  learnedKinds,
  linkOfSuggestion,
  type Suggestion,
} from './learning/learn.ts';
import { Leases, withFormer } from './learning/leases.ts';
import {
  checkedWhole,
  type LinkDecision,
  MAX_DECISIONS,
  type Overlay,
  readOverlay,
  writeOverlay,
} from './overlay.ts';

const DAY_MS = 24 * 3_600_000;
/** What was heard is kept so often, in the site's time. */
const SAVED_EVERY_MS = 3_600_000;
/** Observations of a day that are learned from; a day's log-ins of a thousand people are fewer. */
const MAX_OF_A_DAY = 50_000;

/** Somebody else has changed the additions on disk. */
export class ChangedElsewhere extends Error {}

/** Why something can't be taken in. */
export class NotTaken extends Error {
  /** The field of the entry that is wrong, where it is one. */
  readonly field: string | undefined;
  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}

export interface BookParts {
  /** What the file says. */
  readonly given: RegistryDocument;
  /** Where additions are kept, and beside it what was heard. */
  readonly file: string;
  readonly discoveryFile: string;
}

export class RegistryBook {
  readonly #given: RegistryDocument;
  readonly #file: string;
  #overlay: Overlay;
  #text: string;
  #whole: RegistryDocument;
  #suggestions: Suggestion[] = [];
  #learnedAt: number | undefined;
  readonly #discoveryFile: ReturnType<typeof openDiscoveryFile>;
  #discovery: Discovery;
  #inUse: Registry;

  /** @throws Error, fit for a person, where a file can't be read or does not fit */
  constructor({ given, file, discoveryFile }: BookParts) {
    this.#given = given;
    this.#file = file;
    ({ overlay: this.#overlay, text: this.#text } = readOverlay(file));
    this.#whole = checkedWhole(given, this.#overlay, file);
    this.#inUse = registryOf(this.#whole);
    this.live = following(() => this.#inUse);
    this.#discoveryFile = openDiscoveryFile(discoveryFile);
    this.#discovery = new Discovery(this.#inUse, this.#discoveryFile.known);
  }

  /** What the cloud goes by. */
  get inUse(): Registry {
    return this.#inUse;
  }

  /** The same as one object that always speaks of what is in use now, for those who keep it for good. */
  readonly live: Registry;

  /** What it will go by once what waits is taken into use. */
  get document(): RegistryDocument {
    return this.#whole;
  }

  /** Changes that wait to be taken into use. */
  get waiting(): Difference {
    const difference = differenceOf(this.#inUse.document, this.#whole);
    // A link that was rejected is gone, which no list of additions shows.
    const kept = new Set((this.#whole.links ?? []).map(linkId));
    const gone = (this.#inUse.document.links ?? []).filter((link) => !kept.has(linkId(link)));
    return {
      ...difference,
      changes: [
        ...difference.changes,
        ...removedFrom(this.#inUse.document, this.#whole),
        ...gone.map((link) => ({
          list: 'links' as const,
          id: linkId(link),
          change: 'changed' as const,
          fields: ['no longer used'],
        })),
      ],
    };
  }

  /** Looks through the last weeks again. What is sure enough waits to be taken into use. */
  async learn(store: Pick<Store, 'observations'>, now: number): Promise<void> {
    const { links: _links, leases: _leases, ...written } = this.#whole;
    const learning = new Learning(registryOf(written));
    const leases = new Leases(registryOf(written));
    for (let day = 0; day < LEARNED_DAYS; day++) {
      const to = now - day * DAY_MS;
      const seen = store.observations({
        kinds: [...learnedKinds],
        from: to - DAY_MS,
        to: to - 1,
        limit: MAX_OF_A_DAY,
      });
      for (const one of seen) {
        learning.note(one);
        leases.note(one);
      }
      // Others want to go on between two days.
      await breathe();
    }
    this.#suggestions = learning.suggestions();
    this.#learnedAt = now;
    const decided = new Set(this.#overlay.decisions.map(linkId));
    const inferred = this.#suggestions.flatMap((one): IdentityLink[] =>
      isSure(one) && !decided.has(one.id) ? [{ ...linkOfSuggestion(one, 'inferred'), at: now }] : [],
    );
    const former = new Map(this.#overlay.inferred.map((link) => [linkId(link), link]));
    // The day on which it was learned stays.
    const next = inferred.map((link) => ({ ...link, at: former.get(linkId(link))?.at ?? link.at }));
    const recorded = withFormer(leases.list(), this.#overlay.leases);
    if (
      !isDeepStrictEqual(next, this.#overlay.inferred) ||
      !isDeepStrictEqual(recorded, this.#overlay.leases)
    )
      this.#put({ ...this.#overlay, inferred: next, leases: recorded });
  }

  /** What waits counts from here on. Whoever made something out of the former registry must be told (see live-registry.ts). */
  takeIntoUse(): Registry {
    this.#inUse = registryOf(this.#whole);
    this.#discovery = new Discovery(this.#inUse, this.#discovery.list());
    return this.#inUse;
  }

  /**
   * Learns anew once a day, and keeps what was heard, until the signal ends it.
   * @returns to be called at the end
   */
  start(
    {
      store,
      clock,
      onTrouble,
    }: { store: Pick<Store, 'observations'>; clock: Clock; onTrouble(message: string): void },
    signal: AbortSignal,
  ): () => void {
    const trying = async (task: () => void | Promise<void>) => {
      try {
        await task();
      } catch (error) {
        onTrouble(error instanceof Error ? error.message : String(error));
      }
    };
    let cancels: (() => void)[] = [];
    const every = (index: number, ms: number, task: () => void | Promise<void>) => {
      cancels[index] = clock.schedule(ms, () => {
        if (signal.aborted) return;
        void trying(task);
        every(index, ms, task);
      });
    };
    every(0, DAY_MS, () => this.learn(store, clock.now()));
    every(1, SAVED_EVERY_MS, () => this.saveDiscovered());
    signal.addEventListener(
      'abort',
      () => {
        for (const cancel of cancels) cancel();
        cancels = [];
      },
      { once: true },
    );
    return () => void trying(() => this.saveDiscovered());
  }

  get learnedAt(): number | undefined {
    return this.#learnedAt;
  }

  /** What waits for a decision, the surest first. */
  suggestions(): (Suggestion & { isUsed: boolean })[] {
    const decided = new Set(this.#overlay.decisions.map(linkId));
    const used = new Set((this.#inUse.document.links ?? []).map(linkId));
    return this.#suggestions
      .filter(({ id }) => !decided.has(id))
      .map((one) => ({ ...one, isUsed: used.has(one.id) }));
  }

  get decisions(): readonly LinkDecision[] {
    return this.#overlay.decisions;
  }

  /**
   * Takes a person's word; on disk when it returns. The last word on a link counts.
   * @throws RangeError where nothing like it is suggested or decided
   */
  decide(id: string, word: LinkDecision['decision'], by: string, at: number): LinkDecision {
    const found =
      this.#suggestions.find((one) => one.id === id) ??
      this.#overlay.decisions.find((one) => linkId(one) === id);
    if (found === undefined) throw new RangeError(`"${id}" is not suggested`);
    const { kind, a, b, confidence, together, days } = found;
    const made: LinkDecision = { kind, a, b, decision: word, by, at, confidence, together, days };
    const decisions = [...this.#overlay.decisions.filter((one) => linkId(one) !== id), made];
    const inferred = this.#overlay.inferred.filter((link) => linkId(link) !== id);
    this.#put({ ...this.#overlay, decisions: decisions.slice(-MAX_DECISIONS), inferred });
    return made;
  }

  heard(observations: readonly Observation[]): void {
    this.#discovery.heard(observations);
  }

  discovered(): { items: Discovered[]; leftOut: number } {
    const ignored = this.#discoveryFile.ignored;
    const taken = registryOf(this.#whole);
    return {
      items: this.#discovery
        .list()
        .filter(
          ({ id, name }) =>
            !ignored.has(id) && taken.asset(name) === undefined && taken.assetAt(name) === undefined,
        ),
      leftOut: this.#discovery.leftOut,
    };
  }

  /**
   * Takes something heard into the registry, or what it is an address of.
   * @throws RangeError where nothing of that name was heard
   * @throws NotTaken with the reason
   */
  take(
    id: string,
    as: { id: string; name: string; kind: AssetKind; site?: string | undefined; zone?: string | undefined },
  ): Asset {
    const found = this.#discovery.find(id);
    if (found === undefined) throw new RangeError(`"${id}" was not heard`);
    const address = id.startsWith('address:') ? found.name : undefined;
    const known = this.#whole.assets.find((one) => one.id === as.id);
    if (known !== undefined && address === undefined)
      throw new NotTaken(`there is an asset "${as.id}" already`);
    const addresses = [...(known?.addresses ?? []), ...(address === undefined ? [] : [address])];
    const entry = asset.safeParse(
      known === undefined
        ? {
            id: as.id,
            name: as.name,
            kind: as.kind,
            site: as.site ?? found.site,
            ...(as.zone === undefined ? {} : { zone: as.zone }),
            ...(addresses.length === 0 ? {} : { addresses }),
          }
        : { ...known, addresses },
    );
    if (!entry.success) throw new NotTaken(entry.error.issues[0]?.message ?? 'is no asset');
    this.#apply({
      ...this.#whole,
      assets: [...this.#whole.assets.filter((one) => one !== known), entry.data],
    });
    return entry.data;
  }

  /** It is not shown again. @throws RangeError */
  ignore(id: string): void {
    if (this.#discovery.find(id) === undefined) throw new RangeError(`"${id}" was not heard`);
    this.#discoveryFile.ignore(id);
    this.saveDiscovered();
  }

  saveDiscovered(): void {
    this.#discoveryFile.save(this.#discovery.list());
  }

  /** @throws ConfigurationError */
  preview(files: readonly ImportedFile[]): Difference {
    return differenceOf(this.#whole, withFiles(this.#whole, files));
  }

  /** On disk when it returns. @throws ConfigurationError */
  import(files: readonly ImportedFile[]): Difference {
    const after = withFiles(this.#whole, files);
    const difference = differenceOf(this.#whole, after);
    if (difference.changes.length > 0) this.#apply(after);
    return difference;
  }

  /**
   * A person's word on one asset or identity; on disk when it returns, and waiting to be taken into use.
   * @param entry undefined: it is taken out
   * @throws NotTaken that names the field, where it has one
   * @throws RangeError where there is nothing to take out
   */
  edit(list: 'assets' | 'identities', id: string, entry: unknown): void {
    const before: readonly { readonly id: string }[] = this.#whole[list];
    const at = before.findIndex((one) => one.id === id);
    if (entry === undefined && at === -1) throw new RangeError(`there is no "${id}" among ${list}`);
    // In its place, so that its index says whether it is itself wrong.
    const place = at === -1 ? before.length : at;
    const after: unknown[] =
      entry === undefined
        ? before.toSpliced(place, 1)
        : before.toSpliced(place, at === -1 ? 0 : 1, entry as never);
    const parsed = registryDocument.safeParse({ ...this.#whole, [list]: after });
    if (!parsed.success) {
      const [{ message = 'does not fit', path = [] } = {}] = parsed.error.issues;
      const [where, index, field] = path;
      if (entry !== undefined && where === list && index === place)
        throw new NotTaken(message, field === undefined ? undefined : String(field));
      const holders: readonly unknown[] =
        where === list ? after : where === 'assets' || where === 'identities' ? this.#whole[where] : [];
      const holder = z.object({ id: z.string() }).safeParse(holders[Number(index)]);
      throw new NotTaken(
        `"${holder.success ? holder.data.id : String(where)}" names it under ${String(field)}: ${message}`,
      );
    }
    this.#apply(parsed.data, entry === undefined ? { list, id } : undefined);
  }

  /**
   * Takes back what waits of one entry: it is as it is in use.
   * @throws RangeError where nothing of it waits
   * @throws NotTaken where something else that waits rests on it
   */
  takeBack(list: 'assets' | 'identities', id: string): void {
    const waits = this.waiting.changes.some((one) => one.list === list && one.id === id);
    if (!waits) throw new RangeError(`nothing of "${id}" waits`);
    this.edit(
      list,
      id,
      this.#inUse.document[list].find((one) => one.id === id),
    );
  }

  /** Keeps of a whole registry what the file does not say. */
  #apply(after: RegistryDocument, takenOut?: Overlay['removed'][number]): void {
    const parsed = registryDocument.safeParse(after);
    if (!parsed.success) throw new NotTaken(parsed.error.issues[0]?.message ?? 'does not fit');
    const differs = <Entry extends { readonly id: string }>(
      list: readonly Entry[],
      given: readonly Entry[],
    ) => {
      const known = new Map(given.map((entry) => [entry.id, entry]));
      return list.filter((entry) => !isDeepStrictEqual(entry, known.get(entry.id)));
    };
    const { data } = parsed;
    const isBack = ({ list, id }: Overlay['removed'][number]) => data[list].some((one) => one.id === id);
    const isGiven = ({ list, id }: Overlay['removed'][number]) =>
      this.#given[list].some((one) => one.id === id);
    const removed = [...this.#overlay.removed, ...(takenOut === undefined ? [] : [takenOut])].filter(
      (one, index, all) =>
        !isBack(one) && isGiven(one) && all.findIndex((same) => isDeepStrictEqual(same, one)) === index,
    );
    const before = new Map((this.#whole.links ?? []).map((link) => [linkId(link), link]));
    const links = (data.links ?? []).filter((link) => !isDeepStrictEqual(before.get(linkId(link)), link));
    const imported = new Set(links.map(linkId));
    this.#put({
      ...this.#overlay,
      sites: differs(data.sites, this.#given.sites),
      zones: differs(data.zones, this.#given.zones),
      assets: differs(data.assets, this.#given.assets),
      identities: differs(data.identities, this.#given.identities),
      sharedAddresses: data.sharedAddresses.filter((one) => !this.#given.sharedAddresses.includes(one)),
      removed,
      leases: (data.leases ?? []).filter(
        (lease) => !this.#given.leases?.some((one) => isDeepStrictEqual(one, lease)),
      ),
      links: [...this.#overlay.links.filter((link) => !imported.has(linkId(link))), ...links],
      // Whoever imports a link means it, whatever was said before.
      decisions: this.#overlay.decisions.filter((one) => !imported.has(linkId(one))),
    });
  }

  /** @throws ChangedElsewhere */
  #put(next: Overlay): void {
    if (readOverlay(this.#file).text !== this.#text)
      throw new ChangedElsewhere(`${this.#file} was changed by another program; start the cloud again`);
    const whole = checkedWhole(this.#given, next, this.#file);
    this.#text = writeOverlay(this.#file, next);
    this.#overlay = next;
    this.#whole = whole;
  }
}

/** Asks whatever registry is in use at that moment. */
const following = (current: () => Registry): Registry => ({
  get document() {
    return current().document;
  },
  site: (id) => current().site(id),
  zone: (id) => current().zone(id),
  asset: (id) => current().asset(id),
  identity: (id) => current().identity(id),
  touching: (zone) => current().touching(zone),
  resolve: (subjects, host) => current().resolve(subjects, host),
  resolved: (subjects, host) => current().resolved(subjects, host),
  userOf: (asset) => current().userOf(asset),
  assetAt: (address) => current().assetAt(address),
  holderOf: (address, at) => current().holderOf(address, at),
  assetsOf: (site) => current().assetsOf(site),
  zonesOf: (site) => current().zonesOf(site),
});

/** What something heard would be called in the registry: an identifier out of its name. */
export function suggestedId({ name, seems }: Discovered): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return addressKind(name) === 'name' || !/^\d/.test(plain)
    ? plain
    : `${seems}-${plain.replaceAll('.', '-')}`;
}
