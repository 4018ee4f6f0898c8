import { useSignal } from '@preact/signals';
import type { RunPage, RunRow, RunStep } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { now } from '../../kit/clock.ts';
import { Select, TextField } from '../../kit/field.tsx';
import { Icon } from '../../kit/icons.tsx';
import { MenuButton } from '../../kit/menu.tsx';
import { duration, timeOrDay } from '../../kit/time.ts';
import { done } from '../done.ts';
import { trying } from '../people/confirm.tsx';
import { session } from '../session.ts';
import { WordsDialog } from '../words-dialog.tsx';
import { mayApprove, mayRun, sayToStep } from './requests.ts';
import { StepChip, stateIcon } from './run-chip.tsx';
import { words } from './words.ts';

interface StepProps {
  step: RunStep;
  run: RunRow;
  zone: string;
  /** Whoever looks at it may agree alone after so long. */
  alone?: { afterMs: number } | undefined;
  onChanged: (page: RunPage) => void;
}

/** Verbs that want a reason. */
type WithReason = 'skip' | 'not-done' | 'refuse' | 'approve-alone' | 'was-right' | 'was-wrong';

/** One step of a run: what it is, how it stands, and what a person can say to it. */
export function StepCard({ step, run, zone, alone, onChanged }: StepProps) {
  const asking = useSignal<WithReason | undefined>(undefined);
  const answers = useSignal<Record<string, string>>({});
  const isBusy = useSignal(false);
  const say = (verb: string, body: object = {}) => {
    isBusy.value = true;
    return sayToStep(run.id, step.key, verb, body)
      .then(onChanged)
      .finally(() => {
        isBusy.value = false;
      });
  };
  const isStuck = step.state === 'unknown' || (step.state === 'failed' && step.wentOn !== true);
  const isHot = step.state === 'todo' || step.state === 'approval' || isStuck;
  const isOpen = run.status === 'running' && mayRun();
  const [onlyAsk] = step.asks;
  /** One question of yes or no: to answer it is to do the step. */
  const isYesNo = step.state === 'todo' && step.asks.length === 1 && onlyAsk?.type === 'bool';
  const isAnswered = step.asks.every(({ name }) => (answers.value[name] ?? '').trim() !== '');
  return (
    <li class={`run-step run-step-${step.state}${isHot && run.status === 'running' ? ' run-step-hot' : ''}`}>
      <span class="run-step-mark" aria-hidden="true">
        <Icon name={stateIcon(step.state)} size={18} />
      </span>
      <div class="run-step-body">
        <div class="run-step-head">
          <h3>{step.name}</h3>
          <StepChip state={step.state} />
          <Clock step={step} />
        </div>
        <p class="run-step-who faint">
          <Icon name={step.by === 'machine' ? 'play' : 'person'} size={13} />
          {step.agent === undefined
            ? step.by === 'machine'
              ? words('step.machine')
              : ''
            : words('step.of', { agent: step.agent })}
          {step.assignee === undefined ? null : (
            <span>· {words('step.assigned', { name: step.assignee })}</span>
          )}
          {step.attempt === undefined || step.attempt < 2 ? null : (
            <span>· {words('step.attempt', { count: step.attempt })}</span>
          )}
        </p>
        {step.says.map((line, index) => (
          <p key={index} class="run-step-says">
            {line}
          </p>
        ))}
        {step.sent.length === 0 ? null : <Sent step={step} zone={zone} />}
        {step.text === undefined || step.state === 'ahead' ? null : (
          <p class="run-step-text">
            {step.endedBy === undefined || step.endedBy === 'gatehouse' ? null : (
              <strong>{step.endedBy}: </strong>
            )}
            {step.text}
          </p>
        )}
        {(step.state === 'done' || step.state === 'skipped') &&
        step.endedBy !== undefined &&
        step.endedBy !== 'gatehouse' &&
        step.since !== undefined ? (
          <p class="faint">
            {words('step.ended-by', { name: step.endedBy, time: timeOrDay(step.since, now.value, zone) })}
          </p>
        ) : null}
        {step.approval?.approvedBy === undefined ? null : (
          <Approved
            approval={step.approval}
            run={run}
            onReview={(wasRight) => {
              asking.value = wasRight ? 'was-right' : 'was-wrong';
            }}
          />
        )}
        {isOpen && step.state === 'approval' ? (
          <Approval
            step={step}
            run={run}
            alone={alone}
            isBusy={isBusy.value}
            onAgree={() => void trying(() => say('approve'))}
            onAlone={() => {
              asking.value = 'approve-alone';
            }}
            onRefuse={() => {
              asking.value = 'refuse';
            }}
          />
        ) : null}
        {isOpen && isYesNo && onlyAsk !== undefined ? (
          <YesNo
            question={onlyAsk.description}
            isBusy={isBusy.value}
            onAnswer={(value) => void done(say('done', { values: { [onlyAsk.name]: value } }))}
          />
        ) : isOpen && step.asks.length > 0 ? (
          <Answers
            step={step}
            answers={answers.value}
            onAnswer={(name, value) => {
              answers.value = { ...answers.value, [name]: value };
            }}
          />
        ) : null}
        {isOpen && (step.state === 'todo' || isStuck) ? (
          <div class="run-step-deeds">
            {isYesNo ? null : (
              <Button
                look="primary"
                icon="check"
                busy={isBusy.value}
                disabled={!isAnswered}
                label={words('step.about', {
                  verb: isStuck ? words('step.was-done') : words('step.done'),
                  name: step.name,
                })}
                onClick={() =>
                  void done(say('done', step.asks.length === 0 ? {} : { values: answers.value }))
                }
              >
                {isStuck ? words('step.was-done') : isAnswered ? words('step.done') : words('step.answer')}
              </Button>
            )}
            {isStuck ? (
              <Button
                icon="reopen"
                busy={isBusy.value}
                label={words('step.about', { verb: words('step.retry'), name: step.name })}
                onClick={() => void done(say('retry'))}
              >
                {words('step.retry')}
              </Button>
            ) : null}
            {step.assignee === session.value?.name ? null : (
              <Button
                look="quiet"
                label={words('step.about', { verb: words('step.take'), name: step.name })}
                onClick={() => void done(say('assign', { assignee: session.value?.name ?? '' }))}
              >
                {words('step.take')}
              </Button>
            )}
            <More
              step={step}
              onChoose={(verb) => {
                asking.value = verb;
              }}
            />
          </div>
        ) : isOpen && (step.state === 'waiting' || step.state === 'running') ? (
          <div class="run-step-deeds">
            <More
              step={step}
              onChoose={(verb) => {
                asking.value = verb;
              }}
            />
          </div>
        ) : null}
      </div>
      {asking.value === undefined ? null : (
        <WordsDialog
          title={words('step.about', { verb: words(`step.${asking.value}`), name: step.name })}
          why={words('step.why')}
          hint={words(asking.value === 'approve-alone' ? 'step.why-alone' : 'step.why-skip')}
          verb={words(`step.${asking.value}`)}
          onSubmit={(text) => {
            const verb = asking.value ?? 'skip';
            if (verb === 'approve-alone') return trying(() => say(verb, { text }));
            return verb === 'was-right' || verb === 'was-wrong'
              ? say('review', { wasRight: verb === 'was-right', text })
              : say(verb, { text });
          }}
          onClose={() => {
            asking.value = undefined;
          }}
        />
      )}
    </li>
  );
}

