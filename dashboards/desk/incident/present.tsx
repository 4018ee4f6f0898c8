import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentPresence } from '../../../cloud/api/contract.ts';
import { shaped } from '../../kit/request.ts';
import { Initials } from '../initials.tsx';
import { presence } from '../live/desk-state.ts';
import { api, session } from '../session.ts';
import { words } from './words.ts';

/** The cloud forgets after 40 s whoever says nothing. */
const SAY_EVERY_MS = 15_000;
const isPresence = shaped<IncidentPresence>({ incident: 'string', people: 'array' });

/** Who else looks at this incident or writes in it, told while it is open. */
export function Present({ incident }: { incident: string }) {
  const people = useSignal<IncidentPresence['people']>([]);
  useEffect(() => {
    let activity: 'looking' | 'writing' = 'looking';
    const path = `api/incidents/${encodeURIComponent(incident)}/presence`;
    const say = (what: 'looking' | 'writing' | 'gone') =>
      api.send(path, { activity: what }).then(
        (answer) => {
          if (isPresence(answer)) people.value = answer.people;
        },
        () => undefined,
      );
    void say(activity);
    const timer = setInterval(() => void say(activity), SAY_EVERY_MS);
    const changed = () => {
      const isWriting = document.activeElement instanceof HTMLTextAreaElement;
      if ((activity === 'writing') === isWriting) return;
      activity = isWriting ? 'writing' : 'looking';
      void say(activity);
    };
    document.addEventListener('focusin', changed);
    document.addEventListener('focusout', changed);
    return () => {
      clearInterval(timer);
      document.removeEventListener('focusin', changed);
      document.removeEventListener('focusout', changed);
      void say('gone');
    };
  }, [incident]);
  const told = presence.value;
  useEffect(() => {
    if (told?.incident === incident) people.value = told.people;
  }, [told]);
  const others = people.value.filter(({ name }) => name !== session.value?.name);
  if (others.length === 0) return null;
  return (
    <ul class="present" aria-label={words('here')}>
      {others.map(({ name, activity }) => (
        <li key={name} class={`present-${activity}`}>
          <Initials name={name} />
          {words(`is-${activity}`, { name })}
        </li>
      ))}
    </ul>
  );
}
