import type { Clock } from '../../devices/model/clock.ts';
import { pause } from '../cyber/visitor.ts';
import { coldFridge, type Fridge, stepFridge } from '../devices/fridge.ts';
import { DiscoveredSensor } from '../devices/mqtt/home-assistant.ts';
import { Tasmota } from '../devices/mqtt/tasmota.ts';

const REPORT_MS = 60_000;
const TELEMETRY_MS = 300_000;

export interface WarehouseOptions {
  clock: Clock;
  brokerUrl: string;
  password: string;
}

/** North Warehouse: two docks, an office door with a reader, a cold store. */
export class Warehouse {
  readonly #docks: Tasmota;
  readonly #office: Tasmota;
  readonly #coldStore: DiscoveredSensor;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #air: Fridge = coldFridge();

  constructor({ clock, brokerUrl, password }: WarehouseOptions, signal: AbortSignal) {
    const as = (username: string) => ({ url: brokerUrl, username, password });
    this.#clock = clock;
    this.#signal = signal;
    this.#docks = new Tasmota(as('tasmota-docks'), 'north-docks', clock, () => {}, signal);
    this.#office = new Tasmota(as('tasmota-office'), 'north-office', clock, () => {}, signal);
    this.#coldStore = new DiscoveredSensor(
      as('cold-store'),
      {
        id: 'cold-store',
        name: 'Cold store',
        components: {
          door: { platform: 'binary_sensor', deviceClass: 'door' },
          temperature: { platform: 'sensor', deviceClass: 'temperature', unit: '°C' },
        },
      },
      signal,
    );
    for (const number of [1, 2]) this.dock(number, 'closed');
    this.#office.input(1, false);
    void this.#run();
  }

  dock(number: number, state: 'open' | 'closed'): void {
    this.#docks.input(number, state === 'open');
  }

  /** A lorry is unloaded. */
  async unload(number: number): Promise<void> {
    this.dock(number, 'open');
    await this.#wait(150_000);
    this.dock(number, 'closed');
  }

  presentBadge(uid: string): void {
    this.#office.present(uid);
  }

  async enterOffice(badge: string): Promise<void> {
    this.presentBadge(badge);
    await this.#wait(2_000);
    this.#office.input(1, true);
    await this.#wait(5_000);
    this.#office.input(1, false);
  }

  async settled(): Promise<void> {
    await Promise.all([this.#docks.settled(), this.#office.settled(), this.#coldStore.settled()]);
  }

  async #run(): Promise<void> {
    let untilTelemetryMs = 0;
    while (!this.#signal.aborted) {
      this.#coldStore.say({
        door: this.#air.doorOpen ? 'ON' : 'OFF',
        temperature: Math.round(this.#air.celsius * 10) / 10,
      });
      untilTelemetryMs -= REPORT_MS;
      if (untilTelemetryMs <= 0) {
        untilTelemetryMs = TELEMETRY_MS;
        this.#docks.telemetry();
        this.#office.telemetry();
      }
      await this.#wait(REPORT_MS);
      this.#air = stepFridge(this.#air, REPORT_MS);
    }
  }

  #wait(ms: number): Promise<void> {
    return pause(this.#clock, ms, this.#signal);
  }
}