function More({ step, onChoose }: { step: RunStep; onChoose: (verb: WithReason) => void }) {
  const verbs: WithReason[] =
    step.state === 'todo' || step.state === 'unknown' ? ['not-done', 'skip'] : ['skip'];
  return (
    <MenuButton
      label={words('step.more', { name: step.name })}
      name={words('step.more', { name: step.name })}
      items={verbs.map((verb) => ({
        label: words(`step.${verb}`),
        icon: verb === 'skip' ? 'arrow-left' : 'close',
        onChoose: () => onChoose(verb),
      }))}
    >
      <Icon name="more" size={18} />
    </MenuButton>
  );
}

/** How long is left, in the installation's time. */
function Clock({ step }: { step: RunStep }) {
  if (step.startsAt !== undefined && step.state === 'waiting')
    return (
      <span class="run-step-clock">
        <Icon name="clock" size={13} />
        {words('step.begins', { duration: duration(Math.max(0, step.startsAt - now.value)) })}
      </span>
    );
  if (step.dueAt === undefined || (step.state !== 'todo' && step.state !== 'running')) return null;
  const left = step.dueAt - now.value;
  return (
    <span class={`run-step-clock${left < 0 ? ' run-step-late' : ''}`}>
      <Icon name="clock" size={13} />
      {left < 0
        ? words('step.late', { duration: duration(-left) })
        : words('step.left', { duration: duration(left) })}
    </span>
  );
}

