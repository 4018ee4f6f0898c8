import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Monitors } from '../monitors/monitors.ts';
import { ownCertificate } from '../own-certificate.ts';
import { integritySettings } from './configuration.ts';
import { integrityMonitors } from './rules/catalog.ts';
import { IntegrityWatch } from './watch.ts';

const DAY_MS = 24 * 3_600_000;

test('a certificate is seen once, and told of again before it ends; one that nobody vouches for is not taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
  const { certificateFile, keyFile } = ownCertificate(folder, ['localhost', '127.0.0.1'], Date.now());
  const server = createServer(
    { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
    (_, response) => void response.setHeader('content-type', 'text/html').end('<title>Shop</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clock = manualClock(Date.now());
  const seen: Observation[] = [];
  const registry = registryOf(
    registryDocument.parse({
      sites: [{ id: 'online', name: 'Web shop', timeZone: 'UTC' }],
      assets: [{ id: 'web-shop', kind: 'shop', name: 'Web shop', site: 'online' }],
    }),
  );
  const watchWith = (over: object) =>
    new IntegrityWatch({
      settings: integritySettings.parse({
        asset: 'web-shop',
        pages: [{ url: `https://localhost:${port}/` }],
        allowPrivate: true,
        learnFetches: 1,
        ...over,
      }),
      registry,
      clock,
      file: join(folder, 'integrity.json'),
      resolve: (path) => path,
      commit: async (observations) => void seen.push(...observations),
      onTrouble: () => undefined,
    });
  try {
    const never = new AbortController().signal;
    const stranger = watchWith({});
    await stranger.lookAtPages(never);
    expect(stranger.health().pages[0]?.because).toMatch(/self-signed|SELF_SIGNED/);
    const watch = watchWith({ authorityFile: certificateFile });
    await watch.lookAtPages(never);
    await watch.lookAtPages(never);
    const certificates = () => seen.filter(({ kind }) => kind === 'certificate.seen');
    expect(certificates().map(({ facts }) => facts?.change)).toEqual(['first']);
    const notAfter = Number(certificates()[0]?.facts?.notAfter);
    clock.advance(notAfter - clock.now() - 10 * DAY_MS);
    await watch.lookAtPages(never);
    await watch.lookAtPages(never);
    clock.advance(9 * DAY_MS);
    await watch.lookAtPages(never);
    expect(certificates().map(({ facts }) => `${facts?.change} ${facts?.daysLeft ?? ''}`)).toEqual([
      'first ',
      'expiring 10',
      'expiring 1',
    ]);
    const { put } = new Monitors(registry, {}, integrityMonitors).observe(seen);
    expect(put.map(({ rule, severity }) => `${rule} ${severity}`).sort()).toEqual([
      'certificate-expiring high',
      'certificate-expiring low',
    ]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
