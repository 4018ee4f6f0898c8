/**
 * For tests and benches: sites whose truth is known, with all that makes it hard to see. Colleagues on one rota who
 * come at the same time, doors held for each other, lent badges, accounts and workstations that several use, temporary
 * staff, cleaners without an account, people who log in from afar and never badge.
 */
import { type Observation, observation } from '../../../devices/model/observation.ts';
import { type RegistryDocument, registryDocument } from '../../../devices/model/registry.ts';
import { chanceAt } from '../../cascade/random.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const FIRST_DAY = Date.UTC(2026, 4, 4);

export interface SimulatedStaff {
  readonly registry: RegistryDocument;
  readonly observations: readonly Observation[];
  /** Which account is whose badge's; `account>badge`. */
  readonly truth: ReadonlySet<string>;
  /** `account>account`, in the order of the names. */
  readonly accounts: ReadonlySet<string>;
  readonly workstations: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
}

export interface StaffSettings {
  readonly seed: number;
  readonly people: number;
  readonly days: number;
}

interface Worker {
  readonly number: number;
  readonly badge: string;
  readonly account: string | undefined;
  readonly mail: string | undefined;
  readonly shift: 'early' | 'late' | 'turns' | 'part';
  readonly tailgates: number;
  readonly workstation: string | undefined;
  readonly isRemote: boolean;
  readonly from: number;
  readonly to: number;
  readonly van: string | undefined;
}

const families =
  'weber klein braun vogel lange frank roth busch haas graf ernst horn wolff adam beck jung'.split(' ');
const firsts = 'anna ben clara david emil fiona georg helena ida jonas karla leo'.split(' ');

