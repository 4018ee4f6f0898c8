import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, scaledClock } from '../../devices/model/clock.ts';
import { seededRandom } from '../random.ts';
import { DeskWatch } from '../scenarios/desk-watch.ts';
import type { Ground, Narrator, Pilot, PilotWorld } from '../scenarios/pilot.ts';
import { type Score, scoreOf } from '../scenarios/score.ts';
import { writeMergedSettings } from './merged-settings.ts';
import { expectFree, freePorts } from './ports.ts';
import { House } from './process.ts';
import { newSecret, passwordHash, sha256 } from './secrets.ts';
import { emptyFolder } from './settings.ts';
import { Telling } from './telling.ts';

export interface PilotStageOptions {
  readonly pilots: readonly Pilot[];
  /** Folder for this run: configuration, state, logs. A folder of an earlier run is emptied first. */
  readonly folder: string;
  /** Port of the desk; 0 for any. */
  readonly port: number;
  /** How much faster than the world it runs. */
  readonly speed: number;
  /** When it begins, ms. */
  readonly originMs: number;
  readonly seed: number;
  say(text: string): void;
  /** A story has been told to its end, whoever asked for it. */
  onScore?(score: Score): void;
}

export interface PilotStage {
  readonly folder: string;
  readonly clock: Clock;
  readonly desk: { readonly url: string; readonly name: string; readonly password: string };
  /** Tells a pilot's story and waits until the desk has what it will have. @throws RangeError for an unknown one */
  tell(id: string): Promise<Score>;
  stop(): Promise<void>;
}

/** How long the ordinary day goes on alone first, in the world's time: what is usual must have been seen. */
const USUAL_FIRST_MS = 120_000;
/** How long after the story the desk may still learn of it: in the world's time, and on a busy machine. */
const SETTLE_MS = 120_000;
const SETTLE_REAL_MS = 15_000;
const LOOK_AGAIN_MS = 500;
const STAYS_MS = 2_000;
/** How long a device may be silent before the sites say so: some starts of a process on a busy machine, or a minute. */
const OUTAGE_MS = 10_000;
const SILENT_DEVICE_MS = 60_000;

const askedFor = <Value>(values: ReadonlyMap<string, Value>, name: string): Value => {
  const value = values.get(name);
  if (value === undefined) throw new RangeError(`no pilot has asked for "${name}"`);
  return value;
};

/** What every file of the configuration may name. */
function valuesFor(
  ports: ReadonlyMap<string, number>,
  secrets: ReadonlyMap<string, string>,
  more: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return {
    ...Object.fromEntries(ports),
    ...Object.fromEntries(
      [...secrets].flatMap(([name, secret]) => [
        [`${name}Sha256`, sha256(secret)],
        [`${name}PasswordHash`, passwordHash(secret)],
      ]),
    ),
    ...more,
  };
}

