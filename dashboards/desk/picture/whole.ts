/** Sites of which the picture has a summary, fetched whole when they are looked at, and kept up to date. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PictureSite, SiteDetail, StreamEvent } from '../../../cloud/api/contract.ts';
import { shaped } from '../../kit/request.ts';
import { changePicture } from '../live/picture-changes.ts';
import { type Loaded, reasonOf } from '../loaded.ts';
import { api } from '../session.ts';
import { past } from './past.ts';

const isDetail = shaped<SiteDetail>({ clock: 'object', site: 'object' });

/** Sites that are kept: those looked at last. */
const MAX_KEPT = 24;
/** What an incident or a gateway changed in a site is asked for at most this often. */
const AGAIN_MS = 5_000;

const details = signal<ReadonlyMap<string, Loaded<SiteDetail>>>(new Map());
const askedAt = new Map<string, number>();

const keyOf = (site: string, at: number | undefined): string => (at === undefined ? site : `${site}@${at}`);

function put(key: string, value: Loaded<SiteDetail>): void {
  const next = new Map(details.value);
  next.delete(key);
  next.set(key, value);
  for (const oldest of next.keys()) if (next.size > MAX_KEPT) next.delete(oldest);
  details.value = next;
}

export const fetchSite = (site: string, at?: number): Promise<SiteDetail> =>
  api.get(`api/picture/sites/${encodeURIComponent(site)}${at === undefined ? '' : `?at=${at}`}`, isDetail);

async function ask(site: string, at: number | undefined): Promise<void> {
  const key = keyOf(site, at);
  const known = details.value.get(key);
  if (performance.now() - (askedAt.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS && known !== undefined)
    return;
  askedAt.set(key, performance.now());
  if (askedAt.size > MAX_KEPT * 4) askedAt.clear();
  try {
    put(key, { state: 'there', value: await fetchSite(site, at) });
  } catch (error) {
    if (details.value.get(key)?.state !== 'there') put(key, { state: 'failed', ...reasonOf(error) });
  }
}

/** Live events reach what was fetched as they reach the picture. */
export function changeWhole(event: StreamEvent): void {
  if (event.type !== 'asset' && event.type !== 'gateway' && event.type !== 'site') return;
  const key = event.type === 'site' ? event.data.id : event.data.site;
  const held = details.value.get(key);
  if (held?.state !== 'there') return;
  const { clock, site } = held.value;
  const [changed] = changePicture({ clock, sites: [site], sources: [], scenarios: [] }, event).sites;
  if (changed !== undefined && changed !== site)
    put(key, { state: 'there', value: { ...held.value, site: changed } });
}

/** A site with its zones and assets: the one that is given where it is whole, else fetched. */
export function useWhole(site: PictureSite): Loaded<PictureSite> {
  const at = past.value?.shown?.asOf;
  const isSummary = site.summary !== undefined;
  // What is told of a summary (an incident, a link) is a sign that the rest has changed as well.
  useEffect(() => {
    if (isSummary) void ask(site.id, at);
  }, [isSummary, site, at]);
  if (!isSummary) return { state: 'there', value: site };
  const held = details.value.get(keyOf(site.id, at)) ?? { state: 'loading' };
  return held.state === 'there' ? { state: 'there', value: held.value.site } : held;
}
