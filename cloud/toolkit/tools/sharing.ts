import type { Incident } from '../../../devices/model/incident.ts';
import { Alerting } from '../../alerting/alerting.ts';
import { Duties } from '../../duties/duties.ts';
import { Sharing } from '../../sharing/sharing.ts';
import type { ToolLife } from '../tool-life.ts';
import type { House } from './house.ts';

/** Telling others: people of the house, authorities, partners. */
export async function openTelling(
  { configuration, store, registry, clock, log, people, mailer, intelligence }: House,
  asks: { onDuty(): readonly string[]; isExercise(incident: Incident): boolean },
): Promise<{ alerting: Alerting; duties: Duties; sharing: Sharing; life: ToolLife }> {
  const { organisation, tlp } = intelligence.settings;
  const duties = new Duties({ store, registry, clock, organisation, tlp, isExercise: asks.isExercise });
  const sharing = new Sharing({ store, registry, clock, intelligence });
  const alerting = await Alerting.open({
    settings: configuration.alerting,
    store,
    registry,
    clock,
    accounts: people.accounts,
    scopes: people.scopes,
    mailer,
    resolve: configuration.resolve,
    ...asks,
    log,
  });
  const life: ToolLife = {
    start: (signal) => alerting.start(signal),
    settled: () => alerting.settled(),
    detected: (detected) => alerting.detected(detected),
    handled: (incident) => alerting.handled(incident),
    problem() {
      const { overdue } = duties.overdue();
      return overdue === 0
        ? undefined
        : `${overdue} ${overdue === 1 ? 'duty' : 'duties'} to tell authorities ${overdue === 1 ? 'is' : 'are'} overdue.`;
    },
    figures: () => ({
      dutiesOverdue: duties.overdue().overdue,
      alertsWaiting: alerting.delivering.list(({ state }) => state === 'waiting', 1_000).length,
    }),
  };
  return { alerting, duties, sharing, life };
}
