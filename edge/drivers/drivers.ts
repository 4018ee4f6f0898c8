import { readFileSync } from 'node:fs';
import type { Command } from '../../devices/model/command.ts';
import { profileFrom } from '../../devices/profiles/written-profile-reading.ts';
import { type Broker, createBroker } from '../broker/broker.ts';
import { Cameras } from '../cameras/cameras.ts';
import { ExternalBroker } from './external-broker.ts';
import { type FromDevice, MqttDriver, type QuarantinedMessage, type StoredMessage } from './mqtt.ts';
import type { DriversOptions } from './options.ts';
import { profilesOf } from './profiles.ts';

/** A broker with the driver that reads it: names learned from one broker mean nothing on another. */
interface Wire {
  driver: MqttDriver;
  publish(topic: string, payload: string | Uint8Array): Promise<void>;
}

/** Everything that speaks to devices: the gateway's own broker, brokers of the site, cameras. */
export class Drivers {
  readonly broker: Broker;
  readonly #options: DriversOptions;
  readonly #wires: readonly Wire[];
  readonly cameras: Cameras;

  private constructor(options: DriversOptions, broker: Broker, wires: readonly Wire[], cameras: Cameras) {
    this.#options = options;
    this.broker = broker;
    this.#wires = wires;
    this.cameras = cameras;
  }

  /** Opens the walls: from here on devices are heard. */
  static async open(options: DriversOptions, signal: AbortSignal): Promise<Drivers> {
    let broker: Broker | undefined;
    // QoS 0: a command that waits in a session would be carried out late; it is repeated until it is read back.
    const publish: Wire['publish'] = async (topic, payload) =>
      broker?.publish(topic, Buffer.from(payload), { qos: 0 });
    const own = driverFor(options, publish);
    broker = await openBroker(options, own, signal);
    const external = options.configuration.brokers.map((_, index) => openExternal(options, index, signal));
    const cameras = new Cameras(options, signal);
    const drivers = new Drivers(options, broker, [{ driver: own, publish }, ...external], cameras);
    await hear(options, own.rebuild(broker.retainedMessages(own.filters), options.clock.now(), true));
    cameras.start();
    return drivers;
  }

  /** Hands a command to whatever can carry it out. False: nothing can. */
  deliver(command: Command): boolean {
    if (command.action === 'picture.take' || command.action === 'camera.go-to-preset')
      return this.cameras.deliver(command);
    const targets = this.#options.gateway.site.commandTargets(command.asset, command.action);
    for (const { driver, publish } of this.#wires) {
      const result = driver.command(command, targets);
      if ('refused' in result) continue;
      for (const { topic, payload } of result.messages) {
        // It is sent again until the device says so: a failed attempt costs nothing.
        publish(topic, payload).catch((error: unknown) =>
          this.#options.onTrouble(`${topic}: ${String(error)}`),
        );
      }
      return true;
    }
    return false;
  }
}

const hear = ({ gateway }: DriversOptions, heard: FromDevice[]): Promise<void> => gateway.hear(heard);

const driverFor = (options: DriversOptions, publish: Wire['publish']): MqttDriver =>
  new MqttDriver({
    quarantine: (message) => quarantineMessage(options, message),
    profiles: profilesOf(options.configuration),
    // A question that got lost is asked again with the next message that needs its answer.
    ask: ({ topic, payload }) => {
      publish(topic, payload).catch((error: unknown) => options.onTrouble(`${topic}: ${String(error)}`));
    },
  });

function quarantineMessage({ quarantine }: DriversOptions, message: QuarantinedMessage): void {
  const { receivedAt: at, client, topic, profile, reason, payload } = message;
  quarantine.add({
    at,
    wall: `profile:${profile}`,
    peer: client,
    reason: `${topic}: ${reason}`,
    raw: payload,
  });
}

function openBroker(options: DriversOptions, driver: MqttDriver, signal: AbortSignal): Promise<Broker> {
  const { configuration, clock, quarantine, gateway, onTrouble } = options;
  const { tls, plain, identities } = configuration.broker;
  const pem = (file: string) => readFileSync(configuration.resolve(file), 'utf8');
  const certificate =
    tls?.certificateFile === undefined || tls.keyFile === undefined
      ? undefined
      : { certificate: pem(tls.certificateFile), key: pem(tls.keyFile) };
  return createBroker(
    {
      stateDirectory: configuration.resolve(configuration.gateway.state),
      identities,
      ...(tls === undefined
        ? {}
        : {
            tls: {
              port: tls.port,
              ...(tls.host === undefined ? {} : { host: tls.host }),
              ...(tls.names === undefined ? {} : { names: tls.names }),
              ...(certificate === undefined ? {} : { certificate }),
            },
          }),
      ...(plain === undefined ? {} : { plain }),
      onMessage: ({ client, topic, payload, qos, receivedAt }) => {
        const heard = driver.read({ client: client.id, topic, payload, qos, receivedAt });
        // Most topics are of no profile: the publisher need not wait for a disk.
        return heard.length === 0 ? undefined : gateway.hear(heard);
      },
      onQuarantine: ({ at, address, client, kind, reason, bytes }) =>
        quarantine.add({
          at,
          wall: 'mqtt',
          peer: client?.identity ?? address,
          reason: `${kind}: ${reason}`,
          raw: bytes,
        }),
      onConnectRefused: ({ at, address, username, reason }) =>
        quarantine.add({
          at,
          wall: 'mqtt',
          peer: address,
          reason: `${username}: ${reason}`,
          raw: new Uint8Array(),
        }),
      onStateTrouble: ({ message }) => onTrouble(`broker state: ${message}`),
    },
    { clock, signal },
  );
}

function openExternal(options: DriversOptions, index: number, signal: AbortSignal): Wire {
  const { configuration, clock, onTrouble } = options;
  const entry = configuration.brokers[index];
  if (entry === undefined) throw new RangeError(`there is no broker ${index}`);
  const publish: Wire['publish'] = (topic, payload) => external.publish({ topic, payload });
  const driver = driverFor(options, publish);
  // Whoever has described a device wants it heard, wherever it publishes.
  const described = configuration.profiles.flatMap((written) => profileFrom(written).filters);
  const external = new ExternalBroker({
    configuration: { ...entry, filters: [...new Set([...entry.filters, ...described])] },
    clientId: `gatehouse-${configuration.gateway.id}-${index}`,
    now: () => clock.now(),
    onMessage: (message) => hear(options, driver.read(message)),
    onLearned: (stored: readonly StoredMessage[]) => driver.learn(stored, clock.now()),
    onStored: (stored: readonly StoredMessage[]) => hear(options, driver.rebuild(stored, clock.now())),
    onConnection: (connected, problem) => {
      if (!connected && problem !== undefined) onTrouble(`${entry.url}: ${problem}`);
    },
    signal,
  });
  return { driver, publish };
}
