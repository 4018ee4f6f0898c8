/** A connection to the cloud, whichever way it was made. */
import type { TLSSocket } from 'node:tls';
import type { Command } from '../../devices/model/command.ts';
import { downlinkCommand, type Lane, type Receipt, receipt } from '../../devices/wire.ts';

/** What comes down. */
export interface TransportEvents {
  onReceipt(receipt: Receipt): void;
  onCommand(command: Command): void;
  /** The cloud has taken nothing of the lane for now. */
  onLater(lane: Lane, forMs: number): void;
  /** Something that could not be read; counted. */
  onUnreadable(what: string): void;
}

export interface Transport {
  readonly via: 'mqtt' | 'https';
  /** Batches of one lane that may be under way over this. */
  readonly maxInFlight: number;
  /** A failure closes the transport; the batch is sent again over the next one. */
  send(lane: Lane, batch: Uint8Array): void;
  /** Resolves with the reason when it has ended. */
  readonly closed: Promise<string>;
  close(reason: string): void;
}

export interface CloudAddress {
  gateway: string;
  token: string;
  /** Certificate authorities (PEM) that the cloud's certificate may be signed by; without it those that Node knows. */
  ca?: string | Buffer;
  /** In place of token and `ca`: gives a connection over which both sides have proved who they are. */
  connect?: (address: { host: string; port: number }, signal: AbortSignal) => Promise<{ socket: TLSSocket }>;
}

/** Anything longer is no receipt and no command. */
const MAX_DOWNLINK_BYTES = 16 * 1024;

function json(payload: Uint8Array): unknown {
  if (payload.length > MAX_DOWNLINK_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Hands on a receipt, if it is one. */
export function takeReceipt(payload: Uint8Array, events: TransportEvents): void {
  const result = receipt.safeParse(json(payload));
  if (result.success) events.onReceipt(result.data);
  else events.onUnreadable('receipt');
}

/** Hands on a command, if it is one. */
export function takeCommand(value: unknown, events: TransportEvents): void {
  const result = downlinkCommand.safeParse(value instanceof Uint8Array ? json(value) : value);
  if (result.success) events.onCommand(result.data);
  else events.onUnreadable('command');
}
