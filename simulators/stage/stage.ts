import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, scaledClock } from '../../devices/model/clock.ts';
import { Mailbox } from '../cyber/mailbox.ts';
import { NetworkSensor, SyslogHost } from '../cyber/server-logs.ts';
import { Shop } from '../cyber/shop.ts';
import { seededRandom } from '../random.ts';
import { tidyUp } from '../scenarios/break-in.ts';
import { catalog } from '../scenarios/catalog.ts';
import { runDay } from '../scenarios/day.ts';
import type { World } from '../scenarios/world.ts';
import { Pharmacy } from '../world/pharmacy.ts';
import { Warehouse } from '../world/warehouse.ts';
import { Link } from './link.ts';
import { expectFree, freePorts } from './ports.ts';
import { House } from './process.ts';
import { newPin, newSecret, passwordHash, sha256 } from './secrets.ts';
import { emptyFolder, writeSettings } from './settings.ts';
import { Telling } from './telling.ts';

export interface StageOptions {
  /** Folder for this run: configuration, state, logs. A folder of an earlier run is emptied first. */
  folder: string;
  /** Port of the desk; 0 for any. */
  port: number;
  /** How much faster than the world the day runs. */
  speed: number;
  /** When the day begins, ms. */
  originMs: number;
  seed: number;
  /** Whether customers and staff go about their day. */
  withDay: boolean;
  /**
   * How long a device may be away, in real time, before the sites call it silent: what starts on a busy machine
   * starts no faster on a faster day. OUTAGE_MS unless told.
   */
  outageMs?: number;
  say(text: string): void;
}

export interface Stage {
  readonly folder: string;
  readonly clock: Clock;
  readonly world: World;
  readonly telling: Telling;
  readonly houses: {
    readonly cloud: House;
    readonly linden: House;
    readonly north: House;
    readonly bridge: House;
  };
  readonly desk: { readonly url: string; readonly name: string; readonly password: string };
  /** A second person, for what nobody agrees to alone. */
  readonly second: { readonly name: string; readonly password: string };
  /** Every mail that the house has sent. */
  readonly mailbox: Mailbox;
  readonly sitePage: World['sitePage'];
  /** The cables from the gateways to the cloud, to be pulled. */
  readonly uplink: { cut(): void; restore(): void };
  stop(): Promise<void>;
}

/** Some starts of a process on a busy machine. */
const OUTAGE_MS = 10_000;
/** What the products' own defaults are, in the site's time: never less than these. */
const SILENT_DEVICE_MS = 60_000;
const BOARD_SILENCE_MS = 16_000;
/** How long a board may take to say hello, in real time: it is emulated in a process that does much else. */
const BOARD_HELLO_MS = 30_000;

