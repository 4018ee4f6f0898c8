/** For tests: a shop over real HTTP whose pages differ from fetch to fetch as real ones do, and can be tampered with. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const PRODUCTS = [
  'Cough syrup',
  'Bandages',
  'Sun cream',
  'Vitamin drops',
  'Throat tablets',
  'Eye drops',
  'Tea',
];
const pick = <Value>(from: readonly Value[], fallback: Value): Value =>
  from[Math.floor(Math.random() * from.length)] ?? fallback;

/** What an attacker changed; all of it by default is nothing. */
export interface Tampering {
  /** Put in front of `</body>`. */
  body?: string;
  formAction?: string;
  appScript?: string;
  /** Content-Security-Policy; `null`: none. */
  policy?: string | null;
  /** The whole page. */
  page?: string;
  status?: number;
  withoutIntegrity?: boolean;
  redirect?: string;
}

export const APP_SCRIPT = `
(function () {
  "use strict";
  var form = document.getElementById("pay");
  form && form.addEventListener("submit", function (event) { if (!form.checkValidity()) event.preventDefault(); });
})();`;

const policyWith = (nonce: string) =>
  `default-src 'self'; script-src 'self' 'nonce-${nonce}' https://pay.example; form-action 'self'; frame-src https://pay.example`;

export class ShopRig {
  tampering: Tampering = {};
  /** Requests by path. */
  readonly asked: string[] = [];
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '/';
    this.asked.push(path);
    const { appScript, status = 200, redirect } = this.tampering;
    if (path.startsWith('/assets/')) {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(appScript ?? APP_SCRIPT);
      return;
    }
    if (redirect !== undefined) {
      response.writeHead(302, { location: redirect }).end();
      return;
    }
    const nonce = randomBytes(12).toString('base64');
    const policy = this.tampering.policy === undefined ? policyWith(nonce) : this.tampering.policy;
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      ...(policy === null ? {} : { 'content-security-policy': policy }),
    });
    response.end(this.#page(path, nonce));
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #page(path: string, nonce: string): string {
    const { page, body = '', formAction = '/pay', withoutIntegrity = false } = this.tampering;
    if (page !== undefined) return page;
    const cart = randomBytes(8).toString('hex');
    const price = (Math.random() * 90 + 1).toFixed(2);
    const items = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => pick(PRODUCTS, 'Tea'));
    const offer = pick(['Free delivery from 30 euros', 'Delivered tomorrow', 'New: reserve and collect'], '');
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Checkout (${items.length}) - Linden shop</title>
<script nonce="${nonce}">window.cart = ${JSON.stringify({ id: cart, items, total: Number(price), user: Math.random() < 0.5 ? null : { name: 'A. W.' }, image: 'https://pay.example/logo.svg' })};
  window.trackingId = "${randomBytes(6).toString('hex')}"; window.started = ${Date.now()};</script>
<script src="/assets/app.${'3f9ac2d1'}.js?v=${Math.floor(Math.random() * 1e6)}"></script>
<script src="https://pay.example/v3/pay.js"${withoutIntegrity ? '' : ' integrity="sha384-abc" crossorigin="anonymous"'}></script>
<script type="application/ld+json">{"@type":"Offer","price":${price}}</script></head>
<body><header><h1>Linden shop</h1><p>${offer}</p></header>
<main><p>Your basket holds ${items.length} things worth ${price} euros. Please check your address and choose how you would like to pay for your order.</p>
<ul>${items.map((item) => `<li data-id="${randomBytes(3).toString('hex')}">${item}</li>`).join('')}</ul>
<form id="pay" method="post" action="${formAction}"><input type="hidden" name="token" value="${randomBytes(16).toString('hex')}">
<label>Card number <input name="card-number" autocomplete="cc-number"></label><label>Security code <input autocomplete="cc-csc"></label>
<button>Pay now</button></form><iframe src="https://pay.example/frame/${cart}" title="Payment"></iframe></main>
<footer><p>Prescriptions, advice by telephone, returns within fourteen days, privacy, imprint and contact ${path.length}</p></footer>${body}</body></html>`;
  }
}
