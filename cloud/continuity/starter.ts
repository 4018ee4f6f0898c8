/** Plans to begin with, filled in for a site from the registry. Whoever answers for the site makes them its own. */
import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Contact, Fallback, PlanContent, PlanStep } from './plan.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Playbooks of the house's own library. */
const playbooks = {
  coldChain: 'playbook--8938149e-d578-59c5-8361-db8a65c94aa3',
  skimmer: 'playbook--e5eecb16-718c-59e0-a6c7-02090ce0a897',
  denial: 'playbook--75eaf8fc-15ae-5d1e-9286-04615754f6b3',
  robbery: 'playbook--5d68cc34-c421-571e-9510-a57634df627f',
  cashMachine: 'playbook--4ea281a1-eb33-5cb2-95a3-71394e559056',
  forcedDoor: 'playbook--d55b628e-db41-5fe7-96b0-1f8800eaaf1f',
} as const;

export interface Starter {
  id: string;
  branch: 'pharmacy' | 'warehouse' | 'shop' | 'bank' | 'any';
  title: string;
  about: string;
  /** What it protects at a site: assets of these kinds. */
  kinds: readonly AssetKind[];
  rtoMs: number;
  rpoMs?: number;
  rules: readonly string[];
  fallbacks(assets: readonly Pick<Asset, 'id' | 'name'>[]): Fallback[];
  steps: readonly Omit<PlanStep, 'id'>[];
}

const move = ({ id, name }: Pick<Asset, 'id' | 'name'>): Fallback => ({
  id: `move-to-${id}`.slice(0, 128),
  title: `Move the stock to ${name}`,
  text: 'Take the most precious goods first, write down the time at which each tray left and arrived.',
  conditions: [
    `${name} is within its band`,
    'It has room',
    'The goods have not been out of their band for longer than they may',
  ],
  playbook: playbooks.coldChain,
  readyMs: 20 * MINUTE,
});

