/**
 * The spine of the cloud. What comes in, from gateways and from cyber sources, is stored first; what is stored
 * changes the picture, is judged, and is told to whoever watches. Read `afterCommit`.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Clock } from '../devices/model/clock.ts';
import type { Detection } from '../devices/model/detection.ts';
import type { Observation } from '../devices/model/observation.ts';
import { acknowledgePage } from './alerting/acknowledge-page.ts';
import { Alerting } from './alerting/alerting.ts';
import { createApp } from './api/app.ts';
import { sitesOf } from './api/incident-summary.ts';
import type { ApiParts } from './api/parts.ts';
import { Scenarios } from './api/scenarios.ts';
import { LiveStream } from './api/stream.ts';
import { suppressionRowOf } from './api/suppression-row.ts';
import { Landscape } from './assets/landscape.ts';
import { discardChanges, Trail } from './audit/trail.ts';
import { openAwareness } from './awareness/awareness.ts';
import type { CloudConfiguration } from './config.ts';
import { Detector } from './detector.ts';
import { decidedBy } from './hands/decided-by.ts';
import { Hands } from './hands/hands.ts';
import { RulingBook } from './hands/ruling-book.ts';
import { Suppressions } from './hands/suppressions.ts';
import { openHttpServer } from './http-server.ts';
import { IdentityBridge } from './identity-bridge/bridge.ts';
import { createCredentials } from './ingest/credentials.ts';
import { httpIngest } from './ingest/http.ts';
import { createIngest } from './ingest/ingest.ts';
import { openMqttFront } from './ingest/mqtt.ts';
import { IntegrityWatch } from './integrity/watch.ts';
import { openIntelligence } from './intelligence/intelligence.ts';
import { Live } from './live.ts';
import { createMailer } from './mail/mail.ts';
import { createMetrics } from './metrics.ts';
import { lookingUnless, partsBeside } from './monitors/parts-beside.ts';
import { openSigma } from './monitors/sigma-folder.ts';
import { Switchboard } from './monitors/switchboard.ts';
import { openPeople } from './people/people.ts';
import { openResponse } from './playbooks/response.ts';
import { inForceSince, Policies } from './policy/policies.ts';
import { RegistryBook } from './registry/book.ts';
import { mailSender } from './reports/mail.ts';
import { openOutward } from './reports/open.ts';
import { servedCertificates } from './served-certificates.ts';
import { openIncidentDesk } from './shifts/incident-desk.ts';
import { openPicture } from './situation/open.ts';
import { Overview } from './situation/overview.ts';
import { recall } from './situation/recall.ts';
import { reopening } from './situation/reopening.ts';
import { Situation } from './situation/situation.ts';
import { Unresolved } from './situation/unresolved.ts';
import { createSources } from './sources/sources.ts';
import { correctionIn } from './store/clock-correction.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { AcceptedRecord } from './store/store.ts';
import { openTelemetry } from './telemetry/open.ts';
import { pointsOf } from './telemetry/points.ts';

/** The store is in trouble for so long after it refused something, in real time. */
const TROUBLE_MS = 10_000;

export interface CloudOptions {
  configuration: CloudConfiguration;
  clock: Clock;
  log: Logger;
  /** Called once: what is stored and what was judged may differ now. The process must end; a new one restores. */
  onFatal(error: Error): void;
}

export interface RunningCloud {
  readonly ports: { http: number; mqtt: { tls?: number; plain?: number } };
  /** The port that a source listens on, once it does. */
  sourcePort(name: string): number | undefined;
  /** The application without its socket. */
  readonly app: Hono;
  /** Resolves once the signal has ended everything and all is on disk. */
  readonly done: Promise<void>;
}

/**
 * Starts the cloud; resolves when it is open to all.
 * @throws Error, fit for a person, when something can't be opened; nothing is left open then
 */
export async function startCloud(options: CloudOptions, signal: AbortSignal): Promise<RunningCloud> {
  const closing: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const running = await assemble(options, closing);
    const done = new Promise<void>((resolve, reject) => {
      const end = () => closeAll().then(resolve, reject);
      if (signal.aborted) void end();
      else signal.addEventListener('abort', () => void end(), { once: true });
    });
    return { ...running, done };
  } catch (error) {
    await closeAll().catch(() => undefined);
    throw error;
  }
}

