import { signal, useSignal } from '@preact/signals';
import type { SitePage, WatchedPoint } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Switch } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { reasonOf } from '../languages/alarms.ts';
import { text } from '../text.ts';
import { requestArming } from './arming-actions.ts';
import { bypassFor, type ZonePlan, zonePlans } from './zones.ts';

/** Whether somebody chooses zones. */
export const choosesZones = signal(false);

/** Which zones to watch: each says before arming whether it is ready, what blocks it, or that it is left out. */
export function ZonesDialog({ page }: { page: SitePage }) {
  return choosesZones.value ? <Open watched={page.watched} /> : null;
}

function Open({ watched }: { watched: readonly WatchedPoint[] }) {
  const mode = useSignal<'away' | 'night'>('away');
  const leftOut = useSignal<ReadonlySet<string>>(new Set());
  const plans = zonePlans(watched, mode.value, leftOut.value);
  const close = () => {
    choosesZones.value = false;
  };
  const isBlocked = plans.some(({ state }) => state === 'blocked');
  const watching = plans.filter(({ state }) => state !== 'left-out').length;
  return (
    <Dialog title={text('zone.title')} onClose={close}>
      <Tabs
        label={text('schedule.mode')}
        choices={[
          { name: 'away', label: text('schedule.mode.away') },
          { name: 'night', label: text('schedule.mode.night') },
        ]}
        chosen={mode.value}
        onChoose={(name) => {
          mode.value = name;
        }}
      />
      <ul class="zones">
        {plans.map((plan) => (
          <Zone
            key={plan.id}
            plan={plan}
            onChange={(isWatched) => {
              const next = new Set(leftOut.value);
              if (isWatched) next.delete(plan.id);
              else next.add(plan.id);
              leftOut.value = next;
            }}
          />
        ))}
      </ul>
      <footer class="dialog-actions">
        <Button look="quiet" onClick={close}>
          {text('zone.cancel')}
        </Button>
        <Button
          look={isBlocked ? 'plain' : 'primary'}
          icon="alarm-panel"
          disabled={watching === 0}
          onClick={() => {
            close();
            requestArming(mode.value, bypassFor(plans));
          }}
        >
          {text('zone.arm', { count: watching })}
        </Button>
      </footer>
    </Dialog>
  );
}

function Zone({ plan, onChange }: { plan: ZonePlan; onChange: (isWatched: boolean) => void }) {
  const { name, points, state, kept } = plan;
  return (
    <li class={`zone zone-${state}`}>
      <div class="zone-head">
        <Icon name={state === 'ready' ? 'check' : state === 'blocked' ? 'warning' : 'close'} size={24} />
        <h3 class="zone-name">{name === '' ? text('zone.none') : name}</h3>
        <span class="zone-state">{text(`zone.state.${state}`)}</span>
      </div>
      <ul class="zone-points">
        {points.map((point) => (
          <li
            key={point.asset}
            class={point.because === undefined || point.isOut ? '' : 'zone-point-blocked'}
          >
            {point.name}
            {point.isOut ? (
              <span class="faint"> – {text('zone.not-watched')}</span>
            ) : point.because === undefined ? null : (
              <span> – {reasonOf(point.because)}</span>
            )}
          </li>
        ))}
      </ul>
      {plan.canLeaveOut ? (
        <Switch label={text('zone.watched')} on={state !== 'left-out'} onChange={onChange} />
      ) : (
        <p class="soft">{text('zone.always')}</p>
      )}
      {kept.length > 0 && state === 'left-out' ? (
        <p class="soft">{text('zone.kept', { names: kept.join(', ') })}</p>
      ) : null}
    </li>
  );
}
