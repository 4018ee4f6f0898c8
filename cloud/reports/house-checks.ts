/** What the house itself shows about how it is run: each check with the figures that it rests on. */
import type { Check } from './check.ts';
import { coldFiguresOf } from './cold-figures.ts';
import type { CheckName } from './controls.ts';
import { observationsIn, type ReportParts, type ReportScope } from './evidence-reader.ts';
import { incidentsIn } from './incident-statistics.ts';

/** Grave incidents that nobody took within this time speak against the handling. */
const TAKEN_WITHIN_MS = 60 * 60_000;

export function houseChecks(parts: ReportParts, scope: ReportScope): Readonly<Record<CheckName, Check>> {
  const health = parts.health();
  const seen = (kinds: Parameters<typeof observationsIn>[1]) =>
    observationsIn(parts, kinds, scope).items.length;
  return {
    'audit-trail': !health.auditTrail.enabled
      ? { state: 'violated', evidence: 'The audit trail is switched off.' }
      : health.auditTrail.problem === undefined
        ? { state: 'met', evidence: `Audit trail: ${health.auditTrail.size} entries, no problem.` }
        : { state: 'violated', evidence: `Audit trail: ${health.auditTrail.problem}` },
    monitoring: monitoring(health.monitors),
    'incident-handling': handling(parts, scope),
    'threat-intelligence': feeds(health.feeds),
    notification:
      health.duties.overdue > 0
        ? { state: 'violated', evidence: `${health.duties.overdue} notifications are over their time.` }
        : health.duties.cases === 0
          ? { state: 'no-data', evidence: 'No awareness of an incident was recorded yet.' }
          : { state: 'met', evidence: `${health.duties.cases} recorded, none over its time.` },
    ...coldFiguresOf(parts, scope),
    'access-recording': recorded(
      seen(['access.granted', 'access.denied', 'door.opened', 'handover.proved']),
      'entries and doors recorded',
    ),
    clock: clocks(seen(['clock.unset', 'camera.clock-wrong']), seen(['clock.set', 'gateway.started'])),
    availability: availability(parts, scope),
    'changes-watched': health.monitors.some(({ id, enabled }) => id === 'integrity' && enabled)
      ? recorded(
          seen([
            'page.fetched',
            'file.changed',
            'script.changed',
            'configuration.changed',
            'certificate.seen',
          ]),
          'looks at pages, files and settings',
        )
      : { state: 'no-data', evidence: 'The integrity monitor has nothing to look at, or is off.' },
  };
}

function monitoring(monitors: readonly { title: string; enabled: boolean }[]): Check {
  const off = monitors.filter(({ enabled }) => !enabled).map(({ title }) => title);
  if (monitors.length === 0) return { state: 'no-data', evidence: 'No monitor is known.' };
  return off.length === 0
    ? { state: 'met', evidence: `All ${monitors.length} monitors are on.` }
    : { state: 'violated', evidence: `Off: ${off.join(', ')}.` };
}

function feeds(all: readonly { name: string; problem?: string }[]): Check {
  const failing = all.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
  if (all.length === 0)
    return { state: 'no-data', evidence: 'No feed of threat intelligence is configured.' };
  return failing.length === 0
    ? { state: 'met', evidence: `${all.length} feeds of threat intelligence, all well.` }
    : { state: 'violated', evidence: `Failing feeds: ${failing.join(', ')}.` };
}

function handling(parts: ReportParts, scope: ReportScope): Check {
  const grave = incidentsIn(parts, scope).filter(({ incident }) =>
    ['high', 'critical'].includes(incident.severity),
  );
  const late = grave.filter(
    ({ handling: { openedAt }, acknowledgedMs }) =>
      (acknowledgedMs ?? parts.clock.now() - openedAt) > TAKEN_WITHIN_MS,
  );
  if (grave.length === 0) return { state: 'no-data', evidence: 'No grave incident in this period.' };
  return late.length === 0
    ? { state: 'met', evidence: `${grave.length} grave incidents, each taken within an hour.` }
    : {
        state: 'violated',
        evidence: `${late.length} of ${grave.length} grave incidents waited over an hour.`,
      };
}

const recorded = (count: number, what: string): Check =>
  count === 0
    ? { state: 'no-data', evidence: `No ${what} in this period.` }
    : { state: 'met', evidence: `${count} ${what}.` };

const clocks = (wrong: number, right: number): Check =>
  wrong > 0
    ? { state: 'violated', evidence: `${wrong} times a clock was wrong or not set.` }
    : right === 0
      ? { state: 'no-data', evidence: 'Nothing was said of clocks in this period.' }
      : { state: 'met', evidence: 'No clock was wrong.' };

function availability(parts: ReportParts, { sites }: ReportScope): Check {
  const gateways = sites.flatMap((site) => parts.gateway(site) ?? []);
  const gone = gateways.filter(({ connected }) => !connected);
  if (gateways.length === 0) return { state: 'no-data', evidence: 'These sites have no gateway.' };
  return gone.length === 0
    ? { state: 'met', evidence: `${gateways.length} gateways, all connected.` }
    : { state: 'violated', evidence: `${gone.length} of ${gateways.length} gateways are not connected.` };
}
