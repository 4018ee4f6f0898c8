import { createSocket, type Socket } from 'node:dgram';
import { z } from 'zod';
import type { Intake } from '../intake.ts';
import { keepListening, type Listening, listening, port } from './syslog-listening.ts';

/** A burst waits in the kernel while this process is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export const syslogUdp = z.strictObject({
  type: z.literal('syslog-udp'),
  ...listening,
  port: port.default(514),
});
export type SyslogUdp = z.infer<typeof syslogUdp>;

/**
 * RFC 5426: a datagram is a message. What comes over quota or faster than it can be stored is dropped and
 * counted, because a datagram can't be asked to wait. Runs until the signal ends it.
 */
export const receiveSyslogUdp = (
  settings: SyslogUdp,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  keepListening(`UDP port ${settings.port}`, settings.from, intake, boot, onListening, signal, (socket) =>
    receive(settings, socket),
  );

async function receive(
  settings: SyslogUdp,
  { intake, queue, mayFrom, opened, signal }: Listening,
): Promise<void> {
  const socket: Socket = createSocket({ type: settings.address.includes(':') ? 'udp6' : 'udp4', signal });
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  socket.on('message', (raw, { address }) => {
    if (!mayFrom(address, raw)) intake.drop(1);
    else if (raw.length > intake.maxBytes)
      intake.refuse(raw, address, `${raw.length} bytes, longer than ${intake.maxBytes}`);
    else if (!intake.quota.tryTake(1)) intake.drop(1);
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
    opened(socket.address().port);
    await Promise.race([closed, failed]);
  } finally {
    if (!signal.aborted) socket.close();
    await closed;
  }
}
