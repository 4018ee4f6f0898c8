/** Links on one side, the gateway on the other, a node each. */
import type { Logger } from 'pino';
import type { Clock } from '../devices/model/clock.ts';
import { type BridgeConfiguration, createLink, type LinkConfiguration } from './config.ts';
import { type LinkCounters, newCounters } from './counters.ts';
import { BridgePresence, DeviceConnection, NodeConnection } from './gateway-connection.ts';
import type { DeviceHandlers, Family, Link, NodeOutlet } from './links/link.ts';
import { PortClaims } from './links/ports.ts';

/** How often the counters go into the log, where they have changed; in real time. */
const COUNTERS_MS = 60_000;

export interface BridgeOptions {
  clock: Clock;
  log: Logger;
  /** Ends the bridge: ports are closed, nodes told offline. */
  signal: AbortSignal;
}

/** Runs until aborted; whatever devices or the gateway do is lived with. */
export async function runBridge(
  configuration: BridgeConfiguration,
  { clock, log, signal }: BridgeOptions,
): Promise<void> {
  const presence = new BridgePresence(configuration, log.child({ bridge: configuration.id }));
  const ports = new PortClaims();
  await Promise.all(
    configuration.links.map((link) =>
      runLink(link, {
        configuration,
        ports,
        clock,
        log: log.child({ link: link.id, ...('node' in link && { node: link.node }) }),
        signal,
      }),
    ),
  );
  await presence.close();
}

interface LinkSurroundings extends BridgeOptions {
  configuration: BridgeConfiguration;
  ports: PortClaims;
}

async function runLink(given: LinkConfiguration, surroundings: LinkSurroundings): Promise<void> {
  const { configuration, ports, clock, log, signal } = surroundings;
  const counters = newCounters();
  // A connection's first event comes later than the link, so there is always one.
  let link: Link | undefined;
  const connections: { close(): Promise<void> }[] = [];
  const opened = <Connection extends { close(): Promise<void> }>(connection: Connection): Connection => {
    connections.push(connection);
    return connection;
  };
  const nodeConnection = (node: string) =>
    new NodeConnection({
      configuration,
      node,
      clock,
      log,
      onCommand: (command) => {
        link?.command(command).then((outcome) => log.info({ buzzer: command.buzzer, outcome }, 'command'));
      },
      onRefusedCommand: () => counters.commandsRefused++,
      onConnected: () => link?.gatewayReturned(),
    });
  link = createLink(given, {
    node: 'node' in given ? given.node : given.id,
    outlet:
      given.type === 'door-node' || given.type === 'firmata' ? opened(nodeConnection(given.node)) : noOutlet,
    connect: <State>(family: Exclude<Family, 'node'>, device: string, handlers: DeviceHandlers) =>
      opened(
        new DeviceConnection<State>({
          configuration,
          family,
          device,
          log: log.child({ [family]: device }),
          ...handlers,
        }),
      ),
    clock,
    log,
    ports,
    counters,
  });
  let told = JSON.stringify(counters);
  const tell = () => {
    const now = JSON.stringify(counters);
    if (now !== told) log.info({ counters: changed(counters) }, 'counters');
    told = now;
  };
  const timer = setInterval(tell, COUNTERS_MS);
  try {
    await link.run(signal);
  } finally {
    clearInterval(timer);
    tell();
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** Of a link that opens connections of its own. */
const noOutlet: NodeOutlet = {
  publish: () => Promise.reject(new Error('this link has no node')),
  setOnline: () => undefined,
};

/** Those that are not zero. */
const changed = (counters: LinkCounters): Record<string, number> =>
  Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0));
