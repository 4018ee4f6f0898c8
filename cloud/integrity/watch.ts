/**
 * Looks at the shop's pages and files again and again, and says what is not as it was. What was found is told once and
 * stays open until somebody accepts it, or until it turns out to have been announced; the judging is the monitors'.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { isOpen } from '../situation/opening.ts';
import type { Reported } from '../sources/source.ts';
import { stamp } from '../sources/stamp.ts';
import {
  type Difference,
  differencesOf,
  isHollow,
  learned,
  movedOn,
  nothingKnown,
  withPiece,
} from './baseline.ts';
import type { IntegritySettings } from './configuration.ts';
import { type Fetched, FetchProblem, fetchPage, type SeenCertificate, textOfPage } from './fetch-page.ts';
import { type FileDifference, fileDifferences, ignores, walk } from './file-walk.ts';
import { type Inventory, inventoryOf, MAX_SCRIPTS, withContent } from './inventory.ts';
import {
  type FolderMemory,
  MAX_ANNOUNCED,
  MAX_OPEN,
  type Memory,
  type PageMemory,
  readMemory,
  writeMemory,
} from './memory.ts';

/** One failure is a hiccup; so many in a row are told. */
const FAILURES_TOLD = 2;
/** Scripts fetched in one sweep over all pages. */
const MAX_FETCHED_SCRIPTS = 500;
/** A hash announced longer ago than this no longer excuses anything. */
const ANNOUNCED_MS = 24 * 3_600_000;
/** Days before a certificate's end that are told besides the configured time. */
const REMINDERS_DAYS = [7, 1];
const DAY_MS = 24 * 3_600_000;

type PageSettings = IntegritySettings['pages'][number];

export interface WatchOptions {
  settings: IntegritySettings;
  registry: Registry;
  clock: Clock;
  /** Where the memory is kept. */
  file: string;
  /** A path of the configuration. */
  resolve(path: string): string;
  /** Resolves once stored; the same observation may be given again. */
  commit(observations: readonly Observation[]): Promise<void>;
  /** A look that could not be ended, fit for a person. */
  onTrouble(trouble: string): void;
}

/** Something that is not as it was, for people. */
export interface Finding {
  id: string;
  at: number;
  kind: Difference['kind'] | 'file.changed';
  /** The page's address or the folder. */
  where: string;
  what: string;
  /** Whether the last look still showed it. */
  isThere: boolean;
}

export interface WatchHealth {
  pages: {
    url: string;
    state: 'learning' | 'watched' | 'unreachable' | 'not-fetched';
    reachedAt?: number;
    because?: string;
    scripts: number;
    open: number;
  }[];
  folders: { path: string; files: number; open: number; unreadable: number; isCut: boolean }[];
}

export class IntegrityWatch {
  readonly #options: WatchOptions;
  readonly #memory: Memory;
  readonly #authority: string | undefined;
  readonly #problems = new Map<string, string>();
  readonly #walks = new Map<string, { unreadable: number; isCut: boolean }>();
  #busy: Promise<void> = Promise.resolve();

  /** @throws Error where the memory can't be read, or the registry does not know an asset */
  constructor(options: WatchOptions) {
    this.#options = options;
    const { settings, registry, resolve } = options;
    for (const asset of [
      settings.asset,
      ...[...settings.pages, ...settings.files].flatMap((one) => one.asset ?? []),
    ])
      if (registry.asset(asset) === undefined)
        throw new Error(`integrity: there is no asset "${asset}" in the registry`);
    this.#memory = readMemory(options.file);
    this.#authority =
      settings.authorityFile === undefined
        ? undefined
        : readFileSync(resolve(settings.authorityFile), 'utf8');
  }

