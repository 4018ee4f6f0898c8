import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type {
  RulesText,
  RulesTrial,
  SitePage,
  TriedDetection,
  TriedRefusal,
} from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { SeverityChip } from '../../kit/chip.tsx';
import { now } from '../../kit/clock.ts';
import { TextArea } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RequestError, shaped } from '../../kit/request.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { timeOrDay } from '../../kit/time.ts';
import { useAnswer } from '../answer.ts';
import { wordsOf } from '../languages/alarms.ts';
import { refusalWords } from '../said.ts';
import { api, asPerson } from '../session.ts';
import { text } from '../text.ts';

const isRules = shaped<RulesText>({ text: 'string' });
const isTrial = shaped<RulesTrial>({ added: 'array', gone: 'array', observations: 'number' });
const spans = { day: 24, days: 72, week: 168 } as const;

/** What if: other rules on what the gateway has recorded, before they go live. */
export function RulesPage({ page }: { page: SitePage }) {
  const { answer, failure, again } = useAnswer((until) => api.get('api/rules', isRules, until), []);
  const written = useSignal<string | undefined>(undefined);
  const span = useSignal<keyof typeof spans>('day');
  const busy = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const trial = useSignal<RulesTrial | undefined>(undefined);
  useEffect(() => {
    if (answer !== undefined) written.value ??= answer.text;
  }, [answer, written]);
  const run = () =>
    asPerson(
      text('rules.title'),
      async () => {
        busy.value = true;
        problem.value = undefined;
        try {
          const tried = await api.send('api/rules/try', {
            text: written.value ?? '',
            hours: spans[span.value],
          });
          if (!isTrial(tried)) throw new RequestError(200, 'unexpected', text('site.failed'));
          return tried;
        } finally {
          busy.value = false;
        }
      },
      (tried) => {
        trial.value = tried;
      },
      ({ message }) => {
        trial.value = undefined;
        problem.value = message;
      },
    );
  return (
    <div class="sheet">
      <h1 class="page-title">{text('rules.title')}</h1>
      <p class="soft">{text('rules.text')}</p>
      {answer === undefined ? (
        failure === undefined ? (
          <Skeleton lines={[260]} />
        ) : (
          <ErrorState message={failure.message} onRetry={again} />
        )
      ) : (
        <section class="card upkeep rules">
          <TextArea
            label={text('rules.label')}
            rows={18}
            maxLength={48_000}
            value={written.value ?? answer.text}
            error={problem.value}
            onInput={(value) => {
              written.value = value;
              problem.value = undefined;
            }}
          />
          <div class="rules-run">
            <Tabs
              label={text('temperature.span')}
              choices={[
                { name: 'day', label: text('temperature.span.day') },
                { name: 'days', label: text('temperature.span.days') },
                { name: 'week', label: text('rules.week') },
              ]}
              chosen={span.value}
              onChoose={(name) => {
                span.value = name;
              }}
            />
            <Button look="primary" icon="play" busy={busy.value} onClick={run}>
              {text('rules.try')}
            </Button>
            {written.value === answer.text ? null : (
              <Button
                look="quiet"
                icon="reopen"
                onClick={() => {
                  written.value = answer.text;
                  trial.value = undefined;
                }}
              >
                {text('rules.undo')}
              </Button>
            )}
          </div>
        </section>
      )}
      {trial.value === undefined ? null : <Trial trial={trial.value} timeZone={page.site.timeZone} />}
    </div>
  );
}

function Trial({ trial, timeZone }: { trial: RulesTrial; timeZone: string }) {
  const { present, changed, observations, added, gone, refused, letIn, isWhole, from } = trial;
  const differs = added.length + gone.length + refused.length + letIn.length > 0;
  return (
    <section class="trial" aria-labelledby="trial-title" role="status">
      <h2 class="section-title" id="trial-title">
        {text('rules.result')}
      </h2>
      <ul class="glance">
        <li class="glance-tile">
          <Icon name="clock" size={26} />
          <span class="glance-count">{present}</span>
          <span class="glance-name">{text('rules.present')}</span>
        </li>
        <li class="glance-tile">
          <Icon name="play" size={26} />
          <span class="glance-count">{changed}</span>
          <span class="glance-name">{text('rules.changed')}</span>
        </li>
      </ul>
      <p class="soft">
        {text('rules.seen', { count: observations, time: timeOrDay(from, now.value, timeZone) })}
        {isWhole ? '' : ` ${text('rules.not-whole')}`}
      </p>
      {trial.troubles.length === 0 ? null : (
        <p class="readiness readiness-not">{trial.troubles.join(' · ')}</p>
      )}
      {trial.presentRefused + trial.changedRefused === 0 ? null : (
        <p class="soft">
          {text('rules.refusals', { before: trial.presentRefused, after: trial.changedRefused })}
        </p>
      )}
      {!differs ? <p class="readiness readiness-good">{text('rules.same')}</p> : null}
      <Tried title={text('rules.added')} list={added} more={trial.moreAdded} timeZone={timeZone} />
      <Tried title={text('rules.gone')} list={gone} more={trial.moreGone} timeZone={timeZone} isGone />
      <Refusals title={text('rules.refused')} list={refused} more={trial.moreRefused} timeZone={timeZone} />
      <Refusals title={text('rules.let-in')} list={letIn} more={trial.moreLetIn} timeZone={timeZone} isGone />
      <p class="soft">{text('rules.go-live')}</p>
    </section>
  );
}

function Tried(props: {
  title: string;
  list: readonly TriedDetection[];
  more: number;
  timeZone: string;
  isGone?: boolean;
}) {
  return (
    <Happenings {...props}>
      {props.list.map((detection, index) => (
        <li key={`${detection.id} ${index}`} class="happening">
          <time class="happening-time">{timeOrDay(detection.at, now.value, props.timeZone)}</time>
          <SeverityChip severity={detection.severity} />
          <p class="happening-text">
            {wordsOf(detection).summary} <span class="faint">{detection.rule}</span>
          </p>
        </li>
      ))}
    </Happenings>
  );
}

/** Badges that would be answered otherwise. */
function Refusals(props: {
  title: string;
  list: readonly TriedRefusal[];
  more: number;
  timeZone: string;
  isGone?: boolean;
}) {
  return (
    <Happenings {...props}>
      {props.list.map(({ at, who = text('rules.somebody'), reader, because }, index) => (
        <li key={`${at} ${index}`} class="happening">
          <time class="happening-time">{timeOrDay(at, now.value, props.timeZone)}</time>
          <Icon name="badge" size={20} />
          <p class="happening-text">{text('rules.refusal', { who, reader, why: refusalWords(because) })}</p>
        </li>
      ))}
    </Happenings>
  );
}

function Happenings(props: {
  title: string;
  list: readonly unknown[];
  more: number;
  isGone?: boolean;
  children: ComponentChildren;
}) {
  const { title, list, more } = props;
  if (list.length === 0) return null;
  return (
    <section class={props.isGone ? 'tried tried-gone' : 'tried'}>
      <h3 class="tried-title">{title}</h3>
      <ol class="card happenings">{props.children}</ol>
      {more === 0 ? null : <p class="soft">{text('rules.more', { count: more })}</p>}
    </section>
  );
}
