import './response.css';
import { useSignal } from '@preact/signals';
import type { PlaybookLibrary } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { responseNews } from '../live/desk-state.ts';
import { ConfirmDialog } from '../people/confirm.tsx';
import { RunLink } from './library-view.tsx';
import { fetchLibrary, fetchResponseTo, mayRun } from './requests.ts';
import { RunHere } from './run-here.tsx';
import { StartDialog } from './start-dialog.tsx';
import { words } from './words.ts';

/** Playbooks that are offered beside an incident, the best. */
const MAX_OFFERED = 2;

/** Why one is offered, the best reasons. */
const MAX_REASONS = 2;

/** What an incident calls for and what is being done: a card for the incident's page. */
export function ResponsePanel({ incident }: { incident: string }) {
  const [held, ask] = useAskedAgain(() => fetchResponseTo(incident), responseNews);
  const starting = useSignal<{ id: string; name: string } | undefined>(undefined);
  const isChoosing = useSignal(false);
  const { value } = held;
  const start = (id: string, name: string) => {
    isChoosing.value = false;
    starting.value = { id, name };
  };
  return (
    <Card title={words('panel.title')} labelledBy="response-panel">
      {value.state === 'loading' ? (
        <Skeleton lines={[56]} />
      ) : value.state === 'failed' ? (
        <ErrorState message={value.message} onRetry={ask} />
      ) : (
        <div class="response-panel">
          {value.value.runs.length === 0 ? null : (
            <ul class="run-rows run-rows-narrow">
              {value.value.runs.map((row) => (
                <RunLink key={row.id} row={row} />
              ))}
            </ul>
          )}
          {value.value.runs
            .filter(({ status, reviews }) => status === 'running' || reviews > 0)
            .map((row) => (
              <RunHere key={row.id} row={row} />
            ))}
          <ConfirmDialog />
          {value.value.suggested
            .filter(
              ({ playbook }) =>
                !value.value.runs.some((run) => run.playbook === playbook.id && run.status === 'running'),
            )
            .slice(0, MAX_OFFERED)
            .map(({ playbook, because }, place) => (
              <div key={playbook.id} class="suggested">
                <div>
                  <strong>{playbook.name}</strong>
                  <p class="soft">
                    {words('panel.because', {
                      reason: because.slice(0, value.value.runs.length === 0 ? MAX_REASONS : 1).join(' · '),
                    })}
                  </p>
                </div>
                {mayRun() ? (
                  <Button
                    look={value.value.runs.length === 0 && place === 0 ? 'primary' : 'plain'}
                    icon="play"
                    label={words('panel.start-of', { name: playbook.name })}
                    onClick={() => start(playbook.id, playbook.name)}
                  >
                    {words('panel.start')}
                  </Button>
                ) : null}
              </div>
            ))}
          {value.value.suggested.length === 0 ? <p class="soft">{words('panel.none')}</p> : null}
          {mayRun() ? (
            <Button
              look="quiet"
              size="small"
              icon="list"
              onClick={() => {
                isChoosing.value = true;
              }}
            >
              {value.value.suggested.length === 0 ? words('panel.choose') : words('panel.more')}
            </Button>
          ) : null}
        </div>
      )}
      {isChoosing.value ? (
        <Choose
          onChoose={start}
          onClose={() => {
            isChoosing.value = false;
          }}
        />
      ) : null}
      {starting.value === undefined ? null : (
        <StartDialog
          incident={incident}
          playbook={starting.value.id}
          name={starting.value.name}
          onBegun={ask}
          onClose={() => {
            starting.value = undefined;
          }}
        />
      )}
    </Card>
  );
}

function Choose(props: { onChoose: (id: string, name: string) => void; onClose: () => void }) {
  const [held, ask] = useAskedAgain<PlaybookLibrary>(fetchLibrary);
  const { value } = held;
  return (
    <Dialog title={words('panel.pick')} onClose={props.onClose}>
      {value.state === 'loading' ? (
        <Skeleton lines={[40, 40, 40]} />
      ) : value.state === 'failed' ? (
        <ErrorState message={value.message} onRetry={ask} />
      ) : (
        <ul class="choose-playbook" aria-label={words('panel.pick-label')}>
          {value.value.items.map(({ id, name, description }) => (
            <li key={id}>
              <button type="button" class="choose-button" onClick={() => props.onChoose(id, name)}>
                <strong>{name}</strong>
                <span class="soft">{description}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
