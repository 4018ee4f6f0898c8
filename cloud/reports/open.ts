/** Puts the reports together. */
import type { Clock } from '../../devices/model/clock.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Trail } from '../audit/trail.ts';
import type { Duties } from '../duties/duties.ts';
import type { Intelligence } from '../intelligence/intelligence.ts';
import { nineMonitors } from '../monitors/nine.ts';
import type { Switchboard } from '../monitors/switchboard.ts';
import type { Policies } from '../policy/policies.ts';
import type { Overview } from '../situation/overview.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type ReportSender, Reports } from './reports.ts';

export interface OpenReportsParts {
  store: Store;
  registry: Registry;
  telemetry: Telemetry;
  clock: Clock;
  intelligence: Intelligence;
  duties: Duties;
  policies: Policies;
  overview: Overview;
  switchboard: Switchboard;
  trail: Trail | undefined;
  sender: ReportSender | undefined;
  isExercise(incident: Incident): boolean;
  onProblem(message: string): void;
}

/** Starts making scheduled reports, until the signal. */
export function openReports(parts: OpenReportsParts, signal: AbortSignal): Reports {
  const { store, registry, clock, telemetry, intelligence, duties, policies, overview, switchboard, trail } =
    parts;
  const reports = new Reports({
    store,
    registry,
    telemetry,
    clock,
    organisation: intelligence.settings.organisation,
    policies: () => policies.states(),
    sources: () => overview.picture([]).sources,
    gateway: (site) => overview.gateway(site),
    health() {
      const trailHealth = trail?.health;
      return {
        auditTrail: {
          enabled: trail !== undefined,
          size: trailHealth?.size ?? 0,
          ...(trailHealth?.problem === undefined ? {} : { problem: trailHealth.problem }),
        },
        monitors: nineMonitors.map(({ id, title }) => ({ id, title, enabled: switchboard.isOn(id) })),
        feeds: intelligence
          .health()
          .map(({ name, problem }) => ({ name, ...(problem === undefined ? {} : { problem }) })),
        duties: duties.overdue(),
      };
    },
    checkpoint() {
      if (trail === undefined) return undefined;
      const { origin, size, root } = trail.log.checkpoint;
      return { origin, size, root: Buffer.from(root).toString('base64') };
    },
    isExercise: parts.isExercise,
    sender: () => parts.sender,
    onProblem: parts.onProblem,
  });
  reports.start(signal);
  return reports;
}
