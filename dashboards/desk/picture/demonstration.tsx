import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Chip } from '../../kit/chip.tsx';
import { say } from '../../kit/toast.tsx';
import { picture } from '../live/desk-state.ts';
import { change, reasonOf } from '../loaded.ts';
import { startScenario } from '../session.ts';
import { text } from '../text.ts';

/**
 * Where the installation drives a simulator: starts an attack. Discreet, since it is no part of the work.
 * @param id of its heading, since it stands in two places for two sizes of screen
 */
export function Demonstration({ id: headingId }: { id: string }) {
  const starting = useSignal<string | undefined>(undefined);
  const scenarios = picture.value.state === 'there' ? picture.value.value.scenarios : [];
  if (scenarios.length === 0) return null;
  const start = async (id: string) => {
    starting.value = id;
    const set = (running: boolean) =>
      change(picture, (held) => ({
        ...held,
        scenarios: held.scenarios.map((entry) => (entry.id === id ? { ...entry, running } : entry)),
      }));
    set(true);
    try {
      await startScenario(id);
    } catch (error) {
      set(false);
      say(reasonOf(error).message, 'critical');
    } finally {
      starting.value = undefined;
    }
  };
  return (
    <section class="demonstration" aria-labelledby={headingId}>
      <h2 id={headingId}>{text('picture.demonstration')}</h2>
      <p class="faint demonstration-text">{text('picture.demonstration-text')}</p>
      <ul class="scenarios">
        {scenarios.map(({ id, title, running }) => (
          <li key={id}>
            <span>{title}</span>
            {running ? (
              <Chip tone="accent" icon="play">
                {text('picture.running')}
              </Chip>
            ) : (
              <Button size="small" icon="play" busy={starting.value === id} onClick={() => void start(id)}>
                <span aria-hidden="true">{text('picture.start')}</span>
                <span class="visually-hidden">{text('picture.start-named', { title })}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
