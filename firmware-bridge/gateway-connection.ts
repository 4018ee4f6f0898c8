/**
 * MQTT to the gateway. The bridge has one connection for itself and one for each node: a connection has one
 * last will, and so the gateway learns of every node by itself when this process dies.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../devices/model/clock.ts';
import { durationMs, instant } from '../devices/model/identifiers.ts';
import type { BridgeConfiguration } from './config.ts';
import type { Family, NodeCommand, NodeOutlet, NodeState } from './links/link.ts';
import { atLeastReal, COMMAND_LIFETIME_MS } from './links/timing.ts';

const KEEP_ALIVE_SECONDS = 15;
const RECONNECT_MS = 1_000;
/** To a gateway that has refused us: it may know us later, and is not to take us for somebody who guesses. */
const REFUSED_RECONNECT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A report whose acknowledgement does not come in this time is given back to whoever keeps it. */
const PUBACK_TIMEOUT_MS = 15_000;
/** How long a goodbye may take before the connection is cut. */
const GOODBYE_MS = 1_000;

const MIN_REAL_COMMAND_LIFETIME_MS = 2_000;
const MAX_COMMAND_BYTES = 1_024;

const commandPayload = z.object({
  buzzer: z.enum(['on', 'off']),
  issuedAt: instant.optional(),
  lifetimeMs: durationMs.max(3_600_000).optional(),
});

/**
 * Reads `node/<node>/command`.
 * @param now the bridge's clock, from which a command without `issuedAt` counts
 */
export function readCommand(
  payload: Uint8Array,
  now: number,
  clock: Clock,
): NodeCommand | { refused: string } {
  if (payload.byteLength > MAX_COMMAND_BYTES) return { refused: `more than ${MAX_COMMAND_BYTES} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return { refused: 'no JSON' };
  }
  const parsed = commandPayload.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { refused: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}` };
  }
  const { buzzer, issuedAt, lifetimeMs } = parsed.data;
  const lifetime = atLeastReal(clock, lifetimeMs ?? COMMAND_LIFETIME_MS, MIN_REAL_COMMAND_LIFETIME_MS);
  return { buzzer: buzzer === 'on', expiresAt: (issuedAt ?? now) + lifetime };
}

interface ConnectionOptions {
  gateway: BridgeConfiguration['gateway'];
  clientId: string;
  /** Retained `true` while connected and well, `false` by last will. */
  onlineTopic: string;
  log: Logger;
}

/** One connection that says whether it is there. */
class Presence {
  protected readonly client: MqttClient;
  protected readonly log: Logger;
  private readonly onlineTopic: string;
  private isOnline = false;
  /** The last thing told about the connection; the same again is not news. */
  private problem = '';

  constructor({ gateway, clientId, onlineTopic, log }: ConnectionOptions) {
    this.onlineTopic = onlineTopic;
    this.log = log;
    const { url, username, password, ca } = gateway;
    const options: IClientOptions = {
      clientId,
      clean: true,
      keepalive: KEEP_ALIVE_SECONDS,
      reconnectPeriod: RECONNECT_MS,
      // Otherwise one refusal, also that of a gateway which is not ready yet, would be the last word.
      reconnectOnConnackError: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The library must never be the queue: what can't go out now is kept by the node.
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: onlineTopic, payload: Buffer.from('false'), qos: 1, retain: true },
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { ca }),
    };
    this.client = connect(url, options);
    this.client.on('connect', () => {
      this.problem = '';
      this.client.options.reconnectPeriod = RECONNECT_MS;
      this.log.info({ gateway: url }, 'connected to the gateway');
      this.sayOnline();
    });
    this.client.on('error', (error) => {
      // The return code of a CONNACK (MQTT 3.1.1, section 3.2.2.3).
      if ('code' in error && typeof error.code === 'number')
        this.client.options.reconnectPeriod = REFUSED_RECONNECT_MS;
      const problem = `gateway ${url}: ${problemOf(error)}`;
      if (problem !== this.problem) this.log.warn(problem);
      this.problem = problem;
    });
    this.client.on('close', () => {
      // A refused connection is closed, too; its reason has been told.
      if (this.problem !== '' || this.client.disconnecting) return;
      this.problem = `gateway ${url}: not connected; trying again`;
      this.log.warn(this.problem);
    });
  }

  setOnline(isOnline: boolean): void {
    if (isOnline === this.isOnline) return;
    this.isOnline = isOnline;
    this.sayOnline();
  }

  async close(): Promise<void> {
    this.setOnline(false);
    // A graceful goodbye discards the last will, so `false` must have gone out first.
    const goodbye = this.client.endAsync(false).catch(() => undefined);
    const timer = setTimeout(() => this.client.end(true), GOODBYE_MS);
    await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS * 2).unref())]);
    clearTimeout(timer);
  }

  private sayOnline(): void {
    if (!this.client.connected) return;
    this.client.publish(this.onlineTopic, String(this.isOnline), { qos: 1, retain: true }, (error) => {
      if (error)
        this.log.debug({ topic: this.onlineTopic, error: error.message }, 'not said; said again later');
    });
  }
}

