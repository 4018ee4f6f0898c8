/** What every kind of link is to the bridge. One file a kind, one line in catalog.ts. */
import type { Logger } from 'pino';
import type { ZodObject, z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { LinkCounters } from '../counters.ts';
import type { PortClaims } from './ports.ts';

/** One report of a node, as it goes onto `node/<node>/state`. Times are left to the gateway. */
export interface NodeState {
  /** With `sequence` it names the report: one that comes again is the same. */
  boot: string;
  /** Grows by one with every report of a boot; a gap tells how many were lost. */
  sequence: number;
  contact?: 'open' | 'closed';
  tamper?: boolean;
  button?: 'pressed';
  badge?: string;
  /** °C */
  temperature?: number;
  buzzer?: boolean;
  /** How long before this message it was seen, where the node had to keep it; absent where unknown. */
  ageMs?: number;
}

/** Where a link's reports go. */
export interface NodeOutlet {
  /**
   * Resolves once the gateway has acknowledged it (PUBACK); rejects where it can't be said that it has.
   * Never queues: the link, or better the node, keeps it and tries again.
   */
  publish(state: NodeState): Promise<void>;
  /** Whether the device can be reached; repeated to the gateway by itself after each reconnection. */
  setOnline(isOnline: boolean): void;
}

export interface NodeCommand {
  buzzer: boolean;
  /** On the bridge's clock; not done by then, it is dead. */
  expiresAt: number;
}

/** `superseded`: a newer command took its place. */
export type CommandOutcome = 'done' | 'expired' | 'refused' | 'superseded';

/**
 * First level of a device's topics: `node` for our door nodes, `reader` for card readers, the rest for devices that the
 * bridge asks or listens to.
 */
export type Family =
  | 'node'
  | 'reader'
  | 'modbus'
  | 'scanner'
  | 'scale'
  | 'ups'
  | 'gps'
  | 'printer'
  | 'portal';

/** Where the reports of one of several devices on a link go. */
export interface DeviceOutlet<State> {
  /** As NodeOutlet's. */
  publish(state: State): Promise<void>;
  setOnline(isOnline: boolean): void;
}

export interface DeviceHandlers {
  /** Absent: the device takes no commands, and none are asked for. */
  onCommand?(payload: Uint8Array): void;
  onRefusedCommand(): void;
  onConnected(): void;
}

export interface LinkContext {
  /** The node's name in topics; the link's own, where it speaks for several devices. */
  node: string;
  outlet: NodeOutlet;
  /** Opens a connection of its own for one of several devices, so that each has its last will. */
  connect<State>(
    family: Exclude<Family, 'node'>,
    device: string,
    handlers: DeviceHandlers,
  ): DeviceOutlet<State>;
  clock: Clock;
  log: Logger;
  ports: PortClaims;
  counters: LinkCounters;
}

export interface Link {
  /** Runs until aborted. Whatever happens to a device is told in log and counters, never thrown. */
  run(signal: AbortSignal): Promise<void>;
  command(command: NodeCommand): Promise<CommandOutcome>;
  /** The gateway is there again: what waits must not sit out a pause. */
  gatewayReturned(): void;
}

export interface LinkKind<Schema extends ZodObject> {
  readonly type: string;
  readonly title: string;
  /** What a link of this kind is told in the configuration, besides what all are. */
  readonly settings: Schema;
  create(settings: z.infer<Schema>, context: LinkContext): Link;
}
