import { createSocket, type Socket } from 'node:dgram';
import { setInterval as every } from 'node:timers/promises';
import { z } from 'zod';
import type { Intake } from '../intake.ts';
import { kernelDrops } from './kernel-drops.ts';
import { keepListening, type Listening, listening, port } from './syslog-listening.ts';

/** A burst waits in the kernel while this process is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** How often the kernel is asked what it had no room for. */
const ASK_KERNEL_MS = 5_000;

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
    if (!mayFrom(address, raw)) intake.drop(1, 'from senders that may not send');
    else if (raw.length > intake.maxBytes)
      intake.refuse(raw, address, `${raw.length} bytes, longer than ${intake.maxBytes}`);
    else if (!intake.quota.tryTake(1)) intake.drop(1, 'over quota');
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
    const { port: number } = socket.address();
    opened(number);
    const ended = new AbortController();
    const watching = watchKernel(number, intake, ended.signal);
    try {
      await Promise.race([closed, failed]);
    } finally {
      ended.abort();
      await watching;
    }
  } finally {
    if (!signal.aborted) socket.close();
    await closed;
  }
}

/** Counts what was lost before it got here, until the signal ends it. */
async function watchKernel(number: number, intake: Intake, signal: AbortSignal): Promise<void> {
  let known = (await kernelDrops(number)) ?? 0;
  try {
    for await (const _ of every(ASK_KERNEL_MS, undefined, { signal, ref: false })) {
      const now = await kernelDrops(number);
      if (now === undefined) return;
      if (now > known) intake.drop(now - known, 'faster than they could be read');
      known = now;
    }
  } catch {
    // Ended.
  }
}
