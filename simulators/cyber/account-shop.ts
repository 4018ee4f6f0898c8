import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import { type Answer, type Asked, LogFile, LoggedServer } from './logged-server.ts';

export interface AccountShopOptions {
  readonly clock: Clock;
  readonly port: number;
  /** Folder of its logs: access.log, and events.log as the shop's own software writes it. */
  readonly folder: string;
  /** Asset of its administration. */
  readonly administration: string;
  readonly customers: Readonly<Record<string, string>>;
  readonly administrators: Readonly<Record<string, string>>;
  /** What it can answer in a second of the world. */
  readonly mostPerSecond: number;
}

const PRODUCTS = 240;
const page = (title: string, body = '') =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;
const html = (text: string, status = 200): Answer => ({ status, text });

/**
 * A web shop with customers' accounts and an administration in which its pages can be changed: what is put there is what
 * its visitors get.
 */
export class AccountShop {
  readonly #options: AccountShopOptions;
  readonly #events: LogFile;
  readonly #sessions = new Map<string, { account: string; isAdministrator: boolean }>();
  #passwords: Map<string, string>;
  #server: LoggedServer | undefined;
  /** What the administration puts under the checkout. */
  #checkoutFooter = '';

  private constructor(options: AccountShopOptions) {
    this.#options = options;
    this.#passwords = new Map(Object.entries(options.customers));
    this.#events = new LogFile(join(options.folder, 'events.log'));
  }

  static async start(options: AccountShopOptions, signal: AbortSignal): Promise<AccountShop> {
    const shop = new AccountShop(options);
    const { clock, port, folder, mostPerSecond } = options;
    const accessLog = join(folder, 'access.log');
    const answer = (asked: Asked) => shop.#answer(asked);
    shop.#server = await LoggedServer.start({ clock, port, accessLog, mostPerSecond, answer }, signal);
    return shop;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  #answer(asked: Asked): Answer {
    const { method, path } = asked;
    if (method === 'POST') return this.#post(asked);
    if (path === '/checkout') return html(this.#checkout());
    if (path === '/' || path === '/cart' || path === '/login' || path === '/admin/login')
      return html(page('Fjell outdoor'));
    const product = /^\/p\/(\d{1,4})$/.exec(path);
    if (product !== null && Number(product[1]) < PRODUCTS) return html(page(`Product ${product[1]}`));
    if (/^\/(?:s\.css|a\.js|logo\.svg)$/.test(path)) return html('');
    return html(page('Not found'), 404);
  }

  #checkout(): string {
    const form =
      '<form method="post" action="/checkout"><input name="card" autocomplete="cc-number"><input name="expiry"><button>Pay</button></form>';
    return page('Checkout', `${form}<script src="/a.js"></script>${this.#checkoutFooter}`);
  }

  #post(asked: Asked): Answer {
    const { path, form } = asked;
    const session = this.#sessions.get(/(?:^|;\s*)session=(\w+)/.exec(asked.cookie)?.[1] ?? '');
    if (path === '/login') return this.#logIn(asked, this.#passwords, false);
    if (path === '/admin/login')
      return this.#logIn(asked, new Map(Object.entries(this.#options.administrators)), true);
    if (path === '/account' && session !== undefined) {
      const password = form.get('password');
      if (password !== null) {
        this.#passwords = new Map(this.#passwords).set(session.account, password);
        this.#tell('account.password-changed', session.account, asked.address);
      }
      if (form.has('address')) this.#tell('account.address-changed', session.account, asked.address);
      return html('changed');
    }
    if (path === '/admin/templates/checkout' && session?.isAdministrator === true) {
      this.#checkoutFooter = form.get('footer') ?? '';
      return html('saved');
    }
    return html('no', session === undefined ? 401 : 404);
  }

  #logIn({ form, address }: Asked, passwords: ReadonlyMap<string, string>, isAdministrator: boolean): Answer {
    const account = form.get('account') ?? '';
    const good = account !== '' && passwords.get(account) === form.get('password');
    const more = isAdministrator ? { role: 'admin', asset: this.#options.administration } : {};
    this.#tell(good ? 'login.succeeded' : 'login.failed', account, address, more);
    if (!good) return html('wrong', 401);
    const session = randomBytes(12).toString('hex');
    this.#sessions.set(session, { account, isAdministrator });
    const location = isAdministrator ? '/admin' : '/';
    return { status: 302, text: '', headers: { location, 'set-cookie': `session=${session}; HttpOnly` } };
  }

  #tell(event: string, account: string, ip: string, more: Readonly<Record<string, string>> = {}): void {
    this.#events.json({
      time: new Date(this.#options.clock.now()).toISOString(),
      event,
      account,
      ip,
      ...more,
    });
  }
}

/** A visitor's browser, with its cookie. */
export class ShopVisitor {
  readonly #shop: string;
  readonly #headers: Record<string, string>;

  constructor(shop: string, from: { address: string; agent: string }) {
    this.#shop = shop;
    this.#headers = { 'x-forwarded-for': from.address, 'user-agent': from.agent };
  }

  /** Status of the answer; 0: none came. */
  async send(path: string, form: Readonly<Record<string, string>>): Promise<number> {
    try {
      const response = await fetch(this.#shop + path, {
        method: 'POST',
        redirect: 'manual',
        headers: this.#headers,
        body: new URLSearchParams(form),
        signal: AbortSignal.timeout(10_000),
      });
      await response.arrayBuffer();
      const [cookie] = response.headers.getSetCookie();
      if (cookie !== undefined) this.#headers.cookie = cookie.split(';')[0] ?? '';
      return response.status;
    } catch {
      return 0;
    }
  }
}
