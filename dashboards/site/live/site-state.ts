/** What the gateway says of the site, and whether that is still true. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { SitePage } from '../../../edge/api/contract.ts';
import { clockRate, now, setClock } from '../../kit/clock.ts';
import { connection, follow } from '../../kit/live.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { kitText } from '../../kit/text.ts';
import { api } from '../session.ts';
import { rememberHeard } from './last-heard.ts';

/** The gateway speaks every ten seconds; two beats missed, and nobody may trust the page any more. */
const SILENT_AFTER_MS = 25_000;

const isSitePage = shaped<SitePage>({ site: 'object', clock: 'object', arming: 'object', alarms: 'array' });

/** `locked`: from here the page needs a PIN. */
export type SiteState =
  | { state: 'loading' }
  | { state: 'locked' }
  | { state: 'failed'; message: string }
  /** Not a word from the gateway. */
  | { state: 'away' }
  | { state: 'there'; page: SitePage };

const siteSignal = signal<SiteState>({ state: 'loading' });
export const site: ReadonlySignal<SiteState> = siteSignal;

/** Time of this computer at which the gateway was last heard, ms. */
const heardAt = signal(Date.now());

/** Since when nothing has come from the gateway, by the site's clock; undefined: it is there. */
export const lostSince: ReadonlySignal<number | undefined> = computed(() => {
  // The beat of the clock makes this look again.
  const current = now.value;
  const silentMs = Date.now() - heardAt.value;
  const isLost = connection.value.state === 'offline' || silentMs > SILENT_AFTER_MS;
  return isLost ? current - silentMs * clockRate.value : undefined;
});

function take(page: SitePage): void {
  heardAt.value = Date.now();
  setClock(page.clock);
  siteSignal.value = { state: 'there', page };
  rememberHeard({ at: page.clock.now, site: page.site.name, timeZone: page.site.timeZone });
}

async function fetchSite(): Promise<void> {
  try {
    take(await api.get('api/site', isSitePage));
  } catch (error) {
    if (error instanceof RequestError && error.status === 401) siteSignal.value = { state: 'locked' };
    else if (siteSignal.value.state !== 'there') {
      const message =
        error instanceof RequestError
          ? error.message
          : kitText('kit.error.unexpected', { detail: String(error) });
      const isAway = error instanceof RequestError && error.status === 0;
      siteSignal.value = isAway ? { state: 'away' } : { state: 'failed', message };
    }
    throw error;
  }
}

/** Fetches the page and follows it until the signal. Where it can't be had, `site` says why, and it ends. */
export async function followSite(until: AbortSignal): Promise<void> {
  // Asked again by itself while the gateway is away: what says so stays.
  if (siteSignal.value.state !== 'away') siteSignal.value = { state: 'loading' };
  try {
    await fetchSite();
  } catch {
    return;
  }
  if (until.aborted) return;
  follow({
    url: 'api/stream',
    types: ['site', 'clock'],
    onMessage: (type, data) => {
      heardAt.value = Date.now();
      if (type === 'site' && isSitePage(data)) take(data);
    },
    onRestart: () => void fetchSite().catch(() => undefined),
    until,
  });
}
