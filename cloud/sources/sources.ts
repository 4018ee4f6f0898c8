import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Hono } from 'hono';
import type { Clock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import { sourceFormats } from './catalog.ts';
import type { SourceEntry, SourceList } from './configuration.ts';
import { Intake, messageOf, type SourceHealth } from './intake.ts';
import type { SourceFormat, SourceReader } from './source.ts';
import { readSyslogMessage } from './syslog-message.ts';
import { followFile } from './transports/followed-file.ts';
import { httpPostRoute } from './transports/http-post.ts';
import { receiveSyslogTcp } from './transports/syslog-tcp.ts';
import { receiveSyslogTls } from './transports/syslog-tls.ts';
import { receiveSyslogUdp } from './transports/syslog-udp.ts';

export type { SourceHealth } from './intake.ts';

export interface SourcesOptions {
  store: Pick<Store, 'cursor' | 'putCursor' | 'quarantine'>;
  registry: Registry;
  clock: Clock;
  /**
   * Takes what the sources saw; resolves once it is stored. It may be given the same records again, with the
   * same ids, after a failure or a kill.
   */
  commit(observations: readonly Observation[], detections: readonly Detection[]): Promise<void>;
  /** Who posts is taken from X-Forwarded-For, as the one proxy in front writes it. */
  trustProxy?: boolean;
  signal: AbortSignal;
}

export interface Sources {
  /** In the order of the configuration. */
  health(): SourceHealth[];
  /** Routes of the sources that are posted to; to be mounted at the root of the cloud's HTTP server. */
  routes: Hono;
  /** The port that a source listens on, once it does. */
  port(name: string): number | undefined;
  /** Resolves when the signal has ended all of them and what they had taken is stored. */
  done: Promise<void>;
}

/**
 * Starts every configured source. A source that can't work (its port is taken, its file is missing) says so in
 * its health and tries on; the others never notice.
 * @throws Error where a source names an asset or a site that the registry does not know, or a secret that is not there
 */
export function createSources(configuration: SourceList, options: SourcesOptions): Sources {
  // Every source waits on it: many are no leak.
  setMaxListeners(0, options.signal);
  const boot = randomBytes(8).toString('hex');
  const routes = new Hono();
  const ports = new Map<string, number>();
  const running: Promise<void>[] = [];
  const prepared = configuration.map((entry, index) => ({ entry, ...prepare(entry, index, options) }));
  for (const { entry, format, intake } of prepared) {
    const { transport, name } = entry;
    const onListening = (port: number) => ports.set(name, port);
    switch (transport.type) {
      case 'followed-file':
        running.push(followFile(transport, intake, options.store, options.signal));
        break;
      case 'syslog-udp':
        running.push(receiveSyslogUdp(transport, intake, boot, onListening, options.signal));
        break;
      case 'syslog-tcp':
        running.push(receiveSyslogTcp(transport, intake, boot, onListening, options.signal));
        break;
      case 'syslog-tls':
        running.push(receiveSyslogTls(transport, intake, boot, onListening, options.signal));
        break;
      case 'http-post':
        try {
          routes.route('/', httpPostRoute(transport, format.unit, intake, boot, options.trustProxy ?? false));
        } catch (error) {
          throw new Error(`source ${name}: ${messageOf(error)}`);
        }
        break;
    }
  }
  return {
    health: () => prepared.map(({ intake }) => intake.health()),
    routes,
    port: (name) => ports.get(name),
    done: Promise.all(running).then(() => undefined),
  };
}

function prepare(
  entry: SourceEntry,
  index: number,
  { registry, clock, store, commit }: SourcesOptions,
): { format: SourceFormat; intake: Intake } {
  const format = sourceFormats.find(({ name }) => name === entry.format);
  const site = entry.site ?? registry.asset(entry.asset)?.site;
  const where = `sources[${index}] (${entry.name})`;
  if (format === undefined) throw new Error(`${where}: there is no format "${entry.format}"`);
  if (site === undefined) throw new Error(`${where}: there is no asset "${entry.asset}" in the registry`);
  const timeZone = registry.site(site)?.timeZone;
  if (timeZone === undefined) throw new Error(`${where}: there is no site "${site}" in the registry`);
  const read = format.reader(entry, { timeZone });
  const isSyslog = entry.transport.type.startsWith('syslog-');
  const intake = new Intake({
    place: { name: entry.name, format: format.name, asset: entry.asset, site },
    title: entry.title ?? format.title,
    read: isSyslog && format.name !== 'syslog' ? unwrapped(read, timeZone) : read,
    masked: format.masked,
    maxBytes: format.maxBytes,
    quota: entry.quota,
    registry,
    clock,
    store,
    commit,
  });
  return { format, intake };
}

/** Web servers and sensors can send their lines as the text of syslog messages: what is wanted is the line. */
const unwrapped =
  (read: SourceReader, timeZone: string): SourceReader =>
  (input, receivedAt, topic) => {
    const message = readSyslogMessage(input, receivedAt, timeZone);
    return typeof message === 'string' ? { refused: message } : read(message.text, receivedAt, topic);
  };
