/**
 * To the cloud over MQTT. The library only carries bytes: no store, no queue, no reconnecting of its own; all of that
 * is the outbox's and the uplink's. Batches go at QoS 0: a PUBACK would come before the cloud has stored anything
 * and says nothing that the receipt does not say better.
 */
import { connect, type IClientOptions, MqttClient } from 'mqtt';
import { commandTopic, MAX_BATCHES_IN_FLIGHT, receiptTopic, uplinkTopic } from '../../devices/wire.ts';
import {
  type CloudAddress,
  type Transport,
  type TransportEvents,
  takeCommand,
  takeReceipt,
} from './transport.ts';

/** A connection that answers nothing for this long, and then nothing to a ping, is half open. */
const KEEPALIVE_SECONDS = 20;
const CONNECT_TIMEOUT_MS = 10_000;
const MQTTS_PORT = 8_883;
/** Subscription return code for a refusal, MQTT 3.1.1 section 3.9.3. */
const SUBSCRIPTION_REFUSED = 128;

/**
 * Connects and subscribes.
 * @param url `mqtts://host:port`, or `mqtt://` to a broker on the same machine
 * @throws when the cloud can't be reached or refuses the gateway
 */
export async function connectMqtt(
  url: string,
  { gateway, token, ca, connect: proved }: CloudAddress,
  events: TransportEvents,
  signal: AbortSignal,
): Promise<Transport> {
  signal.throwIfAborted();
  const options: IClientOptions = {
    protocolVersion: 4,
    clientId: gateway,
    username: gateway,
    ...(proved === undefined ? { password: token } : {}),
    clean: true,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(ca === undefined ? {} : { ca }),
  };
  let client: MqttClient;
  if (proved === undefined) client = connect(url, options);
  else {
    const { hostname, port } = new URL(url);
    const { socket } = await proved({ host: hostname, port: Number(port) || MQTTS_PORT }, signal);
    client = new MqttClient(() => socket, options);
  }
  const { promise: closed, resolve: close } = Promise.withResolvers<string>();
  const end = (reason: string) => {
    close(reason);
    client.end(true);
  };
  let lastError = 'connection closed';
  client.on('error', (error) => {
    lastError = error.message;
    end(lastError);
  });
  client.on('close', () => end(lastError));
  const abort = () => end('stopped');
  signal.addEventListener('abort', abort, { once: true });
  closed.then(() => signal.removeEventListener('abort', abort));
  try {
    await Promise.race([
      subscribed(client, gateway, events),
      closed.then((reason) => Promise.reject(new Error(reason))),
    ]);
  } catch (error) {
    end('not connected');
    throw error;
  }
  return {
    via: 'mqtt',
    maxInFlight: MAX_BATCHES_IN_FLIGHT,
    send(lane, batch) {
      const payload = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
      client.publish(uplinkTopic(gateway, lane), payload, { qos: 0 }, (error) => {
        if (error) end(error.message);
      });
    },
    closed,
    close: end,
  };
}

async function subscribed(client: MqttClient, gateway: string, events: TransportEvents): Promise<void> {
  const [receipts, commands] = [receiptTopic(gateway), commandTopic(gateway)];
  client.on('message', (topic, payload, packet) => {
    // A retained command would be somebody's old wish.
    if (packet.retain) events.onUnreadable('retained message');
    else if (topic === receipts) takeReceipt(payload, events);
    else if (topic === commands) takeCommand(payload, events);
  });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const granted = await client.subscribeAsync([receipts, commands], { qos: 1 });
  const refused = granted.find(({ qos }) => qos === SUBSCRIPTION_REFUSED);
  if (refused !== undefined) throw new Error(`subscription to ${refused.topic} refused`);
}
