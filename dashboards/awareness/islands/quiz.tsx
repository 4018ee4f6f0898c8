import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { type Lesson, type LessonText, PASS_SHARE } from '../content/course.ts';
import type { Told } from '../content/said.ts';
import { invitation, remember, remembered } from './device.ts';
import { doneHere } from './done-here.ts';
import { fetchLearning, lessonDone } from './learn-requests.ts';
import { Saying, T } from './words.tsx';

/** The four questions of a lesson, one after the other, each explained at once. */
export function Quiz({ lesson, texts }: { lesson: Lesson; texts: Told<LessonText> }) {
  const answers = useSignal<readonly number[]>([]);
  const at = useSignal(0);
  const recorded = useSignal<boolean | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const count = texts.questions.length;
  const isOver = at.value >= count;
  useEffect(() => {
    if (at.value > 0) heading.current?.focus();
  }, [at.value]);

  const right = answers.value.filter((answer, index) => answer === lesson.right[index]).length;
  const passed = right / count >= PASS_SHARE;
  const end = () => {
    if (!passed) return;
    remember('done', [...new Set([...doneHere(), lesson.id])].join(' '));
    void record(lesson.id, answers.value).then((was) => {
      recorded.value = was;
    });
  };

  if (isOver)
    return (
      <div class="quiz-end">
        <h3 ref={heading} tabIndex={-1}>
          <T k="quiz.result" with={{ right, count }} />
        </h3>
        <p>{passed ? <T k="quiz.passed" /> : <T k="quiz.again-text" />}</p>
        {recorded.value === undefined ? null : (
          <p class="soft" role="status">
            {recorded.value ? <T k="quiz.recorded" /> : <T k="quiz.unrecorded" />}
          </p>
        )}
        <Button
          icon="reopen"
          onClick={() => {
            answers.value = [];
            at.value = 0;
          }}
        >
          <T k="quiz.again" />
        </Button>
      </div>
    );

  const question = texts.questions[at.value];
  const chosen = answers.value[at.value];
  const rightAt = lesson.right[at.value];
  if (question === undefined) return null;
  return (
    <div class="question">
      <h3 ref={heading} tabIndex={-1}>
        <span class="question-number">
          <T k="quiz.question" with={{ number: at.value + 1, count }} />
        </span>
        <Saying of={question.ask} />
      </h3>
      <div class="choices">
        {question.answers.map((answer, index) => {
          const mark =
            chosen === undefined
              ? ''
              : index === rightAt
                ? ' choice-right'
                : index === chosen
                  ? ' choice-wrong'
                  : '';
          return (
            <button
              key={answer.text}
              type="button"
              class={`choice${mark}`}
              aria-pressed={chosen === index}
              disabled={chosen !== undefined && chosen !== index && index !== rightAt}
              onClick={() => {
                if (chosen === undefined) answers.value = [...answers.value, index];
              }}
            >
              <span class="choice-mark" aria-hidden="true">
                {mark === ' choice-right' ? (
                  <Icon name="check" />
                ) : mark === ' choice-wrong' ? (
                  <Icon name="close" />
                ) : null}
              </span>
              <Saying of={answer} />
            </button>
          );
        })}
      </div>
      <div role="status">
        {chosen === undefined ? null : (
          <div class={`verdict ${chosen === rightAt ? 'verdict-right' : 'verdict-wrong'}`}>
            <p>
              <strong>{chosen === rightAt ? <T k="quiz.right" /> : <T k="quiz.wrong" />}</strong>{' '}
              <Saying of={question.because} />
            </p>
          </div>
        )}
      </div>
      {chosen === undefined ? null : (
        <Button
          look="primary"
          onClick={() => {
            at.value++;
            if (at.value >= count) end();
          }}
        >
          {at.value + 1 < count ? <T k="quiz.next" /> : <T k="quiz.end" />}
        </Button>
      )}
    </div>
  );
}

/** Tells the workplace, where there is one to tell: whoever has no invitation and was not on the staff's page asks nobody. */
async function record(lesson: string, answers: readonly number[]): Promise<boolean | undefined> {
  const bySession = remembered('staff') === 'session';
  if (invitation() === undefined && !bySession) return undefined;
  try {
    if (bySession) await fetchLearning();
    return (await lessonDone(lesson, answers)).recorded;
  } catch {
    return false;
  }
}
