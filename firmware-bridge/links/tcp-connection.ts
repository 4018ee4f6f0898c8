/** Keeps one device in the network connected, as connection.ts does with one on a serial port. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Conversation, Ending } from './connection.ts';
import type { LinkContext } from './link.ts';
import { PortError, type SerialLine } from './serial-line.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Between two attempts; real time. A device that restarts is back within this. */
const RETRY_MS = 1_000;
/** A device that takes the connection and does not answer is left alone for so long. */
const SILENT_RETRY_MS = 3_000;
/** The system notices a cable that was pulled, if it comes to that. */
const KEEP_ALIVE_MS = 10_000;
const MAX_UNWRITTEN_BYTES = 4_096;

/** Where a link finds its device in the network. */
export const networkFields = (usualPort: number) => ({
  host: z.string().min(1).max(253),
  tcpPort: z.number().int().min(1).max(65_535).default(usualPort),
});

/** @throws PortError */
async function openTcpLine(
  host: string,
  port: number,
  onData: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<SerialLine> {
  const path = `${host}:${port}`;
  const socket: Socket = connect({
    host,
    port,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    noDelay: true,
  });
  const gone = Promise.withResolvers<string>();
  socket.on('close', () => gone.resolve('closed'));
  socket.on('error', (error) => gone.resolve(error.message));
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(new PortError(`${path}: ${why}`));
    };
    const stop = () => fail('stopped');
    const timer = setTimeout(() => fail('no connection in time'), CONNECT_TIMEOUT_MS);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    });
    gone.promise.then(fail, fail);
  });
  socket.on('data', (chunk: Buffer) => onData(chunk));
  return {
    path,
    hungUp: gone.promise,
    write(bytes) {
      if (!socket.destroyed && socket.writableLength < MAX_UNWRITTEN_BYTES) socket.write(bytes);
    },
    close: async () => void socket.destroy(),
  };
}

export async function keepConnectedByTcp(
  { host, tcpPort }: { host: string; tcpPort: number },
  { log, counters, outlet }: Pick<LinkContext, 'log' | 'counters' | 'outlet'>,
  converse: () => Conversation,
  signal: AbortSignal,
): Promise<void> {
  /** The last thing told; the same again is not news. */
  let told = '';
  const tell = (text: string) => {
    if (text !== told) log.warn(text);
    told = text;
  };
  while (!signal.aborted) {
    let waitMs = RETRY_MS;
    const conversation = converse();
    try {
      const line = await openTcpLine(host, tcpPort, (bytes) => conversation.hear(bytes), signal);
      counters.portsOpened++;
      const ending = await held(line, conversation, signal);
      outlet.setOnline(false);
      await line.close();
      if (ending.because === 'hung-up') counters.hangUps++;
      if (ending.because === 'silent') {
        if (ending.wasOnline) counters.watchdogReopens++;
        waitMs = SILENT_RETRY_MS;
      }
      if (ending.because !== 'stopped')
        tell(`${line.path}: ${ending.because === 'foreign' ? `not ours: ${ending.found}` : ending.because}`);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      counters.openFailures++;
      if (!signal.aborted) tell(error.message);
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function held(line: SerialLine, conversation: Conversation, signal: AbortSignal): Promise<Ending> {
  const over = new AbortController();
  const stop = () => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([
      conversation.hold(line, over.signal),
      line.hungUp.then((detail): Ending => ({ because: 'hung-up', detail })),
    ]);
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
  }
}
