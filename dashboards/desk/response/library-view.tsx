import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { PlaybookRow, RunRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Chip } from '../../kit/chip.tsx';
import { TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address, go } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { done } from '../done.ts';
import { deskZone, responseNews } from '../live/desk-state.ts';
import { freshPlaybook } from './editor/draft.ts';
import { fetchLibrary, fetchRuns, keepPlaybook, mayEdit } from './requests.ts';
import { Progress, Wants } from './run-chip.tsx';
import { words } from './words.ts';

/** What is under way first, then what could be. */
export function LibraryView() {
  const [library, ask] = useAskedAgain(fetchLibrary, responseNews);
  const [runs, askRuns] = useAskedAgain(fetchRuns, responseNews);
  const sought = useSignal('');
  const held = library.value;
  return (
    <div class="response">
      <header class="page-header response-header">
        <div>
          <h1>{words('page.title')}</h1>
          <p class="soft">{words('page.about')}</p>
        </div>
        {mayEdit() ? <Making onMade={ask} /> : null}
      </header>
      <section aria-labelledby="runs">
        <h2 id="runs" class="response-section">
          {words('page.under-way')}
        </h2>
        {runs.value.state === 'loading' ? (
          <Skeleton lines={[64]} />
        ) : runs.value.state === 'failed' ? (
          <ErrorState message={runs.value.message} onRetry={askRuns} />
        ) : (
          <Runs items={runs.value.value.items} />
        )}
      </section>
      <section aria-labelledby="library">
        <div class="response-section-row">
          <h2 id="library" class="response-section">
            {words('page.library')}
          </h2>
          <TextField
            label={words('page.find')}
            value={sought.value}
            onInput={(value) => {
              sought.value = value;
            }}
          />
        </div>
        {held.state === 'loading' ? (
          <Skeleton lines={[150, 150, 150]} />
        ) : held.state === 'failed' ? (
          <ErrorState message={held.message} onRetry={ask} />
        ) : (
          <Shelf items={held.value.items} sought={sought.value} />
        )}
      </section>
    </div>
  );
}

function Making({ onMade }: { onMade: () => void }) {
  const file = useRef<HTMLInputElement>(null);
  const take = async (chosen: File) => {
    let read: unknown;
    try {
      read = JSON.parse(await chosen.text());
    } catch {
      say(words('page.not-json'), 'critical');
      return;
    }
    await done(
      keepPlaybook(read).then((row) => {
        say(words('page.imported', { name: row.name }), 'good', address('response', 'playbook', row.id));
        onMade();
      }),
    );
  };
  return (
    <div class="response-making">
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={(change) => {
          const [chosen] = change.currentTarget.files ?? [];
          if (chosen !== undefined) void take(chosen);
          change.currentTarget.value = '';
        }}
      />
      <Button icon="note" onClick={() => file.current?.click()}>
        {words('page.import')}
      </Button>
      <Button
        look="primary"
        icon="plus"
        onClick={() => {
          const fresh = freshPlaybook(words('page.new-name'), words('edit.desk'), words('edit.new-text'));
          void done(keepPlaybook(fresh, 0).then(({ id }) => go('response', 'playbook', id)));
        }}
      >
        {words('page.new')}
      </Button>
    </div>
  );
}

function Runs({ items }: { items: RunRow[] }) {
  const running = items.filter(({ status }) => status === 'running');
  const over = items.filter(({ status }) => status !== 'running').slice(0, 20);
  return (
    <>
      {running.length === 0 ? (
        <p class="response-quiet">
          <Icon name="check" size={16} /> {words('page.nothing-runs')}
        </p>
      ) : (
        <ul class="run-rows">
          {running.map((row) => (
            <RunLink key={row.id} row={row} />
          ))}
        </ul>
      )}
      {over.length === 0 ? null : (
        <details class="evidence">
          <summary>
            <Icon name="chevron-right" size={13} />
            {words('page.over')}
          </summary>
          <ul class="run-rows">
            {over.map((row) => (
              <RunLink key={row.id} row={row} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** A run as a row that leads to it. */
export function RunLink({ row }: { row: RunRow }) {
  return (
    <li>
      <a
        class="run-row"
        href={address('response', 'run', row.id)}
        aria-label={words('panel.open', { name: row.playbookName })}
      >
        <span class="run-row-words">
          <strong>{row.playbookName}</strong>
          <span class="soft">
            {row.title} · <RelativeTime at={row.startedAt} timeZone={deskZone.value} />
          </span>
        </span>
        <Progress row={row} />
        <Wants row={row} />
        <Icon name="chevron-right" size={16} />
      </a>
    </li>
  );
}

function Shelf({ items, sought }: { items: PlaybookRow[]; sought: string }) {
  const wanted = sought.trim().toLowerCase();
  const found = items.filter(({ name, description, labels }) =>
    `${name} ${description} ${labels.join(' ')}`.toLowerCase().includes(wanted),
  );
  if (found.length === 0)
    return (
      <EmptyState icon="search" title={words('page.none-found')}>
        {words('page.none-found-text')}
      </EmptyState>
    );
  return (
    <ul class="playbook-grid">
      {found.map((row) => (
        <li key={row.id}>
          <a
            class="playbook-card"
            href={address('response', 'playbook', row.id)}
            aria-label={words('library.open', { name: row.name })}
          >
            <strong class="playbook-name">{row.name}</strong>
            <span class="soft playbook-about">{row.description}</span>
            <span class="playbook-facts">
              <span>{words('library.steps', { count: row.steps })}</span>
              {row.machineSteps === 0 ? null : (
                <span>{words('library.machine', { count: row.machineSteps })}</span>
              )}
              <span>
                {row.version === 0
                  ? words('library.as-it-came')
                  : words('library.version', { version: row.version })}
                {row.changed === undefined ? null : ` ${words('library.changed', { name: row.changed.by })}`}
              </span>
            </span>
            <span class="playbook-labels">
              {row.underWay === 0 ? null : (
                <Chip tone="accent" icon="play">
                  {words('library.running', { count: row.underWay })}
                </Chip>
              )}
              {row.labels.slice(0, 3).map((label) => (
                <Chip key={label}>{label}</Chip>
              ))}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
