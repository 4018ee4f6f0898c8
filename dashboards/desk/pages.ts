/**
 * The desk's pages: one line each. The picture and the queue come with the desk; every other page is fetched when
 * it is opened first, with its styles and its texts.
 */
import type { ComponentType } from 'preact';
import type { IconName } from '../kit/icons.tsx';
import { PicturePage } from './picture/picture-page.tsx';
import { QueuePage } from './queue/queue-page.tsx';
import { text } from './text.ts';

/** What a page is told of its address: `#/registry/people` is `registry` with the view `people`. */
export interface PageProps {
  /** The first part after the section. */
  view: string | undefined;
  /** All parts after the section. */
  rest: readonly string[];
}

/** In what order a desk thinks: what is going on, what does it mean, what do we do, what holds the house together. */
export const pageGroups = ['watch', 'understand', 'act', 'house'] as const;
export type PageGroup = (typeof pageGroups)[number];

export interface Page {
  /** First part of its address. */
  section: string;
  group: PageGroup;
  title: () => string;
  icon: IconName;
  /** `g` and this letter go there. */
  key?: string;
  /** Whether whoever is signed in has any use for it; everybody where it is not said. */
  isFor?: () => boolean;
  /** The page itself, or how it is fetched. */
  shows: { page: ComponentType<PageProps> } | { load: () => Promise<ComponentType<PageProps>> };
}

export const pages: readonly Page[] = [
  {
    section: '',
    group: 'watch',
    title: () => text('desk.picture'),
    icon: 'picture-grid',
    key: 'p',
    shows: { page: PicturePage },
  },
  {
    section: 'incidents',
    group: 'watch',
    title: () => text('desk.incidents'),
    icon: 'incidents',
    key: 'i',
    shows: { page: QueuePage },
  },
  {
    section: 'suppressions',
    group: 'act',
    title: () => text('suppress.page'),
    icon: 'false-alarm',
    key: 's',
    shows: { load: async () => (await import('./suppressions/suppressions-page.tsx')).SuppressionsPage },
  },
  {
    section: 'monitors',
    group: 'house',
    title: () => text('monitors.page'),
    icon: 'eye',
    key: 'm',
    shows: { load: async () => (await import('./monitors/monitors-page.tsx')).MonitorsPage },
  },
  {
    section: 'registry',
    group: 'house',
    title: () => text('desk.registry'),
    icon: 'person',
    key: 'r',
    shows: { load: async () => (await import('./registry/registry-page.tsx')).RegistryPage },
  },
];

/** The pages that are offered to whoever is signed in, in the order of their groups. */
export const offeredPages = (): Page[] =>
  pageGroups.flatMap((group) => pages.filter((page) => page.group === group && (page.isFor?.() ?? true)));
