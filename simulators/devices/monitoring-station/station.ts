/** A monitoring station's receiver: takes alarms over TCP as SIA DC-09 has it, and can be made to misbehave. */
import { createServer, type Socket } from 'node:net';
import { answer, type Received, receive, refusal } from './protocol.ts';

/** A sender's clock may be ahead of the receiver's, or behind, by this much (DC-09, section 5.5.1.9). */
const AHEAD_MS = 20_000;
const BEHIND_MS = 40_000;
/** Longest message that a receiver keeps waiting for its end. */
const MAX_HELD = 4_096;

export type Manner = 'answers' | 'silent' | 'garbage' | 'not-understanding' | 'hangs-up';

export interface StationOptions {
  port?: number;
  key?: Buffer;
  /** Accounts that are known; all, where there are none. */
  accounts?: readonly string[];
  now?: () => number;
  onEvent?: (event: Received) => void;
}

export interface Station {
  readonly port: number;
  /** Events in the order in which they came, a repetition counted once. */
  readonly events: Received[];
  /** Messages of every sort, repetitions included. */
  readonly heard: Received[];
  /** What could not be read, by what was wrong. */
  readonly refused: string[];
  manner: Manner;
  close(): Promise<void>;
}

export async function startStation(options: StationOptions = {}): Promise<Station> {
  const now = options.now ?? (() => Date.now());
  const sockets = new Set<Socket>();
  const last = new Map<string, string>();
  const station: Omit<Station, 'port'> = {
    events: [],
    heard: [],
    refused: [],
    manner: 'answers',
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };

  function take(socket: Socket, line: string): void {
    const read = receive(line, options.key);
    if (typeof read === 'string') {
      station.refused.push(read);
      // A receiver says nothing to a broken message: it comes again.
      return;
    }
    if (options.key !== undefined && !read.encrypted) {
      station.refused.push('not encrypted');
      return;
    }
    if (options.accounts?.includes(read.account) === false) {
      station.refused.push('account');
      return;
    }
    const lag = read.at === undefined ? 0 : now() - read.at;
    if (lag > BEHIND_MS || lag < -AHEAD_MS) {
      station.refused.push('time');
      socket.write(refusal(now()), 'latin1');
      return;
    }
    station.heard.push(read);
    if (station.manner === 'silent') return;
    if (station.manner === 'hangs-up') {
      socket.destroy();
      return;
    }
    if (station.manner === 'garbage') {
      socket.write('\n0000hello\r\u0000\u0001');
      return;
    }
    if (station.manner === 'not-understanding') {
      socket.write(answer('DUH', read, now(), options.key), 'latin1');
      return;
    }
    // The same number twice in a row is the same event again: its acknowledgement was lost.
    const isEvent = read.token !== 'NULL';
    const again = isEvent && last.get(read.account) === `${read.sequence} ${read.data}`;
    if (isEvent) last.set(read.account, `${read.sequence} ${read.data}`);
    if (isEvent && !again) {
      station.events.push(read);
      options.onEvent?.(read);
    }
    socket.write(answer('ACK', read, now(), options.key), 'latin1');
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    let held = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      held = (held + String(chunk)).slice(-MAX_HELD);
      for (let end = held.indexOf('\r'); end >= 0; end = held.indexOf('\r')) {
        const start = held.lastIndexOf('\n', end);
        if (start >= 0) take(socket, held.slice(start + 1, end));
        held = held.slice(end + 1);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(station, { port });
}