export const starters: readonly Starter[] = [
  {
    id: 'cold-chain',
    branch: 'pharmacy',
    title: 'Cold chain of the pharmacy',
    about: 'A medicine fridge fails, loses its power or gets too warm. The goods must stay within 2 to 8 °C.',
    kinds: ['fridge'],
    rtoMs: 60 * MINUTE,
    rpoMs: 10 * MINUTE,
    rules: ['temperature-excursion', 'held-open', 'mains-lost', 'missing-readings'],
    fallbacks: (fridges) => [
      ...(fridges.length > 1 ? fridges.map(move) : []),
      {
        id: 'cool-boxes',
        title: 'Cool boxes with conditioned packs',
        text: 'Packs from the freezer are left out until no ice shows on them. One logger goes into each box.',
        conditions: ['No other fridge has room', 'Packs are conditioned', 'For four hours at most'],
        readyMs: 15 * MINUTE,
      },
      {
        id: 'partner',
        title: 'Bring the stock to the partner pharmacy',
        text: 'In cool boxes, with a list of what goes, signed at both ends.',
        conditions: ['The fridge is away for longer than four hours', 'The partner has confirmed the room'],
        readyMs: 90 * MINUTE,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Close the fridge and keep it closed; look at its display',
        who: 'Whoever is nearest',
        withinMs: 5 * MINUTE,
      },
      {
        phase: 'first',
        text: 'Stop handing out from this fridge: put up the sign',
        who: 'Counter',
        withinMs: 10 * MINUTE,
      },
      { phase: 'first', text: 'Tell the responsible pharmacist', who: 'Desk', withinMs: 10 * MINUTE },
      {
        phase: 'recover',
        text: 'Choose the fall-back and move the goods',
        who: 'Responsible pharmacist',
        withinMs: 45 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Mark goods that were out of their band as blocked',
        who: 'Responsible pharmacist',
        withinMs: 60 * MINUTE,
      },
      { phase: 'recover', text: 'Call the repair service', who: 'Deputy', withinMs: 60 * MINUTE },
      {
        phase: 'normal',
        text: 'The fridge has been within its band for two hours',
        who: 'Responsible pharmacist',
        withinMs: 4 * HOUR,
      },
      {
        phase: 'normal',
        text: 'Decide what becomes of the blocked goods (stability data of their makers) and sign',
        who: 'Responsible pharmacist',
        withinMs: 24 * HOUR,
      },
      {
        phase: 'normal',
        text: 'Bring the stock back and take the sign down',
        who: 'Counter',
        withinMs: 24 * HOUR,
      },
    ],
  },
  {
    id: 'pharmacy-off-line',
    branch: 'pharmacy',
    title: 'Pharmacy without power or network',
    about: 'The pharmacy must hand out urgent medicine although tills, network or light are away.',
    kinds: ['gateway', 'alarm-panel'],
    rtoMs: 30 * MINUTE,
    rpoMs: 15 * MINUTE,
    rules: ['mains-lost', 'gateway-trouble', 'transmission-lost'],
    fallbacks: () => [
      {
        id: 'paper-slips',
        title: 'Paper slips',
        text: 'One slip for each hand-out: time, medicine, batch, price, signature. They are typed in afterwards.',
        conditions: ['Prescriptions can be read', 'Light is enough to read the packages'],
        readyMs: 5 * MINUTE,
      },
      {
        id: 'emergency-hatch',
        title: 'Serve through the emergency hatch only',
        text: 'The shop is locked; one person serves, one guards the store.',
        conditions: ['Two people are there', 'The front door cannot be watched'],
        readyMs: 10 * MINUTE,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Look after customers in the dark; let nobody into the store',
        who: 'Everybody',
        withinMs: 5 * MINUTE,
      },
      {
        phase: 'first',
        text: 'Fetch torches, slips and this plan on paper',
        who: 'Counter',
        withinMs: 10 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Keep the fridges closed; start the cold-chain plan after 30 minutes',
        who: 'Responsible pharmacist',
        withinMs: 30 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Ring the power company or the provider for how long it will take',
        who: 'Deputy',
        withinMs: 30 * MINUTE,
      },
      { phase: 'normal', text: 'Type in the slips, compare the till', who: 'Counter', withinMs: 8 * HOUR },
      {
        phase: 'normal',
        text: 'Alarm, cameras and fridges are seen by the desk again',
        who: 'Desk',
        withinMs: HOUR,
      },
    ],
  },
  {
    id: 'cold-store',
    branch: 'warehouse',
    title: 'Cold store of the warehouse',
    about:
      'The cold store fails: pallets of medicine must stay within their band, and deliveries must go on.',
    kinds: ['fridge'],
    rtoMs: 3 * HOUR,
    rpoMs: 10 * MINUTE,
    rules: ['temperature-excursion', 'held-open', 'mains-lost', 'missing-readings'],
    fallbacks: (stores) => [
      ...(stores.length > 1 ? stores.map(move) : []),
      {
        id: 'refrigerated-lorry',
        title: 'Refrigerated lorry at the dock',
        text: 'Cooled to 5 °C and logging before the first pallet goes in.',
        conditions: ['A lorry can be there within 90 minutes', 'A dock is free'],
        readyMs: 2 * HOUR,
      },
      {
        id: 'ship-early',
        title: 'Ship what is due today at once',
        text: 'The carrier takes the cold boxes that are packed already.',
        conditions: ['The carrier can come earlier', 'The goods are still within their band'],
        readyMs: HOUR,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Close the gates of the cold store; nobody goes in without need',
        who: 'Shift leader',
        withinMs: 5 * MINUTE,
      },
      { phase: 'first', text: 'Stop receiving cold goods at the docks', who: 'Docks', withinMs: 15 * MINUTE },
      {
        phase: 'recover',
        text: 'Order the lorry before it is certain that it is needed',
        who: 'Shift leader',
        withinMs: 30 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Move pallets, the most sensitive first; write down times',
        who: 'Docks',
        withinMs: 3 * HOUR,
      },
      {
        phase: 'recover',
        text: 'Tell the pharmacies which deliveries come late',
        who: 'Desk',
        withinMs: 2 * HOUR,
      },
      {
        phase: 'normal',
        text: 'Temperatures mapped and within the band for four hours',
        who: 'Quality',
        withinMs: 8 * HOUR,
      },
      {
        phase: 'normal',
        text: 'Release or destroy what was blocked, with signature',
        who: 'Quality',
        withinMs: 48 * HOUR,
      },
    ],
  },
  {
    id: 'warehouse-picking',
    branch: 'warehouse',
    title: 'Picking without the system',
    about:
      'The warehouse system or its network is away, or somebody else has it; orders of the day must leave.',
    kinds: ['host', 'network', 'gateway'],
    rtoMs: 2 * HOUR,
    rpoMs: 30 * MINUTE,
    rules: ['gateway-trouble', 'transmission-lost', 'silent-device'],
    fallbacks: () => [
      {
        id: 'paper-lists',
        title: 'Picking lists on paper',
        text: 'From the last print-out of the morning; two people sign each box.',
        conditions: ['The print-out is of today', 'Controlled goods stay locked'],
        readyMs: 20 * MINUTE,
      },
      {
        id: 'second-site',
        title: 'Another warehouse ships',
        text: 'Orders of the day are sent there as a list.',
        conditions: ['It has the goods', 'The carrier collects there'],
        readyMs: 2 * HOUR,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Stop automatic orders; keep the docks closed to unknown lorries',
        who: 'Shift leader',
        withinMs: 15 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Unplug what is suspected from the network, do not switch it off',
        who: 'Technician',
        withinMs: 30 * MINUTE,
      },
      { phase: 'recover', text: 'Pick urgent orders from paper', who: 'Picking', withinMs: 2 * HOUR },
      { phase: 'normal', text: 'Restore from the last back-up that is known to be clean', who: 'Technician' },
      {
        phase: 'normal',
        text: 'Count what was picked by hand and type it in',
        who: 'Picking',
        withinMs: 24 * HOUR,
      },
    ],
  },
  {
    id: 'checkout',
    branch: 'shop',
    title: 'Checkout and payment of the shop',
    about:
      'The checkout is altered, the payment service is away, or the shop does not answer: nobody’s card may leak, and orders should still come.',
    kinds: ['shop', 'payment-service'],
    rtoMs: 2 * HOUR,
    rpoMs: 5 * MINUTE,
    rules: ['integrity', 'payment-service-outage', 'denial-of-service'],
    fallbacks: () => [
      {
        id: 'close-checkout',
        title: 'Close the checkout',
        text: 'The shop shows goods and takes no payment. Customers may leave their address to be told.',
        conditions: ['The checkout page may be altered, or cards may leak'],
        playbook: playbooks.skimmer,
        readyMs: 5 * MINUTE,
      },
      {
        id: 'second-provider',
        title: 'Switch to the second payment provider',
        text: 'Its page is hosted by the provider: no card number touches our server.',
        conditions: ['The shop itself is sound', 'The second contract is in force'],
        readyMs: 20 * MINUTE,
      },
      {
        id: 'invoice',
        title: 'Invoice or cash on delivery',
        text: 'Up to 100 €, for customers who have ordered before.',
        conditions: ['Both providers are away'],
        readyMs: 30 * MINUTE,
      },
      {
        id: 'static-page',
        title: 'A plain page with the telephone number',
        text: 'Served from elsewhere; orders are taken by telephone and written on slips.',
        conditions: ['The shop does not answer, or is in somebody else’s hands'],
        playbook: playbooks.denial,
        readyMs: 15 * MINUTE,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Decide within ten minutes whether cards may leak: if in doubt, close the checkout',
        who: 'Owner',
        withinMs: 10 * MINUTE,
      },
      {
        phase: 'first',
        text: 'Keep a copy of the altered page and of the logs before anything is mended',
        who: 'Technician',
        withinMs: 20 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Put up the fall-back and buy something as a trial',
        who: 'Technician',
        withinMs: 40 * MINUTE,
      },
      { phase: 'recover', text: 'Tell the payment service and the acquirer', who: 'Owner', withinMs: HOUR },
      {
        phase: 'recover',
        text: 'Put a line on the shop’s first page',
        who: 'Customer service',
        withinMs: HOUR,
      },
      {
        phase: 'normal',
        text: 'Pages are as they were released, passwords are changed',
        who: 'Technician',
        withinMs: 24 * HOUR,
      },
      {
        phase: 'normal',
        text: 'Compare orders with payments of that time',
        who: 'Bookkeeping',
        withinMs: 48 * HOUR,
      },
    ],
  },
  {
    id: 'bank-branch',
    branch: 'bank',
    title: 'Branch of the bank',
    about:
      'The branch is robbed, its cash machine is attacked, or its line is away: people first, then cash, then service.',
    kinds: ['alarm-panel', 'cabinet', 'host'],
    rtoMs: 4 * HOUR,
    rpoMs: 15 * MINUTE,
    rules: ['duress', 'cabinet-opened', 'forced-open', 'tamper'],
    fallbacks: () => [
      {
        id: 'close-branch',
        title: 'Close the branch and send customers to the next one',
        text: 'A sign at the door says where; staff stay until the police let them go.',
        conditions: ['People are or were in danger, or the branch is a scene of crime'],
        playbook: playbooks.robbery,
        readyMs: 10 * MINUTE,
      },
      {
        id: 'machine-off',
        title: 'Take the cash machine out of service',
        text: 'By the operator, from afar; nobody touches it until it was examined.',
        conditions: ['Skimmer, jackpotting or an open cabinet is suspected'],
        playbook: playbooks.cashMachine,
        readyMs: 5 * MINUTE,
      },
      {
        id: 'paper-counter',
        title: 'Counter with paper and call-back',
        text: 'Up to 500 € for each customer, two signatures, call-back to the centre.',
        conditions: ['Only the line is away', 'The centre can be rung up'],
        readyMs: 20 * MINUTE,
      },
    ],
    steps: [
      {
        phase: 'first',
        text: 'Nobody plays the hero: do as told, press the silent alarm only if safe',
        who: 'Everybody',
        withinMs: 5 * MINUTE,
      },
      {
        phase: 'first',
        text: 'Ring the police, lock up behind the last customer',
        who: 'Branch manager',
        withinMs: 10 * MINUTE,
      },
      {
        phase: 'recover',
        text: 'Look after staff: nobody goes home alone',
        who: 'Branch manager',
        withinMs: HOUR,
      },
      { phase: 'recover', text: 'Count the cash by two', who: 'Cashier', withinMs: 3 * HOUR },
      {
        phase: 'recover',
        text: 'Have the machine examined before it is used again',
        who: 'Operator of the machine',
        withinMs: 4 * HOUR,
      },
      { phase: 'normal', text: 'Offer care to all who were there', who: 'Personnel', withinMs: 24 * HOUR },
      { phase: 'normal', text: 'Change keys and codes, open again', who: 'Security', withinMs: 48 * HOUR },
    ],
  },
  {
    id: 'blank',
    branch: 'any',
    title: 'A plan of your own',
    about: '',
    kinds: [],
    rtoMs: 4 * HOUR,
    rules: [],
    fallbacks: () => [],
    steps: [],
  },
];

/** A starter as a plan of a site. */
export function planOf(
  starter: Starter,
  site: { id: string; name: string },
  assets: readonly Asset[],
  people: { owner?: Contact | undefined; deputies?: readonly Contact[]; contacts?: readonly Contact[] } = {},
): PlanContent {
  const own = assets.filter(({ kind }) => starter.kinds.includes(kind));
  return {
    name: `${starter.title}: ${site.name}`.slice(0, 160),
    site: site.id,
    about: starter.about,
    assets: own.map(({ id }) => id).slice(0, 100),
    services: [],
    owner: people.owner ?? { name: 'To be named', role: '', phone: '', mail: '' },
    deputies: [...(people.deputies ?? [])],
    contacts: [...(people.contacts ?? [])],
    rtoMs: starter.rtoMs,
    ...(starter.rpoMs === undefined ? {} : { rpoMs: starter.rpoMs }),
    fallbacks: starter.fallbacks(own).slice(0, 20),
    steps: starter.steps.map((step, index) => ({ id: `s${index + 1}`, ...step })),
    triggers: { rules: [...starter.rules], failing: true, predictedFrom: 0.2 },
    reviewEveryMs: 180 * 24 * HOUR,
  };
}
