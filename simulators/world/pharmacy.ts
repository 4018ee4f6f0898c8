import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../devices/model/clock.ts';
import { pause } from '../cyber/visitor.ts';
import { Board, paceFor } from '../devices/board/board.ts';
import { Camera } from '../devices/camera/camera.ts';
import { coldFridge, type Fridge, stepFridge } from '../devices/fridge.ts';
import { EsphomeDoor } from '../devices/mqtt/esphome.ts';
import type { BrokerAddress } from '../devices/mqtt/line.ts';
import { ShellyRelay } from '../devices/mqtt/shelly.ts';
import { Zigbee2mqtt, type ZigbeeDevice } from '../devices/mqtt/zigbee2mqtt.ts';

const firmware = fileURLToPath(
  new URL('../../firmware-bridge/firmware/door-node/door-node.hex', import.meta.url),
);

/** How often a Zigbee thermometer reports, in the world's time. */
const REPORT_MS = 60_000;
const FRIDGE_STEP_MS = 10_000;

const contact = (ieeeAddress: string, friendlyName: string): ZigbeeDevice => ({
  ieeeAddress,
  friendlyName,
  model: 'SNZB-04P',
  vendor: 'SONOFF',
  exposes: ['contact', 'battery', 'battery_low', 'tamper'],
});
const fridgeSensor = (ieeeAddress: string, friendlyName: string): ZigbeeDevice => ({
  ieeeAddress,
  friendlyName,
  model: 'MS-108ZR',
  vendor: 'Trio2sys',
  exposes: ['temperature', 'contact', 'battery'],
});
const motion = (ieeeAddress: string, friendlyName: string): ZigbeeDevice => ({
  ieeeAddress,
  friendlyName,
  model: 'RTCGQ11LM',
  vendor: 'Aqara',
  exposes: ['occupancy', 'battery'],
});

const zigbeeDevices = [
  contact('0x00158d0000000001', 'front_door'),
  contact('0x00158d0000000002', 'store_room_door'),
  fridgeSensor('0x00158d0000000003', 'fridge_1'),
  fridgeSensor('0x00158d0000000004', 'fridge_2'),
  motion('0x00158d0000000005', 'store_room_motion'),
  motion('0x00158d0000000006', 'shop_floor_motion'),
] as const;

export interface PharmacyOptions {
  clock: Clock;
  /** The gateway's broker; the user names are those of world/linden-gateway.yaml. */
  brokerUrl: string;
  password: string;
  cameraPort: number;
  cameraPassword: string;
  /** Where the serial ports of the two boards appear. */
  portFolder: string;
}

