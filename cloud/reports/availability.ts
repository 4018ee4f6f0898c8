/** Availability: how long gateways and devices were there, and how the cyber sources deliver. */
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { durationText } from './calendar.ts';
import { at, observationsIn, type ReportParts, type ReportScope, siteName } from './evidence-reader.ts';
import { type Cell, type Section, tableOf } from './report.ts';

/** What is gone, and what brings it back. */
const pairs: readonly { down: ObservationKind; up: ObservationKind; what: string }[] = [
  { down: 'device.offline', up: 'device.online', what: 'device' },
  { down: 'signal.lost', up: 'signal.restored', what: 'picture' },
  { down: 'transmission.failed', up: 'transmission.restored', what: 'transmission' },
  { down: 'power.failed', up: 'power.restored', what: 'mains' },
];

export interface Outage {
  from: number;
  to: number;
  /** Not over when the period ended. */
  isOpen: boolean;
}

/**
 * Times between a loss and the next return, within the period. Pure.
 * @param wasDown how it stood when the period began
 */
export function outagesOf(
  changes: readonly { at: number; isDown: boolean }[],
  wasDown: boolean,
  from: number,
  until: number,
): Outage[] {
  const found: Outage[] = [];
  let since = wasDown ? from : undefined;
  for (const change of changes) {
    if (change.isDown) since ??= change.at;
    else if (since !== undefined) {
      found.push({ from: since, to: change.at, isOpen: false });
      since = undefined;
    }
  }
  if (since !== undefined && since < until) found.push({ from: since, to: until, isOpen: true });
  return found;
}

export function availabilitySections(parts: ReportParts, scope: ReportScope): Section[] {
  const { store, registry, clock } = parts;
  const { period, sites } = scope;
  const until = Math.min(period.to, Math.max(period.from, clock.now()));
  const lengthMs = Math.max(1, until - period.from);
  const rows: Cell[][] = [];
  const outageRows: Cell[][] = [];
  let worst = 1;
  let downMs = 0;
  let watched = 0;
  const { items, cut } = observationsIn(
    parts,
    pairs.flatMap(({ down, up }) => [down, up]),
    scope,
  );
  const byAsset = Map.groupBy(items, ({ asset }) => asset);
  for (const site of sites)
    for (const asset of registry.assetsOf(site)) {
      const own: Observation[] = byAsset.get(asset.id) ?? [];
      for (const { down, up, what } of pairs) {
        const [before] = store.observations({
          kinds: [down, up],
          asset: asset.id,
          to: period.from - 1,
          limit: 1,
        });
        const changes = own
          .filter(({ kind }) => kind === down || kind === up)
          .map(({ observedAt, kind }) => ({ at: observedAt, isDown: kind === down }));
        if (before === undefined && changes.length === 0) continue;
        const outages = outagesOf(changes, before?.kind === down, period.from, until);
        const lostMs = outages.reduce((sum, one) => sum + one.to - one.from, 0);
        const share = 1 - lostMs / lengthMs;
        watched++;
        downMs += lostMs;
        worst = Math.min(worst, share);
        rows.push([
          siteName(parts, site),
          asset.name,
          what,
          Number((100 * share).toFixed(3)),
          outages.length,
          Math.round(lostMs / 1_000),
          Math.round(Math.max(0, ...outages.map((one) => one.to - one.from)) / 1_000),
        ]);
        for (const one of outages)
          outageRows.push([
            siteName(parts, site),
            asset.name,
            what,
            at(one.from, scope),
            one.isOpen ? null : at(one.to, scope),
            Math.round((one.to - one.from) / 1_000),
          ]);
      }
    }
  const gateways = sites.flatMap((site): Cell[][] => {
    const gateway = parts.gateway(site);
    if (gateway === undefined) return [];
    const losses = store.losses(gateway.id).filter((loss) => loss.at >= period.from && loss.at < period.to);
    return [
      [
        siteName(parts, site),
        gateway.id,
        gateway.connected ? 'connected' : 'not connected',
        gateway.lastSeenAt === undefined ? null : at(gateway.lastSeenAt, scope),
        gateway.devicesOffline ?? 0,
        losses.length,
      ],
    ];
  });
  const sources = parts
    .sources()
    .filter(({ asset }) => sites.includes(registry.asset(asset)?.site ?? ''))
    .map(({ title, lastAt, records, refused }): Cell[] => [
      title,
      lastAt === undefined ? null : at(lastAt, scope),
      records,
      refused,
    ]);
  return [
    {
      heading: 'In short',
      blocks: [
        {
          type: 'figures',
          items: [
            { label: 'Watched', value: `${watched}`, note: 'that told of a loss or a return' },
            {
              label: 'On average',
              value: watched === 0 ? '–' : `${(100 * (1 - downMs / (lengthMs * watched))).toFixed(2)} %`,
            },
            {
              label: 'Worst',
              value: watched === 0 ? '–' : `${(100 * worst).toFixed(2)} %`,
              tone: worst < 0.99 ? 'warning' : 'good',
            },
            { label: 'Outages', value: `${outageRows.length}`, note: `${durationText(downMs)} together` },
          ],
        },
        ...(cut
          ? [
              {
                type: 'text' as const,
                text: 'There are more changes than this report takes in: the oldest are left out.',
              },
            ]
          : []),
      ],
    },
    {
      heading: 'Devices',
      blocks: [
        tableOf(
          'device',
          [
            { name: 'site', title: 'Site', width: 1.3 },
            { name: 'asset', title: 'What', width: 1.6 },
            { name: 'part', title: 'Of it' },
            { name: 'availability_percent', title: 'There, %', isNumber: true },
            { name: 'outages', title: 'Outages', isNumber: true },
            { name: 'lost_s', title: 'Gone, s', isNumber: true },
            { name: 'longest_s', title: 'Longest, s', isNumber: true },
          ],
          rows.toSorted((a, b) => Number(a[3]) - Number(b[3])),
        ),
      ],
    },
    {
      heading: 'Gateways',
      blocks: [
        tableOf(
          'gateway',
          [
            { name: 'site', title: 'Site' },
            { name: 'gateway', title: 'Gateway' },
            { name: 'state', title: 'Now' },
            { name: 'last_seen_local', title: 'Last heard' },
            { name: 'devices_offline', title: 'Devices offline now', isNumber: true },
            { name: 'losses', title: 'Notices of loss', isNumber: true },
          ],
          gateways,
        ),
      ],
    },
    {
      heading: 'Sources',
      blocks: [
        tableOf(
          'source',
          [
            { name: 'source', title: 'Source', width: 2 },
            { name: 'last_local', title: 'Last heard' },
            { name: 'records', title: 'Records since the start', isNumber: true },
            { name: 'refused', title: 'Refused', isNumber: true },
          ],
          sources,
        ),
      ],
    },
    {
      heading: 'Outages',
      blocks: [
        tableOf(
          'outage',
          [
            { name: 'site', title: 'Site' },
            { name: 'asset', title: 'What', width: 1.5 },
            { name: 'part', title: 'Of it' },
            { name: 'from_local', title: 'From' },
            { name: 'to_local', title: 'To' },
            { name: 'duration_s', title: 'Seconds', isNumber: true },
          ],
          outageRows,
        ),
      ],
    },
  ];
}