/** Puts the cloud together, from the disk up to its doors. `closing` is worked off from its end. */
async function assemble(
  { configuration, clock, log, onFatal }: CloudOptions,
  closing: (() => Promise<void> | void)[],
): Promise<Omit<RunningCloud, 'done'>> {
  const { gateways } = configuration;
  const state = configuration.resolve(configuration.state);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const registryBook = new RegistryBook({
    given: configuration.registry.document,
    file: join(state, 'registry-overlay.json'),
    discoveryFile: join(state, 'discovered.json'),
  });
  let failedAt = Number.NEGATIVE_INFINITY;
  let broken: string | undefined;
  const fatal = (error: Error) => {
    if (broken !== undefined) return;
    broken = error.message;
    onFatal(error);
  };

  // 1. The memory.
  const store = openSqliteStore({
    file: join(state, 'store.sqlite'),
    clock,
    sitesOf: ({ assets }) => sitesOf(assets, registryBook.inUse),
    reopening: (before, after, detectionOf) => reopening(before, after, detectionOf, clock.now()),
    onBroken: fatal,
  });
  closing.push(() => store.close());
  // Before anything goes by the registry: what was learned since the last start counts from here on.
  await registryBook.learn(store, clock.now());
  registryBook.takeIntoUse();
  // It changes while the cloud runs; whoever keeps something made out of it is told by the landscape.
  const registry = registryBook.live;
  const telemetry = openTelemetry(configuration, state);
  closing.push(() => telemetry.close());
  const people = await openPeople({
    ...configuration,
    store,
    registry,
    clock,
    state,
    onSessionChanged: (session) => stream.endSession(session),
    onProblem: (message) => log.error({ message }, 'personal data'),
  });
  const { sessions } = people;
  const doors = new AbortController();
  const mailer =
    configuration.mail === undefined ? undefined : createMailer(configuration.mail, configuration.resolve);
  let onDuty: () => readonly string[] = () => [];
  const alerting = await Alerting.open({
    settings: configuration.alerting,
    store,
    registry,
    clock,
    accounts: people.accounts,
    scopes: people.scopes,
    mailer,
    resolve: configuration.resolve,
    onDuty: () => onDuty(),
    log,
    signal: doors.signal,
  });

  const trail = configuration.audit.enabled
    ? await Trail.open({
        store,
        clock,
        settings: configuration.audit,
        state,
        resolve: configuration.resolve,
        configuration: [
          { name: 'configuration', file: configuration.file },
          { name: 'registry', file: configuration.registryFile },
        ],
        onProblem: (message) => log.error({ message }, 'the audit trail stands still'),
      })
    : undefined;
  // What was stored last is written down before the store closes; what can't be waits in it.
  if (trail !== undefined) closing.push(() => trail.drain().catch(() => undefined));

  // 2. What watches and judges.
  const picture = openPicture({ settings: configuration.picture, store, registry, clock, log });
  closing.push(() => picture.links.settled());
  const situation = new Situation();
  const unresolved = new Unresolved();
  const stream = new LiveStream();
  const switchboard = new Switchboard({
    store,
    clock,
    defaults: configuration.switches,
    policyKinds: () => policies.observes,
  });
  const rulings = new RulingBook(store.rulings());
  const suppressions = new Suppressions(store, registry);
  const sigma = openSigma({ configuration: { ...configuration, registry }, store, clock, log });
  const policies = new Policies(configuration.policies, {
    registry,
    inForce: inForceSince(join(state, 'policies.json'), configuration.policies, clock.now()),
    now: clock.now(),
  });
  const recallPolicies = () => policies.recall((kind, limit) => store.observations({ kinds: [kind], limit }));
  recallPolicies();
  const intelligence = openIntelligence({
    settings: configuration.intelligence,
    state,
    registry,
    clock,
    store,
    log,
    resolve: configuration.resolve,
  });
  closing.push(() => intelligence.close());
  await switchboard.open();
  const landscape = new Landscape({
    registryBook,
    file: configuration.graph,
    store,
    clock,
    decisionsFile: join(state, 'dependency-decisions.json'),
    onTrouble: (message) => log.error({ message }, 'judging anew'),
  });
  const detector = new Detector({
    store,
    decided: decidedBy({ store, book: rulings, keepers: [suppressions, switchboard] }),
    off: switchboard.kindsOff,
    registry: registryBook.inUse,
    weighed: landscape.weigh,
    clock,
    monitors: configuration.monitors,
    sigma: sigma?.monitor,
    standing: [
      intelligence.monitor.asMonitor,
      ...(configuration.policies.length === 0 ? [] : [policies.asMonitor()]),
    ],
    onDetected(detected) {
      live.detected(detected);
      alerting.detected(detected);
    },
    onFailed: fatal,
    signal: doors.signal,
  });
  closing.push(() => detector.settled());

  const integrity =
    configuration.integrity === undefined
      ? undefined
      : new IntegrityWatch({
          settings: configuration.integrity,
          registry,
          clock,
          file: join(state, 'integrity.json'),
          resolve: configuration.resolve,
          commit: (observations) => commit(observations, []),
          onTrouble: (trouble) => log.error({ trouble }, 'integrity'),
        });

  // 3. The way of everything that was stored. Resolves when more may come.
  const afterCommit = (observations: readonly Observation[], detections: readonly Detection[]) => {
    live.observed(observations);
    for (const one of observations) picture.presence.apply(one);
    response.observed(observations);
    registryBook.heard(observations);
    switchboard.observed(observations);
    integrity?.heard(observations);
    telemetry.write(pointsOf(observations));
    return detector.take(observations, detections);
  };
  const commit = async (observations: readonly Observation[], detections: readonly Detection[]) => {
    await store.append(observations, detections);
    await afterCommit(observations, detections);
  };
  const onRecords = (records: readonly AcceptedRecord[]): Promise<void> => {
    const bodies = records.map(({ body }) => body);
    const room = afterCommit(
      bodies.flatMap((body) => (body.type === 'observation' ? [body.observation] : [])),
      [
        ...bodies.flatMap((body) => (body.type === 'detection' ? [body.detection] : [])),
        // What was judged before its gateway knew the time: their last word counts.
        ...records.flatMap((record) => {
          const correction = correctionIn(record);
          return correction === undefined ? [] : store.detectionsOf(correction);
        }),
      ],
    );
    live.pictured(bodies.flatMap((body) => (body.type === 'picture' ? [body.picture] : [])));
    for (const { gateway, body } of records)
      if (body.type === 'report') live.reported(siteOf(gateway), body.report);
    return room;
  };
  const siteOf = (gateway: string) => credentials.get(gateway)?.site ?? '';

  // 4. The doors, still closed: nothing comes in before what was known is known again.
  closing.push(() => doors.abort());
  const credentials = createCredentials(gateways);
  const ingest = createIngest(
    {
      store,
      credentials,
      clock,
      siteOfAsset: (asset) => registry.asset(asset)?.site,
      onCommitted: onRecords,
      onConnection: (gateway, connected) => {
        log.info({ gateway, connected }, 'gateway');
        picture.links.changed(gateway, connected);
        live.gatewayChanged(siteOf(gateway));
      },
      onTrouble: (trouble) => {
        if (trouble.kind === 'store-failed') failedAt = performance.now();
        log.error({ ...trouble }, 'ingest');
      },
    },
    doors.signal,
  );
  const response = openResponse({
    store,
    registry,
    clock,
    settings: configuration.response,
    mailer,
    gateways,
    resolve: configuration.resolve,
    sendCommand: (gateway, command) => ingest.sendCommand(gateway, command),
    isConnected: (gateway) => ingest.isConnected(gateway),
    onRun: (data) => stream.publish({ type: 'response', data }),
    onTrouble: (message) => log.error({ message }, 'response'),
  });
  const recalled = recall(situation, { store, registry, gateways });
  for (const one of recalled) picture.presence.apply(one);
  telemetry.write(pointsOf(recalled));
  await detector.restore();
  landscape.follow(detector, () => {
    sigma?.monitor.forget();
    intelligence.monitor.forget();
    policies.forget();
    recallPolicies();
  });
  closing.push(() => landscape.settled());
  detector.start();
  sigma?.start(doors.signal, () => detector.wake());
  intelligence.start(doors.signal, () => detector.wake());
  const sources = createSources(configuration.sources, {
    store,
    registry,
    clock,
    commit,
    trustProxy: configuration.http.trustProxy,
    signal: doors.signal,
  });
  closing.push(async () => {
    doors.abort();
    await sources.done;
  });
  const looking = integrity === undefined ? undefined : lookingUnless(doors.signal, integrity);
  looking?.switch(true);
  closing.push(async () => {
    doors.abort();
    await looking?.done();
  });
  const overview = new Overview({
    registry,
    clock,
    situation,
    unresolved,
    store,
    ingest,
    sources,
    gateways,
    ...picture,
  });
  const live = new Live({
    store,
    registry,
    clock,
    situation,
    unresolved,
    overview,
    stream,
    isAlive: (session) => sessions.isAlive(session),
  });
  live.start(doors.signal);
  closing.push(() => alerting.settled());
  /** People have done something to an incident. */
  const onHandled = (incident: string) => {
    live.handled(incident);
    alerting.handled(incident);
  };
  closing.push(
    registryBook.start(
      { store, clock, onTrouble: (message) => log.error({ message }, 'registry') },
      doors.signal,
    ),
  );
  const hands = new Hands({
    store,
    registry,
    clock,
    detector,
    book: rulings,
    suppressions,
    onHandled,
    onSuppression: (one) =>
      stream.publish({
        type: 'suppression',
        data: suppressionRowOf(one, suppressions.kept(one.id), registry),
      }),
  });
  hands.start(doors.signal);
  closing.push(people.personalData.start(doors.signal));

  response.start(doors.signal);
  closing.push(async () => {
    doors.abort();
    await response.settled();
  });

  if (trail === undefined) discardChanges(store, configuration.audit.everyMs, doors.signal);
  else trail.start(doors.signal);

  const identityBridge = configuration.identityBridge.enabled
    ? new IdentityBridge({
        settings: configuration.identityBridge,
        folder: join(state, 'identity-bridge'),
        registry,
        clock,
        commit,
      })
    : undefined;

  await switchboard.attach(
    partsBeside({ trail, identityBridge, integrity, looking, policies, ingest, gateways, intelligence }),
  );

  // 5. The doors open.
  const { http, ingest: fronts } = configuration;
  const certificateOf = servedCertificates(configuration, state);
  const { tls: mqttTls, plain } = fronts.mqtt;
  const mqtt = await openMqttFront(
    {
      ingest,
      credentials,
      store,
      clock,
      ...(plain === undefined ? {} : { plain }),
      ...(mqttTls === undefined
        ? {}
        : { tls: { host: mqttTls.host, port: mqttTls.port, ...certificateOf(mqttTls) } }),
    },
    doors.signal,
  );
  closing.push(() => mqtt.close());
  const metrics = createMetrics({
    store,
    ingest,
    mqtt,
    sources,
    detector,
    telemetry,
    stream,
    unresolved,
    sigma: sigma?.monitor,
    switchboard,
    suppressions,
  });
  const scenarios =
    configuration.scenarios === undefined
      ? undefined
      : new Scenarios(
          {
            url: configuration.scenarios.url,
            tokenFile: configuration.resolve(configuration.scenarios.tokenFile),
          },
          (data) => stream.publish({ type: 'scenario', data }),
          doors.signal,
        );
  const incidentDesk = openIncidentDesk(
    {
      store,
      storeFile: join(state, 'store.sqlite'),
      state,
      registry,
      clock,
      stream,
      serviceLevels: configuration.serviceLevels,
      commit: (detections) => commit([], detections),
      onTrouble: (message) => log.error({ message }, 'search'),
    },
    doors.signal,
  );
  closing.push(() => incidentDesk.close());
  onDuty = () => incidentDesk.shifts.onDuty();
  alerting.start();
  const learning = configuration.awareness.pages;
  const awareness = await openAwareness(
    {
      settings: configuration.awareness,
      store,
      registry,
      clock,
      folder:
        learning === undefined
          ? resolve(import.meta.dirname, '..', 'dashboards', 'dist', 'awareness')
          : configuration.resolve(learning),
    },
    doors.signal,
  );
  const parts: ApiParts = {
    awareness,
    ...openOutward(
      {
        store,
        registry,
        telemetry,
        clock,
        intelligence,
        policies,
        overview,
        switchboard,
        trail,
        sender: mailSender(mailer, doors.signal),
        onProblem: (message) => log.error({ message }, 'reports'),
      },
      doors.signal,
    ),
    incidentDesk,
    store,
    registry,
    registryBook,
    clock,
    overview,
    picture,
    telemetry,
    policies,
    integrity,
    hands,
    switchboard,
    detector,
    landscape,
    sessions,
    people,
    alerting,
    trail,
    get identityBridge() {
      return switchboard.isOn('identity-bridge') ? identityBridge : undefined;
    },
    intelligence,
    response,
    stream,
    scenarios,
    log,
    onHandled,
    trouble: () =>
      broken ??
      (performance.now() - failedAt < TROUBLE_MS || detector.problem !== undefined
        ? 'the store refuses'
        : undefined),
    metrics: () => metrics.text(),
    options: {
      isSecure: http.tls !== undefined,
      trustProxy: http.trustProxy,
      metricsTokenSha256: http.metricsTokenSha256,
      pages:
        http.pages === undefined
          ? resolve(import.meta.dirname, '..', 'dashboards', 'dist', 'desk')
          : configuration.resolve(http.pages),
    },
  };
  const app = createApp(parts, [
    httpIngest({ ingest, credentials }, doors.signal),
    sources.routes,
    ...intelligence.routes,
    ...(configuration.awareness.enabled ? [awareness.pages] : []),
    acknowledgePage({
      alerting,
      store,
      accounts: people.accounts,
      scopes: people.scopes,
      now: () => clock.now(),
      onHandled,
    }),
  ]);
  const server = await openHttpServer(app, {
    host: http.host,
    port: http.port,
    tls: http.tls === undefined ? undefined : certificateOf(http.tls),
  });
  closing.push(() => {
    doors.abort();
    stream.close();
    return server.close();
  });
  const ports = {
    http: server.port,
    mqtt: {
      ...(mqtt.tlsPort === undefined ? {} : { tls: mqtt.tlsPort }),
      ...(mqtt.plainPort === undefined ? {} : { plain: mqtt.plainPort }),
    },
  };
  return { ports, app, sourcePort: (name) => sources.port(name) };
}
