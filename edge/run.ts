import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../devices/model/clock.ts';
import type { GatewayConfiguration } from './config.ts';
import { Drivers } from './drivers/drivers.ts';
import { Gateway } from './gateway.ts';
import { type DurableOutbox, openOutbox } from './outbox/open.ts';
import { Quarantine } from './quarantine.ts';
import { signingKeyIn } from './signing-key.ts';

/** A gateway that runs: what its page and its metrics ask. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly drivers: Drivers;
  readonly outbox: DurableOutbox;
  readonly quarantine: Quarantine;
}

export interface RunOptions {
  configuration: GatewayConfiguration;
  clock: Clock;
  log: Logger;
  /** The disk has failed: the process must end, or it would acknowledge what it can't keep. */
  onFatal(error: Error): void;
  onChanged(): void;
}

/** Puts a gateway together, from the disk up to the walls, and opens them last. */
export async function runGateway(options: RunOptions, signal: AbortSignal): Promise<RunningGateway> {
  const { configuration, clock, log, onFatal, onChanged } = options;
  const stateDirectory = configuration.resolve(configuration.gateway.state);
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  const onTrouble = (message: string) => log.warn({ message }, 'trouble');
  const outbox = await openOutbox(
    {
      directory: `${stateDirectory}/outbox`,
      gateway: configuration.gateway.id,
      signingKey: signingKeyIn(stateDirectory),
      clock,
      maxBytes: configuration.gateway.maxOutboxBytes,
      retainMs: configuration.gateway.retainMs,
      onFatal,
      onLoss: (loss) => log.error({ loss }, 'records had to be given up'),
    },
    signal,
  );
  if (outbox.setAside !== undefined)
    log.error({ file: outbox.setAside }, 'the outbox could not be read and was put aside');
  const quarantine = new Quarantine();
  // The gateway acts through the drivers and the drivers speak to the gateway: one of them has to come first.
  let drivers: Drivers | undefined;
  const gateway = new Gateway({
    configuration,
    clock,
    outbox,
    deliver: (command) => drivers?.deliver(command) ?? false,
    onChanged,
    onTrouble,
  });
  signal.addEventListener('abort', () => gateway.stop(), { once: true });
  drivers = await Drivers.open({ configuration, clock, quarantine, gateway, onTrouble }, signal);
  await gateway.start();
  return { gateway, drivers, outbox, quarantine };
}
