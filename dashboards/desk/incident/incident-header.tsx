import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentPage, PeopleList } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { MenuButton } from '../../kit/menu.tsx';
import { duration, timeSpan } from '../../kit/time.ts';
import { Initials } from '../initials.tsx';
import { type Loaded, load } from '../loaded.ts';
import { StateChip, Worlds } from '../queue/incident-row.tsx';
import { fetchPeople, session } from '../session.ts';
import { text } from '../text.ts';
import { act, mayAct, mayExport } from './actions.ts';
import { Later } from './later.tsx';
import { possible } from './life.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { ReasonDialog, type Reasoned } from './reason-dialog.tsx';
import { words } from './words.ts';

const icons: Record<Reasoned | 'acknowledge', IconName> = {
  acknowledge: 'eye',
  contain: 'contain',
  resolve: 'check',
  'false-alarm': 'false-alarm',
  reopen: 'reopen',
};

const loadContain = async () => (await import('./contain-dialog.tsx')).ContainDialog;

export function IncidentHeader({ page, zone }: { page: IncidentPage; zone: string }) {
  const { summary } = page;
  const asked = useSignal<Reasoned | undefined>(undefined);
  const isMerging = useSignal(false);
  return (
    <header class={`incident-header incident-${summary.severity}`}>
      <div class="incident-facts">
        <SeverityChip severity={summary.severity} />
        <StateChip state={summary.state} />
        <Worlds worlds={summary.worlds} />
        <span class="faint" title={text('incident.priority-help')}>
          {text('incident.priority', { priority: Math.round(summary.priority) })}
        </span>
      </div>
      <h1>{summary.title}</h1>
      <p class="incident-when">
        <span>{summary.sites.map(({ name }) => name).join(', ')}</span>
        <span>{timeSpan(summary.first, summary.last, now.value, zone)}</span>
        <span>
          {text('incident.steps', { count: page.story.length })}{' '}
          {text('incident.lasted', { duration: duration(summary.last - summary.first) })}
        </span>
        <Assignee page={page} />
      </p>
      {mayAct() ? (
        <div class="incident-actions">
          {possible[summary.state].map((verb, index) =>
            verb === 'assign' || verb === 'note' ? null : (
              <Button
                key={verb}
                look={index === 0 ? 'primary' : 'plain'}
                icon={icons[verb]}
                keyHint={verb === 'acknowledge' ? 'a' : undefined}
                onClick={() => {
                  if (verb === 'acknowledge') void act(summary, verb);
                  else asked.value = verb;
                }}
              >
                {text(`act.${verb}`)}
              </Button>
            ),
          )}
          <AssignMenu page={page} />
          {mayExport() ? (
            <a
              class="button button-plain"
              href={`api/incidents/${encodeURIComponent(summary.id)}/bundle`}
              download="evidence.tar"
              title={words('bundle-title')}
            >
              <Icon name="note" />
              <span class="button-text">{words('bundle')}</span>
            </a>
          ) : null}
          <Button
            icon="link"
            onClick={() => {
              isMerging.value = true;
            }}
          >
            {text('arrange.merge-open')}
          </Button>
        </div>
      ) : null}
      {isMerging.value ? (
        <MergeDialog
          summary={summary}
          zone={zone}
          onClose={() => {
            isMerging.value = false;
          }}
        />
      ) : null}
      {asked.value === 'contain' ? (
        <Later
          load={loadContain}
          with={{
            summary,
            zone,
            onClose: () => {
              asked.value = undefined;
            },
          }}
        />
      ) : asked.value === undefined ? null : (
        <ReasonDialog
          verb={asked.value}
          summary={summary}
          onClose={() => {
            asked.value = undefined;
          }}
        />
      )}
    </header>
  );
}

function Assignee({ page: { summary } }: { page: IncidentPage }) {
  return (
    <span class="incident-assignee">
      <Initials name={summary.assignee} />
      <span aria-hidden="true">{summary.assignee ?? text('queue.unassigned')}</span>
    </span>
  );
}

function AssignMenu({ page: { summary } }: { page: IncidentPage }) {
  const people = useSignal<Loaded<PeopleList>>({ state: 'loading' });
  useEffect(() => {
    void load(people, fetchPeople);
  }, [people]);
  const me = session.value?.name;
  const all = people.value.state === 'there' ? people.value.value.items : [];
  const sorted = [...all.filter(({ name }) => name === me), ...all.filter(({ name }) => name !== me)];
  if (sorted.length === 0) return null;
  return (
    <MenuButton
      label={text('act.assign')}
      items={sorted.map(({ name, role }) => ({
        label: name === me ? `${name} (${text('act.assign-me')})` : name,
        detail: text(`role.${role}`),
        checked: name === summary.assignee,
        onChoose: () => void act(summary, 'assign', { assignee: name }),
      }))}
    >
      <Icon name="person" />
      <span class="button-text">{text('act.assign')}</span>
      <Icon name="chevron-down" size={13} />
    </MenuButton>
  );
}