/** The bridge itself: `bridge/<id>/alive` (a word that no family of devices uses, or the bridge would look like one). */
export class BridgePresence extends Presence {
  constructor(configuration: BridgeConfiguration, log: Logger) {
    const { id, gateway } = configuration;
    super({ gateway, clientId: id, onlineTopic: `bridge/${id}/alive`, log });
    this.setOnline(true);
  }
}

export interface DeviceConnectionOptions {
  configuration: BridgeConfiguration;
  family: Family;
  device: string;
  log: Logger;
  /** What was published on its command topic, unless it was retained. */
  onCommand?(payload: Uint8Array): void;
  onRefusedCommand(): void;
  onConnected(): void;
}

/** One device: `<family>/<device>/online`, `…/state`, `…/command`. */
export class DeviceConnection<State> extends Presence {
  private readonly stateTopic: string;

  constructor(options: DeviceConnectionOptions) {
    const { configuration, family, device, log } = options;
    const { id, gateway } = configuration;
    super({ gateway, clientId: `${id}-${device}`, onlineTopic: `${family}/${device}/online`, log });
    this.stateTopic = `${family}/${device}/state`;
    const commandTopic = `${family}/${device}/command`;
    this.client.on('connect', () => {
      if (options.onCommand !== undefined)
        this.client.subscribe(commandTopic, { qos: 1 }, (error) => {
          if (error) log.error({ topic: commandTopic }, 'the gateway does not let this bridge hear commands');
        });
      options.onConnected();
    });
    this.client.on('message', (topic, payload, packet) => {
      if (topic !== commandTopic) return;
      if (!packet.retain) options.onCommand?.(payload);
      else {
        // A retained command is an old one: the gateway's restart must not sound a buzzer.
        options.onRefusedCommand();
        log.warn({ topic }, 'command refused: retained commands are ignored');
      }
    });
  }

  publish(state: State): Promise<void> {
    if (!this.client.connected) return Promise.reject(new Error('not connected to the gateway'));
    return new Promise((resolve, reject) => {
      const giveBack = (because: string) => {
        clearTimeout(timer);
        this.client.off('close', onClose);
        if (messageId !== undefined) this.client.removeOutgoingMessage(messageId);
        reject(new Error(because));
      };
      const onClose = () => giveBack('the connection closed before the acknowledgement');
      const timer = setTimeout(() => giveBack('no acknowledgement in time'), PUBACK_TIMEOUT_MS);
      this.client.once('close', onClose);
      this.client.publish(this.stateTopic, JSON.stringify(state), { qos: 1 }, (error) => {
        clearTimeout(timer);
        this.client.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
      // The library numbers the message while it takes it; the last number given is ours.
      const lastId = this.client.getLastMessageId();
      const messageId = lastId > 0 ? lastId : undefined;
    });
  }
}

export interface NodeConnectionOptions {
  configuration: BridgeConfiguration;
  node: string;
  clock: Clock;
  log: Logger;
  onCommand(command: NodeCommand): void;
  onRefusedCommand(): void;
  onConnected(): void;
}

/** One node of our own: its commands are read here. */
export class NodeConnection extends DeviceConnection<NodeState> implements NodeOutlet {
  constructor({ node, clock, onCommand, ...options }: NodeConnectionOptions) {
    const { log, onRefusedCommand } = options;
    super({
      ...options,
      family: 'node',
      device: node,
      onCommand(payload) {
        const command = readCommand(payload, clock.now(), clock);
        if ('refused' in command) {
          onRefusedCommand();
          log.warn({ topic: `node/${node}/command` }, `command refused: ${command.refused}`);
        } else onCommand(command);
      },
    });
  }
}

function problemOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'nobody listens there; trying again';
  if (code === 4 || code === 5 || code === 134 || code === 135)
    return 'the gateway refuses this name and password';
  return error.message === '' ? String(code ?? error.name) : error.message;
}
