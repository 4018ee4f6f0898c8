import type { Clock } from '../../devices/model/clock.ts';
import type { NetworkSensor, SyslogHost } from '../cyber/server-logs.ts';
import type { Shop } from '../cyber/shop.ts';
import { pause } from '../cyber/visitor.ts';
import type { Random } from '../random.ts';
import type { Pharmacy } from '../world/pharmacy.ts';
import type { Warehouse } from '../world/warehouse.ts';

/** Everything that a scenario can touch: real wires, nothing of the product. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly pharmacy: Pharmacy;
  readonly warehouse: Warehouse;
  readonly shop: Shop;
  readonly server: SyslogHost;
  readonly sensor: NetworkSensor;
  /** The pharmacy's site page, and what its people sign in with. */
  readonly sitePage: { url: string; pinOf: Readonly<Record<string, string>> };
  readonly signal: AbortSignal;
  /** A line for whoever watches. */
  say(text: string): void;
}

/** Waits in the world's time. */
export const wait = (world: World, ms: number): Promise<void> => pause(world.clock, ms, world.signal);

/** A story that can be told to the world. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** One line: what happens. */
  readonly story: string;
  run(world: World): Promise<void>;
}