/** Cloud, two gateways and a bridge as processes, the world's hardware around them, and a day that goes by. */
export async function openStage(options: StageOptions, signal: AbortSignal): Promise<Stage> {
  const { folder, say, speed, originMs, outageMs = OUTAGE_MS } = options;
  if (options.port !== 0) await expectFree(options.port, '--port');
  emptyFolder(folder);
  const startedAt = Date.now();
  const clock = scaledClock(originMs, startedAt, speed);
  const [
    cloudHttp = 0,
    cloudMqttPort = 0,
    syslogPort = 0,
    lindenTlsPort = 0,
    lindenPlainPort = 0,
    lindenPagePort = 0,
    northTlsPort = 0,
    northPlainPort = 0,
    northPagePort = 0,
    cameraPort = 0,
    stagePort = 0,
    shopPort = 0,
    mailPort = 0,
  ] = await freePorts(13);
  const cloudHttpPort = options.port === 0 ? cloudHttp : options.port;
  const [device, camera, linden, north, stage, desk] = Array.from({ length: 6 }, () => newSecret());
  const [devicePassword = '', cameraPassword = '', lindenToken = '', northToken = '', stageToken = ''] = [
    device,
    camera,
    linden,
    north,
    stage,
  ];
  const deskPassword = (desk ?? newSecret()).slice(0, 12);
  const secondPassword = newSecret().slice(0, 12);
  const shopToken = newSecret();
  const pins = { 'Anna Weber': newPin(), 'Jonas Keller': newPin() };
  const ending = new AbortController();
  const mqttLink = await Link.open(cloudMqttPort, ending.signal);
  const httpLink = await Link.open(cloudHttpPort, ending.signal);
  const portFolder = join(folder, 'dev');
  mkdirSync(portFolder, { recursive: true });
  writeSettings(
    folder,
    {
      cloudHttpPort,
      cloudMqttPort,
      uplinkMqttPort: mqttLink.port,
      uplinkHttpPort: httpLink.port,
      syslogPort,
      lindenTlsPort,
      lindenPlainPort,
      lindenPagePort,
      northTlsPort,
      northPlainPort,
      northPagePort,
      cameraPort,
      stagePort,
      shopPort,
      mailPort,
      secondPasswordHash: passwordHash(secondPassword),
      silentDeviceMs: Math.max(SILENT_DEVICE_MS, Math.round(outageMs * speed)),
      boardSilenceMs: Math.max(BOARD_SILENCE_MS, Math.round(OUTAGE_MS * speed)),
      boardHelloMs: BOARD_HELLO_MS,
      passwordHash: passwordHash(devicePassword),
      deskPasswordHash: passwordHash(deskPassword),
      annaPinHash: passwordHash(pins['Anna Weber']),
      jonasPinHash: passwordHash(pins['Jonas Keller']),
      lindenTokenHash: sha256(lindenToken),
      northTokenHash: sha256(northToken),
      backDoorPort: join(portFolder, 'serial', 'by-id', '*back-door*'),
      cabinetPort: join(portFolder, 'serial', 'by-id', '*cabinet*'),
    },
    {
      'device-password': devicePassword,
      'camera-password': cameraPassword,
      'linden-token': lindenToken,
      'north-token': northToken,
      'stage-token': stageToken,
      'shop-token': shopToken,
    },
  );

  const house = (name: string, main: string, configuration: string) =>
    new House({
      name,
      main,
      args: ['--config', join(folder, configuration)],
      environment: { GATEHOUSE_CLOCK: `${originMs},${startedAt},${speed}` },
      logs: join(folder, 'logs'),
      onRestart: (code, by) => say(`${name} ended (${code ?? by}) and is started again`),
    });
  const houses = {
    cloud: house('cloud', 'cloud/main.ts', 'cloud.yaml'),
    linden: house('linden-gateway', 'edge/main.ts', 'linden-gateway.yaml'),
    north: house('north-gateway', 'edge/main.ts', 'north-gateway.yaml'),
    bridge: house('bridge', 'firmware-bridge/main.ts', 'bridge.yaml'),
  };
  const stop = async () => {
    ending.abort();
    await Promise.all(Object.values(houses).map((each) => each.stop()));
  };
  signal.addEventListener('abort', () => void stop(), { once: true });

  try {
    const random = seededRandom(options.seed);
    const mailbox = await Mailbox.start({ port: mailPort, folder: join(folder, 'mail') }, ending.signal);
    const shop = await Shop.start(
      {
        clock,
        accessLog: join(folder, 'shop', 'access.log'),
        accountLog: join(folder, 'shop', 'accounts.log'),
        administrators: { 'a.weber': 'Linden-1987' },
        apiToken: shopToken,
        port: shopPort,
      },
      ending.signal,
    );
    const pharmacy = await Pharmacy.open(
      {
        clock,
        brokerUrl: `mqtts://127.0.0.1:${lindenTlsPort}`,
        password: devicePassword,
        cameraPort,
        cameraPassword,
        portFolder,
      },
      ending.signal,
    );
    const world: World = {
      clock,
      random,
      pharmacy,
      warehouse: new Warehouse(
        { clock, brokerUrl: `mqtts://127.0.0.1:${northTlsPort}`, password: devicePassword },
        ending.signal,
      ),
      shop,
      server: new SyslogHost({ host: 'shop-server', port: syslogPort, clock }, ending.signal),
      sensor: new NetworkSensor(join(folder, 'shop', 'eve.json'), clock),
      sitePage: { url: `http://127.0.0.1:${lindenPagePort}`, pinOf: pins },
      signal: ending.signal,
      say,
    };
    const stories = catalog.map(({ id, title, story, run }) => ({
      id,
      title,
      story,
      tell: async () => {
        await tidyUp(world);
        await run(world);
      },
    }));
    const telling = await Telling.open(
      { stories, say, signal: ending.signal },
      { port: stagePort, token: stageToken },
    );
    say('starting the cloud');
    // The gateways pin the certificate that the cloud makes at its first start.
    await houses.cloud.start();
    say('starting two gateways and the firmware bridge');
    await Promise.all([houses.linden.start(), houses.north.start()]);
    await houses.bridge.start();
    if (options.withDay) void runDay(world);
    return {
      folder,
      clock,
      world,
      telling,
      houses,
      desk: { url: `http://127.0.0.1:${cloudHttpPort}`, name: 'mia', password: deskPassword },
      second: { name: 'noor', password: secondPassword },
      mailbox,
      sitePage: world.sitePage,
      uplink: {
        cut: () => {
          mqttLink.cut();
          httpLink.cut();
        },
        restore: () => {
          mqttLink.restore();
          httpLink.restore();
        },
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
