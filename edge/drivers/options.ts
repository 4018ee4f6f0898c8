import type { Clock } from '../../devices/model/clock.ts';
import type { GatewayConfiguration } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Quarantine } from '../quarantine.ts';

/** What every driver works with. */
export interface DriversOptions {
  configuration: GatewayConfiguration;
  clock: Clock;
  quarantine: Quarantine;
  gateway: Gateway;
  outbox: Pick<Outbox, 'keep' | 'forget' | 'kept'>;
  onTrouble(message: string): void;
}
