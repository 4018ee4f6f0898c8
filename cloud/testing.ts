/** For tests: a whole cloud with real files and real sockets, a gateway that sends to it, people who sign in. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { type Clock, systemClock } from '../devices/model/clock.ts';
import { type Detection, detection } from '../devices/model/detection.ts';
import { type Observation, observation } from '../devices/model/observation.ts';
import type { RecordBody } from '../devices/wire.ts';
import { hashPassword } from './api/password.ts';
import { role } from './api/rights.ts';
import { type RunningCloud, startCloud } from './cloud.ts';
import { readCloudConfiguration } from './config.ts';
import { type MadeRecord, TestLane } from './ingest/testing.ts';
import type { Role } from './store/store.ts';

export const PASSWORD = 'correct horse battery';
export const GATEWAY = 'linden-gateway';
export const TOKEN = 'a-token-of-a-gateway';

const registry = {
  sites: [
    {
      id: 'linden',
      name: 'Linden Pharmacy',
      timeZone: 'UTC',
      opening: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '20:00' }],
      plan: { width: 20, height: 14 },
    },
    { id: 'online', name: 'Web shop', timeZone: 'UTC' },
  ],
  zones: [
    { id: 'yard', site: 'linden', name: 'Yard', touches: ['store-room'] },
    { id: 'store-room', site: 'linden', name: 'Store room' },
  ],
  assets: [
    { id: 'back-door', kind: 'door', name: 'Back door', site: 'linden', zone: 'yard', criticality: 4 },
    { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 'linden', zone: 'store-room', criticality: 5 },
    { id: 'camera', kind: 'camera', name: 'Camera', site: 'linden', zone: 'store-room', guards: ['cabinet'] },
    {
      id: 'fridge',
      kind: 'fridge',
      name: 'Fridge',
      site: 'linden',
      zone: 'store-room',
      band: { minCelsius: 2, maxCelsius: 8 },
    },
    { id: 'shop-admin', kind: 'shop', name: 'Shop administration', site: 'online', criticality: 4 },
  ],
  identities: [{ id: 'anna', name: 'Anna Weber', badges: ['04A1'], accounts: ['a.weber'] }],
};

/** Every role has somebody, named after it. */
async function accounts() {
  // Few rounds: what is tested is who may do what, not the strength of the hash.
  const passwordHash = await hashPassword(PASSWORD, 1_024);
  return role.options.map((one) => ({ name: one, role: one, passwordHash }));
}

/** Writes a configuration into a folder; `over` takes the place of whole keys. */
export async function writeConfiguration(folder: string, over: object = {}): Promise<string> {
  const file = join(folder, 'cloud.yaml');
  const document = {
    registry: 'registry.yaml',
    state: 'state',
    http: { port: 0, pages: 'pages' },
    ingest: { mqtt: { plain: { port: 0 } } },
    gateways: [
      { id: GATEWAY, site: 'linden', tokenSha256: createHash('sha256').update(TOKEN).digest('hex') },
    ],
    sources: [
      {
        name: 'accounts',
        format: 'account-log',
        asset: 'shop-admin',
        transport: { type: 'http-post', token: 'a-token-of-a-source' },
      },
    ],
    accounts: await accounts(),
    ...over,
  };
  // JSON is YAML.
  await writeFile(join(folder, 'registry.yaml'), JSON.stringify(registry));
  await writeFile(file, JSON.stringify(document));
  return file;
}

/** Somebody at the desk. */
export class Person {
  readonly #address: string;
  readonly cookie: string;
  readonly token: string;

  constructor(address: string, cookie: string, token: string) {
    this.#address = address;
    this.cookie = cookie;
    this.token = token;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.#address + path, { headers: { cookie: this.cookie, ...headers } });
  }

