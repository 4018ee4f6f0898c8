import type { RunRow, RunStep } from '../../../cloud/api/contract.ts';
import { Chip, type Tone } from '../../kit/chip.tsx';
import type { IconName } from '../../kit/icons.tsx';
import { words } from './words.ts';

const looks: Record<RunStep['state'], { tone: Tone; icon: IconName }> = {
  ahead: { tone: 'neutral', icon: 'more' },
  waiting: { tone: 'neutral', icon: 'clock' },
  approval: { tone: 'high', icon: 'account' },
  todo: { tone: 'accent', icon: 'person' },
  running: { tone: 'cyber', icon: 'play' },
  unknown: { tone: 'medium', icon: 'warning' },
  failed: { tone: 'critical', icon: 'close' },
  open: { tone: 'neutral', icon: 'split' },
  done: { tone: 'good', icon: 'check' },
  skipped: { tone: 'neutral', icon: 'arrow-left' },
  cancelled: { tone: 'neutral', icon: 'close' },
};

export const stateIcon = (state: RunStep['state']): IconName => looks[state].icon;

export function StepChip({ state }: { state: RunStep['state'] }) {
  const { tone, icon } = looks[state];
  return (
    <Chip tone={tone} icon={icon}>
      {words(`state.${state}`)}
    </Chip>
  );
}

/** How far a run is, as a bar and in words. */
export function Progress({ row }: { row: RunRow }) {
  const { done, total } = row;
  return (
    <span class="run-progress">
      <span class="run-bar" aria-hidden="true">
        <span style={{ width: `${total === 0 ? 100 : Math.round((done / total) * 100)}%` }} />
      </span>
      <span class="faint">{words('panel.progress', { done, total })}</span>
    </span>
  );
}

/** What it waits for, if it waits for people. */
export function Wants({ row }: { row: RunRow }) {
  if (row.reviews > 0)
    return (
      <Chip tone="medium" icon="warning">
        {words('panel.review', { count: row.reviews })}
      </Chip>
    );
  if (row.status !== 'running')
    return (
      <Chip
        tone={row.status === 'done' ? 'good' : 'neutral'}
        icon={row.status === 'done' ? 'check' : 'close'}
      >
        {words(`status.${row.status}`)}
      </Chip>
    );
  if (row.approvals > 0)
    return (
      <Chip tone="high" icon="account">
        {words('panel.approval', { count: row.approvals })}
      </Chip>
    );
  if (row.asking > 0)
    return (
      <Chip tone="accent" icon="person">
        {words('panel.asks', { count: row.asking })}
      </Chip>
    );
  return (
    <Chip tone="cyber" icon="play">
      {words('state.running')}
    </Chip>
  );
}
