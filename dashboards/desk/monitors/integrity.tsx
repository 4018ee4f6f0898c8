import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { done } from '../done.ts';
import { maySuppress } from '../incident/actions.ts';
import { deskZone } from '../live/desk-state.ts';
import { acceptFinding, fetchIntegrity } from '../session.ts';
import { text } from '../text.ts';

/** Pages and files that are not as they were, until somebody accepts it. */
export function Integrity() {
  const [overview, ask] = useAskedAgain(fetchIntegrity);
  const busy = useSignal<string | undefined>(undefined);
  const zone = deskZone.value;
  const held = overview.value;
  const accept = async (id: string) => {
    busy.value = id;
    if (await done(acceptFinding(id))) ask();
    busy.value = undefined;
  };
  return (
    <Card title={text('integrity.title')} labelledBy="integrity">
      {held.state === 'loading' ? (
        <Skeleton lines={[40, 40]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : held.value.pages.length + held.value.folders.length === 0 ? (
        <p class="faint">{text('integrity.none')}</p>
      ) : (
        <>
          <ul class="findings">
            {held.value.findings.length === 0 ? <li class="soft">{text('integrity.calm')}</li> : null}
            {held.value.findings.map(({ id, at, kind, where, what, isThere }) => (
              <li key={id}>
                <div>
                  <p>{what}</p>
                  <p class="faint">
                    {text(`seen.${kind}`)} · <span class="mono">{where}</span> ·{' '}
                    <RelativeTime at={at} timeZone={zone} />
                  </p>
                </div>
                {isThere ? null : <Chip>{text('integrity.gone')}</Chip>}
                {maySuppress() ? (
                  <Button
                    size="small"
                    icon="check"
                    label={text('integrity.accept-this', { what })}
                    busy={busy.value === id}
                    onClick={() => void accept(id)}
                  >
                    {text('integrity.accept')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
          <ul class="looked-at">
            {held.value.pages.map(({ url, state, scripts, because }) => (
              <li key={url}>
                <span class="mono truncate">{url}</span>
                <span class="faint">
                  {text(`integrity.${state}`)} · {text('integrity.scripts', { count: scripts })}
                  {because === undefined ? '' : ` · ${because}`}
                </span>
              </li>
            ))}
            {held.value.folders.map(({ path, files }) => (
              <li key={path}>
                <span class="mono truncate">{path}</span>
                <span class="faint">{text('integrity.files', { count: files })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