/** The same settings give the same days. */
export function simulateStaff({ seed, people, days }: StaffSettings): SimulatedStaff {
  let draws = 0;
  const chance = () => chanceAt(seed, ++draws);
  const among = <Thing>(list: readonly Thing[]): Thing | undefined =>
    list[Math.floor(chance() * list.length)];
  const bell = () => (chance() + chance() + chance() + chance() - 2) * Math.sqrt(3);
  const workers: Worker[] = [];
  const names = new Set<string>();
  for (let number = 0; number < people; number++) {
    const first = among(firsts) ?? '';
    const family = among(families) ?? '';
    let account = `${first.charAt(0)}.${family}`;
    while (names.has(account)) account = `${account.replace(/\d+$/, '')}${number}`;
    names.add(account);
    const kind = chance();
    const isTemporary = chance() < 0.12;
    const from = isTemporary ? Math.floor(chance() * days * 0.7) : 0;
    const hasAccount = kind > 0.15;
    workers.push({
      number,
      badge: `04${(seed * 1_000 + number).toString(16).padStart(6, '0')}`,
      account: hasAccount ? account : undefined,
      mail:
        hasAccount && chance() < 0.7
          ? `${first}.${family}${/\d+$/.exec(account)?.[0] ?? ''}@shop.example`
          : undefined,
      shift: among(['early', 'late', 'turns', 'turns', 'part'] as const) ?? 'early',
      tailgates: chance() < 0.15 ? 0.35 : 0.07,
      workstation: hasAccount && chance() < 0.5 ? `ws-${number}` : undefined,
      isRemote: kind > 0.93,
      from,
      to: isTemporary ? from + 8 + Math.floor(chance() * 8) : days,
      van: kind > 0.15 && kind < 0.22 ? `van-${number}` : undefined,
    });
  }
  const observations: Observation[] = [];
  const see = (
    kind: Observation['kind'],
    asset: string,
    at: number,
    subjects: Observation['subjects'],
    site = 'linden',
  ) => {
    const id = `sim/${seed}/${observations.length}`;
    const time = Math.round(at);
    observations.push(
      observation.parse({
        id,
        kind,
        site,
        asset,
        source: 'test',
        observedAt: time,
        receivedAt: time,
        clock: 'set',
        subjects,
      }),
    );
  };
  const shared = ['pos-1', 'pos-2', 'pos-3'];
  for (let day = 0; day < days; day++) {
    const midnight = FIRST_DAY + day * DAY_MS;
    const weekday = day % 7;
    const isOpen = weekday < 6;
    if (!isOpen) continue;
    const here = workers.filter(
      (worker) =>
        day >= worker.from &&
        day < worker.to &&
        !(weekday === 5 && worker.number % 3 !== 0) &&
        (worker.shift !== 'part' || (weekday + worker.number) % 2 === 0) &&
        // A week off now and then, and a sick day.
        (Math.floor(day / 7) + worker.number) % 8 !== 3 &&
        chance() > 0.05,
    );
    for (const worker of here) {
      const { shift, number } = worker;
      const early = shift === 'early' || (shift === 'turns' && (Math.floor(day / 7) + number) % 2 === 0);
      const begins = midnight + (shift === 'part' ? 9 : early ? 6 : 13) * HOUR_MS;
      // All come within the same half hour.
      const comes = begins - 8 * MINUTE_MS + bell() * 9 * MINUTE_MS;
      const delay = Math.exp(Math.log(8) + bell() * 0.9) * MINUTE_MS;
      if (!worker.isRemote) {
        // A badge forgotten at home: somebody lends one who is off, or holds the door.
        if (chance() < 0.02) {
          const lender = among(workers);
          if (lender !== undefined) see('access.granted', 'reader', comes, { badge: lender.badge });
        } else if (chance() > worker.tailgates) {
          see('access.granted', 'reader', comes, { badge: worker.badge });
          if (chance() < 0.7) see('access.granted', 'inner', comes + delay / 2, { badge: worker.badge });
          if (chance() < 0.6) see('access.granted', 'reader', comes + 5 * HOUR_MS, { badge: worker.badge });
        }
      }
      if (worker.account !== undefined && chance() < 0.92) {
        const at = among(shared) ?? 'pos-1';
        const host = worker.workstation !== undefined && chance() < 0.9 ? worker.workstation : at;
        see('login.succeeded', host, comes + delay, { account: worker.account });
        // Somebody goes on at a screen that was left open, or was told the password.
        if (chance() < 0.015) {
          const other = among(here);
          if (other?.account !== undefined)
            see('login.succeeded', at, comes + delay * 3, { account: other.account });
        }
      }
      if (worker.mail !== undefined && chance() < 0.8)
        see(
          'login.succeeded',
          'mail',
          comes + delay + Math.abs(bell()) * 30 * MINUTE_MS,
          { account: worker.mail },
          'online',
        );
      if (chance() < 0.5)
        see('login.succeeded', among(shared) ?? 'pos-1', comes + delay * (1 + chance()), {
          account: 'counter',
        });
      if (worker.van !== undefined && chance() < 0.9)
        see('zone.left', worker.van, comes + (12 + Math.abs(bell()) * 8) * MINUTE_MS, undefined);
    }
  }
  const vans = workers.flatMap(({ van }) => van ?? []);
  const stations = workers.flatMap(({ workstation }) => workstation ?? []);
  const asset = (id: string, kind: string, site = 'linden') => ({ id, kind, name: id, site });
  return {
    registry: registryDocument.parse({
      sites: [
        { id: 'linden', name: 'Linden', timeZone: 'UTC' },
        { id: 'online', name: 'Online', timeZone: 'UTC' },
      ],
      assets: [
        asset('reader', 'reader'),
        asset('inner', 'reader'),
        asset('mail', 'host', 'online'),
        ...[...shared, ...stations].map((id) => asset(id, 'host')),
        ...vans.map((id) => asset(id, 'vehicle')),
      ],
    }),
    observations,
    truth: new Set(
      workers.flatMap(({ account, badge, isRemote }) =>
        account === undefined || isRemote ? [] : [`${badge}>${account}`],
      ),
    ),
    accounts: new Set(
      workers.flatMap(({ account, mail }) =>
        account === undefined || mail === undefined ? [] : [[account, mail].sort().join('>')],
      ),
    ),
    workstations: new Set(
      workers.flatMap(({ account, workstation }) =>
        account === undefined || workstation === undefined ? [] : [`${account}>${workstation}`],
      ),
    ),
    vehicles: new Set(
      workers.flatMap(({ badge, van, isRemote }) =>
        van === undefined || isRemote ? [] : [`${badge}>${van}`],
      ),
    ),
  };
}
