import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** A sensor that announces itself by Home Assistant's discovery, as many small devices do. */
export class DiscoveredSensor {
  readonly #line: Line;
  readonly #base: string;

  constructor(
    broker: BrokerAddress,
    device: {
      id: string;
      name: string;
      components: Record<
        string,
        { platform: 'binary_sensor' | 'sensor'; deviceClass: string; unit?: string }
      >;
    },
    signal: AbortSignal,
  ) {
    this.#base = `site/${device.id}`;
    const discovery = {
      '~': this.#base,
      dev: { ids: [device.id], name: device.name },
      o: { name: 'field-node' },
      avty_t: '~/availability',
      cmps: Object.fromEntries(
        Object.entries(device.components).map(([name, { platform, deviceClass, unit }]) => [
          name,
          {
            p: platform,
            device_class: deviceClass,
            unique_id: `${device.id}_${name}`,
            stat_t: '~/state',
            val_tpl: `{{ value_json.${name} }}`,
            ...(unit === undefined ? {} : { unit_of_meas: unit }),
          },
        ]),
      ),
    };
    this.#line = new Line(
      {
        broker,
        clientId: device.id,
        will: { topic: `${this.#base}/availability`, payload: 'offline' },
        birth: [
          { topic: `homeassistant/device/${device.id}/config`, payload: JSON.stringify(discovery) },
          { topic: `${this.#base}/availability`, payload: 'online' },
        ],
      },
      signal,
    );
  }

  /** Says its state: `{ door: 'ON', temperature: 4.6 }`. */
  say(state: Record<string, string | number>): void {
    this.#line.say(`${this.#base}/state`, JSON.stringify(state));
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }
}
