import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import { NetworkSensor } from '../cyber/server-logs.ts';
import { pause } from '../cyber/visitor.ts';
import { ColdRoom } from '../devices/cold-room.ts';
import { Party } from '../devices/courier/credentials.ts';
import { type Courier, DoorScanner } from '../devices/courier/door-scanner.ts';
import { Drive } from '../devices/gps/drive.ts';
import { SimulatedReceiver } from '../devices/gps/receiver.ts';
import { writeRegister } from '../devices/modbus/tcp-master.ts';
import { ModbusTcpServer } from '../devices/modbus/tcp-server.ts';
import { EsphomeDoor } from '../devices/mqtt/esphome.ts';
import { DiscoveredSensor } from '../devices/mqtt/home-assistant.ts';
import { SimulatedPort } from '../devices/serial/serial-port.ts';

const STEP_MS = 5_000;
/** How often the cargo's probe reports, in the world's time. */
const CARGO_MS = 20_000;
const CARGO_CELSIUS = 4.8;
/** Without its refrigeration the load bay warms up by this much a minute, K. */
const CARGO_WARMS_BY = 1;
/** As a receiver speaks, real time; faster than a real one, because the day is. */
const FIX_EVERY_MS = 250;
/** How long a strike may take to open, in the world's time. */
const STRIKE_MS = 8_000;

export const places = {
  depot: { latitude: 53.544, longitude: 9.966 },
  /** Wards on its round, which lies within its areas. */
  round: [
    { latitude: 53.544, longitude: 9.95 },
    { latitude: 53.5445, longitude: 9.93 },
  ],
  /** Over the river, where it has no business. */
  scrapyard: { latitude: 53.5105, longitude: 9.982 },
} as const;

/** Badges as the registry has them. */
export const badges = {
  ines: '04B1A2C3',
  omar: '04B2D4E5',
  piet: '04B3F607',
  sara: '04B51829',
  lotte: '04C5D6E7',
} as const;

/** Addresses of the plant network. */
const CONTROLLER = '10.77.0.10';
const WORKSHOP_PC = '10.77.0.31';
const MODBUS_PORT = 502;

const WHOLESALER = new Party('Northern Wholesale, simulated');

export interface ClinicOptions {
  readonly clock: Clock;
  readonly folder: string;
  readonly cloudUrl: string;
  readonly clinicBroker: string;
  readonly millBroker: string;
  readonly clinicPassword: string;
  readonly millPassword: string;
  readonly scannerToken: string;
  readonly coldRoomPort: number;
}

export type DoorName = 'staff' | 'annex' | 'van-keys';

/** Clinic Pharmacy with its annex, cold room and van, and Mill Pharmacy, its branch. */
export class Clinic {
  readonly coldRoom: ColdRoom;
  readonly scanner: DoorScanner;
  readonly van: Drive;
  /** Where the cold room's controller answers, to whoever asks. */
  readonly #controller: { readonly host: string; readonly port: number; readonly unit: number };
  readonly #plantSensor: NetworkSensor;
  readonly #doors: Readonly<Record<DoorName, EsphomeDoor>>;
  readonly #mill: EsphomeDoor;
  readonly #goodsDoor: DiscoveredSensor;
  readonly #cargo: DiscoveredSensor;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #cargoCelsius = CARGO_CELSIUS;
  #cargoIsCooled = true;

