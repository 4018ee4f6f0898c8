import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import { LogFile, LoggedServer } from '../cyber/logged-server.ts';
import { TrafficSensor } from '../cyber/traffic-sensor.ts';
import { pause } from '../cyber/visitor.ts';
import { PaymentService } from '../cyber/webhooks.ts';
import { EsphomeDoor } from '../devices/mqtt/esphome.ts';
import { Tasmota } from '../devices/mqtt/tasmota.ts';
import { Zigbee2mqtt } from '../devices/mqtt/zigbee2mqtt.ts';
import type { Ground } from '../scenarios/pilot.ts';

/** Addresses in the Market Square branch's network. */
export const marketAddresses = { atm: '10.20.1.11', tellers: ['10.20.1.21', '10.20.1.22'] } as const;
/** The payment service and the service desk, as the branches see them. */
const PAYMENTS_INSIDE = '10.9.0.5';
/** What the payment service answers in a second of the world. */
const PAYMENTS_PER_SECOND = 8;
const TELEMETRY_MS = 300_000;

/** A bank: the Market Square branch's doors, cash machine and network, the Harbour branch's door, and head office. */
export class Bank {
  readonly payments: PaymentService;
  /** The payment service's API. */
  readonly paymentServer: LoggedServer;
  /** The bank's own pages. */
  readonly pages: LoggedServer;
  readonly traffic: TrafficSensor;
  readonly #zigbee: Zigbee2mqtt;
  readonly #serviceDoor: EsphomeDoor;
  readonly #harbourDoor: Tasmota;
  readonly #serviceDesk: LogFile;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  private constructor(ground: Ground, paymentServer: LoggedServer, pages: LoggedServer) {
    const { clock, signal, folder } = ground;
    this.#clock = clock;
    this.#signal = signal;
    this.paymentServer = paymentServer;
    this.pages = pages;
    const password = ground.secret('bankDevice');
    const at = (port: string, username: string) => ({
      url: `mqtts://127.0.0.1:${ground.port(port)}`,
      username,
      password,
    });
    this.#zigbee = new Zigbee2mqtt(
      at('marketTlsPort', 'zigbee2mqtt'),
      [
        {
          ieeeAddress: '0x00158d0000000101',
          friendlyName: 'atm',
          model: 'DJT11LM',
          vendor: 'Aqara',
          exposes: ['tamper', 'contact', 'battery'],
        },
        {
          ieeeAddress: '0x00158d0000000102',
          friendlyName: 'network_cabinet',
          model: 'SNZB-04P',
          vendor: 'SONOFF',
          exposes: ['contact', 'tamper', 'battery'],
        },
      ],
      signal,
    );
    this.#serviceDoor = new EsphomeDoor(
      at('marketTlsPort', 'service-door'),
      'service-door',
      () => {},
      signal,
    );
    this.#harbourDoor = new Tasmota(
      at('harbourTlsPort', 'harbour-door'),
      'harbour-door',
      clock,
      () => {},
      signal,
    );
    this.#serviceDesk = new LogFile(join(folder, 'bank', 'service-desk.log'));
    this.traffic = new TrafficSensor(join(folder, 'bank', 'conn.log'), clock);
    this.payments = new PaymentService({
      url: `${ground.cloudUrl}/sources/payments`,
      secret: ground.secret('paymentSecret'),
      clock,
    });
    this.cashMachine(false);
    this.networkCabinet('closed');
    this.#serviceDoor.contact(false);
    this.#harbourDoor.input(1, false);
    void this.#report();
  }

  static async open(ground: Ground): Promise<Bank> {
    const { clock, folder, signal } = ground;
    const server = (name: string, mostPerSecond: number, text: string) =>
      LoggedServer.start(
        {
          clock,
          port: 0,
          accessLog: join(folder, 'bank', `${name}.log`),
          mostPerSecond,
          answer: ({ path }) =>
            path === '/' || path.startsWith('/v1/')
              ? { status: 200, text }
              : { status: 404, text: 'not found' },
        },
        signal,
      );
    return new Bank(
      ground,
      await server('payments', PAYMENTS_PER_SECOND, '{"ok":true}'),
      await server('pages', 200, '<!doctype html><title>The bank</title>'),
    );
  }

  /** Whether somebody pulls at the cash machine's cover. */
  cashMachine(isTampered: boolean): void {
    this.#zigbee.update('atm', { tamper: isTampered, contact: true });
  }

  networkCabinet(state: 'open' | 'closed'): void {
    this.#zigbee.update('network_cabinet', { contact: state === 'closed', tamper: false });
  }

  /** A badge is held to the service door's reader; when the strike opens, its bearer goes through. */
  async enterService(badge: string): Promise<void> {
    this.#serviceDoor.present(badge);
    const deadline = this.#clock.monotonicMs() + 20_000;
    while (this.#serviceDoor.locked && this.#clock.monotonicMs() < deadline && !this.#signal.aborted)
      await this.wait(500);
    if (this.#serviceDoor.locked) return;
    await this.wait(1_500);
    this.#serviceDoor.contact(true);
    await this.wait(4_000);
    this.#serviceDoor.contact(false);
    this.#serviceDoor.relock();
  }

  presentAtHarbour(badge: string): void {
    this.#harbourDoor.present(badge);
  }

  harbourDoor(state: 'open' | 'closed'): void {
    this.#harbourDoor.input(1, state === 'open');
  }

  /** Somebody signs in at the technicians' service desk. */
  signInAtServiceDesk(account: string, ip: string): void {
    this.#serviceDesk.json({
      time: new Date(this.#clock.now()).toISOString(),
      event: 'login.succeeded',
      account,
      ip,
      role: 'technician',
    });
  }

  /** The branch's own machines at work. */
  branchTraffic(random: () => number): void {
    this.traffic.connection({ from: marketAddresses.atm, to: PAYMENTS_INSIDE, port: 443 });
    for (const teller of marketAddresses.tellers) {
      this.traffic.connection({ from: teller, to: PAYMENTS_INSIDE, port: 443 });
      if (random() < 0.5)
        this.traffic.connection({
          from: teller,
          to: `198.51.100.${60 + Math.floor(random() * 20)}`,
          port: 443,
        });
    }
  }

  wait(ms: number): Promise<void> {
    return pause(this.#clock, ms, this.#signal);
  }

  async #report(): Promise<void> {
    while (!this.#signal.aborted) {
      this.#harbourDoor.telemetry();
      await this.wait(TELEMETRY_MS);
    }
  }
}
