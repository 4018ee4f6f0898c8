import { type Signal, useSignal } from '@preact/signals';
import type { TestPaper, TestResult } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { type LessonTexts, lessonIds } from '../content/course.ts';
import type { Told } from '../content/said.ts';
import { pageAddress } from './device.ts';
import { fetchPdf, fetchTest, handIn } from './learn-requests.ts';
import { plain, Saying, T, tag } from './words.tsx';

const MAX_NAME = 80;

/** The test of a course, graded by the cloud, and the certificate. */
export function Certificate({ lessons }: { lessons: Told<LessonTexts> }) {
  const paper = useSignal<TestPaper | undefined>(undefined);
  const answers = useSignal<readonly (number | undefined)[]>([]);
  const name = useSignal('');
  const result = useSignal<TestResult | undefined>(undefined);
  const trouble = useSignal(false);
  const isBusy = useSignal(false);
  const during = (work: () => Promise<void>) => {
    isBusy.value = true;
    trouble.value = false;
    work()
      .catch(() => {
        trouble.value = true;
      })
      .finally(() => {
        isBusy.value = false;
      });
  };
  const away = trouble.value ? (
    <p class="verdict verdict-wrong" role="alert">
      <T k="error.away" />
    </p>
  ) : null;

  if (paper.value === undefined)
    return (
      <section class="panel" aria-labelledby="course">
        <h2 id="course">
          <T k="certificate.course" />
        </h2>
        <div class="choices">
          {(['shop', 'staff'] as const).map((course) => (
            <button
              key={course}
              type="button"
              class="choice"
              disabled={isBusy.value}
              onClick={() =>
                during(async () => {
                  paper.value = await fetchTest(course);
                  answers.value = [];
                  result.value = undefined;
                })
              }
            >
              <T k={`certificate.course.${course}`} />
            </button>
          ))}
        </div>
        {away}
      </section>
    );

  const { questions, test } = paper.value;
  const asked = questions.map(({ lesson, question }) => {
    const id = lessonIds.find((one) => one === lesson);
    return id === undefined ? undefined : { id, text: lessons[id].questions[question] };
  });
  if (result.value !== undefined)
    return (
      <Result
        result={result.value}
        name={name}
        wrong={result.value.wrong.flatMap((index) => asked[index] ?? [])}
        lessons={lessons}
        onAgain={() => {
          paper.value = undefined;
        }}
      />
    );

  const open = questions.filter((_, index) => answers.value[index] === undefined).length;
  return (
    <form
      class="test"
      onSubmit={(submit) => {
        submit.preventDefault();
        if (open === 0 && name.value.trim() !== '')
          during(async () => {
            result.value = await handIn(
              test,
              answers.value.map((one) => one ?? -1),
              name.value.trim(),
            );
            scrollTo({ top: 0 });
          });
      }}
    >
      <ol class="test-questions">
        {asked.map((one, index) =>
          one?.text === undefined ? null : (
            <li key={index} class="panel">
              <fieldset>
                <legend>
                  <Saying of={one.text.ask} />
                </legend>
                {one.text.answers.map((answer, place) => (
                  <label key={answer.text} class="test-answer">
                    <input
                      type="radio"
                      name={`question-${index}`}
                      checked={answers.value[index] === place}
                      onChange={() => {
                        answers.value = questions.map((_, at) => (at === index ? place : answers.value[at]));
                      }}
                    />
                    <span>
                      <Saying of={answer} />
                    </span>
                  </label>
                ))}
              </fieldset>
            </li>
          ),
        )}
      </ol>
      <div class="panel">
        <TextField
          label={plain('certificate.name')}
          hint={plain('certificate.name-hint')}
          value={name.value}
          autoComplete="name"
          onInput={(value) => {
            name.value = value.slice(0, MAX_NAME);
          }}
        />
        <p class="soft" role="status">
          <T k="certificate.open" with={{ count: open }} />
        </p>
        <Button
          look="primary"
          type="submit"
          disabled={open > 0 || name.value.trim() === ''}
          busy={isBusy.value}
        >
          <T k="certificate.hand-in" />
        </Button>
        {away}
      </div>
    </form>
  );
}

function Result(props: {
  result: TestResult;
  name: Signal<string>;
  wrong: readonly {
    id: (typeof lessonIds)[number];
    text: Told<LessonTexts>['phishing']['questions'][number] | undefined;
  }[];
  lessons: Told<LessonTexts>;
  onAgain: () => void;
}) {
  const trouble = useSignal(false);
  const { passed, share, number } = props.result;
  const percent = Math.round(share * 100);
  return (
    <section class={`panel result ${passed ? 'result-passed' : ''}`} role="status">
      <h2>
        {passed ? (
          <T k="certificate.passed" with={{ percent }} />
        ) : (
          <T k="certificate.failed" with={{ percent }} />
        )}
      </h2>
      {number === undefined ? null : (
        <>
          <p class="certificate-number">
            <span class="faint">
              <T k="certificate.number" />
            </span>
            <span class="mono">{number}</span>
          </p>
          <Button
            look="primary"
            onClick={() => {
              trouble.value = false;
              fetchPdf(number, props.name.value.trim(), tag).then(saved, () => {
                trouble.value = true;
              });
            }}
          >
            <T k="certificate.fetch" />
          </Button>
        </>
      )}
      {trouble.value ? (
        <p role="alert">
          <T k="error.away" />
        </p>
      ) : null}
      {props.wrong.length === 0 ? null : (
        <>
          <h3>
            <T k="certificate.wrong" />
          </h3>
          <ul class="points">
            {props.wrong.map(({ id, text }) =>
              text === undefined ? null : (
                <li key={text.ask.text}>
                  <Saying of={text.ask} />{' '}
                  <a class="link" href={pageAddress(`lessons/${id}/`)}>
                    <Saying of={props.lessons[id].title} />
                  </a>
                </li>
              ),
            )}
          </ul>
        </>
      )}
      <Button icon="reopen" onClick={props.onAgain}>
        <T k="certificate.new" />
      </Button>
    </section>
  );
}

/** Hands a file to the browser's own saving. */
function saved(file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = 'certificate.pdf';
  link.click();
  URL.revokeObjectURL(link.href);
}
