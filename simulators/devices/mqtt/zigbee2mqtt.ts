import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** A Zigbee device as zigbee2mqtt presents it. */
export interface ZigbeeDevice {
  ieeeAddress: string;
  friendlyName: string;
  model: string;
  vendor: string;
  /** Names of what it exposes: contact, tamper, battery, temperature, humidity, occupancy. */
  exposes: string[];
}

/** zigbee2mqtt with its devices: one connection for all, `bridge/devices` retained, a state for each change. */
export class Zigbee2mqtt {
  readonly #line: Line;
  readonly #states = new Map<string, Record<string, unknown>>();
  readonly #base = 'zigbee2mqtt';

  constructor(broker: BrokerAddress, devices: readonly ZigbeeDevice[], signal: AbortSignal) {
    this.#line = new Line(
      {
        broker,
        clientId: `zigbee2mqtt-${broker.username}`,
        will: { topic: `${this.#base}/bridge/state`, payload: '{"state":"offline"}' },
        birth: [
          { topic: `${this.#base}/bridge/state`, payload: '{"state":"online"}' },
          { topic: `${this.#base}/bridge/devices`, payload: JSON.stringify(devices.map(described)) },
          ...devices.map(({ friendlyName }) => ({
            topic: `${this.#base}/${friendlyName}/availability`,
            payload: '{"state":"online"}',
          })),
        ],
      },
      signal,
    );
  }

  /** Changes part of a device's state and publishes the whole, as zigbee2mqtt does. */
  update(friendlyName: string, change: Record<string, unknown>): void {
    const state = { battery: 97, linkquality: 120, ...this.#states.get(friendlyName), ...change };
    this.#states.set(friendlyName, state);
    this.#line.say(`${this.#base}/${friendlyName}`, JSON.stringify(state), { retain: true });
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }
}

const described = ({ ieeeAddress, friendlyName, model, vendor, exposes }: ZigbeeDevice) => ({
  ieee_address: ieeeAddress,
  friendly_name: friendlyName,
  type: 'EndDevice',
  power_source: 'Battery',
  supported: true,
  definition: {
    model,
    vendor,
    description: model,
    exposes: exposes.map((property) => ({
      type: numeric.has(property) ? 'numeric' : 'binary',
      name: property,
      property,
    })),
  },
});

const numeric = new Set(['battery', 'temperature', 'humidity', 'linkquality']);
