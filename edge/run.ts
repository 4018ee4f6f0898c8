import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../devices/model/clock.ts';
import { type LiveRegistry, liveRegistry } from '../devices/model/live-registry.ts';
import type { Observation } from '../devices/model/observation.ts';
import { PageMemory } from './api/memory.ts';
import { SteadyClock } from './clock/steady-clock.ts';
import { CloudLink } from './cloud-link.ts';
import { ColdChain } from './cold-chain/cold-chain.ts';
import { ColdChainStore } from './cold-chain/store.ts';
import type { GatewayConfiguration } from './config.ts';
import { Drivers } from './drivers/drivers.ts';
import type { Membership } from './enrolment/membership.ts';
import { Gateway } from './gateway.ts';
import { Health } from './health/health.ts';
import { linuxFolders } from './health/reading.ts';
import { type DurableOutbox, openOutbox } from './outbox/open.ts';
import { Quarantine } from './quarantine.ts';
import { signingKeyIn } from './signing-key.ts';
import { TRANSMISSION_PREFIX } from './transmission/event-queue.ts';
import { openTransmission } from './transmission/open.ts';
import type { Transmitter } from './transmission/transmitter.ts';

/** A gateway that runs: what its page and its metrics ask. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly drivers: Drivers;
  readonly outbox: DurableOutbox;
  readonly quarantine: Quarantine;
  readonly memory: PageMemory;
  readonly health: Health;
  /** The record of the fridges, and what became of goods that were too warm. */
  readonly coldChain: ColdChain;
  /** What the configuration's registry says can be exchanged. */
  readonly registry: LiveRegistry;
  /** Undefined where the configuration names no cloud. */
  readonly cloud: CloudLink | undefined;
  /** Undefined where the configuration names no monitoring station. */
  readonly transmission: Transmitter | undefined;
}

export interface RunOptions {
  configuration: GatewayConfiguration;
  clock: Clock;
  log: Logger;
  /** The disk has failed: the process must end, or it would acknowledge what it can't keep. */
  /** Where this gateway has joined a cloud. */
  membership?: Membership | undefined;
  onFatal(error: Error): void;
  onChanged(): void;
  onObserved?(observation: Observation): void;
}

/** Puts a gateway together, from the disk up to the walls, and opens them last. */
export async function runGateway(options: RunOptions, signal: AbortSignal): Promise<RunningGateway> {
  const { clock, log, onFatal } = options;
  const registry = liveRegistry(options.configuration.registry);
  const configuration = { ...options.configuration, registry };
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
  if (clock instanceof SteadyClock) await clock.begin(outbox.newestAt);
  if (outbox.setAside !== undefined)
    log.error({ file: outbox.setAside }, 'the outbox could not be read and was put aside');
  const quarantine = new Quarantine();
  const memory = new PageMemory(registry);
  const store = await ColdChainStore.open(
    {
      directory: `${stateDirectory}/cold-chain`,
      now: () => clock.now(),
      committed: () => outbox.committed(),
      onTrouble,
    },
    signal,
  );
  const coldChain = new ColdChain(
    {
      gateway: configuration.gateway.id,
      site: configuration.gateway.site,
      registry,
      rules: configuration.rules,
      clock,
      store,
      outbox,
      signingKey: signingKeyIn(stateDirectory),
      note: (kind, facts, by, asset) => gateway.note(kind, facts, by, asset),
      onTrouble,
    },
    signal,
  );
  let newestSequence = 0;
  let cloud: CloudLink | undefined;
  const onChanged = () => {
    transmission?.settle(() => gateway.activeDetections());
    cloud?.changed();
    options.onChanged();
  };
  const transmission = openTransmission(
    configuration,
    {
      clock,
      kept: outbox.kept(TRANSMISSION_PREFIX),
      keep: (key, value) => outbox.keep(key, value),
      forget: (key) => outbox.forget(key),
      onLine: (line, works, because) => {
        const kind = works ? 'transmission.restored' : 'transmission.failed';
        gateway.note(kind, { line, because }).catch((error: unknown) => onTrouble(String(error)));
      },
      onNotUnderstood: (data) => onTrouble(`the monitoring station does not understand "${data}"`),
    },
    signal,
  );
  // The gateway acts through the drivers and the drivers speak to the gateway: one of them has to come first.
  let drivers: Drivers | undefined;
  const gateway = new Gateway({
    configuration,
    clock,
    outbox,
    deliver: (command) => drivers?.deliver(command) ?? false,
    onChanged,
    onObserved: (observation) => {
      newestSequence ||= Number(observation.id.slice(observation.id.lastIndexOf('/') + 1));
      memory.take(observation);
      coldChain.take(observation);
      transmission?.observed(observation);
      options.onObserved?.(observation);
    },
    onDetected: (detection) => {
      memory.detected(detection);
      transmission?.detected(detection);
      drivers?.cameras.detected(detection);
    },
    onTrouble,
  });
  signal.addEventListener('abort', () => gateway.stop(), { once: true });
  drivers = await Drivers.open({ configuration, clock, quarantine, gateway, outbox, onTrouble }, signal);
  await gateway.start();
  const health = new Health({
    clock,
    steady: clock instanceof SteadyClock ? clock : undefined,
    outbox,
    maxOutboxBytes: configuration.gateway.maxOutboxBytes,
    hasCloud: configuration.uplink !== undefined || options.membership !== undefined,
    folders: { state: stateDirectory, ...linuxFolders },
    tell: (kind, facts) => gateway.note(kind, facts),
    onTrouble,
  });
  health.start(signal);
  if (clock instanceof SteadyClock)
    clock.watch((change) => {
      log.warn({ change }, 'clock');
      if (change.quality === 'set') drivers?.cameras.clockWasSet();
      gateway.clockChanged(change).catch((error: unknown) => onTrouble(`clock: ${String(error)}`));
    }, signal);
  transmission?.start();
  // What earlier lives have written is looked through beside the day's work: the page can wait for its charts.
  memory
    .recall(outbox, newestSequence, signal)
    .then(onChanged, (error: unknown) =>
      onTrouble(`what was measured before can't be read: ${String(error)}`),
    );
  coldChain
    .recall(newestSequence, signal)
    .then(onChanged, (error: unknown) =>
      onTrouble(`the cold chain's record can't be taken up: ${String(error)}`),
    );
  const { membership } = options;
  if (configuration.uplink !== undefined || membership !== undefined)
    cloud = new CloudLink(
      { configuration, membership, clock, outbox, quarantine, gateway, health, onChanged, onTrouble },
      signal,
    );
  return { gateway, drivers, outbox, quarantine, memory, health, coldChain, registry, cloud, transmission };
}
