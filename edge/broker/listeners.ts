/** The two ways in: TLS for devices, plain for processes on this machine. Connections are counted and bounded. */
import { once } from 'node:events';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { CertificatePair } from './certificate.ts';
import type { BrokerLimits } from './limits.ts';

/** A half-open connection is noticed about 40 s after it fell silent: the first probe after 30, then every second. */
const PROBE_AFTER_MS = 30_000;

export interface Arrival {
  socket: Socket;
  /** Without the prefix of an IPv4 address mapped into IPv6. */
  address: string;
  /** Call once the peer is known; it then no longer counts as unauthenticated. */
  admitted: () => void;
}

export interface ListenerHooks {
  onArrival(arrival: Arrival): void;
  onTurnedAway(): void;
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** A connection that was let in. */
interface Visit {
  /** What to destroy: the TLS socket, once there is one. */
  socket: Socket;
  address: string;
  admitted: () => void;
  left: () => void;
}

/** Counts connections and decides who may come in. */
export class Doorkeeper {
  readonly #limits: BrokerLimits;
  readonly #hooks: ListenerHooks;
  readonly #visits = new Set<Visit>();
  readonly #unauthenticated = new Map<string, number>();
  #waiting = 0;

  constructor(limits: BrokerLimits, hooks: ListenerHooks) {
    this.#limits = limits;
    this.#hooks = hooks;
  }

  get connections(): number {
    return this.#visits.size;
  }

  readonly turnedAway = (): void => this.#hooks.onTurnedAway();

  /** Takes a connection as soon as TCP has made it. @returns undefined where there is no room: it is closed. */
  enter(socket: Socket): Visit | undefined {
    const address = addressOf(socket);
    const fromHere = this.#unauthenticated.get(address) ?? 0;
    const full =
      this.#visits.size >= this.#limits.maxConnections ||
      this.#waiting >= this.#limits.maxUnauthenticated ||
      (fromHere >= this.#limits.maxUnauthenticatedPerAddress && !isLoopback(address));
    socket.on('error', () => {});
    if (full) {
      this.turnedAway();
      socket.destroy();
      return undefined;
    }
    this.#waiting++;
    this.#unauthenticated.set(address, fromHere + 1);
    let counted = true;
    const admitted = () => {
      if (!counted) return;
      counted = false;
      this.#waiting--;
      const others = (this.#unauthenticated.get(address) ?? 1) - 1;
      if (others === 0) this.#unauthenticated.delete(address);
      else this.#unauthenticated.set(address, others);
    };
    const visit: Visit = {
      socket,
      address,
      admitted,
      left: () => {
        this.#visits.delete(visit);
        admitted();
      },
    };
    this.#visits.add(visit);
    socket.once('close', visit.left);
    return visit;
  }

  arrive(visit: Visit): void {
    const { socket, address, admitted } = visit;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    this.#hooks.onArrival({ socket, address, admitted });
  }

  closeAll(): void {
    for (const { socket } of this.#visits) socket.destroy();
  }
}

const addressOf = (socket: Socket): string => (socket.remoteAddress ?? '').replace(/^::ffff:/, '');

async function listen(server: Server, port: number, host: string, onTrouble: () => void): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  // Out of file descriptors, above all: the connections that are there go on.
  server.on('error', onTrouble);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
  return address.port;
}

/** @throws when the address can't be listened on */
export async function listenPlain(
  doorkeeper: Doorkeeper,
  port: number,
  host: '127.0.0.1' | '::1',
): Promise<{ server: Server; port: number }> {
  const server = createPlainServer((socket) => {
    const visit = doorkeeper.enter(socket);
    if (visit !== undefined) doorkeeper.arrive(visit);
  });
  return { server, port: await listen(server, port, host, doorkeeper.turnedAway) };
}

/** @throws when the address can't be listened on or the certificate can't be used */
export async function listenTls(
  doorkeeper: Doorkeeper,
  port: number,
  host: string,
  { certificate, key }: CertificatePair,
  handshakeMs: number,
): Promise<{ server: Server; port: number }> {
  // Counted from the TCP connection on: who never begins a handshake must not be free.
  const shakingHands = new Map<string, Visit>();
  const server = createTlsServer(
    { cert: certificate, key, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs },
    (socket) => {
      const visit = shakingHands.get(peerOf(socket));
      if (visit === undefined) {
        socket.destroy();
        return;
      }
      visit.socket = socket;
      socket.once('close', visit.left);
      doorkeeper.arrive(visit);
    },
  );
  server.prependListener('connection', (socket) => {
    const visit = doorkeeper.enter(socket);
    if (visit === undefined) return;
    const peer = peerOf(socket);
    shakingHands.set(peer, visit);
    socket.once('close', () => {
      if (shakingHands.get(peer) === visit) shakingHands.delete(peer);
    });
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return { server, port: await listen(server, port, host, doorkeeper.turnedAway) };
}

const peerOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