  /** Looks now and then on, until the signal; `done` resolves when the last look has ended. */
  start(signal: AbortSignal): { done: Promise<void> } {
    const { settings, clock } = this.#options;
    const every = (periodMs: number, look: () => Promise<void>): Promise<void> =>
      new Promise((resolve) => {
        let cancel = () => {};
        const end = () => {
          cancel();
          resolve();
        };
        const next = async () => {
          if (!signal.aborted)
            await this.#inTurn(look).catch((error: unknown) => {
              if (!signal.aborted)
                this.#options.onTrouble(error instanceof Error ? error.message : String(error));
            });
          if (signal.aborted) end();
          else cancel = clock.schedule(periodMs, () => void next());
        };
        signal.addEventListener('abort', end, { once: true });
        void next();
      });
    const looks = [
      ...(settings.pages.length === 0 ? [] : [every(settings.everyMs, () => this.#sweep(signal))]),
      ...(settings.files.length === 0 ? [] : [every(settings.filesEveryMs, () => this.#walkAll(signal))]),
    ];
    return { done: Promise.all(looks).then(() => this.#busy) };
  }

  /** Every page once. */
  lookAtPages(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#sweep(signal));
  }

  /** Every file once. */
  lookAtFiles(signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#walkAll(signal));
  }

  /** What is open, the newest first. */
  findings(): Finding[] {
    const { pages, folders } = this.#memory;
    const ofPages = Object.entries(pages).flatMap(([url, { open, reachedAt }]) =>
      open.map(({ id, at, lastAt, difference: { kind, facts } }) => ({
        id,
        at,
        kind,
        where: url,
        what: wordsOf(kind, facts),
        isThere: lastAt === reachedAt,
      })),
    );
    const ofFolders = Object.entries(folders).flatMap(([path, { open }]) =>
      open.map(({ id, at, path: file, change }) => ({
        id,
        at,
        kind: 'file.changed' as const,
        where: path,
        what: `${file} was ${change}`,
        isThere: true,
      })),
    );
    return [...ofPages, ...ofFolders].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  health(): WatchHealth {
    const { settings } = this.#options;
    return {
      pages: settings.pages.map(({ url }) => {
        const known = this.#memory.pages[url];
        const because = this.#problems.get(url);
        const state =
          known?.unreachableAt !== undefined
            ? ('unreachable' as const)
            : known === undefined || known.baseline.fetches === 0
              ? ('not-fetched' as const)
              : known.baseline.fetches < settings.learnFetches
                ? ('learning' as const)
                : ('watched' as const);
        return {
          url,
          state,
          ...(known?.reachedAt === undefined ? {} : { reachedAt: known.reachedAt }),
          ...(because === undefined ? {} : { because }),
          scripts: known?.baseline.scripts.length ?? 0,
          open: known?.open.length ?? 0,
        };
      }),
      folders: settings.files.map(({ path }) => {
        const known = this.#memory.folders[path];
        const walked = this.#walks.get(path);
        return {
          path,
          files: Object.keys(known?.files ?? {}).length,
          open: known?.open.length ?? 0,
          unreadable: walked?.unreadable ?? 0,
          isCut: walked?.isCut ?? false,
        };
      }),
    };
  }

  /**
   * A person takes a finding for right: what was found is part of the page from now on.
   * @throws RangeError where nothing of that name is open
   */
  accept(id: string): Promise<void> {
    return this.#inTurn(async () => {
      for (const known of Object.values(this.#memory.pages)) {
        const finding = known.open.find((one) => one.id === id);
        if (finding === undefined) continue;
        take(known, finding.difference);
        this.#save();
        return;
      }
      for (const known of Object.values(this.#memory.folders)) {
        const finding = known.open.find((one) => one.id === id);
        if (finding === undefined) continue;
        takeFile(known, finding);
        this.#save();
        return;
      }
      throw new RangeError(`no finding "${id}" is open`);
    });
  }

  /** Somebody says that the shop is being deployed: its own scripts and files may change meanwhile. */
  announce(window: { from: number; to: number; by: string }): Promise<void> {
    return this.#inTurn(async () => {
      this.#memory.windows = [
        ...this.#memory.windows.filter(({ to }) => to > window.from - ANNOUNCED_MS),
        window,
      ].slice(-MAX_ANNOUNCED);
      this.#save();
    });
  }

  /** Reports of a deployment (`file.changed` that was expected, with its hash) excuse what has that content. */
  heard(observations: readonly Observation[]): void {
    const told = observations.flatMap(({ kind, facts, observables, observedAt, source }) =>
      kind === 'file.changed' &&
      facts?.expected === true &&
      observables?.hash !== undefined &&
      !source.startsWith('integrity:')
        ? [{ hash: observables.hash, at: observedAt }]
        : [],
    );
    if (told.length === 0) return;
    void this.#inTurn(async () => {
      this.#memory.announced = [...this.#memory.announced, ...told].slice(-MAX_ANNOUNCED);
      for (const known of Object.values(this.#memory.pages))
        for (const { difference, at } of [...known.open])
          if (difference.isOwn && this.#isAnnounced(difference.observables.hash, at)) take(known, difference);
      for (const known of Object.values(this.#memory.folders))
        for (const file of [...known.open]) if (this.#isAnnounced(file.hash, file.at)) takeFile(known, file);
      this.#save();
    });
  }

  #inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#busy.then(task);
    this.#busy = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #save(): void {
    writeMemory(this.#options.file, this.#memory);
  }

  #isAnnounced(hash: string | undefined, at: number): boolean {
    return (
      hash !== undefined &&
      this.#memory.announced.some((one) => one.hash === hash && Math.abs(at - one.at) <= ANNOUNCED_MS)
    );
  }

  #isInWindow(asset: string, at: number): boolean {
    const { settings, registry } = this.#options;
    const timeZone = registry.site(registry.asset(asset)?.site ?? '')?.timeZone ?? 'UTC';
    return (
      this.#memory.windows.some(({ from, to }) => at >= from && at <= to) ||
      isOpen({ opening: settings.deployWindows, timeZone }, at)
    );
  }

  #observation(
    reported: Reported,
    id: string,
    asset: string,
    watch: 'page-watch' | 'file-watch',
  ): Observation {
    const { registry, clock } = this.#options;
    const site = registry.asset(asset)?.site ?? '';
    const place = { name: watch, format: 'integrity', asset, site };
    const now = clock.now();
    // It was seen by this machine's own clock, at this moment.
    return {
      ...stamp({ ...reported, id }, id, now, place, registry).observation,
      clock: clock.quality ?? 'set',
    };
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    const contents = new Map<string, Promise<Fetched | undefined>>();
    for (const page of settings.pages) {
      if (signal.aborted) return;
      await this.#look(page, contents, signal);
    }
  }

  async #fetch(address: string, signal: AbortSignal): Promise<Fetched> {
    const { settings } = this.#options;
    const hosts = [
      ...new Set([...settings.pages.map(({ url }) => new URL(url).host), ...settings.scriptHosts]),
    ];
    return fetchPage(address, {
      hosts,
      allowsPrivate: settings.allowPrivate,
      timeoutMs: settings.timeoutMs,
      maxBytes: settings.maxPageBytes,
      userAgent: settings.userAgent,
      authority: this.#authority,
      signal,
    });
  }

  /** The inventory with the content of what may be fetched. */
  async #inventory(
    fetched: Fetched,
    contents: Map<string, Promise<Fetched | undefined>>,
    signal: AbortSignal,
  ): Promise<Inventory> {
    const found = inventoryOf(textOfPage(fetched), fetched.url, fetched.policies);
    const scripts: Inventory['scripts'] = [];
    for (const script of found.scripts.slice(0, MAX_SCRIPTS)) {
      const { url } = script;
      if (script.kind !== 'external' || url === undefined) {
        scripts.push(script);
        continue;
      }
      if (!contents.has(url) && contents.size < MAX_FETCHED_SCRIPTS)
        contents.set(
          url,
          this.#fetch(url, signal).then(
            (answer) => (answer.status === 200 ? answer : undefined),
            () => undefined,
          ),
        );
      const content = await contents.get(url);
      scripts.push(content === undefined ? script : withContent(script, content.body));
    }
    return { ...found, scripts };
  }

  async #look(
    page: PageSettings,
    contents: Map<string, Promise<Fetched | undefined>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { settings, clock } = this.#options;
    const asset = page.asset ?? settings.asset;
    const known: PageMemory = this.#memory.pages[page.url] ?? {
      baseline: nothingKnown(),
      revision: 0,
      failures: 0,
      open: [],
    };
    this.#memory.pages[page.url] = known;
    const { baseline, failures } = known;
    const told: Observation[] = [];
    const tell = (
      kind: Reported['kind'],
      name: string,
      facts: Reported['facts'],
      observables?: Reported['observables'],
    ) =>
      told.push(
        this.#observation(
          {
            kind,
            facts: { page: shownPage(page.url), payment: page.payment, ...facts },
            ...(observables === undefined ? {} : { observables }),
          },
          nameOf(page.url, name),
          asset,
          'page-watch',
        ),
      );
    let fetched: Fetched | undefined;
    let problem: string | undefined;
    try {
      fetched = await this.#fetch(page.url, signal);
      if (fetched.status !== 200) problem = `it answers ${fetched.status}`;
      else if (!/html/i.test(fetched.contentType))
        problem = `it answers with ${fetched.contentType.slice(0, 64) || 'no type'}`;
    } catch (error) {
      if (signal.aborted) return;
      problem = error instanceof FetchProblem ? error.message : String(error);
    }
    const now = clock.now();
    if (fetched?.certificate !== undefined)
      this.#certificate(new URL(fetched.url).host, fetched.certificate, now, tell);
    const inventory =
      fetched === undefined || problem !== undefined
        ? undefined
        : await this.#inventory(fetched, contents, signal);
    if (signal.aborted) return;
    if (inventory !== undefined && isHollow(known.baseline, inventory))
      problem = 'it answers with hardly any of its text';
    if (problem !== undefined || inventory === undefined || fetched === undefined) {
      this.#problems.set(page.url, problem ?? '');
      known.failures++;
      if (known.failures >= FAILURES_TOLD && known.unreachableAt === undefined) {
        known.unreachableAt = now;
        tell('page.unreachable', `unreachable ${now}`, { reason: (problem ?? '').slice(0, 300) });
      }
    } else {
      this.#problems.delete(page.url);
      known.failures = 0;
      known.reachedAt = now;
      if (known.unreachableAt !== undefined) {
        delete known.unreachableAt;
        tell('page.fetched', `reached ${now}`, { change: 'reached again' });
      }
      if (known.baseline.fetches < settings.learnFetches) {
        known.baseline = learned(known.baseline, inventory);
        if (known.baseline.fetches === settings.learnFetches)
          tell('page.fetched', `learned ${known.revision}`, {
            change: 'learned',
            scripts: known.baseline.scripts.length,
            forms: known.baseline.forms.length,
            policy: known.baseline.policy !== undefined,
          });
      } else this.#compare(known, inventory, fetched.url, asset, now, tell);
    }
    if (told.length > 0) await this.#options.commit(told);
    if (told.length > 0 || known.baseline !== baseline || known.failures !== failures) this.#save();
  }

  #compare(
    known: PageMemory,
    page: Inventory,
    url: string,
    asset: string,
    now: number,
    tell: (
      kind: Reported['kind'],
      name: string,
      facts: Reported['facts'],
      observables?: Reported['observables'],
    ) => void,
  ): void {
    const differences = differencesOf(known.baseline, page, url);
    for (const difference of differences) {
      const { key, kind, facts, observables, isOwn } = difference;
      const open = known.open.find((one) => one.difference.key === key);
      if (open !== undefined) {
        open.lastAt = now;
        continue;
      }
      const announced = isOwn && (this.#isInWindow(asset, now) || this.#isAnnounced(observables.hash, now));
      const name = `${key} ${known.revision}`;
      if (!announced && known.open.length >= MAX_OPEN) continue;
      tell(kind, name, { ...facts, announced }, observables);
      if (announced) take(known, difference);
      else known.open.push({ id: observationName(nameOf(url, name)), at: now, lastAt: now, difference });
    }
    if (!differences.some(({ kind }) => kind === 'page.defaced'))
      known.baseline = movedOn(known.baseline, page);
  }

  #certificate(
    host: string,
    seen: SeenCertificate,
    now: number,
    tell: (
      kind: Reported['kind'],
      name: string,
      facts: Reported['facts'],
      observables?: Reported['observables'],
    ) => void,
  ): void {
    const { hosts } = this.#memory;
    const before = hosts[host];
    const facts = { host, notAfter: seen.notAfter, issuer: seen.issuer };
    const observables = { hash: seen.fingerprint, domain: host.replace(/:\d+$/, '') };
    const isSame = before?.fingerprint === seen.fingerprint;
    if (!isSame)
      tell(
        'certificate.seen',
        `certificate ${seen.fingerprint}`,
        before === undefined
          ? { ...facts, change: 'first' }
          : {
              ...facts,
              change: 'changed',
              sameIssuer: before.issuer === seen.issuer,
              previousNotAfter: before.notAfter,
            },
        observables,
      );
    const told = isSame ? (before?.told ?? []) : [];
    const daysLeft = (seen.notAfter - now) / DAY_MS;
    const limits = [this.#options.settings.certificateMs / DAY_MS, ...REMINDERS_DAYS];
    const due = limits.filter((limit) => daysLeft <= limit && !told.includes(limit));
    if (due.length > 0)
      tell(
        'certificate.seen',
        `expiring ${seen.fingerprint} ${Math.min(...due)}`,
        { ...facts, change: 'expiring', daysLeft: Math.floor(daysLeft) },
        observables,
      );
    const { fingerprint, notAfter, issuer } = seen;
    hosts[host] = { fingerprint, notAfter, issuer, told: [...told, ...due] };
  }

  async #walkAll(signal: AbortSignal): Promise<void> {
    for (const folder of this.#options.settings.files) {
      if (signal.aborted) return;
      await this.#walk(folder, signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #walk(folder: IntegritySettings['files'][number], signal: AbortSignal): Promise<void> {
    const { settings, clock, resolve, commit } = this.#options;
    const asset = folder.asset ?? settings.asset;
    const walked = await walk(resolve(folder.path), ignores(folder.ignore), signal);
    this.#walks.set(folder.path, { unreadable: walked.unreadable.length, isCut: walked.isCut });
    const known = this.#memory.folders[folder.path];
    if (known === undefined) {
      // A folder that is not there yet is not learned as empty.
      if (walked.unreadable.includes('.')) return;
      this.#memory.folders[folder.path] = { revision: 0, files: Object.fromEntries(walked.files), open: [] };
      this.#save();
      return;
    }
    const now = clock.now();
    const told: Observation[] = [];
    for (const difference of fileDifferences(new Map(Object.entries(known.files)), walked)) {
      const { path, change, hash, previousHash } = difference;
      if (known.open.some((one) => one.path === path && one.hash === hash && one.change === change)) continue;
      const announced = this.#isInWindow(asset, now) || this.#isAnnounced(hash, now);
      if (!announced && known.open.length >= MAX_OPEN) break;
      const name = nameOf(folder.path, `${path} ${change} ${hash ?? ''} ${known.revision}`);
      told.push(
        this.#observation(
          {
            kind: 'file.changed',
            observables: hash === undefined ? {} : { hash },
            facts: {
              file: `${folder.path}/${path}`.slice(-512),
              change,
              expected: announced,
              ...(previousHash === undefined ? {} : { previousHash }),
            },
            log: { fields: { TargetFilename: `${folder.path}/${path}` } },
          },
          name,
          asset,
          'file-watch',
        ),
      );
      if (announced) takeFile(known, difference);
      else known.open.push({ id: observationName(name, 'file-watch'), at: now, ...difference });
    }
    if (told.length === 0) return;
    await commit(told);
    this.#save();
  }
}

/** The same finding has the same name after a kill: it is stored once. */
const nameOf = (where: string, what: string): string =>
  createHash('sha256').update(`${where}\n${what}`).digest('hex').slice(0, 32);

const observationName = (name: string, watch = 'page-watch'): string => `cloud-${watch}/${name}`;

/** Without what a query may hold. */
const shownPage = (url: string): string => url.replace(/[?#].*$/s, '').slice(0, 512);

function take(known: PageMemory, difference: Difference): void {
  known.baseline = withPiece(known.baseline, difference.piece);
  known.revision++;
  known.open = known.open.filter((one) => one.difference.key !== difference.key);
}

function takeFile(known: FolderMemory, { path, change, hash }: FileDifference): void {
  if (change === 'deleted' || hash === undefined) delete known.files[path];
  else known.files[path] = hash;
  known.revision++;
  known.open = known.open.filter((one) => one.path !== path);
}

function wordsOf(kind: Difference['kind'], facts: Difference['facts']): string {
  const told = ['script', 'form', 'target', 'frame', 'change', 'names', 'title', 'words']
    .flatMap((name) => facts[name] ?? [])
    .join(' · ');
  return `${kind}: ${told}`.slice(0, 600);
}
