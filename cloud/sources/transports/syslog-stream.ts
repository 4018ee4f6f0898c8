/** Syslog over streams, plain or encrypted: connections, their bounds, and who is held back. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { SyslogDeframer } from './syslog-framing.ts';
import type { Listening } from './syslog-listening.ts';

/** A sender that is gone without a word is noticed so. */
const KEEP_ALIVE_MS = 30_000;
/** Who begins a message and does not end it within this holds a connection for nothing. */
const MESSAGE_WITHIN_MS = 60_000;

/** Keys of both beside address and port. */
export const streaming = {
  maxConnections: z.number().int().min(1).max(4_096).default(64),
  /**
   * A connection without a message for so long is closed. Long where it is not said: a sender learns that a connection
   * is closed by losing what it writes next.
   */
  idleMs: z
    .number()
    .int()
    .min(1_000)
    .max(7 * 24 * 3_600_000)
    .default(24 * 3_600_000),
};

export interface Streaming {
  readonly port: number;
  readonly address: string;
  readonly maxConnections: number;
  readonly idleMs: number;
}

/**
 * Serves one life of a listening socket. @param listen makes the server, which hands over connections that are ready
 * to be read
 */
export async function serveStreams(
  settings: Streaming,
  listens: Listening,
  listen: (accept: (socket: Socket) => void) => Server,
): Promise<void> {
  const { intake, opened, signal } = listens;
  const connections = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const server = listen((socket) => {
    const peer = socket.remoteAddress ?? 'unknown';
    const connection = receiveFrom(socket, peer, settings.idleMs, listens).finally(() => {
      connections.delete(connection);
    });
    connections.add(connection);
  });
  server.maxConnections = settings.maxConnections;
  server.on('connection', (socket: Socket) => {
    // Broken off before anybody reads from it is no failure of the process.
    socket.on('error', () => undefined);
    if (!listens.mayFrom(socket.remoteAddress ?? 'unknown', new Uint8Array())) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
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
    opened(portOf(server.address()));
    await once(server, 'close', { signal });
  } finally {
    signal.removeEventListener('abort', close);
    close();
    await Promise.all(connections);
  }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** One sender, until it ends, breaks off or falls silent; its troubles are its own. */
async function receiveFrom(
  socket: Socket,
  peer: string,
  idleMs: number,
  { intake, queue, signal }: Listening,
): Promise<void> {
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const deframer = new SyslogDeframer(intake.maxBytes);
  const take = async (frames: ReturnType<SyslogDeframer['push']>): Promise<void> => {
    const waitMs = intake.quota.borrow(frames.length);
    if (waitMs > 0) await wait(waitMs, undefined, { signal });
    for (const frame of frames) {
      if ('refused' in frame) intake.refuse(frame.raw, peer, frame.refused);
      else await queue.put(frame.message, peer);
    }
  };
  // Runs only while we wait for the sender: that we hold it back ourselves is not its silence.
  let silence: NodeJS.Timeout | undefined;
  const awaitSender = () => {
    const isWithin = deframer.isWithinMessage;
    const patienceMs = isWithin ? Math.min(MESSAGE_WITHIN_MS, idleMs) : idleMs;
    silence = setTimeout(() => {
      if (isWithin) intake.note(new Uint8Array(), peer, `no end of a message within ${patienceMs} ms`);
      socket.destroy();
    }, patienceMs);
    silence.unref();
  };
  try {
    awaitSender();
    // Not reading on is what holds the sender back.
    for await (const chunk of socket) {
      clearTimeout(silence);
      if (chunk instanceof Uint8Array) await take(deframer.push(chunk));
      awaitSender();
    }
    clearTimeout(silence);
    await take(deframer.end());
  } catch {
    // Broken off: what came whole before it was taken.
  } finally {
    clearTimeout(silence);
    socket.destroy();
  }
}