  stream(signal: AbortSignal, lastEventId?: string): Promise<Response> {
    const headers = {
      cookie: this.cookie,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    return fetch(`${this.#address}/api/stream`, { headers, signal });
  }

  async read<Value>(path: string, schema: { parse(value: unknown): Value }): Promise<Value> {
    const response = await this.get(path);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return schema.parse(body);
  }

  send(
    path: string,
    body?: unknown,
    method = 'POST',
    token: string | undefined = this.token,
  ): Promise<Response> {
    return fetch(this.#address + path, {
      method,
      headers: {
        cookie: this.cookie,
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'x-gatehouse-token': token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

/** @throws Error when it is refused */
export async function signIn(address: string, name: string, password = PASSWORD): Promise<Person> {
  const response = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  });
  const body: unknown = await response.json();
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  if (!response.ok || typeof body !== 'object' || body === null || !('token' in body))
    throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return new Person(address, cookie, String(body.token));
}

/** A gateway that sends over HTTP, batch by batch. */
export class TestGateway {
  readonly #address: string;
  readonly lane: TestLane;

  constructor(address: string, lane = new TestLane('alarm', GATEWAY)) {
    this.#address = address;
    this.lane = lane;
  }

  observation(over: Partial<Observation> & Pick<Observation, 'kind' | 'asset' | 'observedAt'>): MadeRecord {
    return this.lane.record((id) => ({
      type: 'observation',
      observation: observation.parse({
        id,
        site: 'linden',
        source: 'test',
        receivedAt: over.observedAt,
        clock: 'set',
        ...over,
      }),
    }));
  }

  detection(id: string, at: number, over: Partial<Detection> = {}): MadeRecord {
    const judged = {
      id,
      at,
      rule: 'forced-open',
      severity: 'high',
      source: GATEWAY,
      site: 'linden',
      assets: ['back-door'],
      identities: [],
      observables: {},
      summary: 'The back door was forced',
      ...over,
    };
    return this.lane.record(() => ({ type: 'detection', detection: detection.parse(judged) }));
  }

  body(body: (id: string) => RecordBody): MadeRecord {
    return this.lane.record(body);
  }

  /** The receipt. */
  async send(...records: MadeRecord[]): Promise<{ sequence: number; resend: boolean }> {
    const response = await fetch(`${this.#address}/ingest/v1/${this.lane.gateway}/${this.lane.lane}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: Buffer.from(this.lane.batch(records)),
    });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('sequence' in body) || !('resend' in body))
      throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return { sequence: Number(body.sequence), resend: body.resend === true };
  }
}

export interface CloudRig {
  folder: string;
  address: string;
  cloud: RunningCloud;
  gateway: TestGateway;
  fatal: Error[];
  /** Lines of the log, parsed. */
  logged: { level: number; msg: string }[];
  as(of: Role): Promise<Person>;
  /** Stops and starts again on the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param over keys of the configuration */
export async function startRig(over: object = {}, clock: Clock = systemClock): Promise<CloudRig> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cloud-'));
  const file = await writeConfiguration(folder, over);
  const fatal: Error[] = [];
  const logged: CloudRig['logged'] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void logged.push(JSON.parse(line)) });
  let ending = new AbortController();
  const start = async () => {
    ending = new AbortController();
    const configuration = readCloudConfiguration(file);
    const options = { configuration, clock, log, onFatal: (error: Error) => void fatal.push(error) };
    return startCloud(options, ending.signal);
  };
  const end = async (cloud: RunningCloud) => {
    ending.abort();
    await cloud.done;
  };
  const addressOf = (cloud: RunningCloud) => `http://127.0.0.1:${cloud.ports.http}`;
  const first = await start();
  const rig: CloudRig = {
    folder,
    cloud: first,
    address: addressOf(first),
    gateway: new TestGateway(addressOf(first)),
    fatal,
    logged,
    as: (of) => signIn(rig.address, of),
    async restart() {
      await end(rig.cloud);
      rig.cloud = await start();
      rig.address = addressOf(rig.cloud);
      rig.gateway = new TestGateway(rig.address, rig.gateway.lane);
    },
    async stop() {
      await end(rig.cloud);
      await rm(folder, { recursive: true });
    },
  };
  return rig;
}

/** Generous: the machine that runs the tests may have other work. */
const PATIENCE_MS = 30_000;

/** Waits until `probe` gives something but undefined and false. @throws Error when it never does */
export async function eventually<Value>(
  what: string,
  probe: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`it never came about: ${what}`);
    await wait(25);
  }
}
