import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Intake, messageOf } from '../intake.ts';
import { InputQueue } from './input-queue.ts';
import { peerCheck, peers } from './peers.ts';
import { SyslogDeframer } from './syslog-framing.ts';

/** A sender that is gone without a word is noticed so. */
const KEEP_ALIVE_MS = 30_000;
const REBIND_MS = 5_000;

export const syslogTcp = z.strictObject({
  type: z.literal('syslog-tcp'),
  /** This machine alone where it is not said: whoever listens to a network says so. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(601),
  from: peers,
  maxConnections: z.number().int().min(1).max(4_096).default(64),
});
export type SyslogTcp = z.infer<typeof syslogTcp>;

/**
 * RFC 6587: both framings, told apart message by message. A sender that is faster than the store or over its
 * quota is held back by TCP itself; nothing is dropped. Runs until the signal ends it.
 */
export async function receiveSyslogTcp(
  settings: SyslogTcp,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = new InputQueue(intake, boot, signal);
  while (!signal.aborted) {
    try {
      await serve(settings, intake, queue, onListening, signal);
    } catch (error) {
      if (signal.aborted) break;
      intake.trouble(`TCP port ${settings.port}: ${messageOf(error)}`);
      await wait(REBIND_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  await queue.settled();
}

async function serve(
  settings: SyslogTcp,
  intake: Intake,
  queue: InputQueue,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const mayFrom = peerCheck(settings.from);
  const connections = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const peer = socket.remoteAddress ?? 'unknown';
    if (!mayFrom(peer)) {
      intake.note(new Uint8Array(), peer, 'sender is not among those that may send');
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const connection = receiveFrom(socket, peer, intake, queue, signal).finally(() => {
      sockets.delete(socket);
      connections.delete(connection);
    });
    connections.add(connection);
  });
  server.maxConnections = settings.maxConnections;
  // What fails is told by what is awaited below; this only keeps a second failure from ending the process.
  server.on('error', () => undefined);
  server.on('drop', (from) => {
    intake.note(
      new Uint8Array(),
      from?.remoteAddress ?? 'unknown',
      `turned away: there are ${settings.maxConnections} connections already`,
    );
  });
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    server.listen(settings.port, settings.address);
    await once(server, 'listening', { signal });
    intake.trouble(undefined);
    onListening(portOf(server.address()));
    await once(server, 'close', { signal });
  } finally {
    signal.removeEventListener('abort', close);
    close();
    await Promise.all(connections);
  }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** One sender, until it ends or breaks off; its troubles are its own. */
async function receiveFrom(
  socket: Socket,
  peer: string,
  intake: Intake,
  queue: InputQueue,
  signal: AbortSignal,
): Promise<void> {
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const deframer = new SyslogDeframer(intake.maxBytes);
  const take = async (frames: ReturnType<SyslogDeframer['push']>): Promise<void> => {
    const waitMs = intake.quota.borrow(frames.length);
    if (waitMs > 0) await wait(waitMs, undefined, { signal });
    for (const frame of frames) {
      if ('refused' in frame) intake.refuse(frame.raw, peer, frame.refused);
      else {
        await queue.room();
        queue.offer(frame.message, peer);
      }
    }
  };
  try {
    // Not reading on is what holds the sender back.
    for await (const chunk of socket) if (chunk instanceof Uint8Array) await take(deframer.push(chunk));
    await take(deframer.end());
  } catch {
    // Broken off: what came whole before it was taken.
  } finally {
    socket.destroy();
  }
}
