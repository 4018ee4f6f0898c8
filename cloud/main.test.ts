import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { incidentList, incidentPage } from './api/answers.ts';
import { PasswordCheck } from './api/password.ts';
import { type MadeRecord, TestLane } from './ingest/testing.ts';
import { eventually, GATEWAY, signIn, startRig, TestGateway, TOKEN, writeConfiguration } from './testing.ts';

const main = join(import.meta.dirname, 'main.ts');
const readyLine = z.strictObject({
  ready: z.literal(true),
  http: z.number(),
  mqtt: z.strictObject({ plain: z.number() }),
});

let folder: string;
let config: string;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-main-'));
  config = await writeConfiguration(folder);
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

interface Run {
  child: ChildProcess;
  out(): string;
  err(): string;
  ended: Promise<number | null>;
}

/** @param prefix a command that runs the cloud's own */
function run(args: readonly string[], prefix: readonly string[] = [], input = ''): Run {
  const [command = '', ...rest] = [...prefix, process.execPath, main, ...args];
  const child = spawn(command, rest, { env: { ...process.env, LOG_LEVEL: 'warn' } });
  running.add(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return typeof code === 'number' ? code : null;
  });
  return { child, out: () => said.out, err: () => said.err, ended };
}

async function start(prefix: readonly string[] = []): Promise<Run & { address: string }> {
  const process = run(['--config', config], prefix);
  const line = await eventually(
    `a ready cloud (${process.err()})`,
    () => /^\{.*\}$/m.exec(process.out())?.[0],
  );
  return { ...process, address: `http://127.0.0.1:${readyLine.parse(JSON.parse(line)).http}` };
}