/** Linden Pharmacy: its hardware, with what people do to it as methods. */
export class Pharmacy {
  readonly backDoorNode: Board;
  readonly cabinetNode: Board;
  readonly camera: Camera;
  readonly siren: ShellyRelay;
  readonly backDoorEntry: EsphomeDoor;
  readonly #zigbee: Zigbee2mqtt;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #fridges: Record<'fridge_1' | 'fridge_2', Fridge> = {
    fridge_1: coldFridge(),
    fridge_2: coldFridge(),
  };

  private constructor(options: PharmacyOptions, camera: Camera, signal: AbortSignal) {
    const { clock, brokerUrl, password, portFolder } = options;
    const as = (username: string): BrokerAddress => ({ url: brokerUrl, username, password });
    const pace = paceFor(clock, signal);
    const hex = readFileSync(firmware, 'utf8');
    this.#clock = clock;
    this.#signal = signal;
    this.camera = camera;
    this.backDoorNode = new Board({ name: 'back-door', hex, folder: portFolder, pace, signal });
    this.cabinetNode = new Board({ name: 'cabinet', hex, folder: portFolder, pace, signal });
    this.#zigbee = new Zigbee2mqtt(as('zigbee2mqtt'), zigbeeDevices, signal);
    this.siren = new ShellyRelay(as('shelly-siren'), 'shellyplus1-siren', () => {}, signal);
    this.backDoorEntry = new EsphomeDoor(as('esphome-back-door'), 'linden-back-door', () => {}, signal);
    for (const name of ['front_door', 'store_room_door'] as const)
      this.#zigbee.update(name, { contact: true, tamper: false, battery_low: false });
    for (const name of ['store_room_motion', 'shop_floor_motion'] as const)
      this.#zigbee.update(name, { occupancy: false });
    for (const name of ['fridge_1', 'fridge_2'] as const)
      this.#zigbee.update(name, { contact: true, temperature: this.#reading(name) });
    void this.#runFridges();
  }

  static async open(options: PharmacyOptions, signal: AbortSignal): Promise<Pharmacy> {
    const { clock, cameraPort, cameraPassword } = options;
    const access = { username: 'gatehouse', password: cameraPassword, serial: 'LINDEN-STORE-1' };
    const camera = await Camera.start({ clock, port: cameraPort, ...access }, signal);
    return new Pharmacy(options, camera, signal);
  }

  /** A badge is held to the back door's reader; when the strike opens, the person goes through. */
  async enterByBackDoor(badge: string): Promise<void> {
    this.backDoorEntry.present(badge);
    const opened = await this.#until(() => !this.backDoorEntry.locked, 8_000);
    if (!opened) return;
    await this.#wait(1_500);
    this.backDoorNode.contact('open');
    await this.#wait(6_000);
    this.backDoorNode.contact('closed');
    this.backDoorEntry.relock();
  }

  /** Out by the back door, with the exit button. */
  async leaveByBackDoor(): Promise<void> {
    this.backDoorNode.button();
    await this.#wait(2_500);
    this.backDoorNode.contact('open');
    await this.#wait(5_000);
    this.backDoorNode.contact('closed');
  }

  /** Somebody comes in or goes out at the front. */
  async passFrontDoor(): Promise<void> {
    this.#zigbee.update('front_door', { contact: false });
    this.#zigbee.update('shop_floor_motion', { occupancy: true });
    await this.#wait(4_000);
    this.#zigbee.update('front_door', { contact: true });
    await this.#wait(60_000);
    this.#zigbee.update('shop_floor_motion', { occupancy: false });
  }

  /** Into the store room and out again, perhaps to a fridge. */
  async fetchFromStoreRoom(fromFridge: boolean): Promise<void> {
    this.storeRoomDoor('open');
    this.#zigbee.update('store_room_motion', { occupancy: true });
    this.camera.show({ person: true });
    await this.#wait(3_000);
    this.storeRoomDoor('closed');
    if (fromFridge) {
      this.fridgeDoor('fridge_1', 'open');
      await this.#wait(20_000);
      this.fridgeDoor('fridge_1', 'closed');
    }
    await this.#wait(15_000);
    this.storeRoomDoor('open');
    this.camera.show({ person: false });
    await this.#wait(3_000);
    this.storeRoomDoor('closed');
    this.#zigbee.update('store_room_motion', { occupancy: false });
  }

  storeRoomDoor(state: 'open' | 'closed'): void {
    this.#zigbee.update('store_room_door', { contact: state === 'closed' });
  }

  storeRoomMotion(occupied: boolean): void {
    this.#zigbee.update('store_room_motion', { occupancy: occupied });
  }

  fridgeDoor(name: 'fridge_1' | 'fridge_2', state: 'open' | 'closed'): void {
    this.#fridges[name] = { ...this.#fridges[name], doorOpen: state === 'open' };
    this.#zigbee.update(name, { contact: state === 'closed', temperature: this.#reading(name) });
  }

  celsius(name: 'fridge_1' | 'fridge_2'): number {
    return this.#fridges[name].celsius;
  }

  /** Resolves once the gateway has acknowledged everything that MQTT devices said. */
  async settled(): Promise<void> {
    await Promise.all([this.#zigbee.settled(), this.siren.settled(), this.backDoorEntry.settled()]);
  }

  #reading(name: 'fridge_1' | 'fridge_2'): number {
    return Math.round(this.#fridges[name].celsius * 10) / 10;
  }

  async #runFridges(): Promise<void> {
    let sinceReportMs = 0;
    while (!this.#signal.aborted) {
      await this.#wait(FRIDGE_STEP_MS);
      sinceReportMs += FRIDGE_STEP_MS;
      for (const name of ['fridge_1', 'fridge_2'] as const) {
        this.#fridges[name] = stepFridge(this.#fridges[name], FRIDGE_STEP_MS);
        if (sinceReportMs >= REPORT_MS) this.#zigbee.update(name, { temperature: this.#reading(name) });
      }
      if (sinceReportMs >= REPORT_MS) sinceReportMs = 0;
    }
  }

  #wait(ms: number): Promise<void> {
    return pause(this.#clock, ms, this.#signal);
  }

  async #until(condition: () => boolean, withinMs: number): Promise<boolean> {
    const deadline = this.#clock.monotonicMs() + withinMs;
    while (!condition() && this.#clock.monotonicMs() < deadline && !this.#signal.aborted)
      await this.#wait(200);
    return condition();
  }
}
