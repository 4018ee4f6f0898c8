import '../monitors/monitors.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SuppressionPage, SuppressionRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip, SeverityMark } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { Icon } from '../../kit/icons.tsx';
import { ExactTime, RelativeTime } from '../../kit/relative-time.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { duration } from '../../kit/time.ts';
import { useAskedAgain } from '../asked-again.ts';
import { maySuppress } from '../incident/actions.ts';
import { factName } from '../incident/fact-name.ts';
import { deskZone, suppressionNews } from '../live/desk-state.ts';
import { type Loaded, load } from '../loaded.ts';
import { endSuppression, fetchSuppression, fetchSuppressions } from '../session.ts';
import { text } from '../text.ts';
import { WordsDialog } from '../words-dialog.tsx';

/** Everything that is kept out of incidents, with who answers for it and what it has kept back. */
export function SuppressionsPage() {
  const [list, ask] = useAskedAgain(fetchSuppressions, suppressionNews);
  const held = list.value;
  return (
    <div class="suppressions">
      <header class="page-header">
        <h1>{text('suppress.page')}</h1>
        <p class="soft">{text('suppress.about')}</p>
      </header>
      {held.state === 'loading' ? (
        <Skeleton lines={[110, 110]} />
      ) : held.state === 'failed' ? (
        <ErrorState message={held.message} onRetry={ask} />
      ) : held.value.items.length === 0 ? (
        <EmptyState icon="check" title={text('suppress.empty')}>
          {text('suppress.empty-text')}
        </EmptyState>
      ) : (
        held.value.items.map((row) => <Suppression key={row.id} row={row} onChanged={ask} />)
      )}
    </div>
  );
}

/** Where it applies, in words. */
function scopeOf({ asset, assetName, site, siteName, observable }: SuppressionRow): string {
  const parts = [
    ...(asset === undefined ? [] : [text('suppress.at', { name: assetName ?? asset })]),
    ...(site === undefined ? [] : [text('suppress.at', { name: siteName ?? site })]),
    ...(observable === undefined
      ? []
      : [text('suppress.with', { name: factName(observable.name), value: observable.value })]),
  ];
  return parts.length === 0 ? text('suppress.everywhere') : parts.join(', ');
}

function Suppression({ row, onChanged }: { row: SuppressionRow; onChanged: () => void }) {
  const isAsking = useSignal(false);
  const zone = deskZone.value;
  const isWorking = row.state === 'working';
  return (
    <Card
      title={row.rule}
      labelledBy={row.id}
      aside={
        <Chip tone={isWorking ? 'accent' : 'neutral'} icon={isWorking ? 'clock' : 'check'}>
          {isWorking
            ? text('suppress.ends-in', { duration: duration(Math.max(0, row.until - now.value)) })
            : row.state === 'expired'
              ? text('suppress.expired')
              : text('suppress.ended')}
        </Chip>
      }
    >
      <div class="suppression">
        <p class="held">
          <strong>{row.held}</strong>
          <span class="soft">
            {isWorking
              ? text('suppress.held', { count: row.held })
              : text('suppress.was-held', { count: row.held })}
          </span>
        </p>
        <div class="suppression-words">
          <p>{row.text}</p>
          <dl class="pairs">
            <div>
              <dt>{text('suppress.scope')}</dt>
              <dd>{scopeOf(row)}</dd>
            </div>
            <div>
              <dt>{text('suppress.owner')}</dt>
              <dd>{row.owner}</dd>
            </div>
            <div>
              <dt>{text('suppress.made-by')}</dt>
              <dd>
                {row.by}, <RelativeTime at={row.at} timeZone={zone} />
              </dd>
            </div>
            {row.ended === undefined ? null : (
              <div>
                <dt>{text('suppress.over')}</dt>
                <dd>
                  {row.state === 'expired' ? text('suppress.expired') : row.ended.by},{' '}
                  <RelativeTime at={row.ended.at} timeZone={zone} />
                  {row.ended.text === undefined ? null : ` · ${row.ended.text}`}
                </dd>
              </div>
            )}
          </dl>
        </div>
        {isWorking && maySuppress() ? (
          <Button
            icon="reopen"
            label={text('suppress.undo-of', { rule: row.rule })}
            onClick={() => {
              isAsking.value = true;
            }}
          >
            {text('suppress.undo')}
          </Button>
        ) : null}
      </div>
      {row.held === 0 ? null : <Held row={row} zone={zone} />}
      {isAsking.value ? (
        <WordsDialog
          title={text('suppress.undo-title')}
          why={text('suppress.undo-why')}
          hint={text('suppress.undo-hint', { count: row.held })}
          verb={text('suppress.undo')}
          onSubmit={async (words) => {
            await endSuppression(row.id, { text: words });
            onChanged();
          }}
          onClose={() => {
            isAsking.value = false;
          }}
        />
      ) : null}
    </Card>
  );
}

/** The newest of what it keeps back, fetched when somebody looks. */
function Held({ row, zone }: { row: SuppressionRow; zone: string }) {
  const isOpen = useSignal(false);
  const page = useSignal<Loaded<SuppressionPage>>({ state: 'loading' });
  useEffect(() => {
    if (isOpen.value) void load(page, () => fetchSuppression(row.id));
  }, [isOpen.value, row.id, row.held]);
  return (
    <details
      class="evidence"
      onToggle={(toggle) => {
        isOpen.value = toggle.currentTarget.open;
      }}
    >
      <summary>
        <Icon name="chevron-right" size={13} />
        {text('suppress.show')}
      </summary>
      {page.value.state === 'there' ? (
        <ol class="observations">
          {page.value.value.newest.map(({ id, at, severity, summary }) => (
            <li key={id}>
              <span class="faint">
                <ExactTime at={at} timeZone={zone} />
              </span>
              <span>
                <SeverityMark severity={severity} size={13} /> {summary}
              </span>
            </li>
          ))}
        </ol>
      ) : page.value.state === 'failed' ? (
        <p class="faint">{page.value.message}</p>
      ) : (
        <Skeleton lines={[60]} />
      )}
    </details>
  );
}
