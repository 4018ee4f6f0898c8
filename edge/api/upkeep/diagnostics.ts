/** The diagnostics bundle: what somebody who helps from afar needs, and nothing that opens a door. */
import { readFileSync } from 'node:fs';
import { freemem, loadavg, release, totalmem } from 'node:os';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { RunningGateway } from '../../run.ts';
import { redacted, withoutPayload, withoutSecrets } from './redaction.ts';
import { type ArchivedFile, tar } from './tar.ts';

/** Refused inputs in the bundle, the newest. */
const MAX_REFUSALS = 200;
const packageFile = new URL('../../../package.json', import.meta.url);

export function versionOfGatehouse(): string {
  const read = z.object({ version: z.string() }).safeParse(JSON.parse(readFileSync(packageFile, 'utf8')));
  return read.success ? read.data.version : 'unknown';
}

/** @returns a gzipped tar archive */
export async function diagnosticsBundle(
  { gateway, quarantine, outbox, cloud, transmission }: RunningGateway,
  metrics: () => Promise<string>,
  now: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { configuration, site } = gateway;
  const {
    registry,
    file: _file,
    registryFile: _registryFile,
    resolve: _resolve,
    ...document
  } = configuration;
  const assets = registry.assetsOf(configuration.gateway.site);
  const status = gateway.panel.status();
  const parts: Record<string, unknown> = {
    'about.json': {
      madeAt: new Date(now).toISOString(),
      gatehouse: versionOfGatehouse(),
      node: process.version,
      system: `${process.platform} ${process.arch} ${release()}`,
      upForSeconds: Math.round(process.uptime()),
      memoryBytes: process.memoryUsage().rss,
      machine: { memoryBytes: totalmem(), freeBytes: freemem(), load: loadavg() },
      gateway: configuration.gateway.id,
      site: configuration.gateway.site,
      boot: outbox.boot,
      epoch: outbox.epoch,
    },
    'configuration.json': redacted(document),
    'assets.json': assets.map(({ id, kind, zone }) => ({ id, kind, zone })),
    'devices.json': site.devices().map(({ name: _name, ...device }) => device),
    'inbox.json': site.inbox().map(({ last: _last, ...found }) => redacted(found)),
    'troubles.json': {
      rules: gateway.rules
        .troubles()
        .map((trouble) => ({ ...trouble, message: withoutSecrets(trouble.message) })),
      outboxSetAside: outbox.setAside ?? null,
    },
    'state.json': {
      arming: { mode: status.mode, phase: status.phase, since: status.since, ready: status.ready },
      blockedBy: status.blockedBy.map(({ asset, because }) => ({ asset, because })),
      devices: site.counts(),
      outbox: {
        ...outbox.metrics(),
        alarm: outbox.progress('alarm'),
        bulk: outbox.progress('bulk'),
      },
      uplink: cloud?.status() ?? null,
      station: transmission?.status() ?? null,
    },
    // What was refused is named by its reason; its bytes may be anybody's secret and stay here.
    'refused.json': {
      total: quarantine.total,
      counts: quarantine.counts,
      newest: quarantine.newest(MAX_REFUSALS).map(({ at, wall, peer, reason, raw }) => ({
        at: new Date(at).toISOString(),
        wall,
        peer: withoutSecrets(peer),
        reason: withoutPayload(reason),
        bytes: raw.length,
      })),
    },
  };
  const text = (name: string, content: string): ArchivedFile => ({
    name: `gatehouse-diagnostics/${name}`,
    bytes: Buffer.from(content),
  });
  const files = [
    ...Object.entries(parts).map(([name, value]) => text(name, `${JSON.stringify(value, null, 2)}\n`)),
    text('metrics.txt', await metrics()),
  ];
  return Uint8Array.from(gzipSync(tar(files, now)));
}
