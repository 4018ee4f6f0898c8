/** What the gateway counts, as Prometheus reads it. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LivePages } from './api/live.ts';
import type { Sessions } from './api/sessions.ts';
import type { BrokerMetrics } from './broker/metrics.ts';
import type { RunningGateway } from './run.ts';

const lanes = ['alarm', 'bulk'] as const;
/** Names of the broker's counts that are of this moment. */
const isNow = (name: string) => name.endsWith('Now');
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @returns what makes the text of one scrape */
export function gatewayMetrics(
  { gateway, drivers, outbox, quarantine, cloud, transmission, health }: RunningGateway,
  page: { live: LivePages; sessions: Sessions },
): () => Promise<string> {
  const registers = [new Registry()];
  const [registry] = registers;
  if (registry === undefined) throw new Error('no registry');
  collectDefaultMetrics({ register: registry, prefix: 'gatehouse_' });

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `gatehouse_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `gatehouse_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const labelled = <Label extends string>(
    name: string,
    help: string,
    label: Label,
    read: () => Iterable<readonly [string, number]>,
  ) =>
    new Gauge({
      name: `gatehouse_${name}`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of read()) this.labels(value).set(count);
      },
    });

  for (const name of Object.keys(drivers.broker.metrics()) as (keyof BrokerMetrics)[]) {
    const read = () => drivers.broker.metrics()[name];
    const help = `MQTT broker: ${snake(name).replaceAll('_', ' ')}`;
    if (isNow(name)) gauge(`broker_${snake(name.slice(0, -3))}`, help, read);
    else counter(`broker_${snake(name)}`, help, read);
  }

  gauge('outbox_bytes', 'Size of the log on disk', () => outbox.metrics().bytes);
  gauge('outbox_full', '1 while the disk gives no more room', () => (outbox.metrics().full ? 1 : 0));
  gauge('outbox_staged_records', 'Records not on disk yet', () => outbox.metrics().stagedRecords);
  counter('outbox_commits', 'Commits to disk', () => outbox.metrics().commits);
  counter('outbox_given_up', 'Records given up and stated as lost', () => outbox.metrics().givenUp);
  labelled('outbox_waiting_records', 'Records the cloud has not got yet', 'lane', () =>
    lanes.map((lane) => [lane, outbox.progress(lane).waiting] as const),
  );

  gauge('evidence_bytes', 'Pictures kept for detections', () => drivers.cameras.store.bytes);
  counter(
    'camera_unreadable_notices',
    'Notices of cameras that made no sense',
    () => drivers.cameras.unreadable,
  );
  labelled('camera_failed_roles', 'Events, snapshots and streams that are dead', 'camera', () =>
    drivers.cameras
      .all()
      .map(
        ({ configuration, health: roles }) =>
          [configuration.asset, roles.filter(({ works }) => !works).length] as const,
      ),
  );

  machineMetrics(health, gauge, labelled);

  gauge('uplink_connected', '1 while the cloud can be reached', () => (cloud?.status().connected ? 1 : 0));
  const uplinkCounts = [
    'connects',
    'failures',
    'batches',
    'receipts',
    'resends',
    'timeouts',
    'unreadable',
    'conflicts',
  ] as const;
  for (const name of uplinkCounts)
    counter(`uplink_${name}`, `Uplink: ${name}`, () => cloud?.metrics()?.[name] ?? 0);

  gauge('station_waiting_events', 'Events the monitoring station has not acknowledged', () =>
    transmission === undefined ? 0 : transmission.status().waiting,
  );
  counter('station_events', 'Events the monitoring station has acknowledged', () => transmission?.sent ?? 0);
  counter('station_events_given_up', 'Events given up: too many waited', () =>
    transmission === undefined ? 0 : transmission.status().givenUp,
  );
  labelled('station_line_works', '1 for a line to the monitoring station that answers', 'line', () =>
    (transmission?.status().lines ?? []).map(({ name, works }) => [name, works ? 1 : 0] as const),
  );

  labelled('quarantined', 'Inputs that were refused, since the start', 'wall', () =>
    Object.entries(quarantine.counts),
  );
  labelled('devices', 'Devices of the site', 'state', () => Object.entries(gateway.site.counts()));
  labelled('rule_troubles', 'What a rule could not do, since the start', 'rule', () => {
    const counts = new Map<string, number>();
    for (const { rule, count } of gateway.rules.troubles()) counts.set(rule, (counts.get(rule) ?? 0) + count);
    return counts;
  });
  gauge('conditions', 'Alarms whose cause goes on', () => gateway.activeDetections().size);
  labelled('armed', '1 for the mode the site is in', 'mode', () => [
    [gateway.panel.status().mode, 1] as const,
  ]);
  gauge('page_readers', 'Pages open on the live stream', () => page.live.readers);
  counter('page_slow_readers_cut', 'Pages that read too slowly', () => page.live.slowCut);
  gauge('page_sessions', 'People signed in', () => page.sessions.size);

  return () => registry.metrics();
}

/** The machine that the gateway runs on, as of the last look; NaN where it does not tell. */
function machineMetrics(
  health: RunningGateway['health'],
  gauge: (name: string, help: string, read: () => number) => void,
  labelled: (
    name: string,
    help: string,
    label: 'trouble',
    read: () => Iterable<readonly [string, number]>,
  ) => void,
): void {
  const latest = () => health.latest;
  const flag = (is: boolean | undefined) => (is === undefined ? Number.NaN : is ? 1 : 0);
  gauge('clock_set', '1 while the time is known', () => (health.report().clock === 'set' ? 1 : 0));
  gauge('disk_bytes', 'Size of the file system with the state', () => latest()?.disk?.bytes ?? Number.NaN);
  gauge('disk_free_bytes', 'Room left on it', () => latest()?.disk?.freeBytes ?? Number.NaN);
  gauge('temperature_celsius', 'Hottest of the machine', () => latest()?.celsius ?? Number.NaN);
  gauge('on_mains', '0 while it runs from its battery', () => flag(latest()?.isOnMains));
  gauge('battery_percent', 'Charge of its battery', () => latest()?.batteryPercent ?? Number.NaN);
  gauge('load_per_processor', 'Over five minutes', () => latest()?.loadPerProcessor ?? Number.NaN);
  gauge('memory_free_bytes', 'Memory left', () => latest()?.memory.freeBytes ?? Number.NaN);
  labelled('machine_troubles', '1 for a trouble of the machine that goes on', 'trouble', () =>
    health.troubles.map((trouble) => [trouble, 1] as const),
  );
}
