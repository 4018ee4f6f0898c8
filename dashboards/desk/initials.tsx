import { Icon } from '../kit/icons.tsx';
import { text } from './text.ts';

/** `Jana Weiß` → `JW`. */
export const initialsOf = (name: string): string =>
  name
    .split(/[\s._-]+/)
    .filter((part) => part !== '')
    .map((part) => part[0]?.toUpperCase() ?? '')
    .slice(0, 2)
    .join('');

/** Whose an incident is; an empty ring while it is nobody's. */
export function Initials({ name }: { name: string | undefined }) {
  const label = name === undefined ? text('queue.unassigned') : text('queue.assigned', { name });
  return (
    <span class={`initials${name === undefined ? ' initials-nobody' : ''}`} title={label}>
      <span class="visually-hidden">{label}</span>
      <span aria-hidden="true">
        {name === undefined ? <Icon name="person" size={13} /> : initialsOf(name)}
      </span>
    </span>
  );
}