function Sent({ step, zone }: { step: RunStep; zone: string }) {
  return (
    <ul class="run-step-sent">
      {step.sent.map(({ says, at, state, detail }, index) => (
        <li key={index} class={`sent-${state}`}>
          <Icon
            name={
              state === 'ok'
                ? 'check'
                : state === 'failed'
                  ? 'close'
                  : state === 'unknown'
                    ? 'warning'
                    : 'clock'
            }
            size={14}
          />
          <span>
            {says}
            <span class="faint">
              {' '}
              {state === 'sent' ? words('step.sent') : words(`step.sent-${state}`)},{' '}
              {timeOrDay(at, now.value, zone)}
              {detail === undefined ? '' : ` · ${detail}`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What is dangerous, who wants it, and who may agree. */
function Approval(props: {
  step: RunStep;
  run: RunRow;
  alone: { afterMs: number } | undefined;
  isBusy: boolean;
  onAgree: () => void;
  onAlone: () => void;
  onRefuse: () => void;
}) {
  const { step, run } = props;
  const { approval } = step;
  if (approval === undefined) return null;
  const me = session.value?.name;
  const isMine = me === approval.requestedBy || me === run.startedBy;
  const aloneInMs =
    props.alone === undefined ? undefined : approval.requestedAt + props.alone.afterMs - now.value;
  return (
    <div class="run-step-danger">
      <p>
        <Icon name="warning" size={16} /> <strong>{words(`step.danger-${approval.danger}`)}</strong>{' '}
        {words('step.wants', { name: approval.requestedBy })}
      </p>
      <ul>
        {approval.says.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {isMine || !mayApprove() ? (
        <>
          <p class="soft">{isMine ? words('step.own-wish') : words('step.no-right')}</p>
          {aloneInMs === undefined ? null : aloneInMs > 0 ? (
            <p class="soft">{words('step.alone-in', { duration: duration(aloneInMs) })}</p>
          ) : (
            <div class="run-step-deeds">
              <Button
                look="danger"
                icon="warning"
                label={words('step.about', { verb: words('step.approve-alone'), name: step.name })}
                onClick={props.onAlone}
              >
                {words('step.approve-alone')}
              </Button>
              <span class="faint">{words('step.alone-about')}</span>
            </div>
          )}
        </>
      ) : (
        <div class="run-step-deeds">
          <Button
            look="danger"
            icon="check"
            busy={props.isBusy}
            label={words('step.about', { verb: words('step.approve'), name: step.name })}
            onClick={props.onAgree}
          >
            {words('step.approve')}
          </Button>
          <Button
            label={words('step.about', { verb: words('step.refuse'), name: step.name })}
            onClick={props.onRefuse}
          >
            {words('step.refuse')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Who agreed; where it was one person alone, why, and what somebody else says of it afterwards. */
function Approved(props: {
  approval: NonNullable<RunStep['approval']>;
  run: RunRow;
  onReview: (wasRight: boolean) => void;
}) {
  const { approval, run } = props;
  const { approvedBy = '', alone } = approval;
  const me = session.value?.name;
  if (alone === undefined)
    return (
      <p class="faint">
        <Icon name="check" size={13} /> {words('step.approved-by', { name: approvedBy })}
      </p>
    );
  const { review } = alone;
  const isInvolved = [approvedBy, approval.requestedBy, run.startedBy].some((name) => name === me);
  return (
    <div class="run-step-danger">
      <p>
        <Icon name="warning" size={16} /> {words('step.approved-alone', { name: approvedBy })}
      </p>
      <p class="run-step-text">{alone.reason}</p>
      {review !== undefined ? (
        <p class="soft">
          {words(review.wasRight ? 'step.reviewed-right' : 'step.reviewed-wrong', { name: review.by })}{' '}
          {review.text}
        </p>
      ) : isInvolved || !mayApprove() ? (
        <p class="soft">{words('step.to-review')}</p>
      ) : (
        <div class="run-step-deeds">
          <Button icon="check" onClick={() => props.onReview(true)}>
            {words('step.was-right')}
          </Button>
          <Button icon="close" onClick={() => props.onReview(false)}>
            {words('step.was-wrong')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A question whose answer is all that the step wants. */
function YesNo(props: { question: string; isBusy: boolean; onAnswer: (value: 'true' | 'false') => void }) {
  return (
    <fieldset class="run-step-question">
      <legend>{props.question}</legend>
      {(['false', 'true'] as const).map((value) => {
        const answer = words(value === 'true' ? 'step.yes' : 'step.no');
        return (
          <Button
            key={value}
            busy={props.isBusy}
            label={words('step.answer-is', { answer, question: props.question })}
            onClick={() => props.onAnswer(value)}
          >
            {answer}
          </Button>
        );
      })}
    </fieldset>
  );
}

/** What a person must say before the step is done: yes or no, one of a few, or words. */
function Answers(props: {
  step: RunStep;
  answers: Readonly<Record<string, string>>;
  onAnswer: (name: string, value: string) => void;
}) {
  return (
    <div class="run-step-answers">
      {props.step.asks.map(({ name, description, type, choices }) => {
        const value = props.answers[name] ?? '';
        const answer = (next: string) => props.onAnswer(name, next);
        if (type === 'bool')
          return (
            <fieldset key={name} class="yes-no">
              <legend>{description}</legend>
              {(['true', 'false'] as const).map((each) => (
                <label key={each} class={value === each ? 'chosen' : ''}>
                  <input
                    type="radio"
                    name={`${props.step.key}-${name}`}
                    checked={value === each}
                    onChange={() => answer(each)}
                  />
                  {each === 'true' ? words('step.yes') : words('step.no')}
                </label>
              ))}
            </fieldset>
          );
        return choices.length === 0 ? (
          <TextField
            key={name}
            label={description}
            value={value}
            required
            onInput={answer}
            {...(type === 'string' ? {} : { inputMode: 'numeric' as const })}
          />
        ) : (
          <Select
            key={name}
            label={description}
            value={value}
            options={['', ...choices].map((choice) => ({
              value: choice,
              label: choice === '' ? '…' : choice,
            }))}
            onChange={answer}
          />
        );
      })}
    </div>
  );
}
