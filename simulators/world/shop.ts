import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import { AccountShop } from '../cyber/account-shop.ts';
import { NetworkSensor } from '../cyber/server-logs.ts';
import { pause } from '../cyber/visitor.ts';
import { PaymentService, ShopWebhooks } from '../cyber/webhooks.ts';
import type { Ground } from '../scenarios/pilot.ts';

/** What the shops answer in a second of the world. */
const STORE_PER_SECOND = 8;

export interface Purchase {
  readonly account: string;
  readonly address: string;
  readonly agent: string;
  readonly device: string;
  /** In euros. */
  readonly total: number;
  /** Cards tried, the last of which is taken. */
  readonly cards: readonly string[];
}

/** Customers of the store, with where they live, in the networks that documentation may use. */
export const customers = Array.from({ length: 40 }, (_, index) => ({
  account: `customer${index}@example.org`,
  password: `mountain-${index}`,
  address: `198.51.100.${100 + index}`,
  device: `device-${index}`,
}));

/** A web shop with its payment service, and another shop of the same house. */
export class Store {
  readonly shop: AccountShop;
  readonly outlet: AccountShop;
  /** At the shop's line; it sees the address of who asks. */
  readonly sensor: NetworkSensor;
  readonly #orders: ShopWebhooks;
  readonly #payments: PaymentService;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #order = 4_000;

  private constructor(ground: Ground, shop: AccountShop, outlet: AccountShop) {
    const { clock, signal, cloudUrl } = ground;
    this.shop = shop;
    this.outlet = outlet;
    this.sensor = new NetworkSensor(join(ground.folder, 'store', 'eve.json'), clock);
    this.#clock = clock;
    this.#signal = signal;
    this.#orders = new ShopWebhooks({
      url: `${cloudUrl}/sources/store-orders`,
      secret: ground.secret('orderSecret'),
      clock,
    });
    this.#payments = new PaymentService({
      url: `${cloudUrl}/sources/card-payments`,
      secret: ground.secret('cardSecret'),
      clock,
    });
  }

  static async open(ground: Ground): Promise<Store> {
    const { clock, folder, signal } = ground;
    const shop = await AccountShop.start(
      {
        clock,
        port: ground.port('storePort'),
        folder: join(folder, 'store'),
        administration: 'store-admin',
        customers: Object.fromEntries(customers.map(({ account, password }) => [account, password])),
        administrators: { 'l.maurer': 'Fjell-2019' },
        mostPerSecond: STORE_PER_SECOND,
      },
      signal,
    );
    const outlet = await AccountShop.start(
      {
        clock,
        port: 0,
        folder: join(folder, 'outlet'),
        administration: 'outlet-admin',
        customers: {},
        administrators: { 'p.voss': 'Outlet-7' },
        mostPerSecond: STORE_PER_SECOND,
      },
      signal,
    );
    return new Store(ground, shop, outlet);
  }

  /** An order, paid with the last of the cards; each attempt is what the payment service and the shop tell of it. */
  async buy({ account, address, agent, device, total, cards }: Purchase): Promise<void> {
    const number = ++this.#order;
    const order = { number, total, email: account, address, agent };
    await this.#orders.order('created', { ...order, status: 'pending' });
    for (const [index, card] of cards.entries()) {
      await this.wait(6_000);
      const isLast = index === cards.length - 1;
      await this.#payments.payment(isLast ? 'authorised' : 'declined', {
        payment: `pay-${number}-${index}`,
        order: number,
        amount: total,
        address,
        card,
        account,
        device,
        ...(isLast ? {} : { reason: 'card_declined' }),
      });
    }
    await this.#orders.order('updated', { ...order, status: 'processing' });
  }

  wait(ms: number): Promise<void> {
    return pause(this.#clock, ms, this.#signal);
  }
}
