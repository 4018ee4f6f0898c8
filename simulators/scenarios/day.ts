import { scan, shopAround, visit } from '../cyber/visitor.ts';
import { pick } from '../random.ts';
import { type World, wait } from './world.ts';

const MINUTE_MS = 60_000;
/** Staff's badges, as the registry has them. */
const staff = ['04A1B2C3', '04D4E5F6', '04718293'];
const COURIER = '0455AA07';

/** The hour of the day at the pharmacy. */
function hourThere(world: World): number {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    hour: '2-digit',
    hour12: false,
  });
  return Number(text.format(new Date(world.clock.now())));
}

/** Does something again and again, about every `everyMs`, while the day lasts. */
async function again(world: World, everyMs: number, act: () => Promise<void> | void): Promise<void> {
  while (!world.signal.aborted) {
    await wait(world, everyMs * (0.4 + 1.2 * world.random()));
    if (world.signal.aborted) return;
    try {
      await act();
    } catch (error) {
      // A customer who finds the shop shut comes back later.
      world.say(`(${error instanceof Error ? error.message : String(error)})`);
    }
  }
}

const isOpen = (world: World) => hourThere(world) >= 8 && hourThere(world) < 20;

/** A pharmacy's day: customers, staff, couriers, lorries, a web shop's visitors and the usual scanners. */
export function runDay(world: World): Promise<unknown> {
  const { pharmacy, warehouse, random } = world;
  return Promise.all([
    again(world, 3 * MINUTE_MS, async () => {
      if (isOpen(world)) await pharmacy.passFrontDoor();
    }),
    again(world, 7 * MINUTE_MS, async () => {
      if (isOpen(world)) await pharmacy.fetchFromStoreRoom(random() < 0.5);
    }),
    again(world, 25 * MINUTE_MS, async () => {
      if (isOpen(world)) await pharmacy.enterByBackDoor(pick(staff, random));
    }),
    again(world, 40 * MINUTE_MS, async () => {
      if (isOpen(world)) await pharmacy.enterByBackDoor(COURIER);
    }),
    again(world, 35 * MINUTE_MS, async () => {
      if (isOpen(world)) await pharmacy.leaveByBackDoor();
    }),
    again(world, 20 * MINUTE_MS, async () => {
      const hour = hourThere(world);
      if (hour >= 5 && hour < 22) await warehouse.unload(1);
    }),
    again(world, 30 * MINUTE_MS, () => warehouse.enterOffice(pick(['04C0FFEE', '04BEEF01'], random))),
    again(world, 20_000, () => shopAround(world.shop.url, random, world.clock, world.signal)),
    again(world, 25 * MINUTE_MS, () => scan(world.shop.url, random, world.clock, world.signal)),
    again(world, 45 * MINUTE_MS, () => administer(world)),
    again(world, 15 * MINUTE_MS, () => keepTheServer(world)),
  ]);
}

/** The pharmacist's own log-in, always from the same address. */
async function administer(world: World): Promise<void> {
  const from = { address: '198.51.100.11', agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/132.0' };
  if (world.random() < 0.2)
    await visit(world.shop.url, '/admin/login', from, { account: 'a.weber', password: 'linden-1987' });
  await visit(world.shop.url, '/admin/login', from, { account: 'a.weber', password: 'Linden-1987' });
  await visit(world.shop.url, '/admin', from);
}

/** What a healthy server has to say: deployments, backups, and strangers at its SSH port. */
function keepTheServer({ server, random }: World): void {
  const processId = 1_000 + Math.floor(random() * 20_000);
  if (random() < 0.4) {
    server.send(
      'sshd',
      processId,
      'Accepted publickey for deploy from 198.51.100.11 port 50212 ssh2: ED25519 SHA256:q1w2e3r4',
    );
    server.send(
      'sudo',
      processId + 1,
      '  deploy : TTY=pts/0 ; PWD=/srv/shop ; USER=root ; COMMAND=/usr/bin/systemctl reload nginx',
    );
  }
  const stranger = `192.0.2.${1 + Math.floor(random() * 250)}`;
  server.send('sshd', processId + 2, `Invalid user oracle from ${stranger} port 40122`);
  server.send(
    'sshd',
    processId + 3,
    `Failed password for invalid user oracle from ${stranger} port 40122 ssh2`,
  );
}
