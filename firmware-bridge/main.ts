/** The firmware bridge: the only process that opens serial ports. `gatehouse bridge --help` tells more. */
import '../devices/engine.ts';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { clockFromText } from '../devices/model/clock.ts';
import { runBridge } from './bridge.ts';
import { loadConfiguration } from './config.ts';
import { linkKinds } from './links/catalog.ts';
import { findPorts } from './links/ports.ts';
import { nameNode } from './provision.ts';

const help = `gatehouse bridge: serial devices to MQTT

Usage: gatehouse bridge --config FILE      run until stopped
       gatehouse bridge --config FILE --check   only read the configuration
       gatehouse bridge --ports            list the serial ports, with names that stay
       gatehouse bridge --name PORT NAME   give a door node its name, once

The configuration, YAML:
  id: bridge-1
  gateway:
    url: mqtt://127.0.0.1:1883
    username: bridge-1
    passwordFile: bridge-1.password
  links:
    - id: front-door
      type: door-node
      node: front-door
      ports: /dev/serial/by-id/usb-Arduino*

Kinds of links:
${Object.values(linkKinds)
  .map(({ type, title }) => `  ${type.padEnd(12)} ${title}`)
  .join('\n')}

GATEHOUSE_CLOCK=origin,startedAt,rate runs on another clock; GATEHOUSE_LOG=debug tells more.
`;

const PORT_PATTERNS = ['/dev/serial/by-id/*', '/dev/ttyACM*', '/dev/ttyUSB*'];

/** Ends the process with one line that says what is wrong. */
function stop(line: string): never {
  process.stderr.write(`gatehouse bridge: ${line}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      config: { type: 'string' },
      check: { type: 'boolean' },
      ports: { type: 'boolean' },
      name: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(help);
  } else if (values.ports) {
    for (const { path, device } of await findPorts(PORT_PATTERNS))
      process.stdout.write(`${path} (${device})\n`);
  } else if (values.name !== undefined) {
    const [name] = positionals;
    if (name === undefined || positionals.length > 1) stop('--name needs a port and a name');
    await nameNode(values.name, name);
    process.stdout.write(`${values.name}: this node is now "${name}"\n`);
  } else if (values.config === undefined || positionals.length > 0) {
    stop('needs --config FILE; --help tells more');
  } else {
    const clock = clockFromText(process.env.GATEHOUSE_CLOCK);
    const configuration = loadConfiguration(values.config);
    if (values.check) {
      process.stdout.write(`${values.config}: good, ${configuration.links.length} links\n`);
      return;
    }
    const log = pino({ name: 'bridge', level: process.env.GATEHOUSE_LOG ?? 'info' });
    const ending = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
    // One line for whoever supervises the process: from here on the ports are watched.
    process.stdout.write(`${JSON.stringify({ ready: true, links: configuration.links.length })}\n`);
    await runBridge(configuration, { clock, log, signal: ending.signal });
  }
}

main().then(
  // Whatever a library has left running must not keep a stopped bridge alive.
  () => process.exit(),
  (error: unknown) => stop(error instanceof Error ? error.message : String(error)),
);
