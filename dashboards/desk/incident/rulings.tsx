import { useSignal } from '@preact/signals';
import type { IncidentPage } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { done } from '../done.ts';
import { reloadIncident } from '../live/desk-state.ts';
import { undoRuling } from '../session.ts';
import { text } from '../text.ts';
import { mayAct } from './actions.ts';

/** What people took apart and joined here: it stands until one of them undoes it. */
export function Rulings({ page, zone }: { page: IncidentPage; zone: string }) {
  const busy = useSignal<string | undefined>(undefined);
  if (page.rulings.length === 0) return null;
  const undo = async (id: string) => {
    busy.value = id;
    if (await done(undoRuling(id))) await reloadIncident();
    busy.value = undefined;
  };
  return (
    <Card title={text('arrange.rulings')} labelledBy="rulings">
      <ul class="rulings">
        {page.rulings.map(({ id, kind, at, by, text: words, one, other, undone }) => (
          <li key={id} class={undone === undefined ? '' : 'ruling-undone'}>
            <div>
              <p>
                <strong>{by}</strong>{' '}
                <span class="soft">
                  {kind === 'split'
                    ? text('arrange.did-split', { count: one, all: one + other })
                    : text('arrange.did-merge', { count: other })}
                </span>{' '}
                <span class="faint">
                  <RelativeTime at={at} timeZone={zone} />
                </span>
              </p>
              <p class="activity-text">{words}</p>
              {undone === undefined ? null : (
                <p class="faint">
                  {text('arrange.undone', { name: undone.by })}{' '}
                  <RelativeTime at={undone.at} timeZone={zone} />
                </p>
              )}
            </div>
            {undone === undefined && mayAct() ? (
              <Button
                size="small"
                icon="reopen"
                busy={busy.value === id}
                label={
                  kind === 'split'
                    ? text('arrange.undo-split', { text: words })
                    : text('arrange.undo-merge', { text: words })
                }
                onClick={() => void undo(id)}
              >
                {text('arrange.undo')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
