import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Intake } from '../intake.ts';
import { SyslogDeframer } from './syslog-framing.ts';
import { keepListening, type Listening, listening, port } from './syslog-listening.ts';

/** A sender that is gone without a word is noticed so. */
const KEEP_ALIVE_MS = 30_000;

export const syslogTcp = z.strictObject({
  type: z.literal('syslog-tcp'),
  ...listening,
  port: port.default(601),
  maxConnections: z.number().int().min(1).max(4_096).default(64),
});
export type SyslogTcp = z.infer<typeof syslogTcp>;

/**
 * RFC 6587: both framings, told apart message by message. A sender that is faster than the store or over its
 * quota is held back by TCP itself; nothing is dropped. Runs until the signal ends it.
 */
export const receiveSyslogTcp = (
  settings: SyslogTcp,
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  keepListening(`TCP port ${settings.port}`, settings.from, intake, boot, onListening, signal, (socket) =>
    serve(settings, socket),
  );

async function serve(settings: SyslogTcp, listens: Listening): Promise<void> {
  const { intake, mayFrom, opened, signal } = listens;
  const connections = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    // Broken off before anybody reads from it is no failure of the process.
    socket.on('error', () => undefined);
    const peer = socket.remoteAddress ?? 'unknown';
    if (!mayFrom(peer, new Uint8Array())) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const connection = receiveFrom(socket, peer, listens).finally(() => {
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

/** One sender, until it ends or breaks off; its troubles are its own. */
async function receiveFrom(
  socket: Socket,
  peer: string,
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
