import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveStream } from './api/stream.ts';
import type { Detector } from './detector.ts';
import type { Suppressions } from './hands/suppressions.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { MqttFront } from './ingest/mqtt.ts';
import type { SigmaMonitor } from './monitors/sigma.ts';
import type { Switchboard } from './monitors/switchboard.ts';
import type { Unresolved } from './situation/unresolved.ts';
import type { Sources } from './sources/sources.ts';
import type { Store } from './store/store.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { addToolMetrics, type ToolMetricsParts } from './tool-metrics.ts';

export interface MetricsParts extends ToolMetricsParts {
  store: Store;
  ingest: Ingest;
  mqtt: MqttFront;
  sources: Sources;
  detector: Detector;
  telemetry: Telemetry;
  stream: LiveStream;
  unresolved: Unresolved;
  /** Where rules are configured. */
  sigma?: SigmaMonitor | undefined;
  switchboard: Switchboard;
  suppressions: Suppressions;
}

export interface Metrics {
  text(): Promise<{ type: string; text: string }>;
}

/** Everything that is counted anywhere in the cloud, read when somebody asks. */
export function createMetrics(parts: MetricsParts): Metrics {
  const { store, ingest, mqtt, sources, detector, telemetry, stream, unresolved } = parts;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `gatehouse_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  /** Counted elsewhere since the start of the process. */
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

  counter('ingest_batches', 'Batches of gateways', () => ingest.metrics().batches);
  counter('ingest_records', 'Records of gateways stored', () => ingest.metrics().records);
  counter('ingest_duplicates', 'Records that were stored already', () => ingest.metrics().duplicates);
  counter('ingest_refused_records', 'Records in quarantine', () => ingest.metrics().refusedRecords);
  counter('ingest_refused_batches', 'Batches that could not be read', () => ingest.metrics().refusedBatches);
  counter(
    'ingest_resends_asked',
    'Receipts that asked for records again',
    () => ingest.metrics().resendsAsked,
  );
  counter('ingest_unexplained_gaps', 'Gaps passed over', () => ingest.metrics().unexplainedGaps);
  counter('ingest_loss_notices', 'Signed notices of loss', () => ingest.metrics().lossNotices);
  counter('ingest_clock_ahead', 'Records from the future', () => ingest.metrics().clockAhead);
  counter('ingest_shed', 'Batches sent back for want of room', () => ingest.metrics().shed);
  gauge('ingest_unstored_bytes', 'Batches checked and not yet stored', () => ingest.metrics().unstoredBytes);
  gauge('ingest_gateways_connected', 'Gateways connected', () => ingest.metrics().connected);
  counter('mqtt_refused_framing', 'MQTT connections cut for their framing', () => mqtt.refused.framing);
  counter('mqtt_refused_credentials', 'MQTT sign-ins refused', () => mqtt.refused.credentials);
  counter('mqtt_refused_rights', 'MQTT topics refused', () => mqtt.refused.rights);

  gauge('detector_detections', 'Detections in memory', () => detector.size);
  gauge('detector_waiting', 'Records that are not judged yet', () => detector.counts.waiting);
  gauge('detector_untold', '1: something is being judged, or a large incident will be told again soon', () =>
    Number(detector.counts.isUntold),
  );
  counter('detector_held', 'Deliveries that had to wait for the detector', () => detector.counts.held);
  counter(
    'detector_forgotten_keys',
    'Keys that monitors gave up for want of room',
    () => detector.counts.forgottenKeys,
  );
  gauge(
    'correlator_habits',
    'Pairs of a rule and an asset whose habits are in memory',
    () => detector.memory.habits,
  );
  counter(
    'correlator_forgotten_habits',
    'Habits of a rule and an asset that found no room',
    () => detector.memory.forgottenHabits,
  );
  counter(
    'correlator_outdated_detections',
    'Detections that left memory for their age',
    () => detector.memory.outdatedDetections,
  );
  counter(
    'correlator_outdated_incidents',
    'Incidents that left memory for their age',
    () => detector.memory.outdatedIncidents,
  );
  counter(
    'correlator_crowded_out_detections',
    'Detections that left memory early, for want of room: nothing can join them any more',
    () => detector.memory.crowdedOutDetections,
  );
  counter(
    'correlator_crowded_out_incidents',
    'Incidents that left memory early, for want of room',
    () => detector.memory.crowdedOutIncidents,
  );
  const { sigma } = parts;
  if (sigma !== undefined) {
    gauge('sigma_rules', 'Sigma rules that are run', () => sigma.counts.rules);
    gauge('sigma_failed_rules', 'Documents of the rules folder that are left out', () => sigma.counts.failed);
    gauge(
      'sigma_too_late',
      'Matches too late for correlations, since the rules were read',
      () => sigma.counts.tooLate,
    );
    gauge(
      'sigma_without_group',
      'Matches without the fields of a group, since then',
      () => sigma.counts.withoutGroup,
    );
    gauge('sigma_dropped', 'Matches dropped for want of room, since then', () => sigma.counts.dropped);
  }
  const ofMonitors = (
    name: string,
    help: string,
    read: (state: ReturnType<Switchboard['states']>[number]) => number,
    standings = false,
  ) =>
    new Gauge({
      name: `gatehouse_monitor_${name}`,
      help,
      labelNames: standings ? ['monitor', 'standing'] : ['monitor'],
      registers,
      collect() {
        this.reset();
        for (const state of parts.switchboard.statesLately(detector))
          this.set({ monitor: state.id, ...(standings ? { standing: state.standing } : {}) }, read(state));
      },
    });
  ofMonitors('enabled', '1: the monitor is switched on', ({ enabled }) => Number(enabled));
  ofMonitors('standing', '1 for how the monitor stands', () => 1, true);
  ofMonitors('observations', 'Observations that it looked at since the start', (state) => state.observations);
  ofMonitors('detections_last_day', 'Detections of the last 24 hours', (state) => state.detections24h);
  gauge('suppressions', 'Suppressions at work', () => parts.suppressions.working);
  gauge(
    'suppressed_detections',
    'Detections kept out of incidents by them',
    () => parts.suppressions.keptInAll,
  );
  gauge('incidents_unresolved', 'Incidents that are not resolved', () => unresolved.size);
  new Gauge({
    name: 'gatehouse_incidents',
    help: 'Incidents by state',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(store.incidentCounts())) this.set({ state }, count);
    },
  });
  counter('quarantined', 'Inputs in quarantine since the beginning', () => store.quarantined(0).total);
  for (const field of ['records', 'refused', 'ignored', 'dropped'] as const)
    new Counter({
      name: `gatehouse_source_${field}_total`,
      help: `Cyber sources: ${field}`,
      labelNames: ['source'],
      registers,
      collect() {
        this.reset();
        for (const one of sources.health()) this.inc({ source: one.name }, one[field]);
      },
    });

  addToolMetrics(registry, parts);

  counter('telemetry_written', 'Points written', () => telemetry.counts.written);
  counter('telemetry_given_up', 'Points given up', () => telemetry.counts.givenUp);
  gauge('telemetry_waiting', 'Points that wait', () => telemetry.counts.waiting);

  gauge('stream_readers', 'Open streams', () => stream.size);
  counter('stream_events', 'Events published', () => stream.counts.events);
  counter('stream_cut', 'Readers cut for reading too slowly', () => stream.counts.cut);
  counter('stream_resumed', 'Streams resumed', () => stream.counts.resumed);
  counter('stream_restarted', 'Streams told to fetch afresh', () => stream.counts.restarted);

  return { text: async () => ({ type: registry.contentType, text: await registry.metrics() }) };
}
