/** The gateway's own page: its sessions, its live stream, its port. */
import { fileURLToPath } from 'node:url';
import type { Clock } from '../devices/model/clock.ts';
import { siteApp } from './api/app.ts';
import { HEARTBEAT_MS, LivePages } from './api/live.ts';
import { type PageSources, sitePage } from './api/page.ts';
import { listen } from './api/server.ts';
import { Sessions } from './api/sessions.ts';
import { stationStatus } from './api/station.ts';
import type { Person } from './config.ts';
import { gatewayMetrics } from './metrics.ts';
import type { RunningGateway } from './run.ts';

/** Where the build puts the page. */
const builtPage = fileURLToPath(new URL('../dashboards/dist/site/', import.meta.url));

export interface SitePageOptions {
  clock: Clock;
  /** Folder of the built page; absent: where the build puts it. */
  files?: string;
  isHealthy(): boolean;
  onDefect(message: string): void;
}

export interface OpenSitePage {
  readonly port: number;
  /** Something that it shows has changed. */
  changed(): void;
  replacePeople(people: readonly Person[]): void;
}

/** @throws when its port can't be listened on */
export async function openSitePage(
  running: RunningGateway,
  { clock, files = builtPage, isHealthy, onDefect }: SitePageOptions,
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
  };
  const live = new LivePages(
    () => sitePage(sources),
    () => ({ now: clock.now(), rate: clock.rate }),
    signal,
  );
  const sweeping = setInterval(() => sessions.sweep(), HEARTBEAT_MS);
  sweeping.unref();
  signal.addEventListener('abort', () => clearInterval(sweeping), { once: true });
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
    live,
    files,
    metrics,
    isHealthy,
    onDefect,
  });
  const port = await listen(app, page, signal);
  return {
    port,
    changed: () => live.changed(),
    replacePeople: (people) => {
      sessions.replace(people);
      live.changed();
    },
  };
}