describe('the command', () => {
  test('explains itself', async () => {
    const { ended, out } = run(['--help']);
    expect(await ended).toBe(0);
    for (const word of ['--config FILE', '--hash-password', 'cloud.example.yaml', 'Exit status'])
      expect(out()).toContain(word);
    for (const line of out().split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('hashes a password, and refuses a short one', async () => {
    const good = run(['--hash-password'], [], 'a long enough one\n');
    expect(await good.ended).toBe(0);
    expect(await new PasswordCheck().matches('a long enough one', good.out().trim())).toBe(true);
    const short = run(['--hash-password'], [], 'short\n');
    expect(await short.ended).toBe(2);
    expect(short.err()).toBe('gatehouse cloud: a password has 10 to 256 characters\n');
  });

  test.each<[string, () => string[] | Promise<string[]>, RegExp]>([
    ['without a configuration', () => [], /^gatehouse cloud: needs --config FILE; .*--help.*\n$/],
    ['with an unknown option', () => ['--confg', 'x'], /^gatehouse cloud: Unknown option '--confg'.*\n$/],
    [
      'with a file that is not there',
      () => ['--config', '/nowhere.yaml'],
      /^gatehouse cloud: \/nowhere\.yaml:1: can't be read.*\n$/,
    ],
    [
      'with a wrong key',
      () => {
        writeFileSync(config, 'registry: registry.yaml\nstate: state\nhttp:\n  prot: 1\n');
        return ['--config', config];
      },
      /^gatehouse cloud: .*cloud\.yaml:4 http\.prot: there is no such key here\n$/,
    ],
    [
      'with a state directory that it may not write',
      async () => ['--config', await writeConfiguration(folder, { state: '/sys/gatehouse' })],
      /^gatehouse cloud: \/sys\/gatehouse can't be written; the state directory must belong to this user\n$/,
    ],
    [
      'with the store of a later version',
      () => {
        mkdirSync(join(folder, 'state'));
        const database = new DatabaseSync(join(folder, 'state', 'store.sqlite'));
        database.exec('PRAGMA user_version = 999');
        database.close();
        return ['--config', config];
      },
      /^gatehouse cloud: .*store\.sqlite was written by a later version.*\n$/,
    ],
  ])('ends at once %s, with one line that says why', async (_case, args, says) => {
    const { ended, err, out } = run(await args());
    expect(await ended).toBe(2);
    expect(err()).toMatch(says);
    expect(out()).toBe('');
  });

  test('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await writeConfiguration(folder, { http: { port } });
    const { ended, err } = run(['--config', config]);
    expect(await ended).toBe(2);
    expect(err()).toBe(
      `gatehouse cloud: port ${port} on 127.0.0.1 is taken; another program listens there\n`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it, with streams open', async (signal) => {
    const { child, ended, address } = await start();
    const person = await signIn(address, 'operator');
    const stream = await person.stream(AbortSignal.timeout(20_000));
    child.kill(signal);
    expect(await ended).toBe(0);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
    await stream.body?.cancel().catch(() => undefined);
  });
});

const START = Math.floor((Date.now() - 50 * 3_600_000) / 1_000) * 1_000;
const RECORDS = 240;
/** Far enough apart that not everything is one incident, near enough that much belongs together. */
const SPACING_MS = 11 * 60_000;

/** Two days with much going on: doors, cabinets, badges; some of it late. */
function twoDays(gateway: TestGateway): MadeRecord[] {
  const assets = ['back-door', 'cabinet', 'fridge', 'camera'];
  return Array.from({ length: RECORDS }, (_, index) => {
    const at = START + ((index * 7_919) % RECORDS) * SPACING_MS;
    const asset = assets[index % assets.length] ?? 'back-door';
    if (index % 3 === 0) return gateway.observation({ kind: 'door.opened', asset, observedAt: at });
    return gateway.detection(`d/${index}`, at, {
      rule: `rule-${index % 5}`,
      severity: index % 7 === 0 ? 'high' : 'medium',
      assets: [asset],
      identities: index % 11 === 0 ? ['anna'] : [],
    });
  });
}

/** Log-ins, guessed from several addresses at once, in posts of their own. */
const posts = Array.from({ length: 12 }, (_, post) =>
  Array.from({ length: 15 }, (_entry, index) =>
    JSON.stringify({
      time: new Date(START + ((post * 15 + index) * 61 * 1_000) / 4).toISOString(),
      event: index === 14 && post % 4 === 3 ? 'login.succeeded' : 'login.failed',
      account: 'a.weber',
      ip: `203.0.113.${post % 3}`,
    }),
  ).join('\n'),
);

interface Target {
  address: string;
}

/** As a gateway and a log shipper do it: again and again until it is acknowledged. */
async function sendAll(records: readonly MadeRecord[], target: Target): Promise<void> {
  const lane = new TestLane('alarm', GATEWAY);
  const gateway = async () => {
    for (let done = 0; done < records.length; ) {
      try {
        const { sequence } = await new TestGateway(target.address, lane).send(
          ...records.slice(done, done + 3),
        );
        done = sequence;
      } catch {
        await wait(30);
      }
    }
  };
  const shipper = async () => {
    for (const [index, body] of posts.entries())
      for (let stored = false; !stored; ) {
        const response = await fetch(`${target.address}/sources/accounts`, {
          method: 'POST',
          headers: { authorization: 'Bearer a-token-of-a-source', 'idempotency-key': `post-${index}` },
          body,
        }).catch(() => undefined);
        stored = response?.status === 202;
        await response?.body?.cancel();
        if (!stored) await wait(30);
      }
  };
  await Promise.all([gateway(), shipper()]);
}

/** Every incident with the order and the reasons of its story. */
async function outcome(address: string) {
  const person = await signIn(address, 'operator');
  const read = async () => {
    const { items } = await person.read('/api/incidents?limit=200', incidentList);
    return Promise.all(
      // When people were first told is the one thing that a crash may change.
      items.map(async ({ openedAt: _openedAt, ...summary }) => {
        const { story } = await person.read(`/api/incidents/${summary.id}`, incidentPage);
        return {
          summary,
          story: story.map(({ detection: { id, severity, count }, belongs }) => ({
            id,
            severity,
            count,
            belongs,
          })),
        };
      }),
    );
  };
  // The judging goes on for a moment after the last receipt.
  await eventually('all is judged and told', async () => {
    const figures = await (await fetch(`${address}/metrics`)).text();
    return ['waiting', 'untold'].every((name) => figures.includes(`\ngatehouse_detector_${name} 0\n`));
  });
  return read();
}

describe('a crash', () => {
  test('by kill -9 while records stream in, again and again, changes nothing in the end', async () => {
    const records = twoDays(new TestGateway(''));
    const undisturbed = await startRig();
    await sendAll(records, undisturbed);
    const expected = await outcome(undisturbed.address);
    await undisturbed.stop();
    expect(expected.length).toBeGreaterThan(10);
    expect(expected.some(({ story }) => story.length > 5)).toBe(true);
    expect(expected.flatMap(({ story }) => story).length).toBeGreaterThan(RECORDS / 2);

    const target = { address: '' };
    let kills = 0;
    let cloud = await start();
    target.address = cloud.address;
    let isSending = true;
    const sending = sendAll(records, target).then(() => {
      isSending = false;
    });
    // Each life is a little longer than the one before, so that they end at different points of the work.
    for (let life = 0; isSending && life < 5; life++) {
      await wait(30 + 25 * life);
      if (isSending) kills++;
      cloud.child.kill('SIGKILL');
      await cloud.ended;
      cloud = await start();
      target.address = cloud.address;
    }
    await sending;
    expect(kills, 'kills amid the stream').toBeGreaterThan(2);
    expect(await outcome(cloud.address)).toEqual(expected);
    cloud.child.kill('SIGKILL');
    await cloud.ended;
    cloud = await start();
    expect(await outcome(cloud.address)).toEqual(expected);
  }, 120_000);

  test('of the disk ends the process with one line, and what was acknowledged is there afterwards', async () => {
    // No file may grow beyond 1,500 blocks of 1,024 bytes: the write-ahead log is the first that wants to.
    const cloud = await start(['bash', '-c', 'ulimit -f 1500; exec "$@"', 'bash']);
    const gateway = new TestGateway(cloud.address);
    let acknowledged = 0;
    for (let failed = false; !failed; ) {
      const made = Array.from({ length: 50 }, (_, index) =>
        gateway.detection(`d/${acknowledged + index}`, START, { summary: 'x'.repeat(500) }),
      );
      await gateway.send(...made).then(
        ({ sequence }) => {
          acknowledged = sequence;
        },
        () => {
          failed = true;
        },
      );
      expect(acknowledged).toBeLessThan(20_000);
    }
    expect(await cloud.ended).toBe(1);
    expect(
      cloud
        .err()
        .split('\n')
        .filter((line) => line.startsWith('gatehouse cloud')),
    ).toEqual([expect.stringMatching(/^gatehouse cloud: the store failed: .*; start again to restore$/)]);
    expect(acknowledged).toBeGreaterThan(100);
    const again = await start();
    const incidents = await outcome(again.address);
    expect(incidents.reduce((sum, { summary }) => sum + summary.detections, 0)).toBeGreaterThanOrEqual(
      acknowledged,
    );
    const database = new DatabaseSync(join(folder, 'state', 'store.sqlite'), { readOnly: true });
    const { stored } = database.prepare('SELECT count(*) AS stored FROM record').get() ?? {};
    database.close();
    expect(Number(stored)).toBeGreaterThanOrEqual(acknowledged);
  }, 60_000);
});

test('gateways prove who they are', async () => {
  const { address } = await start();
  const ask = (token: string) =>
    fetch(`${address}/ingest/v1/${GATEWAY}/commands`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask('wrong')).status).toBe(401);
  expect((await ask(TOKEN)).status).toBe(200);
});
