/** For tests only: a gateway as a process of its own, with devices that speak real MQTT to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { SitePage } from '../api/contract.ts';
import { hashPassword } from '../broker/password.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const READY_WITHIN_MS = 30_000;
/** Cheap enough for tests; real ones cost a thousand times as much. */
const TEST_COST = 16;

export const pins = { anna: '246810', annaUnderDuress: '135791', jonas: '864200' } as const;
const devicePassword = 'device-password';

const registry = `
sites:
  - { id: shop, name: Test Shop, timeZone: Europe/Berlin, opening: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "00:00" }] }
zones:
  - { id: shop.room, site: shop, name: Room }
assets:
  - { id: gateway-1, kind: gateway, name: Gateway, site: shop, zone: shop.room }
  - { id: panel-1, kind: alarm-panel, name: Alarm, site: shop, zone: shop.room }
  - { id: front-door, kind: door, name: Front door, site: shop, zone: shop.room }
  - { id: back-door, kind: door, name: Back door, site: shop, zone: shop.room }
  - { id: fridge-1, kind: fridge, name: Medicine fridge, site: shop, zone: shop.room, band: { minCelsius: 2, maxCelsius: 8 } }
  - { id: siren-1, kind: siren, name: Siren, site: shop, zone: shop.room }
identities:
  - { id: anna, name: Anna Weber, sites: [shop], accounts: [a.weber] }
`;

/** Its configuration as text; a test may change it. */
export async function exampleConfiguration(): Promise<string> {
  const hash = (secret: string) => hashPassword(secret, TEST_COST);
  return `
gateway: { id: gateway-1, site: shop, state: state }
registry: registry.yaml
broker:
  plain: { port: 0 }
  identities:
    - { username: device, passwordHash: '${await hash(devicePassword)}', publish: ['zigbee2mqtt/#', 'siren/#', 'found/#'], subscribe: ['siren/rpc'] }
devices:
  - { device: 'zigbee2mqtt:0x0000000000000001', name: Front contact, asset: front-door }
  - { device: 'zigbee2mqtt:0x0000000000000002', name: Back contact, asset: back-door }
  - { device: 'zigbee2mqtt:0x0000000000000003', name: Fridge sensor, asset: fridge-1 }
  - { device: 'shelly:siren', name: Siren relay, asset: siren-1, treatAs: { 'switch:0': siren } }
rules:
  - { rule: forced-open, assets: [back-door], actions: [{ action: siren.on, asset: siren-1 }] }
  - { rule: alarm-schedule-changed }
  - { rule: held-open, assets: [front-door], preAlarmMs: 3000, heldOpenMs: 5000, duringOpeningHours: true }
panel: { asset: panel-1, perimeter: [front-door, back-door], sirens: [siren-1], exitDelayMs: 0, entryDelayMs: 0 }
page:
  port: 0
  trustProxy: true
  people:
    - { name: Anna Weber, identity: anna, account: a.weber, pinHash: '${await hash(pins.anna)}', duressPinHash: '${await hash(pins.annaUnderDuress)}' }
    - { name: Jonas Keller, pinHash: '${await hash(pins.jonas)}' }
`;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gateway-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with a configuration and its registry. */
export async function configuredFolder(
  change: (configuration: string) => string = (same) => same,
): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'registry.yaml'), registry);
  writeFileSync(join(folder, 'gateway.yaml'), change(await exampleConfiguration()));
  return folder;
}

export const editFile = (folder: string, name: string, edit: (text: string) => string): void =>
  writeFileSync(join(folder, name), edit(readFileSync(join(folder, name), 'utf8')));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `main.ts` to its end. */
export async function runMain(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = collect(child);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output() };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return () => ({ stdout, stderr });
}

