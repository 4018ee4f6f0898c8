/** The clocks of the service level: how long until an incident is to be acknowledged or contained. Pure. */
import type { IncidentSummary, ServiceLevels } from '../../../cloud/api/contract.ts';

export interface ServiceClock {
  what: 'acknowledge' | 'contain';
  dueAt: number;
  /** Running, to be warned of, or past. */
  state: 'running' | 'soon' | 'late';
}

/** The clock that runs out first; undefined where none runs. */
export function serviceClock(
  { state, severity, openedAt, acknowledgedAt }: IncidentSummary,
  { acknowledgeMs, containMs, warnAt }: ServiceLevels,
  now: number,
): ServiceClock | undefined {
  if (openedAt === undefined) return undefined;
  const clock = (what: ServiceClock['what'], ms: number | undefined): ServiceClock[] =>
    ms === undefined
      ? []
      : [
          {
            what,
            dueAt: openedAt + ms,
            state: now >= openedAt + ms ? 'late' : now >= openedAt + ms * warnAt ? 'soon' : 'running',
          },
        ];
  const clocks = [
    ...(state === 'open' && acknowledgedAt === undefined
      ? clock('acknowledge', acknowledgeMs[severity])
      : []),
    ...(state === 'open' || state === 'acknowledged' ? clock('contain', containMs[severity]) : []),
  ];
  return clocks.sort((a, b) => a.dueAt - b.dueAt)[0];
}
