/**
 * From a card at an OSDP reader to the order that draws its relay, through bridge and gateway as processes of their
 * own, with the secure channel, while other devices send 2,000 messages a second:
 *   node simulators/scenarios/readers.bench.ts [cards]
 * Measured at the reader, from the moment its answer with the card begins to the moment it has read the order, so the
 * line's own time for both is in it. Before that the card waits for its turn to be asked: told beside it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashPassword } from '../../edge/broker/password.ts';
import { ReaderLine } from '../devices/osdp-reader/line.ts';
import { SimulatedReader } from '../devices/osdp-reader/reader.ts';
import { Publisher } from '../load/mqtt-publisher.ts';

const CARDS = Number(process.argv[2] ?? 200);
const CARD_EVERY_MS = 250;
const BAUD_RATE = 57_600;
const LOAD_PUBLISHERS = 10;
const LOAD_EVERY_MS = 5;
const GOAL_MS = 20;
/** A reader's longest answer without a card in it; one with a card carries an encrypted block more. */
const LONGEST_EMPTY_ANSWER = 22;
const PASSWORD = 'bench';
const BADGE = '123-45678';

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values: readonly number[], of: number): string =>
  (
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? 0
  ).toFixed(1);
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
const main = (house: string) => fileURLToPath(new URL(`../../${house}/main.ts`, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-readers-bench-'));
const ending = new AbortController();
const children = new Set<ReturnType<typeof spawn>>();

function start(house: string, configuration: string): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, [main(house), '--config', join(folder, configuration)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'error' },
  });
  children.add(child);
  return child;
}

async function startGateway(): Promise<number> {
  const port = await freePort();
  const hash = await hashPassword(PASSWORD, 16);
  writeFileSync(
    join(folder, 'registry.yaml'),
    `
sites: [{ id: bench, name: Bench, opening: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: '00:00', to: '00:00' }] }]
zones: [{ id: hall, site: bench, name: Hall }]
assets:
  - { id: panel, kind: alarm-panel, name: Panel, site: bench, zone: hall }
  - { id: door, kind: door, name: Door, site: bench, zone: hall }
  - { id: reader, kind: reader, name: Reader, site: bench, zone: hall, guards: [door] }
  - { id: lock, kind: lock, name: Lock, site: bench, hostedOn: door }
identities: [{ id: anna, name: Anna, sites: [bench], badges: ['${BADGE}'] }]
`,
  );
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `
gateway: { id: bench-gateway, site: bench, state: state }
registry: registry.yaml
broker:
  plain: { port: ${port} }
  identities: [{ username: bench, passwordHash: '${hash}', publish: ['#'], subscribe: ['#'] }]
devices: [{ device: 'osdp-reader:front', asset: reader, assets: { 'output:0': lock } }]
panel: { asset: panel }
access: { unlockMs: 500 }
page: { port: 0 }
`,
  );
  const gateway = start('edge', 'gateway.yaml');
  await new Promise<void>((resolve, reject) => {
    gateway.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('"ready":true')) resolve();
    });
    gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return port;
}

/** Notes when the reader's answer with a card begins, and when its relay is drawn. */
class WatchedReader extends SimulatedReader {
  answeredAt = 0;
  drawnAt = 0;

  override hear(bytes: Uint8Array): Buffer[] {
    const before = this.output(0);
    const answers = super.hear(bytes);
    const now = performance.now();
    if (this.answeredAt === 0 && answers.some(({ length }) => length > LONGEST_EMPTY_ANSWER))
      this.answeredAt = now;
    if (!before && this.output(0) && this.drawnAt === 0) this.drawnAt = now;
    return answers;
  }
}

async function measure(reader: WatchedReader): Promise<{ waits: number[]; acts: number[]; missed: number }> {
  const waits: number[] = [];
  const acts: number[] = [];
  let missed = 0;
  for (let card = 0; card < CARDS; card++) {
    while (reader.output(0)) await delay(5);
    await delay(CARD_EVERY_MS + Math.random() * 50);
    reader.answeredAt = 0;
    reader.drawnAt = 0;
    const presentedAt = performance.now();
    reader.present(BADGE);
    for (let waited = 0; reader.drawnAt === 0 && waited < 2_000; waited += 2) await delay(2);
    if (reader.drawnAt === 0) missed++;
    else {
      waits.push(reader.answeredAt - presentedAt);
      acts.push(reader.drawnAt - reader.answeredAt);
    }
  }
  return { waits, acts, missed };
}

try {
  const port = await startGateway();
  const reader = new WatchedReader({ address: 1 });
  new ReaderLine([reader], {
    name: 'bench',
    folder: join(folder, 'dev'),
    baudRate: BAUD_RATE,
    signal: ending.signal,
  });
  writeFileSync(
    join(folder, 'bridge.yaml'),
    `
id: bridge
gateway: { url: 'mqtt://127.0.0.1:${port}', username: bench, password: ${PASSWORD} }
links: [{ id: line, type: osdp, ports: '${folder}/dev/ttyACM*', baudRate: ${BAUD_RATE}, install: true, readers: [{ node: front, address: 1 }] }]
`,
  );
  start('firmware-bridge', 'bridge.yaml');
  for (let waited = 0; !reader.isSecure || reader.key === undefined; waited += 100) {
    if (waited > 60_000) throw new Error('the reader was not found');
    await delay(100);
  }
  // The lock's state and the reader's presence are known by now.
  await delay(5_000);
  for (const load of [false, true]) {
    const publishers = load
      ? Array.from(
          { length: LOAD_PUBLISHERS },
          (_, index) =>
            new Publisher({
              port,
              username: 'bench',
              password: PASSWORD,
              clientId: `load-${index}`,
              window: 100,
            }),
        )
      : [];
    await Promise.all(publishers.map((publisher) => publisher.connected()));
    let stopped = false;
    const running = publishers.map(async (publisher, index) => {
      for (let round = 0; !stopped; round++) {
        await publisher.publish(
          `zigbee2mqtt/fridge_${index}`,
          Buffer.from(`{"temperature":${4 + (round % 30) / 10}}`),
        );
        await delay(LOAD_EVERY_MS);
      }
    });
    const { waits, acts, missed } = await measure(reader);
    stopped = true;
    await Promise.all(running);
    for (const publisher of publishers) publisher.close();
    const words = load ? 'beside 2,000 messages/s' : 'alone';
    console.log(
      `OSDP card to the order for its relay, ${words}: p50 ${quantile(acts, 0.5)} ms, p99 ${quantile(acts, 0.99)} ms (goal ${GOAL_MS} ms); before that it waits for its turn, p50 ${quantile(waits, 0.5)} ms, p99 ${quantile(waits, 0.99)} ms; ${acts.length} of ${acts.length + missed}`,
    );
    console.log(`  ratio ${(Number(quantile(acts, 0.99)) / GOAL_MS).toFixed(2)}`);
  }
} finally {
  ending.abort();
  for (const child of children) child.kill('SIGKILL');
  await delay(200);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
