/**
 * The spine of the cloud. What comes in, from gateways and from cyber sources, is stored first; what is stored
 * changes the picture, is judged, and is told to whoever watches. Read `afterCommit`. What people and monitors do with
 * it are the 19 tools of toolkit/.
 */
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Clock } from '../devices/model/clock.ts';
import type { Detection } from '../devices/model/detection.ts';
import type { Observation } from '../devices/model/observation.ts';
import { createApp } from './api/app.ts';
import type { ApiParts } from './api/parts.ts';
import { openScenarios } from './api/scenarios.ts';
import { LiveStream } from './api/stream.ts';
import { suppressionRowOf } from './api/suppression-row.ts';
import { Landscape } from './assets/landscape.ts';
import { openAuthority } from './authority/open.ts';
import type { CloudConfiguration } from './config.ts';
import { Detector } from './detector.ts';
import { openFoundations } from './foundations.ts';
import { openFronts, type Ports } from './fronts.ts';
import { decidedBy } from './hands/decided-by.ts';
import { Hands } from './hands/hands.ts';
import { RulingBook } from './hands/ruling-book.ts';
import { Suppressions } from './hands/suppressions.ts';
import { createCredentials } from './ingest/credentials.ts';
import { httpIngest } from './ingest/http.ts';
import { createIngest } from './ingest/ingest.ts';
import { openIntelligence } from './intelligence/intelligence.ts';
import { Live } from './live.ts';
import { createMailer } from './mail/mail.ts';
import { createMetrics } from './metrics.ts';
import { openPeople } from './people/people.ts';
import { mailSender } from './reports/mail.ts';
import { openReports } from './reports/open.ts';
import { openPicture } from './situation/open.ts';
import { Overview } from './situation/overview.ts';
import { recall } from './situation/recall.ts';
import { Situation } from './situation/situation.ts';
import { Unresolved } from './situation/unresolved.ts';
import { createSources } from './sources/sources.ts';
import { correctionIn } from './store/clock-correction.ts';
import type { AcceptedRecord } from './store/store.ts';
import { pointsOf } from './telemetry/points.ts';
import { openMonitors } from './toolkit/open-monitors.ts';
import { openTools } from './toolkit/open-tools.ts';
import { toolPages } from './toolkit/pages.ts';
import { Toolkit } from './toolkit/toolkit.ts';

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
  readonly ports: Ports;
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
  let failedAt = Number.NEGATIVE_INFINITY;
  let broken: string | undefined;
  const fatal = (error: Error) => {
    if (broken !== undefined) return;
    broken = error.message;
    onFatal(error);
  };
  const trouble = (part: string) => (message: string) => log.error({ message }, part);
  const doors = new AbortController();
  const end = () => doors.abort();

  // 1. What everything stands on.
  const foundations = await openFoundations({ configuration, clock }, fatal, closing);
  const { state, store, registryBook, registry, telemetry } = foundations;
  const house = { ...foundations, configuration, clock, log };
  const authority = openAuthority({ ...house, onTrouble: trouble('authority') });
  const { gateways } = authority;
  const people = await openPeople({
    ...configuration,
    ...house,
    onSessionChanged: (session) => stream.endSession(session),
    onProblem: trouble('personal data'),
  });
  const mailer =
    configuration.mail === undefined ? undefined : createMailer(configuration.mail, configuration.resolve);

  // 2. What watches and judges.
  const monitors = await openMonitors({
    ...house,
    commit: (observations, detections) => commit(observations, detections),
    closing,
  });
  const { switchboard, identityBridge } = monitors;
  const { off } = configuration.toolkit;
  const toolkit = new Toolkit({ ...house, switchboard, off, onTrouble: trouble('toolkit') });
  const picture = openPicture({ ...house, settings: configuration.picture });
  closing.push(() => picture.links.settled());
  const situation = new Situation();
  const unresolved = new Unresolved();
  const stream = new LiveStream();
  const intelligence = openIntelligence({
    ...house,
    settings: configuration.intelligence,
    resolve: configuration.resolve,
  });
  closing.push(() => intelligence.close());
  const landscape = new Landscape({
    ...house,
    file: configuration.graph,
    decisionsFile: join(state, 'dependency-decisions.json'),
    onTrouble: trouble('judging anew'),
  });
  const rulings = new RulingBook(store.rulings());
  const suppressions = new Suppressions(store, registry);
  const detector = new Detector({
    ...house,
    decided: decidedBy({ store, book: rulings, keepers: [suppressions, switchboard] }),
    off: toolkit.kindsOff,
    registry: registryBook.inUse,
    weighed: landscape.weigh,
    monitors: configuration.monitors,
    sigma: monitors.sigma,
    standing: [intelligence.monitor.asMonitor, ...monitors.standing],
    onDetected(detected) {
      live.detected(detected);
      toolkit.detected(detected);
    },
    onFailed: fatal,
    snapshot: {
      file: join(state, 'judged.snapshot'),
      documents: () => [registryBook.inUse.document, landscape.graph],
      say: (message) => log.info({ message }, 'detector'),
    },
    signal: doors.signal,
  });
  closing.push(() => detector.end());

  // 3. The way of everything that was stored. Resolves when more may come.
  const afterCommit = (observations: readonly Observation[], detections: readonly Detection[]) => {
    live.observed(observations);
    toolkit.observed(observations);
    registryBook.heard(observations);
    monitors.observed(observations);
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
  /** People have done something to an incident. */
  const onHandled = (incident: string) => {
    live.handled(incident);
    toolkit.handled(incident);
  };

  // 4. The doors, still closed: nothing comes in before what was known is known again.
  closing.push(end);
  const credentials = authority.guard(createCredentials(configuration.gateways));
  const ingest = createIngest(
    {
      ...house,
      credentials,
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
  const recalled = recall(situation, { store, registry, gateways });
  telemetry.write(pointsOf(recalled));
  await detector.restore();
  landscape.follow(detector, () => {
    monitors.renewed();
    intelligence.monitor.forget();
  });
  closing.push(() => landscape.settled());
  detector.start();
  const sources = createSources(configuration.sources, {
    ...house,
    commit,
    trustProxy: configuration.http.trustProxy,
    signal: doors.signal,
  });
  closing.push(() => sources.done, end);
  const overview = new Overview({ ...house, situation, unresolved, ingest, sources, gateways, ...picture });
  const live = new Live({
    ...house,
    situation,
    unresolved,
    overview,
    stream,
    isAlive: (session) => people.sessions.isAlive(session),
  });
  live.start(doors.signal);
  closing.push(
    registryBook.start({ ...house, onTrouble: trouble('registry') }, doors.signal),
    people.personalData.start(doors.signal),
    end,
  );
  const hands = new Hands({
    ...house,
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

  // 5. The tools: the nine monitors, and the ten that people work with.
  await monitors.start(detector, ingest, doors.signal);
  closing.push(end);
  const tools = await openTools({
    ...house,
    stream,
    people,
    mailer,
    ingest,
    detector,
    picture,
    intelligence,
    landscape,
    commit,
    recalled,
    ended: doors.signal,
  });
  closing.push(() => toolkit.settled(), end);
  toolkit.start(tools.lives, doors.signal);
  const reports = openReports(
    {
      ...house,
      ...monitors,
      intelligence,
      duties: tools.parts.duties,
      isExercise: (incident) => tools.parts.continuity.exercises.ofIncident(incident) !== undefined,
      overview,
      sender: mailSender(mailer, doors.signal),
      onProblem: trouble('reports'),
    },
    doors.signal,
  );

  // 6. The doors open.
  const fronts = await openFronts(
    configuration,
    state,
    { ...house, ingest, credentials, authority: authority.forMqtt },
    doors.signal,
  );
  const { mqtt } = fronts;
  closing.push(() => mqtt.close());
  const door = await authority.attach({ ingest, credentials, mqtt }, doors.signal);
  closing.push(() => door?.close(), end);
  const metrics = createMetrics({
    ...house,
    ...monitors,
    ingest,
    mqtt,
    sources,
    detector,
    intelligence,
    stream,
    unresolved,
    suppressions,
  });
  const parts: ApiParts = {
    ...house,
    ...monitors,
    ...tools.parts,
    toolkit,
    authority,
    ingest,
    reports,
    overview,
    picture,
    hands,
    detector,
    landscape,
    sessions: people.sessions,
    people,
    get identityBridge() {
      return switchboard.isOn('identity-bridge') ? identityBridge : undefined;
    },
    intelligence,
    stream,
    scenarios: openScenarios(configuration, stream, doors.signal),
    onHandled,
    trouble: () =>
      broken ??
      (performance.now() - failedAt < TROUBLE_MS || detector.problem !== undefined
        ? 'the store refuses'
        : undefined),
    metrics: () => metrics.text(),
    options: fronts.options,
  };
  const app = createApp(parts, [
    httpIngest({ ingest, credentials }, doors.signal),
    sources.routes,
    ...toolPages(parts),
  ]);
  const server = await fronts.serve(app);
  closing.push(() => {
    doors.abort();
    stream.close();
    return server.close();
  });
  return { ports: { ...server.ports, gateways: door?.port }, app, sourcePort: (name) => sources.port(name) };
}
