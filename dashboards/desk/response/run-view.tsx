import { useSignal } from '@preact/signals';
import type { RunPage, RunStep } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { ExactTime, RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { useAskedAgain } from '../asked-again.ts';
import { deskZone, responseNews } from '../live/desk-state.ts';
import { ConfirmDialog } from '../people/confirm.tsx';
import { WordsDialog } from '../words-dialog.tsx';
import { cancelRun, exportAddress, fetchRun, mayRun } from './requests.ts';
import { Progress, Wants } from './run-chip.tsx';
import { StepCard } from './step-card.tsx';
import { words } from './words.ts';

/** One run: a checklist with its states, clocks and approvals, and who did what. */
export function RunView({ id }: { id: string }) {
  const [held, ask] = useAskedAgain(() => fetchRun(id), responseNews);
  const { value } = held;
  return (
    <article class="response">
      <a class="incident-back" href={address('response')}>
        <Icon name="arrow-left" size={15} /> {words('page.back')}
      </a>
      {value.state === 'loading' ? (
        <Skeleton lines={[70, 90, 90, 90]} />
      ) : value.state === 'failed' ? (
        value.status === 404 ? (
          <EmptyState icon="search" title={words('run.gone')}>
            {words('run.gone-text')}
          </EmptyState>
        ) : (
          <ErrorState message={value.message} onRetry={ask} />
        )
      ) : (
        <Run
          page={value.value}
          onChanged={(page) => {
            held.value = { state: 'there', value: page };
          }}
        />
      )}
    </article>
  );
}

function Run({ page, onChanged }: { page: RunPage; onChanged: (page: RunPage) => void }) {
  const { row } = page;
  const isCancelling = useSignal(false);
  const zone = deskZone.value;
  const isRunning = row.status === 'running';
  return (
    <>
      <header class="run-header">
        <div class="run-title">
          <h1>{row.playbookName}</h1>
          <p class="soft">
            {words('run.of')}{' '}
            <a class="run-incident" href={address('incidents', row.incident)}>
              {row.title}
            </a>{' '}
            · {words('run.begun', { name: row.startedBy })},{' '}
            <RelativeTime at={row.startedAt} timeZone={zone} />
          </p>
        </div>
        <div class="run-standing">
          <Wants row={row} />
          <Progress row={row} />
          <span class="run-deeds">
            <a class="button button-quiet" href={exportAddress(row.playbook)} download>
              <Icon name="note" /> <span class="button-text">{words('run.export')}</span>
            </a>
            {isRunning && mayRun() ? (
              <Button
                look="danger"
                icon="close"
                onClick={() => {
                  isCancelling.value = true;
                }}
              >
                {words('run.cancel')}
              </Button>
            ) : null}
          </span>
        </div>
        {page.text === undefined ? null : (
          <p class="run-ended">
            {page.endedBy}: {page.text}
          </p>
        )}
      </header>
      <div class="run-columns">
        <section aria-labelledby="run-steps">
          <h2 id="run-steps" class="response-section">
            {words('run.steps')}
          </h2>
          <ol class="run-steps">
            {ordered(page.steps).map((step) => (
              <StepCard
                key={step.key}
                step={step}
                run={row}
                zone={zone}
                alone={page.alone}
                onChanged={onChanged}
              />
            ))}
          </ol>
        </section>
        <div class="run-side">
          {page.values.length === 0 ? null : (
            <Card title={words('run.values')} labelledBy="run-values">
              <dl class="run-values">
                {page.values.map(({ name, description, value }) => (
                  <div key={name}>
                    <dt>{description}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </Card>
          )}
          <Card title={words('run.log')} labelledBy="run-log">
            <ol class="run-log">
              {page.log.toReversed().map((line, index) => (
                <li key={page.log.length - index}>
                  <span class="faint">
                    <ExactTime at={line.at} timeZone={zone} />
                  </span>
                  <span>
                    <strong>{line.step ?? row.playbookName}</strong>{' '}
                    {line.by === 'gatehouse' ? '' : `${line.by} `}
                    {logWords(line.what)}
                    {line.text === undefined ? null : <span class="soft">: {line.text}</span>}
                  </span>
                </li>
              ))}
            </ol>
          </Card>
        </div>
      </div>
      <ConfirmDialog />
      {isCancelling.value ? (
        <WordsDialog
          title={words('run.cancel')}
          why={words('run.cancel-why')}
          hint={words('run.cancel-hint')}
          verb={words('run.cancel')}
          onSubmit={(text) => cancelRun(row.id, text).then(onChanged)}
          onClose={() => {
            isCancelling.value = false;
          }}
        />
      ) : null}
    </>
  );
}

const logged = [
  'sent',
  'outcome-ok',
  'outcome-failed',
  'outcome-unknown',
  'done',
  'not-done',
  'skipped',
  'retried',
  'assigned',
  'approved',
  'approved-alone',
  'reviewed',
  'review-objected',
  'refused',
  'approval-asked',
  'overdue',
  'timed-out',
  'is-true',
  'is-false',
  'failed',
  'ended',
  'cancelled',
] as const;

/** What a line of the run's log says. */
function logWords(what: string): string {
  const known = logged.find((one) => one === what);
  return known === undefined ? words('log.other', { what }) : words(`log.${known}`);
}

const wanting = new Set<RunStep['state']>(['approval', 'todo', 'unknown', 'running', 'waiting']);

/** What waits first, then what comes, then what is over: nobody scrolls past what is done to find what is to do. */
function ordered(steps: readonly RunStep[]): RunStep[] {
  const place = ({ state, wentOn }: RunStep) =>
    wanting.has(state) || (state === 'failed' && wentOn !== true) ? 0 : state === 'ahead' ? 1 : 2;
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => place(a.step) - place(b.step) || a.index - b.index)
    .map(({ step }) => step);
}
