import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Learning } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { type LessonTexts, lessonIds } from '../content/course.ts';
import type { Told } from '../content/said.ts';
import { forgetInvitation, invitation, keepInvitation, pageAddress, remember, remembered } from './device.ts';
import { fetchLearning } from './learn-requests.ts';
import { Saying, T } from './words.tsx';

/** The token of an invitation in the address's fragment, which no server is told of. */
const offered = (): string | undefined => /^#i=([\w-]{20,64})$/.exec(location.hash)?.[1];

/** What a workplace's own learner sees: what is done. */
export function Staff({ lessons }: { lessons: Told<LessonTexts> }) {
  const learning = useSignal<Learning | 'asking' | 'away' | undefined>(undefined);
  const token = useSignal(offered());
  const ask = () => {
    learning.value = 'asking';
    fetchLearning().then(
      (answer) => {
        // So that a lesson knows whom to tell; nothing of it leaves memory without consent.
        remember('staff', answer.learner?.token === undefined ? '' : 'session');
        learning.value = answer;
      },
      () => {
        learning.value = 'away';
      },
    );
  };
  useEffect(() => {
    if (token.value === undefined) ask();
  }, []);

  if (token.value !== undefined) {
    const given = token.value;
    return (
      <section class="panel" aria-labelledby="invited">
        <h2 id="invited">
          <T k="staff.invited" />
        </h2>
        <p>
          <T k="staff.invited-text" />
        </p>
        <Button
          look="primary"
          onClick={() => {
            keepInvitation(given);
            // Out of the address bar, and out of the history.
            history.replaceState(null, '', location.pathname);
            token.value = undefined;
            ask();
          }}
        >
          <T k="staff.agree" />
        </Button>
      </section>
    );
  }
  const held = learning.value;
  if (held === undefined || held === 'asking')
    return (
      <p class="panel faint" role="status">
        <T k="loading" />
      </p>
    );
  if (held === 'away')
    return (
      <div class="panel" role="alert">
        <p>
          <T k="error.away" />
        </p>
        <Button icon="reopen" onClick={ask}>
          <T k="error.again" />
        </Button>
      </div>
    );
  if (held.learner === undefined)
    return <p class="panel">{invitation() === undefined ? <T k="staff.nobody" /> : <T k="staff.over" />}</p>;
  const done = new Set(held.learner.done.map(({ lesson }) => lesson));
  return (
    <section class="panel" aria-labelledby="hello">
      <h2 id="hello">
        <T k="staff.hello" with={{ name: held.learner.name }} />
      </h2>
      <p class="soft">
        <T k="staff.done" with={{ done: done.size, count: lessonIds.length }} />
      </p>
      <ul class="staff-lessons">
        {lessonIds.map((id) => (
          <li key={id} class={done.has(id) ? 'is-done' : ''}>
            <Icon name={done.has(id) ? 'check' : 'clock'} size={18} />
            <a class="link" href={pageAddress(`lessons/${id}/`)}>
              <Saying of={lessons[id].title} />
            </a>
            <span class="faint">{done.has(id) ? <T k="staff.done-one" /> : <T k="staff.open-one" />}</span>
          </li>
        ))}
      </ul>
      <p class="faint">
        <T k="staff.until" with={{ days: held.retentionDays }} />
      </p>
      {remembered('staff') === 'session' ? null : (
        <Button
          onClick={() => {
            forgetInvitation();
            ask();
          }}
        >
          <T k="staff.leave" />
        </Button>
      )}
    </section>
  );
}
