/** What the ways of syslog have in common: where they listen, who may speak, and that they never give up. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Intake, messageOf } from '../intake.ts';
import { InputQueue } from './input-queue.ts';
import { peerCheck, peers } from './peers.ts';

/** A port that can't be listened on is tried again after this. */
const REBIND_MS = 5_000;

/** Keys of both transports beside the port. */
export const listening = {
  /** This machine alone where it is not said: whoever listens to a network says so. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** Who may send; UDP's senders can be forged: let the network see to it that they are not. */
  from: peers,
};

export const port = z.number().int().min(0).max(65_535);

/** What is handed to whoever serves one life of a socket. */
export interface Listening {
  readonly intake: Intake;
  readonly queue: InputQueue;
  /** Whether an address may send; what others send is noted. */
  mayFrom(address: string, raw: Uint8Array): boolean;
  /** To be called once the socket is open. */
  opened(port: number): void;
  readonly signal: AbortSignal;
}

/**
 * Serves a socket until the signal ends it; one that fails is opened again after a while, and its trouble told.
 * Resolves once all that was taken is stored.
 * @param what names the socket to people: `TCP port 601`
 * @param serve runs until its socket is closed. @throws where it could not be opened or broke
 */
export async function keepListening(
  what: string,
  from: readonly string[],
  intake: Intake,
  boot: string,
  onListening: (port: number) => void,
  signal: AbortSignal,
  serve: (listening: Listening) => Promise<void>,
): Promise<void> {
  const queue = new InputQueue(intake, boot, signal);
  const isAllowed = peerCheck(from);
  const listening: Listening = {
    intake,
    queue,
    mayFrom(address, raw) {
      if (isAllowed(address)) return true;
      intake.note(raw, address, 'sender is not among those that may send');
      return false;
    },
    opened(number) {
      intake.trouble(undefined);
      onListening(number);
    },
    signal,
  };
  while (!signal.aborted) {
    try {
      await serve(listening);
    } catch (error) {
      if (signal.aborted) break;
      intake.trouble(`${what}: ${messageOf(error)}`);
      await wait(REBIND_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  await queue.settled();
}
