import { flood } from '../cyber/flood.ts';
import { homeAddress, scan, visit } from '../cyber/visitor.ts';
import { pick } from '../random.ts';
import { Bank } from '../world/bank.ts';
import { again } from './again.ts';
import type { Ground, GroundTruth, Narrator, Pilot } from './pilot.ts';

const MINUTE_MS = 60_000;
const HEAD_OFFICE = '198.51.100.30';
/** The technician's badge and account; the clerk whose log-in the box has read. */
const technician = { badge: '04E19C01', account: 'r.kern' };
const clerk = { badge: '04E19C11', account: 'm.sommer' };
const staff = [clerk.badge, '04E19C12'];
/** The box in the cabinet, and the machine outside that it reports to and that others work from. */
const BOX = '10.20.1.66';
const RELAY = '203.0.113.142';
const BOTNET = Array.from({ length: 40 }, (_, index) => `192.0.2.${20 + index * 4}`);

const truth: GroundTruth = {
  incidents: [{ id: 'raid', title: 'From the cash machine to the payment service' }],
  sites: ['market', 'head-office'],
  steps: [
    {
      id: 'skimmer',
      text: 'a skimmer is put on the cash machine in Market Square',
      signs: [{ rule: 'tamper', asset: 'market-atm' }],
    },
    {
      id: 'cloned-badge',
      text: "the technician's badge opens the service door while she is at head office, 400 km away",
      signs: [{ rule: 'impossible-travel', asset: 'service-reader' }],
    },
    {
      id: 'network-cabinet',
      text: 'the network cabinet is opened, and a box put into it',
      signs: [{ rule: 'cabinet-opened', asset: 'network-cabinet' }],
    },
    {
      id: 'network-box',
      text: 'the box calls outside, and somebody there works through it',
      signs: [
        { rule: 'device-talks-outside', asset: 'market-network', observables: { ip: RELAY } },
        { rule: 'beaconing', asset: 'market-network', observables: { ip: RELAY } },
      ],
    },
    {
      id: 'payouts-changed',
      text: "with a clerk's account, payout accounts are changed",
      signs: [{ rule: 'payout-diverted', asset: 'payment-service', observables: { ip: RELAY } }],
    },
    {
      id: 'payments-denied',
      text: 'the payment service is flooded',
      signs: [{ rule: 'request-flood', asset: 'payment-service' }],
    },
  ],
};

const agent = 'Gatehouse-Merchant/1.4';

/** Staff, technicians, merchants and the usual scanners. */
function runDay(ground: Ground, bank: Bank): Promise<unknown> {
  const { clock, random, signal } = ground;
  let payment = 0;
  return Promise.all([
    again(ground, 4 * MINUTE_MS, () => bank.enterService(pick(staff, random))),
    again(ground, 5 * MINUTE_MS, () => bank.presentAtHarbour('04E19C21')),
    again(ground, 30_000, () => bank.branchTraffic(random)),
    again(ground, 90_000, () => bank.signInAtServiceDesk(technician.account, HEAD_OFFICE)),
    again(ground, 15_000, () =>
      visit(bank.paymentServer.url, '/v1/payments', { address: homeAddress(random), agent }),
    ),
    again(ground, 20_000, () => visit(bank.pages.url, '/', { address: homeAddress(random), agent })),
    again(ground, 60_000, () => {
      const number = ++payment;
      return bank.payments.payment(random() < 0.1 ? 'declined' : 'authorised', {
        payment: `p-${number}`,
        order: 70_000 + number,
        amount: Math.round(500 + random() * 9_000) / 100,
        address: homeAddress(random),
        card: `card-${Math.floor(random() * 5_000)}`,
      });
    }),
    again(ground, 8 * MINUTE_MS, () => scan(bank.pages.url, random, clock, signal)),
  ]);
}

/** At the other branch somebody has forgotten the badge, and a door stands open. */
async function meanwhileAtHarbour(bank: Bank, { say, signal }: Narrator): Promise<void> {
  await bank.wait(3 * MINUTE_MS);
  say('meanwhile at Harbour somebody has forgotten the badge, and the staff door is propped open');
  for (let attempt = 0; attempt < 4 && !signal.aborted; attempt++) {
    bank.presentAtHarbour('0A00BAD7');
    await bank.wait(15_000);
  }
  bank.harbourDoor('open');
  await bank.wait(5 * MINUTE_MS);
  bank.harbourDoor('closed');
}

/** The box reports to its master, again and again. */
async function report(bank: Bank, { signal, random }: Narrator, stop: AbortSignal): Promise<void> {
  while (!signal.aborted && !stop.aborted) {
    bank.traffic.connection({ from: BOX, to: RELAY, port: 443, bytesOut: 700, bytesIn: 900 });
    await bank.wait(15_000 + 2_000 * random());
  }
}

async function tell(bank: Bank, narrator: Narrator): Promise<void> {
  const { step, say, clock, signal } = narrator;
  const elsewhere = meanwhileAtHarbour(bank, narrator);
  step('skimmer');
  bank.cashMachine(true);
  await bank.wait(40_000);
  bank.cashMachine(false);
  await bank.wait(2 * MINUTE_MS);
  bank.signInAtServiceDesk(technician.account, HEAD_OFFICE);
  await bank.wait(20_000);
  step('cloned-badge');
  await bank.enterService(technician.badge);
  await bank.wait(90_000);
  step('network-cabinet');
  bank.networkCabinet('open');
  await bank.wait(50_000);
  step('network-box');
  const away = new AbortController();
  const reporting = report(bank, narrator, away.signal);
  await bank.wait(15_000);
  bank.networkCabinet('closed');
  say('they are gone; the box stays');
  await bank.wait(3 * MINUTE_MS);
  step('payouts-changed');
  const by = { account: clerk.account, address: RELAY };
  await bank.payments.payoutAccount(by, 'DE89370400440532013000', 'DE02120300000000202051');
  await bank.wait(25_000);
  await bank.payments.payoutAccount(by, 'DE91100000000123456789', 'DE02500105170137075030');
  await bank.wait(2 * MINUTE_MS);
  step('payments-denied');
  await flood(
    {
      url: bank.paymentServer.url,
      path: '/v1/payments',
      from: BOTNET,
      agent: 'python-requests/2.32',
      perSecond: 24,
      lastsMs: 30_000,
    },
    clock,
    signal,
  );
  away.abort();
  await Promise.all([reporting, elsewhere]);
}

/** From a skimmer at a branch to money that goes elsewhere. */
export const bank: Pilot = {
  id: 'bank',
  title: 'Raid on a bank',
  story:
    'A skimmer, a copied badge, a box in the network cabinet; then payout accounts are changed and payments denied.',
  beginsAt: '10:05',
  settings: {
    folder: 'bank',
    ports: ['marketTlsPort', 'marketPagePort', 'harbourTlsPort', 'harbourPagePort'],
    secrets: ['bankDevice', 'marketToken', 'harbourToken', 'paymentSecret'],
    houses: [
      { name: 'market-gateway', main: 'edge/main.ts', configuration: 'market-gateway.yaml' },
      { name: 'harbour-gateway', main: 'edge/main.ts', configuration: 'harbour-gateway.yaml' },
    ],
  },
  truth,
  async open(ground) {
    const world = await Bank.open(ground);
    return { day: () => runDay(ground, world), tell: (narrator) => tell(world, narrator) };
  },
};
