/** The gateway's own page: its sessions, its live stream, its port. */
import { fileURLToPath } from 'node:url';
import type { Clock } from '../devices/model/clock.ts';
import type { Observation } from '../devices/model/observation.ts';
import { siteApp } from './api/app.ts';
import { BadgeSignIns } from './api/badge-sign-ins.ts';
import { HEARTBEAT_MS, LivePages } from './api/live.ts';
import { type PageSources, sitePage } from './api/page.ts';
import { pageTls } from './api/page-tls.ts';
import { listen, listenTls } from './api/server.ts';
import { Sessions } from './api/sessions.ts';
import { SignIns } from './api/sign-ins.ts';
import { stationStatus } from './api/station.ts';
import type { Person } from './config.ts';
import { gatewayMetrics } from './metrics.ts';
import type { RunningGateway } from './run.ts';

/** What a reader shows is for whoever stands there now. */
const SIGNAL_LIFETIME_MS = 3_000;

/** Where the build puts the page. */
const builtPage = fileURLToPath(new URL('../dashboards/dist/site/', import.meta.url));

export interface SitePageOptions {
  clock: Clock;
  /** Folder of the built page; absent: where the build puts it. */
  files?: string;
  isHealthy(): boolean;
  onDefect(message: string): void;
  /** Something that a person should read in the log. */
  onNews?(message: string): void;
}

export interface OpenSitePage {
  readonly port: number;
  /** Of HTTPS, where that is configured. */
  readonly tlsPort?: number;
  /** Something that it shows has changed. */
  changed(): void;
  /** Something was observed: a badge at a reader where somebody wants to sign in. */
  observed(observation: Observation): void;
  replacePeople(people: readonly Person[]): void;
}

/** @throws when its port can't be listened on */
export async function openSitePage(
  running: RunningGateway,
  { clock, files = builtPage, isHealthy, onDefect, onNews = () => {} }: SitePageOptions,
  signal: AbortSignal,
): Promise<OpenSitePage> {
  const { gateway, quarantine, memory, coldChain, cloud, transmission } = running;
  const { page } = gateway.configuration;
  const sessions = new Sessions(page.people);
  const sources: PageSources = {
    gateway,
    clock,
    quarantine,
    memory,
    coldChain,
    uplink: () => cloud?.status(),
    station: () => stationStatus(transmission?.status()),
    people: () => sessions.names,
    badgeReaders: () => page.badgeReaders,
  };
  const live = new LivePages(
    () => sitePage(sources),
    () => ({ now: clock.now(), rate: clock.rate }),
    signal,
  );
  const sweeping = setInterval(() => {
    sessions.sweep();
    badges.sweep();
  }, HEARTBEAT_MS);
  sweeping.unref();
  signal.addEventListener('abort', () => clearInterval(sweeping), { once: true });
  const signIns = new SignIns(gateway, onDefect);
  let orders = 0;
  const badges = new BadgeSignIns({
    readers: page.badgeReaders,
    registry: running.registry,
    people: () => sessions.people,
    siteNow: () => clock.now(),
    tellReader: (asset, action) => {
      const [{ id }, issuedAt] = [gateway.configuration.gateway, clock.now()];
      const order = `${id}/page/${issuedAt}-${++orders}/${action}/${asset}`.slice(-256);
      const command = { id: order, action, asset, issuedAt, issuedBy: 'site-page', reason: 'badge sign-in' };
      gateway
        .command({ ...command, lifetimeMs: SIGNAL_LIFETIME_MS })
        .catch((error: unknown) => onDefect(`${asset}: ${String(error)}`));
    },
    onRefused: (because, person, from, facts) =>
      signIns.failed('somebody with a badge', person, from, 'wrong', { with: 'badge', because, ...facts }),
  });
  const { configuration } = gateway;
  const tls =
    page.tls === undefined
      ? undefined
      : pageTls({
          tls: page.tls,
          names: page.names,
          stateDirectory: configuration.resolve(configuration.gateway.state),
          resolve: configuration.resolve,
          nowMs: () => Date.now(),
          onNews,
        });
  let tlsPort: number | undefined;
  const metrics = gatewayMetrics(running, { live, sessions });
  const app = siteApp({
    running,
    cameras: running.drivers.cameras,
    page,
    gateway,
    clock,
    sources,
    memory,
    sessions,
    badges,
    signIns,
    live,
    files,
    ...(tls === undefined ? {} : { tls: { ...tls, port: () => tlsPort ?? 0 } }),
    metrics,
    isHealthy,
    onDefect,
  });
  const port = await listen(app, page, signal);
  if (page.tls !== undefined && tls !== undefined)
    tlsPort = await listenTls(app, page.tls, tls, page.names, onNews, signal);
  return {
    port,
    ...(tlsPort === undefined ? {} : { tlsPort }),
    changed: () => live.changed(),
    observed: (observation) => badges.observed(observation),
    replacePeople: (people) => {
      sessions.replace(people);
      live.changed();
    },
  };
}
