/** What the integrity monitor, threat intelligence and the identity bridge count, for Prometheus. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { IdentityBridge } from './identity-bridge/bridge.ts';
import type { IntegrityWatch } from './integrity/watch.ts';
import type { Intelligence } from './intelligence/intelligence.ts';

export interface ToolMetricsParts {
  /** Where pages or folders are watched. */
  integrity?: Pick<IntegrityWatch, 'health'> | undefined;
  intelligence: Pick<Intelligence, 'health'> & {
    readonly library: Pick<Intelligence['library'], 'size' | 'indexBytes'>;
    readonly monitor: Pick<Intelligence['monitor'], 'matched'>;
  };
  /** Where it is enabled. */
  identityBridge?:
    | (Pick<IdentityBridge, 'counts'> & { issuer: Pick<IdentityBridge['issuer'], 'counts'> })
    | undefined;
}

type Rows = Iterable<readonly [label: string, value: number]>;
const oneRow = (value: number): Rows => [['', value]];

/** Reads them whenever somebody asks. Names: base units, `_total` for what only grows, `_timestamp_seconds` for moments. */
export function addToolMetrics(
  registry: Registry,
  { integrity, intelligence, identityBridge }: ToolMetricsParts,
): void {
  const registers = [registry];
  const gauge = (name: string, help: string, label: string | undefined, rows: () => Rows) =>
    new Gauge({
      name: `gatehouse_${name}`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers,
      collect() {
        this.reset();
        for (const [value, amount] of rows()) this.set(label === undefined ? {} : { [label]: value }, amount);
      },
    });
  const counter = (name: string, help: string, label: string | undefined, rows: () => Rows) =>
    new Counter({
      name: `gatehouse_${name}_total`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers,
      collect() {
        this.reset();
        for (const [value, amount] of rows()) this.inc(label === undefined ? {} : { [label]: value }, amount);
      },
    });
  /** Only of those of which there is one. */
  const momentsOf = <Thing>(
    things: readonly Thing[],
    nameOf: (one: Thing) => string,
    at: (one: Thing) => number | undefined,
  ): Rows =>
    things.flatMap((one) => {
      const moment = at(one);
      return moment === undefined ? [] : [[nameOf(one), moment / 1_000] as const];
    });

  if (integrity !== undefined) {
    const pages = () => integrity.health().pages;
    const folders = () => integrity.health().folders;
    const ofPages = (of: (page: ReturnType<typeof pages>[number]) => number) => () =>
      pages().map((page) => [page.url, of(page)] as const);
    const ofFolders = (of: (folder: ReturnType<typeof folders>[number]) => number) => () =>
      folders().map((folder) => [folder.path, of(folder)] as const);
    gauge(
      'integrity_page_up',
      '1: the page was reached when it was last looked at',
      'page',
      ofPages(({ because }) => Number(because === undefined)),
    );
    gauge('integrity_page_last_reached_timestamp_seconds', 'When the page was last reached', 'page', () =>
      momentsOf(
        pages(),
        ({ url }) => url,
        ({ reachedAt }) => reachedAt,
      ),
    );
    gauge(
      'integrity_page_scripts',
      'Scripts of the page that are known',
      'page',
      ofPages(({ scripts }) => scripts),
    );
    gauge(
      'integrity_page_open_differences',
      'Differences of the page that nobody has accepted',
      'page',
      ofPages(({ open }) => open),
    );
    gauge(
      'integrity_folder_files',
      'Files of the folder that are watched',
      'folder',
      ofFolders(({ files }) => files),
    );
    gauge(
      'integrity_folder_open_differences',
      'Differences of the folder that nobody has accepted',
      'folder',
      ofFolders(({ open }) => open),
    );
    gauge(
      'integrity_folder_unreadable_files',
      'Files of the folder that can not be read',
      'folder',
      ofFolders(({ unreadable }) => unreadable),
    );
    gauge(
      'integrity_folder_truncated',
      '1: the folder holds more files than are watched',
      'folder',
      ofFolders(({ isCut }) => Number(isCut)),
    );
  }

  const feeds = () => intelligence.health();
  const ofFeeds = (of: (feed: ReturnType<typeof feeds>[number]) => number) => () =>
    feeds().map((feed) => [feed.name, of(feed)] as const);
  gauge('intelligence_indicators', 'Indicators that are looked for', undefined, () =>
    oneRow(intelligence.library.size),
  );
  gauge('intelligence_index_bytes', 'Memory that looking for them takes', undefined, () =>
    oneRow(intelligence.library.indexBytes),
  );
  counter('intelligence_matched_observations', 'Observations that matched an indicator', undefined, () =>
    oneRow(intelligence.monitor.matched),
  );
  gauge(
    'intelligence_feed_up',
    '1: the feed was read when it was last asked',
    'feed',
    ofFeeds(({ problem }) => Number(problem === undefined)),
  );
  gauge('intelligence_feed_last_success_timestamp_seconds', 'When the feed was last read', 'feed', () =>
    momentsOf(
      feeds(),
      ({ name }) => name,
      ({ lastAt }) => lastAt,
    ),
  );
  counter(
    'intelligence_feed_indicators',
    'Indicators that the feed brought',
    'feed',
    ofFeeds(({ indicators }) => indicators),
  );
  counter(
    'intelligence_feed_revoked',
    'Indicators that the feed took back',
    'feed',
    ofFeeds(({ revoked }) => revoked),
  );
  counter(
    'intelligence_feed_refused',
    'Entries of the feed that could not be read',
    'feed',
    ofFeeds(({ refused }) => refused),
  );

  if (identityBridge === undefined) return;
  const { counts, issuer } = identityBridge;
  counter('identity_bridge_hand_overs', 'Hand-overs by what came of them', 'outcome', () => [
    ['proved', counts.proved],
    ['refused', counts.refused],
  ]);
  counter('identity_bridge_verifications', 'Other checks by what came of them', 'outcome', () => [
    ['accepted', counts.accepted],
    ['refused', counts.notAccepted],
  ]);
  counter('identity_bridge_refusals', 'Presentations refused, by reason', 'reason', () => counts.reasons);
  gauge('identity_bridge_credentials_issued', 'Credentials that were issued here', undefined, () =>
    oneRow(issuer.counts.issued),
  );
  gauge('identity_bridge_credentials_revoked', 'Of these, credentials that were revoked', undefined, () =>
    oneRow(issuer.counts.revoked),
  );
}