/** One cloud for all pilots, and around it the houses and the world of each, with its ordinary day. */
export async function openPilotStage(options: PilotStageOptions, signal: AbortSignal): Promise<PilotStage> {
  const { folder, say, speed, originMs, pilots, seed } = options;
  if (options.port !== 0) await expectFree(options.port, '--port');
  emptyFolder(folder);
  const startedAt = Date.now();
  const clock = scaledClock(originMs, startedAt, speed);
  const portNames = [
    'cloudHttpPort',
    'cloudMqttPort',
    'stagePort',
    ...pilots.flatMap((one) => one.settings.ports),
  ];
  const free = await freePorts(portNames.length);
  const ports = new Map(portNames.map((name, index) => [name, free[index] ?? 0]));
  if (options.port !== 0) ports.set('cloudHttpPort', options.port);
  const secrets = new Map(
    [...new Set(pilots.flatMap((one) => one.settings.secrets))].map((name) => [name, newSecret()]),
  );
  const stageToken = newSecret();
  const desk = {
    url: `http://127.0.0.1:${askedFor(ports, 'cloudHttpPort')}`,
    name: 'mia',
    password: newSecret().slice(0, 12),
  };
  writeMergedSettings(
    folder,
    ['ground', ...pilots.map((one) => one.settings.folder)],
    valuesFor(ports, secrets, {
      deskPasswordHash: passwordHash(desk.password),
      silentDeviceMs: Math.max(SILENT_DEVICE_MS, Math.round(OUTAGE_MS * speed)),
      folder,
    }),
  );
  for (const [name, secret] of [...secrets, ['stage-token', stageToken] as const])
    writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 });

  const ending = new AbortController();
  const house = (name: string, main: string, configuration: string) =>
    new House({
      name,
      main,
      args: ['--config', join(folder, configuration)],
      environment: { GATEHOUSE_CLOCK: `${originMs},${startedAt},${speed}` },
      logs: join(folder, 'logs'),
      onRestart: (code, by) => say(`${name} ended (${code ?? by}) and is started again`),
    });
  const cloud = house('cloud', 'cloud/main.ts', 'cloud.yaml');
  const houses = pilots
    .flatMap((one) => one.settings.houses)
    .map(({ name, main, configuration }) => house(name, main, configuration));
  const stop = async () => {
    ending.abort();
    await Promise.all([cloud, ...houses].map((each) => each.stop()));
  };
  signal.addEventListener('abort', () => void stop(), { once: true });

  try {
    const worlds = new Map<string, PilotWorld>();
    for (const [index, pilot] of pilots.entries()) {
      const ground: Ground = {
        clock,
        random: seededRandom(seed + index),
        folder,
        port: (name) => askedFor(ports, name),
        secret: (name) => askedFor(secrets, name),
        cloudUrl: desk.url,
        say,
        signal: ending.signal,
      };
      worlds.set(pilot.id, await pilot.open(ground));
    }
    say('starting the cloud');
    await cloud.start();
    if (houses.length > 0)
      say(`starting ${pilots.flatMap((one) => one.settings.houses.map(({ name }) => name)).join(', ')}`);
    await Promise.all(houses.map((each) => each.start()));
    const watch = await DeskWatch.open(desk, clock, ending.signal);
    const begunAt = clock.now();
    for (const world of worlds.values()) void world.day();

    const tell = async (id: string): Promise<Score> => {
      const pilot = pilots.find((one) => one.id === id);
      const world = worlds.get(id);
      if (pilot === undefined || world === undefined) throw new RangeError(`there is no pilot "${id}" here`);
      await delay(Math.max(0, begunAt + USUAL_FIRST_MS - clock.now()) / speed, undefined, {
        signal: ending.signal,
      });
      const { truth } = pilot;
      const toldAt = new Map<string, number>();
      const narrator: Narrator = {
        clock,
        random: seededRandom(seed + 1_000),
        signal: ending.signal,
        say,
        step: (name) => {
          const step = truth.steps.find((one) => one.id === name);
          if (step === undefined) throw new RangeError(`${id} has no step "${name}"`);
          toldAt.set(name, clock.now());
          say(step.text);
        },
      };
      await world.tell(narrator);
      const now = async () => scoreOf(id, { truth, toldAt }, await watch.incidents());
      const deadline = Date.now() + Math.max(SETTLE_REAL_MS, SETTLE_MS / speed);
      let score = await now();
      while (score.shortfalls.length > 0 && Date.now() < deadline && !ending.signal.aborted) {
        await delay(LOOK_AGAIN_MS);
        score = await now();
      }
      // What comes late may still be put where it does not belong.
      await delay(STAYS_MS);
      score = await now();
      options.onScore?.(score);
      return score;
    };
    await Telling.open(
      {
        stories: pilots.map((one) => ({
          id: one.id,
          title: one.title,
          story: one.story,
          tell: async () => void (await tell(one.id)),
        })),
        signal: ending.signal,
        say,
      },
      { port: askedFor(ports, 'stagePort'), token: stageToken },
    );
    return { folder, clock, desk, tell, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
