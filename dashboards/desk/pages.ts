/**
 * The desk's pages: one line each. The picture and the queue come with the desk; every other page is fetched when
 * it is opened first, with its styles and its texts.
 */
import type { ComponentType } from 'preact';
import type { ToolId } from '../../cloud/api/contract.ts';
import type { IconName } from '../kit/icons.tsx';
import type { PageProps } from './page-props.ts';
import { PicturePage } from './picture/picture-page.tsx';
import { QueuePage } from './queue/queue-page.tsx';
import { isToolOn, session } from './session.ts';
import { text } from './text.ts';

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
  /** The tool that it belongs to: where that is off, so is the page. */
  tool?: ToolId;
  /** What its address began with once. */
  formerly?: string;
  /** Whether whoever is signed in has any use for it; everybody where it is not said. */
  isFor?: () => boolean;
  /** The page itself, or how it is fetched. */
  shows: { page: ComponentType<PageProps> } | { load: () => Promise<ComponentType<PageProps>> };
}

export const pages: readonly Page[] = [
  {
    section: '',
    tool: 'situational-picture',
    group: 'watch',
    title: () => text('desk.picture'),
    icon: 'picture-grid',
    key: 'p',
    shows: { page: PicturePage },
  },
  {
    section: 'incidents',
    tool: 'incident-desk',
    group: 'watch',
    title: () => text('desk.incidents'),
    icon: 'incidents',
    key: 'i',
    shows: { page: QueuePage },
  },
  {
    section: 'map',
    tool: 'situational-picture',
    group: 'watch',
    title: () => text('desk.map'),
    icon: 'map',
    key: 'l',
    shows: { load: async () => (await import('./map/map-page.tsx')).MapPage },
  },
  {
    section: 'wall',
    tool: 'situational-picture',
    group: 'watch',
    title: () => text('desk.wall'),
    icon: 'screen',
    key: 'w',
    shows: { load: async () => (await import('./wall/wall-page.tsx')).WallPage },
  },
  {
    section: 'plans',
    tool: 'situational-picture',
    group: 'house',
    title: () => text('desk.plans'),
    icon: 'layers',
    key: 'f',
    shows: { load: async () => (await import('./picture/editor/plans-page.tsx')).PlansPage },
  },
  {
    section: 'search',
    tool: 'incident-desk',
    group: 'watch',
    title: () => text('desk.search'),
    icon: 'search',
    key: 'h',
    isFor: () => !['staff', 'responsible-person'].includes(session.value?.role ?? ''),
    shows: { load: async () => (await import('./hunt/hunt-page.tsx')).HuntPage },
  },
  {
    section: 'shifts',
    tool: 'incident-desk',
    group: 'watch',
    title: () => text('desk.shifts'),
    icon: 'clock',
    key: 'd',
    isFor: () => ['operator', 'supervisor', 'administrator'].includes(session.value?.role ?? ''),
    shows: { load: async () => (await import('./shifts/shifts-page.tsx')).ShiftsPage },
  },
  {
    section: 'assets',
    tool: 'asset-map',
    group: 'understand',
    title: () => text('desk.assets'),
    icon: 'graph',
    key: 'a',
    shows: { load: async () => (await import('./assets/assets-page.tsx')).AssetsPage },
  },
  {
    section: 'risk',
    tool: 'risk',
    group: 'understand',
    title: () => text('desk.risk'),
    icon: 'risk',
    key: 'k',
    shows: { load: async () => (await import('./risk/risk-page.tsx')).RiskPage },
  },
  {
    section: 'cascade',
    tool: 'cascading-effects',
    group: 'understand',
    title: () => text('desk.cascade'),
    icon: 'cascade',
    key: 'c',
    shows: { load: async () => (await import('./cascade/cascade-page.tsx')).CascadePage },
  },
  {
    section: 'alerts',
    tool: 'sharing',
    group: 'act',
    title: () => text('desk.alerts'),
    icon: 'bell',
    key: 'n',
    shows: { load: async () => (await import('./alerting/alerting-page.tsx')).AlertingPage },
  },
  {
    section: 'response',
    tool: 'response',
    group: 'act',
    title: () => text('desk.response'),
    icon: 'play',
    key: 'e',
    isFor: () => session.value?.role !== 'staff',
    shows: { load: async () => (await import('./response/response-page.tsx')).ResponsePage },
  },
  {
    section: 'intelligence',
    tool: 'threat-intelligence',
    group: 'understand',
    title: () => text('desk.intelligence'),
    icon: 'network',
    key: 't',
    shows: { load: async () => (await import('./intelligence/intelligence-page.tsx')).IntelligencePage },
  },
  {
    section: 'duties',
    tool: 'sharing',
    group: 'act',
    title: () => text('desk.duties'),
    icon: 'clock',
    key: 'd',
    isFor: () => session.value?.role !== 'staff',
    shows: { load: async () => (await import('./duties/duties-page.tsx')).DutiesPage },
  },
  {
    section: 'continuity',
    tool: 'recovery',
    group: 'act',
    title: () => text('desk.continuity'),
    icon: 'reopen',
    key: 'y',
    shows: { load: async () => (await import('./continuity/continuity-page.tsx')).ContinuityPage },
  },
  {
    section: 'reports',
    group: 'house',
    title: () => text('desk.reports'),
    icon: 'note',
    key: 'o',
    isFor: () => session.value?.role !== 'staff',
    shows: { load: async () => (await import('./reports/reports-page.tsx')).ReportsPage },
  },
  {
    section: 'suppressions',
    tool: 'incident-desk',
    group: 'act',
    title: () => text('suppress.page'),
    icon: 'false-alarm',
    key: 's',
    shows: { load: async () => (await import('./suppressions/suppressions-page.tsx')).SuppressionsPage },
  },
  {
    section: 'toolkit',
    formerly: 'monitors',
    group: 'house',
    title: () => text('desk.toolkit'),
    icon: 'eye',
    key: 'm',
    isFor: () => session.value?.role !== 'staff',
    shows: { load: async () => (await import('./toolkit/toolkit-page.tsx')).ToolkitPage },
  },
  {
    section: 'registry',
    group: 'house',
    title: () => text('desk.registry'),
    icon: 'person',
    key: 'r',
    shows: { load: async () => (await import('./registry/registry-page.tsx')).RegistryPage },
  },
  {
    section: 'gateways',
    group: 'house',
    title: () => text('desk.gateways'),
    icon: 'gateway',
    isFor: () => !['staff', 'responsible-person'].includes(session.value?.role ?? ''),
    shows: { load: async () => (await import('./gateways/gateways-page.tsx')).GatewaysPage },
  },
  {
    section: 'awareness',
    tool: 'awareness',
    group: 'act',
    title: () => text('awareness.page'),
    icon: 'eye',
    isFor: () => session.value?.role !== 'staff',
    shows: { load: async () => (await import('./awareness/awareness-page.tsx')).AwarenessPage },
  },
  {
    section: 'people',
    group: 'house',
    title: () => text('desk.people'),
    icon: 'lock',
    key: 'u',
    isFor: () => ['administrator', 'auditor'].includes(session.value?.role ?? ''),
    shows: { load: async () => (await import('./people/people-page.tsx')).PeoplePage },
  },
  {
    section: 'account',
    group: 'house',
    title: () => text('desk.my-account'),
    icon: 'account',
    shows: { load: async () => (await import('./people/account-page.tsx')).AccountPage },
  },
];

/** The pages that are offered to whoever is signed in, in the order of their groups. */
export const offeredPages = (): Page[] =>
  pageGroups.flatMap((group) => pages.filter((page) => page.group === group && isOffered(page)));

const isOffered = ({ isFor, tool }: Page): boolean =>
  (isFor?.() ?? true) && (tool === undefined || isToolOn(tool));

/** The page of an address. Where the picture is off, the desk begins with the first page that there is. */
export const pageAt = (section: string): Page | undefined =>
  pages.find((page) => (page.section === section || page.formerly === section) && isOffered(page)) ??
  (section === '' ? offeredPages()[0] : undefined);
