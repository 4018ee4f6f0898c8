/** Fetches the shop's pages again and again, and tells what is not as it was. */
import { readFileSync } from 'node:fs';
import type { Observation } from '../../devices/model/observation.ts';
import type { Reported } from '../sources/source.ts';
import type { Announced } from './announced.ts';
import {
  type Difference,
  differencesOf,
  isHollow,
  learned,
  movedOn,
  nothingKnown,
  withPiece,
} from './baseline.ts';
import { certificateNews } from './certificate-news.ts';
import type { IntegritySettings } from './configuration.ts';
import { type Fetched, FetchProblem, fetchPage, textOfPage } from './fetch-page.ts';
import { type Inventory, inventoryOf, MAX_SCRIPTS, withContent } from './inventory.ts';
import { MAX_OPEN, type Memory, type PageMemory } from './memory.ts';
import { nameOf, observationName, observationOf } from './sighting.ts';
import type { WatchContext, WatchHealth } from './watched.ts';

/** One failure is a hiccup; so many in a row are told. */
const FAILURES_TOLD = 2;
/** Scripts fetched in one sweep over all pages. */
const MAX_FETCHED_SCRIPTS = 500;

type PageSettings = IntegritySettings['pages'][number];
type Tell = (
  kind: Reported['kind'],
  name: string,
  facts: Reported['facts'],
  observables?: Reported['observables'],
) => void;

export class PageWatch {
  readonly #options: WatchContext;
  readonly #memory: Memory;
  readonly #announced: Announced;
  readonly #authority: string | undefined;
  readonly #problems = new Map<string, string>();

  /** @throws Error where the file of the authority can't be read */
  constructor(options: WatchContext, memory: Memory, announced: Announced) {
    this.#options = options;
    this.#memory = memory;
    this.#announced = announced;
    const { settings, resolve } = options;
    this.#authority =
      settings.authorityFile === undefined
        ? undefined
        : readFileSync(resolve(settings.authorityFile), 'utf8');
  }

  health(): WatchHealth['pages'] {
    const { settings } = this.#options;
    return settings.pages.map(({ url }) => {
      const known = this.#memory.pages[url];
      const because = this.#problems.get(url);
      return {
        url,
        state: stateOf(known, settings.learnFetches),
        ...(known?.reachedAt === undefined ? {} : { reachedAt: known.reachedAt }),
        ...(because === undefined ? {} : { because }),
        scripts: known?.baseline.scripts.length ?? 0,
        open: known?.open.length ?? 0,
      };
    });
  }

  /** Every page once. */
  async sweep(signal: AbortSignal): Promise<void> {
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
    const tell: Tell = (kind, name, facts, observables) =>
      told.push(
        observationOf(
          {
            kind,
            facts: { page: shownPage(page.url), payment: page.payment, ...facts },
            ...(observables === undefined ? {} : { observables }),
          },
          nameOf(page.url, name),
          asset,
          'page-watch',
          this.#options,
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
    if (fetched?.certificate !== undefined) {
      const { host } = new URL(fetched.url);
      const { hosts } = this.#memory;
      const news = certificateNews(host, hosts[host], fetched.certificate, now, settings.certificateMs);
      for (const { name, facts, observables } of news.told)
        tell('certificate.seen', name, facts, observables);
      hosts[host] = news.known;
    }
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
    if (told.length > 0 || known.baseline !== baseline || known.failures !== failures) this.#options.save();
  }

  #compare(known: PageMemory, page: Inventory, url: string, asset: string, now: number, tell: Tell): void {
    const differences = differencesOf(known.baseline, page, url);
    for (const difference of differences) {
      const { key, kind, facts, observables, isOwn } = difference;
      const open = known.open.find((one) => one.difference.key === key);
      if (open !== undefined) {
        open.lastAt = now;
        continue;
      }
      const announced =
        isOwn && (this.#announced.hasWindow(asset, now) || this.#announced.hasHash(observables.hash, now));
      const name = `${key} ${known.revision}`;
      if (!announced && known.open.length >= MAX_OPEN) continue;
      tell(kind, name, { ...facts, announced }, observables);
      if (announced) takeDifference(known, difference);
      else
        known.open.push({
          id: observationName(nameOf(url, name), 'page-watch'),
          at: now,
          lastAt: now,
          difference,
        });
    }
    if (!differences.some(({ kind }) => kind === 'page.defaced'))
      known.baseline = movedOn(known.baseline, page);
  }
}

function stateOf(known: PageMemory | undefined, learnFetches: number): WatchHealth['pages'][number]['state'] {
  if (known?.unreachableAt !== undefined) return 'unreachable';
  if (known === undefined || known.baseline.fetches === 0) return 'not-fetched';
  return known.baseline.fetches < learnFetches ? 'learning' : 'watched';
}

/** Without what a query may hold. */
const shownPage = (url: string): string => url.replace(/[?#].*$/s, '').slice(0, 512);

/** What was found is part of the page from now on. */
export function takeDifference(known: PageMemory, difference: Difference): void {
  known.baseline = withPiece(known.baseline, difference.piece);
  known.revision++;
  known.open = known.open.filter((one) => one.difference.key !== difference.key);
}
