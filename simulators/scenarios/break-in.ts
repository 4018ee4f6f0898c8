import { visit } from '../cyber/visitor.ts';
import { type Scenario, type World, wait } from './world.ts';

const ATTACKER = '203.0.113.77';
const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36';
const MINUTE_MS = 60_000;
const GUESSES = 200;

/** The administration of the shop: two hundred wrong passwords, and then the right one. */
async function guessThePassword(world: World): Promise<void> {
  world.say(`${ATTACKER} guesses the password of a.weber in the shop's administration`);
  const from = { address: ATTACKER, agent };
  await world.sensor.alert(ATTACKER, '198.51.100.10', {
    id: 2_260_002,
    name: 'ET SCAN Web login attempts from a single source',
    category: 'Attempted Administrator Privilege Gain',
    severity: 2,
  });
  for (let guess = 0; guess < GUESSES && !world.signal.aborted; guess++) {
    await visit(world.shop.url, '/admin/login', from, {
      account: 'a.weber',
      password: `apotheke${guess}`,
    }).catch(() => {});
    await wait(world, 600);
  }
  await visit(world.shop.url, '/admin/login', from, { account: 'a.weber', password: 'Linden-1987' });
  await visit(world.shop.url, '/admin', from).catch(() => {});
  world.say('the log-in succeeds');
}

/** Twenty minutes of the world: a gateway that is killed again and again is back by then, on the busiest machine. */
const TRIES = 240;

/** A site page that does not answer is tried again: the attacker has time. */
async function insist(world: World, act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; !world.signal.aborted; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt >= TRIES) throw error;
      await wait(world, 5_000);
    }
  }
}

/** In the administration lies the PIN of the alarm; the site page takes it from anywhere. */
async function changeTheSchedule(world: World): Promise<void> {
  const { url, pinOf } = world.sitePage;
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': ATTACKER };
  const session = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'Anna Weber', pin: pinOf['Anna Weber'] }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!session.ok) throw new Error(`the site page refused the PIN: ${session.status}`);
  const { token } = (await session.json()) as { token: string };
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const signedIn = { ...headers, cookie, 'x-gatehouse-token': token };
  const every = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const soon = new Date(world.clock.now() + MINUTE_MS);
  const at = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    minute: '2-digit',
  }).format(soon);
  const answer = await fetch(`${url}/api/arming/schedule`, {
    method: 'PUT',
    headers: signedIn,
    // Off in a minute, and not on again before the morning.
    body: JSON.stringify({ entries: [{ days: every, at, mode: 'disarmed' }] }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok)
    throw new Error(`the site page refused the schedule: ${answer.status} ${await answer.text()}`);
  world.say("the alarm's schedule is changed from the same address");
}

/** What two people do in the dark, and what they leave behind. */
async function throughTheBackDoor(world: World): Promise<void> {
  const { pharmacy } = world;
  world.say('the back door is forced');
  pharmacy.backDoorNode.contact('open');
  await wait(world, 25_000);
  pharmacy.storeRoomDoor('open');
  pharmacy.storeRoomMotion(true);
  pharmacy.camera.show({ person: true });
  await wait(world, 12_000);
  world.say('the camera in the store room goes dark');
  pharmacy.camera.show({ dark: true });
  await wait(world, 45_000);
  world.say('the controlled-drugs cabinet is opened');
  pharmacy.cabinetNode.contact('open');
  await wait(world, 30_000);
  world.say('the fridge is opened, and left open');
  pharmacy.fridgeDoor('fridge_1', 'open');
  await wait(world, 2 * MINUTE_MS);
  pharmacy.storeRoomMotion(false);
  world.say('they are gone; the fridge gets warm');
  await wait(world, 10 * MINUTE_MS);
}

/** Nothing of this has to do with the break-in: that is what makes it a test. */
async function meanwhileElsewhere(world: World): Promise<void> {
  const { warehouse } = world;
  await wait(world, 2 * MINUTE_MS);
  world.say('meanwhile in the warehouse a dock stands open, and somebody has forgotten the badge');
  warehouse.dock(2, 'open');
  for (let attempt = 0; attempt < 4; attempt++) {
    warehouse.presentBadge('0A00BAD1');
    await wait(world, 20_000);
  }
  await wait(world, 9 * MINUTE_MS);
  warehouse.dock(2, 'closed');
}

/**
 * What an undisturbed telling leads to: rule and first asset of everything in the one incident, and in the one at
 * the other site.
 */
export const expectedOutline = {
  linden: [
    'alarm-schedule-changed alarm-panel',
    'brute-force shop-admin',
    'cabinet-opened drugs-cabinet',
    'camera-obscured store-room-camera',
    'forced-open back-door',
    'held-open back-door',
    'held-open:fridge fridge-1',
    'new-address-login shop-admin',
    'opened-after-hours store-room-door',
    'suricata:2260002 shop-firewall',
    'temperature-excursion fridge-1',
  ],
  north: ['access-denied-burst office-reader', 'held-open dock-2'],
} as const;

/** The story that the product exists for: half of it in the network, half of it at the door. */
export const breakIn: Scenario = {
  id: 'break-in',
  title: 'Break-in at the pharmacy',
  story:
    'A stolen log-in switches the alarm off; minutes later the back door is forced. Elsewhere, harmless things happen.',
  async run(world) {
    const elsewhere = meanwhileElsewhere(world);
    await guessThePassword(world);
    await wait(world, 30_000);
    await insist(world, () => changeTheSchedule(world));
    await wait(world, 3 * MINUTE_MS);
    await throughTheBackDoor(world);
    await elsewhere;
    await wait(world, MINUTE_MS);
    world.say('the story is told');
  },
};

/** Puts everything back as it was, so that the story can be told again. */
export async function tidyUp({ pharmacy, shop }: World): Promise<void> {
  shop.blocked.clear();
  pharmacy.fridgeDoor('fridge_1', 'closed');
  pharmacy.cabinetNode.contact('closed');
  pharmacy.camera.show({ dark: false, person: false });
  pharmacy.storeRoomDoor('closed');
  pharmacy.backDoorNode.contact('closed');
}
