import './monitors.css';
import { useSignal } from '@preact/signals';
import type { MonitorState } from '../../../cloud/api/contract.ts';
import { Chip, SeverityMark, type Tone } from '../../kit/chip.tsx';
import { Switch } from '../../kit/field.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { done } from '../done.ts';
import { maySwitch } from '../incident/actions.ts';
import { deskZone, toolNews } from '../live/desk-state.ts';
import { fetchMonitors, switchMonitor } from '../session.ts';
import { text } from '../text.ts';
import { AuditTrail } from './audit-trail.tsx';
import { Integrity } from './integrity.tsx';
import { Policies } from './policies.tsx';

const icons: Record<MonitorState['id'], IconName> = {
  'physical-asset': 'physical',
  access: 'door',
  communication: 'network',
  behavioural: 'shop',
  'application-integrity': 'cyber',
  policy: 'list',
  'identity-bridge': 'badge',
  'audit-trail': 'note',
  'incident-detector': 'incidents',
};
const looks: Record<MonitorState['standing'], { tone: Tone; icon: IconName }> = {
  on: { tone: 'good', icon: 'check' },
  off: { tone: 'neutral', icon: 'false-alarm' },
  'no-data': { tone: 'medium', icon: 'eye' },
  behind: { tone: 'medium', icon: 'clock' },
  failing: { tone: 'critical', icon: 'warning' },
};
/** Inputs named on a card. */
const MAX_INPUTS = 4;

/** The nine monitors: how each is, what feeds it, what it found; and what three of them ask people for. */
export function MonitorsPage() {
  const [list, ask] = useAskedAgain(fetchMonitors, toolNews);
  const held = list.value;
  return (
    <div class="monitors">
      <header class="page-header">
        <h1>{text('monitors.page')}</h1>
        {held.state === 'there' ? (
          <p class="soft">
            {text('monitors.summary', {
              on: held.value.items.filter(({ standing }) => standing === 'on').length,
              all: held.value.items.length,
            })}
          </p>
        ) : null}
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[170, 170, 170]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : (
        <>
          <ul class="monitor-grid">
            {held.value.items.map((monitor) => (
              <Monitor
                key={monitor.id}
                monitor={monitor}
                onSwitch={async (enabled) => {
                  await done(
                    switchMonitor(monitor.id, enabled).then((value) => {
                      list.value = { state: 'there', value };
                    }),
                  );
                }}
              />
            ))}
          </ul>
          <div class="monitor-details">
            <Integrity />
            <Policies />
            <AuditTrail />
          </div>
        </>
      )}
    </div>
  );
}

function Monitor(props: { monitor: MonitorState; onSwitch: (enabled: boolean) => Promise<void> }) {
  const { monitor, onSwitch } = props;
  const { id, standing, since, by, reason, enabled, inputs, newest } = monitor;
  const isBusy = useSignal(false);
  // The trail finds nothing: it writes down.
  const isTrail = id === 'audit-trail';
  const last = isTrail ? monitor.lastObservedAt : monitor.lastDetectedAt;
  const zone = deskZone.value;
  return (
    <li class={`monitor monitor-${standing}`}>
      <header class="monitor-head">
        <span class="monitor-icon">
          <Icon name={icons[id]} size={20} />
        </span>
        <h2>{text(`monitor.${id}`)}</h2>
        <Chip tone={looks[standing].tone} icon={looks[standing].icon}>
          {text(`monitors.${standing}`)}
        </Chip>
      </header>
      <p class="soft monitor-about">{text(`monitor.${id}.about`)}</p>
      {reason !== undefined || (standing !== 'on' && since !== undefined) ? (
        <p class="monitor-reason">
          {reason}
          {since === undefined ? null : (
            <span class="faint">
              {' '}
              {by === undefined ? text('monitors.since') : text('monitors.switched', { name: by })}{' '}
              <RelativeTime at={since} timeZone={zone} />
            </span>
          )}
        </p>
      ) : null}
      <dl class="monitor-figures">
        <div>
          <dt>{isTrail ? text('trail.size') : text('monitors.looked')}</dt>
          <dd>{monitor.observations.toLocaleString('en')}</dd>
        </div>
        {isTrail ? null : (
          <div>
            <dt>{text('monitors.found')}</dt>
            <dd>{monitor.detections24h.toLocaleString('en')}</dd>
          </div>
        )}
        <div>
          <dt>{text('monitors.last')}</dt>
          <dd>
            {last === undefined ? (
              <span class="faint">{text('monitors.never')}</span>
            ) : (
              <RelativeTime at={last} timeZone={zone} />
            )}
          </dd>
        </div>
      </dl>
      {inputs.length === 0 ? null : (
        <p class="monitor-inputs faint">
          {text('monitors.inputs', {
            names: inputs
              .slice(0, MAX_INPUTS)
              .map(({ name }) => name)
              .join(', '),
          })}
          {inputs.length > MAX_INPUTS ? text('monitors.more', { count: inputs.length - MAX_INPUTS }) : null}
        </p>
      )}
      {newest.length === 0 ? null : (
        <details class="evidence">
          <summary>
            <Icon name="chevron-right" size={13} />
            {text('monitors.newest', { count: newest.length })}
          </summary>
          <ul class="monitor-newest">
            {newest.map((one) => (
              <li key={one.id}>
                <SeverityMark severity={one.severity} size={14} />
                {one.incident === undefined ? (
                  <span>{one.summary}</span>
                ) : (
                  <a href={address('incidents', one.incident)}>{one.summary}</a>
                )}
                <span class="faint">
                  <RelativeTime at={one.at} timeZone={zone} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {maySwitch() && monitor.canSwitch ? (
        <div class="monitor-switch" aria-busy={isBusy.value}>
          <Switch
            label={text('monitors.switch', { name: text(`monitor.${id}`) })}
            on={enabled}
            onChange={(on) => {
              if (isBusy.value) return;
              isBusy.value = true;
              void onSwitch(on).finally(() => {
                isBusy.value = false;
              });
            }}
          />
        </div>
      ) : null}
    </li>
  );
}
