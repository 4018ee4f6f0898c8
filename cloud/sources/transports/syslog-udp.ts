import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Intake, messageOf } from '../intake.ts';
import { InputQueue } from './input-queue.ts';
import { peerCheck, peers } from './peers.ts';

/** A burst waits in the kernel while this process is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const REBIND_MS = 5_000;

export const syslogUdp = z.strictObject({
  type: z.literal('syslog-udp'),
  /** This machine alone where it is not said: whoever listens to a network says so. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(514),
  /** Who may send. UDP's senders can be forged: let the network see to it that they are not. */
  from: peers,
});
export type SyslogUdp = z.infer<typeof syslogUdp>;

/**
 * RFC 5426: a datagram is a message. What comes over quota or faster than it can be stored is dropped and
 * counted, because a datagram can't be asked to wait. Runs until the signal ends it.
 */
export async function receiveSyslogUdp(
  settings: SyslogUdp,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = new InputQueue(intake, boot, signal);
  while (!signal.aborted) {
    try {
      await receive(settings, intake, queue, onListening, signal);
    } catch (error) {
      if (signal.aborted) break;
      intake.trouble(`UDP port ${settings.port}: ${messageOf(error)}`);
      await wait(REBIND_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  await queue.settled();
}

async function receive(
  settings: SyslogUdp,
  intake: Intake,
  queue: InputQueue,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const socket: Socket = createSocket({ type: settings.address.includes(':') ? 'udp6' : 'udp4', signal });
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  const mayFrom = peerCheck(settings.from);
  socket.on('message', (raw, { address }) => {
    if (!mayFrom(address)) {
      intake.drop(1);
      intake.note(raw, address, 'sender is not among those that may send');
    } else if (raw.length > intake.maxBytes) {
      intake.refuse(raw, address, `${raw.length} bytes, longer than ${intake.maxBytes}`);
    } else if (!intake.quota.tryTake(1)) intake.drop(1);
    else queue.offer(raw, address);
  });
  const failed = new Promise<never>((_, reject) => {
    socket.on('error', reject);
  });
  // Awaited below; a failure after that has nobody left to tell.
  failed.catch(() => undefined);
  try {
    const bound = new Promise<void>((resolve) => socket.bind(settings.port, settings.address, resolve));
    await Promise.race([bound, failed, closed]);
    if (signal.aborted) return;
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {
      // The system allows less: bursts that are longer are lost, as with any datagram.
    }
    intake.trouble(undefined);
    onListening(socket.address().port);
    await Promise.race([closed, failed]);
  } finally {
    if (!signal.aborted) socket.close();
    await closed;
  }
}
