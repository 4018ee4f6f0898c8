/** How the machine is that the gateway runs on: read from the system, judged elsewhere (judgement.ts). */
import { readdir, readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** One look at it. What a machine has not got (a thermometer, a battery) is absent. */
export interface HealthReading {
  /** The file system that holds the state directory; `free` is what this process may still use. */
  disk?: { bytes: number; freeBytes: number };
  /** What waits in the outbox for the cloud, against what it may hold. Absent where there is no cloud. */
  outbox?: { waitingBytes: number; maxBytes: number; isFull: boolean };
  /** The hottest of the machine's own thermometers. */
  celsius?: number;
  /** False: it runs from its battery. */
  isOnMains?: boolean;
  batteryPercent?: number;
  /** Programs that want to run, for each processor, averaged over five minutes. */
  loadPerProcessor: number;
  memory: { bytes: number; freeBytes: number };
}

export interface SystemFolders {
  /** Whose file system counts. */
  state: string;
  thermal: string;
  powerSupply: string;
}

/** Where Linux tells of itself. */
export const linuxFolders: Omit<SystemFolders, 'state'> = {
  thermal: '/sys/class/thermal',
  powerSupply: '/sys/class/power_supply',
};

/** Looked at, at most: a server has dozens of thermometers. */
const MAX_ENTRIES = 64;
/** Outside of this a thermometer is broken, or none. */
const [COLDEST, HOTTEST] = [-50, 150];

const numberIn = async (file: string): Promise<number | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : undefined;
};

const entriesOf = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (names) => names.slice(0, MAX_ENTRIES).map((name) => join(folder, name)),
    () => [],
  );

async function hottest(folder: string): Promise<number | undefined> {
  const zones = (await entriesOf(folder)).filter((path) => /thermal_zone\d+$/.test(path));
  const measured = await Promise.all(zones.map((zone) => numberIn(join(zone, 'temp'))));
  const degrees = measured.flatMap((milli) => (milli === undefined ? [] : [milli / 1_000]));
  const believed = degrees.filter((celsius) => celsius > COLDEST && celsius < HOTTEST);
  return believed.length === 0 ? undefined : Math.max(...believed);
}

async function supply(folder: string): Promise<Pick<HealthReading, 'isOnMains' | 'batteryPercent'>> {
  const mains: boolean[] = [];
  const batteries: number[] = [];
  for (const path of await entriesOf(folder)) {
    const type = (await readFile(join(path, 'type'), 'utf8').catch(() => '')).trim();
    // A mouse has a battery too: what supplies a device and not this machine says so.
    if ((await readFile(join(path, 'scope'), 'utf8').catch(() => '')).trim() === 'Device') continue;
    if (type === 'Battery') batteries.push((await numberIn(join(path, 'capacity'))) ?? Number.NaN);
    else if (type === 'Mains' || type === 'USB') {
      const online = await numberIn(join(path, 'online'));
      if (online !== undefined) mains.push(online > 0);
    }
  }
  const charged = batteries.filter((percent) => percent >= 0 && percent <= 100);
  return {
    ...(mains.length === 0 ? {} : { isOnMains: mains.includes(true) }),
    ...(charged.length === 0 ? {} : { batteryPercent: Math.min(...charged) }),
  };
}

async function disk(folder: string): Promise<Pick<HealthReading, 'disk'>> {
  const system = await statfs(folder).catch(() => undefined);
  if (system === undefined || system.blocks === 0) return {};
  return { disk: { bytes: system.blocks * system.bsize, freeBytes: system.bavail * system.bsize } };
}

/** Reads everything that this machine tells. Never rejects: what can't be read is absent. */
export async function readHealth(folders: SystemFolders): Promise<Omit<HealthReading, 'outbox'>> {
  const [space, celsius, power] = await Promise.all([
    disk(folders.state),
    hottest(folders.thermal),
    supply(folders.powerSupply),
  ]);
  const [, fiveMinutes = 0] = loadavg();
  return {
    ...space,
    ...power,
    ...(celsius === undefined ? {} : { celsius }),
    loadPerProcessor: fiveMinutes / availableParallelism(),
    memory: { bytes: totalmem(), freeBytes: freemem() },
  };
}
