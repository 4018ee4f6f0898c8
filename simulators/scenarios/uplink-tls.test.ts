import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCredentials } from '../../cloud/ingest/credentials.ts';
import { createIngest } from '../../cloud/ingest/ingest.ts';
import { openMqttFront } from '../../cloud/ingest/mqtt.ts';
import { testCredential, testToken } from '../../cloud/ingest/testing.ts';
import { openSqliteStore } from '../../cloud/store/sqlite.ts';
import { systemClock } from '../../devices/model/clock.ts';
import { ownCertificate } from '../../edge/broker/certificate.ts';
import { openOutbox } from '../../edge/outbox/open.ts';
import { testKey, testObservation } from '../../edge/outbox/testing.ts';
import { createUplink } from '../../edge/outbox/uplink.ts';

let directory: string;
const ending: AbortController[] = [];
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'uplink-tls-'));
});
afterEach(async () => {
  for (const each of ending.splice(0)) each.abort();
  for (const close of closing.splice(0).reverse()) await close();
  await rm(directory, { recursive: true });
});

async function site() {
  const stop = new AbortController();
  ending.push(stop);
  const clock = systemClock;
  const { certificate, key } = ownCertificate(directory, ['127.0.0.1'], clock.now());
  const [certificateFile, keyFile] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key);
  const store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => [] });
  closing.push(() => store.close());
  const credentials = createCredentials([testCredential]);
  const ingest = createIngest({ store, credentials, clock }, stop.signal);
  const front = await openMqttFront(
    { ingest, credentials, store, clock, tls: { host: '127.0.0.1', port: 0, certificateFile, keyFile } },
    stop.signal,
  );
  closing.push(() => front.close());
  const outbox = await openOutbox({
    directory: join(directory, 'outbox'),
    gateway: 'gw-1',
    signingKey: testKey,
    clock,
    onFatal: (error) => {
      throw error;
    },
  });
  closing.push(() => outbox.close());
  for (let count = 0; count < 2_000; count++)
    outbox.stage('bulk', clock.now(), (id) => testObservation(id, clock.now()));
  await outbox.committed();
  const trouble: string[] = [];
  const uplink = (ca: string | undefined) =>
    createUplink(
      {
        gateway: 'gw-1',
        token: testToken,
        mqttUrl: `mqtts://127.0.0.1:${front.tlsPort}`,
        ...(ca === undefined ? {} : { ca }),
        times: { firstMs: 20, mostMs: 100 },
      },
      { outbox, clock, onCommand: () => undefined, onTrouble: (what) => trouble.push(what) },
      stop.signal,
    );
  return { store, outbox, uplink, trouble, certificate };
}

it('sends everything over TLS to a cloud whose authority it was given', async () => {
  const { store, outbox, uplink, certificate } = await site();
  const running = uplink(certificate);
  await expect.poll(() => outbox.progress('bulk').waiting, { timeout: 60_000 }).toBe(0);
  expect(store.counts().record).toBe(2_000);
  expect(running.status()).toMatchObject({ connected: true, via: 'mqtt' });
}, 120_000);

it('tells nothing to a cloud that it cannot trust', async () => {
  const { store, outbox, uplink, trouble } = await site();
  const running = uplink(undefined);
  await expect.poll(() => running.metrics().failures, { timeout: 60_000 }).toBeGreaterThan(1);
  expect(trouble[0]).toMatch(/self.signed certificate/);
  expect(outbox.progress('bulk').waiting).toBe(2_000);
  expect(store.counts().record).toBe(0);
}, 120_000);
