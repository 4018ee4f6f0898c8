import type { Logger } from 'pino';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Landscape } from '../assets/landscape.ts';
import type { Trail } from '../audit/trail.ts';
import type { GatewayAuthority } from '../authority/open.ts';
import type { Detector } from '../detector.ts';
import type { Hands } from '../hands/hands.ts';
import type { IdentityBridge } from '../identity-bridge/bridge.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { IntegrityWatch } from '../integrity/watch.ts';
import type { Intelligence } from '../intelligence/intelligence.ts';
import type { Switchboard } from '../monitors/switchboard.ts';
import type { People } from '../people/people.ts';
import type { Policies } from '../policy/policies.ts';
import type { RegistryBook } from '../registry/book.ts';
import type { Reports } from '../reports/reports.ts';
import type { PictureParts } from '../situation/open.ts';
import type { Overview } from '../situation/overview.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { ToolParts } from '../toolkit/open-tools.ts';
import type { Toolkit } from '../toolkit/toolkit.ts';
import type { Scenarios } from './scenarios.ts';
import type { Sessions } from './sessions.ts';
import type { LiveStream } from './stream.ts';

/** What the routes work with: the house, and the tools opened in it. */
export interface ApiParts extends ToolParts {
  store: Store;
  registry: Registry;
  /** The registry as people work on it. */
  registryBook: RegistryBook;
  clock: Clock;
  overview: Overview;
  /** Plans, whereabouts, the past. */
  picture: PictureParts;
  telemetry: Telemetry;
  /** Assets, what they need, what people laid over it. */
  landscape: Landscape;
  policies: Policies;
  /** Where pages or files are looked at. */
  integrity: IntegrityWatch | undefined;
  hands: Hands;
  /** Which of the 19 tools are at work. */
  toolkit: Toolkit;
  switchboard: Switchboard;
  detector: Detector;
  sessions: Sessions;
  people: People;
  /** Where it is switched on. */
  trail: Trail | undefined;
  identityBridge: IdentityBridge | undefined;
  intelligence: Intelligence;
  reports: Reports;
  stream: LiveStream;
  /** Gateways that join, and those that are cut off. */
  authority: GatewayAuthority;
  ingest: Pick<Ingest, 'isConnected' | 'lastSeenAt'>;
  scenarios: Scenarios | undefined;
  log: Logger;
  /** People have changed an incident: the picture and the desks must hear of it. */
  onHandled(incident: string): void;
  /** Whether the cloud takes and stores what comes; undefined, or what keeps it from it. */
  trouble(): string | undefined;
  /** In the text format of Prometheus. */
  metrics(): Promise<{ type: string; text: string }>;
  options: {
    /** Speaks TLS itself. */
    isSecure: boolean;
    trustProxy: boolean;
    metricsTokenSha256: string | undefined;
    pages: string;
  };
}