  private constructor(
    options: ClinicOptions,
    coldRoom: ColdRoom,
    controllerPort: number,
    signal: AbortSignal,
  ) {
    const { clock, folder, cloudUrl, clinicBroker, clinicPassword, millBroker, millPassword } = options;
    this.#clock = clock;
    this.#signal = signal;
    this.coldRoom = coldRoom;
    this.#controller = { host: '127.0.0.1', port: controllerPort, unit: 1 };
    this.scanner = new DoorScanner(cloudUrl, options.scannerToken);
    const doors = { url: clinicBroker, username: 'doors', password: clinicPassword };
    const door = (name: DoorName) => new EsphomeDoor(doors, `clinic-${name}`, () => {}, signal);
    this.#doors = { staff: door('staff'), annex: door('annex'), 'van-keys': door('van-keys') };
    const mill = { url: millBroker, username: 'doors', password: millPassword };
    this.#mill = new EsphomeDoor(mill, 'mill-staff', () => {}, signal);
    for (const each of [...Object.values(this.#doors), this.#mill]) each.contact(false);
    const sensors = { url: clinicBroker, username: 'sensors', password: clinicPassword };
    this.#goodsDoor = new DiscoveredSensor(
      sensors,
      {
        id: 'goods-door',
        name: 'Goods door',
        components: { door: { platform: 'binary_sensor', deviceClass: 'door' } },
      },
      signal,
    );
    this.goodsDoor('closed');
    this.#cargo = new DiscoveredSensor(
      sensors,
      {
        id: 'van-cargo',
        name: 'Cargo probe',
        components: { temperature: { platform: 'sensor', deviceClass: 'temperature', unit: '°C' } },
      },
      signal,
    );
    const receiver = new SimulatedReceiver(signal, FIX_EVERY_MS, () => clock.now());
    this.van = new Drive(receiver, places.depot);
    mkdirSync(join(folder, 'clinic'), { recursive: true });
    const eve = join(folder, 'clinic', 'eve.json');
    writeFileSync(eve, '', { flag: 'a' });
    this.#plantSensor = new NetworkSensor(eve, clock);
    const ports = join(folder, 'dev');
    mkdirSync(ports, { recursive: true });
    new SimulatedPort(receiver, { name: 'clinic-van', folder: ports, signal });
    void this.#run();
  }

  static async open(options: ClinicOptions, signal: AbortSignal): Promise<Clinic> {
    const coldRoom = new ColdRoom(5, 8);
    const server = await ModbusTcpServer.start(new Map([[1, coldRoom.unit]]), signal, options.coldRoomPort);
    return new Clinic(options, coldRoom, server.port, signal);
  }

  /** A courier of a carrier for whom the wholesaler vouches, with a parcel that is entrusted to that carrier. */
  courier(parcel: string): Courier {
    const [carrier, handheld] = [
      new Party('Swift Parcel, simulated'),
      new Party('Swift Parcel handheld 12, simulated'),
    ];
    const at = this.#clock.now();
    const credentials = [
      WHOLESALER.issue(
        'CarrierCredential',
        carrier,
        { name: 'Swift Parcel', mayIssue: ['CourierCredential'] },
        at,
      ),
      carrier.issue('CourierCredential', handheld, { courier: 'swift-12' }, at),
      WHOLESALER.issue('ParcelCredential', carrier, { parcel }, at),
    ];
    return { handheld, credentials };
  }

  /** Somebody with a handheld of his own and a carrier that he has made up. */
  fakeCourier(parcel: string): Courier {
    const [carrier, handheld] = [new Party('a made-up carrier'), new Party('a made-up handheld')];
    const at = this.#clock.now();
    const credentials = [
      carrier.issue('CourierCredential', handheld, { courier: 'swift-12' }, at),
      carrier.issue('ParcelCredential', handheld, { parcel }, at),
    ];
    return { handheld, credentials };
  }

  /** A badge is held to a reader; where that opens, somebody goes through or takes something out. */
  async pass(name: DoorName, badge: string): Promise<boolean> {
    return this.#passBy(this.#doors[name], badge);
  }

  /** A badge is held to a reader, and that is all. */
  present(name: DoorName, badge: string): void {
    this.#doors[name].present(badge);
  }

  /**
   * Somebody in the plant network writes a register of the cold room's controller, which asks nobody who they are. The
   * network's sensor knows who usually does.
   */
  async writeToController(from: string, address: number, value: number): Promise<void> {
    await writeRegister(this.#controller, address, value);
    await this.#plantSensor.alert(from, CONTROLLER, {
      id: 1_000_501,
      name: 'LOCAL Modbus register written by a machine that is no master here',
      category: 'Attempted Administrator Privilege Gain',
      severity: 1,
      port: MODBUS_PORT,
    });
  }

  /** The sensor tells this every other day. */
  workshopUpdates(): Promise<void> {
    return this.#plantSensor.alert(WORKSHOP_PC, '203.0.113.20', {
      id: 1_000_900,
      name: 'LOCAL Package manager asks for updates',
      category: 'Not Suspicious Traffic',
      severity: 3,
    });
  }

  goodsDoor(state: 'open' | 'closed'): void {
    this.#goodsDoor.say({ door: state === 'open' ? 'ON' : 'OFF' });
  }

  /** Somebody fetches something from the cold room and shuts it. */
  async fetchFromColdRoom(): Promise<void> {
    this.coldRoom.door('open');
    await this.#wait(15_000);
    this.coldRoom.door('closed');
  }

  /** The ordinary defrost of the cold room. */
  async defrost(): Promise<void> {
    this.coldRoom.defrost(true);
    await this.#wait(90_000);
    this.coldRoom.defrost(false);
  }

  /** The refrigeration of the van's load bay. */
  coolCargo(isOn: boolean): void {
    this.#cargoIsCooled = isOn;
  }

  async passAtMill(badge: string): Promise<boolean> {
    return this.#passBy(this.#mill, badge);
  }

  presentAtMill(badge: string): void {
    this.#mill.present(badge);
  }

  millDoor(state: 'open' | 'closed'): void {
    this.#mill.contact(state === 'open');
  }

  async #passBy(door: EsphomeDoor, badge: string): Promise<boolean> {
    door.present(badge);
    const deadline = this.#clock.monotonicMs() + STRIKE_MS;
    while (door.locked && this.#clock.monotonicMs() < deadline && !this.#signal.aborted)
      await this.#wait(300);
    if (door.locked) return false;
    await this.#wait(1_000);
    door.contact(true);
    await this.#wait(5_000);
    door.contact(false);
    door.relock();
    return true;
  }

  async #run(): Promise<void> {
    let sinceCargoMs = CARGO_MS;
    let at = this.#clock.monotonicMs();
    while (!this.#signal.aborted) {
      await this.#wait(STEP_MS);
      const now = this.#clock.monotonicMs();
      const elapsedMs = now - at;
      at = now;
      this.coldRoom.step(elapsedMs);
      this.van.step(elapsedMs);
      if (!this.#cargoIsCooled) this.#cargoCelsius += (CARGO_WARMS_BY * elapsedMs) / 60_000;
      sinceCargoMs += elapsedMs;
      if (sinceCargoMs < CARGO_MS) continue;
      sinceCargoMs = 0;
      this.#cargo.say({ temperature: Math.round(this.#cargoCelsius * 10) / 10 });
    }
  }

  #wait(ms: number): Promise<void> {
    return pause(this.#clock, ms, this.#signal);
  }
}