export interface GatewayProcess {
  readonly folder: string;
  readonly url: string;
  readonly mqttPort: number;
  output(): { stdout: string; stderr: string };
  /** The page as it is now. */
  page(): Promise<SitePage>;
  /** Pulls the plug. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts a gateway and waits until it is ready. It is stopped when the test is over. */
export async function startGateway(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [main, '--config', join(folder, 'gateway.yaml')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const output = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const end = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  onTestFinished(async () => void (await end('SIGKILL')));
  const ready = await new Promise<{ page: number; mqtt: { plain: number } }>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready: ${output().stderr}`)), READY_WITHIN_MS);
    child.once('close', () => reject(new Error(`ended: ${output().stderr}`)));
    child.stdout.on('data', () => {
      const [line = ''] = output().stdout.split('\n');
      if (!output().stdout.includes('\n')) return;
      clearTimeout(late);
      resolve(JSON.parse(line));
    });
  });
  const url = `http://127.0.0.1:${ready.page}`;
  return {
    folder,
    url,
    mqttPort: ready.mqtt.plain,
    output,
    page: async () => (await (await fetch(`${url}/api/site`)).json()) as SitePage,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** The site's devices: contacts and a thermometer behind zigbee2mqtt, and a siren that says what it does. */
export class Devices {
  readonly client: MqttClient;
  /** Orders that the siren got. */
  readonly orders: { on: boolean }[] = [];

  private constructor(client: MqttClient) {
    this.client = client;
  }

  static async connect(gateway: Pick<GatewayProcess, 'mqttPort'>): Promise<Devices> {
    const client = await connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, {
      clientId: 'devices',
      username: 'device',
      password: devicePassword,
      reconnectPeriod: 0,
    });
    onTestFinished(async () => void (await client.endAsync(true).catch(() => undefined)));
    const devices = new Devices(client);
    client.on('message', (_topic, payload) => {
      const { params } = JSON.parse(payload.toString()) as { params: { on: boolean } };
      devices.orders.push({ on: params.on });
      client.publish('siren/status/switch:0', JSON.stringify({ id: 0, output: params.on }), { qos: 1 });
    });
    await client.subscribeAsync('siren/rpc', { qos: 1 });
    const definition = { model: 'TEST', exposes: [] };
    const named = ['front', 'back', 'fridge'].map((friendly_name, index) => ({
      ieee_address: `0x000000000000000${index + 1}`,
      friendly_name,
      definition,
    }));
    await client.publishAsync('zigbee2mqtt/bridge/devices', JSON.stringify(named), { qos: 1, retain: true });
    return devices;
  }

  /** Zigbee2mqtt says `contact` when the two halves touch: closed. */
  door(name: 'front' | 'back', state: 'open' | 'closed'): Promise<unknown> {
    return this.say(`zigbee2mqtt/${name}`, { contact: state === 'closed' });
  }

  fridge(celsius: number): Promise<unknown> {
    return this.say('zigbee2mqtt/fridge', { temperature: celsius });
  }

  say(topic: string, value: object | string): Promise<unknown> {
    return this.client.publishAsync(topic, typeof value === 'string' ? value : JSON.stringify(value), {
      qos: 1,
    });
  }
}

/** Somebody at the page, from an address of their own. */
export class Visitor {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor({ url }: { url: string }, from = '192.168.1.20') {
    this.#url = url;
    this.#headers = { 'x-forwarded-for': from };
  }

  signIn(name: string, pin: string): Promise<Response> {
    return this.send('POST', '/api/session', { name, pin });
  }

  /** Signs in and goes on with cookie and token. */
  async signedIn(name = 'Anna Weber', pin: string = pins.anna): Promise<this> {
    const response = await this.signIn(name, pin);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { token } = (await response.json()) as { token: string };
    this.#headers.cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    this.#headers['x-gatehouse-token'] = token;
    return this;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.#url + path, {
      headers: { ...this.#headers, ...headers },
      signal: AbortSignal.timeout(10_000),
    });
  }

  send(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(this.#url + path, {
      method,
      headers: { 'content-type': 'application/json', ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  }
}
